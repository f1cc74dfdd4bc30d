// SPDX-License-Identifier: Apache-2.0
#include "services/cli/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/base/vec.h"
#include "common/forms/csv.h"
#include "common/forms/sheet.h"
#include "common/forms/table_xlsx.h"
#include "common/forms/value.h"
#include "services/cli/list_rows.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/review.h"
#include "services/cli/show.h"
#include "services/cli/terminal.h"

enum { MAX_WHERE = 16, PAGE_ROWS = 50 };

const struct argp_option LIST_OPTIONS[] = {
    {"org", LIST_OPTION_ORG, "CODE", 0, N_("only of this organisation"), 0},
    {"where", LIST_OPTION_WHERE, "FIELD=VALUE", 0,
     N_("only those with this value; may be given several times"), 0},
    {"find", LIST_OPTION_FIND, "TEXT", 0,
     N_("only those that have each word of TEXT somewhere in their texts, in any case"), 0},
    {"columns", LIST_OPTION_COLUMNS, "A,B", 0, N_("these columns, in this order"), 0},
    {"sort", LIST_OPTION_SORT, "FIELD", 0, N_("in the order of this column; -FIELD: the other way round"), 0},
    {"limit", LIST_OPTION_LIMIT, "N", 0, N_("at most N records"), 0},
    {"page", LIST_OPTION_PAGE, "P", 0, N_("the P-th N records (--limit; else 50)"), 0},
    {"csv", LIST_OPTION_CSV, NULL, 0, N_("print CSV; for Russian readers with ; and words"), 0},
    {"xlsx", LIST_OPTION_XLSX, "FILE", 0, N_("write a workbook there"), 0},
    {0},
};

typedef struct listing {
    const cli_t *cli;
    arena_t *arena;
    ask_t *ask;
    table_t table;
    Selenga__Match matches[MAX_WHERE], *where[MAX_WHERE];
    list_query_t query;
    uint64_t page;
    list_out_t out;
    output_array_t array;
    grid_t *grid;
    table_xlsx_t *book;
    view_t view;
} listing_t;

// ---- what is asked for

static int no_column(const listing_t *listing, const char *name)
{
    if (!listing->table.sheet)
        return cli_refuse(_("%s has no field '%s'; see: selenga kinds %s"), listing->table.name, name,
                          listing->table.name);
    return cli_refuse(_("%s has no column '%s'; see: selenga template %s"), listing->table.name, name,
                      listing->table.name);
}

// As a cell of the column would be read: a word in either language is its code. Texts stay as they are.
static const char *read_value(const listing_t *listing, size_t column, const char *text)
{
    const field_rule_t *rule = listing->table.columns[column].rule;
    bool words = rule->type != FIELD_TEXT && rule->type != FIELD_REF && rule->type != FIELD_REFS;
    const char *value = words ? value_read(rule, text, listing->arena) : text;
    return value != NULL ? value : text;
}

// FIELD=VALUE; the texts point into `text`, which is cut at the '='.
static int read_where(listing_t *listing, char *text, Selenga__Match *ret_match)
{
    char *equals = strchr(text, '=');
    if (!equals || equals == text) return cli_usage(listing->cli, _("--where '%s' is not FIELD=VALUE"), text);
    *equals = '\0';
    int column = table_column(&listing->table, slice_text(text));
    const table_t *table = &listing->table;
    bool none = column < 0 || table_is_name(table, (size_t)column);
    if (none || (!table->sheet && table->columns[column].field[0] == NO_FIELD))
        return no_column(listing, text);
    selenga__match__init(ret_match);
    ret_match->field = (char *)listing->table.columns[column].name;
    ret_match->value = (char *)(uintptr_t)read_value(listing, (size_t)column, equals + 1);
    return CLI_DONE;
}

static int read_conditions(listing_t *listing)
{
    size_t at = 0, *n = &listing->query.n_where;
    const char *text;
    while ((text = cli_option_next(listing->cli, LIST_OPTION_WHERE, &at))) {
        if (*n == MAX_WHERE) return cli_usage(listing->cli, _("more than %d conditions"), MAX_WHERE);
        int r = read_where(listing, (char *)text, &listing->matches[*n]); // a word of argv: ours to cut
        if (r != CLI_DONE) return r;
        listing->where[*n] = &listing->matches[*n];
        ++*n;
    }
    listing->query.where = (const Selenga__Match *const *)listing->where;
    return CLI_DONE;
}

static int read_columns(listing_t *listing)
{
    char unknown[TABLE_NAME_MAX];
    const char *columns = cli_option(listing->cli, LIST_OPTION_COLUMNS);
    const char *sort = cli_option(listing->cli, LIST_OPTION_SORT);
    if (columns && table_choose(&listing->table, columns, unknown) != 0) return no_column(listing, unknown);
    if (!columns && !listing->cli->json) table_show_names(&listing->table);
    listing->query.sort = -1;
    if (!sort) return CLI_DONE;
    listing->query.down = *sort == '-';
    sort += listing->query.down;
    listing->query.sort = table_column(&listing->table, slice_text(sort));
    return listing->query.sort < 0 ? no_column(listing, sort) : CLI_DONE;
}

static int read_number(const cli_t *cli, int key, const char *option, int64_t *ret_number)
{
    const char *text = cli_option(cli, key);
    if (text && !int_parse(text, 1, INT32_MAX, ret_number))
        return cli_usage(cli, _("%s '%s' is not a number from 1 on"), option, text);
    return CLI_DONE;
}

static int read_page(listing_t *listing)
{
    int64_t limit = 0, page = 0;
    int r = read_number(listing->cli, LIST_OPTION_LIMIT, "--limit", &limit);
    if (r == CLI_DONE) r = read_number(listing->cli, LIST_OPTION_PAGE, "--page", &page);
    if (page > 0 && limit == 0) limit = PAGE_ROWS;
    listing->page = page > 0 ? (uint64_t)page : 1;
    listing->query.limit = (uint64_t)limit;
    listing->query.skip = (listing->page - 1) * (uint64_t)limit;
    return r;
}

static int read_query(listing_t *listing)
{
    const cli_t *cli = listing->cli;
    const char *find = cli_option(cli, LIST_OPTION_FIND), *name = cli->args[0];
    const kind_rule_t *kind = kind_by_name(name);
    bool csv = cli_option(cli, LIST_OPTION_CSV) != NULL, xlsx = cli_option(cli, LIST_OPTION_XLSX) != NULL;
    if (csv + xlsx + cli->json > 1) return cli_usage(cli, _("--csv, --xlsx and --json exclude each other"));
    if (find && strlen(find) > FIND_MAX) return cli_usage(cli, _("--find takes at most %d bytes"), FIND_MAX);
    if (kind)
        table_of_kind(kind, &listing->table);
    else if (!table_of_sheet(name, &listing->table))
        return named_kind(name, &kind);
    listing->query = (list_query_t){.table = &listing->table,
                                    .org = cli_option(cli, LIST_OPTION_ORG),
                                    .find = find,
                                    .counts = !cli->json,
                                    .lang = i18n_now()};
    int r = read_conditions(listing);
    if (r == CLI_DONE) r = read_columns(listing);
    return r == CLI_DONE ? read_page(listing) : r;
}

// ---- rows

static int grid_row(void *context, const list_row_t *row, const Selenga__ReviewsReply *reviews, size_t n)
{
    const listing_t *listing = context;
    char value[VIEW_TEXT];
    (void)reviews;
    (void)n;
    for (size_t i = 0; i < listing->table.n_shown; i++)
        grid_cell(listing->grid,
                  table_cell(&listing->table, listing->table.shown[i], &row->row, listing->view, value));
    return CLI_DONE;
}

static void grid_turn(void *context)
{
    const listing_t *listing = context;
    grid_print(listing->grid, stdout);
}

// Columns that were not chosen are no part of it.
static void leave_chosen(const listing_t *listing, json_t *body)
{
    const char *name;
    json_t *value;
    void *next;
    if (!cli_option(listing->cli, LIST_OPTION_COLUMNS)) return;
    json_object_foreach_safe(body, next, name, value) if (!table_shows(&listing->table, name))
        json_object_del(body, name);
}

static json_t *json_of_sheet(const listing_t *listing, const list_row_t *row)
{
    json_t *body = json_object();
    for (size_t k = 0; k < listing->table.n_kinds; k++) {
        if (row->row.bodies[k] == NULL) continue;
        json_t *part = body_to_json(listing->table.kinds[k], row->row.bodies[k]);
        json_object_update_missing(body, part);
        json_decref(part);
    }
    return json_pack("{s:s, s:o}", "sheet", listing->table.name, "body", body);
}

// Names that were chosen, by the field that refers; those that nobody here knows are left out.
static void add_names(const listing_t *listing, const list_row_t *row, json_t *json)
{
    const table_t *table = &listing->table;
    char name[VIEW_TEXT];
    json_t *names = json_object();
    for (size_t i = 0; i < table->n_shown; i++) {
        size_t column = table->shown[i];
        if (!table_is_name(table, column)) continue;
        json_object_set(json, "names", names);
        table_cell(table, column, &row->row, listing->view, name);
        const char *of = table->columns[table->of[column]].name;
        if (name[0] != '\0') json_object_set_new(names, of, json_string(name));
    }
    json_decref(names);
}

static int json_row(void *context, const list_row_t *row, const Selenga__ReviewsReply *reviews, size_t i)
{
    listing_t *listing = context;
    json_t *json = listing->table.sheet ? json_of_sheet(listing, row) : show_json(row->wires[0]);
    leave_chosen(listing, json_object_get(json, "body"));
    add_names(listing, row, json);
    if (reviews != NULL) json_object_set_new(json, "review", review_json(reviews, i));
    output_array_add(&listing->array, &json);
    return ferror(stdout) ? CLI_REFUSED : CLI_DONE; // nobody reads on
}

static char separator(const listing_t *listing)
{
    return listing->view.lang == LANG_RU ? ';' : ',';
}

static int csv_row(void *context, const list_row_t *row, const Selenga__ReviewsReply *reviews, size_t n)
{
    const listing_t *listing = context;
    const table_t *table = &listing->table;
    const char *cells[TABLE_COLUMNS_MAX];
    AUTO(xfree) char *values = xmalloc(table->n_shown * (size_t)VIEW_TEXT);
    (void)reviews;
    (void)n;
    for (size_t i = 0; i < table->n_shown; i++)
        cells[i] = table_cell(table, table->shown[i], &row->row, listing->view, values + i * VIEW_TEXT);
    return csv_write_plain(stdout, separator(listing), cells, table->n_shown) == 0 ? CLI_DONE : CLI_REFUSED;
}

static int xlsx_row(void *context, const list_row_t *row, const Selenga__ReviewsReply *reviews, size_t n)
{
    const listing_t *listing = context;
    (void)reviews;
    (void)n;
    table_xlsx_row(listing->book, &row->row);
    return CLI_DONE;
}

// ---- forms

// What was not shown is said: columns without room, rows behind the last.
static void say_rest(const listing_t *listing)
{
    const table_t *table = &listing->table;
    if (listing->out.n == 0) cli_say(_("nothing of kind %s fits"), table->name);
    if (listing->out.more > 0)
        cli_say(listing->out.many ? _("rows that are not shown: more than %llu; the next page: --page %llu")
                                  : _("rows that are not shown: %llu; the next page: --page %llu"),
                (unsigned long long)listing->out.more, (unsigned long long)listing->page + 1);
}

static void say_hidden(const listing_t *listing)
{
    AUTO(xfree) char *names = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&names, &size);
    if (out == NULL) abort();
    for (size_t i = grid_fitted(listing->grid); i < listing->table.n_shown; i++)
        fprintf(out, "%s%s", ftell(out) > 0 ? ", " : "",
                table_heading(&listing->table, listing->table.shown[i], listing->view));
    fclose(out);
    if (*names) cli_say(_("columns without room here: %s; choose with --columns"), names);
}

static int show_grid(listing_t *listing)
{
    AUTO(grid_destroy) grid_t *grid = listing->grid = grid_new();
    const table_t *table = &listing->table;
    for (size_t i = 0; i < table->n_shown; i++)
        (table_is_number(table, table->shown[i]) ? grid_column_right : grid_column)(
            grid, table_heading(table, table->shown[i], listing->view));
    grid_fit(grid, terminal_width());
    listing->out.row = grid_row;
    listing->out.turn = grid_turn;
    int r = list_rows(listing->ask, &listing->query, &listing->out);
    say_hidden(listing);
    return r;
}

static int show_json_array(listing_t *listing)
{
    listing->out.row = json_row;
    output_array_begin(&listing->array);
    int r = list_rows(listing->ask, &listing->query, &listing->out);
    output_array_end(&listing->array);
    return r;
}

static int show_csv(listing_t *listing)
{
    const table_t *table = &listing->table;
    const char *cells[TABLE_COLUMNS_MAX];
    if (listing->view.lang == LANG_RU) fputs("\xef\xbb\xbf", stdout);
    for (size_t i = 0; i < table->n_shown; i++)
        cells[i] = table_heading(table, table->shown[i], listing->view);
    csv_write_plain(stdout, separator(listing), cells, table->n_shown);
    listing->out.row = csv_row;
    return list_rows(listing->ask, &listing->query, &listing->out);
}

static int fill_book(table_xlsx_t *book, void *context)
{
    listing_t *listing = context;
    listing->book = book;
    listing->out.row = xlsx_row;
    return list_rows(listing->ask, &listing->query, &listing->out);
}

static int write_xlsx(listing_t *listing, const char *file)
{
    int r;
    const char *why = table_xlsx_write(&listing->table, file, listing->view.lang, fill_book, listing, &r);
    return why ? cli_refuse(_("%s cannot be written: %s"), file, why) : r;
}

int list_run(const cli_t *cli)
{
    enum { VALUES_ROOM = 64 << 10 };
    AUTO(xfree) listing_t *listing = xcalloc(1, sizeof *listing);
    AUTO(arena_destroy) arena_t *arena = arena_new(VALUES_ROOM);
    listing->arena = arena;
    const char *xlsx = cli_option(cli, LIST_OPTION_XLSX);
    listing->cli = cli;
    listing->view = view_for(i18n_now());
    listing->out.context = listing;
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = read_query(listing);
    if (r == CLI_DONE) r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    listing->ask = ask;
    if (cli->json) return show_json_array(listing);
    r = xlsx                               ? write_xlsx(listing, xlsx)
        : cli_option(cli, LIST_OPTION_CSV) ? show_csv(listing)
                                           : show_grid(listing);
    if (r == CLI_DONE) say_rest(listing);
    return r;
}
