# SPDX-License-Identifier: Apache-2.0
"""What each role may do through an account: every cell of the table, and whose records it sees and changes."""
import subprocess
import sys

import wire
from console import Console, put
from world import SOURCE, main, refused, test, wait_until

ROLES = "teacher coordinator methodist regional analyst operator privacy".split()
OURS, THEIRS = "03-08-01", "03-08-02"
PASSWORD = "долгий пароль"
NOBODY = bytes(16)
# What a request of each action is, beside those about records.
MESSAGES = {
    "log-in": [(wire.LOGIN, wire.REGISTRY)], "teacher-account": [(wire.TEACHER_ACCOUNT, wire.REGISTRY)], "first-account": [(wire.FIRST_ACCOUNT, wire.REGISTRY)], "status": [(wire.STATUS, wire.ROUTING)], "queues": [(wire.QUEUES, wire.REPORTING)],
    "quarantine": [(wire.QUARANTINE_LIST, wire.REGISTRY)],
    "quarantine-decide": [(wire.QUARANTINE_RETRY, wire.REGISTRY), (wire.QUARANTINE_DISCARD, wire.ROUTING)],
    "version-take": [(wire.QUARANTINE_TAKE, wire.REGISTRY)],
    "keys": [(wire.INVITE, wire.REGISTRY), (wire.REVOKE, wire.REGISTRY), (wire.ADMIT, wire.REGISTRY),
             (wire.ROTATE_PSEUDONYMS, wire.REGISTRY)],
    "audit": [(wire.AUDIT, wire.ROUTING)], "accounts": [(wire.ACCOUNT_ACT, wire.REGISTRY)], "report": [(wire.REPORT, wire.REPORTING)],
    "explain": [(wire.REPORT, wire.REPORTING)], "try-indicator": [(wire.REPORT, wire.REPORTING)],
    "screening": [(wire.SCREENING, wire.DIAGNOSTICS)], "screening-answer": [(wire.SCREENING_ANSWER, wire.DIAGNOSTICS)],
    "take-test": [(wire.ATTEMPT, wire.DIAGNOSTICS)], "attempt-act": [(wire.ATTEMPT_ACT, wire.DIAGNOSTICS)],
    "route-propose": [(wire.ROUTE_PROPOSE, wire.ROUTING)],
    "route-confirm": [(wire.ROUTE_CONFIRM, wire.ROUTING)], "run-end": [(wire.RUN_END, wire.REGISTRY)],
}
BODIES = {"explain": wire.message(f5="I-5.1.1"), "try-indicator": wire.message(f7=b""), "run-end": wire.message(f1=bytes(16))}


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n03-08,03,municipal_authority,Управление\n"
                  f"{OURS},03-08,school,Первая\n{THEIRS},03-08,school,Вторая\n")
    w.region.text("staff", "org,number,last_name,first_name,birth_date,post,post_class,from\n"
                  f"{OURS},17,Иванова,Анна,1990-01-01,учитель,pedagogue,2020-09-01\n"
                  f"{OURS},18,Петров,Пётр,1980-01-01,учитель,pedagogue,2020-09-01\n"
                  f"{THEIRS},5,Сидорова,Вера,1985-01-01,учитель,pedagogue,2020-09-01\n")
    w.kinds = {k["kind"]: k for k in w.region.selenga("kinds")}
    w.access = w.region.selenga("access")
    w.console = Console(w.region)
    for role in ROLES:
        account(w, role, role, "03")
    account(w, "school", "coordinator", OURS)
    account(w, "anna", "teacher", OURS)
    return w


def account(w, name, role, org):
    person = ["--person", f"{OURS}:17"] if role == "teacher" else []
    made = w.region.selenga("account", "add", name, "--role", role, "--org", org, *person)
    assert w.console.log_in(name, made["password"], PASSWORD) is None
    for service in (wire.DIAGNOSTICS, wire.ROUTING, wire.REPORTING):  # which hear of it in a moment
        wait_until(lambda: w.console.code(wire.STATUS, service, account=name) is None, what=f"{name} is known")


def kind(w, name):
    return w.kinds[name]["number"], w.kinds[name]["number"] // 100


def id_of(w, name, ref):
    return bytes.fromhex(w.region.selenga("get", name, ref)["id"].replace("-", ""))


def asked(w, name, action):
    """Requests about no record that there is: what is allowed finds nothing, and changes nothing."""
    number, service = kind(w, name)
    if action == "read":
        one = wire.message(f1=number, f2=NOBODY)
        return [(wire.GET, service, one), (wire.LIST, service, wire.message(f1=number, f4=1)), (wire.HISTORY, service, one)]
    gone = wire.message(f1=number, f2=NOBODY, f5=1, f6="why")
    return [(wire.PUT, service, put(gone if action == "delete" else wire.message(f1=number)))]


@test
def an_account_that_nobody_vouches_for_is_refused(w):
    request = wire.envelope(wire.LIST, wire.REGISTRY, call=1, account="operator", body=wire.message(f1=101))
    stranger = f"""
import sys; sys.path.insert(0, {str(SOURCE / 'tests/e2e')!r})
import pathlib, wire
sock = wire.local_ready(pathlib.Path({str(w.region.dir)!r}))
sock.sendall(wire.frame(bytes.fromhex({request.hex()!r})))
fault = wire.parse(wire.parse(wire.take_message(sock))[9][0])[1][0]
print(wire.parse(fault)[1][0].decode())
"""
    said = subprocess.run([sys.executable, "-c", stranger], capture_output=True, text=True, check=True).stdout
    assert said == "NOT-ALLOWED\n", said


@test
def the_console_itself_sees_no_record(w):
    for name in w.kinds:
        for action in ("read", "write", "delete"):
            for request in asked(w, name, action):
                assert w.console.code(*request) == "ACCESS-DENIED", (name, action)
    assert w.console.code(wire.ACCOUNT_ACT, wire.REGISTRY) == "ACCESS-DENIED"
    assert w.console.code(wire.STATUS, wire.REGISTRY) is None
    first = wire.message(f1="xxxx-xxxx-xxxx", f2="late", f3=PASSWORD)
    assert w.console.code(wire.FIRST_ACCOUNT, wire.REGISTRY, first) == "FIRST-OVER"  # there are accounts


@test
def the_command_line_of_the_node_s_user_is_bound_by_no_table_and_noted(w):
    (anna,) = [r for r in w.region.list("identity") if r["body"]["last_name"] == "Иванова"]
    w.region.put("event", {"code": "CLI", "kind": "seminar", "title": "Т", "org": "03", "starts_on": "2024-09-01"})
    w.region.selenga("account", "lock", "analyst")
    made = w.region.selenga("account", "reset", "analyst")
    assert w.console.log_in("analyst", made["password"], PASSWORD) is None
    by_him = [(e["what"], e["kind"]) for e in w.region.selenga("audit", "list") if e["who"].startswith("local:")]
    assert by_him.count(("account", "analyst")) == 3 and ("change", "event") in by_him and anna["id"], by_him
    for service in (wire.DIAGNOSTICS, wire.ROUTING, wire.REPORTING):
        wait_until(lambda: w.console.code(wire.STATUS, service, account="analyst") is None, what="the analyst is known again")


@test
def every_cell_of_the_table_is_as_it_says(w):
    tried = 0
    for cell in w.access:
        if cell["kind"]:
            requests = asked(w, cell["kind"], cell["action"])
        else:
            requests = [(*m, BODIES.get(cell["action"], b"")) for m in MESSAGES[cell["action"]]]
        for request in requests:
            code = w.console.code(*request, account=cell["role"])
            assert (code != "ACCESS-DENIED") == cell["allowed"], (cell, code)
            assert cell["allowed"] or code == "ACCESS-DENIED", (cell, code)
            tried += 1
    assert tried > len(ROLES) * len(w.kinds) * 3


@test
def the_table_says_who_works_without_names(w):
    allowed = {(c["role"], c["kind"], c["action"]) for c in w.access if c["allowed"]}
    for role in ("analyst", "operator"):
        assert not {(role, name, "read") for name in ("identity", "absence", "result", "deficit", "person")} & allowed
    assert ("privacy", "identity", "delete") in allowed and ("privacy", "identity", "write") not in allowed
    assert ("operator", None, "keys") in allowed and ("coordinator", None, "keys") not in allowed
    assert not [c for c in allowed if c[1] in ("account", "deficit", "fact", "node", "invite") and c[2] != "read"]
    assert {c["role"] for c in w.region.selenga("access", "--role", "analyst")} == {"analyst"}
    refused(64, w.region.selenga, "access", "--role", "king", says="king")


@test
def a_request_that_the_table_does_not_know_is_refused(w):
    for number in (21, 45, 99, 4000):
        assert w.console.code(number, wire.REGISTRY, account="operator") == "ACCESS-DENIED", number


def refs(w, name, who):
    number, service = kind(w, name)
    _, body = w.console.once(wire.LIST, service, wire.message(f1=number), who)
    return sorted(wire.parse(r)[7][0].decode() for r in body.get(1, []))


@test
def records_of_another_organisation_are_not_listed_shown_or_changed(w):
    assert refs(w, "identity", "school") == [OURS, OURS]
    assert refs(w, "identity", "regional") == [OURS, OURS, THEIRS]
    number, service = kind(w, "identity")
    theirs = id_of(w, "identity", f"{THEIRS}:5")
    for message in (wire.GET, wire.HISTORY):
        assert w.console.code(message, service, wire.message(f1=number, f2=theirs), "school") == "NOT-FOUND"
        assert w.console.code(message, service, wire.message(f1=number, f2=theirs), "regional") is None
    body = wire.message(f1=THEIRS, f2="5", f3="Чужая", f4="Вера")
    change = put(wire.message(f1=number, f3=body, f4=[1, 2, 3, 4]))
    assert w.console.code(wire.PUT, service, change, "school") == "ACCESS-SCOPE"
    gone = put(wire.message(f1=number, f2=theirs, f5=1, f6="why"))
    assert w.console.code(wire.PUT, service, gone, "school") == "ACCESS-SCOPE"
    new = put(wire.message(f1=number, f3=wire.message(f1=THEIRS, f2="6", f3="Новая", f4="Вера"), f4=[1, 2, 3, 4]))
    assert w.console.code(wire.PUT, service, new, "school") == "ACCESS-SCOPE"
    assert w.region.selenga("get", "identity", f"{THEIRS}:5")["body"]["last_name"] == "Сидорова"
    assert w.console.code(wire.REPORT, wire.REPORTING, wire.message(f1=THEIRS, f2="2024"), "school") == "ACCESS-SCOPE"
    assert w.console.code(wire.REPORT, wire.REPORTING, wire.message(f1=OURS, f2="2024"), "school") is None


@test
def what_is_of_the_whole_node_is_not_for_an_account_of_a_part_of_it(w):
    assert w.console.code(wire.QUEUES, wire.REGISTRY, account="school") == "ACCESS-SCOPE"
    assert w.console.code(wire.QUEUES, wire.REGISTRY, account="coordinator") is None


@test
def an_account_changes_what_is_its_own_and_the_record_names_its_role_alone(w):
    number, service = kind(w, "identity")
    body = wire.message(f1=OURS, f2="18", f3="Петров-Водкин")
    assert w.console.code(wire.PUT, service, put(wire.message(f1=number, f3=body, f4=[3])), "school") is None
    _, reply = w.console.once(wire.GET, service, wire.message(f1=number, f2=id_of(w, "identity", f"{OURS}:18")), "school")
    record = wire.parse(reply[1][0])
    assert "Петров-Водкин".encode() in record[10][0] and record[8][0] == b"account:coordinator", record


@test
def another_kind_under_a_known_id_is_no_way_around(w):
    number, service = kind(w, "event")
    other = id_of(w, "identity", f"{OURS}:18")
    body = wire.message(f1="E", f2="seminar", f3="Т", f4=OURS)
    assert w.console.code(wire.PUT, service, put(wire.message(f1=number, f2=other, f3=body, f4=[1, 2, 3, 4])), "school") == "NOT-FOUND"
    assert w.console.code(wire.GET, service, wire.message(f2=other), "school") == "UNKNOWN-KIND"


@test
def a_teacher_sees_what_is_his_own(w):
    for name in ("identity", "person", "employment"):
        assert refs(w, name, "anna") == [OURS], name
        assert refs(w, name, "teacher") == [OURS], name
    number, service = kind(w, "identity")
    for ref, code in ((f"{OURS}:17", None), (f"{OURS}:18", "NOT-FOUND"), (f"{THEIRS}:5", "NOT-FOUND")):
        assert w.console.code(wire.GET, service, wire.message(f1=number, f2=id_of(w, "identity", ref)), "anna") == code
    assert set(refs(w, "organisation", "anna")) >= {"03", OURS, THEIRS}  # goes down to everybody
    w.region.put("mentoring-pair", {"mentor": f"{OURS}:17", "mentee": f"{OURS}:18", "from": "2024-09-01"})
    number, service = kind(w, "mentoring-meeting")
    for mentor, mentee, code in ((f"{OURS}:17", f"{OURS}:18", None), (f"{THEIRS}:5", f"{OURS}:18", "ACCESS-SCOPE")):
        body = wire.message(f1=mentor, f2=mentee, f3=wire.sint(20000), f4="Урок")
        assert w.console.code(wire.PUT, service, put(wire.message(f1=number, f3=body, f4=[1, 2, 3, 4])), "anna") == code


@test
def who_is_locked_may_do_nothing_from_then_on(w):
    account(w, "lost", "regional", "03")
    assert refs(w, "identity", "lost")
    w.region.selenga("account", "lock", "lost")
    assert w.console.code(wire.LIST, wire.REGISTRY, wire.message(f1=kind(w, "identity")[0]), "lost") == "ACCOUNT-CLOSED"
    assert w.console.code(wire.STATUS, wire.REGISTRY, account="nobody") == "ACCOUNT-CLOSED"
    wait_until(lambda: w.console.code(wire.STATUS, wire.REPORTING, account="lost") == "ACCOUNT-CLOSED", what="all have heard")


@test
def the_command_line_is_not_bound_by_it(w):
    assert len(w.region.list("identity")) == 3
    assert w.region.selenga("get", "identity", f"{THEIRS}:5")["body"]["last_name"] == "Сидорова"


if __name__ == "__main__":
    main(scene)
