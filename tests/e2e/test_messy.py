# SPDX-License-Identifier: Apache-2.0
"""Files as people have them: each file of tests/e2e/messy becomes what cases.toml says, in the words that a person reads.

One node a language, so that each import is a first one; the second import at one of them shows the codes, and changes nothing."""
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import world
from world import BIN, patience, test

MESSY = Path(__file__).parent / "messy"
CASES = tomllib.loads((MESSY / "cases.toml").read_text(encoding="utf-8"))
LOCALES = {"en": "C.UTF-8", "ru": "ru_RU.UTF-8"}


def scene(w):
    w.nodes_of = {lang: w.node(lang).init("03").run() for lang in LOCALES}
    w.files = w.dir / "files"
    shutil.copytree(MESSY, w.files)
    return w


def imported(node, lang, case, path):
    done = subprocess.run([BIN / "selenga", "--node", node.dir, "import", case["sheet"], path, *case.get("args", [])],
                          capture_output=True, text=True, timeout=patience(60), check=False,
                          env={**os.environ, "LC_ALL": LOCALES[lang]})
    return done.returncode, done.stdout, done.stderr


def check(w, lang, name, case):
    node = w.nodes_of[lang]
    code, out, err = imported(node, lang, case, w.files / name)
    assert code == case.get("exit", 0), f"{name}: exit {code}\n{out}{err}"
    counts = [int(n) for n in re.findall(r"\d+", out)]
    assert counts == case.get("counts", []), f"{name}: {out}{err}"
    for sentence in case.get(lang, []):
        assert sentence in err, f"{name} does not say «{sentence}»:\n{err}"
    for ref, fields in case.get("holds", {}).items():
        kind, key = ref.split(" ", 1)
        body = node.selenga("get", kind, key)["body"]
        for field, value in fields.items():
            assert body.get(field) == value, f"{name}: {ref} {field} is {body.get(field)}, not {value}"


def check_all(w, lang):
    wrong = []
    for name, case in CASES.items():
        try:
            check(w, lang, name, case)
        except (AssertionError, world.Refused) as error:
            wrong.append(str(error))
    assert not wrong, "\n\n".join(wrong)


@test
def there_are_at_least_forty_and_each_has_an_outcome(w):
    files = {path.name for path in MESSY.iterdir() if path.suffix in (".csv", ".xlsx")}
    assert files == set(CASES), files ^ set(CASES)
    assert len(files) >= 40


@test
def each_file_becomes_what_is_expected_and_english_says_why(w):
    check_all(w, "en")


@test
def each_file_becomes_what_is_expected_and_russian_says_why(w):
    check_all(w, "ru")


@test
def a_second_import_changes_nothing_and_json_has_the_codes(w):
    for name, case in CASES.items():
        try:
            answer = w.nodes_of["en"].selenga("import", case["sheet"], w.files / name, *case.get("args", []))
        except world.Refused as error:
            assert error.code == case.get("exit", 0), error
            answer = error.out
        codes = [reason["code"] for row in answer["rejects"] for reason in row["reasons"]]
        assert codes == case.get("codes", []), f"{name}: {codes}"
        taken = sum(case.get("counts", [0, 0, 0, 0])[:3])
        assert (answer["new"], answer["changed"], answer["unchanged"]) == (0, 0, taken), f"{name}: {answer}"
        assert (answer["rejected_file"] is None) == (not case.get("counts") or case["counts"][3] == 0), answer


@test
def rejected_rows_put_right_are_imported_as_they_are(w):
    for name, wrong, right in (("snils-mistyped.csv", "112-233-445 96", "112-233-445 95"), ("numbers.csv", "полставки", "0,5")):
        path = w.files / (name + ".rejected.csv")
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf"), "no mark by which Excel knows UTF-8"
        lines = data.decode("utf-8-sig").splitlines()
        assert lines[0].endswith(";Строка;Причина отказа"), lines[0]
        path.write_bytes(data.replace(wrong.encode(), right.encode()))
        code, out, err = imported(w.nodes_of["ru"], "ru", CASES[name], path)
        assert re.findall(r"\d+", out)[0] == "1", out + err
        assert "пропущен" not in err, err


world.main(scene)
