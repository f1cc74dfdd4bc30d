// SPDX-License-Identifier: Apache-2.0
#include "common/node/names.h"

#include <stdlib.h>

#include "common/base/dict.h"
#include "common/base/text.h"
#include "common/base/vec.h"
#include "common/node/pages.h"

typedef struct called {
    const kind_rule_t *kind;
    rid_t id;
    bool asked;
    uint8_t *body; // owned; NULL: not known, or not there
    size_t size;
} called_t;

struct names {
    dict_t *keys; // kind and id, by their places in `items`
    called_t *items;
    size_t n, room;
    size_t n_asked;
    size_t bytes;
    unsigned silent; // bit 1 << number of a service that failed to answer
    arena_t *arena;
    ProtobufCBinaryData asked[PAGE_RECORDS]; // ids of the last request
    rid_t ids[PAGE_RECORDS];
};

static void forget(names_t *self)
{
    for (size_t i = 0; i < self->n; i++) free(self->items[i].body);
    self->n = self->n_asked = self->bytes = 0;
    dict_destroy(&self->keys);
    self->keys = dict_new();
}

names_t *names_new(void)
{
    names_t *self = xcalloc(1, sizeof *self);
    self->keys = dict_new();
    self->arena = arena_new(BODY_MAX);
    return self;
}

void names_destroy(names_t **self_p)
{
    names_t *self = *self_p;
    if (self == NULL) return;
    forget(self);
    free(self->items);
    dict_destroy(&self->keys);
    arena_destroy(&self->arena);
    free(self);
    *self_p = NULL;
}

bool names_wants(const names_t *self)
{
    return self->n_asked < self->n;
}

void names_turn(names_t *self)
{
    if (self->bytes + self->n * sizeof *self->items > NAMES_BYTES) forget(self);
}

// --- what is known -------------------------------------------------------------------------------

static slice_t key_of(uint8_t *buf, uint32_t kind, const rid_t *id)
{
    be32_store(buf, kind);
    memcpy(buf + 4, id->b, sizeof id->b);
    return slice(buf, 4 + sizeof id->b);
}

// The record's body, in the arena until the next call; NULL: it is not known, which is noted, or not there.
static body_t *open_body(names_t *self, const kind_rule_t *kind, const rid_t *id)
{
    uint8_t key[4 + sizeof(rid_t)];
    body_t *body = NULL;
    uint32_t at = dict_add(self->keys, key_of(key, kind->number, id));
    if (at == self->n) *vec_add(self->items, self->n, self->room) = (called_t){.kind = kind, .id = *id};
    const called_t *called = &self->items[at];
    if (called->body == NULL) return NULL;
    arena_reset(self->arena, called->size);
    bool whole = body_unpack(kind, slice(called->body, called->size), self->arena, &body, NULL) == 0;
    return whole ? body : NULL;
}

// The record with the title of what is referred to. False: nobody can tell, or not yet.
static bool leads_to(names_t *self, const body_ref_t *ref, const kind_rule_t **ret_kind, rid_t *ret_id)
{
    const kind_rule_t *titled = kind_by_number(ref->target->titled);
    char text[REF_MAX + 1];
    if (titled == NULL || ref->text.size >= sizeof text) return false;
    *ret_kind = titled;
    *ret_id = ref->id;
    if (ref->complete) return titled == ref->target || ref_id(titled, ref->text, ret_id);
    if (ref->via_kind == NULL) return false;
    memcpy(text, ref->text.data, ref->text.size); // it may stand in the arena
    slice_t rest = slice(text, ref->text.size);
    const body_t *via = open_body(self, ref->via_kind, &ref->via_id);
    const char *first = via != NULL ? body_str(ref->via_kind, via, ref->via_field) : NULL;
    return first != NULL && ref_id_in(titled, slice_text(first), rest, ret_id);
}

// What the title of this kind refers to; false: its title is its own.
static bool is_lent(const kind_rule_t *kind, const body_t *body, body_ref_t *ret_ref)
{
    size_t state = 0;
    while (body_next_ref(kind, body, &state, ret_ref))
        if ((kind->fields[ret_ref->field].flags & F_TITLE) != 0) return true;
    return false;
}

static void write_name(names_t *self, const body_ref_t *of, FILE *out)
{
    const kind_rule_t *kind;
    body_ref_t ref = *of;
    rid_t id;
    for (int steps = 0; steps <= TITLE_STEPS && leads_to(self, &ref, &kind, &id); steps++) {
        const body_t *body = open_body(self, kind, &id);
        if (body == NULL) return;
        if (is_lent(kind, body, &ref)) continue;
        for (size_t i = 0; i < kind->n_fields; i++)
            if ((kind->fields[i].flags & F_TITLE) != 0 && body_has(kind, body, i))
                fprintf(out, "%s%s", ftell(out) > 0 ? " " : "", body_str(kind, body, i));
        return;
    }
}

const char *names_of(names_t *self, const kind_rule_t *kind, const body_t *body, size_t i, char *buf,
                     size_t size)
{
    size_t state = 0, used = 0;
    body_ref_t ref;
    buf[0] = '\0';
    while (body_next_ref(kind, body, &state, &ref)) {
        char *name = NULL;
        size_t n = 0;
        if (ref.field != i) continue;
        FILE *out = open_memstream(&name, &n);
        if (out == NULL) abort();
        write_name(self, &ref, out);
        fclose(out);
        const char *joint = used > 0 ? "; " : "";
        if (n > 0 && used + strlen(joint) + n < size)
            used += (size_t)snprintf(buf + used, size - used, "%s%s", joint, name);
        free(name);
    }
    return buf;
}

// --- asking --------------------------------------------------------------------------------------

static bool is_next(const called_t *called, const Selenga__List *request)
{
    return !called->asked && called->kind->number == request->kind && request->n_ids < PAGE_RECORDS;
}

// What a service holds that does not answer counts as asked for.
static const called_t *first_wanted(names_t *self)
{
    for (; self->n_asked < self->n; self->n_asked++) {
        called_t *called = &self->items[self->n_asked];
        if (called->asked) continue;
        if ((self->silent & 1U << called->kind->number / 100) == 0) return called;
        called->asked = true;
    }
    return NULL;
}

bool names_next(names_t *self, Selenga__List *ret_request)
{
    const called_t *first = first_wanted(self);
    if (first == NULL) return false;
    selenga__list__init(ret_request);
    ret_request->has_kind = true;
    ret_request->kind = first->kind->number;
    ret_request->ids = self->asked;
    for (size_t i = self->n_asked; i < self->n; i++) {
        called_t *called = &self->items[i];
        if (!is_next(called, ret_request)) continue;
        rid_t *id = &self->ids[ret_request->n_ids];
        *id = called->id;
        self->asked[ret_request->n_ids++] = (ProtobufCBinaryData){sizeof id->b, id->b};
        called->asked = true;
    }
    return true;
}

void names_take(names_t *self, const Selenga__Record *record)
{
    uint8_t key[4 + sizeof(rid_t)];
    rid_t id;
    if (record->id.len != sizeof id.b || record->body.len == 0 || record->body.len > BODY_MAX) return;
    memcpy(id.b, record->id.data, sizeof id.b);
    uint32_t at = dict_find(self->keys, key_of(key, record->kind, &id));
    if (at == DICT_NONE || self->items[at].body != NULL) return;
    self->items[at].body = xmemdup(record->body.data, record->body.len);
    self->items[at].size = record->body.len;
    self->bytes += record->body.len;
}

static bool take_record(void *context, slice_t wire, const Selenga__Record *record)
{
    (void)wire;
    names_take(context, record);
    return true;
}

client_status_t names_ask(names_t *self, client_t *client, client_why_t *ret_why)
{
    Selenga__List request;
    client_status_t first = CLIENT_DONE;
    while (names_next(self, &request)) {
        client_why_t why;
        client_status_t status = pages_each(client, &request, 0, take_record, NULL, self, &why);
        if (status == CLIENT_DONE) continue;
        self->silent |= 1U << request.kind / 100;
        if (first == CLIENT_DONE) *ret_why = why;
        if (first == CLIENT_DONE) first = status;
    }
    return first;
}
