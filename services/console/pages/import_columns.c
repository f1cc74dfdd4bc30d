// SPDX-License-Identifier: Apache-2.0
// Which column of a file is which of the sheet: guessed from the headings, put right by whoever knows, and
// remembered for later files of the node, as `selenga import --map` does.
#include "common/base/system_error.h"
#include "common/base/text.h"
#include "common/forms/heading_map.h"
#include "common/forms/reading.h"
#include "services/console/pages/import.h"
#include <errno.h>
#include <stdlib.h>

enum { SAMPLES = 3 };

#define HEADINGS "headings.tsv"

typedef struct columns {
    FILE *in;
    heading_map_t *map;
    reading_t *reading; // NULL: the file cannot be read
    fault_t fault;      // code "": nothing is wrong
    char *samples[SAMPLES][CSV_COLUMNS_MAX];
} columns_t;

static void columns_clear(columns_t *columns)
{
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t c = 0; c < CSV_COLUMNS_MAX; c++) free(columns->samples[i][c]);
    reading_close(&columns->reading);
    heading_map_close(&columns->map);
    if (columns->in != NULL) fclose(columns->in);
    free(columns);
}

static void take_samples(columns_t *columns)
{
    reading_row_t row;
    fault_t fault;
    for (size_t i = 0; i < SAMPLES && reading_next(columns->reading, &row, &fault) == 0; i++)
        for (size_t c = 0; c < row.cells.n; c++) columns->samples[i][c] = xstrdup(row.cells.cells[c]);
}

// 0 or negative errno.
static int open_columns(const page_t *page, const job_t *job, columns_t **ret)
{
    char path[JOB_PATH];
    columns_t *columns = *ret = xcalloc(1, sizeof *columns);
    reading_options_t options = {.org = page->node->rank == 0 ? page->node->org : NULL};
    int rc = heading_map_open(HEADINGS, &columns->map);
    if (rc != 0) return rc;
    if ((columns->in = fopen(job_path(job, "source", path), "re")) == NULL) return -errno;
    options.n_aliases = heading_map_of(columns->map, job->sheet, &options.aliases);
    if (reading_look(job->sheet, columns->in, &options, &columns->reading, &columns->fault) == 0)
        take_samples(columns);
    return 0;
}

// --- showing

static void write_guess(html_t *html, const sheet_t *sheet, size_t cell)
{
    size_t fills[SPLIT_MAX], n = sheet_fills(sheet, cell, fills);
    char text[512] = "";
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? " + " : "",
                 bilingual_text(&sheet_column_rule(sheet, fills[i])->label));
    }
    part_option(html, "", n > 0 ? text : _("not taken"), true);
}

static void write_column(page_t *page, const columns_t *columns, size_t cell)
{
    html_t *html = &page->body;
    const sheet_t *sheet = reading_sheet(columns->reading);
    const char *heading = reading_header(columns->reading)->cells[cell];
    part_row(html);
    part_cell(html, heading);
    html_raw(html, "<td><select name=\"c.");
    html_number(html, (int64_t)cell);
    html_raw(html, "\"");
    html_attribute(html, "aria-label", heading);
    html_raw(html, ">");
    write_guess(html, sheet, cell);
    part_option(html, SHEET_NOTHING, _("not taken"), false);
    for (size_t c = 0; c < sheet_n_columns(sheet); c++)
        part_option(html, sheet_column(sheet, c), bilingual_text(&sheet_column_rule(sheet, c)->label), false);
    html_raw(html, "</select></td>");
    for (size_t i = 0; i < SAMPLES; i++)
        part_cell(html, columns->samples[i][cell] != NULL ? columns->samples[i][cell] : "");
    part_row_end(html);
}

static void write_reading(page_t *page, const job_t *job, const columns_t *columns)
{
    html_t *html = &page->body;
    char text[FAULT_TEXT];
    const sheet_t *sheet = reading_sheet(columns->reading);
    const char *const heads[] = {_("In your table"), _("Here"), _("For example"), "", ""};
    const csv_row_t *header = reading_header(columns->reading);
    if (columns->fault.code[0] != '\0')
        part_note(html, PART_BAD, sheet_fault_text(sheet, &columns->fault, page->lang, text, sizeof text));
    if (sheet_assumed_org(sheet) != NULL) {
        html_raw(html, "<p>");
        html_textf(html, _("The table names no organisation: its rows are taken as those of %s."),
                   sheet_assumed_org(sheet));
        html_raw(html, "</p>");
    }
    html_raw(html, "<form method=\"post\" action=\"/import/");
    html_segment(html, job->id);
    html_raw(html, "?act=look\">");
    page_token(page, html);
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < header->n; i++)
        if (!sheet_is_own(sheet, i) && header->cells[i][0] != '\0') write_column(page, columns, i);
    part_table_end(html);
    html_raw(html, "<p class=\"help\">");
    html_text(html, _("What you choose here is remembered for later tables."));
    html_raw(html, "</p><p class=\"actions\"><button class=\"main\">");
    html_text(html, _("Show what the import would do"));
    html_raw(html, "</button></p></form>");
}

void import_columns_write(page_t *page, const job_t *job)
{
    char text[FAULT_TEXT];
    columns_t *columns;
    int rc = open_columns(page, job, &columns);
    if (rc < 0)
        part_note(&page->body, PART_BAD, system_error(-rc));
    else if (columns->reading == NULL)
        part_note(&page->body, PART_BAD, fault_text(&columns->fault, text, sizeof text));
    else
        write_reading(page, job, columns);
    columns_clear(columns);
}

// --- remembering

// A name that the sheet lacks would spoil every later import.
static bool is_column(const sheet_t *sheet, const char *name)
{
    for (size_t c = 0; c < sheet_n_columns(sheet); c++)
        if (strcmp(sheet_column(sheet, c), name) == 0) return true;
    return strcmp(name, SHEET_NOTHING) == 0;
}

static bool take_choice(const page_t *page, const job_t *job, columns_t *columns, size_t cell)
{
    char name[16];
    AUTO(xfree) char *text = NULL;
    snprintf(name, sizeof name, "c.%zu", cell);
    const char *column = form_text(&page->request->form, name);
    if (*column == '\0') return true;
    if (!is_column(reading_sheet(columns->reading), column)) return false;
    if (asprintf(&text, "%s=%s", reading_header(columns->reading)->cells[cell], column) < 0) out_of_memory();
    return heading_map_add(columns->map, job->sheet, text);
}

bool import_columns_take(page_t *page, const job_t *job)
{
    columns_t *columns;
    int rc = open_columns(page, job, &columns);
    bool good = rc == 0 && columns->reading != NULL;
    for (size_t i = 0; good && i < reading_header(columns->reading)->n; i++)
        good = take_choice(page, job, columns, i);
    if (good) rc = heading_map_save(columns->map);
    columns_clear(columns);
    if (rc == 0 && good) return true;
    page_refuse(page, 422, _("The columns cannot be kept"),
                rc < 0 ? system_error(-rc)
                       : _("A heading is too long, or there are too many that are remembered."));
    return false;
}
