# SPDX-License-Identifier: Apache-2.0
"""A disk of our own: a loop-mounted ext4 that can lose its power or be full. Needs root and loop devices."""
import fcntl
import os
import shutil
import struct
import subprocess

from world import wait_until

EXT4_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32)
WITHOUT_LOG_FLUSH = 2


def possible():
    return os.geteuid() == 0 and os.path.exists("/dev/loop-control") and shutil.which("mkfs.ext4") is not None


class Disk:
    def __init__(self, directory, size):
        self.mount = directory
        self.image = directory.with_suffix(".img")
        self.mount.mkdir()
        with self.image.open("wb") as file:
            file.truncate(size)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", self.image], check=True)
        self.up()

    def up(self):
        subprocess.run(["mount", "-o", "loop", self.image, self.mount], check=True)

    def cut(self):
        """What was not flushed is gone, as when the plug is pulled."""
        assert os.path.ismount(self.mount), "never anybody else's file system"
        fd = os.open(self.mount, os.O_RDONLY)
        fcntl.ioctl(fd, EXT4_SHUTDOWN, struct.pack("I", WITHOUT_LOG_FLUSH))
        os.close(fd)

    def down(self):
        def gone():
            subprocess.run(["umount", self.mount], capture_output=True, check=False)
            return not os.path.ismount(self.mount)
        wait_until(gone, what=f"{self.mount} is unmounted")

    def remove(self):
        if os.path.ismount(self.mount):
            self.down()
        self.image.unlink(missing_ok=True)
