# SPDX-License-Identifier: Apache-2.0
"""What a reader of Russian is shown by a running node has no English in it; JSON is the same in every language."""
import json
import os
import re
import subprocess

from world import BIN, main, patience, refused, test, wait_until

# Programs have names in every language; everything else is said in Russian, or in codes (capitals, figures).
PROGRAMS = {"gate", "registry", "diagnostics", "routing", "reporting", "selenga"}
SCHOOL = "03-08-01"
ORGANISATIONS = ("code,parent,kind,name,settlement\n03,,ministry,Министерство,urban\n03-08,03,municipal_authority,Управление,urban\n"
                 "03-08-01,03-08,school,Школа,rural\n")
STAFF = f"org,number,last_name,first_name,birth_date,post,post_class,main_place,from\n{SCHOOL},1,Доржиева,Туяна,1990-05-03,учитель,pedagogue,yes,2020-09-01\n"


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", ORGANISATIONS)
    w.school = w.node("школа № 1").join(w.region, SCHOOL).run()
    wait_until(lambda: len(w.school.list("organisation")) >= 3, what="organisations arrive")
    w.school.text("staff", STAFF)
    w.region.text("competency", "framework,code,class,title,required_percent\nF,C-1,subject,Умение,80\n")
    w.region.text("campaign", "code,title,framework,org,from,to\nD-1,Диагностика,F,03,2024-10-01,2024-10-31\n")
    wait_until(lambda: w.school.list("campaign"), what="the campaign arrives")
    w.school.text("result", f"campaign,person,competency,score,max,taken_on\nD-1,{SCHOOL}:1,C-1,1,20,2024-10-05\n")
    wait_until(lambda: w.school.list("deficit"), what="the need is found")
    w.code = w.school.selenga("route", "propose", f"{SCHOOL}:1")[0]["body"]["code"]
    w.school.selenga("route", "confirm", w.code, "--by", "А. Ли")
    return w


def said(node, *args, lang="ru_RU.UTF-8"):
    """All that it says, and its status."""
    done = subprocess.run([BIN / "selenga", "--node", node.dir, *args], capture_output=True, text=True, timeout=patience(60), check=False,
                          env={**os.environ, "LC_ALL": lang})
    return done.stdout + done.stderr, done.returncode


def english(text):
    text = re.sub(r"`[^`]*`|--[a-z-]+|/[^\s,;]*|'[^']*'", " ", text)
    words = re.findall(r"[A-Za-z][A-Za-z0-9_-]*", re.sub(r"\S*\d\S*", " ", text))
    return [word for word in words if word.lower() == word and word not in PROGRAMS]


@test
def tables_and_records_have_no_english_words(w):
    for node, args in [(n, a) for n in (w.region, w.school) for a in (
            ("node", "status"), ("queues",), ("links",), ("list", "organisation"), ("list", "organisation", "--csv"),
            ("get", "organisation", "03-08-01"), ("history", "organisation", "03-08-01"), ("attention",), ("quarantine", "list"),
            ("quarantine", "summary"), ("review", "list"))] + [
            (w.region, ("node", "list")), (w.school, ("list", "staff")), (w.school, ("list", "deficit")), (w.school, ("list", "route")),
            (w.school, ("route", "show", w.code)), (w.school, ("get", "route", w.code)), (w.school, ("get", "person", f"{SCHOOL}:1"))]:
        text, _ = said(node, *args)
        assert not english(text) and re.search("[а-я]", text), (args, english(text), text)


@test
def states_dates_and_headings_are_those_of_the_reader(w):
    text, _ = said(w.school, "route", "show", w.code)
    assert "согласован" in text and "agreed" not in text and "Состояние" in text, text
    text, _ = said(w.school, "list", "staff")
    assert "03.05.1990" in text and "педагог" in text and "Фамилия" in text, text
    text, _ = said(w.school, "list", "staff", lang="C.UTF-8")
    assert "1990-05-03" in text and "pedagogue" in text and "last_name" in text, text


@test
def what_is_shown_can_be_typed(w):
    for condition in ("state=agreed", "Состояние=согласован"):
        text, status = said(w.school, "list", "route", "--where", condition, "--columns", "Код,Состояние")
        assert status == 0 and w.code in text, (condition, text)
    text, status = said(w.school, "list", "staff", "--where", "Дата рождения=03.05.1990", "--where", "Класс должности=педагог")
    assert status == 0 and "Доржиева" in text, text
    assert w.code in said(w.school, "list", "route", "--where", "state=agreed", lang="C.UTF-8")[0]
    assert w.region.token("03-08", "--level", "муниципалитет")


@test
def refusals_name_the_words_that_may_be_written(w):
    body = '{"code": "X-1", "kind": "barn", "name": "Y"}'
    for lang, words in (("ru_RU.UTF-8", ("«Вид» (kind): «barn» здесь недопустимо", "«школа» (school)", "«вуз» (university)")),
                        ("C.UTF-8", ("kind: `barn` is not allowed here", "school", "university"))):
        done = subprocess.run([BIN / "selenga", "--node", w.region.dir, "put", "organisation"], input=body, capture_output=True, text=True,
                              timeout=patience(60), check=False, env={**os.environ, "LC_ALL": lang})
        assert done.returncode == 1 and all(word in done.stderr for word in words), done
    done = subprocess.run([BIN / "selenga", "--node", w.region.dir, "put", "organisation"], input='{"code": }', capture_output=True, text=True,
                          timeout=patience(60), check=False, env={**os.environ, "LC_ALL": "ru_RU.UTF-8"})
    assert done.returncode == 1 and not english(done.stderr), done
    refused(64, w.region.token, "03-08", "--level", "деревня")


@test
def json_is_the_same_in_every_language(w):
    def both(*args):
        return [json.loads(said(w.school, "--json", *args, lang=lang)[0]) for lang in ("ru_RU.UTF-8", "C.UTF-8")]
    for args in (("list", "route"), ("get", "route", w.code), ("history", "route", w.code), ("route", "show", w.code)):
        russian, english_ = both(*args)
        assert russian == english_ and russian, (args, russian, english_)
    russian, english_ = ([(field["name"], field["type"], field["pd_class"], field.get("values")) for field in kind["fields"]]
                         for kind in both("kinds", "route"))
    assert russian == english_, (russian, english_)


@test
def since_s_is_an_age_and_moments_are_rfc_3339(w):
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    for link in w.region.links() + w.school.links():
        assert 0 <= link["since_s"] < 86400 * 365, link
        assert link["key_expires"] is None or moment.fullmatch(link["key_expires"]), link
    for child in w.region.selenga("node", "list"):
        assert 0 <= child["since_s"] < 86400 * 365, child
    for version in w.school.selenga("history", "route", w.code):
        assert version["replaced_at"] is None or moment.fullmatch(version["replaced_at"]), version


@test
def a_command_to_go_on_with_can_be_pasted(w):
    w.school.stop()
    text, status = said(w.school, "links")
    assert status == 75, text
    command = re.search(r"selenga node run (.*)$", text.strip()).group(1)
    path = subprocess.run(["sh", "-c", f"printf %s {command}"], capture_output=True, text=True, check=True).stdout
    assert path == str(w.school.dir), (command, path)
    w.school.run()


main(scene)
