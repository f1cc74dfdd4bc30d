# SPDX-License-Identifier: Apache-2.0
"""The same as count.py for indicators of tables: I-5.1.1, I-5.1.1e, I-5.1.2, N-7, N-9, N-10, N-10r, N-11, from rows alone.

Rows are dictionaries of texts by sheet, as the CSV has them, each with `home`, the organisation whose record it is. It shares
nothing with the programs and is naive on purpose: one function per rule, a sentence each."""
from datetime import date

FOREVER = date.max


def day(text, empty=None):
    return date.fromisoformat(text) if text else empty


class Tables:
    def __init__(self, sheets, first, last):
        self.s, self.first, self.last = sheets, first, last
        self.orgs = {row["code"]: row for row in sheets["organisation"]}

    def rows(self, sheet, top):
        """Of the organisations at and below `top`."""
        return [row for row in self.s.get(sheet, []) if self.below(row["home"], top)]

    def below(self, org, top):
        while org and org != top:
            org = self.orgs[org]["parent"] if org in self.orgs else ""
        return org == top

    def inside(self, text):
        return text and self.first <= day(text) <= self.last

    def one(self, sheet, code):
        return next((row for row in self.s.get(sheet, []) if row["code"] == code), None)

    def is_ministry(self, org):
        return self.orgs[org]["kind"] == "ministry"

    # ---- 5.1

    def in_force(self, code):
        """A roadmap, no plan: approved by the last day, in force on any day of the period."""
        road = self.one("roadmap", code)
        return (road is not None and road["class"] == "roadmap" and day(road["approved_on"], FOREVER) <= self.last
                and day(road["from"]) <= self.last and day(road["to"]) >= self.first)

    def regional(self, code):
        return self.in_force(code) and self.is_ministry(self.one("roadmap", code)["org"])

    def measure_of(self, fact):
        road, code = fact["measure"].split(":")
        return next((m for m in self.s["measure"] if m["roadmap"] == road and m["code"] == code), None)

    def i511(self, top):
        """The region's roadmap stands, something is due, and something was done and shown in the period."""
        if not any(self.is_ministry(code) for code in self.orgs if self.below(code, top)):
            return 0, 0
        stands = any(self.regional(road["code"]) for road in self.rows("roadmap", top))
        due = any(self.inside(m["due"]) and self.regional(m["roadmap"]) for m in self.rows("measure", top))
        done = any(self.inside(f["date"]) and self.measure_of(f) and self.regional(self.measure_of(f)["roadmap"])
                   for f in self.rows("measure-fact", top))
        return int(stands and due and done), 1

    def i511e(self, top):
        """Of measures that fell due and were not cancelled before, those that were done in time."""
        due = [m for m in self.rows("measure", top) if self.inside(m["due"]) and self.in_force(m["roadmap"])
               and not (m["cancelled_on"] and day(m["cancelled_on"]) < day(m["due"]))]
        return len([m for m in due if m["state"] == "done" and day(m["done_on"], FOREVER) <= day(m["due"])]), len(due)

    def watched(self, code):
        p = self.one("monitoring-programme", code)
        return (p is not None and day(p["approved_on"], FOREVER) <= self.last and day(p["from"]) <= self.last
                and day(p["to"], FOREVER) >= self.first and self.is_ministry(p["org"]))

    def i512(self, top):
        """Two variants, a round closed with 95 % or more, and a decision that follows from such a round."""
        if not any(self.is_ministry(code) for code in self.orgs if self.below(code, top)):
            return 0, 0
        variants = [v for v in self.rows("monitoring-variant", top) if self.watched(v["programme"])]
        full = {r["programme"] + ":" + r["code"] for r in self.s.get("monitoring-round", [])
                if self.inside(r["completed_on"]) and float(r["coverage"] or 0) >= 95 and self.watched(r["programme"])}
        rounds = [r for r in self.rows("monitoring-round", top) if r["programme"] + ":" + r["code"] in full]
        decided = [d for d in self.rows("decision", top) if d["round"] in full]
        return int(len(variants) >= 2 and bool(rounds) and bool(decided)), 1

    # ---- 2.4

    def n7(self, top):
        """Of enrolments with a seat in runs that began, those for which a need was the reason."""
        runs = {r["code"]: r for r in self.s.get("programme-run", [])}
        all_ = [e for e in self.rows("enrolment", top) if self.inside(runs[e["run"]]["from"]) and e["place"] != "waiting"]
        return len([e for e in all_ if e["grounded"] == "yes"]), len(all_)

    def n9(self, top):
        """Events of the region that took place and that somebody came to."""
        return len([e for e in self.rows("event", top) if e["level"] == "region" and e["held"] == "held"
                    and int(e["visitors"] or 0) >= 1 and self.inside(e["starts_on"])]), None

    def ran(self, top):
        return [r for r in self.rows("programme-run", top) if self.inside(r["to"])]

    def n10(self, top):
        """Of programmes that ran, those in network form."""
        ran = {r["programme"] for r in self.ran(top)}
        return len([p for p in ran if self.one("programme", p)["form"] == "network"]), len(ran)

    def n10r(self, top):
        """Of programmes that ran, those that the federal register had on the last day of a run."""
        def placed(run):
            p = self.one("programme", run["programme"])
            return p["decision"] == "accepted" and day(p["registry_valid_to"], FOREVER) >= day(run["to"])
        return len({r["programme"] for r in self.ran(top) if placed(r)}), len({r["programme"] for r in self.ran(top)})

    def stands(self, org):
        return day(org["valid_from"], date.min) <= self.last <= day(org["valid_to"], FOREVER)

    def n11(self, top):
        """Of municipalities, those with a methodical service of their own."""
        served = {o["parent"] for o in self.orgs.values() if self.below(o["code"], top) and o["kind"] == "methodical_service"
                  and self.orgs[o["parent"]]["kind"] == "municipal_authority" and self.stands(o)}
        all_ = [o for o in self.orgs.values() if self.below(o["code"], top) and o["kind"] == "municipal_authority" and self.stands(o)]
        return len(served), len(all_)

    def all(self, top):
        return {"I-5.1.1": self.i511(top), "I-5.1.1e": self.i511e(top), "I-5.1.2": self.i512(top), "N-7": self.n7(top),
                "N-9": self.n9(top), "N-10": self.n10(top), "N-10r": self.n10r(top), "N-11": self.n11(top)}
