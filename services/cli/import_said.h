// SPDX-License-Identifier: Apache-2.0
// What an import has to say of rows: reasons and warnings, as sentences on stderr and as JSON, both bounded.
#pragma once
#include "common/forms/reading.h"
#include "common/forms/rejects.h"
#include "services/cli/tally.h"

enum { SAID_ROWS_MAX = 10, SAID_JSON_MAX = 1000 };

typedef struct said {
    const sheet_t *sheet;
    bool json;
    json_t *rejects, *warnings, *changes, *missing; // arrays
    uint64_t n_rejects, n_warnings, n_changes, n_missing;
} said_t;

void said_begin(said_t *said, const sheet_t *sheet, bool json);
void said_end(said_t *said);

// Reasons as {"field","code","text"}; the caller owns the array.
json_t *said_reasons(const sheet_t *sheet, const fault_t *faults, size_t n);
// Their sentences in one text; the caller frees it.
char *said_text(const json_t *reasons);

// A rejected row; takes the reasons. `all`: say it on stderr however many there are, for it stands nowhere
// else.
void said_reject(said_t *said, size_t row, json_t *reasons, bool all);
void said_warnings(said_t *said, size_t row, const fault_t *warnings, size_t n);
// A row that would change something.
void said_change(said_t *said, size_t row, const Selenga__Outcome *outcome);
// Somebody who is here and not in the file.
void said_missing(said_t *said, const char *ref);
// After the last row: how many more there were.
void said_rest(const said_t *said);
