# SPDX-License-Identifier: Apache-2.0
"""A child's audit logs are followed by its parent: one that was cut or made anew is noticed there, whatever the child says of itself."""
import shutil

import world
from world import Refused, refused, test, wait_until

ORG = "03-1"
DEAD_PORT = 9  # where nobody listens


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", f"code,parent,kind,name\n{ORG},03,school,Первая\n")
    w.school = w.node("school").join(w.region, ORG).run()
    w.settle()
    return w


def account(w, name):
    w.school.selenga("account", "add", name, "--role", "operator")


def own(w):
    return sum(1 for row in w.school.selenga("audit", "list") if row["service"] == "registry")


def told(w):
    """What the region knows of the registry's log there: {} nothing."""
    try:
        rows = w.region.selenga("audit", "verify", "--child", ORG)
    except Refused as error:
        rows = error.out
    return next((row for row in rows if row["service"] == "registry"), {})


def keep(w):
    """The school's stores and logs as they are now, taken while it is stopped."""
    w.school.stop()
    for what in ("store", "audit"):
        shutil.rmtree(w.dir / f"kept.{what}", ignore_errors=True)
        shutil.copytree(w.school.dir / what, w.dir / f"kept.{what}")


def put_back(w):
    for what in ("store", "audit"):
        shutil.rmtree(w.school.dir / what)
        shutil.copytree(w.dir / f"kept.{what}", w.school.dir / what)


def marked(w):
    return [x for x in w.region.selenga("attention") if x["what"] == "audit-log"]


@test
def a_child_that_is_unknown_is_refused(w):
    refused(1, w.region.selenga, "audit", "verify", "--child", "03-99", says="03-99")


@test
def how_far_a_child_s_log_goes_is_known_above(w):
    account(w, "anna")
    wait_until(lambda: told(w).get("entries") == own(w), what="the region knows how far the log goes")
    assert told(w)["mark"] is None and len(told(w)["hash"]) == 64
    assert not marked(w)


@test
def after_a_restart_it_goes_on_unmarked(w):
    w.school.stop()
    w.school.set_parent_port(DEAD_PORT)
    w.school.run()
    account(w, "boris")
    w.school.stop()
    w.school.set_parent_port(w.region.port)
    w.school.run()
    wait_until(lambda: told(w).get("entries") == own(w), what="the region knows how far the log goes")
    assert told(w)["mark"] is None and not marked(w)


@test
def a_log_that_was_made_anew_and_is_longer_is_noticed(w):
    keep(w)
    w.school.run()
    account(w, "vera")
    wait_until(lambda: told(w).get("entries") == own(w), what="the region knows the entry")
    had = own(w)
    w.school.stop()
    put_back(w)
    w.school.set_parent_port(DEAD_PORT)
    w.school.run()
    for name in ("gleb", "dina", "egor"):
        account(w, name)
    assert w.school.selenga("audit", "verify")["whole"] and own(w) > had  # of itself it says that all is well
    w.school.stop()
    w.school.set_parent_port(w.region.port)
    w.school.run()
    wait_until(lambda: told(w).get("mark"), what="the region notices")
    assert (told(w)["mark"], told(w)["had"]) == ("changed", had), told(w)
    wait_until(lambda: marked(w), what="attention tells")
    assert [x["org"] for x in marked(w)] == [ORG]
    refused(1, w.region.selenga, "audit", "verify", "--child", ORG, says="was changed")
    w.region.says("registry", "is not what it was")


@test
def a_log_that_was_cut_is_noticed_though_its_store_was_cut_too(w):
    keep(w)
    w.school.run()
    account(w, "zoya")
    wait_until(lambda: told(w).get("entries") == own(w), what="the region knows the entry")
    had = own(w)
    w.school.stop()
    put_back(w)
    w.school.run()
    wait_until(lambda: told(w).get("mark") == "shorter", what="the region notices")
    assert told(w)["had"] == had > own(w)
    assert w.school.selenga("audit", "verify")["whole"]


@test
def a_mark_stays_when_the_log_goes_on(w):
    account(w, "igor")
    wait_until(lambda: told(w).get("entries") == own(w), what="the region follows the log as it is")
    assert told(w)["mark"] == "shorter"
    w.region.stop()
    w.region.run()
    assert told(w)["mark"] == "shorter" and marked(w)


@test
def a_computer_that_takes_a_lost_one_s_place_begins_a_log_of_its_own(w):
    account(w, "inna")
    wait_until(lambda: told(w).get("entries") == own(w), what="the region knows the entry")
    had = own(w)
    w.school.kill_all()
    shutil.rmtree(w.school.dir)
    w.selenga("node", "join", w.school.dir, w.region.token(ORG, "--replace"), "--replace")
    w.school._made().run()
    account(w, "nina")
    assert own(w) < had
    wait_until(lambda: told(w).get("entries") == own(w) and not told(w).get("mark"), what="the region follows the new log")
    assert not marked(w)


if __name__ == "__main__":
    world.main(scene)
