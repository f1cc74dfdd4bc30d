// SPDX-License-Identifier: Apache-2.0
// Looking at all people and nodes. What changes meanwhile is seen as it was before it changes, so that people
// keep the pseudonyms that they have; who got one before somebody of the same input was seen is looked at
// again at the end.
#include "proto/registry.pb-c.h"
#include "services/registry/pseudonym_private.h"

enum { SLICE = 500, PAUSES = 1, ORG_HASH = 8 };

// In this order.
static const uint32_t LOOKED_AT[] = {N_NODE, N_PERSON};

typedef struct part { // of a look, in one turn
    pseudonyms_t *self;
    store_txn_t *txn;
    rid_t people[SLICE];
    size_t n, left;
} part_t;

void look_begin(pseudonyms_t *self, bool settle)
{
    self->look = (look_t){.on = true, .settle = settle};
}

static int look_at(void *arg, const record_t *r, const place_t *place)
{
    part_t *part = arg;
    pseudonyms_t *self = part->self;
    if (part->left == 0) return PAUSES;
    part->left--;
    self->look.mark = store_list_mark(r, place);
    self->look.begun = true;
    if (r->kind == N_PERSON) part->people[part->n++] = r->id;
    if (self->seen) return 0;
    pseudonym_count(self, r, true);
    return r->kind == N_PERSON ? pseudonym_see_person(self, part->txn, r) : 0;
}

static int end_first(pseudonyms_t *self, store_txn_t *txn)
{
    size_t at = 0;
    int rc = 0;
    own_person_t *person;
    self->seen = true;
    while (rc == 0 && (person = people_next(&self->people, &at)) != NULL) {
        rid_t id = person->id;
        if (!person->early) continue;
        person->early = false;
        rc = pseudonym_settle_person(self, txn, &id);
    }
    people_forget_early(&self->people);
    return rc;
}

// 0: nothing is left; PAUSES; -errno.
static int look_some(pseudonyms_t *self, part_t *part)
{
    look_t *look = &self->look;
    for (; look->kind < ARRAY_SIZE(LOOKED_AT); look->kind++, look->begun = false) {
        list_mark_t after = look->mark;
        int rc = store_each(part->txn, LOOKED_AT[look->kind], (slice_t){0}, look->begun ? &after : NULL,
                            look_at, part);
        if (rc != 0) return rc;
    }
    return 0;
}

int look_on(pseudonyms_t *self, store_txn_t *txn)
{
    AUTO(xfree) part_t *part = xmalloc(sizeof *part);
    part->self = self;
    part->txn = txn;
    part->n = 0;
    part->left = SLICE;
    int rc = look_some(self, part);
    if (rc < 0) return rc;
    self->look.on = rc == PAUSES;
    rc = 0;
    for (size_t i = 0; i < part->n && self->look.settle && rc == 0; i++)
        rc = pseudonym_settle_person(self, txn, &part->people[i]);
    return rc == 0 && !self->look.on && !self->seen ? end_first(self, txn) : rc;
}

// Does the look still come by this place, or by what stands behind it in its organisation?
static bool comes_by(const look_t *look, const record_t *r)
{
    static const place_t nowhere;
    size_t kind = 0;
    while (kind < ARRAY_SIZE(LOOKED_AT) && LOOKED_AT[kind] != r->kind) kind++;
    if (kind != look->kind) return kind > look->kind;
    list_mark_t mark = store_list_mark(r, &nowhere);
    return !look->begun || memcmp(mark.b, look->mark.b, ORG_HASH) >= 0;
}

// The new version stands behind all others of its organisation. Whether the look came by the old one, nobody
// knows while it is at that organisation: then it is not taken off, and a child may ask for one more.
static void count_change(pseudonyms_t *self, const record_t *old, const record_t *now)
{
    if (old != NULL && !old->deleted && !comes_by(&self->look, old)) pseudonym_count(self, old, false);
    if (!now->deleted && !comes_by(&self->look, now)) pseudonym_count(self, now, true);
}

int look_changes(pseudonyms_t *self, store_txn_t *txn, const record_t *old, const record_t *now)
{
    if (now->kind == N_PERSON || now->kind == N_NODE) count_change(self, old, now);
    if (old == NULL || old->deleted) return 0;
    if (now->kind == N_PERSON) return pseudonym_see_person(self, txn, old);
    return now->kind == N_IDENTITY ? pseudonym_see_identity(self, txn, old) : 0;
}
