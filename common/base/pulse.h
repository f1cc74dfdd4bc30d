// SPDX-License-Identifier: Apache-2.0
// A program says that its loop turns: to the supervisor that started it, in a page of memory that both see.
// Saying so costs one addition and wakes nobody. Who was not started by a supervisor says it to himself.
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { PULSE_FD = 3 }; // where a started program finds the page

// What a program is at. While it turns, only turns are a sign of life: a loop that uses the processor and
// never comes round is a hang. A long job inside one turn is alive as long as it uses processor or disk.
typedef enum pulse_phase {
    PULSE_BEGINS, // it opens its store, builds indexes: no turn is due yet, however long it takes
    PULSE_TURNS,
    PULSE_WORKS, // at a job that may take longer than a turn should; bounded by whoever watches
} pulse_phase_t;

typedef struct pulse_page {
    _Atomic uint32_t turns;  // and steps of a long job
    _Atomic uint32_t phase;  // pulse_phase_t
    _Atomic uint32_t starts; // by its supervisor, this one too; 0: nobody counts
} pulse_page_t;

// The watcher's side: a page for one program, and its descriptor, to be PULSE_FD there. 0 or -errno.
int pulse_make(pulse_page_t **ret_page, int *ret_fd);
void pulse_unmap(pulse_page_t **page);

// The program's side. pulse_open: once, before anything that takes long. Any other thread may tell, too.
void pulse_open(void);
void pulse_turn(void); // the loop has come round, or a bounded part of its work is done
void pulse_phase(pulse_phase_t phase);
// How often it was started again. False: nobody counts.
bool pulse_restarts(uint32_t *ret);
