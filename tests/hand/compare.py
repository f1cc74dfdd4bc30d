#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares reports with the recount: compare.py SELENGA NODES SHEETS [PERIOD]... Exit 1 with the differences on stdout.

NODES holds one folder per running node, SHEETS the sheets that they imported, under the same names (quickstart makes
both). Each node is asked for its own organisation, the region also for every organisation below."""
import json
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True

import count  # noqa: E402

PERIODS = ["2024", "2024-H1", "2024-H2", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2023/24", "2023"]


def org_of(node):
    return "03" if node == "region" else node.split("-", 1)[1]


def reported(selenga, node, org, period):
    """Reports of the organisation and of each child, by code: {org: {code: indicator}}."""
    asked = subprocess.run([selenga, "--node", node, "--json", "report", "--org", org, "--period", period],
                           stdout=subprocess.PIPE, check=True)
    report = json.loads(asked.stdout)
    units = [report] + report["children"]
    return {unit["org"]: {i["code"]: i for i in unit["indicators"]} for unit in units}


def differences(where, found, expected):
    for code, numbers in expected.items():
        if not code.startswith(("I-", "N-")):
            continue
        if code not in found:
            yield "%s %s: not reported" % (where, code)
            continue
        for part, number in numbers.items():
            if found[code].get(part) != number:
                yield "%s %s %s: reported %s, by hand %s" % (where, code, part, found[code].get(part), number)
    coverage = found.get("I-5.3.2", {}).get("coverage") or {}
    if coverage.get("expected") != expected["expected"]:
        yield "%s coverage: %s expected, by hand %d" % (where, coverage, expected["expected"])
    elif coverage.get("received") != coverage.get("expected"):
        yield "%s coverage: only %s received" % (where, coverage)


def main():
    selenga, nodes, sheets = sys.argv[1:4]
    data, wrong, checked = count.load(sheets), [], 0
    for period in sys.argv[4:] or PERIODS:
        recount = count.Recount(data, period)
        expected = {org: recount.organisation(org, False) for org in recount.kind}
        for folder in sorted(pathlib.Path(sheets).glob("*/")):
            node, own = folder.name, org_of(folder.name)
            for org in [own] + (sorted(set(expected) - {own}) if node == "region" else []):
                for unit, found in reported(selenga, str(pathlib.Path(nodes, node)), org, period).items():
                    checked += 1
                    wrong += differences("%s at %s for %s:" % (unit, node, period), found, expected[unit])
    print("\n".join(wrong))
    print("%d reports compared, %d differences" % (checked, len(wrong)))
    return bool(wrong) or checked == 0


if __name__ == "__main__":
    sys.exit(main())
