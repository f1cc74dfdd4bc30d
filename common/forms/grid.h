// SPDX-License-Identifier: Apache-2.0
// Grids: titles and cells as they are, row after row, for whoever shows them (a terminal, a
// page), and plain text from them. A table holds what was added until it is shown or forgotten: whoever fills
// it from a long list does so in parts.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct grid grid_t;

enum { GRID_COLUMNS = 136 };

// A table without columns. Never fails. The caller destroys it.
grid_t *grid_new(void);
void grid_destroy(grid_t **self);

// Adds a column; the text is copied. All columns come before the first cell.
void grid_column(grid_t *self, const char *title);
// The same, its cells set to the right: numbers.
void grid_column_right(grid_t *self, const char *title);

// Adds the next cell, row by row; text is copied. NULL and "": there is nothing.
void grid_cell(grid_t *self, const char *text);
void grid_cellf(grid_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

// What it holds. Cells of which there is nothing are NULL; the last row may be incomplete while it is filled.
// Row and column must be there.
size_t grid_columns(const grid_t *self);
const char *grid_title(const grid_t *self, size_t column);
bool grid_is_right(const grid_t *self, size_t column);
size_t grid_rows(const grid_t *self);
const char *grid_at(const grid_t *self, size_t row, size_t column);
// Forgets the rows, keeps the columns.
void grid_forget(grid_t *self);

// Writes the rows held as text and forgets them; the heading only the first time. Columns never get narrower,
// so a long list may be written in parts. No blanks at line ends; nothing shows as "-". With no row at all it
// writes nothing. Control characters show as '?': what others wrote must not drive the reader's terminal. The
// width of characters is that of LC_CTYPE (i18n_init).
void grid_print(grid_t *self, FILE *out);

// From now on no line is wider than `cells` of a terminal: long cells end in "…", and columns at the end for
// which there is no room even so are left out. What the first rows printed need decides for all that follow.
// 0: nothing is cut.
void grid_fit(grid_t *self, size_t cells);
// How many of its columns were printed.
size_t grid_fitted(const grid_t *self);

// A copy in which every character that a terminal might obey, or that is not UTF-8, is '?'; the caller frees
// it.
char *text_obedient(const char *text);
// Cells that a terminal needs for UTF-8 `text`; bytes that are not UTF-8 count one each.
size_t text_width(const char *text);
