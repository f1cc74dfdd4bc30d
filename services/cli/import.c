// SPDX-License-Identifier: Apache-2.0
// `selenga import`: rows become groups, groups travel in batches, and what was refused goes to a file in the
// order of lines.
//
//   file -> csv -> sheet -> sender ==> service
//                     |                   |
//                     +-- refused --> window --> FILE.rejected.csv
//
// The window holds the rows whose fate is not known yet, oldest first; a row refused at once waits in it for
// those before.
#include "services/cli/import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/nearest.h"
#include "common/forms/sheet.h"
#include "services/cli/help.h"
#include "services/cli/output.h"
#include "services/cli/rejects.h"
#include "services/cli/sender.h"
#include "services/cli/tally.h"
#include "services/cli/terminal.h"

enum { WINDOW_MAX = 4 * SENDER_GROUPS, PROGRESS_EVERY_MS = 200 };

typedef struct waiting {
    size_t line, n;
    char **cells; // one block: the pointers, then the texts
    char *reason; // refused; NULL: not known yet, or taken
    bool settled;
} waiting_t;

typedef struct import {
    const char *source; // as named; "-": stdin
    sheet_t *sheet;
    csv_t *csv;
    sender_t *sender;
    rejects_t *rejects;
    waiting_t window[WINDOW_MAX];
    uint64_t first, next; // numbers of the oldest row in the window, and of the next one
    tally_t tally;
    bool show_progress;
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

// The rows at the front whose fate is known leave the window.
static void settle_front(import_t *import)
{
    for (; import->first < import->next; import->first++) {
        waiting_t *row = row_at(import, import->first);
        if (!row->settled) return;
        if (row->reason)
            rejects_add(import->rejects, row->line, row->reason, (const char *const *)row->cells, row->n);
        free(row->cells);
        free(row->reason);
    }
}

static void settle(import_t *import, uint64_t number, uint32_t result, char *reason)
{
    waiting_t *row = row_at(import, number);
    tally_add(&import->tally, result);
    row->settled = true;
    row->reason = reason;
}

static void take_outcome(void *context, uint64_t number, const Selenga__Outcome *outcome)
{
    bool taken = outcome->result >= RESULT_NEW && outcome->result <= RESULT_UNCHANGED;
    settle(context, number, outcome->result, taken ? NULL : ask_fault_text(outcome->fault));
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
    *row_at(import, import->next) = (waiting_t){.line = row->line, .n = row->n, .cells = copy_cells(row)};
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
    if (!last) fprintf(stderr, _("%llu rows read"), (unsigned long long)import->next);
}

static char *reason_text(const fault_t *fault)
{
    char text[FAULT_TEXT];
    return xstrdup(fault_text(fault, text, sizeof text));
}

static int take_row(import_t *import, int read, const csv_row_t *row, fault_t *fault, arena_t *arena)
{
    int r = make_room(import);
    if (r != CLI_DONE) return r;
    uint64_t number = enter(import, row);
    Selenga__Group *group = NULL;
    arena_reset(arena, SHEET_ARENA);
    if (read == CSV_E_ROW || sheet_row(import->sheet, row, arena, &group, fault) != 0) {
        settle(import, number, RESULT_REJECTED, reason_text(fault));
        return CLI_DONE;
    }
    return sender_add(import->sender, group, number);
}

static int take_rows(import_t *import)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(SHEET_ARENA);
    for (;;) {
        csv_row_t row;
        fault_t fault;
        int read = csv_next(import->csv, &row, &fault);
        if (read == CSV_E_END) return sender_flush(import->sender);
        if (read == CSV_E_FILE) {
            int r = sender_flush(import->sender);
            char text[FAULT_TEXT];
            return r == CLI_DONE ? cli_refuse("%s: %s", import->source, fault_text(&fault, text, sizeof text))
                                 : r;
        }
        int r = take_row(import, read, &row, &fault, arena);
        if (r != CLI_DONE) return r;
        show_progress(import, false);
    }
}

// ---- beginning and end

static int refuse_file(const char *source, const fault_t *fault)
{
    char text[FAULT_TEXT];
    return cli_refuse(_("%s: %s Nothing was imported."), source, fault_text(fault, text, sizeof text));
}

static int read_header(import_t *import, FILE *in, const char *sheet_name)
{
    fault_t fault;
    csv_row_t header;
    if (csv_open(in, &import->csv, &fault) != 0) return refuse_file(import->source, &fault);
    int r = csv_next(import->csv, &header, &fault);
    if (r == CSV_E_END) fault_set(&fault, "CSV-EMPTY", NULL, "");
    if (r != 0 || sheet_header(import->sheet, &header, &fault) != 0)
        return refuse_file(import->source, &fault);
    import->rejects = rejects_new(import->source, sheet_name, &header, csv_separator(import->csv));
    return CLI_DONE;
}

static void print_summary(const cli_t *cli, const import_t *import)
{
    bool any = import->tally.rejected > 0;
    if (any) cli_say(_("rejected rows are in %s"), rejects_path(import->rejects));
    if (!cli->json) {
        tally_print(&import->tally, stdout);
        return;
    }
    json_t *json = tally_json(&import->tally);
    json_object_set_new(json, "sheet", json_string(cli->args[0]));
    json_object_set_new(json, "file", output_text(import->source));
    json_object_set_new(json, "rejected_file",
                        any ? output_text(rejects_path(import->rejects)) : json_null());
    output_json(&json);
}

static int finish(const cli_t *cli, import_t *import, int result)
{
    settle_front(import);
    show_progress(import, true);
    int r = rejects_finish(import->rejects);
    if (r < 0) cli_say("%s: %s", rejects_path(import->rejects), strerror(-r));
    if (result != CLI_DONE) {
        cli_say(_("stopped after %llu rows (%llu new, %llu changed); running it again is safe"),
                (unsigned long long)import->first, (unsigned long long)import->tally.created,
                (unsigned long long)import->tally.changed);
        return result;
    }
    print_summary(cli, import);
    if (r < 0) return r == -ENOSPC ? CLI_LATER : CLI_REFUSED;
    return import->tally.rejected ? CLI_REFUSED : CLI_DONE;
}

static void close_import(import_t *import)
{
    for (; import->first < import->next; import->first++) {
        free(row_at(import, import->first)->cells);
        free(row_at(import, import->first)->reason);
    }
    sender_destroy(&import->sender);
    rejects_destroy(&import->rejects);
    csv_close(&import->csv);
    sheet_destroy(&import->sheet);
    free(import);
}

static int import_stream(const cli_t *cli, import_t *import, FILE *in)
{
    int r = read_header(import, in, cli->args[0]);
    if (r != CLI_DONE) return r;
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    uint32_t service = sheet_kind(import->sheet, 0)->number / 100;
    ask_catch_up(ask, service);
    import->sender = sender_new(ask, service, true, take_outcome, import);
    return finish(cli, import, take_rows(import));
}

int import_no_sheet(const char *name)
{
    nearest_t nearest = nearest_to(name);
    char *all = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&all, &size);
    for (size_t i = 0; sheet_name(i); i++) {
        nearest_offer(&nearest, sheet_name(i));
        fprintf(out, " %s", sheet_name(i));
    }
    fclose(out);
    AUTO(xfree) char *owned = all;
    if (nearest.best) return cli_refuse(_("there is no sheet '%s'; did you mean '%s'?"), name, nearest.best);
    return cli_refuse(_("there is no sheet '%s'; there are:%s"), name, owned);
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
    fault_t fault;
    import_t *import = xcalloc(1, sizeof *import);
    import->source = cli->args[1];
    import->show_progress = isatty(STDERR_FILENO);
    if (sheet_open(cli->args[0], &import->sheet, &fault) != 0) {
        close_import(import);
        return import_no_sheet(cli->args[0]);
    }
    bool from_stdin = strcmp(import->source, "-") == 0;
    FILE *in = from_stdin ? stdin : fopen(import->source, "re");
    int r = in ? import_stream(cli, import, in) : cli_refuse("%s: %s", import->source, strerror(errno));
    if (in && !from_stdin) fclose(in);
    close_import(import);
    return r;
}
