// SPDX-License-Identifier: Apache-2.0
// The console: the node's people in a browser. One thread, one loop: browsers, answers of the node, who asks
// how it is, signals.
#pragma once
#include "common/base/util.h"

typedef struct console console_t;

// Of the node in the current directory. 0, or -1 with why.
int console_open(console_t **ret_console, why_t *why);
void console_close(console_t **console);
const char *console_url(const console_t *console);
// Until SIGTERM or SIGINT. 0; -1 with why: it must not go on.
int console_run(console_t *console, why_t *why);
