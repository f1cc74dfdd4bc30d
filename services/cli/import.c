// SPDX-License-Identifier: Apache-2.0
// A sheet for the node's own operator: common/forms/importing does the work, and what became of each row is
// told here.
#include "services/cli/import.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/shell.h"
#include "common/base/system_error.h"
#include "common/forms/heading_map.h"
#include "common/forms/importing.h"
#include "common/forms/journal.h"
#include "common/forms/reading.h"
#include "common/forms/rejects.h"
#include "common/node/node.h"
#include "common/schema/fault.h"
#include "services/cli/ask.h"
#include "services/cli/help.h"
#include "services/cli/import_said.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/terminal.h"
#include "services/cli/undo.h"

enum { PROGRESS_EVERY_MS = 200 };

typedef struct import {
    const cli_t *cli;
    const char *source; // as named; "-": stdin
    node_conf_t conf;
    heading_map_t *map;
    reading_t *reading;
    rejects_t *rejects;
    uint64_t rows;
    tally_t tally;
    said_t said;
    journal_t *journal;
    bool strict, dry, show_progress;
    uint64_t progress_at_ms;
    const ask_t *ask;
    bool over;
    int result;
} import_t;

// ---- rows

static void show_progress(import_t *import, bool last)
{
    if (!import->show_progress) return;
    uint64_t now_ms = mono_ms();
    if (!last && now_ms < import->progress_at_ms) return;
    import->progress_at_ms = now_ms + PROGRESS_EVERY_MS;
    terminal_clear_line();
    unsigned long long n = import->rows;
    if (!last) fprintf(stderr, i18n_n("%llu row read", "%llu rows read", n), n);
}

static void reject(import_t *import, const importing_row_t *row)
{
    json_t *reasons = said_reasons(import->said.sheet, row->faults, row->n_faults);
    AUTO(xfree) char *text = said_text(reasons);
    bool kept = rejects_add(import->rejects, row->number, text, row->cells, row->n);
    if (import->show_progress) terminal_clear_line();
    said_reject(&import->said, row->number, reasons, !kept);
}

static void take_row(void *context, const importing_row_t *row)
{
    import_t *import = context;
    import->rows++;
    tally_add(&import->tally, row->result);
    said_warnings(&import->said, row->number, row->warnings, row->n_warnings);
    if (row->outcome != NULL) journal_add(import->journal, row->outcome);
    if (row->result == RESULT_CHANGED && import->dry) said_change(&import->said, row->number, row->outcome);
    if (row->result == RESULT_REJECTED) reject(import, row);
}

static void take_turn(void *context)
{
    import_t *import = context;
    journal_flush(import->journal);
    show_progress(import, false);
}

static void note_missing(void *context, const char *ref)
{
    import_t *import = context;
    said_missing(&import->said, ref);
}

static void take_end(void *context, client_status_t status, const client_why_t *why, const fault_t *fault)
{
    import_t *import = context;
    char text[FAULT_TEXT];
    import->over = true;
    import->result = fault != NULL
                         ? cli_refuse("%s: %s", import->source, fault_text(fault, text, sizeof text))
                         : ask_said(import->ask, status, why);
}

// ---- beginning and end

static json_t *ignored_columns(const import_t *import)
{
    json_t *array = json_array();
    const char *heading;
    for (size_t i = 0; import->reading && (heading = sheet_ignored(reading_sheet(import->reading), i)); i++)
        json_array_append_new(array, output_text(heading));
    return array;
}

static void print_json(const import_t *import, const char *rejected_file)
{
    json_t *json = tally_json(&import->tally);
    json_object_set_new(json, "sheet", json_string(import->cli->args[0]));
    json_object_set_new(json, "file", output_text(import->source));
    json_object_set_new(json, "ignored_columns", ignored_columns(import));
    if (import->dry) json_object_set(json, "changes", import->said.changes);
    json_object_set(json, "missing", import->said.missing);
    json_object_set(json, "rejects", import->said.rejects);
    json_object_set(json, "warnings", import->said.warnings);
    json_object_set_new(json, "rejected_file", output_text(rejected_file));
    output_json(&json);
}

// The file as a whole: of row 0.
static int refuse_file(import_t *import, const fault_t *fault)
{
    char text[FAULT_TEXT];
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    if (sheet_open(import->cli->args[0], &sheet, NULL) != 0) return CLI_REFUSED;
    if (import->cli->json) {
        said_reject(&import->said, 0, said_reasons(sheet, fault, 1), false);
        print_json(import, NULL);
    }
    return cli_refuse(_("%s: %s Nothing was imported."), import->source,
                      sheet_fault_text(sheet, fault, i18n_now(), text, sizeof text));
}

// What was said of headings before, and what --map says now.
static int open_map(import_t *import)
{
    const cli_t *cli = import->cli;
    char path[PATH_MAX];
    const char *text;
    size_t at = 0;
    snprintf(path, sizeof path, "%s/headings.tsv", cli->node ? cli->node : ".");
    int r = heading_map_open(path, &import->map);
    if (r < 0) return cli_refuse("%s: %s", path, system_error(-r));
    while ((text = cli_option_next(cli, IMPORT_OPTION_MAP, &at)))
        if (!heading_map_add(import->map, cli->args[0], text))
            return cli_usage(cli, _("--map wants HEADING=COLUMN, e.g. --map 'Staff no.=number'"));
    return CLI_DONE;
}

static void tell_of_file(const import_t *import)
{
    const char *org = sheet_assumed_org(reading_sheet(import->reading));
    if (org != NULL) cli_say(_("the file names no organisation: its rows are taken as those of %s"), org);
    const csv_row_t *header = reading_header(import->reading);
    const char *charset = reading_charset(import->reading), *heading;
    if (header->number > 1) cli_say(_("the headings are in row %zu"), header->number);
    if (strcmp(charset, "UTF-8") != 0) cli_say(_("read as %s"), charset);
    for (size_t i = 0; (heading = sheet_ignored(reading_sheet(import->reading), i)); i++) {
        AUTO(xfree) char *word = shell_word_of(heading, "=", _("COLUMN"), NULL);
        cli_say(_("column '%s' is not one of this sheet and was ignored; if it is, say --map %s"), heading,
                word);
    }
}

static int begin_reading(import_t *import, FILE *in)
{
    fault_t fault;
    bool own[CSV_COLUMNS_MAX];
    const char *sheet_name = import->cli->args[0];
    reading_options_t options = {0};
    why_t why;
    bool known = import->cli->node != NULL && node_conf_load(import->cli->node, &import->conf, &why) == 0;
    if (known && import->conf.rank == 0) options.org = import->conf.org; // others hold more than one
    options.n_aliases = heading_map_of(import->map, sheet_name, &options.aliases);
    if (reading_open(sheet_name, in, &options, &import->reading, &fault) != 0)
        return refuse_file(import, &fault);
    int r = import->cli->node && !import->dry ? heading_map_save(import->map) : 0;
    if (r < 0) cli_say(_("what --map says is not remembered: %s"), system_error(-r));
    const sheet_t *sheet = reading_sheet(import->reading);
    const csv_row_t *header = reading_header(import->reading);
    for (size_t i = 0; i < header->n; i++) own[i] = sheet_is_own(sheet, i);
    rejects_form_t form = {header, own, reading_separator(import->reading), NULL, NULL};
    sheet_own_headings(sheet, &form.line, &form.reason);
    import->rejects = rejects_new(import->source, sheet_name, &form);
    import->said.sheet = sheet;
    return CLI_DONE;
}

static void tell_totals(const import_t *import)
{
    const size_t *rows;
    size_t n = reading_totals(import->reading, &rows);
    for (size_t i = 0; i < n; i++) cli_say(_("row %zu is a sum and was skipped"), rows[i]);
}

static int finish(import_t *import, int result)
{
    show_progress(import, true);
    int r = import->dry ? 0 : rejects_finish(import->rejects),
        kept_for_undo = journal_finish(import->journal, result == CLI_DONE);
    if (r < 0) cli_say("%s: %s", rejects_path(import->rejects), system_error(-r));
    if (kept_for_undo < 0) cli_say(_("this import cannot be taken back: %s"), system_error(-kept_for_undo));
    if (result != CLI_DONE) {
        cli_say(i18n_n("stopped after %llu row (%llu new, %llu changed); running it again is safe",
                       "stopped after %llu rows (%llu new, %llu changed); running it again is safe",
                       import->rows),
                (unsigned long long)import->rows, (unsigned long long)import->tally.created,
                (unsigned long long)import->tally.changed);
        return result;
    }
    said_rest(&import->said);
    tell_totals(import);
    bool kept = import->tally.rejected > 0 && r == 0 && !import->dry;
    if (import->dry) cli_say(_("nothing was written: this is what the import would do"));
    AUTO(xfree) char *rejects = kept ? shell_word(rejects_path(import->rejects)) : NULL;
    if (kept) cli_say(_("rejected rows are in %s"), rejects);
    if (import->cli->json)
        print_json(import, kept ? rejects_path(import->rejects) : NULL);
    else
        tally_print(&import->tally, stdout);
    if (r == -ENOSPC) return CLI_LATER;
    return import->tally.rejected ? CLI_REFUSED : CLI_DONE;
}

static void close_import(import_t *import)
{
    said_end(&import->said);
    journal_destroy(&import->journal);
    rejects_destroy(&import->rejects);
    reading_close(&import->reading);
    heading_map_close(&import->map);
    node_conf_clear(&import->conf);
    free(import);
}

static int import_stream(import_t *import, FILE *in)
{
    char path[PATH_MAX];
    client_why_t why;
    int r = open_map(import);
    if (r == CLI_DONE) r = begin_reading(import, in);
    if (r != CLI_DONE) return r;
    tell_of_file(import);
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(import->cli, &ask);
    if (r != CLI_DONE) return r;
    snprintf(path, sizeof path, "%s/" IMPORT_JOURNAL, import->cli->node);
    if (!import->dry) import->journal = journal_new(path, import->cli->args[0], import->source);
    import->ask = ask;
    const importing_setup_t setup = {.client = ask_client(ask),
                                     .reading = import->reading,
                                     .lang = i18n_now(),
                                     .dry = import->dry,
                                     .strict = import->strict,
                                     .run = import->journal != NULL ? journal_run(import->journal) : NULL,
                                     .row = take_row,
                                     .turn = take_turn,
                                     .missing = note_missing,
                                     .done = take_end,
                                     .context = import};
    AUTO(importing_destroy) importing_t *importing = importing_start(&setup, &why);
    if (importing == NULL) return finish(import, ask_said(ask, CLIENT_LATER, &why));
    client_wait(ask_client(ask), &import->over);
    return finish(import, import->result);
}

static void list_columns(FILE *out, const char *name, size_t width)
{
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    AUTO(xfree) char *columns = NULL;
    size_t size = 0;
    if (sheet_open(name, &sheet, NULL) != 0) return;
    FILE *text = open_memstream(&columns, &size);
    for (size_t i = 0; i < sheet_n_columns(sheet); i++)
        fprintf(text, "%s%s%s", i ? " " : "", sheet_column(sheet, i),
                sheet_column_required(sheet, i) ? "*" : "");
    fclose(text);
    fprintf(out, "  %s\n", name);
    help_wrap(out, columns, 0, 6, width);
}

void import_list_sheets(FILE *out, size_t width)
{
    fprintf(out, "\n%s:\n", _("Sheets and their columns (* required)"));
    for (size_t i = 0; sheet_name(i); i++) list_columns(out, sheet_name(i), width);
}

int import_run(const cli_t *cli)
{
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    if (cli_option(cli, IMPORT_OPTION_UNDO) != NULL) return undo_run(cli);
    int named = named_sheet(cli->args[0], &sheet);
    if (named != CLI_DONE) return named;
    if (cli->n_args < 2) return cli_usage(cli, _("name the file: import SHEET FILE"));
    import_t *import = xcalloc(1, sizeof *import);
    import->cli = cli;
    import->source = cli->args[1];
    import->show_progress = isatty(STDERR_FILENO);
    import->strict = cli_option(cli, IMPORT_OPTION_STRICT) != NULL;
    import->dry = cli_option(cli, IMPORT_OPTION_DRY) != NULL;
    said_begin(&import->said, NULL, cli->json);
    bool from_stdin = strcmp(import->source, "-") == 0;
    FILE *in = from_stdin ? stdin : fopen(import->source, "re");
    int r = in ? import_stream(import, in) : cli_refuse("%s: %s", import->source, system_error(errno));
    if (in && !from_stdin) fclose(in);
    close_import(import);
    return r;
}
