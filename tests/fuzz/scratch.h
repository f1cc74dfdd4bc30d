// SPDX-License-Identifier: Apache-2.0
// A folder for a target whose function reads or writes node.conf; gone when the program ends.
#pragma once
#include "tests/fuzz/fuzz.h"
#include <stdlib.h>
#include <unistd.h>

// Linked in place of fsync: power is not what is tried here.
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    (void)fd;
    return 0;
}

static char scratch[] = "/tmp/selenga-fuzz-XXXXXX";

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
    made = mkdtemp(scratch) != NULL;
    assert(made);
    atexit(scratch_remove);
    return scratch;
}
