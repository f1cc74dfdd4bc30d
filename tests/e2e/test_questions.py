# SPDX-License-Identifier: Apache-2.0
"""Questions of an instrument from files of other programs: taken whole or not at all, and written back; their keys stay where they
were made."""
import pathlib
import subprocess

import world
from world import BIN, refused, test

REGION, HUB, SCHOOL = "03", "03-08", "03-08-01"
GIFT = """// тест для примера
$CATEGORY: курс/общее

::Столица::Столица Бурятии? {
=Улан-Удэ#Верно
~Чита
~Иркутск}

Какие числа чётные? {~%50%2 ~%50%4 ~%-50%5}

Земля вращается вокруг Солнца. {TRUE#Нет#Да}

Дважды два \\= {#4}

Соотнесите {=Россия -> Москва =Китай -> Пекин =Монголия -> Улан-Батор}

Опишите урок. {}
"""
AIKEN = "Кто написал «Евгения Онегина»?\nA. Пушкин\nB. Лермонтов\nANSWER: A\n"
SECRET = ("%50.00000%", "=Улан-Удэ", "Россия -> Москва")


def scene(w):
    nodes = w.tree(hubs=(HUB,), schools=(SCHOOL,))
    w.region, w.hub, w.school = (nodes[code] for code in (REGION, HUB, SCHOOL))
    for node, code, org in ((w.region, "T-1", REGION), (w.region, "T-2", REGION), (w.school, "T-3", SCHOOL)):
        node.put("instrument", {"code": code, "title": "Проба", "class": "test", "org": org, "version": 1, "state": "draft"})
    w.settle()
    return w


def take(w, node, code, text, *options):
    path = w.file(f"{code}.txt")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return node.selenga("instrument", "import", code, path, *options)


def given(node, code):
    return subprocess.run([BIN / "selenga", "--node", node.dir, "instrument", "export", code], text=True, capture_output=True)


def answer(n):
    return {"new": n, "changed": 0, "unchanged": 0, "rejected": 0, "deleted": 0}


@test
def a_file_with_one_bad_line_is_refused_whole_and_told_with_its_line(w):
    refused(1, take, w, w.region, "T-1", GIFT + "\nПлохой? {=а ~б\n\n", says="line 19: a { has no }")
    refused(1, take, w, w.region, "T-1", AIKEN.replace("B.", "Б."), "--aiken", says="line 3: options are two at least")
    refused(1, take, w, w.region, "T-1", "x" * (20 << 20), says="more than 1 MiB")
    assert not w.region.list("question") and not w.region.list("question-key")


@test
def an_instrument_that_is_not_here_or_anothers_takes_no_questions(w):
    refused(1, take, w, w.region, "T-9", GIFT, says="no such record: instrument")
    refused(1, take, w, w.school, "T-1", GIFT, says="made at another node")
    for kind, more in (("question", {"type": "essay", "text": "Почему?"}), ("question-key", {})):
        refused(1, w.school.put, kind, {"instrument": "T-1", "number": 1, **more}, says="made at another node")


@test
def questions_are_taken_in_and_written_back_as_they_were(w):
    assert take(w, w.region, "T-1", GIFT, "--dry-run") == answer(6)
    assert not w.region.list("question")
    assert take(w, w.region, "T-1", GIFT) == answer(6)
    first = given(w.region, "T-1")
    assert first.returncode == 0 and "::Столица::Столица Бурятии? {=Улан-Удэ#Верно ~Чита ~Иркутск}" in first.stdout, first
    again = take(w, w.region, "T-1", first.stdout)
    assert again == {**answer(0), "unchanged": 6}, again
    assert given(w.region, "T-1").stdout == first.stdout


@test
def a_file_in_another_charset_is_taken_and_shorter_ones_leave_no_old_questions(w):
    assert take(w, w.region, "T-2", GIFT.encode("cp1251")) == answer(6)
    assert take(w, w.region, "T-2", AIKEN, "--aiken") == {**answer(0), "changed": 1, "deleted": 10}
    assert given(w.region, "T-2").stdout == "Кто написал «Евгения Онегина»? {=Пушкин ~Лермонтов}\n\n"


@test
def questions_go_down_and_their_keys_nowhere(w):
    w.settle()
    for node in (w.hub, w.school):
        held = {row["body"]["text"] for row in node.list("question", "--where", "instrument=T-1")}
        assert len(held) == 6 and "Опишите урок." in held, held
        assert not node.list("question-key")
        told = given(node, "T-1")
        assert told.returncode == 1 and "is not at this node" in told.stderr, told
        stored = b"".join(p.read_bytes() for p in pathlib.Path(node.dir, "store").rglob("*") if p.is_file())
        assert "Соотнесите".encode() in stored
        assert not [s for s in SECRET if s.encode() in stored]
    # what is right of pairs cannot be told from their order
    pairs = [row["body"] for row in w.school.list("question", "--where", "type=matching")][0]
    assert pairs["options"] == "~Россия ~Китай ~Монголия" and pairs["partners"] == "~Москва ~Пекин ~Улан-Батор", pairs


@test
def a_schools_own_questions_do_not_leave_it(w):
    assert take(w, w.school, "T-3", AIKEN, "--aiken") == answer(1)
    w.settle()
    assert not w.hub.list("question", "--where", "instrument=T-3")
    # a key that was changed by hand is told, not written out as if it were right
    w.school.put("question-key", {"instrument": "T-3", "number": 1, "answers": "=Другой ~Лермонтов"})
    told = given(w.school, "T-3")
    assert told.returncode == 1 and "do not belong together" in told.stderr, told


world.main(scene)
