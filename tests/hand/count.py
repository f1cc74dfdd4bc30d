#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An independent recount of indicators, from sheets alone: count.py [--explain] FOLDER PERIOD.

FOLDER holds one folder of CSV sheets per importing organisation (as deploy/sample does); PERIOD is 2024, 2024-H1,
2024-Q3 or 2023/24. Prints JSON: for each organisation with its subtree the numerator and denominator of I-5.2.1,
I-5.3.1a-d, I-5.3.2, N-1, N-2, N-4 and N-8. --explain adds who stands where.

It shares nothing with the programs and is naive on purpose: one function per rule, each a sentence, loops over lists.
People are told apart by their insurance number (СНИЛС), or by ORG:NUMBER where that is not known."""
import csv
import json
import pathlib
import sys
from datetime import date, timedelta

FOREVER = date.max  # "to" left empty: still going on


def load(folder):
    sheets = {}
    for path in sorted(pathlib.Path(folder).glob("*/*.csv")):
        with open(path, encoding="utf-8-sig", newline="") as f:
            sheets.setdefault(path.stem, []).extend(csv.DictReader(f))
    return sheets


def day(text, empty=None):
    return date.fromisoformat(text) if text else empty


def period_days(period):
    """First and last day."""
    if "/" in period:
        year = int(period.split("/")[0])
        return date(year, 9, 1), date(year + 1, 8, 31)
    year = int(period[:4])
    part = period[5:]
    first_month, months = {"": (1, 12), "H1": (1, 6), "H2": (7, 6), "Q1": (1, 3), "Q2": (4, 3), "Q3": (7, 3),
                           "Q4": (10, 3)}[part]
    after = first_month + months
    return date(year, first_month, 1), date(year + (after > 12), (after - 1) % 12 + 1, 1) - timedelta(days=1)


def full_years(born, at):
    """Someone born on 29 February comes of age on 1 March in a common year: (2, 28) < (2, 29) says just that."""
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


def valid_on(row, when):
    return day(row["from"], date.min) <= when <= day(row["to"], FOREVER)


class Recount:
    def __init__(self, sheets, period):
        self.s = {name: sheets.get(name, []) for name in (
            "organisation staff absence methodist assignment mentoring-pair mentoring-meeting programme programme-run "
            "enrolment team certificate event attendance support-act result campaign instrument").split()}
        self.first, self.last = period_days(period)
        self.at = self.last + timedelta(days=1)
        self.who = {row["org"] + ":" + row["number"]: row["snils"] or row["org"] + ":" + row["number"]
                    for row in self.s["staff"]}
        self.kind = {row["code"]: row["kind"] for row in self.s["organisation"]}
        self.parent = {row["code"]: row["parent"] for row in self.s["organisation"]}

    # ---- organisations

    def below(self, org, top):
        while org and org != top:
            org = self.parent.get(org, "")
        return org == top

    def expected(self, top):
        """Organisations that owe a count: schools and the like that exist on the last day."""
        return [row["code"] for row in self.s["organisation"]
                if self.below(row["code"], top) and row["kind"] in ("school", "kindergarten", "additional", "college")
                and day(row["valid_from"], date.min) <= self.last <= day(row["valid_to"], FOREVER)]

    def closed(self, org):
        """Its last day lies before the last day of the period: whom its list still shows works there no more."""
        return any(row["code"] == org and day(row["valid_to"], FOREVER) < self.last for row in self.s["organisation"])

    # ---- people

    def posts(self, post_class, when):
        """Employments of a class on a day. External part-timers are counted elsewhere; a university is no school."""
        return [row for row in self.s["staff"]
                if row["post_class"] == post_class and row["external"] != "yes" and valid_on(row, when)
                and self.kind.get(row["org"]) != "university"]

    def pedagogues(self, top):
        return {self.who[row["org"] + ":" + row["number"]] for row in self.posts("pedagogue", self.last)
                if self.below(row["org"], top) and not self.closed(row["org"])}

    def rows_of(self, person):
        return [row for row in self.s["staff"] if self.who[row["org"] + ":" + row["number"]] == person]

    def age(self, person):
        births = [day(row["birth_date"]) for row in self.rows_of(person) if row["birth_date"]]
        return full_years(births[0], self.at) if births else None

    def experience(self, person):
        """Full years since the earliest known beginning, moved on by the days that do not count."""
        rows = [row for row in self.rows_of(person) if row["experience_from"]]
        if not rows:
            return None
        row = min(rows, key=lambda r: r["experience_from"])
        return full_years(day(row["experience_from"]) + timedelta(days=int(row["experience_break_days"] or 0)), self.at)

    def hired(self, person):
        return min(day(row["from"]) for row in self.posts("pedagogue", self.last)
                   if self.who[row["org"] + ":" + row["number"]] == person)

    def away_all_period(self, person):
        """Maternity, child care or military service on each day of the period, in one absence or several."""
        absences = [row for row in self.s["absence"] if self.who.get(row["person"]) == person
                    and row["kind"] in ("maternity", "childcare", "military")]
        when = self.first
        while when <= self.last:
            if not any(valid_on(row, when) for row in absences):
                return False
            when += timedelta(days=1)
        return True

    # ---- I-5.3.2

    def young(self, top):
        """Who must be supported, and those who cannot be told for want of a date."""
        young, unknown = set(), set()
        for person in self.pedagogues(top):
            if self.away_all_period(person):
                continue
            age, experience = self.age(person), self.experience(person)
            if age is not None and age > 34 or experience is not None and experience >= 3:
                continue
            (unknown if age is None or experience is None else young).add(person)
        return young, unknown

    def in_period_after_hire(self, text, person):
        when = day(text)
        return when is not None and max(self.first, self.hired(person)) <= when <= self.last

    def mentored(self, person):
        for pair in self.s["mentoring-pair"]:
            if self.who.get(pair["mentee"]) != person:
                continue
            since = max(day(pair["from"]), self.first, self.hired(person))
            until = min(day(pair["to"], FOREVER), self.last)
            met = [m for m in self.s["mentoring-meeting"] if m["mentor"] == pair["mentor"]
                   and m["mentee"] == pair["mentee"] and self.in_period_after_hire(m["date"], person)]
            if (until - since).days + 1 >= 30 and met:
                return True
        return False

    def trained(self, person):
        programme_of = {row["code"]: row["programme"] for row in self.s["programme-run"]}
        programme = {row["code"]: row for row in self.s["programme"]}
        for paper in self.s["certificate"]:
            if self.who.get(paper["person"]) == person and self.in_period_after_hire(paper["issued_on"], person):
                of = programme[programme_of[paper["run"]]]
                if of["kind"] in ("pk", "internship") and "молод" in of["target_group"].lower():
                    return True
        return False

    def schooled(self, person):
        events = {row["code"]: row for row in self.s["event"]}
        seen = {a["event"] for a in self.s["attendance"] if self.who.get(a["person"]) == person
                and events[a["event"]]["young_school"] == "yes"
                and self.in_period_after_hire(events[a["event"]]["starts_on"], person)}
        return len(seen) >= 3

    def helped(self, person):
        acts = {(a["methodist"], a["kind"], a["date"]) for a in self.s["support-act"]
                if self.who.get(a["person"]) == person and a["methodist"] and self.in_period_after_hire(a["date"], person)}
        return len(acts) >= 3

    def supported(self, person):
        return [name for name, rule in (("mentoring", self.mentored), ("training", self.trained),
                                        ("young teachers' school", self.schooled), ("methodist", self.helped))
                if rule(person)]

    # ---- I-5.3.1

    def methodists(self):
        """Appointed on the last day, and not on a leave of more than 30 days then. Code -> person."""
        found = {}
        for row in self.s["methodist"]:
            person = self.who.get(row["person"], row["person"])
            away = [a for a in self.s["absence"] if self.who.get(a["person"]) == person and valid_on(a, self.last)
                    and (day(a["to"], FOREVER) - day(a["from"])).days + 1 > 30]
            if valid_on(row, self.last) and row.get("state") != "candidate" and not away:
                found[row["code"]] = person
        return found

    def loads(self, top):
        """Methodist -> the pedagogues of the subtree that are given to him."""
        people, loads = self.pedagogues(top), {code: set() for code in self.methodists()}
        for row in self.s["assignment"]:
            person = self.who.get(row["person"])
            if row["methodist"] in loads and person in people and valid_on(row, self.last):
                loads[row["methodist"]].add(person)
        return loads

    # ---- I-5.2.1

    def team_counts(self, team):
        """Two managers of the organisation, by the first day of the run, who came to a course of 16 hours or more."""
        runs = {row["code"]: row for row in self.s["programme-run"]}
        programme = {row["code"]: row for row in self.s["programme"]}
        members = {}
        for row in self.s["enrolment"]:
            if row["team"] == team["code"] and float(row["attended_hours"] or 0) > 0:
                members.setdefault(row["run"], set()).add(self.who.get(row["person"]))
        for code, people in members.items():
            run = runs[code]
            of = programme[run["programme"]]
            if of["kind"] != "pk" or int(of["hours"]) < 16 or not self.first <= day(run["to"]) <= self.last:
                continue
            managers = {self.who[row["org"] + ":" + row["number"]] for row in self.posts("manager", day(run["from"]))
                        if self.below(row["org"], team["org"])}
            if len(people & managers) >= 2:
                return True
        return False

    def trained_teams(self, top):
        return {team["org"] for team in self.s["team"] if self.below(team["org"], top) and self.team_counts(team)}

    # ---- N-1, N-2, N-4, N-8

    def in_post(self, top, post_classes, kinds):
        """Who works there on the last day, in a post of these classes, in organisations of these kinds that stand."""
        return {self.who[row["org"] + ":" + row["number"]] for post_class in post_classes
                for row in self.posts(post_class, self.last) if self.kind.get(row["org"]) in kinds
                and self.below(row["org"], top) and not self.closed(row["org"])}

    def papers(self):
        """Each document with whose it is, its programme and its run."""
        runs = {row["code"]: row for row in self.s["programme-run"]}
        programmes = {row["code"]: row for row in self.s["programme"]}
        return [(self.who.get(paper["person"]), paper, programmes[runs[paper["run"]]["programme"]], runs[paper["run"]])
                for paper in self.s["certificate"]]

    def have_paper(self, people, programme_kinds):
        """The day of the document counts, not that of the course."""
        return {who for who, paper, programme, _ in self.papers() if who in people and programme["kind"] in programme_kinds
                and self.first <= day(paper["issued_on"]) <= self.last}

    def taking_part(self, people):
        return {person for person in people if not self.away_all_period(person)}

    def n1(self, top):
        people = self.taking_part(self.in_post(top, ["pedagogue"], ["school"]))
        return self.have_paper(people, ["pk"]), people

    def n2(self, top):
        people = self.taking_part(self.in_post(top, ["pedagogue", "manager"],
                                               ["school", "kindergarten", "additional", "college"]))
        return self.have_paper(people, ["pk", "retraining", "internship"]), people

    def is_counted(self, campaign):
        """Not where all that it measures with is a questionnaire, or a self-assessment that does not count."""
        named = [row for row in self.s["instrument"] if row["code"] in (campaign.get("instruments") or "").split(";")]
        return not named or any(row["class"] not in ("request", "self-assessment")
                                or row["class"] == "self-assessment" and row["countable"] == "yes" for row in named)

    def n4(self, top):
        people = self.taking_part(self.pedagogues(top))
        counted = {row["code"] for row in self.s["campaign"] if self.is_counted(row)}
        return {self.who.get(row["person"]) for row in self.s["result"] if row["campaign"] in counted
                and self.first <= day(row["taken_on"]) <= self.last} & people, people

    def n8(self, top):
        people = self.in_post(top, ["pedagogue", "manager", "other"], ["cnppm"])
        return {who for who, paper, _, run in self.papers() if who in people and run.get("provider_class") == "federal"
                and day(paper["issued_on"]) <= self.last <= day(paper.get("valid_to"), FOREVER)}, people

    # ---- all of it

    def organisation(self, top, explain):
        people, loads = self.pedagogues(top), self.loads(top)
        given = set().union(*loads.values())
        serving = [code for code in loads if loads[code]] if self.parent[top] else list(loads)
        young, unknown = self.young(top)
        helped = {person: self.supported(person) for person in young}
        teams = self.trained_teams(top)
        out = {
            "expected": len(self.expected(top)),
            "no data": len(unknown),
            "I-5.2.1": {"numerator": len(teams)},
            "I-5.3.1a": {"numerator": len(given), "denominator": len(serving)},
            "I-5.3.1b": {"numerator": max([len(load) for load in loads.values()], default=0)},
            "I-5.3.1c": {"numerator": len(given), "denominator": len(people)},
            "I-5.3.1d": {"numerator": len(people - given)},
            "I-5.3.2": {"numerator": sum(1 for reasons in helped.values() if reasons), "denominator": len(young)},
        }
        for code, rule in (("N-1", self.n1), ("N-2", self.n2), ("N-4", self.n4), ("N-8", self.n8)):
            part, whole = rule(top)
            out[code] = {"numerator": len(part), "denominator": len(whole)}
        if explain:
            numbers = {}
            for number, person in sorted(self.who.items()):
                numbers.setdefault(person, []).append(number)
            out["people"] = {
                "pedagogues": sorted(n for person in people for n in numbers[person]),
                "assigned": sorted(n for person in given for n in numbers[person]),
                "no data": sorted(n for person in unknown for n in numbers[person]),
                "young": {n: helped[person] for person in sorted(young) for n in numbers[person]},
                "teams": sorted(teams), "methodists": {code: len(load) for code, load in sorted(loads.items())},
            }
        return out


def main():
    arguments = [a for a in sys.argv[1:] if a != "--explain"]
    if len(arguments) != 2:
        sys.exit("usage: count.py [--explain] FOLDER PERIOD")
    folder, period = arguments
    r = Recount(load(folder), period)
    explain = len(arguments) != len(sys.argv) - 1
    print(json.dumps({"period": period, "as_of": r.at.isoformat(),
                      "organisations": {org: r.organisation(org, explain) for org in sorted(r.kind)}},
                     ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
