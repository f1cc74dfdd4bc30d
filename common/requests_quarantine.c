// SPDX-License-Identifier: Apache-2.0
// What waits for a person's decision: what was refused here, what others refused of ours, and strays.
#include "common/admit.h"
#include "common/log.h"
#include "common/quarantine.h"
#include "common/service_private.h"
#include "proto/system.pb-c.h"
#include <stdlib.h>

enum { KIND_STRAY = 1, KIND_REFUSAL = 2, NOT_OURS = 2 };
enum { LIST_BYTES = 768 * 1024 }; // of an answer; what comes first is shown, the rest once that is decided

typedef struct qlist {
    service_t *service;
    store_txn_t *txn;
    Selenga__Quarantined **items; // each with its texts in one arena
    size_t n, room, bytes;
    bool full;
    arena_t *arena;
} qlist_t;

static char *keep_text(qlist_t *list, const char *text)
{
    return arena_text(list->arena, slice_text(text));
}

static Selenga__Quarantined *new_item(qlist_t *list, const rid_t *id, const fault_t *fault)
{
    if (list->full || list->n == ROWS_MAX) return NULL;
    Selenga__Quarantined *item = arena_alloc(list->arena, sizeof *item);
    Selenga__Fault *message = arena_alloc(list->arena, sizeof *message);
    fault_t *copy = arena_alloc(list->arena, sizeof *copy);
    char **args = arena_alloc(list->arena, FAULT_ARGS * sizeof *args);
    uint8_t *key = arena_alloc(list->arena, sizeof id->b);
    if (key == NULL) return NULL;
    *copy = *fault;
    memcpy(key, id->b, sizeof id->b);
    selenga__quarantined__init(item);
    fault_to_proto(copy, message, args);
    item->fault = message;
    item->has_id = item->has_kind = item->has_since_s = item->has_service = item->has_from_peer = 1;
    item->id = (ProtobufCBinaryData){.len = sizeof id->b, .data = key};
    item->service = list->service->def->number;
    if (list->n == list->room) {
        list->room = list->room * 2 + 64;
        list->items = xrealloc(list->items, list->room * sizeof(Selenga__Quarantined *));
    }
    return list->items[list->n++] = item;
}

// The last item is whole: it stays if it fits the answer. 1 when it does not, as the callers' callbacks
// return.
static int close_item(qlist_t *list)
{
    enum { TAG_AND_SIZE = 6 };
    list->bytes += selenga__quarantined__get_packed_size(list->items[list->n - 1]) + TAG_AND_SIZE;
    list->full = list->bytes > LIST_BYTES;
    if (list->full) list->n--;
    return list->full;
}

static int list_item(void *arg, const quarantined_t *q)
{
    qlist_t *list = arg;
    char home[PATH_TEXT], version[VERSION_TEXT], org[ORG_MAX + 1] = "";
    Selenga__Quarantined *item = new_item(list, &q->key.id, &q->fault);
    if (item == NULL) return 1;
    if (q->record.org.size > 0) memcpy(org, q->record.org.data, q->record.org.size);
    item->kind = q->record.kind;
    item->org = keep_text(list, org);
    item->home = keep_text(list, path_text(&q->record.home, home));
    item->at = keep_text(list, "here");
    item->from_peer = q->key.peer;
    item->since_s = q->since_s;
    item->version = keep_text(list, version_text(&q->record.version, version));
    return close_item(list);
}

// What another node refused of ours: its refusal record is addressed to us.
static int list_refusal(void *arg, const rid_t *id)
{
    qlist_t *list = arg;
    record_t r;
    fault_t fault;
    rid_t about;
    char home[PATH_TEXT], version[VERSION_TEXT], org[ORG_MAX + 1] = "";
    int rc = store_get(list->txn, id, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    if (!path_equal(&r.to, &list->service->place.path)) return 0;
    AUTO(msg_body_free) Selenga__Refusal *m = msg_body_unpack(&selenga__refusal__descriptor, r.body);
    if (m == NULL || m->record_id.len != sizeof about.b) return 0;
    memcpy(about.b, m->record_id.data, sizeof about.b);
    fault_set(&fault, m->code != NULL ? m->code : "", m->field, m->n_args > 0 ? m->args[0] : NULL,
              m->n_args > 1 ? m->args[1] : NULL);
    Selenga__Quarantined *item = new_item(list, &about, &fault);
    if (item == NULL) return 1;
    if (r.org.size > 0) memcpy(org, r.org.data, r.org.size);
    version_t v = {.inc = m->inc, .seq = m->seq, .boot = m->boot};
    item->kind = m->kind;
    item->org = keep_text(list, org);
    item->home = keep_text(list, path_text(&r.to, home));
    item->at = keep_text(list, path_text(&r.home, home));
    item->since_s = m->since_s;
    item->version = keep_text(list, version_text(&v, version));
    return close_item(list);
}

// A version that a person must merge (design 2.6, rule 7): shown at its finder, at its home, and between.
static int list_stray(void *arg, const rid_t *id)
{
    qlist_t *list = arg;
    record_t r, kept;
    place_t place;
    fault_t fault;
    char text[RID_TEXT], home[PATH_TEXT], version[VERSION_TEXT], org[ORG_MAX + 1] = "";
    int rc = store_get(list->txn, id, &r, &place);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Stray *m = msg_body_unpack(&selenga__stray__descriptor, r.body);
    if (m == NULL || record_parse(slice(m->record.data, m->record.len), &kept) != 0) return 0;
    fault_set(&fault, "STRAY", NULL, rid_text(&kept.id, text));
    Selenga__Quarantined *item = new_item(list, id, &fault);
    uint8_t *wire = item != NULL ? arena_alloc(list->arena, kept.wire.size) : NULL;
    if (wire == NULL) return 1;
    memcpy(wire, kept.wire.data, kept.wire.size);
    if (kept.org.size > 0) memcpy(org, kept.org.data, kept.org.size);
    bool ours = path_equal(&r.home, &list->service->place.path);
    item->kind = kept.kind;
    item->org = keep_text(list, org);
    item->home = keep_text(list, path_text(&kept.home, home));
    item->at = keep_text(list, ours ? "here" : path_text(&r.home, home));
    item->since_s = place.time_s;
    item->version = keep_text(list, version_text(&kept.version, version));
    item->has_record = true;
    item->record = (ProtobufCBinaryData){.len = kept.wire.size, .data = wire};
    return close_item(list);
}

// What a person has merged goes, at its finder alone. KV_NONE: it is no stray. NOT_OURS: its finder is
// another node.
static int discard_stray(service_t *service, store_txn_t *txn, const rid_t *id)
{
    record_t held;
    int rc = store_get(txn, id, &held, NULL);
    if (rc != 0) return rc;
    if (held.kind != KIND_STRAY || held.deleted) return KV_NONE;
    if (!path_equal(&held.home, &service->place.path)) return NOT_OURS;
    record_t copy = store_record_dup(&held), draft = copy;
    draft.deleted = true;
    draft.body = (slice_t){0};
    rc = store_write(txn, &draft, NULL);
    store_record_free(&copy);
    return rc;
}

// All that waits under the id. KV_NONE: nothing does.
static int discard_waiting(store_txn_t *txn, const rid_t *id)
{
    quarantined_t q;
    int rc, found = KV_NONE;
    while ((rc = quarantine_next(txn, id, NULL, &q)) == 0 && (rc = quarantine_clear(txn, &q.key, NULL)) == 0)
        found = 0;
    return rc < 0 ? rc : found;
}

int requests_quarantine_list(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(ARENA_LIMIT);
    qlist_t list = {.service = service, .txn = txn, .arena = arena};
    int rc = quarantine_each(txn, list_item, &list);
    if (rc >= 0) rc = store_list(txn, KIND_REFUSAL, (slice_t){0}, NULL, list_refusal, &list);
    if (rc >= 0) rc = store_list(txn, KIND_STRAY, (slice_t){0}, NULL, list_stray, &list);
    if (rc >= 0) {
        Selenga__QuarantineList reply = SELENGA__QUARANTINE_LIST__INIT;
        reply.items = list.items;
        reply.n_items = list.n;
        service_reply(service, e, MSG_QUARANTINE_REPLY, &reply.base);
    }
    free(list.items);
    return rc < 0 ? rc : 0;
}

struct again {
    quarantine_key_t *keys;
    size_t n;
    const rid_t *only;
};

static int note_again(void *arg, const quarantined_t *q)
{
    struct again *again = arg;
    if (again->only != NULL ? !rid_equal(again->only, &q->key.id) : !admit_may_change(&q->fault)) return 0;
    if (again->n == ROWS_MAX) return 1;
    again->keys[again->n++] = q->key;
    return 0;
}

int requests_retry(service_t *service, store_txn_t *txn, const rid_t *only, unsigned *ret_admitted)
{
    struct again again = {.keys = xcalloc(ROWS_MAX, sizeof(quarantine_key_t)), .only = only};
    *ret_admitted = 0;
    int rc = quarantine_each(txn, note_again, &again);
    for (size_t i = 0; i < again.n && rc >= 0; i++) {
        bool good;
        rc = feed_retry(service->feed, txn, &again.keys[i], &good);
        *ret_admitted += rc == 0 && good;
    }
    free(again.keys);
    return rc < 0 ? rc : 0;
}

static int retry(service_t *service, store_txn_t *txn, const envelope_t *e, const rid_t *id)
{
    quarantined_t q;
    unsigned admitted = 0;
    int rc = quarantine_next(txn, id, NULL, &q);
    if (rc < 0) return rc;
    if (rc == KV_NONE) return requests_refuse(service, e, "NOT-FOUND", "quarantine");
    fault_t fault = q.fault;
    if ((rc = requests_retry(service, txn, id, &admitted)) != 0) return rc;
    if (admitted == 0)
        service_refuse(service, e, &fault, false);
    else
        service_reply(service, e, MSG_DONE, NULL);
    return 0;
}

static int discard(service_t *service, store_txn_t *txn, const envelope_t *e, const rid_t *id,
                   const char *why)
{
    char text[RID_TEXT];
    if (why == NULL || why[0] == '\0') return requests_refuse(service, e, "REQUIRED", "why");
    int rc = discard_waiting(txn, id);
    if (rc == KV_NONE) rc = discard_stray(service, txn, id);
    if (rc < 0) return rc;
    if (rc == KV_NONE) return requests_refuse(service, e, "NOT-FOUND", "quarantine");
    if (rc == NOT_OURS) return requests_refuse(service, e, "NOT-HOME", "");
    log_at(L_INFO, "QUARANTINE-DISCARDED", _("%s by %s: %s"), rid_text(id, text), e->principal, why);
    service_reply(service, e, MSG_DONE, NULL);
    return 0;
}

int requests_quarantine_act(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free)
    Selenga__QuarantineAct *act = msg_body_unpack(&selenga__quarantine_act__descriptor, e->body);
    rid_t id;
    if (act == NULL || act->id.len != sizeof id.b) return requests_refuse(service, e, "MALFORMED", "");
    memcpy(id.b, act->id.data, sizeof id.b);
    return e->type == MSG_QUARANTINE_RETRY ? retry(service, txn, e, &id)
                                           : discard(service, txn, e, &id, act->why);
}
