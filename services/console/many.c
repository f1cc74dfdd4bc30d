// SPDX-License-Identifier: Apache-2.0
#include "services/console/many.h"
#include "common/base/text.h"
#include "common/base/vec.h"
#include "common/forms/value.h"
#include "common/schema/fault.h"
#include "proto/message.h"
#include <stdlib.h>

enum {
    REJECTED = 4, // of Outcome.result
    CHUNK = 400   // groups of one put
};

void many_free(many_t *many)
{
    free(many->rows);
    many->rows = NULL;
    many->n = many->room = 0;
}

static many_row_t *add(many_t *many, const many_row_t *row)
{
    if (many->n == MANY_MOST) return NULL;
    if (many->room == 0) vec_reserve(many->rows, many->room, MANY_MOST); // rows do not move
    many->rows[many->n] = *row;
    return &many->rows[many->n++];
}

many_row_t *many_add(many_t *many, const char *expect)
{
    many_row_t row = {.body = body_new(many->kind, many->arena), .expect = expect};
    return row.body != NULL ? add(many, &row) : NULL;
}

many_row_t *many_delete(many_t *many, const rid_t *id, const char *expect, const char *why)
{
    many_row_t row = {.id = *id, .deleted = true, .expect = expect, .why = why};
    return add(many, &row);
}

static bool set(many_t *many, many_row_t *row, size_t i, const char *text)
{
    fault_t fault;
    const field_rule_t *field = &many->kind->fields[i];
    if (row->n_set < MANY_FIELDS) row->set[row->n_set++] = kind_field_number(many->kind, i);
    if (text == NULL || (*text == '\0' && (field->flags & F_REQUIRED) != 0))
        fault_set(&fault, text == NULL ? "TOO-BIG" : "REQUIRED", field->name, field->name);
    else if (body_set_text(many->kind, row->body, i, text, many->arena, &fault) == 0)
        return true;
    if (row->fault.code[0] == '\0') row->fault = fault;
    return false;
}

bool many_set(many_t *many, many_row_t *row, const char *field, const char *text)
{
    int i = kind_field(many->kind, field);
    if (i < 0) return false;
    const char *typed = arena_text(many->arena, text_trim(slice_text(text)));
    if (typed != NULL) typed = value_read(&many->kind->fields[i], typed, many->arena);
    return set(many, row, (size_t)i, typed);
}

bool many_keep(many_t *many, many_row_t *row, const char *field, const char *text)
{
    int i = kind_field(many->kind, field);
    return i >= 0 && set(many, row, (size_t)i, text != NULL ? text : "");
}

// --- sending

typedef struct sending {
    Selenga__Item *items, **at;
    Selenga__Group *groups, **list;
    size_t n_groups;
} sending_t;

static bool fill(many_t *many, many_row_t *row, Selenga__Item *item)
{
    slice_t packed;
    selenga__item__init(item);
    item->has_kind = 1;
    item->kind = many->kind->number;
    item->expect_version = (char *)(uintptr_t)row->expect;
    if (row->deleted) {
        item->has_id = item->has_deleted = item->deleted = 1;
        item->id = (ProtobufCBinaryData){sizeof row->id.b, row->id.b};
        item->why = (char *)(uintptr_t)row->why;
        return true;
    }
    if (body_pack(row->body, many->arena, &packed, &row->fault) != 0) return false;
    item->has_body = 1;
    item->body = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    item->set = row->set;
    item->n_set = row->n_set;
    return true;
}

static bool is_wrong(const many_t *many, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (many->rows[i].fault.code[0] != '\0') return true;
    return false;
}

// Rows of one group stand one behind the other.
static size_t group_end(const many_t *many, size_t first)
{
    size_t end = first + 1, group = many->rows[first].group;
    while (group != 0 && end < many->n && many->rows[end].group == group) end++;
    return end;
}

static void pack(many_t *many, sending_t *sending)
{
    for (size_t first = 0, end; first < many->n; first = end) {
        end = group_end(many, first);
        for (size_t i = first; i < end; i++) {
            sending->at[i] = &sending->items[i];
            if (many->rows[i].fault.code[0] == '\0') (void)fill(many, &many->rows[i], &sending->items[i]);
        }
        if (is_wrong(many, first, end)) continue;
        Selenga__Group *group = &sending->groups[sending->n_groups];
        selenga__group__init(group);
        group->items = &sending->at[first];
        group->n_items = end - first;
        sending->list[sending->n_groups++] = group;
    }
}

// The outcome of the nth group that was sent.
static const Selenga__Outcome *outcome_of(const Selenga__PutReply *const *replies, size_t n)
{
    const Selenga__PutReply *reply = replies[n / CHUNK];
    return n % CHUNK < reply->n_outcomes ? reply->outcomes[n % CHUNK] : NULL;
}

static void judge(many_t *many, const Selenga__PutReply *const *replies)
{
    size_t at = 0;
    for (size_t first = 0, end; first < many->n; first = end) {
        end = group_end(many, first);
        const Selenga__Outcome *outcome = is_wrong(many, first, end) ? NULL : outcome_of(replies, at++);
        for (size_t i = first; i < end; i++) {
            many_row_t *row = &many->rows[i];
            row->done = outcome != NULL && outcome->result != REJECTED;
            if (outcome != NULL && !row->done) fault_from_proto(outcome->fault, &row->fault);
            many->done += row->done;
            many->failed += !row->done;
        }
    }
}

bool many_send(page_t *page, many_t *many)
{
    Selenga__Put request = SELENGA__PUT__INIT;
    const Selenga__PutReply *replies[MANY_MOST / CHUNK + 1];
    AUTO(xfree) Selenga__Item *items = xcalloc(many->n + 1, sizeof *items);
    AUTO(xfree) Selenga__Item **at = xcalloc(many->n + 1, sizeof *at);
    AUTO(xfree) Selenga__Group *groups = xcalloc(many->n + 1, sizeof *groups);
    AUTO(xfree) Selenga__Group **list = xcalloc(many->n + 1, sizeof *list);
    sending_t sending = {items, at, groups, list, 0};
    many->done = many->failed = 0;
    pack(many, &sending);
    request.has_dry = request.dry = many->dry;
    for (size_t i = 0; i < sending.n_groups; i += CHUNK) {
        request.groups = &list[i];
        request.n_groups = sending.n_groups - i < CHUNK ? sending.n_groups - i : CHUNK;
        if (!page_ask(page, many->kind->number / 100, MSG_PUT, &request, MSG_PUT_REPLY,
                      &selenga__put_reply__descriptor, &replies[i / CHUNK]))
            return false;
    }
    judge(many, replies);
    return true;
}
