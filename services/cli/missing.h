// SPDX-License-Identifier: Apache-2.0
// Who is here and not in the file: of each organisation that the file has rows of. Nothing is done about it;
// the reader is told.
#pragma once
#include "common/forms/sheet.h"
#include "services/cli/ask.h"

typedef struct missing missing_t;

// NULL: the keys of this sheet name no organisation, so that a file is not all there is of one.
missing_t *missing_new(const sheet_t *sheet);
void missing_destroy(missing_t **self);

// The file has a row with this key (sheet_result_t).
void missing_note(missing_t *self, slice_t key);

// Asks the node, and calls for each that the file lacks; whose record has ended by today is not among them.
// CLI_DONE, or why the node could not be asked (already said).
typedef void missing_found_t(void *context, const char *ref);
int missing_find(missing_t *self, ask_t *ask, missing_found_t *found, void *context);
