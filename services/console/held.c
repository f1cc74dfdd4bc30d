// SPDX-License-Identifier: Apache-2.0
#include "services/console/held.h"
#include "common/base/vec.h"
#include "proto/message.h"
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 1000 };

void holding_free(holding_t *holding)
{
    for (size_t i = 0; i < holding->n_arenas; i++) arena_destroy(&holding->arenas[i]);
    free(holding->items);
    *holding = (holding_t){0};
}

// What its home would have refused is no record of the kind: pages rely on what is required.
static bool is_whole(const kind_rule_t *kind, const body_t *body)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_REQUIRED) != 0 && !body_has(kind, body, i)) return false;
    return true;
}

static void keep(const page_t *page, holding_t *holding, arena_t *arena, const ProtobufCBinaryData *wire)
{
    held_t held = {0};
    path_t home;
    body_t *body;
    const Selenga__Record *r = selenga__record__unpack(arena_allocator(arena), wire->len, wire->data);
    if (r == NULL || r->deleted || r->id.len != sizeof held.id.b || r->kind != holding->kind->number) return;
    if (body_unpack(holding->kind, slice(r->body.data, r->body.len), arena, &body, NULL) != 0) return;
    if (!is_whole(holding->kind, body)) return;
    memcpy(held.id.b, r->id.data, sizeof held.id.b);
    version_text(&(version_t){.inc = r->inc, .seq = r->seq, .boot = r->boot}, held.version);
    held.ours =
        path_from_bytes(slice(r->home.data, r->home.len), &home) && path_equal(&home, &page->node->path);
    held.record = r;
    held.body = body;
    *vec_add(holding->items, holding->n, holding->room) = held;
}

static void keep_all(const page_t *page, holding_t *holding, const Selenga__Records *reply)
{
    size_t size = 4096;
    for (size_t i = 0; i < reply->n_records; i++) size += 4 * reply->records[i].len + 512;
    arena_t *arena = holding->arenas[holding->n_arenas++] = arena_new(size);
    for (size_t i = 0; i < reply->n_records; i++) keep(page, holding, arena, &reply->records[i]);
}

static bool ask(page_t *page, const Selenga__List *request, const Selenga__Records **ret_reply)
{
    return page_ask(page, request->kind / 100, MSG_LIST, request, MSG_RECORDS, &selenga__records__descriptor,
                    ret_reply);
}

bool holding_ask(page_t *page, holding_t *holding, const kind_rule_t *kind, const char *org,
                 const char *field, const char *value)
{
    Selenga__List request = SELENGA__LIST__INIT;
    Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
    const Selenga__Records *reply = NULL;
    if (holding->opened) {
        page->at += holding->n_asks; // they are answered
        return true;
    }
    *holding = (holding_t){.kind = kind};
    if (!entry_may(page, kind, ACCESS_READ)) return true;
    request.has_kind = request.has_limit = 1;
    request.kind = kind->number;
    request.limit = CHUNK;
    request.org = *org != '\0' ? (char *)(uintptr_t)org : NULL;
    if (field != NULL) {
        match.field = (char *)(uintptr_t)field;
        match.value = (char *)(uintptr_t)value;
        request.where = where;
        request.n_where = 1;
    }
    do {
        if (holding->n_replies == HELD_ANSWERS) {
            holding->more = true;
            return true;
        }
        if (!ask(page, &request, &reply)) return false;
        holding->replies[holding->n_replies++] = reply;
        request.has_after = reply->has_next;
        request.after = reply->next;
    } while (reply->has_next);
    return true;
}

void holding_open(const page_t *page, holding_t *holding)
{
    if (holding->opened) return;
    for (size_t i = 0; i < holding->n_replies; i++) keep_all(page, holding, holding->replies[i]);
    holding->n_asks = holding->n_replies;
    holding->n_replies = 0;
    holding->opened = true;
}

bool holding_list(page_t *page, holding_t *holding, const kind_rule_t *kind, const char *org,
                  const char *field, const char *value)
{
    *holding = (holding_t){0};
    if (!holding_ask(page, holding, kind, org, field, value)) return false;
    holding_open(page, holding);
    return true;
}

bool holding_ids(page_t *page, holding_t *holding, const kind_rule_t *kind, const rid_t *ids, size_t n)
{
    Selenga__List request = SELENGA__LIST__INIT;
    const Selenga__Records *reply = NULL;
    *holding = (holding_t){.kind = kind};
    if (n == 0 || !entry_may(page, kind, ACCESS_READ)) return true;
    AUTO(xfree) ProtobufCBinaryData *list = xcalloc(n, sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = (ProtobufCBinaryData){sizeof ids[i].b, (uint8_t *)(uintptr_t)ids[i].b};
    request.has_kind = request.has_limit = 1;
    request.kind = kind->number;
    request.limit = 1000;
    request.ids = list;
    request.n_ids = n;
    do {
        if (holding->n_arenas == HELD_ANSWERS) return true;
        if (!ask(page, &request, &reply)) return false;
        keep_all(page, holding, reply);
        request.has_after = reply->has_next;
        request.after = reply->next;
    } while (reply->has_next);
    return true;
}

const held_t *holding_find(const holding_t *holding, const rid_t *id)
{
    for (size_t i = 0; i < holding->n; i++)
        if (rid_equal(&holding->items[i].id, id)) return &holding->items[i];
    return NULL;
}

const held_t *holding_key(const holding_t *holding, const char *ref)
{
    rid_t id;
    if (ref == NULL || holding->kind == NULL || !ref_id(holding->kind, slice_text(ref), &id)) return NULL;
    return holding_find(holding, &id);
}

const char *held_title(const kind_rule_t *kind, const body_t *body, lang_t lang, char *buf)
{
    char value[VIEW_TEXT];
    size_t used = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < kind->n_fields; i++) {
        if ((kind->fields[i].flags & F_TITLE) == 0 || !body_has(kind, body, i)) continue;
        const char *text = view_value(kind, body, i, (view_t){VIEW_WORDS, lang}, value);
        int n = snprintf(buf + used, VIEW_TEXT - used, "%s%s", used > 0 ? " " : "", text);
        used += n > 0 ? (size_t)n : 0;
        if (used >= VIEW_TEXT) break;
    }
    return buf;
}
