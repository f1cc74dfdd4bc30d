// SPDX-License-Identifier: Apache-2.0
// The command line as a process of its own: started, not waited for, what it said is read at its end.
#pragma once
#include "common/base/i18n.h"
#include "common/base/util.h"
#include <sys/types.h>

enum { COMMAND_SAID = 8192 }; // bytes of what it says that are read

typedef struct command {
    pid_t pid; // 0: none runs
    int out, err;
} command_t;

// argv ends with NULL; input is its standard input. It speaks `lang`, and dies with us. 0 or -errno.
int command_start(command_t *self, const char *program, char *const argv[], const char *input, lang_t lang);
// True: it has ended with *ret_status (128 + N for signal N), and *ret_out and *ret_err are its two texts,
// for the caller to free.
bool command_ended(command_t *self, int *ret_status, char **ret_out, char **ret_err);
// Ends it, where one runs.
void command_stop(command_t *self);
