// SPDX-License-Identifier: Apache-2.0
// node.conf and the settings in it. What is accepted is written as a node would, and accepted again.
#include "common/node.h"
#include "services/gate/settings.h"
#include "tests/fuzz/scratch.h"

static void write_conf(slice_t in)
{
    char path[sizeof scratch + 16];
    snprintf(path, sizeof path, "%s/node.conf", scratch_dir());
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
    const char *dir = scratch_dir();
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
