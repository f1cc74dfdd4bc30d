// SPDX-License-Identifier: Apache-2.0
// An import under way: a sheet's rows go to their service in messages of a good size, one at a time, and each
// comes back with what became of it, in the order of the file. It waits for nobody: it goes on from
// client_turn. A dry one writes a plan; one that is given a plan does what that says and nothing else: a
// record that is not any more as the plan has it is refused, and what the plan leaves as it is, is not sent.
#pragma once
#include "common/forms/reading.h"
#include "common/node/sending.h"

typedef struct importing importing_t;

// What became of a row. Valid during the call.
typedef struct importing_row {
    size_t number, n; // as table programs number rows; cells
    const char *const *cells;
    uint32_t result;                  // RESULT_NEW ... RESULT_REJECTED (common/node/sending.h)
    const fault_t *faults, *warnings; // why it is refused; what makes little sense though it is not
    size_t n_faults, n_warnings;
    const char *reason;              // refused by the plan: why, as it was said then; else NULL
    const Selenga__Outcome *outcome; // NULL: it was not sent
} importing_row_t;

typedef struct importing_setup {
    client_t *client;
    const char *account; // in whose name (client_request_t); NULL: nobody's
    reading_t *reading;
    lang_t lang; // of reasons in the plan
    bool dry, strict;
    const uint8_t *run; // that messages bear (journal_run); NULL: none
    FILE *plan;         // NULL: none. Dry: it is written; else it is read and done
    void (*row)(void *context, const importing_row_t *row);
    void (*turn)(void *context);                     // after each message; NULL: not needed
    void (*missing)(void *context, const char *ref); // who is here and not in the file; NULL: nobody asks
    // All of it is over, or it broke off: `why` of the node, or `fault` of the file; then CLIENT_REFUSED or
    // CLIENT_LATER. Running an import again is safe.
    void (*done)(void *context, client_status_t status, const client_why_t *why, const fault_t *fault);
    void *context;
} importing_setup_t;

// All that the setup points to must outlive it. Whatever happens, `done` is called once, from client_turn.
// NULL with *ret_why: too much is under way.
importing_t *importing_start(const importing_setup_t *setup, client_why_t *ret_why);
// What is under way is abandoned. Not from within a call.
void importing_destroy(importing_t **self);

// All reasons of a refused row as sentences in the words of the sheet; the caller frees them.
char *importing_reasons(const sheet_t *sheet, const importing_row_t *row, lang_t lang);
