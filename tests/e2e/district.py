# SPDX-License-Identifier: Apache-2.0
"""A region, a hub and a school with a staff of five and the needs of two; people use the consoles of all three."""
import html
import re

import world
from browser import Browser
from world import SAMPLE, wait_until

world.QUICK["console"] = {"listen": "127.0.0.1:0"}
PASSWORD = "длинный пароль 1"
SCHOOL, HUB = "03-08-01", "03-08"
STAFF = """org,number,last_name,first_name,middle_name,post,post_class,from,subject,category
03-08-01,1,Доржиева,Туяна,Баировна,учитель,pedagogue,2020-09-01,математика,первая
03-08-01,2,Ли,Вера,,учитель,pedagogue,2010-09-01,физика,
03-08-01,3,Үнэн,Өлзы,Һарбаловна,учитель,pedagogue,2012-09-01,бурятский язык,высшая
03-08-01,4,Цыренов,Павел,Николаевич,директор,manager,2012-09-01,,
03-08-01,5,Абашеева,Соёлма,,учитель,pedagogue,2023-09-01,история,
"""
COMPETENCIES = "framework,code,class,title,required_percent\n" + "".join(
    f"F,C-{i},subject,Умение {i},80\n" for i in range(1, 5))
PROGRAMMES = """code,title,kind,hours,topic,target_group,form,competencies,registry_no
PK-1,Олимпиадная математика,pk,36,математика,учителя,distance,F:C-1;F:C-2,ФР-1
"""
RESULTS = """campaign,person,competency,score,max,taken_on
D-1,03-08-01:1,C-1,2,20,2024-10-05
D-1,03-08-01:1,C-2,8,20,2024-10-05
D-1,03-08-01:1,C-3,3,20,2024-10-05
D-1,03-08-01:2,C-1,1,20,2024-10-05
"""


def staff(w, *nodes):
    """Accounts: PASSWORD is everybody's."""
    for node, name, role in nodes:
        once = node.selenga("account", "add", name, "--role", role)["password"]
        assert Browser(node.status("console")["url"]).log_in(name, once, PASSWORD).status == 303


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.sheet("organisation", SAMPLE / "region" / "organisation.csv")
    for sheet, text in (("competency", COMPETENCIES), ("programme", PROGRAMMES)):
        w.region.text(sheet, text)
    w.hub = w.node("hub").join(w.region, HUB, listen=True).run()
    wait_until(lambda: len(w.hub.list("organisation")) >= 14)
    w.school = w.node("school").join(w.hub, SCHOOL).run()
    wait_until(lambda: len(w.school.list("programme")) == 1 and len(w.school.list("competency")) == 4)
    w.school.text("staff", STAFF)
    w.school.text("campaign", "code,title,framework,org,from,to\nD-1,Диагностика,F,03-08-01,2024-10-01,2024-10-31\n")
    w.school.text("result", RESULTS)
    wait_until(lambda: len(w.school.list("deficit")) == 4, what="needs follow from the results")
    staff(w, (w.school, "anna", "coordinator"), (w.hub, "boris", "methodist"), (w.region, "rita", "regional"))
    return w


def inside(node, name, lang="en"):
    browser = Browser(node.status("console")["url"], lang)
    assert browser.log_in(name, PASSWORD).status == 303
    return browser


def forms(page):
    """Each form of the page as (attributes, inner HTML)."""
    return re.findall(r"<form([^>]*)>(.*?)</form>", page.text, re.S)


def filled(page, act):
    """All that a browser would send of the form whose hidden `act` (or any mark in its text) is this."""
    for _, inside_form in forms(page):
        if act not in inside_form:
            continue
        fields = []
        for tag in re.findall(r"<select[^>]*>.*?</select>|<textarea[^>]*>.*?</textarea>|<input[^>]*>", inside_form, re.S):
            name = re.search(r'name="([^"]*)"', tag)
            if not name:
                continue
            if tag.startswith("<select"):
                chosen = re.search(r'<option value="([^"]*)" selected>', tag)
                value = chosen[1] if chosen else ""
            elif tag.startswith("<textarea"):
                value = tag.split(">\n", 1)[1].split("</textarea>")[0]
            else:
                if re.search(r'type="(?:checkbox|radio)"', tag) and " checked" not in tag:
                    continue
                value = re.search(r'value="([^"]*)"', tag)
                value = value[1] if value else ""
            fields.append((html.unescape(name[1]), html.unescape(value)))
        return fields
    raise AssertionError(f"no form with {act}:\n{page.text}")


def put_in(fields, **changes):
    """The fields with these values; names with '.' are written with '__'."""
    changes = {k.replace("__", "."): v for k, v in changes.items()}
    return [(n, changes.pop(n, v)) for n, v in fields] + list(changes.items())
