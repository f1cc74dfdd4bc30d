# SPDX-License-Identifier: Apache-2.0
"""One person with two main places of work is told when the second one is imported, wherever the node can know of the first."""
import os

from world import Refused, main, test, wait_until

HEAD = "org,number,last_name,first_name,middle_name,birth_date,snils,post,post_class,main_place,external,from,to\n"
SCHOOL, HUB = "03-08-01", "03-08"
SNILS = {"a": "112-233-445 95", "b": "112-233-446 96", "c": "112-233-447 97"}


def scene(w):
    nodes = w.tree(hubs=(HUB,), schools=(SCHOOL,))
    w.region, w.hub, w.school = nodes["03"], nodes[HUB], nodes[SCHOOL]
    w.school.text("staff", HEAD + row(SCHOOL, 1, snils=SNILS["a"]) + row(SCHOOL, 2, last="Сёмина", middle="Ивановна"))
    w.settle()
    return w


def row(org, number, last="Иванов", first="Иван", middle="", born="1980-02-03", snils="", main_place="", external="", to=""):
    return f"{org},{number},{last},{first},{middle},{born},{snils},учитель,pedagogue,{main_place},{external},2015-09-01,{to}\n"


def warned(w, node, rows, *options):
    path = w.file("staff.csv")
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    try:
        answer = node.selenga("import", "staff", path, *options)
    except Refused as error:
        assert "--strict" in options, vars(error)
        return [(r["row"], r["reasons"][0]["code"], r["reasons"][0]["text"]) for r in error.out["rejects"]]
    assert answer["rejected"] == 0, answer
    return [(x["row"], x["code"], x["text"]) for x in answer["warnings"] if x["code"] == "TWO-MAIN-PLACES"]


def places(found):
    return [(number, text.split("`")[1]) for number, code, text in found if code == "TWO-MAIN-PLACES"]


@test
def in_one_sheet_the_later_row_is_warned_and_taken_and_a_dry_run_says_it_too(w):
    rows = [row(SCHOOL, 11, last="Один", snils=SNILS["b"]), row(SCHOOL, 12, last="Другой", born="1990-01-01", snils=SNILS["b"])]
    for _ in range(2):
        assert places(warned(w, w.school, rows, "--dry-run")) == [(3, f"{SCHOOL}:11")]
    assert places(warned(w, w.school, rows, "--strict")) == [(3, f"{SCHOOL}:11")]
    assert places(warned(w, w.school, rows)) == [(3, f"{SCHOOL}:11")]
    assert places(warned(w, w.school, rows)) == [(2, f"{SCHOOL}:12"), (3, f"{SCHOOL}:11")], "now both are here"
    assert {r["body"]["number"] for r in w.school.list("employment")} >= {"11", "12"}


@test
def who_says_that_it_is_no_main_place_is_not_warned(w):
    for other in (dict(main_place="no"), dict(external="yes"), dict(to="2020-01-01")):
        assert warned(w, w.school, [row(SCHOOL, 21, snils=SNILS["a"], **other)]) == [], other
    assert places(warned(w, w.school, [row(SCHOOL, 21, snils=SNILS["a"])])) == [(2, f"{SCHOOL}:1")]
    warned(w, w.school, [row(SCHOOL, 21, snils=SNILS["a"], to="2020-01-01")])


@test
def without_a_snils_the_same_name_and_birth_date_tell_if_nothing_speaks_against_it(w):
    assert places(warned(w, w.school, [row(SCHOOL, 31, last="Семина")])) == [(2, f"{SCHOOL}:2")]
    assert warned(w, w.school, [row(SCHOOL, 31, last="Семина", middle="Петровна")]) == []
    assert warned(w, w.school, [row(SCHOOL, 32, snils=SNILS["c"])]) == [], "another SNILS: another person"


@test
def a_hub_and_the_region_know_of_their_schools(w):
    w.settle()
    for node, org in ((w.hub, HUB), (w.region, "03")):
        assert places(warned(w, node, [row(org, 41, snils=SNILS["a"])], "--dry-run")) == [(2, f"{SCHOOL}:1")], org
    (_, ref), = places(warned(w, w.hub, [row(HUB, 42, last="Сёмина")], "--dry-run"))
    assert ref in (f"{SCHOOL}:2", f"{SCHOOL}:31"), ref
    assert warned(w, w.region, [row("03", 42, last="Сёмина")], "--dry-run") == [], "names do not come that far"


@test
def the_sentence_is_in_the_readers_language(w):
    os.environ["LC_ALL"] = "ru_RU.UTF-8"
    try:
        (_, _, text), = warned(w, w.school, [row(SCHOOL, 51, snils=SNILS["a"])], "--dry-run")
    finally:
        os.environ["LC_ALL"] = "C.UTF-8"
    assert "основное место работы указано здесь" in text and f"«{SCHOOL}:1»" in text, text


if __name__ == "__main__":
    main(scene)
