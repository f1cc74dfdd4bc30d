// SPDX-License-Identifier: Apache-2.0
#include "services/console/listing.h"
#include "common/base/text.h"
#include "common/base/vec.h"
#include "common/forms/find.h"
#include "common/forms/value.h"
#include "common/schema/services.h"
#include "proto/message.h"
#include <stdio.h>
#include <stdlib.h>

enum {
    CHUNK = 1000,  // records of one answer, when all are wanted
    ALL_MOST = 20, // answers
};

void listing_free(listing_t *list)
{
    for (size_t i = 0; i < list->n; i++) table_rank_free(&list->rows[i].rank);
    free(list->rows);
    arena_destroy(&list->arena);
}

// --- what is asked for

static bool is_word(const char *name)
{
    static const char *const words[] = {"find", "org", "sort", "after", "page", "columns"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strcmp(words[i], name) == 0) return true;
    return false;
}

static bool refuse_column(page_t *page, const char *name)
{
    char text[256];
    snprintf(text, sizeof text, _("There is no field '%s' here. Choose another one."), name);
    page_refuse(page, 400, _("There is no such field"), text);
    return false;
}

// As a cell of the column would be read: days as people type them. Texts stay as they are.
static const char *read_value(const listing_t *list, const sheet_column_t *column, const char *text)
{
    const field_rule_t *rule = column->rule;
    bool plain =
        rule == NULL || rule->type == FIELD_TEXT || rule->type == FIELD_REF || rule->type == FIELD_REFS;
    const char *value = plain ? text : value_read(rule, text, list->arena);
    return value != NULL ? value : text;
}

static bool read_where(page_t *page, listing_t *list)
{
    const form_t *query = &page->request->query;
    for (size_t i = 0; i < query->n; i++) {
        const form_pair_t *pair = &query->pairs[i];
        if (is_word(pair->name) || *pair->value == '\0') continue;
        int column = table_column(&list->table, slice_text(pair->name));
        if (column < 0 || list->table.columns[column].field[0] == NO_FIELD || list->n_where == LISTING_WHERE)
            return refuse_column(page, pair->name);
        Selenga__Match *match = &list->matches[list->n_where];
        selenga__match__init(match);
        match->field = (char *)(uintptr_t)list->table.columns[column].name;
        match->value = (char *)(uintptr_t)read_value(list, &list->table.columns[column], pair->value);
        list->where[list->n_where++] = match;
    }
    return true;
}

// What no answer here has is not shown.
static void hide_review(table_t *table)
{
    size_t n = 0;
    for (size_t i = 0; i < table->n_shown; i++)
        if (strcmp(table->columns[table->shown[i]].name, "review") != 0) table->shown[n++] = table->shown[i];
    table->n_shown = n;
}

// Ticks come one by one; a saved address may have them joined by ','.
static const char *chosen_columns(const form_t *query, arena_t *arena)
{
    size_t size = 1;
    for (size_t i = 0; i < query->n; i++) size += strlen(query->pairs[i].value) + 1;
    char *text = arena_alloc(arena, size), *at = text;
    for (size_t i = 0; text != NULL && i < query->n; i++) {
        if (strcmp(query->pairs[i].name, "columns") != 0 || *query->pairs[i].value == '\0') continue;
        at = stpcpy(at > text ? stpcpy(at, ",") : at, query->pairs[i].value);
    }
    return text != NULL ? text : "";
}

static bool read_address(page_t *page, listing_t *list)
{
    const form_t *query = &page->request->query;
    char unknown[TABLE_NAME_MAX];
    list->find = form_text(query, "find");
    list->org = form_text(query, "org");
    list->sort = form_text(query, "sort");
    list->after = form_text(query, "after");
    list->down = list->sort[0] == '-';
    list->column = -1;
    table_of_kind(list->kind, &list->table);
    const char *columns = chosen_columns(query, list->arena);
    if (*columns != '\0' && table_choose(&list->table, columns, unknown) != 0)
        return refuse_column(page, unknown);
    hide_review(&list->table);
    if (list->table.n_shown == 0) table_of_kind(list->kind, &list->table);
    if (!int_parse(form_text(query, "page"), 1, 1000000, &list->number)) list->number = 1;
    if (*list->sort != '\0') {
        list->column = table_column(&list->table, slice_text(list->sort + list->down));
        if (list->column < 0) return refuse_column(page, list->sort + list->down);
    }
    if (strlen(list->find) > FIND_MAX) {
        page_refuse(page, 400, _("Too long"), _("What is sought is too long."));
        return false;
    }
    return read_where(page, list);
}

// --- reading

static bool ask_some(page_t *page, const listing_t *list, uint32_t most, const ProtobufCBinaryData *after,
                     bool out, const Selenga__Records **ret_reply)
{
    Selenga__List request = SELENGA__LIST__INIT;
    request.has_kind = request.has_limit = 1;
    request.kind = list->kind->number;
    request.limit = most;
    request.org = *list->org != '\0' ? (char *)(uintptr_t)list->org : NULL;
    request.find = *list->find != '\0' ? (char *)(uintptr_t)list->find : NULL;
    request.where = (Selenga__Match **)(uintptr_t)list->where;
    request.n_where = list->n_where;
    request.has_export = request.export = out;
    request.has_after = after != NULL;
    if (after != NULL) request.after = *after;
    return page_ask(page, list->kind->number / 100, MSG_LIST, &request, MSG_RECORDS,
                    &selenga__records__descriptor, ret_reply);
}

static void keep_all(listing_t *list, const Selenga__Records *reply)
{
    for (size_t i = 0; i < reply->n_records; i++)
        *vec_add(list->rows, list->n, list->room) =
            (listing_row_t){.wire = slice(reply->records[i].data, reply->records[i].len)};
}

bool listing_open(const listing_t *list, const listing_row_t *row, table_row_t *ret_row)
{
    *ret_row = (table_row_t){0};
    arena_reset(list->arena, 4 * row->wire.size + 4096);
    Selenga__Record *record =
        selenga__record__unpack(arena_allocator(list->arena), row->wire.size, row->wire.data);
    if (record == NULL || record->id.len != sizeof ret_row->id.b) return false;
    memcpy(ret_row->id.b, record->id.data, sizeof ret_row->id.b);
    slice_t body = slice(record->body.data, record->body.len);
    if (body_unpack(list->kind, body, list->arena, &ret_row->bodies[0], NULL) != 0) ret_row->bodies[0] = NULL;
    return true;
}

static bool read_stored(page_t *page, listing_t *list)
{
    uint8_t mark[LISTING_MARK];
    ProtobufCBinaryData after = {0, mark};
    const Selenga__Records *reply;
    int n = *list->after != '\0' ? hex_parse(slice_text(list->after), mark, sizeof mark) : 0;
    if (n < 0) {
        page_refuse(page, 400, _("No address"), _("There is no such address here."));
        return false;
    }
    after.len = (size_t)n;
    if (!ask_some(page, list, LISTING_ROWS, n > 0 ? &after : NULL, false, &reply)) return false;
    keep_all(list, reply);
    list->next = reply->has_next ? &reply->next : NULL;
    return true;
}

static int by_rank(const void *a, const void *b, void *down)
{
    return table_rank_compare(&((const listing_row_t *)a)->rank, &((const listing_row_t *)b)->rank,
                              *(const bool *)down);
}

bool listing_read_all(page_t *page, listing_t *list, bool out)
{
    const Selenga__Records *reply = NULL;
    table_row_t row;
    for (int i = 0; i == 0 || reply->has_next; i++) {
        if (i == ALL_MOST) {
            page_refuse(page, 400, _("Too many at once"),
                        _("Choose fewer: search, or name an organisation."));
            return false;
        }
        if (!ask_some(page, list, CHUNK, i > 0 ? &reply->next : NULL, out, &reply)) return false;
        keep_all(list, reply);
    }
    if (list->column < 0) return true;
    for (size_t i = 0; i < list->n; i++)
        if (listing_open(list, &list->rows[i], &row))
            list->rows[i].rank = table_rank(&list->table, (size_t)list->column, &row, page->lang);
    if (list->n > 0) qsort_r(list->rows, list->n, sizeof *list->rows, by_rank, &list->down);
    return true;
}

bool listing_begin(page_t *page, listing_t *list)
{
    *list = (listing_t){.arena = arena_new(4096)};
    return entry_kind(page, page->request->segments[1], &list->kind) && read_address(page, list);
}

bool listing_read(page_t *page, listing_t *list)
{
    return list->column >= 0 ? listing_read_all(page, list, false) : read_stored(page, list);
}
