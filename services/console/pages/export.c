// SPDX-License-Identifier: Apache-2.0
// A list as a file that table programs open: what its address asks for, with the columns that are seen. In
// CSV a cell that such a program would compute has an apostrophe in front; in a workbook text is text.
#include "common/base/file.h"
#include "common/base/system_error.h"
#include "common/forms/csv.h"
#include "common/forms/table_xlsx.h"
#include "services/console/files.h"
#include "services/console/listing.h"
#include "services/console/pages.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

static void write_csv(page_t *page, const listing_t *list)
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

static int hand_rows(table_xlsx_t *book, void *context)
{
    const listing_t *list = context;
    table_row_t opened;
    for (size_t i = 0; i < list->n; i++)
        if (listing_open(list, &list->rows[i], &opened)) table_xlsx_row(book, &opened);
    return 0;
}

// libxlsxwriter writes files only: the workbook stands in the node's folder for as long as it is made.
static void write_xlsx(page_t *page, listing_t *list)
{
    char path[FILES_PATH];
    AUTO(xfree) uint8_t *bytes = NULL;
    size_t size;
    int rows, rc = files_fresh("list-", ".xlsx", path);
    const char *why = rc == 0 ? table_xlsx_write(&list->table, path, page->lang, hand_rows, list, &rows)
                              : system_error(-rc);
    if (why == NULL && (rc = file_read(path, HTML_MAX, false, &bytes, &size)) != 0)
        why = rc == -EFBIG ? _("The workbook is too large. Choose fewer records.") : system_error(-rc);
    (void)unlink(path);
    if (why == NULL) {
        html_literal(&page->body, (const char *)bytes, size);
        page->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return;
    }
    page->bare = false;
    page_refuse(page, 500, _("The file cannot be made"), why);
}

void page_export(page_t *page)
{
    AUTO(listing_free) listing_t list = {0};
    if (!listing_begin(page, &list) || !listing_read_all(page, &list, true)) return;
    if (strcmp(page->request->segments[2], "export.xlsx") == 0)
        write_xlsx(page, &list);
    else
        write_csv(page, &list);
}
