// SPDX-License-Identifier: Apache-2.0
// The rows of a sheet that were not taken, as a file that can be put right: line, reason, and the row as it
// was.
#pragma once
#include "common/forms/csv.h"

typedef struct rejects rejects_t;

// For a sheet from `source` ("-": stdin, then the file is SHEET.rejected.csv here). Nothing is created yet.
// The header's cells are copied.
rejects_t *rejects_new(const char *source, const char *sheet, const csv_row_t *header, char separator);
// Without rejects_finish, what was written stays as an unnamed draft and is removed.
void rejects_destroy(rejects_t **self);

// Adds a row. Rows come in the order of lines.
void rejects_add(rejects_t *self, size_t line, const char *reason, const char *const *cells, size_t n);

// Puts the file in its place, or removes that of an earlier import when no row was added. Returns 0, or
// negative errno.
int rejects_finish(rejects_t *self);

// Where the file is.
const char *rejects_path(const rejects_t *self);
