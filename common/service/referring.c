// SPDX-License-Identifier: Apache-2.0
// See referring.h. References that have an index are found by it, those to organisations by the index of
// kinds; for the few that have none all records of the kind are looked at: people seldom delete.
#include "common/service/referring.h"
#include "common/base/vec.h"
#include <stdlib.h>

enum { KEY_SHOWN = FAULT_ARG - 64 }; // bytes of the example's key, beside its kind

typedef struct count {
    store_txn_t *txn;
    const kind_rule_t *by;
    referred_t *what;
    arena_t *arena;
} count_t;

int referring_id(store_txn_t *txn, const body_ref_t *ref, rid_t *ret_id)
{
    record_t held;
    body_t *via = NULL;
    char first[FIELD_TEXT_MAX];
    *ret_id = ref->id;
    if (ref->complete) return 0;
    if (ref->via_kind == NULL) return KV_NONE;
    int rc = store_get(txn, &ref->via_id, &held, NULL);
    if (rc != 0 || held.deleted) return rc < 0 ? rc : KV_NONE;
    AUTO(arena_destroy) arena_t *arena = arena_new(held.body.size);
    if (body_unpack(ref->via_kind, held.body, arena, &via, NULL) != 0) return KV_NONE;
    const char *text = body_print(ref->via_kind, via, ref->via_field, first);
    return ref_id_in(ref->target, slice_text(text), ref->text, ret_id) ? 0 : KV_NONE;
}

// --- counting ------------------------------------------------------------------------------------

static void show_example(count_t *count, const record_t *r)
{
    char key[KEY_TEXT_MAX], id[RID_TEXT];
    body_t *body = NULL;
    const char *text = rid_text(&r->id, id);
    arena_reset(count->arena, r->body.size);
    if (kind_has_key(count->by) && body_unpack(count->by, r->body, count->arena, &body, NULL) == 0)
        text = body_key_shown(count->by, body, key);
    size_t n = strnlen(text, KEY_SHOWN);
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80) n--; // whole characters
    snprintf(count->what->example, sizeof count->what->example, "%s:%.*s", count->by->name, (int)n, text);
}

// 1: enough.
static int count_one(count_t *count, const record_t *r)
{
    referred_t *what = count->what;
    if (r->deleted || r->gone || rid_equal(&r->id, &what->id)) return 0;
    if (what->n == REFERRED_MOST) {
        what->more = true;
        return 1;
    }
    if (what->n++ == 0) show_example(count, r);
    return 0;
}

static bool is_about(const count_t *count, const record_t *r)
{
    return count->what->org[0] != '\0' && slice_equal(r->org, slice_text(count->what->org));
}

static int see_referring(void *arg, const record_t *r, const place_t *place)
{
    count_t *count = arg;
    (void)place;
    return is_about(count, r) ? 0 : count_one(count, r); // those are counted by see_about
}

static int see_about(void *arg, const record_t *r, const place_t *place)
{
    count_t *count = arg;
    (void)place;
    return is_about(count, r) ? count_one(count, r) : 0;
}

// A reference in a field that has no index.
static int see_body(void *arg, const record_t *r, const place_t *place)
{
    count_t *count = arg;
    body_ref_t ref;
    rid_t id;
    body_t *body = NULL;
    size_t state = 0;
    bool refers = false;
    (void)place;
    if (is_about(count, r)) return 0;
    arena_reset(count->arena, r->body.size);
    if (body_unpack(count->by, r->body, count->arena, &body, NULL) != 0) return 0;
    while (!refers && body_next_ref(count->by, body, &state, &ref)) {
        if (ref.target != count->what->kind ||
            kind_ref_found(count->by, ref.field, ref.target) != FOUND_BY_LOOKING)
            continue;
        int rc = referring_id(count->txn, &ref, &id);
        if (rc < 0) return rc;
        refers = rc == 0 && rid_equal(&id, &count->what->id);
    }
    return refers ? count_one(count, r) : 0;
}

static int count_kind(count_t *count)
{
    bool by[FOUND_BY_LOOKING + 1] = {false};
    const referred_t *what = count->what;
    for (size_t i = 0; i < count->by->n_fields; i++) by[kind_ref_found(count->by, i, what->kind)] = true;
    int rc = 0;
    if (by[FOUND_BY_ORG] && what->org[0] != '\0')
        rc = store_each(count->txn, count->by->number, slice_text(what->org), NULL, see_about, count);
    if (rc == 0 && by[FOUND_BY_REF])
        rc = store_each_referring(count->txn, &what->id, count->by->number, NULL, see_referring, count);
    if (rc == 0 && by[FOUND_BY_LOOKING])
        rc = store_each(count->txn, count->by->number, (slice_t){0}, NULL, see_body, count);
    return rc;
}

int referring_count(store_txn_t *txn, uint32_t service, referred_t *what)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_MAX);
    for (size_t i = 0; i < N_KINDS; i++) {
        count_t count = {.txn = txn, .by = KINDS[i], .what = what, .arena = arena};
        if (KINDS[i]->number / 100 != service || !kind_refers(KINDS[i], what->kind)) continue;
        int rc = count_kind(&count);
        if (rc != 0) return rc < 0 ? rc : 0;
    }
    return 0;
}

void referring_add(referred_t *what, const referred_t *said)
{
    if (what->n == 0) memcpy(what->example, said->example, sizeof what->example);
    what->n += said->n;
    what->more |= said->more;
}

void referring_fault(const referred_t *what, fault_t *ret_fault)
{
    char n[32], end[2 * (FIELD_NAME_MAX + 1)];
    snprintf(n, sizeof n, "%s%llu", what->more ? ">" : "", (unsigned long long)what->n);
    fault_set(ret_fault, "REFERRED-TO", NULL, n, what->example, kind_end(what->kind, end));
}

// --- what is about to go -------------------------------------------------------------------------

struct leaving_one {
    rid_t id;
    uint64_t until_ms;
};

static void forget_old(leaving_t *leaving, uint64_t now_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < leaving->n; i++)
        if (leaving->rows[i].until_ms > now_ms) leaving->rows[kept++] = leaving->rows[i];
    leaving->n = kept;
}

bool leaving_add(leaving_t *leaving, const rid_t *id, uint64_t now_ms)
{
    forget_old(leaving, now_ms);
    if (leaving->n == LEAVING_MAX) return false;
    struct leaving_one *one = vec_add(leaving->rows, leaving->n, leaving->room);
    *one = (struct leaving_one){*id, now_ms + LEAVING_MS};
    return true;
}

void leaving_end(leaving_t *leaving, const rid_t *id)
{
    for (size_t i = leaving->n; i-- > 0;)
        if (rid_equal(&leaving->rows[i].id, id)) leaving->rows[i] = leaving->rows[--leaving->n];
}

bool leaving_has(const leaving_t *leaving, const rid_t *id, uint64_t now_ms)
{
    for (size_t i = 0; i < leaving->n; i++)
        if (leaving->rows[i].until_ms > now_ms && rid_equal(&leaving->rows[i].id, id)) return true;
    return false;
}

void leaving_clear(leaving_t *leaving)
{
    free(leaving->rows);
    *leaving = (leaving_t){0};
}
