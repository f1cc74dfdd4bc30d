// SPDX-License-Identifier: Apache-2.0
// What waits for a person's decision, listed and counted a page at a time, and what is decided of it.
#include "common/base/log.h"
#include "common/service/service_private.h"
#include "common/service/verdict.h"
#include "common/service/waiting.h"
#include "common/store/conflict.h"
#include "common/sync/admit.h"
#include "proto/system.pb-c.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PAGE_MOST = 1000,
    PAGE_BYTES = 512 * 1024,
    COUNTS_MOST = 512,
    SLICE_MOST = 250, // decided in one transaction
    LOOK_MOST = 2000, // looked at for that
    FOUND_MOST = 64,  // under one id
};

// --- what is asked -------------------------------------------------------------------------------

typedef struct asked {
    waiting_query_t query;
    waiting_mark_t mark;
    size_t limit;
    bool counts;
} asked_t;

bool requests_peer_named(service_t *service, const char *name, uint32_t *ret_peer)
{
    size_t state = 0;
    uint32_t child;
    char *end;
    if (strcmp(name, "parent") == 0 || strcmp(name, service->node.parent.org) == 0) {
        *ret_peer = PEER_PARENT;
        return service->place.has_parent;
    }
    while ((child = scope_next_child(service->scope, &state)) != PEER_SELF) {
        const char *org = scope_child_org(service->scope, child);
        *ret_peer = child;
        if (org != NULL && strcmp(org, name) == 0) return true;
    }
    int number = service_by_name(name);
    *ret_peer = (uint32_t)number;
    if (number > 0 && service_keeps((uint32_t)number)) return true;
    *ret_peer = strcmp(name, "here") == 0 ? PEER_SELF : (uint32_t)strtoul(name, &end, 16);
    return *ret_peer == PEER_SELF ? strcmp(name, "here") == 0 : strlen(name) == 8 && *end == '\0';
}

const char *requests_peer_org(const service_t *service, uint32_t peer)
{
    if (peer == PEER_PARENT) return service->node.parent.org;
    return peer >= PEER_LABEL_MIN ? scope_child_org(service->scope, peer) : NULL;
}

// NULL, or the code of what is wrong with the query, and with what of it.
static const char *read_query(service_t *service, const Selenga__QuarantineQuery *m, asked_t *ret,
                              const char **ret_arg)
{
    *ret = (asked_t){.limit = PAGE_MOST};
    *ret_arg = "";
    if (m == NULL) return NULL;
    if (m->has_after && !waiting_mark_from(slice(m->after.data, m->after.len), &ret->mark))
        return "MALFORMED";
    if (m->has_limit && m->limit < PAGE_MOST) ret->limit = m->limit;
    ret->counts = m->counts;
    ret->query.code = m->code;
    ret->query.has_from = m->from != NULL;
    *ret_arg = m->from;
    return m->from == NULL || requests_peer_named(service, m->from, &ret->query.from) ? NULL : "NO-PEER";
}

// --- listing -------------------------------------------------------------------------------------

typedef struct qlist {
    service_t *service;
    Selenga__Quarantined *items[PAGE_MOST]; // each with its texts in one arena
    size_t n, bytes, limit;
    arena_t *arena;
    principal_t who;
} qlist_t;

static char *keep_text(qlist_t *list, const char *text)
{
    return arena_text(list->arena, slice_text(text));
}

static char *keep_path(qlist_t *list, const path_t *path)
{
    char text[PATH_TEXT];
    return keep_text(list, path_text(path, text));
}

static uint8_t *keep_bytes(qlist_t *list, slice_t bytes)
{
    uint8_t *copy = arena_alloc(list->arena, bytes.size + 1);
    if (copy != NULL && bytes.size > 0) memcpy(copy, bytes.data, bytes.size);
    return copy;
}

static Selenga__Fault *keep_fault(qlist_t *list, const fault_t *fault)
{
    Selenga__Fault *message = arena_alloc(list->arena, sizeof *message);
    fault_t *copy = arena_alloc(list->arena, sizeof *copy);
    char **args = arena_alloc(list->arena, FAULT_ARGS * sizeof *args);
    if (args == NULL) return NULL;
    *copy = *fault;
    fault_to_proto(copy, message, args);
    return message;
}

static Selenga__Quarantined *make_item(qlist_t *list, const waiting_t *w)
{
    char version[VERSION_TEXT];
    Selenga__Quarantined *item = arena_alloc(list->arena, sizeof *item);
    if (item == NULL) return NULL;
    selenga__quarantined__init(item);
    item->has_id = item->has_kind = item->has_came_s = item->has_service = item->has_from_peer = 1;
    item->id = (ProtobufCBinaryData){.len = sizeof w->id.b,
                                     .data = keep_bytes(list, slice(w->id.b, sizeof w->id.b))};
    item->kind = w->kind;
    item->service = list->service->def->number;
    item->org = arena_text(list->arena, w->org);
    item->home = keep_path(list, &w->home);
    item->at = w->finder.len == 0 ? keep_text(list, "here") : keep_path(list, &w->finder);
    item->from_peer = w->from;
    item->from_org = (char *)(uintptr_t)requests_peer_org(list->service, w->from);
    item->came_s = w->came_s;
    item->version = keep_text(list, version_text(&w->version, version));
    item->fault = keep_fault(list, &w->fault);
    const kind_rule_t *kind = kind_by_number(w->kind);
    bool reads = !list->who.limited || (kind != NULL && principal_may(&list->who, kind, ACCESS_READ, NULL));
    item->has_record = w->wire.size > 0 && reads;
    if (item->has_record)
        item->record = (ProtobufCBinaryData){.len = w->wire.size, .data = keep_bytes(list, w->wire)};
    return arena_exhausted(list->arena) ? NULL : item;
}

static int list_one(void *arg, const waiting_t *w)
{
    enum { TAG_AND_SIZE = 6 };
    qlist_t *list = arg;
    if (list->n == list->limit) return 1;
    Selenga__Quarantined *item = make_item(list, w);
    if (item == NULL) return list->n > 0;
    size_t bytes = selenga__quarantined__get_packed_size(item) + TAG_AND_SIZE;
    if (list->n > 0 && list->bytes + bytes > PAGE_BYTES) return 1;
    list->bytes += bytes;
    list->items[list->n++] = item;
    return 0;
}

typedef struct tallies {
    service_t *service;
    Selenga__QuarantineCount counts[COUNTS_MOST], *list[COUNTS_MOST];
    char codes[COUNTS_MOST][FAULT_CODE];
    size_t n;
} tallies_t;

static int tally_one(void *arg, const waiting_t *w)
{
    tallies_t *t = arg;
    size_t i = 0;
    while (i < t->n && (t->counts[i].from_peer != w->from || strcmp(t->codes[i], w->fault.code) != 0)) i++;
    if (i == COUNTS_MOST) return 1;
    if (i == t->n) {
        Selenga__QuarantineCount *count = t->list[t->n++] = &t->counts[i];
        selenga__quarantine_count__init(count);
        count->has_from_peer = count->has_items = 1;
        count->from_peer = w->from;
        count->from_org = (char *)(uintptr_t)requests_peer_org(t->service, w->from);
        memcpy(t->codes[i], w->fault.code, FAULT_CODE);
        count->code = t->codes[i];
    }
    t->counts[i].items++;
    return 0;
}

static void send_page(service_t *service, const envelope_t *e, Selenga__QuarantineList *reply, asked_t *asked,
                      bool more)
{
    reply->has_next = more;
    reply->next = (ProtobufCBinaryData){.len = asked->mark.size, .data = asked->mark.b};
    service_reply(service, e, MSG_QUARANTINE_REPLY, &reply->base);
}

static int send_counts(service_t *service, store_txn_t *txn, const envelope_t *e, asked_t *asked)
{
    AUTO(xfree) tallies_t *t = xcalloc(1, sizeof *t);
    Selenga__QuarantineList reply = SELENGA__QUARANTINE_LIST__INIT;
    bool more;
    t->service = service;
    int rc = waiting_each(txn, &asked->query, &asked->mark, tally_one, t, &more);
    if (rc != 0) return rc;
    reply.counts = t->list;
    reply.n_counts = t->n;
    send_page(service, e, &reply, asked, more);
    return 0;
}

// Does something wait under the id, and why?
static int send_by_id(service_t *service, store_txn_t *txn, const envelope_t *e, const rid_t *id,
                      qlist_t *list)
{
    waiting_t found[FOUND_MOST];
    size_t n;
    Selenga__QuarantineList reply = SELENGA__QUARANTINE_LIST__INIT;
    int rc = waiting_find(txn, id, found, FOUND_MOST, &n);
    for (size_t i = 0; i < n && rc == 0; i++) rc = list_one(list, &found[i]);
    if (rc < 0) return rc;
    reply.items = list->items;
    reply.n_items = list->n;
    service_reply(service, e, MSG_QUARANTINE_REPLY, &reply.base);
    return 0;
}

int requests_quarantine_list(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free)
    Selenga__QuarantineQuery *query = msg_body_unpack(&selenga__quarantine_query__descriptor, e->body);
    AUTO(arena_destroy) arena_t *arena = arena_new(ARENA_LIMIT);
    AUTO(xfree) qlist_t *list = xcalloc(1, sizeof *list);
    Selenga__QuarantineList reply = SELENGA__QUARANTINE_LIST__INIT;
    asked_t asked;
    const char *arg,
        *wrong = query != NULL ? read_query(service, query, &asked, &arg) : (arg = "", "MALFORMED");
    if (wrong != NULL) return requests_refuse(service, e, wrong, arg);
    if (asked.counts) return send_counts(service, txn, e, &asked);
    list->service = service;
    list->arena = arena;
    list->limit = asked.limit;
    int rc = requests_principal(service, txn, e, &list->who);
    if (rc != 0) return rc;
    rid_t id;
    if (query->id.len == sizeof id.b) {
        memcpy(id.b, query->id.data, sizeof id.b);
        return send_by_id(service, txn, e, &id, list);
    }
    bool more;
    rc = waiting_each(txn, &asked.query, &asked.mark, list_one, list, &more);
    if (rc != 0) return rc;
    reply.items = list->items;
    reply.n_items = list->n;
    send_page(service, e, &reply, &asked, more);
    return 0;
}

// --- trying again --------------------------------------------------------------------------------

// A slice of what waits: the items that a new topology may let in, and up to where it goes.
struct again {
    quarantine_key_t keys[SLICE_MOST], last;
    size_t n, looked;
};

static int note_again(void *arg, const quarantined_t *q)
{
    struct again *again = arg;
    if (again->n == SLICE_MOST || again->looked == LOOK_MOST) return 1;
    again->looked++;
    again->last = q->key;
    if (admit_may_change(&q->fault)) again->keys[again->n++] = q->key;
    return 0;
}

static int try_again(service_t *service, store_txn_t *txn, const quarantine_key_t *key, unsigned *admitted)
{
    bool good;
    int rc = feed_retry(service->feed, txn, key, &good);
    if (rc != 0 || !good) return rc;
    ++*admitted;
    feed_go_on(service->feed, key->peer);
    return 0;
}

void requests_retry(service_t *service)
{
    service->retry.again = service->retry.on;
    service->retry.on = true;
}

int requests_retry_on(service_t *service, store_txn_t *txn)
{
    struct retry *retry = &service->retry;
    struct again again = {.n = 0};
    unsigned admitted = 0;
    if (!retry->on || service->trouble != 0) return 0;
    int rc = retry->begun ? quarantine_each_after(txn, &retry->after, note_again, &again)
                          : quarantine_each(txn, note_again, &again);
    bool end = rc == 0;
    for (size_t i = 0; i < again.n && rc >= 0; i++) rc = try_again(service, txn, &again.keys[i], &admitted);
    if (rc < 0) return rc;
    retry->begun = true;
    retry->after = again.last;
    if (end) *retry = (struct retry){.on = retry->again};
    return 0;
}

// --- discarding ----------------------------------------------------------------------------------

// A notice, or a lie: nothing is lost when it is seen no more.
static bool may_be_put_by(const service_t *service, const record_t *held)
{
    record_t kept;
    if (held->kind == KIND_REFUSAL) return path_equal(&held->to, &service->place.path);
    AUTO(msg_body_free) Selenga__Conflict *m = conflict_open(held, &kept);
    return m != NULL && store_never_wrote(service->store, &kept);
}

// What a node below found goes there, by a verdict; what was found here goes at once. 0, KV_NONE,
// DISCARD_NOT_OURS, -errno.
static int discard_subject(service_t *service, store_txn_t *txn, const rid_t *id, const envelope_t *e,
                           const char *why)
{
    record_t held;
    int rc = verdict_discard_conflict(txn, id);
    if (rc != KV_NONE) return rc;
    rc = store_get(txn, id, &held, NULL);
    if (rc != 0) return rc;
    const path_t *self = &service->place.path;
    if (held.deleted || held.gone) return KV_NONE;
    slice_t who = slice_text(e->principal);
    if (path_is_prefix(self, &held.home) && !path_equal(self, &held.home))
        return verdict_write(txn, &held, who, why);
    return may_be_put_by(service, &held) ? verdict_put_by(txn, &held, who, why) : DISCARD_NOT_OURS;
}

// What was said to be ours, could not be told by its seal or broke a rule, is not to hold: ours goes on above
// it, and who had handed it over hears so.
static int discard_item(store_txn_t *txn, const quarantine_key_t *key)
{
    quarantined_t q;
    int rc = quarantine_get(txn, key, &q);
    if (rc == 0 && q.record.kind != 0 && store_is_home(store_of(txn), &q.record)) {
        record_t copy = store_record_dup(&q.record);
        rc = store_leave_out(txn, &copy);
        if (rc == 0) rc = store_answer(txn, &copy, key->peer);
        store_record_free(&copy);
    }
    return rc == 0 ? quarantine_clear(txn, key, NULL) : rc;
}

int requests_discard(service_t *service, store_txn_t *txn, const waiting_t *w, const envelope_t *e,
                     const char *why)
{
    int rc = w->sort != WAITING_ITEM ? discard_subject(service, txn, &w->subject, e, why)
                                     : discard_item(txn, &w->key);
    if (rc == 0) feed_go_on(service->feed, w->from);
    return rc;
}

static void note_discard(const rid_t *id, const char *who, const char *why)
{
    char text[RID_TEXT];
    log_at(L_INFO, "QUARANTINE-DISCARDED", _("%s by %s: %s"), rid_text(id, text), who, why);
}

static int retry(service_t *service, store_txn_t *txn, const envelope_t *e, const rid_t *id)
{
    waiting_t found[FOUND_MOST];
    size_t n;
    unsigned admitted = 0;
    int rc = waiting_find(txn, id, found, FOUND_MOST, &n);
    if (rc == 0 && (n == 0 || found[0].sort != WAITING_ITEM))
        return requests_refuse(service, e, "NOT-WAITING", "");
    for (size_t i = 0; i < n && rc >= 0; i++) rc = try_again(service, txn, &found[i].key, &admitted);
    if (rc < 0) return rc;
    if (admitted == 0)
        service_refuse(service, e, &found[0].fault, false);
    else
        service_reply(service, e, MSG_DONE, NULL);
    return 0;
}

// Of items there may be more under one id than are found at once.
static int discard_all(service_t *service, store_txn_t *txn, const envelope_t *e, const rid_t *id,
                       const char *why)
{
    waiting_t found[FOUND_MOST];
    size_t n = FOUND_MOST;
    int rc = 0, result = KV_NONE;
    while (n == FOUND_MOST) {
        rc = waiting_find(txn, id, found, FOUND_MOST, &n);
        for (size_t i = 0; i < n && rc >= 0; i++) {
            rc = requests_discard(service, txn, &found[i], e, why);
            if (rc == 0 || result == KV_NONE) result = rc;
        }
        if (rc < 0 || n == 0 || found[0].sort != WAITING_ITEM) break;
    }
    return rc < 0 ? rc : result;
}

static int discard(service_t *service, store_txn_t *txn, const envelope_t *e, const rid_t *id,
                   const char *why)
{
    int rc = discard_all(service, txn, e, id, why);
    if (rc < 0) return rc;
    if (rc == KV_NONE) return requests_refuse(service, e, "NOT-WAITING", "");
    if (rc == DISCARD_NOT_OURS) return requests_refuse(service, e, "NOT-HOME", "");
    note_discard(id, e->principal, why);
    service_reply(service, e, MSG_DONE, NULL);
    return 0;
}

// --- a slice of many -----------------------------------------------------------------------------

// Those that were met, to be decided about once the walk is over.
typedef struct slice_of {
    waiting_t met[SLICE_MOST];
    size_t n, limit;
} slice_of_t;

static int take_met(void *arg, const waiting_t *w)
{
    slice_of_t *some = arg;
    if (some->n == some->limit) return 1;
    some->met[some->n++] = *w;
    return 0;
}

static int act_on_slice(service_t *service, store_txn_t *txn, const envelope_t *e, const char *why,
                        const slice_of_t *some, Selenga__QuarantineDone *done)
{
    int rc = 0;
    for (size_t i = 0; i < some->n && rc >= 0; i++) {
        const waiting_t *w = &some->met[i];
        unsigned admitted = 0;
        if (e->type == MSG_QUARANTINE_DISCARD)
            rc = requests_discard(service, txn, w, e, why);
        else
            rc = w->sort == WAITING_ITEM ? try_again(service, txn, &w->key, &admitted) : KV_NONE;
        bool gone = e->type == MSG_QUARANTINE_DISCARD ? rc == 0 : admitted > 0;
        done->done += gone;
        if (gone && e->type == MSG_QUARANTINE_DISCARD) note_discard(&w->id, e->principal, why);
    }
    return rc < 0 ? rc : 0;
}

static int act_on_many(service_t *service, store_txn_t *txn, const envelope_t *e,
                       const Selenga__QuarantineAct *act)
{
    AUTO(xfree) slice_of_t *some = xcalloc(1, sizeof *some);
    Selenga__QuarantineDone done = SELENGA__QUARANTINE_DONE__INIT;
    asked_t asked;
    const char *arg, *wrong = read_query(service, act->query, &asked, &arg);
    bool more;
    if (wrong != NULL) return requests_refuse(service, e, wrong, arg);
    some->limit = asked.limit < SLICE_MOST ? asked.limit : SLICE_MOST;
    int rc = waiting_each(txn, &asked.query, &asked.mark, take_met, some, &more);
    if (rc == 0) rc = act_on_slice(service, txn, e, act->why, some, &done);
    if (rc != 0) return rc;
    done.has_met = done.has_done = 1;
    done.met = (uint32_t)some->n;
    done.has_next = more;
    done.next = (ProtobufCBinaryData){.len = asked.mark.size, .data = asked.mark.b};
    service_reply(service, e, MSG_QUARANTINE_DONE, &done.base);
    return 0;
}

// --- all of them ----------------------------------------------------------------------------------

int requests_quarantine_act(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free)
    Selenga__QuarantineAct *act = msg_body_unpack(&selenga__quarantine_act__descriptor, e->body);
    rid_t id;
    if (act == NULL || (act->query == NULL) != (act->id.len == sizeof id.b))
        return requests_refuse(service, e, "MALFORMED", "");
    if (e->type == MSG_QUARANTINE_DISCARD && (act->why == NULL || act->why[0] == '\0'))
        return requests_refuse(service, e, "REQUIRED", "why");
    if (act->query != NULL && e->type != MSG_QUARANTINE_TAKE) return act_on_many(service, txn, e, act);
    if (act->query != NULL) return requests_refuse(service, e, "MALFORMED", "");
    memcpy(id.b, act->id.data, sizeof id.b);
    if (e->type == MSG_QUARANTINE_TAKE) return requests_take(service, txn, e, &id, act->from);
    return e->type == MSG_QUARANTINE_RETRY ? retry(service, txn, e, &id)
                                           : discard(service, txn, e, &id, act->why);
}
