// SPDX-License-Identifier: Apache-2.0
// node.conf and the settings in it. What is accepted is written as a node would, and accepted again.
#include "common/node/console.h"
#include "services/gate/settings.h"
#include "services/registry/pseudonym.h"
#include "services/reporting/reporting.h"
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

// As each program reads its own section.
static bool settings_fit(const node_conf_t *conf)
{
    enum { ROOM = 1024 };
    const settings_table_t *const tables[] = {&GATE_SETTINGS, REPORTING.settings, &PSEUDONYM_SETTINGS,
                                              &CONSOLE_SETTINGS};
    uint8_t values[ROOM];
    bool good = true;
    why_t why;
    for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
        good &= node_settings(conf, tables[i], values, sizeof values, &why) == 0;
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(node_conf_clear) node_conf_t conf = {0};
    AUTO(node_conf_clear) node_conf_t again = {0};
    why_t why;
    const char *dir = scratch_dir();
    write_conf(slice(data, size));
    if (node_conf_load(dir, &conf, &why) != 0) return 0;
    bool good = settings_fit(&conf);
    assert(node_conf_save(dir, &conf, &why) == 0);
    assert(node_conf_load(dir, &again, &why) == 0);
    assert(path_equal(&conf.path, &again.path) && strcmp(conf.org, again.org) == 0);
    assert(conf.rank == again.rank && conf.parent.known == again.parent.known);
    assert(good == settings_fit(&again));
    return 0;
}
