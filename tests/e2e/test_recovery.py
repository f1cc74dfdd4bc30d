# SPDX-License-Identifier: Apache-2.0
"""Lost, stolen and replaced: who comes back, by what, and who does not."""
import os
import shutil

import wire
import world
from forge import EVENT, edit
from rogue import Rogue
from wire import message, parse
from world import patience, refused, spoken, test, wait_until

SCHOOL, OTHER, THIRD = "03-08-01", "03-08-02", "03-08-03"


def scene(w):
    nodes = w.tree(hubs=("03-08",), schools=(SCHOOL, OTHER))
    w.region, w.hub, w.school, w.other = nodes["03"], nodes["03-08"], nodes[SCHOOL], nodes[OTHER]
    return w


def event(node, org, code, title="Семинар"):
    node.put("event", {"code": code, "kind": "seminar", "title": title, "org": org, "starts_on": "2024-01-10"})


def title(node, code):
    found = node.list("event", "--where", f"code={code}")
    return found[0]["body"]["title"] if found else None


def arrives(node, code):
    wait_until(lambda: title(node, code), what=f"{code} is at {node.name}")


def phrase(node):
    return node.selenga("node", "key", "phrase", "--yes")["phrase"]


def kept(w, node):
    """The phrase on its paper."""
    path = w.file(f"{node.name}.phrase")
    path.write_text(phrase(node) + "\n")
    return path


def state(hub, org):
    return [l["state"] for l in hub.links("child") if l["org"] == org]


def row(hub, org):
    return [n for n in hub.selenga("node", "list") if n["org"] == org][0]


def event_bytes(node, rid):
    answer = parse(wire.ask(node.dir, wire.LIST, wire.REGISTRY, message(f1=EVENT, f4=1000)))
    return next(data for data in parse(answer[9][0])[1] if parse(data)[1][0].hex() == rid.replace("-", ""))


def knock(node_or_rogue, keys=None):
    """The welcome that the hub gives to this key, or None."""
    door = wire.Dealer(node_or_rogue.endpoint, node_or_rogue.hub_key, keys or node_or_rogue.keys)
    door.send(wire.envelope(wire.HELLO, wire.GATE, wire.GATE, message(f2="0.1.0", f3=1)))
    answer = door.receive(1.5)
    door.close()
    return answer if answer and parse(answer)[2] == [wire.WELCOME] else None


def join_again(rogue, token, keys=None):
    """JOIN by hand with a token that may have been used, and with keys that may be known: the answer's type and body."""
    secret = Rogue.read(token)[1]
    door = wire.Dealer(rogue.endpoint, rogue.hub_key, wire.key_pair(secret))
    door.send(wire.envelope(wire.JOIN, wire.REGISTRY, wire.GATE, message(f1=(keys or rogue.keys)[0], f2="again", f3="0"), call=2))
    answer = parse(door.receive(patience(10)))
    door.close()
    return answer[2][0], answer[9][0]


def assert_refused_with(answer, code):
    assert answer[0] == wire.ERROR and code.encode() in answer[1], answer


# --- the phrase

@test
def a_phrase_is_shown_only_to_who_says_yes(w):
    for answer in ("no\n", "\n", ""):
        refused(1, w.school.selenga, "node", "key", "phrase", stdin=answer, says="nothing was shown")
    said = w.selenga("--node", w.school.dir, "node", "key", "phrase", stdin="yes\n")
    assert said == phrase(w.school) + "\n" and len(said.split()) == 34, said
    assert phrase(w.school) != phrase(w.other)


@test
def a_phrase_is_printed_when_a_node_is_made_and_in_the_reader_s_language(w):
    made = w.selenga("--json", "node", "init", w.file("fresh"), "--org", "77", "--level", "region")
    os.environ["LC_ALL"] = "ru_RU.UTF-8"
    try:
        russian = w.selenga("--node", w.file("fresh"), "node", "key", "phrase", "--yes").split()
    finally:
        os.environ["LC_ALL"] = "C.UTF-8"
    english = w.selenga("--node", w.file("fresh"), "node", "key", "phrase", "--yes").split()
    assert made["phrase"].split() == english and len(russian) == 34
    assert all(word.isascii() for word in english) and not any(word.isascii() for word in russian)
    # lost; by either phrase it is the same root again: its path, its key, its secrets
    for words in (english, [word.upper() for word in russian]):
        shutil.rmtree(w.file("fresh"))
        again = w.selenga("--json", "node", "init", w.file("fresh"), "--org", "77", "--level", "region", "--phrase-file", "-",
                          stdin=" ".join(words))
        assert again == made, again


@test
def a_phrase_that_was_copied_wrongly_is_refused_and_makes_nothing(w):
    words = phrase(w.school).split()
    # Of words in another order two must differ: one byte in 256 stands beside itself.
    i = next(i for i in range(1, 34) if words[i] != words[0])
    swapped = [words[i], *words[1:i], words[0], *words[i + 1:]]
    for wrong, says in ((words[:-1], "34 words, here there are 33"), (["volcanoo", *words[1:]], "`volcano` meant"),
                        (swapped, "do not belong together")):
        refused(1, w.selenga, "node", "init", w.file("none"), "--org", "77", "--level", "region", "--phrase-file", "-",
                stdin=" ".join(wrong), says=says)
        assert not w.file("none").exists()


@test
def a_node_of_an_earlier_version_gets_its_secret_at_its_next_start(w):
    w.school.stop()
    secret = w.school.dir / "secret"
    (secret / "root.key").unlink()
    # A node that had one has door.key, too: another secret in its place would void the paper and every seal.
    for words in (("key", "phrase", "--yes"), ("run",)):
        refused(1, w.school.selenga, "node", *words, says="root.key is lost")
    assert not (secret / "root.key").exists()
    (secret / "door.key").unlink()
    refused(1, w.school.selenga, "node", "key", "phrase", "--yes", says="at the next start")
    w.school.run()
    assert len(phrase(w.school).split()) == 34
    said = (w.dir / f"{w.school.name}.err").read_text()
    assert said.count("had no root secret") == 1, said
    w.school.stop()
    w.school.run()
    assert (w.dir / f"{w.school.name}.err").read_text().count("had no root secret") == 1


# --- tokens

@test
def a_token_comes_through_a_pipe_or_from_a_file(w):
    token = w.hub.token(THIRD)
    refused(64, w.selenga, "node", "join", w.file("third"), "-", "--replace", "--phrase-file", "-", stdin=token)
    refused(1, w.selenga, "node", "join", w.file("third"), f"@{w.file('absent')}")
    refused(1, w.selenga, "node", "join", w.file("third"), "-", stdin="", says="not an invitation")
    w.file("token").write_text(token + "\n")
    said = w.selenga("--json", "node", "join", w.file("third"), f"@{w.file('token')}")
    assert said["org"] == THIRD and len(said["phrase"].split()) == 34
    w.hub.selenga("node", "revoke", THIRD, "--why", "проверка")
    assert w.selenga("--json", "node", "join", w.file("third-2"), "-", stdin=w.hub.token(THIRD))["path"] == said["path"]
    w.hub.selenga("node", "revoke", THIRD, "--why", "проверка")


@test
def a_hub_that_says_another_rank_than_the_token_is_not_joined(w):
    """A token of a municipality; the hub claims to be a school, to which a school would send who its people are."""
    def lower(raw):
        raw[66] = 0

    def below(raw):
        raw[65], raw[66] = 2, 1
    lowered, raised = edited(w.hub.token(THIRD), lower), edited(w.hub.token(THIRD), below)
    refused(1, w.selenga, "node", "join", w.file("lied-to"), raised, says="nothing was sent")
    refused(1, w.selenga, "node", "join", w.file("lied-to"), lowered)
    assert not w.file("lied-to").exists()
    w.hub.selenga("node", "revoke", THIRD, "--why", "проверка")


def edited(token, change):
    raw, prefix = bytearray(Rogue.raw(token)), "selenga1."
    body = raw[:-8]
    change(body)
    return prefix + Rogue.sealed(bytes(body))


# --- revoking

@test
def a_name_revokes_nobody_and_what_was_revoked_is_printed(w):
    """A node chooses its own name, also another's code."""
    liar = w.node("liar")
    w.selenga("node", "join", liar.dir, w.hub.token(THIRD), "--name", "03-08-04")
    refused(1, w.hub.selenga, "node", "revoke", "03-08-04", "--why", "x", says="names do not count")
    assert row(w.hub, THIRD)["name"] == "03-08-04" and row(w.hub, THIRD)["state"] == "active"
    said = w.hub.selenga("node", "revoke", THIRD, "--why", "x")
    assert (said["org"], said["name"], said["state"]) == (THIRD, "03-08-04", "revoked") and len(said["key_fingerprint"]) == 14, said
    by_path = w.hub.selenga("node", "revoke", said["path"], "--why", "y")
    assert by_path["org"] == THIRD
    text = w.selenga("--node", w.hub.dir, "node", "revoke", said["path"], "--why", "y")
    assert said["path"] in text and said["key_fingerprint"] in text, text


@test
def who_is_meant_by_a_code_that_is_another_s_path_must_be_said(w):
    first = Rogue(w.hub.token(THIRD))
    path = ".".join(first.path[at:at + 4].hex() for at in range(0, len(first.path), 4))
    w.hub.put("organisation", {"code": path, "parent": "03-08", "kind": "school", "name": "Школа с таким кодом"})
    second = Rogue(w.hub.token(path))
    refused(1, w.hub.selenga, "node", "revoke", path, "--why", "x", says="the path of another")
    assert row(w.hub, THIRD)["state"] == row(w.hub, path)["state"] == "active"
    assert w.hub.selenga("node", "revoke", THIRD, "--why", "x")["path"] == path
    assert w.hub.selenga("node", "revoke", row(w.hub, path)["path"], "--why", "x")["org"] == second.org


@test
def neither_used_nor_unused_tokens_bring_a_revoked_node_back(w):
    unused = w.hub.token(THIRD)
    token = w.hub.token(THIRD)
    rogue = Rogue(token)
    path = rogue.path
    kind, body = join_again(rogue, token)
    assert kind == wire.JOIN_REPLY and parse(body)[1] == [path], "while it is active it hears the same again"
    w.hub.selenga("node", "revoke", THIRD, "--why", "украден")
    assert_refused_with(join_again(rogue, token), "TOKEN-USED")
    assert_refused_with(join_again(rogue, token, wire.key_pair()), "TOKEN-USED")
    assert_refused_with(join_again(rogue, unused), "TOKEN-REVOKED")
    assert_refused_with(join_again(rogue, w.hub.token(THIRD)), "NODE-KEY-KNOWN")
    assert row(w.hub, THIRD)["state"] == "revoked" and knock(rogue) is None
    again = Rogue(w.hub.token(THIRD))
    assert again.path == path
    wait_until(lambda: knock(again), what="the new one is greeted")
    assert_refused_with(join_again(rogue, token), "TOKEN-USED")
    assert row(w.hub, THIRD)["state"] == "active"
    w.hub.selenga("node", "revoke", THIRD, "--why", "проверка")


@test
def another_s_key_is_not_taken_for_one_s_own(w):
    """Whoever joins with a neighbour's public key would take its place at the gate."""
    victim = Rogue(w.hub.token(THIRD))
    token = w.hub.token("03-08-04")
    assert_refused_with(join_again(victim, token), "NODE-KEY-KNOWN")
    wait_until(lambda: knock(victim), what="whose key it is is greeted still")
    w.hub.selenga("node", "revoke", THIRD, "--why", "проверка")


# --- replacing

@test
def a_second_node_of_an_organisation_is_refused_in_words(w):
    wait_until(lambda: state(w.hub, SCHOOL) == ["up"])
    refused(1, w.hub.selenga, "node", "invite", "--org", SCHOOL, says="--replace")
    refused(1, w.selenga, "node", "join", w.file("second"), w.hub.token(THIRD), "--replace", says="for a new node")
    refused(1, w.hub.selenga, "node", "invite", "--org", "03-08-99", "--replace", says="No child")
    refused(1, w.selenga, "node", "join", w.file("second"), w.hub.token(SCHOOL, "--replace"), says="give --replace")
    refused(64, w.selenga, "node", "join", w.file("second"), w.hub.token(THIRD), "--phrase-file", "x", says="goes with")
    first, second = w.hub.token(THIRD), w.hub.token(THIRD)  # of before there was a node
    refused(1, w.selenga, "node", "join", w.file("second"), first, "--replace", says="for a new node")
    w.selenga("node", "join", w.file("first"), first)
    refused(1, w.selenga, "node", "join", w.file("second"), second, says="was revoked")
    assert not w.file("second").exists()
    w.hub.selenga("node", "revoke", THIRD, "--why", "проверка")
    wait_until(lambda: state(w.hub, SCHOOL) == ["up"], what="the link is up, or again")


@test
def a_replaced_computer_is_cut_off_and_does_not_come_back(w):
    """Its twin takes over while it is at work; the old one has its key, its token and one more token."""
    event(w.school, SCHOOL, "R-1", "до замены")
    arrives(w.region, "R-1")
    unused = w.hub.token(SCHOOL, "--replace")
    new = w.node("new-school")
    w.selenga("node", "join", new.dir, w.hub.token(SCHOOL, "--replace"), "--replace")
    new._made()
    assert new.path == w.school.path
    link = wait_until(lambda: [l for l in w.school.links("parent") if l["state"] == "refused"], what="the old one is refused")
    assert link
    for verb in (("links",), ("queues",), ("node", "status")):
        assert "does not admit this node's key" in spoken(w.school, *verb), verb
    w.school.says("gate", " PARENT-REFUSED: ")
    new.run()
    wait_until(lambda: state(w.hub, SCHOOL) == ["up"], what="the new one is linked")
    wait_until(lambda: title(new, "R-1") == "до замены", what="it gets back what its parent holds")
    refused(1, w.selenga, "node", "join", w.file("thief"), unused, "--replace", says="was revoked")
    w.school.stop()
    w.school.run()
    wait_until(lambda: [l for l in w.school.links("parent") if l["state"] == "refused"], what="nor after a restart")
    wait_until(lambda: state(w.hub, SCHOOL) == ["up"], what="the link is up, or again")
    assert 'replaced = "yes"' in new.conf.read_text()
    event(new, SCHOOL, "R-2", "после замены")
    wait_until(lambda: title(w.region, "R-2"), what="its work arrives")
    w.school.stop()
    w.nodes.remove(w.school)
    w.school = new


@test
def a_lost_school_without_its_phrase_is_made_of_what_its_parent_holds(w):
    event(w.school, SCHOOL, "L-1", "потеряна школа")
    arrives(w.region, "L-1")
    w.school.kill_all()
    shutil.rmtree(w.school.dir)
    w.selenga("node", "join", w.school.dir, w.hub.token(SCHOOL, "--replace"), "--replace")
    old = w.school.path
    w.school._made().run()
    assert w.school.path == old and 'replaced = "yes"' in w.school.conf.read_text()
    wait_until(lambda: title(w.school, "L-1"), what="what it had written is back")
    event(w.school, SCHOOL, "L-1", "исправлено")
    wait_until(lambda: title(w.region, "L-1") == "исправлено", what="and it goes on from there")


@test
def what_never_left_a_lost_school_comes_only_from_a_backup_or_a_sheet(w):
    staff = ("org,number,last_name,first_name,post,post_class,from\n"
             f"{SCHOOL},1,Сойкина,Анна,учитель,pedagogue,2020-09-01\n")
    absence = f"person,kind,from,to\n{SCHOOL}:1,sick,2024-01-10,2024-05-10\n"
    w.school.text("staff", staff)
    w.school.text("absence", absence)
    wait_until(lambda: w.hub.list("identity", "--org", SCHOOL), what="the hub knows the teacher")
    w.school.stop()
    backup = w.school.dir.with_name("backup")
    shutil.copytree(w.school.dir, backup, ignore=shutil.ignore_patterns("gate"))  # the whole folder, with its keys
    shutil.rmtree(w.school.dir)
    shutil.copytree(backup, w.school.dir)
    w.school.run()
    wait_until(lambda: state(w.hub, SCHOOL) == ["up"], what="what was put back is the same node")
    assert len(w.school.list("absence")) == 1
    w.school.kill_all()
    shutil.rmtree(w.school.dir)
    said = spoken(None, "node", "join", w.school.dir, w.hub.token(SCHOOL, "--replace"), "--replace")
    assert "comes from a backup, or is entered again" in said, said
    w.school._made().run()
    wait_until(lambda: w.school.records("identity"), what="the teacher is back")
    assert not w.school.list("absence")
    w.school.text("absence", absence)
    assert len(w.school.list("absence")) == 1


@test
def a_lost_hub_comes_back_by_its_phrase_and_its_children_find_it(w):
    event(w.hub, "03-08", "H-1", "потерян узел")
    event(w.school, SCHOOL, "H-2")
    arrives(w.region, "H-1")
    arrives(w.region, "H-2")
    paper, others = kept(w, w.hub), kept(w, w.other)
    secret, key = ((w.hub.dir / "secret" / name).read_bytes() for name in ("root.key", "node.key"))
    children = {n["org"]: n["key_fingerprint"] for n in w.hub.links("child") if n["state"] == "up"}
    w.hub.kill_all()
    shutil.rmtree(w.hub.dir)
    event(w.school, SCHOOL, "H-3", "пока узла не было")
    token = w.region.token("03-08", "--replace")
    listen = ["--listen", f"tcp://127.0.0.1:{w.hub.port}"]
    refused(1, w.selenga, "node", "join", w.hub.dir, token, "--replace", "--phrase-file", others, *listen, says="is not that of the node")
    w.selenga("node", "join", w.hub.dir, token, "--replace", "--phrase-file", paper, *listen)
    old = w.hub.path
    w.hub._made()
    assert w.hub.path == old and "replaced" not in w.hub.conf.read_text()
    assert (w.hub.dir / "secret" / "root.key").read_bytes() == secret
    assert (w.hub.dir / "secret" / "node.key").read_bytes() != key, "the lost computer's key is not used again"
    w.hub.run()
    wait_until(lambda: {n["org"]: n["key_fingerprint"] for n in w.hub.links("child") if n["state"] == "up"} == children,
               what="its children are linked without anybody's help")
    wait_until(lambda: title(w.hub, "H-1"), what="what it had written is back")
    wait_until(lambda: title(w.region, "H-3"), what="what waited at its children has passed")


@test
def a_hub_that_is_lost_with_its_phrase_is_followed_by_its_children_with_new_invitations(w):
    """Its new computer has another key, which they do not know."""
    event(w.hub, "03-08", "P-1")
    arrives(w.region, "P-1")
    w.hub.kill_all()
    shutil.rmtree(w.hub.dir)
    event(w.school, SCHOOL, "P-2")
    w.selenga("node", "join", w.hub.dir, w.region.token("03-08", "--replace"), "--replace", "--listen", f"tcp://127.0.0.1:{w.hub.port}")
    w.hub._made().run()
    arrives(w.hub, "P-1")
    wait_until(lambda: [n for n in w.hub.selenga("node", "list") if n["org"] == SCHOOL], what="it knows of its children again")
    token = w.hub.token(SCHOOL, "--replace")
    refused(1, w.selenga, "node", "rejoin", w.school.dir, token, says="only a stopped node")
    refused(1, w.selenga, "node", "rejoin", w.other.dir, token, says="is running already")
    w.school.stop()
    w.other.stop()
    refused(1, w.selenga, "node", "rejoin", w.other.dir, token, says="not for this node")
    conf, key = w.school.conf.read_text(), (w.school.dir / "secret" / "node.key").read_bytes()
    refused(1, w.selenga, "node", "rejoin", w.school.dir, w.hub.token(THIRD), says="not for this node")
    assert w.school.conf.read_text() == conf and (w.school.dir / "secret" / "node.key").read_bytes() == key
    w.selenga("node", "rejoin", w.school.dir, "-", stdin=token)
    w.selenga("node", "rejoin", w.other.dir, w.hub.token(OTHER, "--replace"))
    for node, org in ((w.school, SCHOOL), (w.other, OTHER)):
        assert f'path = "{node.path}"' in node.conf.read_text() and "gate\n" in node.conf.read_text()
        node.run()
        wait_until(lambda org=org: state(w.hub, org) == ["up"], what=f"{org} is linked")
    arrives(w.region, "P-2")
    refused(1, w.selenga, "node", "rejoin", w.region.dir, token, says="is running already")


def unsealed(w, rid):
    """Who handed back a version of this record that cannot be told to be the hub's."""
    return sorted(q["from_org"] for q in w.hub.quarantine() if q["code"] == "SEAL" and q["id"] == rid)


def replaced_without_a_phrase(w):
    """The hub is lost while the region is away, comes back as a new computer, and its children rejoin it."""
    w.hub.kill_all()
    shutil.rmtree(w.hub.dir)
    w.region.run()
    w.selenga("node", "join", w.hub.dir, w.region.token("03-08", "--replace"), "--replace", "--listen", f"tcp://127.0.0.1:{w.hub.port}")
    w.hub._made().run()
    for node, org in ((w.school, SCHOOL), (w.other, OTHER)):
        wait_until(lambda o=org: [n for n in w.hub.selenga("node", "list") if n["org"] == o], what=f"it knows of {org} again")
        node.stop()
        w.selenga("node", "rejoin", node.dir, w.hub.token(org, "--replace"))
        node.run()


@test
def what_only_its_children_hold_of_a_lost_hub_its_operator_takes_or_leaves(w):
    """No seal tells whether it was ever the hub's: two schools say the same, and of one record a third school says something else."""
    event(w.hub, "03-08", "T-1")
    arrives(w.region, "T-1")
    w.region.stop()
    for code, text in (("T-2", "взять"), ("T-3", "верно"), ("T-4", "оставить")):
        event(w.hub, "03-08", code, text)
        arrives(w.school, code)
        arrives(w.other, code)
    ids = {code: w.hub.list("event", "--where", f"code={code}")[0]["id"] for code in ("T-2", "T-3", "T-4")}
    replaced_without_a_phrase(w)
    arrives(w.hub, "T-1")
    for rid in ids.values():
        wait_until(lambda r=rid: unsealed(w, r) == [SCHOOL, OTHER], what="what the children hold is shown")
    liar = Rogue(w.hub.token(THIRD)).live()
    done = liar.hand_back(wire.REGISTRY, [edit(event_bytes(w.school, ids["T-3"]), body={"f3": "подлог"})])
    wait_until(lambda: done() and unsealed(w, ids["T-3"]) == [SCHOOL, OTHER, THIRD], what="and what the liar says of it")
    assert not [code for code in ids if title(w.hub, code)], "nothing is believed by itself"

    w.hub.selenga("quarantine", "take", ids["T-2"])
    assert title(w.hub, "T-2") == "взять" and unsealed(w, ids["T-2"]) == [], "who said the same is not asked about once more"
    refused(1, w.hub.selenga, "quarantine", "take", ids["T-3"], says="--from")
    assert title(w.hub, "T-3") is None and unsealed(w, ids["T-3"]) == [SCHOOL, OTHER, THIRD]
    w.hub.selenga("quarantine", "take", ids["T-3"], "--from", OTHER)
    assert title(w.hub, "T-3") == "верно" and unsealed(w, ids["T-3"]) == [THIRD]
    for code in ("T-2", "T-3"):
        event(w.hub, "03-08", code, "исправлено")
        for node in (w.region, w.school, w.other):
            wait_until(lambda n=node, c=code: title(n, c) == "исправлено", what=f"{node.name} hears of {code} as of any other")

    w.hub.stop()  # what is left waits
    w.hub.run()
    assert unsealed(w, ids["T-4"]) == [SCHOOL, OTHER] and unsealed(w, ids["T-3"]) == [THIRD]
    assert title(w.hub, "T-4") is None and title(w.region, "T-4") is None and title(w.school, "T-4") == "оставить"
    w.hub.selenga("quarantine", "discard", ids["T-3"], ids["T-4"], "--why", "ничего такого не было")
    assert not unsealed(w, ids["T-3"]) and not unsealed(w, ids["T-4"])
    assert title(w.hub, "T-4") is None and title(w.hub, "T-3") == "исправлено"
    liar.close()


@test
def a_lost_region_comes_back_by_its_phrase_and_knows_its_children_by_their_cards(w):
    event(w.region, "03", "N-1", "потерян регион")
    event(w.school, SCHOOL, "N-2")
    arrives(w.school, "N-1")
    arrives(w.region, "N-2")
    organisations = {o["id"]: o["body"] for o in w.region.list("organisation")}
    paper, path = kept(w, w.region), w.region.path
    secrets = {name: (w.region.dir / "secret" / name).read_bytes() for name in ("root.key", "node.key", "pseudonym.key")}
    w.region.kill_all()
    shutil.rmtree(w.region.dir)
    event(w.school, SCHOOL, "N-3")
    w.selenga("node", "init", w.region.dir, "--org", "03", "--level", "region", "--listen", f"tcp://127.0.0.1:{w.region.port}",
              "--phrase-file", paper)
    w.region._made().run()
    assert w.region.path == path
    assert secrets == {name: (w.region.dir / "secret" / name).read_bytes() for name in secrets}
    refused(1, w.region.selenga, "node", "admit", "selenga-card1.AAAA", says="not a node's card")
    refused(1, w.region.selenga, "node", "admit", w.school.selenga("node", "card")["card"], says="directly below")
    card = w.hub.selenga("node", "card")
    said = w.region.selenga("node", "admit", "-", stdin=card["card"] + "\n")
    assert (said["org"], said["path"], said["key_fingerprint"]) == ("03-08", w.hub.path, card["key_fingerprint"])
    w.region.selenga("node", "admit", card["card"])  # once more changes nothing
    wait_until(lambda: state(w.region, "03-08") == ["up"], what="the hub is linked without anything done there")
    arrives(w.region, "N-1")
    arrives(w.region, "N-3")
    wait_until(lambda: {o["id"]: o["body"] for o in w.region.list("organisation")} == organisations, what="the tree is as it was")
    w.region.selenga("node", "revoke", "03-08", "--why", "проверка")
    refused(1, w.region.selenga, "node", "admit", card["card"], says="Only a new invitation")


world.main(scene)
