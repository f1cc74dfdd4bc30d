// SPDX-License-Identifier: Apache-2.0
// Reading a sheet: rows go to the node in groups; those without an answer yet wait in a window, oldest first;
// a row refused at once waits in it for those before.
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
#include "common/forms/reading.h"
#include "common/node/node.h"
#include "common/schema/fault.h"
#include "services/cli/help.h"
#include "services/cli/import_said.h"
#include "services/cli/journal.h"
#include "services/cli/missing.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/planned.h"
#include "services/cli/sender.h"
#include "services/cli/terminal.h"
#include "services/cli/undo.h"

enum { WINDOW_MAX = 4 * SENDER_GROUPS, PROGRESS_EVERY_MS = 200 };

typedef struct waiting {
    size_t line, number, n;
    char **cells;        // one block: the pointers, then the texts
    json_t *reasons;     // refused; NULL: not known yet, or taken
    bool settled, alike; // alike: told of a row above it already
} waiting_t;

typedef struct import {
    const cli_t *cli;
    const char *source; // as named; "-": stdin
    node_conf_t conf;
    heading_map_t *map;
    reading_t *reading;
    sender_t *sender;
    rejects_t *rejects;
    waiting_t window[WINDOW_MAX];
    uint64_t first, next; // numbers of the oldest row in the window, and of the next one
    tally_t tally;
    said_t said;
    journal_t *journal;
    missing_t *missing;
    planned_t *planned; // of a dry run
    bool strict, dry, show_progress;
    uint64_t progress_at_ms;
} import_t;

// ---- window

static waiting_t *row_at(import_t *import, uint64_t number)
{
    return &import->window[number % WINDOW_MAX];
}

static char **copy_cells(const csv_row_t *row)
{
    size_t size = row->n * sizeof(char *) + 1;
    for (size_t i = 0; i < row->n; i++) size += strlen(row->cells[i]) + 1;
    char **cells = xmalloc(size), *text = (char *)(cells + row->n);
    for (size_t i = 0; i < row->n; i++) {
        cells[i] = text;
        text = stpcpy(text, row->cells[i]) + 1;
    }
    return cells;
}

static void reject(import_t *import, waiting_t *row)
{
    AUTO(xfree) char *text = said_text(row->reasons);
    bool kept = rejects_add(import->rejects, row->number, text, (const char *const *)row->cells, row->n);
    if (import->show_progress) terminal_clear_line();
    said_reject(&import->said, row->number, row->reasons, !kept);
}

// The rows at the front whose fate is known leave the window.
static void settle_front(import_t *import)
{
    for (; import->first < import->next; import->first++) {
        waiting_t *row = row_at(import, import->first);
        if (!row->settled) return;
        if (row->reasons) reject(import, row);
        free(row->cells);
    }
}

static void settle(import_t *import, uint64_t number, uint32_t result, json_t *reasons)
{
    waiting_t *row = row_at(import, number);
    tally_add(&import->tally, result);
    row->settled = true;
    row->reasons = reasons;
}

// Of a row that was taken; of a refused one they are further reasons.
static void take_warnings(import_t *import, uint64_t number, const Selenga__Outcome *outcome, bool taken,
                          json_t *reasons)
{
    for (size_t i = 0; i < outcome->n_warnings; i++) {
        fault_t fault;
        fault_from_proto(outcome->warnings[i], &fault);
        if (row_at(import, number)->alike && strcmp(fault.code, "KEY-HELD-ALIKE") == 0) continue;
        if (taken) said_warnings(&import->said, row_at(import, number)->number, &fault, 1);
        json_t *one = taken ? NULL : said_reasons(import->said.sheet, &fault, 1);
        if (one != NULL) json_array_extend(reasons, one);
        json_decref(one);
    }
}

static void take_outcome(void *context, uint64_t number, const Selenga__Outcome *outcome)
{
    import_t *import = context;
    uint32_t result = outcome->result;
    bool taken = result >= RESULT_NEW && result <= RESULT_UNCHANGED;
    fault_t fault;
    if (!taken) fault_from_proto(outcome->fault, &fault);
    if (!taken && import->dry && planned_explains(import->planned, &fault)) {
        taken = true;
        result = RESULT_NEW; // the row that it refers to is above it in the file
    }
    if (taken && import->dry) planned_add(import->planned, outcome);
    if (result == RESULT_CHANGED && import->dry)
        said_change(&import->said, row_at(import, number)->number, outcome);
    journal_add(import->journal, outcome);
    json_t *reasons = taken ? NULL : said_reasons(import->said.sheet, &fault, 1);
    take_warnings(import, number, outcome, taken, reasons);
    settle(import, number, result, reasons);
}

// Room for one more row.
static int make_room(import_t *import)
{
    settle_front(import);
    if (import->next - import->first < WINDOW_MAX) return CLI_DONE;
    int r = sender_flush(import->sender);
    settle_front(import);
    return r;
}

static uint64_t enter(import_t *import, const csv_row_t *row)
{
    *row_at(import, import->next) =
        (waiting_t){.line = row->line, .number = row->number, .n = row->n, .cells = copy_cells(row)};
    return import->next++;
}

// ---- rows

static void show_progress(import_t *import, bool last)
{
    if (!import->show_progress) return;
    uint64_t now_ms = mono_ms();
    if (!last && now_ms < import->progress_at_ms) return;
    import->progress_at_ms = now_ms + PROGRESS_EVERY_MS;
    terminal_clear_line();
    unsigned long long n = import->next;
    if (!last) fprintf(stderr, i18n_n("%llu row read", "%llu rows read", n), n);
}

static int take_row(import_t *import, const reading_row_t *row)
{
    int r = make_room(import);
    if (r != CLI_DONE) return r;
    uint64_t number = enter(import, &row->cells);
    const sheet_t *sheet = reading_sheet(import->reading);
    if (import->missing != NULL && row->result->has_id) missing_note(import->missing, row->result->key);
    if (!row->group) {
        settle(import, number, RESULT_REJECTED,
               said_reasons(sheet, row->result->faults, row->result->n_faults));
        return CLI_DONE;
    }
    if (row->n_warnings > 0 && import->strict) {
        settle(import, number, RESULT_REJECTED, said_reasons(sheet, row->warnings, row->n_warnings));
        return CLI_DONE;
    }
    row_at(import, number)->alike = row->n_warnings > 0;
    said_warnings(&import->said, row->cells.number, row->warnings, row->n_warnings);
    return sender_add(import->sender, row->group, number);
}

static int take_rows(import_t *import)
{
    for (;;) {
        reading_row_t row;
        fault_t fault;
        int read = reading_next(import->reading, &row, &fault);
        if (read == READING_END) return sender_flush(import->sender);
        if (read == READING_E_FILE) {
            int r = sender_flush(import->sender);
            char text[FAULT_TEXT];
            return r == CLI_DONE ? cli_refuse("%s: %s", import->source, fault_text(&fault, text, sizeof text))
                                 : r;
        }
        int r = take_row(import, &row);
        journal_flush(import->journal); // what was answered meanwhile
        if (r != CLI_DONE) return r;
        show_progress(import, false);
    }
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
    settle_front(import);
    show_progress(import, true);
    int r = import->dry ? 0 : rejects_finish(import->rejects),
        kept_for_undo = journal_finish(import->journal, result == CLI_DONE);
    if (r < 0) cli_say("%s: %s", rejects_path(import->rejects), system_error(-r));
    if (kept_for_undo < 0) cli_say(_("this import cannot be taken back: %s"), system_error(-kept_for_undo));
    if (result != CLI_DONE) {
        cli_say(i18n_n("stopped after %llu row (%llu new, %llu changed); running it again is safe",
                       "stopped after %llu rows (%llu new, %llu changed); running it again is safe",
                       import->first),
                (unsigned long long)import->first, (unsigned long long)import->tally.created,
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
    for (; import->first < import->next; import->first++) {
        free(row_at(import, import->first)->cells);
        json_decref(row_at(import, import->first)->reasons);
    }
    said_end(&import->said);
    sender_destroy(&import->sender);
    journal_destroy(&import->journal);
    missing_destroy(&import->missing);
    planned_destroy(&import->planned);
    rejects_destroy(&import->rejects);
    reading_close(&import->reading);
    heading_map_close(&import->map);
    node_conf_clear(&import->conf);
    free(import);
}

static void note_missing(void *context, const char *ref)
{
    import_t *import = context;
    said_missing(&import->said, ref);
}

static int import_stream(import_t *import, FILE *in)
{
    int r = open_map(import);
    if (r == CLI_DONE) r = begin_reading(import, in);
    if (r != CLI_DONE) return r;
    tell_of_file(import);
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(import->cli, &ask);
    if (r != CLI_DONE) return r;
    uint32_t service = sheet_kind(reading_sheet(import->reading), 0)->number / 100;
    ask_catch_up(ask, service);
    unsigned how = import->dry ? SENDING_DRY : SENDING_BULK | SENDING_TOLD;
    if (import->strict) how |= SENDING_STRICT;
    const sheet_t *sheet = reading_sheet(import->reading);
    import->sender = sender_new(ask, service, how, take_outcome, import);
    import->missing = missing_new(sheet);
    if (import->dry)
        import->planned = planned_new();
    else
        import->journal = journal_new(import->cli->node, import->cli->args[0], import->source);
    if (import->journal != NULL) sender_run(import->sender, journal_run(import->journal));
    r = take_rows(import);
    settle_front(import);
    if (r == CLI_DONE && import->missing != NULL)
        r = missing_find(import->missing, ask, note_missing, import);
    return finish(import, r);
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
