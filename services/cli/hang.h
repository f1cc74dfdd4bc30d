// SPDX-License-Identifier: Apache-2.0
// Does a program still turn? Decided from looks at it, one after the other; no clock and no process of its
// own.
//
//   silent: neither a turn nor, inside a declared job, a use of processor or disk, for so long as we looked
//
// Only time in which the watcher itself looked counts: after a frozen machine has come back, nobody hangs.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/base/pulse.h"

enum {
    HANG_LOOKS = 8,      // looks within the time after which a silent program hangs
    HANG_WORK_TIMES = 30 // a job inside one turn may take so many times as long
};

typedef struct hang_look {
    uint32_t turns;
    pulse_phase_t phase;
    char state;         // of the process, as /proc has it; '?': not known
    uint64_t cpu_ticks; // that it has used
} hang_look_t;

typedef struct hang {
    bool looked;
    uint64_t looked_ms, silent_ms, work_ms; // the last: how long the turn that is a job has taken
    hang_look_t last;
} hang_t;

typedef enum hang_verdict {
    HANG_ALIVE,
    HANG_SILENT,  // no turn for limit_ms
    HANG_STOPPED, // the same, and a signal has stopped it
    HANG_ENDLESS, // a job inside one turn for HANG_WORK_TIMES as long
} hang_verdict_t;

// What /proc says of a process, and its page.
hang_look_t hang_look_at(pid_t pid, const pulse_page_t *page);

// Takes one look into account. Looks come every limit_ms / HANG_LOOKS.
hang_verdict_t hang_judge(hang_t *self, const hang_look_t *look, uint64_t now_ms, uint64_t limit_ms);

// Why it is taken for hung, for people. Valid until the next call.
const char *hang_why(hang_verdict_t verdict, uint64_t limit_ms);
