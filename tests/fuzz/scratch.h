// SPDX-License-Identifier: Apache-2.0
// A folder for a target whose function reads or writes node.conf; gone when the program ends.
#pragma once
#include "tests/fuzz/fuzz.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// Linked in place of fsync: power is not what is tried here.
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    (void)fd;
    return 0;
}

static char scratch[64];

static void scratch_remove(void)
{
    if (chdir(scratch) != 0) return;
    unlink("node.conf");
    if (chdir("/") == 0) rmdir(scratch);
}

// The folder's path.
static inline const char *scratch_dir(void)
{
    static bool made;
    if (made) return scratch;
    bool in_memory = access("/dev/shm", W_OK) == 0; // a disk would have the target wait for most of its time
    snprintf(scratch, sizeof scratch, "%s/selenga-fuzz-XXXXXX", in_memory ? "/dev/shm" : "/tmp");
    made = mkdtemp(scratch) != NULL;
    assert(made);
    atexit(scratch_remove);
    return scratch;
}
