# SPDX-License-Identifier: Apache-2.0
"""A thief with a school's directory knows its lineage as well. He says nothing where the school had something to say, takes back what
it said, and says other things under its own versions. The school, invited anew with its store, is heard whole."""
import shutil

import liars
import wire
import world
from false_hub import FalseHub
from forge import edit, gone, path, read
from liars import HUB, SCHOOL, has_event, put_event
from rogue import Rogue
from wire import REGISTRY, message
from world import test, wait_until

SAID, UNSAID, SAME = "SAID", "UNSAID", "SAME"


class Silent(Rogue):
    """Pushes what it is told to once, and says that it was all there is up to the school's true head."""

    def __init__(self, stolen, true, words):
        self.true, self.words = true, words
        super().__init__(stolen=stolen)

    def push(self, service, session, after):
        if service != REGISTRY:
            return super().push(service, session, after)
        data, head = wire.entries(self.words), [self.head, self.head]
        return self.feed(wire.PUSH, service, message(f1=("f8", session), f2=self.positions[service], f3=head, f4=self.true, f5=len(self.words),
                                                     f6=0, f7=len(data), f8=data, f9=("f8", self.boot)))

    @property
    def head(self):
        return wire.parse(self.true)[2][0]

    def is_believed(self):
        return self.positions[REGISTRY] == [self.head, self.head]


def code_of(data):
    return wire.parse(read(data).get("body", b"")).get(1, [b""])[0].decode()


def look_into(w):
    """What a thief finds in the school's store: its records, and the witness that it pushes with."""
    copy = w.node("copy")
    w.nodes.remove(copy)
    shutil.copytree(w.school.dir, copy.dir, ignore=shutil.ignore_patterns("gate"))
    false = FalseHub(stolen=w.hub.dir)
    copy.run()
    def child():
        found = false.child(path(w.school.path))
        return found if found and {SAID, UNSAID, SAME} <= {code_of(d) for d in found.held().values()} else None
    child = wait_until(child, what="all that the store holds is read")
    records = {code_of(data): data for data in child.held().values()}
    true = child.witness[REGISTRY]
    copy.stop()
    false.close()
    return records, true


def scene(w):
    liars.scene(w, staff=False)
    put_event(w.school, SCHOOL, SAID)
    wait_until(lambda: has_event(w.region, SAID))
    w.hub.stop()
    put_event(w.school, SCHOOL, UNSAID)
    put_event(w.school, SCHOOL, SAME, "Истина")
    w.school.stop()
    w.records, w.true = look_into(w)
    w.hub.run()
    return w


@test
def a_thief_leaves_out_what_the_school_had_to_say_and_takes_back_what_it_said(w):
    said = read(w.records[SAID])
    words = [gone(said["rid"], said["kind"], said["home"], said["inc"], said["seq"], boot=said["boot"]),
             edit(w.records[SAME], lambda r: {}, body={"f3": "Ложь"})]
    thief = Silent(w.school.dir, w.true, words).live()
    wait_until(thief.is_believed, what="the hub has read all that the thief says there is")
    wait_until(lambda: has_event(w.region, SAME, "Ложь") and not has_event(w.region, SAID), what="the region believes it")
    thief.close()
    w.hub.selenga("node", "revoke", SCHOOL, "--why", "украден ключ")


@test
def the_school_invited_anew_with_its_store_is_heard_whole(w):
    fresh = w.node("fresh").join(w.hub, SCHOOL)
    assert fresh.path == w.school.path
    fresh.put_back(w.school.dir / "store")
    fresh.run()
    put_event(fresh, SCHOOL, "AFTER")
    for node in (w.hub, w.region):
        for code in ("AFTER", SAID, UNSAID):
            wait_until(lambda n=node, c=code: has_event(n, c), what=f"{code} is at {node.name}")
        wait_until(lambda n=node: has_event(n, SAME, "Истина"), 20, what=f"what the school says is at {node.name}")


world.main(scene)
