# SPDX-License-Identifier: Apache-2.0
"""Accounts of people: made, locked and reset at their node, which they never leave; of a password nothing is shown."""
import re

from world import main, refused, spoken, test, wait_until

PASSWORD = re.compile(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}")


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n03-08,03,municipal_authority,Управление\n")
    w.hub = w.node("hub").join(w.region, "03-08", listen=True).run()
    wait_until(lambda: w.hub.records("organisation"), what="the hub knows its organisation")
    return w


def account(node, *args):
    return node.selenga("account", *args)


def of(node, name):
    return next(r["body"] for r in node.list("account") if r["body"]["name"] == name)


@test
def an_account_needs_a_role_that_there_is(w):
    refused(64, account, w.hub, "add", "anna", says="--role ROLE")
    refused(1, account, w.hub, "add", "anna", "--role", "king", says="king")
    refused(1, account, w.hub, "add", "anna", "--role", "teacher", says="person is missing")
    refused(1, account, w.hub, "add", "anna", "--role", "operator", "--org", "03", says="03")
    assert w.hub.list("account") == []


@test
def a_new_account_has_a_one_time_password_on_one_line(w):
    said = spoken(w.hub, "account", "add", "boris", "--role", "methodist")
    assert PASSWORD.fullmatch(said.rstrip("\n")), said
    assert of(w.hub, "boris") == {"name": "boris", "role": "methodist", "org": "03-08", "state": "one-time"}
    refused(1, account, w.hub, "add", "boris", "--role", "methodist", says="boris already")


@test
def an_account_is_locked_and_comes_back_by_a_reset(w):
    first = account(w.hub, "add", "vera", "--role", "operator")["password"]
    told = account(w.hub, "lock", "vera")
    assert told["state"] == "locked" and "password" not in told, told
    assert of(w.hub, "vera")["state"] == "locked"
    second = account(w.hub, "reset", "vera")["password"]
    assert PASSWORD.fullmatch(second) and second != first
    assert of(w.hub, "vera")["state"] == "one-time"
    refused(1, account, w.hub, "lock", "nobody", says="nobody")


@test
def nothing_of_a_password_is_shown_or_written_by_hand(w):
    password = account(w.hub, "add", "galina", "--role", "analyst")["password"]
    shown = "".join(map(str, [account(w.hub, "list"), w.hub.list("account"), w.hub.selenga("get", "account", "galina"),
                              w.hub.selenga("history", "account", "galina"), w.hub.log("registry")]))
    assert "galina" in shown and "argon2" not in shown and password not in shown, shown
    refused(1, w.hub.put, "account", {"name": "galina", "role": "operator"})
    assert of(w.hub, "galina")["role"] == "analyst"


@test
def an_account_never_leaves_its_node(w):
    account(w.hub, "add", "dina", "--role", "privacy")
    w.settle()
    assert w.region.list("account") == []


if __name__ == "__main__":
    main(scene)
