// SPDX-License-Identifier: Apache-2.0
// Rows of a sheet without reading all of it: records of one kind come page by page, and those of the other
// kinds that are shown with them are asked for by their ids. A row may lack any of its kinds (names do not
// reach the region), so behind those of the first kind come those of the second that have none of the first,
// and so on.
#include "services/cli/list_join.h"

#include <stdlib.h>
#include <string.h>

#include "common/forms/fold.h"
#include "common/node/pages.h"
#include "services/cli/listing.h"

// --- conditions

// Of a row's kinds, how many have the column, and in *ret_kind the last of them.
static size_t holders(const table_t *table, size_t column, size_t *ret_kind)
{
    size_t n = 0;
    for (size_t k = 0; k < table->n_kinds; k++) {
        if (table->columns[column].field[k] == NO_FIELD) continue;
        *ret_kind = k;
        n++;
    }
    return n;
}

static size_t column_of(const table_t *table, const Selenga__Match *match)
{
    return (size_t)table_column(table, slice_text(match->field)); // `list` looked whether it exists
}

void sheet_request(rows_t *rows, size_t kind, bool alone, Selenga__List *ret_request)
{
    const list_query_t *query = rows->query;
    const table_t *table = query->table;
    selenga__list__init(ret_request);
    ret_request->has_kind = true;
    ret_request->kind = table->kinds[kind]->number;
    ret_request->org = (char *)query->org;
    ret_request->where = rows->where = xrealloc(rows->where, (query->n_where + 1) * sizeof *rows->where);
    for (size_t i = 0; i < query->n_where; i++) {
        size_t held_by = 0, n = holders(table, column_of(table, query->where[i]), &held_by);
        if (n == table->n_kinds || (alone && n == 1 && held_by == kind))
            ret_request->where[ret_request->n_where++] = (Selenga__Match *)(uintptr_t)query->where[i];
    }
}

int sheet_driver(const list_query_t *query)
{
    for (size_t i = 0; i < query->n_where; i++) {
        size_t kind;
        bool one = holders(query->table, column_of(query->table, query->where[i]), &kind) == 1;
        if (one && query->where[i]->value[0] != '\0') return (int)kind;
    }
    return -1;
}

bool sheet_fits(const list_query_t *query, find_t *find, const list_row_t *row)
{
    char value[VIEW_TEXT];
    const table_t *table = query->table;
    for (size_t i = 0; i < query->n_where; i++) {
        view_t view = {VIEW_CODES, query->lang};
        const char *is = table_cell(table, column_of(table, query->where[i]), &row->row, view, value);
        if (strcmp(is, query->where[i]->value) != 0) return false;
    }
    return find == NULL || find_matches(find, table->kinds, row->row.bodies, table->n_kinds);
}

// --- together

static int by_id(const void *a, const void *b)
{
    const held_t *left = a, *right = b;
    int r = memcmp(&left->ids[0], &right->ids[0], sizeof left->ids[0]);
    return r != 0 ? r : (left->at > right->at) - (left->at < right->at);
}

static int by_arrival(const void *a, const void *b)
{
    const held_t *left = a, *right = b;
    return (left->at > right->at) - (left->at < right->at);
}

void sheet_merge(rows_t *rows)
{
    size_t n = 0;
    if (rows->n > 0) qsort(rows->items, rows->n, sizeof *rows->items, by_id);
    for (size_t i = 0; i < rows->n; i++) {
        held_t *last = n > 0 ? &rows->items[n - 1] : NULL, *held = &rows->items[i];
        if (last == NULL || !rid_equal(&last->ids[0], &held->ids[0])) {
            rows->items[n++] = *held;
            continue;
        }
        for (size_t k = 0; k < SHEET_KINDS_MAX; k++) {
            if (held->wires[k].size == 0 || last->wires[k].size > 0) continue;
            last->wires[k] = held->wires[k];
            held->wires[k] = (slice_t){0};
        }
        held_free(held);
    }
    rows->n = n;
    if (n > 0) qsort(rows->items, n, sizeof *rows->items, by_arrival);
}

typedef struct joining {
    rows_t *rows;
    size_t kind, at, end; // rows that are still to be met
} joining_t;

// Answers come in the order of the ids.
static int take_joined(slice_t wire, const Selenga__Record *record, void *context)
{
    joining_t *joining = context;
    while (joining->at < joining->end) {
        held_t *held = &joining->rows->items[joining->at++];
        if (held->wires[joining->kind].size > 0 || record->id.len != sizeof(rid_t) ||
            memcmp(record->id.data, held->ids[joining->kind].b, sizeof(rid_t)) != 0)
            continue;
        held->wires[joining->kind] = slice(xmemdup(wire.data, wire.size), wire.size);
        break;
    }
    return CLI_DONE;
}

// Asks for the records of this kind that belong to the rows in hand.
static int join(rows_t *rows, size_t kind)
{
    AUTO(xfree) ProtobufCBinaryData *ids = xcalloc(PAGE_RECORDS, sizeof *ids);
    int r = CLI_DONE;
    for (size_t from = 0; from < rows->n && r == CLI_DONE; from += PAGE_RECORDS) {
        size_t left = rows->n - from, n = left < PAGE_RECORDS ? left : PAGE_RECORDS;
        joining_t joining = {rows, kind, from, from + n};
        Selenga__List request = SELENGA__LIST__INIT;
        request.has_kind = true;
        request.kind = rows->query->table->kinds[kind]->number;
        request.ids = ids;
        for (size_t i = from; i < from + n; i++)
            if (rows->items[i].wires[kind].size == 0)
                ids[request.n_ids++] = (ProtobufCBinaryData){sizeof(rid_t), rows->items[i].ids[kind].b};
        if (request.n_ids > 0) r = ask_each(rows->ask, &request, 0, take_joined, NULL, &joining);
    }
    return r;
}

static int join_all(rows_t *rows)
{
    int r = CLI_DONE;
    for (size_t k = 0; k < rows->query->table->n_kinds && r == CLI_DONE; k++)
        if (k != rows->kind) r = join(rows, k);
    return r;
}

// --- page by page

// Was the row there already, by its record of kind k?
static bool was_met(const rows_t *rows, const held_t *held, size_t k)
{
    list_row_t row;
    if (held->wires[k].size == 0 || rows->has_word == NULL) return held->wires[k].size > 0;
    rows_open(rows, held, &row);
    return find_matches(rows->has_word, &rows->query->table->kinds[k], &row.row.bodies[k], 1);
}

// By a kind before this one.
static int drop_met(rows_t *rows)
{
    int r = CLI_DONE;
    for (size_t k = 0; k < rows->kind && r == CLI_DONE; k++) {
        size_t n = 0;
        r = join(rows, k);
        for (size_t i = 0; i < rows->n; i++)
            if (was_met(rows, &rows->items[i], k))
                held_free(&rows->items[i]);
            else
                rows->items[n++] = rows->items[i];
        rows->n = n;
    }
    return r;
}

static int drop_misfits(rows_t *rows)
{
    AUTO(find_destroy) find_t *find = rows->query->find != NULL ? find_new(rows->query->find) : NULL;
    size_t n = 0;
    list_row_t row;
    int r = join_all(rows);
    for (size_t i = 0; i < rows->n; i++) {
        rows_open(rows, &rows->items[i], &row);
        if (sheet_fits(rows->query, find, &row))
            rows->items[n++] = rows->items[i];
        else
            held_free(&rows->items[i]);
    }
    rows->n = n;
    return r;
}

// Leaves those of the page that is asked for, and counts some of those behind it.
static void drop_others(rows_t *rows)
{
    const list_query_t *query = rows->query;
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        bool behind = query->limit > 0 && rows->seen >= query->skip + query->limit;
        if (rows->seen++ >= query->skip && !behind) {
            rows->items[n++] = rows->items[i];
            continue;
        }
        held_free(&rows->items[i]);
        if (!behind || !query->counts || rows->enough) continue;
        rows->out->many = rows->enough = rows->out->more == LIST_COUNTED;
        if (!rows->enough) rows->out->more++;
    }
    rows->n = n;
    bool full = query->limit > 0 && rows->seen >= query->skip + query->limit;
    if (full && !query->counts) rows->enough = true;
}

static bool is_filtered(const list_query_t *query)
{
    return query->n_where > 0 || query->find != NULL;
}

static int show_page(rows_t *rows, bool alone)
{
    int r = alone ? CLI_DONE : drop_met(rows);
    if (r == CLI_DONE && is_filtered(rows->query)) r = drop_misfits(rows);
    if (r == CLI_DONE) drop_others(rows);
    if (r == CLI_DONE && !is_filtered(rows->query)) r = join_all(rows);
    return r == CLI_DONE ? rows_hand_out(rows, 0, rows->n) : r;
}

static int take_row(slice_t wire, const Selenga__Record *record, void *context)
{
    rows_t *rows = context;
    if (rows->result != CLI_DONE) return rows->result; // nobody reads on
    if (rows->enough) return LIST_ENOUGH;
    rows_hold(rows, wire, record);
    rows->taken++;
    return CLI_DONE;
}

static void turn_rows(void *context)
{
    rows_t *rows = context;
    if (rows->result == CLI_DONE) rows->result = show_page(rows, sheet_driver(rows->query) >= 0);
    rows_forget(rows);
}

static int stream_kind(rows_t *rows, bool alone, uint64_t skip, uint64_t most)
{
    Selenga__List request;
    sheet_request(rows, rows->kind, alone, &request);
    request.find = rows->word;
    request.has_skip = skip > 0;
    request.skip = skip;
    rows->seen += skip;
    rows->taken = 0;
    int r = ask_each(rows->ask, &request, most, take_row, turn_rows, rows);
    turn_rows(rows); // what was held when the list broke off
    if (rows->result != CLI_DONE || (r != CLI_DONE && r != LIST_ENOUGH))
        return rows->result != CLI_DONE ? rows->result : r;
    if (skip == 0 || rows->taken > 0) return CLI_DONE;
    rows->seen = 0; // there are not so many: how many?
    return stream_kind(rows, alone, 0, 0);
}

// The longest of the words sought: some record of the row has it, and the node finds that.
static void choose_word(rows_t *rows)
{
    char text[FIND_MAX + FOLD_ROOM], *rest = NULL, *longest = NULL;
    fold_into(rows->query->find, text, sizeof text);
    for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        if (longest == NULL || strlen(word) > strlen(longest)) longest = word;
    if (longest == NULL) return;
    rows->word = xstrdup(longest);
    rows->has_word = find_new(longest);
}

int sheet_stream(rows_t *rows)
{
    const list_query_t *query = rows->query;
    int driver = sheet_driver(query), r;
    if (driver < 0 && query->find != NULL) choose_word(rows);
    if (driver >= 0) {
        rows->kind = (size_t)driver;
        return stream_kind(rows, true, 0, 0);
    }
    bool all = is_filtered(query) || query->limit == 0;
    uint64_t most = all ? 0 : query->limit + (query->counts ? LIST_COUNTED + 1 : 0);
    r = stream_kind(rows, false, is_filtered(query) ? 0 : query->skip, most);
    while (r == CLI_DONE && !rows->enough && ++rows->kind < query->table->n_kinds)
        r = stream_kind(rows, false, 0, 0);
    return r;
}
