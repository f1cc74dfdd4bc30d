# SPDX-License-Identifier: Apache-2.0
"""Frameworks of competencies as CASE 1.1 files: what is refused, what is kept, and that they come out as they went in."""
import json
import resource

import world
from world import BIN, refused, test, wait_until

REGION, HUB = "03", "03-08"
TITLE = "Профессиональный стандарт педагога"


def uuid(n):
    return f"00000000-0000-4000-8000-{n:012d}"


def item(n, title, **more):
    return {"identifier": uuid(n), "uri": f"urn:uuid:{uuid(n)}", "fullStatement": title,
            "lastChangeDateTime": "2024-09-01T00:00:00+00:00", **more}


def child(n, of, kind="isChildOf"):
    return {"identifier": uuid(900 + n), "associationType": kind, "originNodeURI": {"identifier": uuid(n), "title": "x", "uri": "x"},
            "destinationNodeURI": {"identifier": uuid(of), "title": "x", "uri": "x"}}


def package():
    return {"CFDocument": {"identifier": uuid(0), "title": TITLE, "creator": "Минпросвещения", "version": "2", "adoptionStatus": "Adopted",
                           "lastChangeDateTime": "2024-09-01T00:00:00+00:00"},
            "CFItems": [item(3, "Строит урок по результатам", humanCodingScheme="M1.1"),
                        item(1, "Методика", humanCodingScheme="M1", CFItemType="методическая"),
                        item(2, "Владеет предметом", humanCodingScheme="P1", CFItemType="subject")],
            "CFAssociations": [child(3, 1), child(1, 0), child(2, 0), child(2, 1, "isRelatedTo")]}


def scene(w):
    nodes = w.tree(hubs=(HUB,), schools=())
    w.region, w.hub = nodes[REGION], nodes[HUB]
    return w


def file(w, content, name="case.json"):
    path = w.file(name)
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def taken(w, path, *more):
    return w.region.selenga("case", "import", path, "--framework", "PS", *more)


def counted(answer):
    return tuple(answer[name] for name in ("new", "changed", "unchanged", "rejected"))


@test
def a_wrong_file_is_refused_whole_and_nothing_is_written(w):
    refused(64, w.region.selenga, "case", "import", file(w, package()), says="--framework CODE")
    refused(64, taken, w, file(w, package()), "--class", "moon", says="there are: subject")
    refused(1, taken, w, w.dir / "nowhere.json")
    refused(1, taken, w, file(w, "{"), says="no JSON object")
    refused(1, taken, w, file(w, {**package(), "CFItems": []}), says="CFItems is no list")
    wrong = package()
    wrong["CFItems"][2]["CFItemType"] = "moon"
    refused(1, taken, w, file(w, wrong), says="number 3: `CFItemType` is none of the classes")
    wrong = package()
    wrong["CFItems"][1]["humanCodingScheme"] = "a:b"
    refused(1, taken, w, file(w, wrong), says="must not contain")
    wrong = package()
    wrong["CFItems"][0]["fullStatement"] = "x" * 1001
    refused(1, taken, w, file(w, wrong), says="Nothing was written")
    wrong = package()
    wrong["CFAssociations"].append(child(1, 3))
    refused(1, taken, w, file(w, wrong), says="in a circle")
    assert w.region.list("competency") == [] and w.region.list("framework") == []
    refused(1, w.region.selenga, "case", "export", "PS", says="no competencies of this framework")


@test
def hostile_files_are_refused_in_bounded_memory(w):
    bound = ("bash", "-c", 'ulimit -v 400000; exec "$@"', "-") if "asan" not in str(BIN) else ()
    for name, text, says in (("large", '{"CFItems": ["' + "x" * (20 << 20) + '"]}', "larger than 16 MiB"),
                             ("many", '{"CFItems": [' + "[],".join("" for _ in range(3_000_000)) + "[]]}", "more values"),
                             ("deep", "[" * 5_000_000, "deeper")):
        path = file(w, text, f"{name}.json")
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        refused(1, w.selenga, "--node", w.region.dir, "case", "import", path, "--framework", "PS", prefix=bound, says=says)
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 20
        path.unlink()
    assert w.region.list("competency") == []


@test
def only_the_region_writes_frameworks(w):
    text = refused(1, w.hub.selenga, "case", "import", file(w, package()), "--framework", "PS")
    assert "PS" in text and w.hub.list("competency") == [], text


@test
def a_framework_is_taken_once_and_known_everywhere(w):
    path = file(w, package())
    answer = taken(w, path)
    assert counted(answer) == (4, 0, 0, 0) and answer["passed_over"] == 1, answer
    assert counted(taken(w, path)) == (0, 0, 4, 0)
    wait_until(lambda: len(w.hub.list("competency")) == 3, what="the hub knows the competencies")
    one = w.hub.selenga("get", "competency", "PS:M1.1")["body"]
    assert one["parent"] == "M1" and one["class"] == "methodical" and one["uuid"] == uuid(3), one
    framework = w.region.selenga("get", "framework", "PS")["body"]
    assert framework["title"] == TITLE and framework["status"] == "adopted" and framework["version"] == "2", framework


@test
def it_comes_out_as_it_went_in_and_what_has_no_uuid_keeps_one_made_of_its_key(w):
    w.region.put("competency", {"framework": "PS", "code": "X", "class": "it", "title": "Своя", "parent": "P1", "required_percent": 70})
    out = w.region.selenga("case", "export", "PS")
    assert out["CFDocument"]["identifier"] == uuid(0) and out["CFDocument"]["adoptionStatus"] == "Adopted"
    items = {i["humanCodingScheme"]: i for i in out["CFItems"]}
    assert set(items) == {"M1", "M1.1", "P1", "X"} and items["M1.1"]["identifier"] == uuid(3)
    ends = {(a["originNodeURI"]["identifier"], a["destinationNodeURI"]["identifier"]) for a in out["CFAssociations"]}
    assert {(uuid(3), uuid(1)), (uuid(1), uuid(0)), (uuid(2), uuid(0)), (items["X"]["identifier"], uuid(2))} == ends, ends
    first, second = w.file("first.json"), w.file("second.json")
    w.region.selenga("case", "export", "PS", first)
    counts = counted(taken(w, first))  # the file now gives the fourth the UUID that was made for it
    assert counts == (0, 1, 4, 0), counts
    assert w.region.selenga("get", "competency", "PS:X")["body"]["required_percent"] == 70  # what the file does not say stays
    w.region.selenga("case", "export", "PS", second)
    assert first.read_bytes() == second.read_bytes()


@test
def a_uuid_that_is_none_is_refused(w):
    refused(1, w.region.put, "competency", {"framework": "PS", "code": "Y", "class": "it", "title": "Т", "uuid": "x"}, says="is no UUID")


@test
def refusals_are_told_in_russian_too(w):
    russian = ("env", "LC_ALL=ru_RU.UTF-8")
    path = file(w, {**package(), "CFItems": []})
    command = ("--node", w.region.dir, "case", "import", path)
    refused(1, w.selenga, *command, "--framework", "PS", prefix=russian, says="не список от 1 до 20000 компетенций. Ничего не записано.")
    refused(64, w.selenga, *command, prefix=russian, says="укажите код рамки")


world.main(scene)
