# SPDX-License-Identifier: Apache-2.0
"""File systems on which a store is not safe: no node is made there, joins there or runs there."""
import os

import world
from world import refused, test

SCHOOL = "03-08"
REFUSED = {"FUSE": 0x65735546, "NFS": 0x6969, "SMB/CIFS": 0xFF534D42, "9P": 0x01021997}
EXT4 = 0xEF53


class filesystem:
    """Commands within believe that every folder lies on one of this type."""

    def __init__(self, kind):
        self.env = {"LD_PRELOAD": str(world.BIN / "libfaults_preload.so"), "FAULTS_FILESYSTEM": hex(kind)}

    def __enter__(self):
        os.environ.update(self.env)

    def __exit__(self, *_):
        for name in self.env:
            del os.environ[name]


def scene(w):
    w.region = w.node("region").init("03").run()
    w.text = w.region.text("organisation", "code,parent,kind,name\n03-08,03,school,School\n")
    return w


def each(w, *command):
    """On each of them it is refused by name, and nothing is left behind."""
    before = sorted(w.dir.rglob("*.conf"))
    for name, kind in REFUSED.items():
        with filesystem(kind):
            refused(1, w.selenga, *command, says=f"lies on {name}: there a store is not safe")
        assert sorted(w.dir.rglob("*.conf")) == before


@test
def no_node_is_made_there(w):
    each(w, "node", "init", w.file("new"), "--org", "03", "--level", "region")
    assert not w.file("new").exists() and not w.file("new.new").exists()


@test
def no_node_joins_there_and_its_invitation_is_not_used_up(w):
    token = w.region.token(SCHOOL)
    w.school = w.node("school")
    each(w, "node", "join", w.school.dir, token)
    assert not w.school.dir.exists() and not w.file("school.joining").exists()
    with filesystem(EXT4):
        w.school._join(token)


@test
def no_node_runs_there_and_on_a_disk_it_does(w):
    each(w, "node", "run", w.school.dir)
    assert not list((w.school.dir / "store").glob("*/data.mdb")), "a store was opened"
    with filesystem(EXT4):
        w.school.run()


world.main(scene)
