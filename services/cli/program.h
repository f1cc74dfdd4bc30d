// SPDX-License-Identifier: Apache-2.0
// One program under the supervisor: starting it, its output, its end.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/base/pulse.h"
#include "services/cli/hang.h"
#include "services/cli/logfile.h"

enum {
    PROGRAM_BACKOFF_MIN_MS = 500,
    PROGRAM_BACKOFF_MAX_MS = 30000,
    PROGRAM_STEADY_MS = 10000,
    PROGRAM_HUNG_STEADY_MS = 600000, // of a run that ended by a hang: every one takes a while
    PROGRAM_REFUSED_MS = 30000
};
enum { PROGRAM_SOCKET_FD = PULSE_FD + 1 }; // where the console finds a socket that listens already
// Of all programs of a node together: so many restarts at one time, then one in each while.
enum { RESTARTS_AT_ONCE = 10, RESTART_EVERY_MS = 3000 };
enum {
    PROGRAM_REFUSED = 78
}; // its status when starting it again at once is of no use, as with a damaged store

typedef struct program {
    const char *name; // "selenga-registry"
    uint32_t service; // number in envelopes
    pid_t pid;        // 0: not running
    int output;       // read end of its stdout and stderr; -1: none
    logfile_t *log;
    uint64_t started_ms;
    uint64_t start_at_ms; // when to start it again, while it is not running
    unsigned quick_ends;  // ends in a row, each within PROGRAM_STEADY_MS of the start, or by a hang
    bool well;            // has answered since its last start
    pulse_page_t *pulse;  // NULL: it is not watched
    int pulse_fd;
    int socket_fd; // handed to it as PROGRAM_SOCKET_FD; 0: none
    hang_t hang;
    bool hung;       // was found to hang, and killed; its end is awaited
    bool in_trouble; // run/NAME.trouble says why it does not work, or did not until its last end
} program_t;

// Starts BIN_DIR/NAME with argument NODE_DIR. It dies with us whatever kills us, and finds its pulse as
// PULSE_FD. Returns 0, or negative errno; a program that cannot be executed ends with status 127 and says why
// in its log.
int program_start(program_t *self, const char *bin_dir, const char *node_dir, uint64_t now_ms);

// Moves what it said into its log, without waiting. False at the end of its output, which is then closed.
bool program_drain(program_t *self);

// It ended with `status` (of waitpid): forgets the process and decides when to start again: at once the first
// time, then PROGRAM_BACKOFF_MIN_MS, doubling up to PROGRAM_BACKOFF_MAX_MS until a run lasts
// PROGRAM_STEADY_MS (PROGRAM_HUNG_STEADY_MS if it hung in the end).
void program_ended(program_t *self, uint64_t now_ms);
// Did it end with PROGRAM_REFUSED? Then it is started again after PROGRAM_REFUSED_MS.
bool program_refused(program_t *self, int status, uint64_t now_ms);

// The ceiling. *self begins as 0. Returns when a restart that is due at due_ms may be.
uint64_t restarts_grant(uint64_t *self, uint64_t due_ms);

// How it ended, for people: "status 1", "signal 9 (Killed)". Valid until the next call.
const char *program_end_text(int status);
