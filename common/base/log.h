// SPDX-License-Identifier: Apache-2.0
// The log: one line per event on stderr, for the operator.
//
//   2026-09-01T08:00:00Z selenga-gate info GATE-READY: listening on tcp://0.0.0.0:5555
//
// The id is stable and is what scripts and documents refer to; the sentence is translated. common/ itself
// never logs: whoever decides what an error means, logs it once. For one thread of the process, the main one.
#pragma once
#include "common/base/i18n.h"
#include <stdint.h>

typedef enum log_level {
    L_ERROR,   // somebody has to act
    L_WARNING, // something was refused or is going wrong
    L_INFO,    // state of the program and of its neighbours
    L_DEBUG,   // for developers; silent unless log_init found SELENGA_LOG=debug
} log_level_t;

// Names the program in every line. The text must live as long as the process.
void log_init(const char *program);

// Writes one line. Control characters in it are shown as '?', so that no peer can forge a line; cut at 1 KiB.
void log_at(log_level_t level, const char *id, const char *format, ...) __attribute__((format(printf, 3, 4)));

// The same for what a peer can cause at will: written once per id and key, then at most every ten minutes,
// with the number of those left out. `key` says who (a label, a hash of a key). Memory is bounded; the least
// recent pair is forgotten.
void log_once(log_level_t level, const char *id, uint64_t key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// For tests: lines go to this descriptor; -1 back to stderr.
void log_to(int fd);
