// SPDX-License-Identifier: Apache-2.0
// People's deletions: the node's other services are asked who refers to what is to go, and only when all of
// them have said that nobody does is it decided, in a transaction in which this service's own records are
// looked at, too. Who has said so lets nobody refer to it from then on (leaving_t), until its tombstone has
// come there by the feed, or it is told that there will be none for it, or for LEAVING_MS, which is longer
// than we wait. A service that does not answer keeps what may be referred to: the person is told to try
// again.
//
// Nothing of this is kept on disk. What a crash loses was not answered, and the hold ends by itself.
// References that come from other nodes are never refused: they were written in good faith.
#include "common/base/clock.h"
#include "common/base/vec.h"
#include "common/service/service_private.h"
#include <stdlib.h>

enum { DELETIONS_MAX = 1000, PENDING_MAX = 64, WAIT_MS = 5000 };
_Static_assert((int)WAIT_MS < (int)LEAVING_MS, "who was asked waits longer than the asker");

struct deletion {
    struct deletion *next;
    envelope_t to; // its body is `put`
    Selenga__Put *put;
    uint64_t number, due_ms;
    unsigned asked, waits; // bit 1 << service
    bool decided;          // in the present turn
    referred_t *what;
    size_t n;
};

static void deletion_free(struct deletion **one)
{
    if (*one == NULL) return;
    msg_body_free(&(*one)->put);
    free((*one)->what);
    free(*one);
    *one = NULL;
}

// --- asking --------------------------------------------------------------------------------------

static unsigned who_may_refer(const service_t *service, const kind_rule_t *kind)
{
    unsigned who = 0;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        if (n != service->def->number && kinds_refer(n, kind)) who |= 1U << n;
    return who;
}

static int add_what(service_t *service, store_txn_t *txn, struct deletion *one, const Selenga__Item *item)
{
    record_t held;
    const kind_rule_t *kind = kind_by_number(item->kind);
    referred_t what = {.kind = kind};
    if (kind == NULL || item->id.len != sizeof what.id.b) return 0; // refused when it is decided
    memcpy(what.id.b, item->id.data, sizeof what.id.b);
    int rc = store_get(txn, &what.id, &held, NULL);
    if (rc != 0 || held.deleted || held.kind != kind->number) return rc < 0 ? rc : 0;
    if (kind->number == N_ORGANISATION)
        snprintf(what.org, sizeof what.org, "%.*s", (int)held.org.size, (const char *)held.org.data);
    one->what[one->n++] = what;
    one->asked |= who_may_refer(service, kind);
    return 0;
}

static size_t count_deleted(const Selenga__Put *put)
{
    size_t n = 0;
    for (size_t i = 0; i < put->n_groups; i++)
        for (size_t k = 0; k < put->groups[i]->n_items; k++) n += put->groups[i]->items[k]->deleted != 0;
    return n;
}

static int gather(service_t *service, store_txn_t *txn, struct deletion *one)
{
    int rc = 0;
    for (size_t i = 0; i < one->put->n_groups && rc == 0; i++) {
        const Selenga__Group *group = one->put->groups[i];
        for (size_t k = 0; k < group->n_items && rc == 0; k++)
            if (group->items[k]->deleted) rc = add_what(service, txn, one, group->items[k]);
    }
    return rc;
}

static bool is_among(const uint32_t *kinds, size_t n, uint32_t kind)
{
    for (size_t i = 0; i < n; i++)
        if (kinds[i] == kind) return true;
    return false;
}

// Does the tombstone of such a record come to that service, and end the hold?
static bool reads(const service_t *service, uint32_t n, const kind_rule_t *kind)
{
    const feed_filter_t *filter = feed_filter(service->feed, n);
    return filter == NULL || filter->n_kinds + filter->n_near == 0 ||
           is_among(filter->kinds, filter->n_kinds, kind->number) ||
           is_among(filter->near, filter->n_near, kind->number);
}

enum said { ASK, OVER, GONE }; // GONE: only of what that service will not read of

// To one service, of what its records may refer to.
static void say_to(service_t *service, uint32_t n, const struct deletion *one, enum said said)
{
    Selenga__Referring m = SELENGA__REFERRING__INIT;
    AUTO(xfree) ProtobufCBinaryData *ids = xcalloc(one->n + 1, sizeof *ids);
    AUTO(xfree) uint32_t *kinds = xcalloc(one->n + 1, sizeof *kinds);
    AUTO(xfree) char **orgs = xcalloc(one->n + 1, sizeof *orgs);
    for (size_t i = 0; i < one->n; i++) {
        const kind_rule_t *kind = one->what[i].kind;
        if ((who_may_refer(service, kind) >> n & 1) == 0) continue;
        if (said == GONE && reads(service, n, kind)) continue;
        ids[m.n_ids] = (ProtobufCBinaryData){.len = sizeof(rid_t), .data = one->what[i].id.b};
        kinds[m.n_ids] = kind->number;
        orgs[m.n_ids++] = one->what[i].org;
    }
    m.has_ask = m.has_over = 1;
    m.ask = one->number;
    m.over = said != ASK;
    m.ids = ids;
    m.kinds = kinds;
    m.orgs = orgs;
    m.n_kinds = m.n_orgs = m.n_ids;
    if (said != GONE || m.n_ids > 0) service_send(service, n, MSG_REFERRING, &m.base);
}

static void say(service_t *service, const struct deletion *one, enum said said)
{
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        if ((one->asked >> n & 1) != 0) say_to(service, n, one, said);
}

static size_t count_pending(const service_t *service)
{
    size_t n = 0;
    for (const struct deletion *one = service->deletions; one != NULL; one = one->next) n++;
    return n;
}

static void refuse(service_t *service, const envelope_t *to, const char *code, const char *arg, bool again)
{
    fault_t fault;
    fault_set(&fault, code, NULL, arg);
    service_refuse(service, to, &fault, again);
}

int deletions_begin(service_t *service, store_txn_t *txn, const envelope_t *e, Selenga__Put **put_p,
                    bool *ret_mine)
{
    size_t n = count_deleted(*put_p);
    *ret_mine = n > DELETIONS_MAX;
    if (*ret_mine) refuse(service, e, "TOO-MANY-DELETIONS", "1000", false);
    if (n == 0 || *ret_mine) return 0;
    AUTO(deletion_free) struct deletion *one = xcalloc(1, sizeof *one);
    one->what = xcalloc(n, sizeof *one->what);
    one->put = *put_p;
    int rc = gather(service, txn, one);
    *ret_mine = rc == 0 && one->asked != 0;
    if (!*ret_mine) {
        one->put = NULL; // it stays the caller's
        return rc;
    }
    *put_p = NULL;
    if (count_pending(service) == PENDING_MAX) {
        refuse(service, e, "SERVICE-BUSY", service_name(service->def->number), true);
        return 0;
    }
    one->to = *e;
    one->to.body = (slice_t){0};
    one->number = ++service->deletions_asked;
    one->waits = one->asked;
    one->due_ms = mono_ms() + WAIT_MS;
    say(service, one, ASK);
    one->next = service->deletions;
    service->deletions = one;
    one = NULL;
    return 0;
}

// --- hearing -------------------------------------------------------------------------------------

static void add_found(struct deletion *one, const Selenga__Reference *found)
{
    referred_t said = {.n = found->n, .more = found->more};
    snprintf(said.example, sizeof said.example, "%s", found->example);
    for (size_t i = 0; i < one->n; i++)
        if (found->id.len == sizeof(rid_t) && memcmp(found->id.data, one->what[i].id.b, sizeof(rid_t)) == 0)
            referring_add(&one->what[i], &said);
}

static int decide(service_t *service, store_txn_t *txn, struct deletion *one)
{
    bool stays = one->put->dry;
    for (size_t i = 0; i < one->n; i++) stays |= one->what[i].n > 0;
    one->decided = true;
    int rc = requests_put(service, txn, &one->to, one->put, one->what, one->n);
    if (rc == 0) say(service, one, stays ? OVER : GONE);
    return rc;
}

int deletions_answered(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Referred *m = msg_body_unpack(&selenga__referred__descriptor, e->body);
    if (m == NULL || !service_keeps(e->from)) return 0;
    struct deletion *one = service->deletions;
    while (one != NULL && (one->number != m->ask || one->decided)) one = one->next;
    if (one == NULL || (one->waits >> e->from & 1) == 0) return 0;
    for (size_t i = 0; i < m->n_found; i++)
        if (m->found[i]->example != NULL) add_found(one, m->found[i]);
    one->waits &= ~(1U << e->from);
    return one->waits == 0 ? decide(service, txn, one) : 0;
}

// --- the end of a turn ---------------------------------------------------------------------------

void deletions_decided(service_t *service, const fault_t *lost)
{
    for (struct deletion **at = &service->deletions; *at != NULL;) {
        struct deletion *one = *at;
        if (!one->decided) {
            at = &one->next;
            continue;
        }
        if (lost != NULL) {
            say(service, one, OVER);
            service_refuse(service, &one->to, lost, true);
        }
        *at = one->next;
        deletion_free(&one);
    }
}

void deletions_tick(service_t *service, uint64_t now_ms)
{
    for (struct deletion **at = &service->deletions; *at != NULL;) {
        struct deletion *one = *at;
        if (now_ms < one->due_ms) {
            at = &one->next;
            continue;
        }
        uint32_t silent = SERVICES_FIRST;
        while ((one->waits >> silent & 1) == 0) silent++;
        say(service, one, OVER);
        refuse(service, &one->to, "SERVICE-DOWN", service_name(silent), true);
        *at = one->next;
        deletion_free(&one);
    }
}

void deletions_forget(service_t *service)
{
    while (service->deletions != NULL) {
        struct deletion *one = service->deletions;
        service->deletions = one->next;
        deletion_free(&one);
    }
}

// --- being asked ---------------------------------------------------------------------------------

static bool is_sound(const Selenga__Referring *m)
{
    bool sound = m != NULL && m->n_ids <= DELETIONS_MAX && m->n_kinds == m->n_ids && m->n_orgs == m->n_ids;
    for (size_t i = 0; sound && i < m->n_ids; i++) sound = m->ids[i].len == sizeof(rid_t);
    return sound;
}

static int look(service_t *service, store_txn_t *txn, const Selenga__Referring *m, size_t i, referred_t *what)
{
    *what = (referred_t){.kind = kind_by_number(m->kinds[i])};
    memcpy(what->id.b, m->ids[i].data, sizeof what->id.b);
    snprintf(what->org, sizeof what->org, "%s", m->orgs[i]);
    return what->kind != NULL ? referring_count(txn, service->def->number, what) : 0;
}

// What cannot be held is not answered: the asker tries again.
static bool hold(service_t *service, const referred_t *what, size_t n)
{
    bool held = true;
    for (size_t i = 0; i < n && held; i++)
        if (what[i].n == 0) held = leaving_add(&service->leaving, &what[i].id, mono_ms());
    return held;
}

static void answer(service_t *service, const envelope_t *e, uint64_t ask, referred_t *what, size_t n)
{
    Selenga__Referred m = SELENGA__REFERRED__INIT;
    AUTO(xfree) Selenga__Reference *rows = xcalloc(n + 1, sizeof *rows);
    AUTO(xfree) Selenga__Reference **found = xcalloc(n + 1, sizeof *found);
    for (size_t i = 0; i < n; i++) {
        Selenga__Reference *row = &rows[m.n_found];
        if (what[i].n == 0) continue;
        selenga__reference__init(row);
        row->has_id = row->has_n = row->has_more = 1;
        row->id = (ProtobufCBinaryData){.len = sizeof what[i].id.b, .data = what[i].id.b};
        row->n = what[i].n;
        row->more = what[i].more;
        row->example = what[i].example;
        found[m.n_found++] = row;
    }
    m.has_ask = 1;
    m.ask = ask;
    m.found = found;
    service_reply(service, e, MSG_REFERRED, &m.base);
}

int deletions_asked(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Referring *m = msg_body_unpack(&selenga__referring__descriptor, e->body);
    if (!is_sound(m)) return 0;
    AUTO(xfree) referred_t *what = xcalloc(m->n_ids + 1, sizeof *what);
    for (size_t i = 0; i < m->n_ids; i++) {
        int rc = m->over ? 0 : look(service, txn, m, i, &what[i]);
        if (rc != 0) return rc;
        if (m->over) {
            memcpy(what[i].id.b, m->ids[i].data, sizeof what[i].id.b);
            leaving_end(&service->leaving, &what[i].id);
        }
    }
    if (!m->over && hold(service, what, m->n_ids)) answer(service, e, m->ask, what, m->n_ids);
    return 0;
}
