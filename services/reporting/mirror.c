// SPDX-License-Identifier: Apache-2.0
#include "services/reporting/mirror.h"
#include "common/base/log.h"
#include "common/node/msg.h"
#include "proto/registry.pb-c.h"
#include "services/reporting/day.h"
#include <stdlib.h>

static int32_t day(protobuf_c_boolean has, int32_t value)
{
    return has ? value : DAY_NONE;
}

static void mirror_organisation(reporting_t *self, slice_t body, bool there)
{
    AUTO(msg_body_free) Selenga__Organisation *m = msg_body_unpack(&selenga__organisation__descriptor, body);
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

static void mirror_person(reporting_t *self, slice_t body, bool there)
{
    char ref[2 * NODE_ORG_MAX + 64];
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, body);
    if (m == NULL || m->org == NULL || m->number == NULL) return;
    snprintf(ref, sizeof ref, "%s:%s", m->org, m->number);
    if (!there) {
        roster_remove_person(self->table->roster, ref);
        return;
    }
    fact_origin_t origin = {.provisional = m->provisional, .has_key = m->key.len == FACT_MARK};
    if (origin.has_key) memcpy(origin.key, m->key.data, FACT_MARK);
    roster_put_person(self->table->roster, ref, m->pseudonym.data, m->pseudonym.len);
    roster_set_made(self->table->roster, ref, m->org, table_made(self->table, &origin));
}

static void mirror_key(reporting_t *self, slice_t body, bool there)
{
    AUTO(msg_body_free)
    Selenga__PseudonymKey *m = msg_body_unpack(&selenga__pseudonym_key__descriptor, body);
    if (m != NULL && m->mark.len == FACT_MARK) table_set_mark(self->table, m->mark.data, there);
}

static void mirror_methodist(reporting_t *self, slice_t org, slice_t body, bool there)
{
    AUTO(msg_body_free) Selenga__Methodist *m = msg_body_unpack(&selenga__methodist__descriptor, body);
    char code[ORG_MAX + 1] = ""; // who appointed him
    if (m == NULL || m->code == NULL || m->person == NULL) return;
    if (org.size > 0) memcpy(code, org.data, org.size);
    if (there)
        roster_put_methodist(self->table->roster, m->code, m->person, code, m->from, day(m->has_to, m->to));
    else
        roster_remove_methodist(self->table->roster, m->code);
}

static void mirror_assignment(reporting_t *self, slice_t body, bool there)
{
    AUTO(msg_body_free) Selenga__Assignment *m = msg_body_unpack(&selenga__assignment__descriptor, body);
    if (m == NULL || m->methodist == NULL || m->person == NULL) return;
    if (there)
        roster_put_assignment(self->table->roster, m->methodist, m->person, m->from, day(m->has_to, m->to));
    else
        roster_remove_assignment(self->table->roster, m->methodist, m->person, m->from);
}

static void mirror_team(reporting_t *self, slice_t body, bool there)
{
    AUTO(msg_body_free) Selenga__Team *m = msg_body_unpack(&selenga__team__descriptor, body);
    if (m == NULL || m->code == NULL || m->org == NULL) return;
    if (there)
        roster_put_team(self->table->roster, m->code, m->org);
    else
        roster_remove_team(self->table->roster, m->code);
}

static void mirror_fact(reporting_t *self, slice_t body, bool there)
{
    fact_t fact = {0};
    if (fact_body_unpack(body, &fact) != 0) return;
    if (there)
        table_put(self->table, &fact);
    else
        table_remove(self->table, fact.pseudonym, fact.row.org, fact.year);
    fact_clear(&fact);
}

static void mirror_indicator(reporting_t *self, slice_t body, bool there)
{
    indicator_error_t error;
    AUTO(msg_body_free) Selenga__Indicator *m = msg_body_unpack(&selenga__indicator__descriptor, body);
    if (m == NULL || m->code == NULL) return;
    if (!there)
        indicators_remove(self->indicators, m->code, m->valid_from);
    else if (!indicators_put(self->indicators, m, &error))
        log_at(L_WARNING, "INDICATOR-BAD", _("indicator %s is not counted: %s: %s"), m->code, error.field,
               _(error.what));
}

static void mirror_body(reporting_t *self, const record_t *r, bool there)
{
    slice_t body = r->body;
    switch (r->kind) {
    case N_ORGANISATION:
        mirror_organisation(self, body, there);
        break;
    case N_PERSON:
        mirror_person(self, body, there);
        break;
    case N_METHODIST:
        mirror_methodist(self, r->org, body, there);
        break;
    case N_ASSIGNMENT:
        mirror_assignment(self, body, there);
        break;
    case N_TEAM:
        mirror_team(self, body, there);
        break;
    case N_FACT:
        mirror_fact(self, body, there);
        break;
    case N_INDICATOR:
        mirror_indicator(self, body, there);
        break;
    case N_PSEUDONYM_KEY:
        mirror_key(self, body, there);
        break;
    default:
        break;
    }
}

// A tombstone has no body: the old version says what goes.
void mirror_record(reporting_t *self, const record_t *old, const record_t *now)
{
    if (now->kind == N_PSEUDONYM_KEY && old != NULL && !old->deleted) mirror_body(self, old, false);
    if (!now->deleted)
        mirror_body(self, now, true);
    else if (old != NULL && !old->deleted)
        mirror_body(self, old, false);
}

enum { SLICE = 4000, PAUSES = 1 };

struct walk {
    reporting_t *self;
    store_txn_t *txn;
    size_t left; // of the slice
};

static int mirror_one(void *arg, const rid_t *id)
{
    struct walk *walk = arg;
    mirror_walk_t *at = &walk->self->walk;
    record_t r;
    place_t place;
    if (walk->left == 0) return PAUSES;
    walk->left--;
    int rc = store_get(walk->txn, id, &r, &place);
    if (rc != 0) return rc < 0 ? rc : 0;
    at->mark = store_list_mark(&r, &place);
    at->begun = true;
    mirror_body(walk->self, &r, true);
    return 0;
}

int mirror_on(reporting_t *self, store_txn_t *txn, bool *ret_done)
{
    static const uint32_t kinds[] = {N_ORGANISATION, N_PSEUDONYM_KEY, N_PERSON, N_METHODIST,
                                     N_ASSIGNMENT,   N_TEAM,          N_FACT,   N_INDICATOR};
    struct walk walk = {.self = self, .txn = txn, .left = SLICE};
    mirror_walk_t *at = &self->walk;
    int rc = 0;
    while (at->kind < ARRAY_SIZE(kinds) && rc == 0) {
        list_mark_t after = at->mark;
        rc = store_list(txn, kinds[at->kind], (slice_t){0}, at->begun ? &after : NULL, mirror_one, &walk);
        if (rc != 0) break;
        at->kind++;
        at->begun = false;
    }
    *ret_done = rc == 0;
    return rc < 0 ? rc : 0;
}
