# SPDX-License-Identifier: Apache-2.0
"""A day of each of the five people in Chromium, from log-in to log-out, with the hub off for the middle half: each in another
window, one of them without script, one on a slow computer."""
import datetime
import re

import world
from days import HUB, PASSWORD, SCHOOL, TEACHER, Day, scene
from world import test, wait_until

TODAY = datetime.date.today()
OFF = r"передано не всё: ждут \d+ \(связи нет"
ALL = "передано: всё"
ROUTE = f"R-{SCHOOL}-5-1"
WIDE, MIDDLE, PHONE, ZOOMED = (1280, 1024, 1), (1024, 768, 1), (360, 740, 1), (1280, 1024, 2)


def off(w):
    w.hub.kill_all()


def on(w):
    w.hub.run()


def prepared(w):
    """The teacher's route, where no day before this one has made it."""
    if not w.school.list("route"):
        w.school.selenga("route", "propose", TEACHER)
    wait_until(lambda: any(r["body"]["code"] == ROUTE for r in w.hub.list("route")), what="the hub has the route")


@test
def a_day_of_a_school_coordinator(w):
    day = Day(w, w.school, "anna", WIDE)
    day.shows("Что ждёт вас")
    day.press("Педагоги", "people")
    day.shows("Чебунина")
    assert ALL in day.facts, day.facts
    # somebody comes
    day.see("/p", "arrival")
    day.write(org=SCHOOL, number="501")
    day.press("Дальше", "arrival-card")
    day.write(f__identity__last_name="Новикова", f__identity__first_name="Дарима", f__work__post="учитель", f__work__from="01.09.24",
              f__work__subject="химия")
    day.c.choose("f.work.post_class", "pedagogue")
    day.press("Сохранить", "arrived")
    off(w)  # from here on there is no hub
    day.see("/import", "import")
    day.c.choose("sheet", "staff")
    day.c.js("document.getElementById('text').value = arguments[0]", "Таб. №\tФамилия\tИмя\tДолжность\tКласс должности\tДата приёма\n"
             "502\tОчирова\tЕлена\tучитель\tпедагог\t01.09.2015\n503\tБелов\tИван\tучитель\tпедагог\tвчера\n")
    day.press("Просмотреть", "import-columns")
    day.press("Показать, что сделает загрузка")
    day.comes(lambda text: "Пока ничего не записано" in text, "the plan is there")
    day.look("import-plan")
    day.press("Записать")
    day.comes(lambda text: "Готово: записано" in text, "it is written")
    day.look("import-done")
    day.comes(lambda text: re.search(OFF, text), "the line says that there is no line")
    day.see("/", "today-without-line")
    day.see("/results?campaign=DIAG-24", "results")
    day.see("/routes/propose", "propose")
    day.tick("person", TEACHER)
    day.press("Предложить", "routes")
    day.see(f"/routes/{ROUTE}", "route")
    day.write(s0__planned_from=f"{TODAY:%d.%m.%Y}", s0__planned_to=f"{TODAY + datetime.timedelta(days=40):%d.%m.%Y}")
    day.press("Записать мероприятия", "route-steps")
    assert any(r["body"].get("planned_to") for r in w.school.list("activity"))
    day.see("/mentoring", "mentoring")
    day.see(f"/events/S-{SCHOOL}-EV-01/attendance", "attendance")
    day.see("/r/2024", "indicators")
    day.see("/slips", "slips")
    assert re.search(OFF, day.facts), day.facts
    on(w)
    day.c.go("/")
    day.comes(lambda text: ALL in text, "all was passed on")
    day.look("today")
    wait_until(lambda: any(r["body"]["code"] == ROUTE for r in w.hub.list("route")), what="the hub has the route")
    day.log_out()


@test
def a_day_of_a_teacher(w):
    once = w.school.selenga("account", "add", "tanya", "--role", "teacher", "--person", TEACHER)["password"]
    prepared(w)
    day = Day(w, w.school, "tanya", PHONE, once, new="мой пароль 2024")
    day.look("today")
    day.press("Маршруты", "routes")
    off(w)
    day.see(f"/routes/{ROUTE}", "my-route")
    day.shows("Ринчинова", "Формирующее оценивание")
    day.no("Сохранить")
    day.see(f"/p/{TEACHER}", "my-card")
    day.no("Чебунина")
    day.see("/k", "records")
    day.see("/k/result", "my-results")
    day.see("/k/deficit", "my-needs")
    day.see("/search?q=Ринчиновой", "search")
    day.shows("Ринчинова")
    day.see("/search?q=Чебунина", "search-another")
    day.no("Мария")
    day.see("/help", "keys")
    on(w)
    day.see("/reach", "what-goes-where")
    day.log_out()


@test
def a_day_of_a_municipal_methodist(w):
    prepared(w)
    wait_until(lambda: len(w.hub.list("activity")) > 3, what="the hub has the route with its steps")
    day = Day(w, w.hub, "boris", MIDDLE)
    day.press("Педагоги", "people")
    day.shows("Ринчинова")
    day.press("Маршруты", "routes")
    day.see(f"/routes/{ROUTE}", "route")
    day.see(f"/routes/{ROUTE}/review", "review")
    day.c.choose("decision", "return")
    day.write(by="Б. Базаров", remarks="Сроки велики")
    day.write(p0__planned_to="30.11.2024")
    day.comes_by_itself("Черновик записан")
    day.look("review-typed")
    off(w)
    # what he had typed is in a window without a node; the node comes back, and asks who he is
    on(w)
    day.press("Принять решение", "who-are-you")
    day.write(again__password=PASSWORD)
    day.press("Войти и продолжить", "review-given")
    day.shows("Сроки велики")
    wait_until(lambda: w.school.list("review"), what="the school has the review")
    day.see("/", "today")
    day.see("/load", "load")
    day.see("/events/H08-EV-01/attendance?org=" + SCHOOL, "attendance")
    day.see("/r/2024", "indicators")
    day.see("/r/2024/I-5.3.2", "indicator")
    day.see("/op/exchange", "exchange")
    day.log_out()


@test
def a_day_of_a_regional_coordinator_and_an_analyst(w):
    day = Day(w, w.region, "rita", WIDE)
    day.c.cdp("Emulation.setCPUThrottlingRate", rate=6)
    try:
        day.press("Показатели", "indicators-now")
        day.see("/r/2024", "indicators")
        day.see("/r/2024/I-5.3.2", "indicator")
        off(w)
        day.see("/load", "load")
        day.see("/load/M-01", "load-block")
        day.c.driver.find_elements("name", "block")[0].click()
        day.c.choose("to", "M-02")
        day.press("Проверить, что получится", "load-dry")
        day.see("/k/programme", "programmes")
        day.see("/k/employment", "employments")
        day.no("Ринчинова")
        day.see("/people", "people-without-names")
        day.no("Ринчинова")
        on(w)
        day.see("/", "today")
        day.log_out()
    finally:
        day.c.cdp("Emulation.setCPUThrottlingRate", rate=1)
    day = Day(w, w.region, "vera", MIDDLE)
    day.press("Определения", "definitions")
    day.see("/definitions/I-5.3.2", "definition")
    day.see("/r/2024?org=" + HUB, "indicators-of-a-hub")
    day.log_out()


@test
def a_day_of_an_operator_without_script(w):
    day = Day(w, w.region, "oleg", ZOOMED)
    day.c.scripts(False)
    try:
        day.press("Обмен", "exchange")
        day.shows("готово")
        off(w)
        day.comes(lambda text: "нет связи" in text, "the hub has no line")
        day.look("exchange-without-line")
        day.see("/op/queues", "queues")
        day.see("/op/quarantine", "refusals")
        day.see("/op/versions", "two-versions")
        day.see("/op/storage", "storage")
        day.see("/op/accounts", "accounts")
        day.write(name="inga")
        day.press("Создать учётную запись", "account-made")
        day.see("/op/audit", "audit")
        day.no("Ринчинова")
        on(w)
        day.c.go("/op/exchange")
        day.comes(lambda text: "нет связи" not in text, "the hub is back")
        day.look("exchange-again")
        day.log_out()
    finally:
        day.c.scripts(True)


world.main(scene)
