# SPDX-License-Identifier: Apache-2.0
"""The audit logs: what they note, and that a changed byte, a cut end and another log show."""
import shutil

import wire
from console import Console
from world import Refused, main, refused, spoken, test, wait_until

PASSWORD = "долгий пароль"


def scene(w):
    w.region = w.node("region").init("03").run()
    w.region.text("organisation", "code,parent,kind,name\n03,,ministry,Министерство\n03-08,03,municipal_authority,Управление\n")
    w.region.text("staff", "org,number,last_name,first_name,birth_date,post,post_class,from\n"
                  "03-08,17,Иванова,Анна,1990-01-01,методист,pedagogue,2020-09-01\n")
    w.kinds = {k["kind"]: k["number"] for k in w.region.selenga("kinds")}
    return w


def entries(w, **where):
    return [e for e in w.region.selenga("audit", "list") if all(e[k] == v for k, v in where.items())]


def log(w, service="registry"):
    return w.region.dir / "audit" / f"{service}.log"


def verify(w):
    return w.region.selenga("audit", "verify")


@test
def the_chain_of_a_node_at_work_is_whole(w):
    assert verify(w)["whole"] and verify(w)["entries"] > 0
    assert "whole" in spoken(w.region, "audit", "verify")
    assert log(w).stat().st_mode & 0o777 == 0o600


@test
def what_people_write_is_noted_with_its_number(w):
    (e,) = entries(w, what="change", kind="identity")
    assert e["who"].startswith("local:") and e["records"] == 1 and e["id"], e
    w.region.put("organisation", {"code": "03-08", "name": "Управление образования"})
    assert entries(w, what="change", kind="organisation")[-1]["id"]
    n = len(entries(w))
    w.region.put("organisation", {"code": "03-08", "name": "Управление образования"})  # nothing changes
    assert len(entries(w)) == n
    w.region.put("event", {"code": "E", "kind": "seminar", "title": "Т", "org": "03", "starts_on": "2024-09-01"})
    w.region.selenga("delete", "event", "E", "--why", "ошибка")
    assert entries(w, what="delete", kind="event")


@test
def log_ins_refusals_and_reads_of_names_are_noted(w):
    console = Console(w.region)
    made = w.region.selenga("account", "add", "anna", "--role", "methodist", "--org", "03")
    assert entries(w, what="account", about="anna")
    assert console.log_in("anna", "wrong") == "LOGIN-WRONG"
    assert console.log_in("nobody", "wrong") == "LOGIN-WRONG"
    assert console.log_in("anna", made["password"], PASSWORD) is None
    assert console.log_in("anna", PASSWORD) is None
    assert {(e["about"], e["code"]) for e in entries(w, what="log-in-refused")} == {("anna", "LOGIN-WRONG"), ("nobody", "LOGIN-WRONG")}
    assert [e["about"] for e in entries(w, what="log-in")] == ["anna"] and entries(w, what="password", about="anna")
    for name in ("identity", "programme"):
        assert console.code(wire.LIST, wire.REGISTRY, wire.message(f1=w.kinds[name]), "anna") is None
    assert [(e["who"], e["kind"]) for e in entries(w, what="read")] == [("account:anna", "identity")]
    assert console.code(wire.LIST, wire.REGISTRY, wire.message(f1=w.kinds["account"]), "anna") == "ACCESS-DENIED"
    assert entries(w, what="refused", who="account:anna", code="ACCESS-DENIED", kind="account")
    whole = "".join(map(str, entries(w))) + log(w).read_bytes().decode(errors="replace")
    assert PASSWORD not in whole and made["password"] not in whole and "Иванова" not in whole
    console.close()


@test
def exports_and_keys_are_noted(w):
    w.region.export("staff")
    assert {e["kind"] for e in entries(w, what="export")} == {"identity", "person", "employment"}
    n = len(entries(w, what="export"))
    w.region.list("identity")
    assert len(entries(w, what="export")) == n
    w.region.token("03-08")
    assert entries(w, what="invite", about="03-08")


@test
def a_day_that_is_to_come_has_no_entries(w):
    assert w.region.selenga("audit", "list", "--since", "2100-01-01") == []
    assert w.region.selenga("audit", "list", "--since", "2000-01-01") == entries(w)
    refused(64, w.region.selenga, "audit", "list", "--since", "yesterday", says="yesterday")


@test
def what_was_noted_survives_a_kill(w):
    before = entries(w)
    for program in ("registry", "diagnostics"):
        w.region.kill(program)
    def whole():
        try:
            return verify(w)["whole"]
        except Refused as error:
            assert error.code == 75, error
            return False
    wait_until(whole, what="the services are back")
    assert entries(w) == before


@test
def a_new_store_goes_on_with_the_log_that_is_there(w):
    console = Console(w.region)
    for _ in range(3):
        assert console.code(wire.QUARANTINE_RETRY, wire.ROUTING) == "ACCESS-DENIED"
    console.close()
    before = entries(w, service="routing")
    assert len(before) == 3
    w.region.stop()
    shutil.rmtree(w.region.dir / "store" / "routing")
    w.region.run()
    assert verify(w)["whole"] and entries(w, service="routing") == before
    console = Console(w.region)
    assert console.code(wire.QUARANTINE_RETRY, wire.ROUTING) == "ACCESS-DENIED"
    console.close()
    assert verify(w)["whole"] and len(entries(w, service="routing")) == 4


@test
def a_store_that_was_put_back_loses_nothing_of_the_log(w):
    w.region.stop()
    shutil.copytree(w.region.dir / "store" / "routing", w.file("older"))
    w.region.run()
    console = Console(w.region)
    assert console.code(wire.QUARANTINE_RETRY, wire.ROUTING) == "ACCESS-DENIED"
    console.close()
    before = entries(w, service="routing")
    w.region.stop()
    shutil.rmtree(w.region.dir / "store" / "routing")
    shutil.copytree(w.file("older"), w.region.dir / "store" / "routing")
    w.region.run()
    assert verify(w)["whole"] and entries(w, service="routing") == before


@test
def a_flipped_byte_shows_wherever_it_is(w):
    whole = log(w).read_bytes()
    for at in (0, 17, 40, len(whole) // 2, len(whole) - 1):
        log(w).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        refused(1, verify, w, says="registry.log")
    log(w).write_bytes(whole)
    assert verify(w)["whole"]


@test
def a_cut_end_and_another_log_show(w):
    whole, other = log(w).read_bytes(), log(w, "routing").read_bytes()
    ends, at = [], 16
    while at < len(whole):
        ends.append(at)
        at += 4 + int.from_bytes(whole[at:at + 4], "big") + 32
    for end in (ends[-1], ends[len(ends) // 2], ends[0], 0):  # between two entries, so that the chain itself is whole
        log(w).write_bytes(whole[:end])
        refused(1, verify, w, says="registry.log")
    log(w).write_bytes(other)
    refused(1, verify, w, says="registry.log")
    log(w).unlink()
    refused(1, verify, w, says="registry.log")
    log(w).write_bytes(whole)
    log(w).chmod(0o600)


@test
def an_end_that_was_cut_off_is_not_mended_by_going_on(w):
    w.region.stop()
    whole = log(w).read_bytes()
    log(w).write_bytes(whole[:16])
    w.region.run()
    w.region.put("event", {"code": "E2", "kind": "seminar", "title": "Т", "org": "03", "starts_on": "2024-09-01"})
    refused(1, verify, w, says="registry.log")
    w.region.stop()
    refused(1, verify, w, says="registry.log")  # the chain alone shows it, too


if __name__ == "__main__":
    main(scene)
