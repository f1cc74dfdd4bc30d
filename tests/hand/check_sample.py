#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the sample together: check_sample.py fresh | table. Exit 1 with the differences on stdout.

fresh: make.py makes exactly the committed sheets. table: what deploy/sample/README.md says of each person for I-5.3.2
and of each team for I-5.2.1 in 2024 is what count.py finds."""
import filecmp
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import count  # noqa: E402

SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "sample"


def fresh():
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([sys.executable, SAMPLE / "make.py", made], check=True)
        names = {p.relative_to(root) for root in (SAMPLE, pathlib.Path(made)) for p in root.glob("*/*.csv")}
        return ["%s is not what make.py makes" % name for name in sorted(names)
                if not (SAMPLE / name).exists() or not pathlib.Path(made, name).exists()
                or not filecmp.cmp(SAMPLE / name, pathlib.Path(made, name), shallow=False)]


def table():
    recount = count.Recount(count.load(SAMPLE), "2024")
    young, unknown = recount.young("03")
    differences, seen = [], 0
    for line in (SAMPLE / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and re.fullmatch(r"[\w-]+:\d+", cells[0]):
            person = recount.who[cells[0]]
            found = ("no data" if person in unknown else "not counted" if person not in young
                     else "supported" if recount.supported(person) else "not supported")
        elif len(cells) == 3 and cells[0].startswith("T-"):
            codes = cells[0].split(", ")
            found = {row["code"]: recount.team_counts(row) for row in recount.s["team"]}
            found = cells[2] if all(found[code] == cells[2].startswith("count") for code in codes) else str(found)
        else:
            continue
        seen += 1
        if found != cells[2]:
            differences.append("%s: the table says %s, the recount %s" % (cells[0], cells[2], found))
    return differences if seen else ["no table in README.md"]


if __name__ == "__main__":
    problems = {"fresh": fresh, "table": table}[sys.argv[1]]()
    print("\n".join(problems) or "ok")
    sys.exit(bool(problems))
