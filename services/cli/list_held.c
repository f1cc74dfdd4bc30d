// SPDX-License-Identifier: Apache-2.0
#include "services/cli/list_held.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/vec.h"
#include "common/forms/sheet.h"
#include "common/node/msg.h"
#include "services/cli/review.h"

void held_free(held_t *held)
{
    for (size_t k = 0; k < SHEET_KINDS_MAX; k++) free((void *)(uintptr_t)held->wires[k].data);
    table_rank_free(&held->rank);
}

void rows_forget(rows_t *rows)
{
    for (size_t i = 0; i < rows->n; i++) held_free(&rows->items[i]);
    rows->n = 0;
}

void rows_open(const rows_t *rows, const held_t *held, list_row_t *ret_row)
{
    const table_t *table = rows->query->table;
    *ret_row = (list_row_t){.row.names = rows->names};
    arena_reset(rows->arena, SHEET_ARENA);
    for (size_t k = 0; k < table->n_kinds; k++) {
        ret_row->wires[k] = held->wires[k];
        if (held->wires[k].size == 0) continue;
        AUTO(msg_body_free)
        Selenga__Record *record = msg_body_unpack(&selenga__record__descriptor, held->wires[k]);
        if (record == NULL) continue;
        if (record->id.len == sizeof ret_row->row.id.b)
            memcpy(ret_row->row.id.b, record->id.data, sizeof ret_row->row.id.b);
        slice_t bytes = slice(record->body.data, record->body.len);
        if (body_unpack(table->kinds[k], bytes, rows->arena, &ret_row->row.bodies[k], NULL) != 0)
            ret_row->row.bodies[k] = NULL;
    }
}

// The ids of all records of its row. A body that cannot be read is a row by itself.
static void find_ids(rows_t *rows, const Selenga__Record *record, held_t *held)
{
    const table_t *table = rows->query->table;
    const kind_rule_t *kind = table->kinds[rows->kind];
    char key[KEY_TEXT_MAX];
    body_t *body = NULL;
    slice_t bytes = slice(record->body.data, record->body.len);
    arena_reset(rows->arena, SHEET_ARENA);
    if (record->id.len != sizeof held->ids[0].b) return;
    bool whole = body_unpack(kind, bytes, rows->arena, &body, NULL) == 0;
    for (size_t k = 0; k < table->n_kinds; k++)
        if (whole)
            rid_derive(table->kinds[k], body_org(kind, body, ""), body_key(kind, body, key), &held->ids[k]);
        else
            memcpy(held->ids[k].b, record->id.data, sizeof held->ids[k].b);
}

held_t *rows_hold(rows_t *rows, slice_t wire, const Selenga__Record *record)
{
    held_t *held = vec_add(rows->items, rows->n, rows->room);
    *held = (held_t){.at = rows->n};
    held->wires[rows->kind] = slice(xmemdup(wire.data, wire.size), wire.size);
    if (rows->query->table->sheet) find_ids(rows, record, held);
    return held;
}

// --- names

static bool needs_name(const rows_t *rows, size_t column)
{
    const table_t *table = rows->query->table;
    bool shown = rows->query->sort == (int)column;
    for (size_t i = 0; i < table->n_shown && !shown; i++) shown = table->shown[i] == column;
    return shown && table_is_name(table, column);
}

// Of all references of these rows at once. Rows are shown also where names cannot be told, which is said.
void rows_ask_names(rows_t *rows, size_t from, size_t n)
{
    const table_t *table = rows->query->table;
    size_t columns[TABLE_COLUMNS_MAX], n_columns = 0;
    char name[VIEW_TEXT];
    for (size_t c = 0; c < table->n_columns; c++)
        if (needs_name(rows, c)) columns[n_columns++] = c;
    names_turn(rows->names);
    for (bool again = n_columns > 0; again;) {
        list_row_t row;
        for (size_t i = from; i < from + n; i++) {
            rows_open(rows, &rows->items[i], &row);
            for (size_t c = 0; c < n_columns; c++)
                table_cell(table, columns[c], &row.row, (view_t){VIEW_CODES, rows->query->lang}, name);
        }
        again = names_wants(rows->names);
        client_why_t why;
        client_status_t status = again ? names_ask(rows->names, ask_client(rows->ask), &why) : CLIENT_DONE;
        if (status != CLIENT_DONE) (void)ask_said(rows->ask, status, &why);
    }
}

// --- out

// Rows are shown also where their reviews cannot be told, which is said.
int rows_hand_out(rows_t *rows, size_t from, size_t n)
{
    AUTO(msg_body_free) Selenga__ReviewsReply *reviews = NULL;
    AUTO(xfree) rid_t *ids = xcalloc(n + 1, sizeof *ids);
    bool reviewed = table_shows(rows->query->table, "review") && !rows->query->table->sheet;
    list_row_t row;
    for (size_t i = 0; reviewed && i < n; i++) {
        rows_open(rows, &rows->items[from + i], &row);
        ids[i] = row.row.id;
    }
    if (reviewed && n > 0) (void)review_ask(rows->ask, ids, n, &reviews);
    rows_ask_names(rows, from, n);
    int r = CLI_DONE;
    for (size_t i = 0; i < n && r == CLI_DONE; i++, rows->out->n++) {
        char text[REVIEW_TEXT];
        rows_open(rows, &rows->items[from + i], &row);
        if (reviews != NULL) row.row.review = review_text(reviews, i, text);
        r = rows->out->row(rows->out->context, &row, reviews, i);
    }
    if (rows->out->turn != NULL) rows->out->turn(rows->out->context);
    return r;
}
