// SPDX-License-Identifier: Apache-2.0
#include "services/cli/list_rows.h"

#include <stdlib.h>

#include "common/base/i18n.h"
#include "common/forms/sheet.h"
#include "common/node/pages.h"
#include "services/cli/list_join.h"
#include "services/cli/listing.h"

enum { TRIM_ROWS = 4 * PAGE_RECORDS };

// --- as they are stored

static int take_stored(slice_t wire, const Selenga__Record *record, void *context)
{
    rows_t *rows = context;
    const list_query_t *query = rows->query;
    if (rows->result != CLI_DONE) return rows->result; // nobody reads on
    rows->seen++;
    if (rows->seen <= query->skip) return CLI_DONE;
    if (query->limit > 0 && rows->seen > query->skip + query->limit) {
        rows->out->many = rows->out->more == LIST_COUNTED;
        if (rows->out->many) return LIST_ENOUGH;
        rows->out->more++;
        return CLI_DONE;
    }
    rows_hold(rows, wire, record);
    return CLI_DONE;
}

static void turn_stored(void *context)
{
    rows_t *rows = context;
    if (rows->result == CLI_DONE) rows->result = rows_hand_out(rows, 0, rows->n);
    rows_forget(rows);
}

static void request_of(const list_query_t *query, Selenga__List *ret_request)
{
    selenga__list__init(ret_request);
    ret_request->has_kind = true;
    ret_request->kind = query->table->kinds[0]->number;
    ret_request->org = (char *)query->org;
    ret_request->where = (Selenga__Match **)(uintptr_t)query->where;
    ret_request->n_where = query->n_where;
    ret_request->find = (char *)query->find;
}

static int stream(rows_t *rows)
{
    Selenga__List request;
    const list_query_t *query = rows->query;
    request_of(query, &request);
    request.has_skip = query->skip > 0;
    request.skip = rows->seen = query->skip; // the node passes over them
    uint64_t most = query->limit > 0 && !query->counts ? query->limit : 0;
    int r = ask_each(rows->ask, &request, most, take_stored, turn_stored, rows);
    turn_stored(rows); // what was held when the list broke off
    return r == CLI_DONE || r == LIST_ENOUGH ? rows->result : r;
}

// --- all in hand

static void rank(rows_t *rows, size_t from)
{
    const list_query_t *query = rows->query;
    bool named = query->sort >= 0 && table_is_name(query->table, (size_t)query->sort);
    list_row_t row;
    for (size_t i = from; i < rows->n && query->sort >= 0; i++) {
        size_t left = rows->n - i;
        if (named && (i - from) % PAGE_RECORDS == 0)
            rows_ask_names(rows, i, left < PAGE_RECORDS ? left : PAGE_RECORDS);
        rows_open(rows, &rows->items[i], &row);
        rows->items[i].rank = table_rank(query->table, (size_t)query->sort, &row.row, query->lang);
    }
}

static int by_rank(const void *a, const void *b, void *down)
{
    const held_t *left = a, *right = b;
    int r = table_rank_compare(&left->rank, &right->rank, *(const bool *)down);
    return r != 0 ? r : (left->at > right->at) - (left->at < right->at);
}

static void sort(rows_t *rows)
{
    bool down = rows->query->down;
    if (rows->query->sort >= 0 && rows->n > 0)
        qsort_r(rows->items, rows->n, sizeof *rows->items, by_rank, &down);
}

// A page of sorted records is found without more than it and those before it in hand: what comes behind them
// is let go.
static void trim(rows_t *rows)
{
    const list_query_t *query = rows->query;
    uint64_t most = query->skip + query->limit;
    if (query->limit == 0 || query->table->sheet || rows->n < most + TRIM_ROWS) return;
    rank(rows, rows->ranked);
    sort(rows);
    for (size_t i = (size_t)most; i < rows->n; i++) {
        rows->bytes -= rows->items[i].wires[0].size + sizeof(held_t);
        held_free(&rows->items[i]);
    }
    rows->dropped += rows->n - most;
    rows->n = rows->ranked = (size_t)most;
}

static int take_all(slice_t wire, const Selenga__Record *record, void *context)
{
    rows_t *rows = context;
    rows->bytes += wire.size + sizeof(held_t);
    if (rows->bytes >> 20 >= LIST_MOST)
        return cli_refuse(_("more than %d MiB of records to be sorted: choose fewer, with --org, --where, "
                            "--find or --limit"),
                          LIST_MOST);
    rows_hold(rows, wire, record)->at = (size_t)rows->seen++;
    return CLI_DONE;
}

static void turn_all(void *context)
{
    trim(context);
}

// Leaves out what does not fit.
static void choose(rows_t *rows)
{
    const list_query_t *query = rows->query;
    AUTO(find_destroy) find_t *find = query->table->sheet && query->find ? find_new(query->find) : NULL;
    size_t n = 0;
    list_row_t row;
    for (size_t i = 0; i < rows->n; i++) {
        rows_open(rows, &rows->items[i], &row);
        if (query->table->sheet && !sheet_fits(query, find, &row))
            held_free(&rows->items[i]);
        else
            rows->items[n++] = rows->items[i];
    }
    rows->n = n;
}

static int gather(rows_t *rows)
{
    const list_query_t *query = rows->query;
    for (; rows->kind < query->table->n_kinds; rows->kind++) {
        Selenga__List request;
        if (query->table->sheet)
            sheet_request(rows, rows->kind, false, &request);
        else
            request_of(query, &request);
        int r = ask_each(rows->ask, &request, 0, take_all, turn_all, rows);
        if (r != CLI_DONE) return r;
    }
    if (query->table->sheet) sheet_merge(rows);
    choose(rows);
    rank(rows, rows->ranked);
    sort(rows);
    size_t from = query->skip < rows->n ? (size_t)query->skip : rows->n, to = rows->n;
    if (query->limit > 0 && to - from > query->limit) to = from + (size_t)query->limit;
    rows->out->more = rows->n - to + rows->dropped;
    int r = CLI_DONE;
    for (size_t n; from < to && r == CLI_DONE; from += n) {
        n = to - from < PAGE_RECORDS ? to - from : PAGE_RECORDS;
        r = rows_hand_out(rows, from, n);
    }
    return r;
}

// A page of a sheet, and what the node finds by records of one kind, needs not all of it in hand.
static bool is_streamed(const list_query_t *query)
{
    bool sheet = query->table->sheet;
    bool found = sheet && (query->find != NULL || sheet_driver(query) >= 0);
    return query->sort < 0 && (!sheet || query->limit > 0 || found);
}

int list_rows(ask_t *ask, const list_query_t *query, list_out_t *out)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(SHEET_ARENA);
    AUTO(names_destroy) names_t *names = names_new();
    rows_t rows = {.ask = ask, .query = query, .out = out, .arena = arena, .names = names};
    int r = !is_streamed(query) ? gather(&rows) : query->table->sheet ? sheet_stream(&rows) : stream(&rows);
    rows_forget(&rows);
    free(rows.items);
    free(rows.where);
    free(rows.word);
    find_destroy(&rows.has_word);
    return r;
}
