// SPDX-License-Identifier: Apache-2.0
// node.conf and the settings in it. What is accepted is written as a node would, and accepted again.
#include "common/node.h"
#include "services/gate/settings.h"
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

static char dir[] = "/tmp/selenga-fuzz-XXXXXX";

static void remove_dir(void)
{
    if (chdir(dir) != 0) return;
    unlink("node.conf");
    if (chdir("/") == 0) rmdir(dir);
}

static void make_dir(void)
{
    static bool made;
    if (made) return;
    made = mkdtemp(dir) != NULL;
    assert(made);
    atexit(remove_dir);
}

static void write_conf(slice_t in)
{
    char path[sizeof dir + 16];
    snprintf(path, sizeof path, "%s/node.conf", dir);
    FILE *file = fopen(path, "w");
    assert(file != NULL);
    if (in.size > 0) fwrite(in.data, 1, in.size, file);
    fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(node_conf_clear) node_conf_t conf = {0};
    AUTO(node_conf_clear) node_conf_t again = {0};
    gate_settings_t settings;
    why_t why;
    make_dir();
    write_conf(slice(data, size));
    if (node_conf_load(dir, &conf, &why) != 0) return 0;
    bool good = node_settings(&conf, &GATE_SETTINGS, &settings, sizeof settings, &why) == 0;
    assert(node_conf_save(dir, &conf, &why) == 0);
    assert(node_conf_load(dir, &again, &why) == 0);
    assert(path_equal(&conf.path, &again.path) && strcmp(conf.org, again.org) == 0);
    assert(conf.rank == again.rank && conf.parent.known == again.parent.known);
    assert(good == (node_settings(&again, &GATE_SETTINGS, &settings, sizeof settings, &why) == 0));
    return 0;
}
