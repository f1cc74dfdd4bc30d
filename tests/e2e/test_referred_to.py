# SPDX-License-Identifier: Apache-2.0
"""What somebody refers to is not deleted by people, from whichever program of the node he does; and whoever wrote a reference in good faith elsewhere loses nothing."""
import os
import signal
import subprocess
import time

import world
from world import refused, test, wait_until

ORGS = """code,parent,kind,name
03,,ministry,Министерство
03-08,03,municipal_authority,Управление
03-08-01,03-08,school,Школа 1
03-08-02,03-08,school,Школа 2
"""
STAFF = """org,number,last_name,first_name,post,post_class,from
03-08-01,1,Доржиева,Туяна,учитель,pedagogue,2020-09-01
03-08-01,2,Цыренов,Баир,учитель,pedagogue,2020-09-01
03-08-01,3,Ли,Анна,учитель,pedagogue,2020-09-01
"""


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", ORGS)
    w.region.text("staff", STAFF)
    w.region.text("competency", "framework,code,class,title,required_percent\nF,C-1,subject,Умение,80\nF,C-2,subject,Навык,80\n")
    w.region.text("campaign", "code,title,framework,org,from,to\nD-1,Диагностика,F,03,2024-10-01,2024-10-31\n")
    w.region.text("result", "campaign,person,competency,score,max,taken_on\nD-1,03-08-01:1,C-1,20,20,2024-10-05\n")
    w.region.put("route", {"code": "R-1", "person": "03-08-01:2", "from": "2024-11-01", "state": "draft"})
    return w


def delete(w, kind, ref):
    return w.region.selenga("delete", kind, ref, "--why", "test")


def there(w, kind, *where):
    return len(w.region.list(kind, *where))


def stays(w, kind, ref, says):
    before = there(w, kind)
    said = refused(1, delete, w, kind, ref, says=says)
    assert "What others refer to is not deleted." in said, said
    assert there(w, kind) == before
    return said


@test
def an_organisation_with_staff_is_not_deleted_and_the_way_to_end_it_is_told(w):
    said = stays(w, "organisation", "03-08-01", "Records that refer to it: 11, one of them is: Staff card 03-08-01:1.")  # three for each of three people, a result, a route
    assert "End it instead: give its last day in `valid_to` of organisation (Works until)." in said, said
    w.region.put("organisation", {"code": "03-08-01", "valid_to": "2025-08-31"})
    w.region.put("organisation", {"code": "03-08-01", "valid_to": None})


@test
def an_organisation_above_others_is_not_deleted(w):
    stays(w, "organisation", "03-08", "Records that refer to it: 2, one of them is: Organisation 03-08-0")


@test
def who_has_a_result_or_a_route_is_not_deleted_though_other_programs_keep_those(w):
    said = stays(w, "person", "03-08-01:1", "Records that refer to it: 1, one of them is: Result D-1:03-08-01:1:C-1.")
    assert "End it instead: give its last day in `to` of employment (In the post until)." in said, said
    stays(w, "person", "03-08-01:2", "one of them is: Route R-1.")


@test
def a_reference_without_an_index_is_found_too(w):
    said = stays(w, "competency", "F:C-1", "one of them is: Result D-1:03-08-01:1:C-1.")
    assert "Delete those first." in said, said
    delete(w, "competency", "F:C-2")
    assert there(w, "competency") == 1


@test
def it_is_said_in_russian_too(w):
    done = subprocess.run([world.BIN / "selenga", "--node", w.region.dir, "delete", "organisation", "03-08-01", "--why", "x"], capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "ru_RU.UTF-8"}, timeout=world.patience(60), check=False)
    assert done.returncode == 1 and done.stderr.endswith(
        "То, на что ссылаются другие записи, не удаляется. Ссылающихся записей: 11, одна из них: Карточка работника 03-08-01:1. "
        "Вместо удаления завершите её: укажите последний день в поле «Действует по» вида «Организация» (organisation).\n"), done


@test
def what_nobody_refers_to_goes(w):
    delete(w, "organisation", "03-08-02")
    assert there(w, "organisation", "--where", "code=03-08-02") == 0
    delete(w, "person", "03-08-01:3")
    assert there(w, "person", "--where", "number=3") == 0


@test
def while_a_program_is_silent_nothing_that_it_may_refer_to_goes(w):
    w.region.put("event", {"code": "E-1", "kind": "seminar", "title": "Семинар", "org": "03", "starts_on": "2024-10-01"})
    pid = w.region.pid("routing")
    os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    try:
        refused(75, delete, w, "event", "E-1", says="routing is not running on this node now")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert time.monotonic() - begun < world.patience(20)
    assert there(w, "event") == 1
    delete(w, "event", "E-1")
    assert there(w, "event") == 0


@test
def a_reference_that_comes_from_another_node_is_never_refused_for_it(w):
    w.region.put("organisation", {"code": "03-09", "parent": "03", "kind": "school", "name": "Школа 9"})
    w.region.put("event", {"code": "E-2", "kind": "seminar", "title": "Семинар", "org": "03", "starts_on": "2024-10-01"})
    school = w.node("school").join(w.region, "03-09").run()
    school.text("staff", STAFF.splitlines()[0] + "\n03-09,1,Ли,Анна,учитель,pedagogue,2020-09-01\n")
    wait_until(lambda: school.records("event"), what="the event has come down")
    w.settle()
    w.region.stop()
    school.put("attendance", {"event": "E-2", "person": "03-09:1"})
    school.stop()
    w.region.run()
    delete(w, "event", "E-2")
    school.run()
    wait_until(lambda: there(w, "attendance") == 1, what="the school's record has come up")
    w.settle()
    assert w.region.quarantine() == [] == school.quarantine()
    school.stop()


if __name__ == "__main__":
    world.main(scene)
