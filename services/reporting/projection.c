// SPDX-License-Identifier: Apache-2.0
#include "services/reporting/projection.h"
#include "common/base/log.h"
#include "common/node/msg.h"
#include "proto/registry.pb-c.h"
#include "services/reporting/day.h"
#include <stdlib.h>

static int32_t day(protobuf_c_boolean has, int32_t value)
{
    return has ? value : DAY_NONE;
}

static void projection_organisation(reporting_t *self, const record_t *r, bool there)
{
    AUTO(msg_body_free)
    Selenga__Organisation *m = msg_body_unpack(&selenga__organisation__descriptor, r->body);
    if (m == NULL || m->code == NULL) return;
    org_row_t row = {.parent = m->parent,
                     .kind = m->kind,
                     .name = m->name,
                     .valid_from = day(m->has_valid_from, m->valid_from),
                     .valid_to = day(m->has_valid_to, m->valid_to)};
    if (there)
        orgs_put(self->table->orgs, m->code, &row);
    else
        orgs_remove(self->table->orgs, m->code);
}

static void projection_past(reporting_t *self, const record_t *r, bool there)
{
    AUTO(msg_body_free)
    Selenga__OrganisationPast *m = msg_body_unpack(&selenga__organisation_past__descriptor, r->body);
    if (m == NULL || m->org == NULL || !m->has_to) return;
    if (there)
        orgs_put_past(self->table->orgs, m->org, m->to, m->parent, m->name);
    else
        orgs_remove_past(self->table->orgs, m->org, m->to);
}

// Its row is there, or was.
static void projection_person(reporting_t *self, const record_t *r, bool there)
{
    uint32_t row = rows_number(self->table->rows, TABLE_PERSON, &r->id);
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, r->body);
    if (m == NULL || !there) {
        people_remove(self->table->people, row);
        return;
    }
    fact_origin_t origin = {.provisional = m->provisional, .has_key = m->key.len == FACT_MARK};
    if (origin.has_key) memcpy(origin.key, m->key.data, FACT_MARK);
    people_put(self->table->people, row, slice(m->pseudonym.data, m->pseudonym.len),
               table_made(self->table, &origin));
}

static void projection_key(reporting_t *self, const record_t *r, bool there)
{
    AUTO(msg_body_free)
    Selenga__PseudonymKey *m = msg_body_unpack(&selenga__pseudonym_key__descriptor, r->body);
    if (m != NULL && m->mark.len == FACT_MARK) table_set_mark(self->table, m->mark.data, there);
}

static void projection_fact(reporting_t *self, const record_t *r, bool there)
{
    career_t career;
    if (fact_body_unpack(r->body, &career) != 0) return;
    if (there)
        table_put(self->table, &career, NULL);
    else
        table_remove(self->table, &career);
    fact_clear(&career);
}

// Years that are no more go; while the table is being read, nobody knows what it holds of the version before.
static void projection_changed_fact(reporting_t *self, const record_t *old, const record_t *now)
{
    career_t before, after;
    if (!self->projected || fact_body_unpack(old->body, &before) != 0) {
        projection_fact(self, old, false);
        projection_fact(self, now, true);
        return;
    }
    if (fact_body_unpack(now->body, &after) == 0) {
        table_put(self->table, &after, &before);
        fact_clear(&after);
    }
    fact_clear(&before);
}

static void projection_indicator(reporting_t *self, const record_t *r, bool there)
{
    indicator_error_t error;
    AUTO(msg_body_free) Selenga__Indicator *m = msg_body_unpack(&selenga__indicator__descriptor, r->body);
    if (m == NULL || m->code == NULL) return;
    if (!there)
        indicators_remove(self->indicators, m->code, m->valid_from);
    else if (!indicators_put(self->indicators, m, &error))
        log_at(L_WARNING, "INDICATOR-BAD", _("indicator %s is not counted: %s: %s"), m->code, error.field,
               _(error.what));
}

// Of a declared table.
static void projection_row(reporting_t *self, const record_t *r, uint32_t table)
{
    const kind_rule_t *kind = shape_at(table)->kind;
    AUTO(arena_destroy) arena_t *arena = arena_new(r->body.size);
    body_t *body = NULL;
    if (body_unpack(kind, r->body, arena, &body, NULL) == 0)
        rows_put(self->table->rows, table, &r->id, r->org, body);
}

// What is not only rows of a table. In this order the table is read after a start.
static const struct {
    uint32_t kind;
    void (*projection)(reporting_t *self, const record_t *r, bool there);
} SPECIAL[] = {
    {N_ORGANISATION, projection_organisation},
    {N_ORGANISATION_PAST, projection_past},
    {N_PSEUDONYM_KEY, projection_key},
    {N_PERSON, projection_person},
    {N_FACT, projection_fact},
    {N_INDICATOR, projection_indicator},
};

// `r` has a body also when the record goes: that of the version before.
static void projection_body(reporting_t *self, const record_t *r, bool there)
{
    uint32_t table = shape_of_kind(r->kind);
    for (size_t i = 0; i < ARRAY_SIZE(SPECIAL); i++)
        if (SPECIAL[i].kind == r->kind) SPECIAL[i].projection(self, r, there);
    if (table == DICT_NONE || !shape_is_kept(table)) return;
    if (there)
        projection_row(self, r, table);
    else
        rows_remove(self->table->rows, table, &r->id);
}

// The kinds of which something is kept, one after the other; 0 at the end.
static uint32_t kind_at(size_t i)
{
    if (i < ARRAY_SIZE(SPECIAL)) return SPECIAL[i].kind;
    i -= ARRAY_SIZE(SPECIAL);
    for (uint32_t t = 0; t < shape_count(); t++) {
        const shape_t *shape = shape_at(t);
        bool special = !shape_is_kept(t);
        for (size_t k = 0; k < ARRAY_SIZE(SPECIAL); k++) special |= SPECIAL[k].kind == shape->kind->number;
        if (!special && i-- == 0) return shape->kind->number;
    }
    return 0;
}

// A tombstone has no body: the old version says what goes.
void projection_record(reporting_t *self, const record_t *old, const record_t *now)
{
    bool was = old != NULL && !old->deleted;
    if (now->kind == N_PSEUDONYM_KEY && was) projection_body(self, old, false);
    if (now->kind == N_FACT && was && !now->deleted)
        projection_changed_fact(self, old, now);
    else if (!now->deleted)
        projection_body(self, now, true);
    else if (was)
        projection_body(self, old, false);
}

enum { SLICE = 1000, PAUSES = 1 };

struct walk {
    reporting_t *self;
    size_t left; // of the slice
};

static int projection_one(void *arg, const record_t *r, const place_t *place)
{
    struct walk *walk = arg;
    projection_walk_t *at = &walk->self->walk;
    if (walk->left == 0) return PAUSES;
    walk->left--;
    at->mark = store_list_mark(r, place);
    at->begun = true;
    projection_body(walk->self, r, true);
    return 0;
}

int projection_on(reporting_t *self, store_txn_t *txn, bool *ret_done)
{
    struct walk walk = {.self = self, .left = SLICE};
    projection_walk_t *at = &self->walk;
    uint32_t kind;
    int rc = 0;
    while ((kind = kind_at(at->kind)) != 0 && rc == 0) {
        list_mark_t after = at->mark;
        rc = store_each(txn, kind, (slice_t){0}, at->begun ? &after : NULL, projection_one, &walk);
        if (rc != 0) break;
        at->kind++;
        at->begun = false;
    }
    *ret_done = rc == 0;
    return rc < 0 ? rc : 0;
}
