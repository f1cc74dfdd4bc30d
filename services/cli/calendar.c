// SPDX-License-Identifier: Apache-2.0
#include "services/cli/calendar.h"
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/base/file.h"
#include "common/base/system_error.h"
#include "common/forms/ics.h"
#include "common/watch/calendar_read.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"
#include <stdlib.h>

enum { OPTION_ORG = CLI_KEY, OPTION_FROM, OPTION_TO, OPTION_ICS };
enum { DAYS_AHEAD = 60, FILE_BACK = 31, FILE_AHEAD = 366 };

const struct argp_option CALENDAR_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("only of this organisation and those below it"), 0},
    {"from", OPTION_FROM, "DAY", 0, N_("first day, as 2024-09-01"), 0},
    {"to", OPTION_TO, "DAY", 0, N_("last day"), 0},
    {"ics", OPTION_ICS, "FILE", 0, N_("write it as iCalendar"), 0},
    {0},
};

static const char *state_of(const calendar_entry_t *entry)
{
    return entry->off ? _("cancelled") : "";
}

static const char *days_of(int32_t first, int32_t last, char buf[VIEW_TEXT])
{
    char from[VIEW_TEXT], to[VIEW_TEXT];
    view_day(first, i18n_now(), from);
    if (first == last)
        snprintf(buf, VIEW_TEXT, "%.64s", from);
    else
        snprintf(buf, VIEW_TEXT, "%.64s – %.64s", from, view_day(last, i18n_now(), to));
    return buf;
}

// --- for programs

static json_t *entry_json(const calendar_entry_t *entry)
{
    char from[DATE_TEXT], to[DATE_TEXT], id[RID_TEXT];
    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:o, s:o, s:b}", "id", rid_text(&entry->id, id), "kind",
                     entry->kind->name, "ref", output_text(entry->ref), "org", output_text(entry->org),
                     "from", date_text(entry->from, from), "to", date_text(entry->to, to), "title",
                     output_text(entry->title), "place", output_text(entry->place), "cancelled", entry->off);
}

static json_t *clash_json(const calendar_entry_t *entries, const calendar_clash_t *clash)
{
    char a[RID_TEXT], b[RID_TEXT], why[VIEW_TEXT];
    return json_pack("{s:[s,s], s:[o,o], s:I, s:b, s:b, s:o}", "ids", rid_text(&entries[clash->a].id, a),
                     rid_text(&entries[clash->b].id, b), "refs", output_text(entries[clash->a].ref),
                     output_text(entries[clash->b].ref), "people", (json_int_t)clash->people, "place",
                     clash->place, "organisation", clash->org, "text", output_text(calendar_why(clash, why)));
}

static void print_json(calendar_t *calendar)
{
    size_t n, n_clashes;
    const calendar_entry_t *entries = calendar_entries(calendar, &n);
    const calendar_clash_t *clashes = calendar_clashes(calendar, &n_clashes);
    json_t *all = json_object(), *days = json_array(), *met = json_array();
    for (size_t i = 0; i < n; i++)
        if (entries[i].shown) json_array_append_new(days, entry_json(&entries[i]));
    for (size_t i = 0; i < n_clashes; i++) json_array_append_new(met, clash_json(entries, &clashes[i]));
    json_object_set_new(all, "entries", days);
    json_object_set_new(all, "clashes", met);
    json_object_set_new(all, "more", json_boolean(calendar_more(calendar)));
    output_json(&all);
}

// --- for people

static void print_entries(const calendar_entry_t *entries, size_t n)
{
    const char *const titles[] = {N_("days"),  N_("organisation"), N_("what"),
                                  N_("title"), N_("place"),        N_("state")};
    AUTO(grid_destroy) grid_t *grid = grid_new();
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) grid_column(grid, _(titles[i]));
    for (size_t i = 0; i < n; i++) {
        char days[VIEW_TEXT];
        const calendar_entry_t *entry = &entries[i];
        if (!entry->shown) continue;
        grid_cell(grid, days_of(entry->from, entry->to, days));
        grid_cell(grid, entry->org);
        grid_cell(grid, bilingual_text(&entry->kind->label));
        grid_cell(grid, *entry->title != '\0' ? entry->title : entry->ref);
        grid_cell(grid, entry->place);
        grid_cell(grid, state_of(entry));
    }
    if (grid_rows(grid) > 0)
        grid_print(grid, stdout);
    else
        puts(_("nothing on these days"));
}

static void print_clashes(const calendar_t *calendar, const calendar_entry_t *entries,
                          const calendar_clash_t *clashes, size_t n)
{
    const char *const titles[] = {N_("days"), N_("one"), N_("the other"), N_("in each other's way")};
    AUTO(grid_destroy) grid_t *grid = grid_new();
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) grid_column(grid, _(titles[i]));
    for (size_t i = 0; i < n; i++) {
        char text[VIEW_TEXT];
        int32_t from, to;
        const calendar_entry_t *a = &entries[clashes[i].a], *b = &entries[clashes[i].b];
        calendar_common_days(calendar, &clashes[i], &from, &to);
        grid_cell(grid, days_of(from, to, text));
        grid_cell(grid, *a->title != '\0' ? a->title : a->ref);
        grid_cell(grid, *b->title != '\0' ? b->title : b->ref);
        grid_cell(grid, calendar_why(&clashes[i], text));
    }
    if (n == 0) return;
    putchar('\n');
    grid_print(grid, stdout);
}

static void print_tables(calendar_t *calendar)
{
    size_t n, n_clashes;
    const calendar_entry_t *entries = calendar_entries(calendar, &n);
    const calendar_clash_t *clashes = calendar_clashes(calendar, &n_clashes);
    print_entries(entries, n);
    print_clashes(calendar, entries, clashes, n_clashes);
    if (calendar_more(calendar))
        puts(_("There is more than fits here: choose fewer days, or an organisation."));
}

static int write_file(const calendar_t *calendar, const char *path)
{
    AUTO(xfree) char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL) out_of_memory();
    ics_write(calendar, wall_s(), out);
    fclose(out);
    int rc = file_replace(path, slice(bytes, size), 0644);
    return rc == 0 ? CLI_DONE : cli_refuse(_("%s cannot be written: %s"), path, system_error(-rc));
}

// --- verb

static int choose_days(const cli_t *cli, calendar_ask_of_t *ask)
{
    const char *from = cli_option(cli, OPTION_FROM), *to = cli_option(cli, OPTION_TO);
    bool file = cli_option(cli, OPTION_ICS) != NULL;
    int32_t today = wall_day();
    ask->from = file ? today - FILE_BACK : today;
    if (from != NULL && !date_parse(from, &ask->from))
        return cli_usage(cli, _("'%s' is no day; write it as 2024-09-01"), from);
    ask->to = ask->from + (file ? FILE_BACK + FILE_AHEAD : DAYS_AHEAD);
    if (to != NULL && !date_parse(to, &ask->to))
        return cli_usage(cli, _("'%s' is no day; write it as 2024-09-01"), to);
    if (ask->to < ask->from) return cli_usage(cli, _("the last day is before the first"));
    if (ask->to - ask->from >= CALENDAR_DAYS)
        return cli_usage(cli, _("that are too many days; at most %d"), CALENDAR_DAYS);
    return CLI_DONE;
}

int calendar_run(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(calendar_destroy) calendar_t *calendar = NULL;
    const char *file = cli_option(cli, OPTION_ICS);
    calendar_ask_of_t wanted = {.org = cli_option(cli, OPTION_ORG), .clashes = file == NULL};
    client_why_t why;
    if (file != NULL && cli->json) return cli_usage(cli, _("--ics and --json exclude each other"));
    int r = choose_days(cli, &wanted);
    if (r == CLI_DONE) r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    ask_catch_up_all(ask);
    client_status_t status = calendar_read_whole(ask_client(ask), &wanted, &calendar, &why);
    if (status != CLIENT_DONE) return ask_said(ask, status, &why);
    if (file != NULL) return write_file(calendar, file);
    if (cli->json)
        print_json(calendar);
    else
        print_tables(calendar);
    return CLI_DONE;
}
