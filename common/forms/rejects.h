// SPDX-License-Identifier: Apache-2.0
// The rows of a sheet that were not taken, as a file that a table program opens right and that can be
// imported again once it is put right: the row as it was, then its line and the reasons, which an import
// passes over.
#pragma once
#include "common/forms/csv.h"
#include <stdbool.h>

typedef struct rejects rejects_t;

typedef struct rejects_form {
    const csv_row_t *header;
    const bool *own; // cells of the header that an earlier file of rejected rows has added; NULL: none
    char separator;
    const char *line, *reason; // headings of the two columns
} rejects_form_t;

// For a sheet from `source` ("-": stdin, then the file is SHEET.rejected.csv here). Nothing is created yet.
// The form is copied.
rejects_t *rejects_new(const char *source, const char *sheet, const rejects_form_t *form);
// Without rejects_finish, what was written stays as an unnamed draft and is removed.
void rejects_destroy(rejects_t **self);

// Adds a row. Rows come in the order of lines. False: it cannot be written, now or any more.
bool rejects_add(rejects_t *self, size_t line, const char *reason, const char *const *cells, size_t n);

// Puts the file in its place, or removes that of an earlier import when no row was added. Returns 0, or
// negative errno: -EBUSY when another import is writing it.
int rejects_finish(rejects_t *self);

// Where the file is.
const char *rejects_path(const rejects_t *self);
