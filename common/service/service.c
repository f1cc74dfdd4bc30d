// SPDX-License-Identifier: Apache-2.0
// Every service: starting it, and its loop; see service_run at the end. A turn of it: service_turn.c.
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/base/pulse.h"
#include "common/base/signals.h"
#include "common/base/system_error.h"
#include "common/base/wait.h"
#include "common/node/root.h"
#include "common/service/service_private.h"
#include "common/service/verdict.h"
#include "common/store/kv_guard.h"
#include "common/sync/admit.h"
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
};

typedef struct store_settings {
    int64_t map_mib, child_mib;
} store_settings_t;

static const setting_t SETTINGS[] = {
    {"map_mib", SETTING_INT, offsetof(store_settings_t, map_mib), 16, 4194304, "16384", "MiB",
     N_("Address space of one service's store, and the most that it may hold. Disk space is taken as it "
        "fills; a full store takes no records until it is enlarged here and the node is started again.")},
    {"child_mib", SETTING_INT, offsetof(store_settings_t, child_mib), 1, 4194304, "512", "MiB",
     N_("Records of one school, as they are sent, that one service's store takes; four times as many of a "
        "child for each level above. A child that sends more waits until this is raised.")},
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
                      .derive = service->def->derive,
                      .self = service->self,
                      .principal = slice_text(service->def->program),
                      .program = true};
}

// --- starting and running ------------------------------------------------------------------------

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
    if (now->deleted) leaving_end(&service->leaving, &now->id);
    if (service->def->changed != NULL) service->def->changed(service->self, txn, old, now);
}

int service_open_state(service_t *service)
{
    if (service->self != NULL && service->def->close != NULL) service->def->close(service->self);
    service->self = NULL;
    scope_destroy(&service->scope);
    service->scope = scope_new(&service->place.path, service->node.org);
    service->place.scope = service->scope;
    store_set_scope(service->store, service->scope);
    int rc = topology_learn_all(service);
    if (rc == 0) rc = rejudge_open(service);
    if (rc == 0 && service->def->open != NULL) service->self = service->def->open(service);
    return rc;
}

static int open_audit(service_t *service)
{
    char path[AUDIT_PATH];
    if (mkdir(AUDIT_DIR, 0700) != 0 && errno != EEXIST) return -errno;
    audit_path(service->def->number, path);
    return audit_log_open(path, &service->node.path, service->def->number, service->store, &service->audit);
}

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
                        .parent_rank = (uint8_t)service->node.parent.rank,
                        .child_bytes = (uint64_t)settings.child_mib << 20};
    if (node_seal_key(".", service->place.seal_key, &why) != 0) {
        log_at(L_ERROR, "NODE-CONF", "%s", why.text);
        return -EINVAL;
    }
    randombytes_buf(&boot, sizeof boot);
    rc = store_open(service->kv, &service->place, boot, wall_s, &service->store);
    if (rc != 0) return rc;
    if ((rc = open_audit(service)) != 0) return rc; // what cannot be noted must not happen
    if ((rc = service_open_state(service)) != 0) return rc;
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
    feed_hooks_t hooks = {.arg = service, .admit = admit_record, .send = service_send_feed};
    service->feed = feed_new(service->store, &hooks, seed);
    for (uint32_t of = SERVICES_FIRST; of < SERVICES_END; of++) {
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
    if (rc == 0) return service_commit(service, &txn);
    store_abort(&txn);
    return rc;
}

static int signals(void)
{
    signal(SIGXFSZ, SIG_IGN); // a file limit is a full disk, not a death
    return signals_open(NULL);
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
    if (service->trouble != 0) return false;
    if (service->topology_changed || service->retry.on || service->rejudge.on) return true;
    return service->def->busy != NULL && service->def->busy(service->self);
}

static bool receive(void *arg, zmq_msg_t *frame)
{
    service_t *service = arg;
    return zmq_msg_recv(frame, service->socket, ZMQ_DONTWAIT) >= 0;
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
        pulse_phase(PULSE_TURNS);
        bool busy = is_busy(service);
        wait_for_input(items, 3, intake_waits(in) || busy ? 0 : TICK_MS);
        if ((items[1].revents & ZMQ_POLLIN) != 0) break;
        if ((items[2].revents & ZMQ_POLLIN) != 0) service_greet_when_connected(service);
        uint64_t now = mono_ms();
        bool due = now - tick >= TICK_MS;
        bool save = due && now - saved >= SAVE_MS && feed_has_unsaved(service->feed);
        intake_take(in);
        if (due) {
            if (service->trouble != 0) service_probe(service);
            feed_tick(service->feed, (int64_t)now);
            tell_forged(service);
            audit_told_tick(service, now);
            tick = now;
        }
        if (save) saved = now;
        if (intake_waits(in) || due || busy) service_turn(service, in, save);
        service_tell_done(service, in, due);
        if (service->lost) break;
        if (due) service_greet(service);
    }
    if (!service->lost) service_turn(service, NULL, true);
    intake_destroy(&in);
}

static void service_close(service_t *service)
{
    if (service->socket != NULL) zmq_socket_monitor(service->socket, NULL, 0); // before its other end goes
    if (service->monitor != NULL) zmq_close(service->monitor);
    if (service->socket != NULL) zmq_close(service->socket);
    if (service->self != NULL && service->def->close != NULL) service->def->close(service->self);
    feed_destroy(&service->feed);
    audit_log_close(&service->audit);
    store_close(&service->store);
    kv_destroy(&service->kv);
    scope_destroy(&service->scope);
    arena_destroy(&service->arena);
    alike_destroy(&service->alike);
    requests_forget_scans(service);
    deletions_forget(service);
    leaving_clear(&service->leaving);
    free(service->met);
    nears_clear(&service->nears);
    outgoing_clear(&service->replies);
    outgoing_clear(&service->feeds);
    node_conf_clear(&service->node);
}

static int fail(const char *id, const char *what, int rc)
{
    log_at(L_ERROR, id, "%s: %s", what, system_error(-rc));
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
    if (!service_connect_gate(service, context)) return fail("GATE-CONNECT", _("no way to the gate"), -errno);
    unsigned long long records = store_records(service->store);
    log_at(L_INFO, "SERVICE-READY", i18n_n("store open, %llu record", "store open, %llu records", records),
           records);
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
    pulse_open();
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
        log_at(L_ERROR, "FILES",
               i18n_n("the system allows %zu open file, and a service needs %d: ulimit -n",
                      "the system allows %zu open files, and a service needs %d: ulimit -n", files),
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
