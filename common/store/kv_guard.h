// SPDX-License-Identifier: Apache-2.0
// What becomes of a process whose mapped store is damaged: LMDB trusts its pages, so that reading past the
// end of a cut file is SIGBUS, and noise leads it astray.
//
// While a store is opened a fault is an error of that opening. Later there is nowhere to go back to: the
// process says STORE-DAMAGED in one line of its log and ends with KV_GUARD_EXIT; so it does where LMDB spoilt
// the heap while it was opened. A fault outside the map, or an abort, is told too, and kills as it always
// does. For the thread that opens stores; at most one store a process.
#pragma once
#include <stddef.h>

enum { KV_GUARD_EXIT = 78 }; // nothing becomes better by starting again at once

// For a program's main, before it opens its store. `place` names the store for people. Prepares the line, in
// the reader's language, and the handlers. Once. Whoever had the signals (a sanitizer) gets those of a fault
// outside the map.
void kv_guard_install(const char *program, const char *place);

// Runs fn: what it returns, or -EUCLEAN where it faulted; then what it had in hand is lost.
int kv_guard_run(int (*fn)(void *arg), void *arg);

// Where the open store's map lies now; NULL: none.
void kv_guard_map(const void *map, size_t size);

// The engine found that it cannot go on. Does not return.
void kv_guard_fail(void) __attribute__((noreturn));
