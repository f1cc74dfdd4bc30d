// SPDX-License-Identifier: Apache-2.0
// Runs a whole node in the foreground: the gate, the services and the console, each its own process.
#pragma once
#include <stdint.h>

#include "common/base/settings.h"
#include "common/node/node.h"

typedef struct supervisor_settings {
    int64_t hang_ms; // a program that has not turned for so long is killed and started again
} supervisor_settings_t;

extern const settings_table_t SUPERVISOR_SETTINGS;

// Runs the node in `dir` until SIGTERM or SIGINT, then stops it in order: services first, the gate last. A
// program that dies or hangs is started again. Prints "ready" on stdout once, when all programs have answered
// through the gate. Returns what the shell sees: 0 after an ordered stop, 1 when it could not begin (no node,
// already running, programs missing).
int supervisor_run(const char *dir, const node_conf_t *conf, const supervisor_settings_t *settings);

// Holds the node in `dir` for as long as the descriptor is open, so that it does not run meanwhile. Returns
// CLI_DONE, or why not (already said): it runs.
int supervisor_lock(const char *dir, int *ret_lock);
