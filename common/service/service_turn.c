// SPDX-License-Identifier: Apache-2.0
// A turn of the loop: what was taken in is decided in one transaction; after its commit the answers leave,
// and what feeds have to push.
#include "common/base/clock.h"
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/base/pulse.h"
#include "common/base/system_error.h"
#include "common/node/intake.h"
#include "common/schema/fault.h"
#include "common/service/service_private.h"
#include "proto/api.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"
#include <errno.h>
#include <string.h>

enum {
    DELETION_BYTES = 1024,
    BATCH_ROOM = 4 * 1024 * 1024, // in the map: a push, its indexes, and the pages that it changes
};

// --- one message ---------------------------------------------------------------------------------

static int on_link(service_t *service, slice_t body)
{
    AUTO(msg_body_free) Selenga__Link *m = msg_body_unpack(&selenga__link__descriptor, body);
    if (m == NULL || m->peer < PEER_LABEL_MIN) return 0;
    if (m->has_clone) {
        feed_set_clone(service->feed, m->peer, m->clone);
        return 0;
    }
    near_t *near = nears_of(&service->nears, m->peer);
    if (m->has_silent) {
        near->silent = m->silent;
        return 0;
    }
    near->silent = false; // told anew if it is
    near->up_ms = m->up ? mono_ms() : 0;
    feed_link(service->feed, m->peer, m->up, (int64_t)mono_ms());
    if (m->up)
        feed_set_clone(service->feed, m->peer,
                       false); // it may be another computer by now; else it is told again
    if (service->def->link != NULL) service->def->link(service->self, m->peer, m->up);
    return 0;
}

// The gate refuses a second one of this service: what both wrote to one store would be lost.
static int on_refusal(service_t *service, slice_t body)
{
    AUTO(msg_body_free) Selenga__Error *m = msg_body_unpack(&selenga__error__descriptor, body);
    fault_t fault;
    char text[FAULT_TEXT];
    if (m == NULL) return 0;
    fault_from_proto(m->fault, &fault);
    if (strcmp(fault.code, "SERVICE-TWICE") != 0) return 0;
    log_at(L_ERROR, fault.code, "%s", fault_text(&fault, text, sizeof text));
    service->lost = true;
    return 0;
}

static int handle(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    bool mine = false;
    if (e->type >= MSG_PULL && e->type <= MSG_WAKE) {
        uint32_t peer = e->peer != PEER_SELF ? e->peer : e->from;
        if (peer == SERVICE_CLI || peer == SERVICE_GATE || peer == service->def->number) return 0;
        return feed_message(service->feed, txn, peer, e->type, e->body, (int64_t)mono_ms());
    }
    if (e->type == MSG_LINK && e->from == SERVICE_GATE && e->peer == PEER_SELF)
        return on_link(service, e->body);
    if (e->type == MSG_ERROR && e->from == SERVICE_GATE && e->peer == PEER_SELF)
        return on_refusal(service, e->body);
    bool child = e->peer >= PEER_LABEL_MIN && e->peer != PEER_PARENT;
    if (e->type == MSG_AUDIT_TOLD) return child ? audit_told_take(service, txn, e) : 0;
    if (e->type == MSG_AUDIT_KEPT) return e->peer == PEER_PARENT ? audit_told_answered(service, e) : 0;
    bool inside = service_keeps(e->from) && e->peer == e->from; // as the gate stamps it
    if (inside && e->type == MSG_REFERRING) return deletions_asked(service, txn, e);
    if (inside && e->type == MSG_REFERRED) return deletions_answered(service, txn, e);
    pulse_phase(PULSE_WORKS); // a report counts a whole region
    if (e->peer == PEER_SELF && e->from == SERVICE_CLI) {
        int rc = requests_admit(service, txn, e, &mine);
        if (rc == 0 && !mine) rc = requests_message(service, txn, e, &mine);
        if (rc != 0 || mine) return rc;
    }
    if (service->def->message != NULL) return service->def->message(service->self, txn, e);
    return 0;
}

// --- a batch: decide, commit, answer -------------------------------------------------------------

typedef struct batch_of { // a service and the transaction of its turn
    service_t *service;
    store_txn_t *txn;
    intake_t *in;
} batch_of_t;

static int decide_one(void *arg, const envelope_t *envelope)
{
    const batch_of_t *batch = arg;
    uint64_t before = feed_malformed(batch->service->feed);
    pulse_phase(PULSE_TURNS);
    int rc = handle(batch->service, batch->txn, envelope);
    if (feed_malformed(batch->service->feed) > before) intake_waste(batch->in);
    return rc;
}

// Is it somebody who only deletes? As people do it: one by one, in a short message.
static bool is_deletion(const envelope_t *e)
{
    if (e->type != MSG_PUT || e->body.size > DELETION_BYTES) return false;
    AUTO(msg_body_free) Selenga__Put *put = msg_body_unpack(&selenga__put__descriptor, e->body);
    bool all = put != NULL && put->n_groups > 0;
    for (size_t i = 0; all && i < put->n_groups; i++)
        for (size_t k = 0; all && k < put->groups[i]->n_items; k++) all = put->groups[i]->items[k]->deleted;
    return all;
}

// By which an operator cuts off a child or makes room: what must work in a full store.
static bool may_use_reserve(const envelope_t *e)
{
    if (e->type == MSG_REFERRED) return service_keeps(e->from) && e->peer == e->from; // of a deletion
    if (e->peer != PEER_SELF || e->from != SERVICE_CLI) return false;
    return e->type == MSG_REVOKE || e->type == MSG_QUARANTINE_DISCARD || e->type == MSG_QUARANTINE_RETRY ||
           e->type == MSG_RUN_END || is_deletion(e); // an import that filled the store is taken back
}

// It brings the indexes up to date: in a store that is nearly full it waits until there is room, or for the
// next start.
static int let_go(service_t *service, store_txn_t *txn)
{
    if (!scope_has_parted(service->scope) || kv_room(service->kv) < BATCH_ROOM) return 0;
    scope_take_parted(service->scope);
    return store_let_go(txn);
}

// operators: only their requests.
static int decide(service_t *service, store_txn_t *txn, intake_t *in, bool operators, bool save)
{
    batch_of_t batch = {service, txn, in};
    int rc = 0;
    if (in != NULL)
        rc = operators ? intake_turn_of(in, may_use_reserve, decide_one, &batch)
                       : intake_turn(in, decide_one, &batch);
    pulse_phase(PULSE_WORKS); // until the turn ends: lanes anew, figures, a slow disk, memory read again
    if (rc == 0) rc = topology_settle(service, txn);
    if (rc == 0 && !operators) rc = let_go(service, txn);
    if (rc == 0 && !operators) rc = requests_retry_on(service, txn);
    if (rc == 0 && !operators) rc = rejudge_on(service, txn);
    if (rc == 0 && service->def->settle != NULL) rc = service->def->settle(service->self, txn);
    if (rc == 0 && save) rc = feed_save(service->feed, txn);
    return rc;
}

static const char *cause(int rc)
{
    return rc == -ENOBUFS ? _("the store is full") : system_error(-rc);
}

// What changes nothing, so that a store in which nothing can be written answers it all the same.
static bool only_reads(const envelope_t *e)
{
    static const uint32_t reads[] = {MSG_GET,    MSG_LIST,   MSG_QUEUES,  MSG_QUARANTINE_LIST,
                                     MSG_STATUS, MSG_REPORT, MSG_HISTORY, MSG_REVIEWS};
    if (e->peer != PEER_SELF || e->from != SERVICE_CLI) return false;
    for (size_t i = 0; i < ARRAY_SIZE(reads); i++)
        if (e->type == reads[i]) return true;
    return false;
}

typedef struct excuse {
    service_t *service;
    store_txn_t *txn; // in which what only reads is decided again; NULL: that is refused as well
    fault_t fault;
} excuse_t;

static void excuse_one(void *arg, const envelope_t *envelope)
{
    const excuse_t *excuse = arg;
    if (envelope->call == 0 || envelope->peer != PEER_SELF) return;
    if (excuse->txn != NULL && only_reads(envelope) && handle(excuse->service, excuse->txn, envelope) == 0)
        return;
    service_refuse(excuse->service, envelope, &excuse->fault, true);
}

// Whoever asked in the turn that was lost hears: "try again", and who only reads his answer.
static void excuse_all(excuse_t *excuse, const intake_t *in, bool readable)
{
    service_t *service = excuse->service;
    if (readable && store_begin(service->store, false, &excuse->txn) != 0) excuse->txn = NULL;
    if (in != NULL) intake_decided(in, excuse_one, excuse);
    if (excuse->txn != NULL) store_abort(&excuse->txn);
    if (service->audit != NULL) audit_log_kept(service->audit, false);
    requests_scanned(service, true);
    service_send_replies(service);
}

// Nothing of the batch is kept: feeds go back to what the store holds, memory is read anew.
static void give_up(service_t *service, const intake_t *in, int rc)
{
    excuse_t excuse = {.service = service};
    const char *code = service_trouble(rc);
    fault_set(&excuse.fault, code, NULL, cause(rc));
    outgoing_drop(&service->replies);
    requests_scanned(service, false);
    deletions_decided(service, &excuse.fault);
    if (rc == -EUCLEAN) { // no reason to write on
        excuse_all(&excuse, in, false);
        service->lost = true;
        service->code = service_refuse_store(service, rc);
        return;
    }
    feed_rollback(service->feed, (int64_t)mono_ms());
    feed_set_trouble(service->feed, code);
    if (rc != service->trouble) log_at(L_ERROR, code, _("nothing can be written now: %s"), cause(rc));
    service->trouble = rc;
    rc = service_open_state(service);
    excuse_all(&excuse, in, rc == 0);
    if (rc == 0) return;
    service->lost = true;
    log_at(L_ERROR, "STORE-FAILED", _("the store cannot be read: %s"), system_error(-rc));
}

// A small write still fits into a full map where a feed's batch does not: without room for that, all is not
// well.
static void be_well(service_t *service)
{
    if (service->trouble == -ENOBUFS && kv_room(service->kv) < BATCH_ROOM) return;
    if (service->trouble != 0) log_at(L_INFO, "STORE-WELL", _("writing works again"));
    service->trouble = 0;
    feed_set_trouble(service->feed, "");
}

// As store_commit. How long those that write take says how the disk is.
int service_commit(service_t *service, store_txn_t **txn)
{
    bool writes = store_txn_dirty(*txn);
    uint64_t begun_us = mono_us();
    int rc = store_commit(txn);
    if (rc == 0 && writes) durations_add(&service->commits, mono_us() - begun_us);
    return rc;
}

// While nothing can be written, one small write a second tells when it can: a batch that only reads commits
// on a full disk too.
void service_probe(service_t *service)
{
    static const uint8_t letter[] = {'?'};
    slice_t key = slice(letter, sizeof letter);
    store_txn_t *txn = NULL;
    int rc = store_begin(service->store, true, &txn);
    if (rc != 0) return;
    rc = kv_put(store_kv(txn), KV_META, key, key);
    if (rc == 0) rc = kv_del(store_kv(txn), KV_META, key);
    if (rc == 0)
        rc = store_commit(&txn);
    else
        store_abort(&txn);
    if (rc == 0) be_well(service);
}

static void settle_accounts(service_t *service, bool wrote)
{
    service_send_replies(service);
    requests_scanned(service, true);
    deletions_decided(service, NULL);
    if (wrote) be_well(service);
    int rc = feed_flush(service->feed, (int64_t)mono_ms());
    outgoing_flush(&service->feeds, service_send_now, service);
    if (rc != 0)
        log_once(L_ERROR, "FEED-READ", (uint64_t)rc, _("a feed cannot read the store: %s"),
                 system_error(-rc));
}

// The gate gives a sender's next messages when the service has done with those before: told seldom, since
// each telling wakes the gate. What could not be sent is told with the next.
void service_tell_done(service_t *service, intake_t *in, bool due)
{
    zmq_msg_t frame;
    size_t untold = intake_untold(in);
    if (untold == 0 || (!due && untold < INTAKE_UNTOLD)) return;
    intake_tell(in, service->def->number, &frame);
    if (service_send_now(service, &frame))
        intake_told(in);
    else
        zmq_msg_close(&frame);
}

// in: NULL when nothing may be decided any more.
static void run_part(service_t *service, intake_t *in, bool operators, bool save)
{
    store_txn_t *txn = NULL;
    bool wrote = false;
    int rc = store_begin(service->store, true, &txn);
    if (rc == 0) {
        rc = decide(service, txn, in, operators, save);
        outgoing_flush(&service->feeds, service_send_now, service); // pushes of what was durable before
        wrote = rc == 0 && store_txn_dirty(txn);
        if (rc == 0)
            rc = service_commit(service, &txn);
        else
            store_abort(&txn);
    }
    if (service->audit != NULL) audit_log_kept(service->audit, rc == 0);
    if (rc == 0)
        settle_accounts(service, wrote);
    else
        give_up(service, in, rc);
    if (in != NULL) intake_done(in);
}

static void use_reserve(service_t *service, bool use)
{
    int rc = kv_use_reserve(service->kv, use);
    if (rc == 0) return;
    service->lost = true;
    log_at(L_ERROR, "STORE-FAILED", _("the store cannot be read: %s"), system_error(-rc));
}

// Asked each turn: what costs least comes first.
static bool operators_need_room(const service_t *service, const intake_t *in)
{
    return kv_bytes(service->kv) > service->map_bytes / 2 && intake_has(in, may_use_reserve) &&
           kv_room(service->kv) < BATCH_ROOM;
}

// In a store that is nearly full operators come first, in a transaction of their own that may use its
// reserve.
void service_turn(service_t *service, intake_t *in, bool save)
{
    if (in != NULL && operators_need_room(service, in)) {
        use_reserve(service, true);
        if (!service->lost) run_part(service, in, true, false);
        if (!service->lost) use_reserve(service, false);
    }
    if (service->lost) return;
    requests_scan_on(service);
    deletions_tick(service, mono_ms());
    service_send_replies(service);
    if (!service->lost) run_part(service, in, false, save);
}
