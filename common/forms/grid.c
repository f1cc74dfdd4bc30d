// SPDX-License-Identifier: Apache-2.0
// Cells are kept in one growing array, row after row; widths are measured when they are shown.
#include "common/forms/grid.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "common/base/util.h"
#include "common/base/vec.h"

enum { GAP = 2 };         // blanks between columns
enum { LEAST_WIDTH = 8 }; // of a column that is cut

struct grid {
    size_t n_columns;
    struct {
        char *title;
        size_t width; // as text, so far
        bool right;
    } columns[GRID_COLUMNS];
    char **cells;
    size_t n_cells, room;
    bool headed;     // the text has its heading
    size_t fit;      // cells of a line; 0: any number
    size_t n_fitted; // columns shown, once it is headed
};

// Decodes one character at `text` into its width. Returns its bytes, at least 1 before the end.
static size_t measure(const char *text, size_t *ret_width, bool *ret_plain)
{
    mbstate_t state = {0};
    wchar_t wide;
    size_t n = mbrtowc(&wide, text, strlen(text), &state);
    bool valid = n != 0 && n != (size_t)-1 && n != (size_t)-2;
    int width = valid ? wcwidth(wide) : -1;
    *ret_plain = width >= 0;
    *ret_width = width < 0 ? 1 : (size_t)width;
    return valid ? n : 1;
}

size_t text_width(const char *text)
{
    size_t total = 0;
    while (*text) {
        size_t width;
        bool plain;
        text += measure(text, &width, &plain);
        total += width;
    }
    return total;
}

char *text_obedient(const char *text)
{
    char *copy = xmalloc(strlen(text) + 1), *out = copy;
    while (*text) {
        size_t width;
        bool plain;
        size_t n = measure(text, &width, &plain);
        if (plain)
            out = mempcpy(out, text, n);
        else
            *out++ = '?';
        text += n;
    }
    *out = '\0';
    return copy;
}

grid_t *grid_new(void)
{
    return xcalloc(1, sizeof(grid_t));
}

void grid_forget(grid_t *self)
{
    for (size_t i = 0; i < self->n_cells; i++) free(self->cells[i]);
    self->n_cells = 0;
}

void grid_destroy(grid_t **self_p)
{
    grid_t *self = *self_p;
    if (!self) return;
    grid_forget(self);
    free(self->cells);
    for (size_t i = 0; i < self->n_columns; i++) free(self->columns[i].title);
    free(self);
    *self_p = NULL;
}

static void add_column(grid_t *self, const char *title, bool right)
{
    assert(self->n_columns < GRID_COLUMNS && self->n_cells == 0);
    self->columns[self->n_columns].title = xstrdup(title);
    self->columns[self->n_columns++].right = right;
}

void grid_column(grid_t *self, const char *title)
{
    add_column(self, title, false);
}

void grid_column_right(grid_t *self, const char *title)
{
    add_column(self, title, true);
}

void grid_cell(grid_t *self, const char *text)
{
    assert(self->n_columns > 0);
    *vec_add(self->cells, self->n_cells, self->room) = text && *text ? xstrdup(text) : NULL;
}

void grid_cellf(grid_t *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0) abort();
    grid_cell(self, text);
    free(text);
}

// --- reading

size_t grid_columns(const grid_t *self)
{
    return self->n_columns;
}

const char *grid_title(const grid_t *self, size_t column)
{
    assert(column < self->n_columns);
    return self->columns[column].title;
}

bool grid_is_right(const grid_t *self, size_t column)
{
    assert(column < self->n_columns);
    return self->columns[column].right;
}

size_t grid_rows(const grid_t *self)
{
    return self->n_columns ? self->n_cells / self->n_columns : 0;
}

const char *grid_at(const grid_t *self, size_t row, size_t column)
{
    assert(column < self->n_columns && row < grid_rows(self));
    return self->cells[row * self->n_columns + column];
}

// --- as text

// What stands there as text; the caller frees it.
static char *shown(const char *cell)
{
    return text_obedient(cell ? cell : "-");
}

static void widen(grid_t *self, size_t column, const char *text)
{
    size_t width = text_width(text);
    if (width > self->columns[column].width) self->columns[column].width = width;
}

static void measure_all(grid_t *self)
{
    for (size_t i = 0; i < self->n_columns; i++) widen(self, i, self->columns[i].title);
    for (size_t i = 0; i < self->n_cells; i++) {
        AUTO(xfree) char *text = shown(self->cells[i]);
        widen(self, i % self->n_columns, text);
    }
}

static void pad(FILE *out, size_t n)
{
    while (n-- > 0) fputc(' ', out);
}

// Cuts the text, in place, to `width` cells with "…" as the last.
static char *cut(char *text, size_t width)
{
    static const char MORE[] = "…";
    size_t length = strlen(text), at = 0, used = 0, cells;
    bool plain;
    if (text_width(text) <= width) return text;
    while (at < length) {
        size_t n = measure(text + at, &cells, &plain);
        if (used + cells + 1 > width) break;
        used += cells;
        at += n;
    }
    text = xrealloc(text, at + sizeof MORE);
    memcpy(text + at, MORE, sizeof MORE);
    return text;
}

static void print_cell(const grid_t *self, FILE *out, size_t column, const char *cell)
{
    if (column >= self->n_fitted) return;
    char *text = shown(cell);
    if (self->fit > 0) text = cut(text, self->columns[column].width);
    size_t blank = self->columns[column].width - text_width(text);
    bool last = column + 1 == self->n_fitted;
    if (self->columns[column].right) pad(out, blank);
    fputs(text, out);
    if (!self->columns[column].right && !last) pad(out, blank);
    if (last)
        fputc('\n', out);
    else
        pad(out, GAP);
    free(text);
}

static size_t line_width(const grid_t *self, size_t n)
{
    size_t total = n > 0 ? (n - 1) * GAP : 0;
    for (size_t i = 0; i < n; i++) total += self->columns[i].width;
    return total;
}

// Takes one cell after another from the widest column, then leaves out columns from the end.
static void fit(grid_t *self)
{
    size_t n = self->n_columns;
    while (line_width(self, n) > self->fit) {
        size_t widest = 0;
        for (size_t i = 1; i < n; i++)
            if (self->columns[i].width > self->columns[widest].width) widest = i;
        if (self->columns[widest].width > LEAST_WIDTH)
            self->columns[widest].width--;
        else if (n > 1)
            n--;
        else
            break;
    }
    self->n_fitted = n;
}

void grid_fit(grid_t *self, size_t cells)
{
    self->fit = cells;
}

size_t grid_fitted(const grid_t *self)
{
    return self->headed ? self->n_fitted : self->n_columns;
}

void grid_print(grid_t *self, FILE *out)
{
    assert(self->n_columns > 0 && self->n_cells % self->n_columns == 0);
    bool first = !self->headed && self->n_cells > 0;
    if (first) self->n_fitted = self->n_columns;
    if (first || self->fit == 0) measure_all(self);
    if (first && self->fit > 0) fit(self);
    if (first)
        for (size_t i = 0; i < self->n_columns; i++) print_cell(self, out, i, self->columns[i].title);
    self->headed = self->headed || self->n_cells > 0;
    for (size_t i = 0; i < self->n_cells; i++) print_cell(self, out, i % self->n_columns, self->cells[i]);
    grid_forget(self);
}
