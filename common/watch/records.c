// SPDX-License-Identifier: Apache-2.0
// Organisations and how they stand to each other; records, each of which is asked for once, whoever looks.
#include "common/base/arena.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "common/watch/attention_private.h"

enum { DEPTH_MAX = 16 };

place_of_t *attention_org(const attention_t *a, const char *code)
{
    uint32_t place = code != NULL ? dict_find(a->codes, slice_text(code)) : DICT_NONE;
    return place != DICT_NONE ? &a->orgs[place] : NULL;
}

bool attention_is_within(const attention_t *a, const char *code, const char *above)
{
    for (int i = 0; code != NULL && i < DEPTH_MAX; i++) {
        if (strcmp(code, above) == 0) return true;
        const place_of_t *org = attention_org(a, code);
        code = org != NULL ? org->parent : NULL;
    }
    return false;
}

bool attention_is_ours(const attention_t *a, const Selenga__Record *record)
{
    path_t home;
    return path_from_bytes(slice(record->home.data, record->home.len), &home) &&
           path_is_prefix(&a->own, &home);
}

body_t *records_body(const kind_rule_t *kind, const Selenga__Record *record, arena_t *arena)
{
    body_t *body = NULL;
    int rc = body_unpack(kind, slice(record->body.data, record->body.len), arena, &body, NULL);
    return rc == 0 ? body : NULL;
}

static const char *text_of(const kind_rule_t *kind, const body_t *body, const char *name)
{
    int field = kind_field(kind, name);
    return field >= 0 && body_has(kind, body, (size_t)field) ? body_str(kind, body, (size_t)field) : NULL;
}

static void keep_org(attention_t *a, const kind_rule_t *kind, const Selenga__Record *record)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    const body_t *body = records_body(kind, record, arena);
    if (body == NULL) return;
    const char *code = text_of(kind, body, "code"), *parent = text_of(kind, body, "parent");
    if (code == NULL || dict_add(a->codes, slice_text(code)) < a->n_orgs) return;
    int end = kind_field(kind, "valid_to");
    *vec_add(a->orgs, a->n_orgs, a->orgs_room) =
        (place_of_t){.parent = parent != NULL ? xstrdup(parent) : NULL,
                     .valid_to = (int32_t)body_int(kind, body, (size_t)end),
                     .has_end = body_has(kind, body, (size_t)end),
                     .ours = attention_is_ours(a, record)};
}

// --- records

static bool looks_at(const attention_t *a, const watcher_t *watcher, const kind_rule_t *kind)
{
    if (!watcher_is_wanted(a, watcher) || watcher->see == NULL) return false;
    if (watcher->mark != 0) return attention_marked(kind, watcher->mark) >= 0;
    for (size_t i = 0; i < ARRAY_SIZE(watcher->kinds); i++)
        if (watcher->kinds[i] == kind) return true;
    return false;
}

static void show(attention_t *a, const kind_rule_t *kind, const Selenga__Record *record)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    const body_t *body = records_body(kind, record, arena);
    if (body == NULL) return;
    seen_record_t seen = {kind, record, body, attention_is_ours(a, record)};
    for (size_t i = 0; i < N_WATCHERS; i++)
        if (looks_at(a, &WATCHERS[i], kind)) WATCHERS[i].see(a, &WATCHERS[i], &seen);
}

typedef void see_t(attention_t *a, const kind_rule_t *kind, const Selenga__Record *record);

static void see_page(attention_t *a, const kind_rule_t *kind, const Selenga__Records *page, see_t *see)
{
    for (size_t i = 0; i < page->n_records; i++) {
        slice_t wire = slice(page->records[i].data, page->records[i].len);
        AUTO(msg_body_free) Selenga__Record *record = msg_body_unpack(&selenga__record__descriptor, wire);
        if (record != NULL) see(a, kind, record);
    }
}

static bool take_orgs(attention_t *a, const question_t *q, const void *page)
{
    see_page(a, q->kind, page, keep_org);
    return true;
}

static bool take_records(attention_t *a, const question_t *q, const void *page)
{
    see_page(a, q->kind, page, show);
    return true;
}

void records_ask_orgs(attention_t *a)
{
    question_list(a, &(question_t){.take = take_orgs}, &KIND_ORGANISATION);
}

void records_ask(attention_t *a, const kind_rule_t *kind)
{
    bool wanted = false;
    for (size_t i = 0; i < N_WATCHERS; i++) wanted |= looks_at(a, &WATCHERS[i], kind);
    if (wanted) question_list(a, &(question_t){.take = take_records}, kind);
}
