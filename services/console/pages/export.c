// SPDX-License-Identifier: Apache-2.0
// A list as a CSV file that table programs open: what its address asks for, with the columns that are seen. A
// cell that such a program would compute has an apostrophe in front.
#include "common/forms/csv.h"
#include "services/console/listing.h"
#include "services/console/pages.h"
#include <stdio.h>
#include <stdlib.h>

static const char MARK[] = "\xef\xbb\xbf"; // by which table programs know UTF-8

// Where the comma stands in numbers, cells are parted by semicolons.
static char separator(lang_t lang)
{
    return lang == LANG_RU ? ';' : ',';
}

static void write_heads(FILE *out, const listing_t *list, lang_t lang)
{
    const char *cells[TABLE_COLUMNS_MAX];
    for (size_t i = 0; i < list->table.n_shown; i++)
        cells[i] = table_heading(&list->table, list->table.shown[i], (view_t){VIEW_WORDS, lang});
    csv_write_plain(out, separator(lang), cells, list->table.n_shown);
}

static void write_row(FILE *out, const listing_t *list, const listing_row_t *row, lang_t lang)
{
    const char *cells[TABLE_COLUMNS_MAX];
    table_row_t opened;
    if (!listing_open(list, row, &opened)) return;
    AUTO(xfree) char *texts = xmalloc(list->table.n_shown * VIEW_TEXT + 1);
    for (size_t i = 0; i < list->table.n_shown; i++)
        cells[i] = table_cell(&list->table, list->table.shown[i], &opened, (view_t){VIEW_WORDS, lang},
                              texts + i * VIEW_TEXT);
    csv_write_plain(out, separator(lang), cells, list->table.n_shown);
}

static void write_file(page_t *page, const listing_t *list)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL) out_of_memory();
    fputs(MARK, out);
    write_heads(out, list, page->lang);
    for (size_t i = 0; i < list->n; i++) write_row(out, list, &list->rows[i], page->lang);
    fclose(out);
    html_literal(&page->body, bytes, size);
    free(bytes);
    page->type = "text/csv; charset=utf-8";
}

void page_export(page_t *page)
{
    AUTO(listing_free) listing_t list = {0};
    if (listing_begin(page, &list) && listing_read_all(page, &list, true)) write_file(page, &list);
}
