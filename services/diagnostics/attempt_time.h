// SPDX-License-Identifier: Apache-2.0
// How long an attempt has taken. The computer's monotonic clock decides, which runs from its start and is not
// set by anybody: the same while programs are killed and started again. After a restart of the computer the
// attempt goes on from its last write; what passed between that and the next request is not counted. Nor is
// the time that a computer sleeps. The time of day decides nothing.
#pragma once
#include <stdbool.h>

#include "proto/diagnostics.pb-c.h"

enum { ATTEMPT_BOOT = 64 };

// Now: which start of the computer it is, and seconds since then.
typedef struct attempt_now {
    const char *boot;
    int64_t s;
} attempt_now_t;

// Which start of the computer this is; where the system does not say, which start of the program.
void attempt_boot(char ret[static ATTEMPT_BOOT]);

int64_t attempt_used_s(const Selenga__Attempt *attempt, attempt_now_t now);
// Seconds left, 0 when it is over; -1: without limit.
int64_t attempt_left_s(const Selenga__Attempt *attempt, attempt_now_t now);
// Before it is written: what has passed is used, and counts from now on. `now.boot` must outlive the message.
void attempt_tick(Selenga__Attempt *attempt, attempt_now_t now);
