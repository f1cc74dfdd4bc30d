# SPDX-License-Identifier: Apache-2.0
"""A made-up row for every sheet, a canary in each text of it; tests over all kinds share them.

What cannot be made up by its type stands here: references that must be there, texts that have a form.
"""
REGION, HUB, SCHOOL, SIBLING = "03", "03-08", "03-08-01", "03-08-02"
ONE, TWO = f"{SCHOOL}:1", f"{SCHOOL}:2"
DAY = "2024-02-01"
STAFF = ("identity", "person", "employment")  # kinds of one sheet
# Sheets that are not written at the school.
AT = {**dict.fromkeys(("publication", "org-status", "monitoring-programme", "monitoring-variant", "monitoring-round"), HUB),
      **dict.fromkeys(("organisation", "organisation-past", "methodist", "assignment", "programme", "programme-run", "certificate", "catalogue-item",
                       "competency", "scale"), REGION)}
# Cells that are not what their types alone would say.
CELLS = {
    "organisation": {"code": "03-99", "parent": REGION, "kind": "other"}, "organisation-past": {"parent": HUB},
    "staff": {"number": "1", "snils": "11223344595", "birth_date": "1987-06-05", "experience_from": "2009-04-17", "rate": "0.5",
              "external": "no", "post_class": "pedagogue", "manager_role": ""},
    "mentoring-pair": {"mentee": TWO}, "mentoring-meeting": {"mentee": TWO}, "membership": {"person": TWO},
    "observation": {"observer": TWO}, "subject-link": {"other": HUB}, "agreement": {"parties": f"{HUB};{SIBLING}"},
    "event": {"co_organisers": f"{HUB};{SIBLING}"}, "practice": {"coauthors": TWO}, "material": {"authors": f"{ONE};{TWO}"},
    "competency": {"framework": "F"}, "campaign": {"framework": "F"}, "instrument": {"framework": "F"},
    "scale": {"none_from": "80", "low_from": "60", "medium_from": "40"},
}
# References that are left out: to the kind itself, or to what cannot be there yet.
EMPTY = {("competency", "parent"), ("document", "replaces"), ("material", "replaces"), ("catalogue-item", "replaced_by"),
         ("publication", "promoted_from"), ("publication", "practice")}


def canary(sheet, field):
    """The point ends it: none begins another."""
    return f"CANARY-{sheet}-{field}."


class Rows:
    """kinds: what `kinds` says of each; sheets: the columns of each sheet."""

    def __init__(self, kinds, sheets):
        self.kinds = {k["kind"]: k for k in kinds}
        self.sheets = sheets
        self.fields = {s: {f["name"]: f for k in self.of(s) for f in self.kinds[k]["fields"]} for s in sheets}
        self.of_kind = {k: s for s in sheets for k in self.of(s)}
        self.cells = {}
        for sheet in self._order():
            self.cells[sheet] = {c: self._cell(sheet, c) for c in sheets[sheet]}

    def of(self, sheet):
        return STAFF if sheet == "staff" else (sheet,)

    def text(self, sheet):
        row = self.cells[sheet]
        return ",".join(row) + "\n" + ",".join(row.values()) + "\n"

    def _targets(self, sheet):
        for name in self.sheets[sheet]:
            target = self.of_kind.get(self.fields[sheet][name].get("refers_to"))
            if target not in (None, sheet) and (sheet, name) not in EMPTY:
                yield target
        if any(self.fields[sheet][n].get("refers_to") == "*" for n in self.sheets[sheet]):
            yield "event"

    def _order(self):
        """Each sheet behind those that it refers to."""
        done = []
        while len(done) < len(self.sheets):
            more = [s for s in self.sheets if s not in done and all(t in done for t in self._targets(s))]
            assert more, [s for s in self.sheets if s not in done]
            done += more
        return done

    def key(self, kind):
        """What references call the row of this kind."""
        if kind == "organisation":
            return SCHOOL
        if kind == "person":
            return ONE
        cells = self.cells[self.of_kind[kind]]
        return ":".join(cells[f["name"]] for f in self.kinds[kind]["fields"] if f["key"])

    def _cell(self, sheet, name):
        field = self.fields[sheet][name]
        if name in CELLS.get(sheet, {}):
            return CELLS[sheet][name]
        if (sheet, name) in EMPTY:
            return ""
        if field["type"] in ("reference", "references"):
            if sheet in ("result",) and name == "competency":
                return self.cells["competency"]["code"]
            target = field["refers_to"]
            return "event:" + self.key("event") if target == "*" else self.key(target)
        if field["type"] == "text":
            return canary(sheet, name)
        if field["type"] == "one of":
            starts = [s["is"] for s in field.get("states", []) if s["start"]]
            return (starts or field["values"].split())[0]
        return {"date": DAY, "yes/no": "yes", "integer": "12", "decimal": "12", "digits": "12",
                "list": (field.get("values") or "c1").split()[0]}[field["type"]]
