// SPDX-License-Identifier: Apache-2.0
// Section `console` of node.conf: the program that shows the node to people in a browser. Whoever starts the
// node's programs, and whoever looks at them, must know whether there is one.
#pragma once
#include "common/node/node.h"

#define CONSOLE_LISTEN "127.0.0.1:7780"

typedef struct console_settings {
    char listen[NODE_ENDPOINT_MAX + 1]; // HOST:PORT; empty: the node has no console
    int64_t idle_s, request_s;          // how long a browser's connection is waited for
} console_settings_t;

extern const settings_table_t CONSOLE_SETTINGS;

// Is the program with this number one of those that this node runs? All are, but for a console that it has
// not. A section that cannot be read counts as one: the console itself says what is wrong.
bool node_runs(const node_conf_t *conf, uint32_t program);
