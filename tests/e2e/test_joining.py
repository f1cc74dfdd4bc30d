# SPDX-License-Identifier: Apache-2.0
"""Who gets in: tokens that are refused, and a join whose answer was lost."""
import base64
import hashlib
import os
import shutil
import socket
import subprocess
import threading
import time

import world
from world import refused, test, wait_until


def scene(w):
    w.hub = w.node("region").init("03").run()
    w.hub.sheet("organisation", world.SAMPLE / "region" / "organisation.csv")
    w.other = w.node("other").init("04").run()
    w.other.text("organisation", "code,parent,kind,name\n03-08,04,municipal_authority,District\n")
    w.tries = 0
    return w


def refuses(w, token, says, code=1):
    """The join must be refused and leave nothing behind; the hub must be as it was."""
    w.tries += 1
    before = w.hub.list("node")
    node = w.node(f"refused-{w.tries}")
    said = refused(code, node._join, token, says=says)
    left = [p.name for p in w.dir.iterdir() if p.name.startswith(node.name)]
    assert not left, f"left behind: {left}"
    assert w.hub.list("node") == before
    return said


def edited(token, change):
    """The token with other contents and a checksum that fits."""
    raw = bytearray(base64.urlsafe_b64decode(token.partition(".")[2] + "=="))[:-8]
    change(raw)
    raw += hashlib.blake2b(raw, digest_size=16).digest()[:8]
    return "selenga1." + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def not_invited(w, org, *options, says):
    before = w.hub.list("invite")
    try:
        w.hub.selenga("node", "invite", "--org", org, *options)
    except world.Refused as error:
        assert error.code == 1 and says in error.err and not error.out, error
        assert w.hub.list("invite") == before, "nothing is left that could be used"
        return
    raise AssertionError(f"{org} was invited")


@test
def an_organisation_that_is_unknown_elsewhere_or_of_another_level_is_not_invited(w):
    w.hub.text("organisation", "code,parent,kind,name\n99,,ministry,Another region\n")
    not_invited(w, "03-99", says="Organisation 03-99 is not known here")
    not_invited(w, "03-08-99", "--level", "school", says="not known here")
    not_invited(w, "99", "--level", "region", says="not in this part of the tree")
    not_invited(w, "03-08", "--level", "federation", says="cannot stand at that level")
    not_invited(w, "03-08-01", "--level", "municipality", says="cannot stand at that level")
    not_invited(w, "03-08", "--level", "school", says="cannot stand at that level")
    not_invited(w, "03-08", "--replace", says="No child")
    assert spoken_in_russian(w.hub, "node", "invite", "--org", "03-99").startswith("selenga: Организация 03-99 здесь неизвестна")


def spoken_in_russian(node, *args):
    os.environ["LC_ALL"] = "ru_RU.UTF-8"
    try:
        return world.spoken(node, *args)
    finally:
        os.environ["LC_ALL"] = "C.UTF-8"


@test
def what_is_no_token_is_refused(w):
    refuses(w, "hello", "this is not an invitation")
    refuses(w, "selenga2.AAAA", "of another version")


@test
def a_damaged_token_is_refused(w):
    token = w.hub.token("03-08")
    refuses(w, token[:-1], "damaged")
    refuses(w, token[:40] + ("A" if token[40] != "A" else "B") + token[41:], "damaged")


@test
def a_forged_secret_is_refused(w):
    def forge(raw):
        raw[40] ^= 1
    refuses(w, edited(w.hub.token("03-08"), forge), "refuses this token")


@test
def an_expired_token_is_refused(w):
    token = w.hub.token("03-08", "--expires", "2s")
    issued = time.time()
    wait_until(lambda: time.time() > issued + 2.5)
    refuses(w, token, "expired")


@test
def a_token_of_another_region_is_refused(w):
    """The other region's secret and hub key, this hub's address: the handshake cannot be completed."""
    def readdress(raw):
        raw[-5:] = str(w.hub.port).encode()
    token = edited(w.other.token("03-08"), readdress)
    directory = w.dir / "foreign"
    said = refused(1, w.selenga, "node", "join", directory, token, says="not the hub that issued")
    assert "not used" in said, said
    assert not directory.exists()


@test
def a_used_token_is_refused_and_the_first_node_stays(w):
    token = w.hub.token("03-08")
    w.first = w.node("first")
    w.first._join(token)
    w.first.run()
    wait_until(lambda: w.hub.links()[0]["state"] == "up")
    refuses(w, token, "used")
    assert [n["org"] for n in w.hub.selenga("node", "list")] == ["03-08"]
    wait_until(lambda: w.hub.links()[0]["state"] == "up")


@test
def an_organisation_with_an_active_node_is_invited_only_to_replace_it(w):
    not_invited(w, "03-08", says="invite it with --replace")
    assert "--replace" in spoken_in_russian(w.hub, "node", "invite", "--org", "03-08")
    assert w.hub.token("03-08", "--replace")
    assert [n["state"] for n in w.hub.selenga("node", "list")] == ["active"]


@test
def a_directory_that_is_not_empty_is_left_alone(w):
    before = w.first.conf.read_bytes()
    refused(1, w.selenga, "node", "join", w.first.dir, w.hub.token("03-01"), says="nothing was changed")
    assert w.first.conf.read_bytes() == before


@test
def a_node_whose_key_is_not_the_enrolled_one_gets_no_link(w):
    """Its own configuration, another key: as a copied or guessed node.conf would be."""
    w.first.stop()
    kept = (w.first.dir / "secret" / "node.key").read_bytes()
    shutil.copy(w.other.dir / "secret" / "node.key", w.first.dir / "secret" / "node.key")
    w.first.run()
    link = wait_until(lambda: [l for l in w.first.links("parent") if l["state"] == "refused"], what="the link is refused")
    assert link
    assert w.hub.links("child")[0]["state"] == "down", w.hub.links()
    w.first.stop()
    (w.first.dir / "secret" / "node.key").write_bytes(kept)
    w.first.run()
    wait_until(lambda: w.hub.links("child")[0]["state"] == "up", what="its own key works again")


@test
def a_hub_that_is_down_is_not_now_and_leaves_nothing_usable(w):
    w.token = w.hub.token("03-01")
    w.hub.stop()
    w.late = w.node("late")
    said = refused(75, w.selenga, "node", "join", w.late.dir, w.token, "--timeout", "2")
    assert "may be given again" in said, said
    assert not w.late.dir.exists()
    w.hub.run()


@test
def a_join_whose_answer_was_lost_can_be_given_again(w):
    """The hub enrols the node, the answer never comes through; the same command finishes it."""
    line = w.line(w.hub)
    token = w.hub.token("03-01", "--endpoint", f"tcp://127.0.0.1:{line.port}")
    line.mute_on = b"\x07MESSAGE"  # CURVE's handshake is over, what follows is the request
    failed = []

    def join():
        try:
            w.selenga("node", "join", w.late.dir, token, "--timeout", "6")
        except world.Refused as error:
            failed.append(error)
    thread = threading.Thread(target=join)
    thread.start()
    wait_until(lambda: any(n["org"] == "03-01" for n in w.hub.selenga("node", "list")), what="the hub has enrolled it")
    thread.join()
    assert failed and failed[0].code == 75, failed
    assert not w.late.dir.exists()
    line.up()
    w.late._join(token)
    w.late.run()
    wait_until(lambda: [l for l in w.hub.links("child") if l["org"] == "03-01" and l["state"] == "up"],
               what="the node is linked")
    assert [n["org"] for n in w.hub.selenga("node", "list")].count("03-01") == 1
    assert not list(w.dir.glob("late.*joining*"))


@test
def a_token_given_as_an_argument_is_shown_to_nobody_while_the_command_runs(w):
    """Towards a hub that takes the connection and says nothing; by then it has read the token."""
    w.late.stop()
    both = ("join", w.other, w.file("shown"), "03-08", ()), ("rejoin", w.hub, w.late.dir, "03-01", ("--replace",))
    for verb, hub, directory, org, options in both:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.settimeout(world.PATIENCE_S)
            endpoint = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
            token = hub.token(org, "--endpoint", endpoint, *options)
            command = [world.BIN / "selenga", "node", verb, directory, token, "--timeout", "600"]
            asked = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                silent.accept()
                shown = (world.Path("/proc") / str(asked.pid) / "cmdline").read_text().split("\0")
                assert asked.poll() is None
            finally:
                asked.kill()
                asked.wait()
        assert shown[1:4] == ["node", verb, str(directory)] and shown[5:7] == ["--timeout", "600"], shown
        assert set(shown[4]) == {"*"} and len(shown[4]) == len(token), shown


world.main(scene)
