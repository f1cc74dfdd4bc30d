// SPDX-License-Identifier: Apache-2.0
// The loop of every service; see service_run at the end.
#include "common/admit.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/i18n.h"
#include "common/intake.h"
#include "common/kv_guard.h"
#include "common/log.h"
#include "common/quarantine.h"
#include "common/root.h"
#include "common/service_private.h"
#include "common/verdict.h"
#include "common/wait.h"
#include "proto/api.pb-c.h"
#include "proto/envelope.pb-c.h"
#include <czmq.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    TICK_MS = 1000,
    FILES_LEAST = 40,
    SAVE_MS = 5000, // acknowledged positions that only memory holds
    LAST_WORDS_MS = 1000,
    FEED_FRAMES = 16, // of one flush that wait for each other
    DELETION_BYTES = 1024,
    BATCH_ROOM = 4 * 1024 * 1024, // in the map: a push, its indexes, and the pages that it changes
};

typedef struct store_settings {
    int64_t map_mib;
} store_settings_t;

static const setting_t SETTINGS[] = {
    {"map_mib", SETTING_INT, offsetof(store_settings_t, map_mib), 16, 4194304, "16384", "MiB",
     N_("Address space of one service's store, and the most that it may hold. Disk space is taken as it "
        "fills; a full store takes no records until it is enlarged here and the node is started again.")},
};
static const settings_table_t SETTINGS_TABLE = {"store", SETTINGS, ARRAY_SIZE(SETTINGS)};

const node_conf_t *service_node(const service_t *service)
{
    return &service->node;
}

store_t *service_store(const service_t *service)
{
    return service->store;
}

scope_t *service_scope(const service_t *service)
{
    return service->scope;
}

feed_t *service_feed(const service_t *service)
{
    return service->feed;
}

bool service_is_replaced(const service_t *service)
{
    bool lost = service->node.replaced || access(NODE_ADMITTED, F_OK) == 0;
    return lost && store_head(service->store) == 0;
}

author_t service_author(service_t *service)
{
    return (author_t){.place = &service->place,
                      .own_org = service->node.org,
                      .scope = service->scope,
                      .def = service->def,
                      .self = service->self,
                      .principal = slice_text(service->def->program),
                      .program = true};
}

// --- sending -------------------------------------------------------------------------------------

// An answer can be larger than a message: what it shows is what others sent. Its asker hears that, and no
// more comes of it.
static void refuse_too_big(service_t *service, const envelope_t *to)
{
    fault_t fault;
    fault_set(&fault, "ANSWER-TOO-BIG", NULL, "");
    service_refuse(service, to, &fault, false);
}

void service_reply(service_t *service, const envelope_t *to, uint32_t type, const ProtobufCMessage *body)
{
    if (body != NULL && protobuf_c_message_get_packed_size(body) > MAX_BODY) {
        refuse_too_big(service, to);
        return;
    }
    envelope_t out = {
        .type = type, .to = to->from, .from = service->def->number, .call = to->call, .peer = to->peer};
    memcpy(out.route, to->route, to->route_size);
    out.route_size = to->route_size;
    outgoing_add(&service->replies, &out, body);
}

void service_refuse(service_t *service, const envelope_t *to, const fault_t *fault, bool again)
{
    Selenga__Error error = SELENGA__ERROR__INIT;
    Selenga__Fault message;
    char *args[FAULT_ARGS];
    fault_to_proto(fault, &message, args);
    error.fault = &message;
    error.has_again = 1;
    error.again = again;
    service_reply(service, to, MSG_ERROR, &error.base);
}

void service_send(service_t *service, uint32_t to, uint32_t type, const ProtobufCMessage *body)
{
    envelope_t out = {.type = type, .to = to, .from = service->def->number};
    outgoing_add(&service->replies, &out, body);
}

void service_send_peer(service_t *service, uint32_t peer, uint32_t type, const ProtobufCMessage *body)
{
    uint32_t number = service->def->number;
    envelope_t out = {.type = type, .to = number, .from = number, .peer = peer};
    outgoing_add(&service->replies, &out, body);
}

void service_tell(service_t *service, const char *trouble, uint64_t provisional)
{
    service->told = trouble;
    service->provisional = provisional;
}

static bool send_now(void *arg, zmq_msg_t *frame)
{
    service_t *service = arg;
    return zmq_msg_send(frame, service->socket, ZMQ_DONTWAIT) >= 0;
}

static bool send_waiting(void *arg, zmq_msg_t *frame)
{
    service_t *service = arg;
    return zmq_msg_send(frame, service->socket, 0) >= 0;
}

// Feeds recover from a message that was not sent, so a full pipe only drops it.
static void send_feed(void *arg, uint32_t peer, uint32_t type, slice_t body)
{
    service_t *service = arg;
    bool local = peer < PEER_LABEL_MIN;
    envelope_t out = {.type = type,
                      .to = local ? peer : service->def->number,
                      .from = service->def->number,
                      .peer = local ? PEER_SELF : peer,
                      .body = body};
    outgoing_add(&service->feeds, &out, NULL);
    if (service->feeds.n >= FEED_FRAMES) outgoing_flush(&service->feeds, send_now, service);
}

static void send_replies(service_t *service)
{
    outgoing_flush(&service->replies, send_waiting, service);
}

// --- one message ---------------------------------------------------------------------------------

static void told_verdict(const rid_t *subject, const char *who, const char *why)
{
    char text[RID_TEXT];
    log_at(L_INFO, "QUARANTINE-DISCARDED", _("%s by %s, from above: %s"), rid_text(subject, text), who, why);
}

static void on_change(void *arg, store_txn_t *txn, const record_t *old, const record_t *now)
{
    service_t *service = arg;
    topology_learn(service, now);
    verdict_changed(txn, now, told_verdict);
    if (service->def->changed != NULL) service->def->changed(service->self, txn, old, now);
}

static int on_link(service_t *service, slice_t body)
{
    AUTO(msg_body_free) Selenga__Link *m = msg_body_unpack(&selenga__link__descriptor, body);
    if (m == NULL || m->peer < PEER_LABEL_MIN) return 0;
    if (m->has_clone) {
        feed_set_clone(service->feed, m->peer, m->clone);
        return 0;
    }
    feed_link(service->feed, m->peer, m->up, (int64_t)mono_ms());
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
    int rc = e->peer == PEER_SELF && e->from == SERVICE_CLI ? requests_message(service, txn, e, &mine) : 0;
    if (rc != 0 || mine) return rc;
    if (service->def->message != NULL) return service->def->message(service->self, txn, e);
    return 0;
}

// --- a batch: decide, commit, answer -------------------------------------------------------------

static bool receive(void *arg, zmq_msg_t *frame)
{
    service_t *service = arg;
    return zmq_msg_recv(frame, service->socket, ZMQ_DONTWAIT) >= 0;
}

typedef struct batch_of { // a service and the transaction of its turn
    service_t *service;
    store_txn_t *txn;
    intake_t *in;
} batch_of_t;

static int decide_one(void *arg, const envelope_t *envelope)
{
    const batch_of_t *batch = arg;
    uint64_t before = feed_malformed(batch->service->feed);
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
    if (e->peer != PEER_SELF || e->from != SERVICE_CLI) return false;
    return e->type == MSG_REVOKE || e->type == MSG_QUARANTINE_DISCARD || e->type == MSG_QUARANTINE_RETRY ||
           is_deletion(e);
}

// operators: only their requests.
static int decide(service_t *service, store_txn_t *txn, intake_t *in, bool operators, bool save)
{
    batch_of_t batch = {service, txn, in};
    int rc = 0;
    if (in != NULL)
        rc = operators ? intake_turn_of(in, may_use_reserve, decide_one, &batch)
                       : intake_turn(in, decide_one, &batch);
    if (rc == 0 && !operators) rc = requests_scan_on(service, txn);
    if (rc == 0) rc = topology_settle(service, txn);
    if (rc == 0 && service->def->settle != NULL) rc = service->def->settle(service->self, txn);
    if (rc == 0 && save) rc = feed_save(service->feed, txn);
    return rc;
}

static int open_state(service_t *service)
{
    if (service->self != NULL && service->def->close != NULL) service->def->close(service->self);
    service->self = NULL;
    scope_destroy(&service->scope);
    service->scope = scope_new(&service->place.path, service->node.org);
    service->place.scope = service->scope;
    store_set_scope(service->store, service->scope);
    int rc = topology_learn_all(service);
    if (rc == 0 && service->def->open != NULL) service->self = service->def->open(service);
    return rc;
}

static const char *cause(int rc)
{
    return rc == -ENOBUFS ? _("the store is full") : strerror(-rc);
}

typedef struct excuse {
    service_t *service;
    fault_t fault;
} excuse_t;

static void excuse_one(void *arg, const envelope_t *envelope)
{
    const excuse_t *excuse = arg;
    if (envelope->call != 0 && envelope->peer == PEER_SELF)
        service_refuse(excuse->service, envelope, &excuse->fault, true);
}

// Nothing of the batch is kept: askers hear "try again", feeds go back to what the store holds, memory is
// read anew.
static void give_up(service_t *service, const intake_t *in, int rc)
{
    excuse_t excuse = {.service = service};
    const char *code = service_trouble(rc);
    fault_set(&excuse.fault, code, NULL, cause(rc));
    outgoing_drop(&service->replies);
    if (in != NULL) intake_decided(in, excuse_one, &excuse);
    requests_scanned(service, &excuse.fault);
    send_replies(service);
    if (rc == -EUCLEAN) { // no reason to write on
        service->lost = true;
        service->code = service_refuse_store(service, rc);
        return;
    }
    feed_rollback(service->feed, (int64_t)mono_ms());
    feed_set_trouble(service->feed, code);
    if (rc != service->trouble) log_at(L_ERROR, code, _("nothing can be written now: %s"), cause(rc));
    service->trouble = rc;
    if ((rc = open_state(service)) == 0) return;
    service->lost = true;
    log_at(L_ERROR, "STORE-FAILED", _("the store cannot be read: %s"), strerror(-rc));
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

// While nothing can be written, one small write a second tells when it can: a batch that only reads commits
// on a full disk too.
static void probe(service_t *service)
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
    send_replies(service);
    requests_scanned(service, NULL);
    if (wrote) be_well(service);
    int rc = feed_flush(service->feed, (int64_t)mono_ms());
    outgoing_flush(&service->feeds, send_now, service);
    if (rc != 0)
        log_once(L_ERROR, "FEED-READ", (uint64_t)rc, _("a feed cannot read the store: %s"), strerror(-rc));
}

// The gate gives a sender's next messages when the service has done with those before: told seldom, since
// each telling wakes the gate. What could not be sent is told with the next.
static void tell_done(service_t *service, intake_t *in, bool due)
{
    zmq_msg_t frame;
    size_t untold = intake_untold(in);
    if (untold == 0 || (!due && untold < INTAKE_UNTOLD)) return;
    intake_tell(in, service->def->number, &frame);
    if (send_now(service, &frame))
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
        outgoing_flush(&service->feeds, send_now, service); // pushes of what was durable before
        wrote = rc == 0 && store_txn_dirty(txn);
        if (rc == 0)
            rc = store_commit(&txn);
        else
            store_abort(&txn);
    }
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
    log_at(L_ERROR, "STORE-FAILED", _("the store cannot be read: %s"), strerror(-rc));
}

// Asked each turn: what costs least comes first.
static bool operators_need_room(const service_t *service, const intake_t *in)
{
    return kv_bytes(service->kv) > service->map_bytes / 2 && intake_has(in, may_use_reserve) &&
           kv_room(service->kv) < BATCH_ROOM;
}

// In a store that is nearly full operators come first, in a transaction of their own that may use its
// reserve.
static void run_batch(service_t *service, intake_t *in, bool save)
{
    if (in != NULL && operators_need_room(service, in)) {
        use_reserve(service, true);
        if (!service->lost) run_part(service, in, true, false);
        if (!service->lost) use_reserve(service, false);
    }
    if (!service->lost) run_part(service, in, false, save);
}

// --- starting and running ------------------------------------------------------------------------

static int open_store(service_t *service)
{
    store_settings_t settings;
    why_t why;
    uint64_t boot;
    service_guard_store(service);
    if (node_settings(&service->node, &SETTINGS_TABLE, &settings, sizeof settings, &why) != 0) {
        log_at(L_ERROR, "NODE-CONF", "%s", why.text);
        return -EINVAL;
    }
    service->map_bytes = (uint64_t)settings.map_mib << 20;
    int rc = service_open_kv(service);
    if (rc != 0) return rc;
    service->place =
        (store_place_t){.path = service->node.path,
                        .service = service->def->number,
                        .rank = (uint8_t)service->node.rank,
                        .has_parent = service->node.parent.known,
                        .adopt_from_parent = service->node.replaced && service->node.parent.known,
                        .parent_rank = (uint8_t)service->node.parent.rank};
    if (node_seal_key(".", service->place.seal_key, &why) != 0) {
        log_at(L_ERROR, "NODE-CONF", "%s", why.text);
        return -EINVAL;
    }
    randombytes_buf(&boot, sizeof boot);
    rc = store_open(service->kv, &service->place, boot, wall_s, &service->store);
    if (rc != 0) return rc;
    if ((rc = open_state(service)) != 0) return rc;
    store_on_change(service->store, on_change, service);
    return 0;
}

static bool admit_record(void *arg, store_txn_t *txn, uint32_t peer, const record_t *record,
                         fault_t *ret_fault)
{
    service_t *service = arg;
    return admit(&service->place, txn, peer, record, ret_fault);
}

// Kinds of `of` that this service reads, as they are declared. false: none.
static bool wanted_kinds(uint32_t reader, uint32_t of, feed_filter_t *ret)
{
    *ret = (feed_filter_t){0};
    for (size_t i = 0; i < N_KINDS; i++) {
        if (KINDS[i]->number / 100 != of) continue;
        if ((KINDS[i]->read_by >> reader & 1) != 0) ret->kinds[ret->n_kinds++] = KINDS[i]->number;
        if ((KINDS[i]->read_near_by >> reader & 1) != 0) ret->near[ret->n_near++] = KINDS[i]->number;
    }
    return ret->n_kinds + ret->n_near > 0;
}

static void open_feed(service_t *service)
{
    uint64_t seed;
    randombytes_buf(&seed, sizeof seed);
    feed_hooks_t hooks = {.arg = service, .admit = admit_record, .send = send_feed};
    service->feed = feed_new(service->store, &hooks, seed);
    for (uint32_t of = SERVICE_REGISTRY; of <= SERVICE_REPORTING; of++) {
        feed_filter_t filter;
        if (!wanted_kinds(service->def->number, of, &filter)) continue;
        feed_subscribe(service->feed, of, &filter);
        feed_link(service->feed, of, true, (int64_t)mono_ms());
    }
    topology_know_neighbours(service);
}

// What a new store needs, in a transaction of its own.
static int start(service_t *service)
{
    store_txn_t *txn = NULL;
    int rc = store_begin(service->store, true, &txn);
    if (rc != 0) return rc;
    if (service->def->start != NULL) rc = service->def->start(service->self, txn);
    if (rc == 0) rc = topology_settle(service, txn);
    if (rc == 0 && service->def->settle != NULL) rc = service->def->settle(service->self, txn);
    if (rc == 0) return store_commit(&txn);
    store_abort(&txn);
    return rc;
}

// Said again and again: a gate that was started anew learns of us by it, also when we have nothing to say.
static void greet(service_t *service)
{
    Selenga__Hello hello = SELENGA__HELLO__INIT;
    hello.has_service = hello.has_pid = 1;
    hello.service = service->def->number;
    hello.version = SELENGA_VERSION;
    hello.pid = (uint32_t)getpid();
    service_send(service, SERVICE_GATE, MSG_HELLO, &hello.base);
    send_replies(service);
}

static void say_hello(service_t *service)
{
    greet(service);
    for (uint32_t local = SERVICE_REGISTRY; local <= SERVICE_REPORTING; local++)
        if (local != service->def->number) send_feed(service, local, MSG_WAKE, (slice_t){0});
    outgoing_flush(&service->feeds, send_now, service);
}

// A gate that was started again knows nobody: each connection begins with a greeting.
static void greet_when_connected(service_t *service)
{
    zmq_msg_t part;
    bool connected = false;
    zmq_msg_init(&part);
    while (zmq_msg_recv(&part, service->monitor, ZMQ_DONTWAIT) >= 0) connected |= zmq_msg_more(&part);
    zmq_msg_close(&part);
    if (connected) say_hello(service);
}

static bool watch_gate(service_t *service, void *context)
{
    static const char endpoint[] = "inproc://gate-monitor";
    int linger = 0;
    if (zmq_socket_monitor(service->socket, endpoint, ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0) return false;
    service->monitor = zmq_socket(context, ZMQ_PAIR);
    zmq_setsockopt(service->monitor, ZMQ_LINGER, &linger, sizeof linger);
    return zmq_connect(service->monitor, endpoint) == 0;
}

static bool connect_gate(service_t *service, void *context)
{
    void *socket = service->socket = zmq_socket(context, ZMQ_DEALER);
    int64_t max = MAX_FRAME;
    int linger = 0, hwm = 20000, timeout_ms = 5000;
    zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max, sizeof max);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(socket, ZMQ_SNDHWM, &hwm, sizeof hwm);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &hwm, sizeof hwm);
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &timeout_ms, sizeof timeout_ms);
    return watch_gate(service, context) && zmq_connect(socket, NODE_GATE_ENDPOINT) == 0;
}

static int signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a file limit is a full disk, not a death
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

// Somebody hands us as ours what we never wrote. Dropped; an operator may want to know who it is.
static void tell_forged(service_t *service)
{
    uint32_t peer;
    uint64_t n = feed_forged(service->feed, &peer);
    if (n == service->forged) return;
    service->forged = n;
    log_once(
        L_WARNING, "FORGED", peer,
        _("%08x hands over versions of this node's own records that it never wrote (%llu by now); dropped"),
        peer, (unsigned long long)n);
}

// What cannot be written now is tried once a second.
static bool is_busy(const service_t *service)
{
    if (service->n_scans > 0) return true;
    return service->trouble == 0 && service->def->busy != NULL && service->def->busy(service->self);
}

// The duties, in order: wait, take in, decide and commit, answer, push, timers.
static void service_run(service_t *service, int signal_fd)
{
    intake_t *in = intake_new(mono_us, receive, service);
    uint64_t tick = mono_ms(), saved = tick;
    zmq_pollitem_t items[] = {{service->socket, 0, ZMQ_POLLIN, 0},
                              {NULL, signal_fd, ZMQ_POLLIN, 0},
                              {service->monitor, 0, ZMQ_POLLIN, 0}};
    for (;;) {
        bool busy = is_busy(service);
        wait_for_input(items, 3, intake_waits(in) || busy ? 0 : TICK_MS);
        if ((items[1].revents & ZMQ_POLLIN) != 0) break;
        if ((items[2].revents & ZMQ_POLLIN) != 0) greet_when_connected(service);
        uint64_t now = mono_ms();
        bool due = now - tick >= TICK_MS;
        bool save = due && now - saved >= SAVE_MS && feed_has_unsaved(service->feed);
        intake_take(in);
        if (due) {
            if (service->trouble != 0) probe(service);
            feed_tick(service->feed, (int64_t)now);
            tell_forged(service);
            tick = now;
        }
        if (save) saved = now;
        if (intake_waits(in) || due || busy) run_batch(service, in, save);
        tell_done(service, in, due);
        if (service->lost) break;
        if (due) greet(service);
    }
    if (!service->lost) run_batch(service, NULL, true);
    intake_destroy(&in);
}

static void service_close(service_t *service)
{
    if (service->socket != NULL) zmq_socket_monitor(service->socket, NULL, 0); // before its other end goes
    if (service->monitor != NULL) zmq_close(service->monitor);
    if (service->socket != NULL) zmq_close(service->socket);
    if (service->self != NULL && service->def->close != NULL) service->def->close(service->self);
    feed_destroy(&service->feed);
    store_close(&service->store);
    kv_destroy(&service->kv);
    scope_destroy(&service->scope);
    arena_destroy(&service->arena);
    requests_forget_scans(service);
    outgoing_clear(&service->replies);
    outgoing_clear(&service->feeds);
    node_conf_clear(&service->node);
}

static int fail(const char *id, const char *what, int rc)
{
    log_at(L_ERROR, id, "%s: %s", what, strerror(-rc));
    return 1;
}

static int run(service_t *service, void *context)
{
    int signal_fd = signals();
    int rc = open_store(service);
    if (rc != 0) return service_refuse_store(service, rc);
    open_feed(service);
    if ((rc = start(service)) == -EUCLEAN) return service_refuse_store(service, rc);
    if (rc != 0) return fail("STORE-START", _("the store cannot be prepared"), rc);
    if (!connect_gate(service, context)) return fail("GATE-CONNECT", _("no way to the gate"), -errno);
    log_at(L_INFO, "SERVICE-READY", _("store open, %llu records"),
           (unsigned long long)store_records(service->store));
    service_run(service, signal_fd);
    close(signal_fd);
    if (!service->lost) return 0;
    // Only a new process can open the store anew. Those who asked are told to ask again.
    zmq_setsockopt(service->socket, ZMQ_LINGER, &(int){LAST_WORDS_MS}, sizeof(int));
    return service->code;
}

int service_main(int argc, char **argv, const service_def_t *def)
{
    why_t why;
    forbid_core_dumps();
    i18n_init();
    log_init(def->program);
    if (argc == 2 && strcmp(argv[1], "--settings") == 0) { // as config/node.conf shows them
        settings_print(&SETTINGS_TABLE, stdout);
        if (def->settings != NULL) settings_print(def->settings, stdout);
        return 0;
    }
    if (argc != 2 || argv[1][0] == '-') {
        fprintf(stderr,
                _("Usage: %s DIR\nOne of the programs of a node; `selenga node run DIR` starts them all.\n"),
                def->program);
        return 64;
    }
    if (sodium_init() < 0) return 1;
    size_t files = file_limit_raise();
    if (files < FILES_LEAST) { // libzmq ends the process where it finds none
        log_at(L_ERROR, "FILES", _("the system allows %zu open files, and a service needs %d: ulimit -n"),
               files, FILES_LEAST);
        return 1;
    }
    service_t service = {.def = def,
                         .replies = {.from = def->number, .to = SERVICE_GATE},
                         .feeds = {.from = def->number, .to = SERVICE_GATE},
                         .started_ms = mono_ms(),
                         .code = 1,
                         .arena = arena_new(0)};
    if (node_enter(argv[1], &why) != 0 || node_conf_load(".", &service.node, &why) != 0) {
        log_at(L_ERROR, "NODE-CONF", "%s", why.text);
        return 1;
    }
    void *context = zmq_ctx_new();
    int code = run(&service, context);
    service_close(&service);
    zmq_ctx_term(context);
    if (code == KV_GUARD_EXIT) _exit(code); // what a fault has left in the engine's hands is nobody's leak
    return code;
}
