# SPDX-License-Identifier: Apache-2.0
"""A change on an older copy is refused; what a change or a deletion replaced is kept at home, shown and brought back."""
import json

import world
from world import main, refused, spoken, test


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n03-08,03,municipal_authority,Управление\n")
    return w


def event(w, code, title, **form):
    """One record, in its outside form: expect_version stands beside the body."""
    return w.region.selenga("put", "event", stdin=json.dumps({"body": {"code": code, "kind": "seminar", "title": title, "org": "03", "starts_on": "2024-10-01"}, **form}))


def get(w, code):
    return w.region.selenga("get", "event", code)


def history(w, code):
    return w.region.selenga("history", "event", code)


@test
def a_change_on_an_older_copy_is_refused_with_both_versions(w):
    event(w, "E-1", "Первое")
    read = get(w, "E-1")["version"]
    event(w, "E-1", "Второе", expect_version=read)
    now = get(w, "E-1")["version"]
    said = refused(1, event, w, "E-1", "Третье", expect_version=read)
    assert f"you had version {read}, and it is at {now} now" in said, said
    assert get(w, "E-1")["body"]["title"] == "Второе"


@test
def who_believes_that_there_is_none_overwrites_nobody(w):
    event(w, "E-2", "Первое", expect_version=None)
    refused(1, event, w, "E-2", "Другое", expect_version=None)
    refused(1, event, w, "E-none", "Нет такого", expect_version="1.1.0000000000000001", says="you had version 1.1.0000000000000001, and it is at - now")
    assert w.region.list("event", "--where", "code=E-none") == []
    assert get(w, "E-2")["body"]["title"] == "Первое"


@test
def the_code_of_the_refusal_is_told_to_programs(w):
    event(w, "E-3", "Первое")
    try:
        event(w, "E-3", "Второе", expect_version="9.9.0000000000000009")
    except world.Refused as error:
        assert error.code == 1 and error.out["records"][0]["code"] == "CHANGED-SINCE", vars(error)
    else:
        raise AssertionError("was not refused")


@test
def what_was_replaced_is_shown_latest_first(w):
    for title in ("Первое", "Второе", "Второе", "Третье"):
        event(w, "E-4", title)
    told = history(w, "E-4")
    assert [r["body"]["title"] for r in told] == ["Третье", "Второе", "Первое"], told  # the third changed nothing
    assert told[0]["replaced_at"] is None and told[1]["replaced_at"].endswith("Z"), told
    text = spoken(w.region, "history", "event", "E-4")
    assert told[1]["replaced_at"] in text and "local:" not in text, text
    assert "title: Первое → Второе" in text and "title: Второе → Третье" in text, text
    assert text.index("Второе → Третье") < text.index("Первое → Второе"), text


@test
def an_earlier_version_is_written_again(w):
    event(w, "E-5", "Первое")
    first = get(w, "E-5")
    event(w, "E-5", "Второе", **{})
    w.region.put("event", {"code": "E-5", "ends_on": "2024-10-02"})
    w.region.selenga("restore", "event", "E-5", "--version", first["version"])
    assert get(w, "E-5")["body"] == first["body"] and get(w, "E-5")["version"] != first["version"]
    assert [r["body"]["title"] for r in history(w, "E-5")] == ["Первое", "Второе", "Второе", "Первое"]


@test
def what_was_deleted_comes_back(w):
    event(w, "E-6", "Первое")
    kept = get(w, "E-6")
    w.region.selenga("delete", "event", "E-6", "--why", "test")
    refused(1, get, w, "E-6")
    told = history(w, "E-6")
    assert told[0]["deleted"] and told[1]["version"] == kept["version"], told
    w.region.selenga("restore", "event", "E-6", "--version", kept["version"])
    assert get(w, "E-6")["body"] == kept["body"]


@test
def what_is_not_kept_is_not_brought_back(w):
    event(w, "E-7", "Первое")
    refused(1, w.region.selenga, "restore", "event", "E-7", "--version", "1.1.0000000000000001", says="no version 1.1.0000000000000001 is kept of it")
    refused(1, w.region.selenga, "restore", "event", "E-none", "--version", "1.1.0000000000000001")
    refused(64, w.region.selenga, "restore", "event", "E-7", says="--version")


@test
def a_restart_forgets_none(w):
    event(w, "E-8", "Первое")
    event(w, "E-8", "Второе")
    w.region.stop()
    w.region.run()
    assert [r["body"]["title"] for r in history(w, "E-8")] == ["Второе", "Первое"]


if __name__ == "__main__":
    main(scene)
