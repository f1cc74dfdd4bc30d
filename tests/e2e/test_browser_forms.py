# SPDX-License-Identifier: Apache-2.0
"""Forms in Chromium: references found by name with and without the script, and what a form is on paper."""
import re
import subprocess

import world
from chromed import enter, scene
from chromium import SCREENS
from selenium.webdriver.common.keys import Keys
from world import test

ENTER, TAB = Keys.ENTER, Keys.TAB


@test
def a_key_that_sends_a_form_saves_it_and_seeks_nothing(w):
    c, _ = enter(w)
    c.go("/k/event/new")
    for scripts in (True, False):
        c.scripts(scripts)
        c.go("/k/event/new")
        c.tab_to(name="f.code")
        c.press("E-ENTER", ENTER)
        c.until(lambda: "f-title" in c.js("return document.querySelector('.note.bad').innerHTML"))
    c.scripts(True)


@test
def who_is_meant_is_found_while_typed_and_by_the_button_without_script(w):
    c, _ = enter(w)
    c.go("/k/event/new")
    c.tab_to(name="q.org")
    c.press("школа")
    c.until(lambda: "Подход" in c.text() or "уточните" in c.text())
    c.screen("picker")
    c.press(" ъъъ")
    c.until(lambda: "Ничего не подходит" in c.text())
    c.scripts(False)
    c.go("/k/event/new")
    c.tab_to(name="f.title")
    c.press("Не теряется")
    c.tab_to(name="q.org")
    c.press("03-08", TAB, ENTER)
    c.until(lambda: "Пока ничего не сохранено" in c.text())
    c.screen("picker-no-script")
    c.scripts(True)
    assert c.js("return document.querySelector('[name=\"f.title\"]').value") == "Не теряется"
    assert c.js("return document.querySelectorAll('[name=\"f.org\"]').length") > 2
    faults = c.faults()
    assert not faults, faults


def printed(c, name):
    path = c.pdf(SCREENS / f"{name}.pdf")
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


@test
def the_staff_and_a_card_are_printed_with_organisation_and_day_and_without_controls(w):
    c, _ = enter(w)
    c.go("/people?org=03-08-01")
    name, number = c.js("const row = document.querySelector('tbody tr'); return [row.cells[0].innerText, row.querySelector('a').getAttribute('href')]")
    list_of = printed(c, "print-people")
    assert "Наставник" in list_of, list_of  # the last column: nothing is cut off
    assert name.split()[0] in list_of and "Педагоги" in list_of, list_of
    c.go(number)
    last, post = c.js("return ['identity.last_name', 'work.post'].map(n => (document.querySelector(`[name='f.${n}']`) || {}).value || '')")
    card = printed(c, "print-card")
    assert name in card and last and post and post in card, (last, card)
    for text in (list_of, card):
        assert "Министерство образования · 03" in text and re.search(r"По состоянию на \d\d\.\d\d\.\d{4}", text), text
        for control in ("Выйти", "English", "Показать", "Сохранить", "Искать", "Найти", "обязательно", "Принять на работу"):
            assert control not in text, (control, text)


world.main(scene)
