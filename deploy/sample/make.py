#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the sample sheets: make.py [FOLDER], this file's own folder if none is named.

Everybody here is invented. The seed is fixed, so the same sheets come out each time: what is committed is what this
makes (a test compares). It computes nothing about indicators; tests/hand/count.py does, from the sheets alone."""
import pathlib
import random
import sys

sys.dont_write_bytecode = True

import cases  # noqa: E402
from sheets import COLUMNS, ORGANISATIONS, SCHOOLS, Sheets  # noqa: E402

SEED = 20240901
SIZES = {"03-01-01": 38, "03-01-02": 32, "03-08-01": 24, "03-08-02": 20, "03-08-03": 10, "03-08-04": 12}
DEPUTIES = {"03-01-01": 3, "03-01-02": 3, "03-08-01": 2, "03-08-02": 2, "03-08-03": 1, "03-08-04": 1}

LAST = ("Доржиев Цыренов Бадмаев Дашиев Гармаев Жамбалов Ринчинов Санжиев Очиров Намсараев Будаев Дамбаев Батуев "
        "Галсанов Лубсанов Тугутов Мункуев Ширапов Иванов Петров Калашников Чебунин Варфоломеев Болонев Разуваев "
        "Павлов Степанов Тимофеев Краснояров Кузнецов Соколов Морозов Леонов Перелыгин Яковлев Гусев").split()
FIRST = {
    "f": "Дарима Сэсэг Туяна Баирма Оюна Эржена Аюна Саяна Дулма Номина Ольга Елена Наталья Татьяна Ирина Светлана "
         "Марина Галина Людмила Анна Мария Екатерина Надежда Валентина Юлия Любовь Вера".split(),
    "m": "Баир Бато Жаргал Зорикто Солбон Чингис Эрдэм Аюр Александр Сергей Николай Андрей Владимир Павел".split(),
}
FATHER = ("Баир Даши Доржи Жаргал Гарма Бадма Очир Содном Дондок Батор Александр Сергей Николай Иван Пётр Виктор "
          "Михаил Анатолий").split()
PATRONYMIC = {"Даши": "Дашие", "Доржи": "Доржие", "Гарма": "Гармае", "Бадма": "Бадмае", "Сергей": "Сергее",
              "Николай": "Николае", "Пётр": "Петро", "Анатолий": "Анатолье"}
SUBJECTS = ("начальные классы;русский язык;математика;бурятский язык;английский язык;история;биология;химия;физика;"
            "география;информатика;физическая культура;технология;музыка").split(";")
OTHERS = [("библиотекарь", "1"), ("секретарь", "1"), ("заведующий хозяйством", "0.5")]


class Names:
    """Full names, no two alike."""

    def __init__(self, dice):
        self.dice, self.used = dice, set()

    def next(self):
        while True:
            sex = "m" if self.dice.random() < 0.13 else "f"
            father = self.dice.choice(FATHER)
            ending = {"m": "вич", "f": "вна"}[sex]
            last = self.dice.choice(LAST) + ("а" if sex == "f" else "")
            middle = PATRONYMIC.get(father, father + "о") + ending
            if self.dice.random() < 0.02:
                middle = ""  # not everyone has a patronymic
            name = " ".join(filter(None, (last, self.dice.choice(FIRST[sex]), middle)))
            if name not in self.used:
                self.used.add(name)
                return name


class Region:
    """The ordinary people and their ordinary year."""

    def __init__(self, s, dice):
        self.s, self.dice, self.names, self.serial = s, dice, Names(dice), 1000

    def worker(self, org, number, *, born=(1960, 1996), **more):
        """Somebody with years of experience, who works on at this place."""
        dice = self.dice
        self.serial += 1
        year = dice.randint(*born)
        began = year + dice.randint(22, 24)
        joined = dice.randint(began, max(began, 2022))
        breaks = dice.choice(["", "", "", "365", "540"]) if year < 1985 else ""
        if more.get("post_class") != "other":
            more["exp"] = "%d-09-01" % began
            more["breaks"] = breaks
        self.s.person(org, number, self.names.next(), "%d-%02d-%02d" % (year, dice.randint(1, 12), dice.randint(1, 28)),
                      self.serial, since="%d-%s" % (joined, dice.choice(["08-21", "08-28", "09-01"])), **more)

    def teacher(self, org, number):
        category = self.dice.choice(["", "первая", "первая", "высшая"])
        rate = self.dice.choice(["1", "1", "1", "1.25", "1.5", "0.75"])
        self.worker(org, number, rate=rate, subject=self.dice.choice(SUBJECTS), category=category)

    def beginner(self, org, number):
        """In the first years at work, with a mentor."""
        dice = self.dice
        self.serial += 1
        since = dice.choice(["2022-09-01", "2023-08-28", "2023-09-01"])
        self.s.person(org, number, self.names.next(), "%d-%02d-11" % (dice.randint(1997, 2000), dice.randint(1, 12)),
                      self.serial, since=since, exp=since, subject=dice.choice(SUBJECTS))
        months = sorted(dice.sample([2, 3, 4, 5, 9, 10, 11, 12], 5))
        self.s.mentored("%s:%d" % (org, 7), "%s:%d" % (org, number), "2023-09-18", "",
                        ["2024-%02d-21" % month for month in months])

    def school(self, org):
        size, deputies = SIZES[org], DEPUTIES[org]
        manager = {"post_class": "manager", "born": (1960, 1985)}
        self.worker(org, 1, post="директор", role="head", **manager)
        for number in range(2, 2 + deputies):
            self.worker(org, number, post="заместитель директора", role="deputy", **manager)
        beginners = size // 16
        others = 2 if size > 12 else 1
        for number in range(2 + deputies, size - others - beginners + 1):
            self.teacher(org, number)
        for number in range(size - others - beginners + 1, size - others + 1):
            self.beginner(org, number)
        for number in range(size - others + 1, size + 1):
            post, rate = self.dice.choice(OTHERS)
            self.worker(org, number, post=post, post_class="other", rate=rate, born=(1958, 2000))

    def offices(self):
        self.worker("03", 1, post="министр", post_class="other")
        self.worker("03", 2, post="начальник отдела общего образования", post_class="other")
        self.worker("03-dpo", 1, post="ректор", post_class="manager", role="head", born=(1960, 1980))
        self.worker("03-dpo", 2, post="заведующий кафедрой", post_class="manager", role="unit_head", born=(1960, 1985))
        self.worker("03-dpo", 3, post="методист", category="высшая")
        self.worker("03-cnppm", 1, post="руководитель центра", post_class="manager", role="unit_head",
                    born=(1965, 1985))
        self.worker("03-cnppm", 2, post="методист", born=(1965, 1985))
        self.worker("03-cnppm", 3, post="методист")
        for hub in ("03-01", "03-08"):
            self.worker(hub, 1, post="начальник управления", post_class="other", born=(1960, 1985))
            self.worker(hub, 2, post="главный специалист", post_class="other")
        self.worker("03-08-mms", 1, post="методист", born=(1960, 1985))


def organisations(s):
    for row in ORGANISATIONS:
        s.add("region", "organisation", **dict(zip(COLUMNS["organisation"].split(), row)))


def programmes(s):
    def programme(code, kind, hours, title, group, form="part-time", topic="", competencies=""):
        s.add("region", "programme", code=code, title=title, kind=kind, hours=hours, topic=topic, target_group=group,
              form=form, competencies=competencies, registry_no="ФР-%s" % code if kind == "pk" else "")

    def run(code, of, provider, since, until):
        s.add("region", "programme-run", code=code, programme=of, provider=provider, from_=since, to=until)

    programme("PK-FO", "pk", 36, "Формирующее оценивание на уроке", "учителя", "distance", "оценивание",
              "UCH-24:METH-2")
    programme("PK-MOL", "pk", 72, "Первые шаги в профессии", "молодые педагоги", topic="вхождение в профессию",
              competencies="UCH-24:METH-1;UCH-24:PSY-2")
    programme("PK-UPR", "pk", 36, "Управление качеством образования в школе", "управленческие команды")
    programme("PK-EXP", "pk", 8, "Экспресс-курс управленца", "управленческие команды", "distance")
    programme("PP-UPR", "retraining", 256, "Менеджмент в образовании", "управленческие кадры")
    programme("ST-MOL", "internship", 24, "Стажировка в гимназии", "молодые учителя", "full-time")
    run("RUN-FO-24", "PK-FO", "03-dpo", "2024-10-07", "2024-10-25")
    run("RUN-MOL-24", "PK-MOL", "03-cnppm", "2024-04-01", "2024-06-07")
    run("RUN-ST-24", "ST-MOL", "03-cnppm", "2024-12-02", "2024-12-20")
    run("RUN-UPR-23", "PK-UPR", "03-dpo", "2023-12-04", "2024-01-19")
    run("RUN-UPR-24", "PK-UPR", "03-dpo", "2024-03-11", "2024-04-05")
    run("RUN-UPR-24B", "PK-UPR", "03-dpo", "2024-09-16", "2024-10-11")
    run("RUN-UPR-25", "PK-UPR", "03-dpo", "2024-12-09", "2025-01-17")
    run("RUN-EXP-24", "PK-EXP", "03-cnppm", "2024-05-13", "2024-05-14")
    run("RUN-PP-24", "PP-UPR", "03-dpo", "2024-01-15", "2024-12-13")


def events(s):
    def event(node, code, kind, title, org, starts, ends="", young="no"):
        s.add(node, "event", code=code, kind=kind, title=title, org=org, starts_on=starts, ends_on=ends or starts,
              young_school=young)

    for number, day in enumerate(["2024-02-15", "2024-04-18", "2024-09-19", "2024-10-24", "2024-12-05"], 1):
        event("region", "YS-%d" % number, "workshop", "Школа молодого педагога, занятие %d" % number, "03-cnppm", day,
              young="yes")
    event("region", "R-EV-01", "seminar", "Функциональная грамотность: от диагностики к уроку", "03-dpo", "2024-03-21")
    event("region", "R-EV-02", "conference", "Августовская конференция", "03", "2024-08-22", "2024-08-23")
    event("region", "R-EV-03", "webinar", "Работа с профессиональными дефицитами", "03-cnppm", "2024-11-14")
    event("hub-03-08", "H08-EV-01", "meeting", "Совет заместителей директоров района", "03-08", "2024-04-11")
    event("hub-03-01", "H01-EV-01", "forum", "Городской форум наставников", "03-01", "2024-10-03")
    for org in SCHOOLS:
        event("school-" + org, "S-%s-EV-01" % org, "seminar", "Единый методический день", org, "2024-11-28")


def diagnostics(s, dice):
    classes = [("SUBJ", "subject", "Предметные"), ("METH", "methodical", "Методические"),
               ("PSY", "psychopedagogical", "Психолого-педагогические"), ("COMM", "communicative", "Коммуникативные"),
               ("IT", "it", "Информационно-коммуникационные")]
    items = {"SUBJ": ["Решение задач базового уровня", "Решение задач высокого уровня"],
             "METH": ["Проектирование урока", "Формирующее оценивание"],
             "PSY": ["Работа с трудностями в обучении", "Мотивация обучающихся"],
             "COMM": ["Общение с родителями"], "IT": ["Цифровые образовательные ресурсы"]}
    for code, kind, title in classes:
        s.add("region", "competency", framework="UCH-24", code=code, class_=kind, title=title, required_percent=60)
        for number, item in enumerate(items[code], 1):
            s.add("region", "competency", framework="UCH-24", code="%s-%d" % (code, number), parent=code, class_=kind,
                  title=item, required_percent=80 if kind == "subject" else 60)
    s.add("region", "campaign", code="DIAG-24", title="Диагностика профессиональных компетенций 2024 года",
          framework="UCH-24", org="03", from_="2024-03-01", to="2024-04-30")
    s.add("hub-03-08", "campaign", code="DIAG-08-24", title="Районная диагностика, осень", framework="UCH-24",
          org="03-08", from_="2024-10-01", to="2024-10-31")
    leaves = ["%s-%d" % (code, n + 1) for code, _, _ in classes for n in range(len(items[code]))]
    for org in SCHOOLS:
        rounds = [("DIAG-24", "2024-03-%02d")] + ([("DIAG-08-24", "2024-10-%02d")] if org.startswith("03-08") else [])
        for campaign, day in rounds:
            for number in sorted(dice.sample(range(3, SIZES[org] - 1), 5)):
                for leaf in leaves:
                    s.add("school-" + org, "result", campaign=campaign, person="%s:%d" % (org, number), competency=leaf,
                          score=dice.randint(6, 20), max=20, taken_on=day % dice.randint(4, 27))


def ordinary_year(s, dice):
    """Assignments, events and courses of the people without a story."""
    teachers = {org: range(2 + DEPUTIES[org], SIZES[org]) for org in SCHOOLS}
    methodist = {"03-08-01": "M-01", "03-08-02": "M-02", "03-08-03": "M-01", "03-08-04": "M-02", "03-01-02": "M-06"}
    for org in SCHOOLS:
        for number in teachers[org]:
            person = "%s:%d" % (org, number)
            if org == "03-01-01" and number != 5:
                s.assigned("M-03" if number % 2 else "M-04", person)
            elif org == "03-01-02" and number > 10:
                s.assigned("M-06", person, "2024-07-01")
            elif org.startswith("03-08") and number % 9 and person not in cases.METHODISTS.values():
                s.assigned(methodist[org], person)
            regional = ["R-EV-01", "R-EV-02", "R-EV-03", "S-%s-EV-01" % org]
            s.attended(person, *sorted(dice.sample(regional, dice.randint(0, 3))))
        for number in sorted(dice.sample(teachers[org], 2)):
            person = "%s:%d" % (org, number)
            s.enrolled("RUN-FO-24", person, 36)
            s.certified("RUN-FO-24", person, "У-24-05-%s-%d" % (org, number), "2024-10-28", 36)
        s.supported("%s:%d" % (org, teachers[org][1]), "M-04", "2024-10-%02d" % dice.randint(1, 28), kind="visit",
                    at="region")
    for org in ("03-08-01", "03-08-02", "03-08-04"):
        s.add("hub-03-08", "attendance", event="H08-EV-01", person=org + ":2")
    for number in (6, 7):
        s.add("hub-03-01", "attendance", event="H01-EV-01", person="03-01-01:%d" % number)


def main():
    into = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent
    s, dice = Sheets(), random.Random(SEED)
    region = Region(s, dice)
    organisations(s)
    programmes(s)
    events(s)
    region.offices()
    for org in SCHOOLS:
        region.school(org)
    cases.add_all(s)
    ordinary_year(s, dice)
    diagnostics(s, dice)
    s.write(into)


if __name__ == "__main__":
    main()
