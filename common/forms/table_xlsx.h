// SPDX-License-Identifier: Apache-2.0
// A table as a workbook: its rows, with a frozen head, widths and number formats that show in the reader's
// locale, and a page that says what each column means. Text is text, whatever it begins with; days and
// numbers are such.
#pragma once
#include "common/forms/table.h"

typedef struct table_xlsx table_xlsx_t;

// Hands rows to table_xlsx_row() until there are none. 0, or anything else to break off.
typedef int table_rows_t(table_xlsx_t *book, void *context);

// One row in memory at a time. NULL, or what went wrong as a sentence of a library's or of the system's; then
// `file` is as it was. *ret_rows is what `rows` returned; anything but 0 leaves `file` as it was too.
const char *table_xlsx_write(const table_t *table, const char *file, lang_t lang, table_rows_t *rows,
                             void *context, int *ret_rows);
void table_xlsx_row(table_xlsx_t *self, const table_row_t *row);
