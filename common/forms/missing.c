// SPDX-License-Identifier: Apache-2.0
// See missing.h. Keys are texts, their parts joined by 0x1f; the first part is the organisation.
#include "common/forms/missing.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/base/dict.h"
#include "common/schema/kinds.h"
#include "proto/kinds.h"

enum { PART = 0x1f };

struct missing {
    const kind_rule_t *kind; // of which a record stands for the row: the one that ends, else the first
    dict_t *keys, *orgs;
};

// A list of what an organisation has. What is about a person has its key from him, and no list of it is
// whole.
static bool is_of_org(const kind_rule_t *kind)
{
    return kind_key_names_org(kind) &&
           kind->fields[kind_field(kind, kind->org_field)].ref == KIND_ORGANISATION.number;
}

missing_t *missing_new(const sheet_t *sheet)
{
    if (!is_of_org(sheet_kind(sheet, 0))) return NULL;
    missing_t *self = xcalloc(1, sizeof *self);
    self->kind = sheet_kind(sheet, 0);
    for (size_t i = 0; i < sheet_n_kinds(sheet); i++)
        if (sheet_kind(sheet, i)->ends_by != NULL) self->kind = sheet_kind(sheet, i);
    self->keys = dict_new();
    self->orgs = dict_new();
    return self;
}

void missing_destroy(missing_t **self_p)
{
    if (*self_p == NULL) return;
    dict_destroy(&(*self_p)->keys);
    dict_destroy(&(*self_p)->orgs);
    xfree(self_p);
}

void missing_note(missing_t *self, slice_t key)
{
    if (key.size == 0) return;
    const uint8_t *end = memchr(key.data, PART, key.size);
    dict_add(self->keys, key);
    dict_add(self->orgs, slice(key.data, end != NULL ? (size_t)(end - key.data) : key.size));
}

static bool has_ended(const kind_rule_t *kind, const body_t *body)
{
    int field = kind->ends_by != NULL ? kind_field(kind, kind->ends_by) : -1;
    char text[FIELD_TEXT_MAX];
    int32_t day;
    if (field < 0 || !date_parse(body_print(kind, body, (size_t)field, text), &day)) return false;
    return day < wall_day();
}

const char *missing_look(const missing_t *self, const Selenga__Record *record, char *buf)
{
    char text[KEY_TEXT_MAX];
    body_t *body = NULL;
    AUTO(arena_destroy) arena_t *arena = arena_new(4 * record->body.len + 4096);
    if (body_unpack(self->kind, slice(record->body.data, record->body.len), arena, &body, NULL) != 0)
        return NULL;
    slice_t key = body_key(self->kind, body, text);
    if (key.size == 0 || dict_find(self->keys, key) != DICT_NONE || has_ended(self->kind, body)) return NULL;
    return body_key_shown(self->kind, body, buf);
}

bool missing_request(const missing_t *self, uint32_t i, Selenga__List *ret_request)
{
    if (i >= dict_count(self->orgs)) return false;
    selenga__list__init(ret_request);
    ret_request->has_kind = true;
    ret_request->kind = self->kind->number;
    ret_request->org = (char *)(uintptr_t)dict_key(self->orgs, i);
    return true;
}
