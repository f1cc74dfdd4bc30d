// SPDX-License-Identifier: Apache-2.0
#include "services/routing/routes.h"
#include "common/base/clock.h"
#include "common/node/msg.h"
#include "proto/api.pb-c.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/registry.pb-c.h"
#include "proto/routing.pb-c.h"
#include "services/routing/proposal.h"
#include <errno.h>
#include <stdlib.h>

enum { OFFERS_MAX = 4096, REASON_MAX = 1000, CODE_TEXT = 160, DAY_S = 24 * 3600 };

static int refuse(routing_t *self, const envelope_t *e, const char *code, const char *arg)
{
    fault_t fault;
    fault_set(&fault, code, NULL, arg);
    service_refuse(self->service, e, &fault, false);
    return 0;
}

// Ends a request whose record was not written: refused for what the asker said, or -errno.
static int not_written(routing_t *self, const envelope_t *e, int rc, const fault_t *fault)
{
    if (rc == RECORD_E_FAULT) service_refuse(self->service, e, fault, false);
    return rc < 0 ? rc : 0;
}

static char *text(const char *s)
{
    return (char *)(uintptr_t)s;
}

// --- gathering needs and offers ------------------------------------------------------------------

typedef struct gathered {
    const char *campaign; // NULL: all
    need_t needs[NEEDS_MAX];
    Selenga__Deficit *deficits[NEEDS_MAX]; // own the texts
    size_t n_needs;
    offer_t *offers;
    Selenga__Programme **programmes;
    size_t n_offers;
    unsigned n_routes; // of the person so far
    bool has_draft;
} gathered_t;

static void gathered_free(gathered_t *g)
{
    for (size_t i = 0; i < g->n_needs; i++) msg_body_free(&g->deficits[i]);
    for (size_t i = 0; i < g->n_offers; i++) msg_body_free(&g->programmes[i]);
    free(g->offers);
    free(g->programmes);
}

static bool is_open(const char *state)
{
    return strcmp(state, "closed") != 0 && strcmp(state, "obsolete") != 0 && strcmp(state, "disputed") != 0;
}

static int gather_need(void *arg, const record_t *r, const place_t *place)
{
    gathered_t *g = arg;
    (void)place;
    if (g->n_needs == NEEDS_MAX) return 0;
    Selenga__Deficit *d = msg_body_unpack(&selenga__deficit__descriptor, r->body);
    if (d == NULL || !is_open(d->state) || (g->campaign != NULL && strcmp(d->campaign, g->campaign) != 0)) {
        msg_body_free(&d);
        return 0;
    }
    g->deficits[g->n_needs] = d;
    g->needs[g->n_needs++] = (need_t){.competency = d->competency,
                                      .band = d->band,
                                      .score = d->score,
                                      .max = d->max,
                                      .campaign = d->campaign};
    return 0;
}

static int gather_offer(void *arg, const record_t *r, const place_t *place)
{
    gathered_t *g = arg;
    (void)place;
    if (g->n_offers == OFFERS_MAX) return 1;
    Selenga__Programme *p = msg_body_unpack(&selenga__programme__descriptor, r->body);
    if (p == NULL || p->competencies == NULL) {
        msg_body_free(&p);
        return 0;
    }
    g->programmes[g->n_offers] = p;
    g->offers[g->n_offers++] = (offer_t){.programme = p->code,
                                         .title = p->title,
                                         .competencies = p->competencies,
                                         .hours = p->hours,
                                         .kind = p->kind};
    return 0;
}

// Nobody has agreed to it yet.
static bool is_draft(const Selenga__Route *m)
{
    return strcmp(m->state, "draft") == 0 || strcmp(m->state, "submitted") == 0;
}

static int gather_route(void *arg, const record_t *r, const place_t *place)
{
    gathered_t *g = arg;
    (void)place;
    AUTO(msg_body_free) Selenga__Route *m = msg_body_unpack(&selenga__route__descriptor, r->body);
    g->n_routes++;
    if (m != NULL && is_draft(m)) g->has_draft = true;
    return 0;
}

static int gather(store_txn_t *txn, const rid_t *person, gathered_t *g)
{
    g->offers = xcalloc(OFFERS_MAX, sizeof *g->offers);
    g->programmes = xcalloc(OFFERS_MAX, sizeof *g->programmes);
    int rc = store_each_referring(txn, person, N_DEFICIT, NULL, gather_need, g);
    if (rc >= 0) rc = store_each(txn, N_PROGRAMME, (slice_t){0}, NULL, gather_offer, g);
    if (rc >= 0) rc = store_each_referring(txn, person, N_ROUTE, NULL, gather_route, g);
    return rc < 0 ? rc : 0;
}

// --- writing the draft ---------------------------------------------------------------------------

static int32_t today(void)
{
    return (int32_t)(wall_s() / DAY_S); // a person sees and may correct it; nothing is decided by it
}

static int write_step(routing_t *self, store_txn_t *txn, const gathered_t *g, const step_t *step,
                      const char *route, const char *person, unsigned number)
{
    author_t author = service_author(self->service);
    Selenga__Activity a = SELENGA__ACTIVITY__INIT;
    char code[16], reason[REASON_MAX];
    snprintf(code, sizeof code, "%u", number);
    step_reason(step, g->needs, reason, sizeof reason);
    a.route = text(route);
    a.code = code;
    a.person = text(person);
    a.competency = text(g->needs[step->needs[0]].competency);
    a.reason = reason;
    a.form = text("mentoring");
    a.title = text("WITH-MENTOR"); // a code of common/schema/reason.h, as the reason is one
    if (step->offer != NULL) {
        a.programme = text(step->offer->programme);
        a.title = text(step->offer->title);
        a.form = text(strcmp(step->offer->kind, "internship") == 0 ? "internship" : "dpp");
        a.has_hours = 1;
        a.hours = step->offer->hours;
    }
    return record_write_own(&author, txn, &KIND_ACTIVITY, NULL, &a.base, NULL);
}

static int write_draft(routing_t *self, store_txn_t *txn, const gathered_t *g, const char *person, char *code,
                       fault_t *ret_fault)
{
    author_t author = service_author(self->service);
    step_t steps[STEPS_MAX];
    Selenga__Route r = SELENGA__ROUTE__INIT;
    snprintf(code, CODE_TEXT, "R-%s-%u", person, g->n_routes + 1);
    for (char *p = code; *p != '\0'; p++)
        if (*p == ':') *p = '-';
    r.code = code;
    r.person = text(person);
    r.state = text("draft");
    r.has_from = 1;
    r.from = today();
    int rc = record_write_own(&author, txn, &KIND_ROUTE, NULL, &r.base, ret_fault);
    size_t n = propose(g->needs, g->n_needs, g->offers, g->n_offers, steps);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = write_step(self, txn, g, &steps[i], code, person, (unsigned)i + 1);
    return rc;
}

// --- answering -----------------------------------------------------------------------------------

typedef struct shown {
    ProtobufCBinaryData wires[STEPS_MAX + 1];
    size_t n;
} shown_t;

static int show_one(void *arg, const record_t *r, const place_t *place)
{
    shown_t *shown = arg;
    (void)place;
    if (shown->n == ARRAY_SIZE(shown->wires)) return 1;
    shown->wires[shown->n++] =
        (ProtobufCBinaryData){.len = r->wire.size, .data = xmemdup(r->wire.data, r->wire.size)};
    return 0;
}

static int show_route(routing_t *self, store_txn_t *txn, const envelope_t *e, const char *code)
{
    shown_t shown = {0};
    record_t route;
    Selenga__Records reply = SELENGA__RECORDS__INIT;
    rid_t id;
    if (!ref_id(&KIND_ROUTE, slice_text(code), &id)) return -EINVAL;
    int rc = store_get(txn, &id, &route, NULL);
    if (rc == 0) rc = show_one(&shown, &route, NULL);
    if (rc >= 0) rc = store_each_referring(txn, &id, N_ACTIVITY, NULL, show_one, &shown);
    reply.records = shown.wires;
    reply.n_records = shown.n;
    if (rc >= 0) service_reply(self->service, e, MSG_RECORDS, &reply.base);
    for (size_t i = 0; i < shown.n; i++) free(shown.wires[i].data);
    return rc < 0 ? rc : 0;
}

static int find_person(store_txn_t *txn, const char *ref, rid_t *ret_id)
{
    record_t held;
    if (ref == NULL || !ref_id(&KIND_PERSON, slice_text(ref), ret_id)) return KV_NONE;
    int rc = store_get(txn, ret_id, &held, NULL);
    return rc == 0 && held.deleted ? KV_NONE : rc;
}

static int draft(routing_t *self, store_txn_t *txn, const envelope_t *e, const gathered_t *g,
                 const char *person)
{
    char code[CODE_TEXT];
    fault_t fault;
    int rc = write_draft(self, txn, g, person, code, &fault);
    return rc == 0 ? show_route(self, txn, e, code) : not_written(self, e, rc, &fault);
}

int routes_propose(routing_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Propose *m = msg_body_unpack(&selenga__propose__descriptor, e->body);
    rid_t person;
    if (m == NULL) return refuse(self, e, "MALFORMED", "");
    int rc = find_person(txn, m->person, &person);
    if (rc < 0) return rc;
    if (rc == KV_NONE) return refuse(self, e, "NOT-FOUND", m->person != NULL ? m->person : "person");
    slice_t org = slice(m->person, strcspn(m->person, ":"));
    if (scope_serves(service_scope(self->service), org) == SCOPE_NO)
        return refuse(self, e, "NOT-SERVING", "");
    gathered_t g = {.campaign = m->campaign};
    rc = gather(txn, &person, &g);
    if (rc == 0 && g.n_needs == 0)
        rc = refuse(self, e, "NO-NEEDS", m->person);
    else if (rc == 0 && g.has_draft)
        rc = refuse(self, e, "HAS-DRAFT", m->person);
    else if (rc == 0)
        rc = draft(self, txn, e, &g, m->person);
    gathered_free(&g);
    return rc;
}

// --- confirming ----------------------------------------------------------------------------------

static int agree(routing_t *self, store_txn_t *txn, const Selenga__Confirm *m, const Selenga__Route *draft,
                 fault_t *ret_fault)
{
    author_t author = service_author(self->service);
    Selenga__Route agreed = *draft;
    agreed.state = text("agreed");
    agreed.confirmed_by = m->by;
    agreed.has_confirmed_on = 1;
    agreed.confirmed_on = today();
    if (m->tutor != NULL && m->tutor[0] != '\0') agreed.tutor = m->tutor;
    return record_write_own(&author, txn, &KIND_ROUTE, NULL, &agreed.base, ret_fault);
}

int routes_confirm(routing_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Confirm *m = msg_body_unpack(&selenga__confirm__descriptor, e->body);
    record_t held;
    rid_t id, tutor;
    if (m == NULL || m->route.len != sizeof id.b) return refuse(self, e, "MALFORMED", "");
    if (m->by == NULL || m->by[0] == '\0') return refuse(self, e, "REQUIRED", "by");
    memcpy(id.b, m->route.data, sizeof id.b);
    int rc = store_get(txn, &id, &held, NULL);
    if (rc < 0) return rc;
    if (rc == KV_NONE || held.deleted || held.kind != N_ROUTE) return refuse(self, e, "NOT-FOUND", "route");
    if (!path_equal(&held.home, &service_node(self->service)->path)) return refuse(self, e, "NOT-HOME", "");
    AUTO(msg_body_free) Selenga__Route *route = msg_body_unpack(&selenga__route__descriptor, held.body);
    if (route == NULL) return -EUCLEAN;
    if (!is_draft(route)) return refuse(self, e, "NOT-DRAFT", route->code);
    if (m->tutor != NULL && m->tutor[0] != '\0') {
        if ((rc = find_person(txn, m->tutor, &tutor)) < 0) return rc;
        if (rc == KV_NONE) return refuse(self, e, "REF-UNKNOWN", m->tutor);
    }
    fault_t fault;
    rc = agree(self, txn, m, route, &fault);
    return rc == 0 ? show_route(self, txn, e, route->code) : not_written(self, e, rc, &fault);
}
