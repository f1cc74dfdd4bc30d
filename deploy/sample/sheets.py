# SPDX-License-Identifier: Apache-2.0
"""What make.py and cases.py share: the sheets' columns, the organisations, and a collector of rows.

It knows the columns and who imports what; it computes nothing about indicators."""
import csv
import pathlib

COLUMNS = {
    "organisation": "code parent kind name valid_from valid_to settlement features",
    "staff": "org number last_name first_name middle_name birth_date snils post post_class manager_role rate "
             "main_place external from to experience_from experience_break_days subject category",
    "absence": "person kind from to",
    "methodist": "code person act from to subjects",
    "assignment": "methodist person from to",
    "mentoring-pair": "mentor mentee from to act goal",
    "mentoring-meeting": "mentor mentee date topic minutes",
    "team": "code org",
    "programme": "code title kind hours topic target_group form competencies registry_no",
    "programme-run": "code programme provider from to",
    "enrolment": "run person team attended_hours",
    "certificate": "run person number issued_on hours registration_no",
    "event": "code kind title org starts_on ends_on young_school",
    "attendance": "event person",
    "support-act": "person methodist kind date form minutes result",
    "competency": "framework code parent class title required_percent",
    "campaign": "code title framework org from to",
    "result": "campaign person competency score max taken_on",
}

# code, parent, kind, name, valid_from, valid_to, settlement, features
ORGANISATIONS = [
    ("03", "", "ministry", "Министерство образования Приселенгинского края", "2000-01-01", "", "urban", ""),
    ("03-dpo", "03", "dpo_institute", "Приселенгинский институт развития образования", "2000-01-01", "", "urban", ""),
    ("03-cnppm", "03", "cnppm", "Центр непрерывного повышения профессионального мастерства педагогических работников",
     "2020-09-01", "", "urban", ""),
    ("03-univ", "03", "university", "Приселенгинский педагогический университет", "2000-01-01", "", "urban", ""),
    ("03-01", "03", "municipal_authority", "Комитет по образованию города Улан-Мурэн", "2000-01-01", "", "urban", ""),
    ("03-08", "03", "municipal_authority", "Управление образования Верхнеселенгинского района", "2000-01-01", "",
     "rural", ""),
    ("03-08-mms", "03-08", "methodical_service", "Методическая служба Верхнеселенгинского района", "2015-01-12", "",
     "rural", ""),
    ("03-01-01", "03-01", "school", "МАОУ «Гимназия № 2»", "2000-01-01", "", "urban", ""),
    ("03-01-02", "03-01", "school", "МБОУ «Средняя школа № 5»", "2000-01-01", "", "urban", ""),
    ("03-08-01", "03-08", "school", "МБОУ «Усть-Тугнуйская средняя школа»", "2000-01-01", "", "rural", ""),
    ("03-08-02", "03-08", "school", "МБОУ «Харасунская средняя школа»", "2000-01-01", "", "rural", "snor"),
    ("03-08-03", "03-08", "school", "МБОУ «Баян-Булакская основная школа»", "2000-01-01", "", "rural", "small"),
    ("03-08-04", "03-08", "school", "МБОУ «Нижнехилокская средняя школа»", "2000-01-01", "", "rural", "snor;small"),
    ("03-08-05", "03-08", "school", "МБОУ «Малохандагайская начальная школа»", "2000-01-01", "2023-08-31", "rural",
     "small"),
]

SCHOOLS = ["03-01-01", "03-01-02", "03-08-01", "03-08-02", "03-08-03", "03-08-04"]


def node_of(org):
    """Folder of the node that serves the organisation."""
    if org in SCHOOLS:
        return "school-" + org
    for hub in ("03-08", "03-01"):
        if org == hub or org.startswith(hub + "-"):
            return "hub-" + hub
    return "region"


def snils(serial):
    """A number with a valid control part, from a range that is not issued (all begin with 900)."""
    digits = "900%06d" % serial
    control = sum(int(d) * (9 - i) for i, d in enumerate(digits)) % 101 % 100
    return "%s-%s-%s %02d" % (digits[:3], digits[3:6], digits[6:], control)


class Sheets:
    """Rows by node and sheet, in the order in which they were added."""

    def __init__(self):
        self.rows = {}

    def add(self, node, sheet, **row):
        row = {name.rstrip("_"): value for name, value in row.items()}  # from_ is a word that Python keeps for itself
        unknown = set(row) - set(COLUMNS[sheet].split())
        assert not unknown, "%s has no column %s" % (sheet, unknown)
        self.rows.setdefault((node, sheet), []).append(row)

    def write(self, into):
        for (node, sheet), rows in self.rows.items():
            folder = pathlib.Path(into, node)
            folder.mkdir(parents=True, exist_ok=True)
            with open(folder / (sheet + ".csv"), "w", encoding="utf-8", newline="") as out:
                table = csv.DictWriter(out, COLUMNS[sheet].split(), restval="", lineterminator="\n")
                table.writeheader()
                table.writerows(rows)

    # One call for each thing that people and events do; what is optional has the usual value.

    def person(self, org, number, name, born, serial, *, post="учитель", post_class="pedagogue", role="", rate="1",
               main="yes", external="no", since, until="", exp="", breaks="", subject="", category=""):
        last, first, middle = (name.split() + [""])[:3]
        self.add(node_of(org), "staff", org=org, number=number, last_name=last, first_name=first, middle_name=middle,
                 birth_date=born, snils=snils(serial) if serial else "", post=post, post_class=post_class,
                 manager_role=role, rate=rate, main_place=main, external=external, from_=since, to=until,
                 experience_from=exp, experience_break_days=breaks, subject=subject, category=category)

    def absent(self, person, kind, since, until=""):
        self.add(node_of(person.split(":")[0]), "absence", person=person, kind=kind, from_=since, to=until)

    def mentored(self, mentor, mentee, since, until="", meetings=(), topic="Посещение и разбор урока"):
        node = node_of(mentee.split(":")[0])
        self.add(node, "mentoring-pair", mentor=mentor, mentee=mentee, from_=since, to=until,
                 act="Приказ от " + since, goal="Вхождение в профессию")
        for date in meetings:
            self.add(node, "mentoring-meeting", mentor=mentor, mentee=mentee, date=date, topic=topic, minutes=45)

    def attended(self, person, *events):
        for event in events:
            self.add(node_of(person.split(":")[0]), "attendance", event=event, person=person)

    def supported(self, person, methodist, *dates, kind="consultation", at=None):
        for date in dates:
            self.add(at or node_of(person.split(":")[0]), "support-act", person=person, methodist=methodist, kind=kind,
                     date=date, form="distance", minutes=40, result="Рекомендации даны")

    def enrolled(self, run, person, hours, team="", at=None):
        self.add(at or node_of(person.split(":")[0]), "enrolment", run=run, person=person, team=team,
                 attended_hours=hours)

    def certified(self, run, person, number, issued, hours):
        self.add("region", "certificate", run=run, person=person, number=number, issued_on=issued, hours=hours,
                 registration_no="РН-" + number)

    def assigned(self, methodist, person, since="2024-01-15", until=""):
        self.add("region", "assignment", methodist=methodist, person=person, from_=since, to=until)
