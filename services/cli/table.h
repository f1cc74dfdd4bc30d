// SPDX-License-Identifier: Apache-2.0
// A table of text aligned by what a terminal shows, not by bytes: a Cyrillic letter is one cell, an ideograph
// two.
#pragma once
#include <stddef.h>
#include <stdio.h>

typedef struct table table_t;

enum { TABLE_MAX_COLUMNS = 32 };

// A table without columns. Never fails. The caller destroys it.
table_t *table_new(void);
void table_destroy(table_t **self);

// Adds a column; the text is copied. All columns come before the first cell.
void table_column(table_t *self, const char *title);
// The same, its cells set to the right: numbers.
void table_column_right(table_t *self, const char *title);

// Adds the next cell, row by row; text is copied, NULL shows as "-". Control characters show as '?': what
// others wrote must not drive the reader's terminal.
void table_cell(table_t *self, const char *text);
void table_cellf(table_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Prints the rows held and forgets them; the heading only the first time. Columns never get narrower, so a
// long list may be printed in parts. No blanks at line ends. With no row at all it prints nothing.
void table_print(table_t *self, FILE *out);

size_t table_rows(const table_t *self);

// Cells that a terminal needs for UTF-8 `text`; bytes that are not UTF-8 count one each.
size_t text_width(const char *text);
