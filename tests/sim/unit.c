// SPDX-License-Identifier: Apache-2.0
// One service of one node, with the duties of common/service/service_turn.c and none of its sockets: take in,
// decide in one transaction, commit, send. It can be killed between any two of them.
#include "common/base/mutant.h"
#include "common/node/msg.h"
#include "common/sync/admit.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include "proto/registry.pb-c.h"
#include "tests/sim/sim.h"
#include <errno.h>
#include <stdlib.h>

enum { INC_MOST = 5000 }; // more than there are events

static unit_t *clock_of; // the store's clock has no argument

static int64_t odd_clock(void) // nothing may depend on it
{
    return (int64_t)(rnd(clock_of->world) % 4000000000U);
}

// --- topology ------------------------------------------------------------------------------------

static void learn(unit_t *u, const record_t *r)
{
    path_t path;
    if (r->kind == N_ORGANISATION && r->deleted) u->topology_changed |= scope_drop_org(u->scope, r->org);
    if (r->kind == N_ORGANISATION && !r->deleted) {
        AUTO(msg_body_free)
        Selenga__Organisation *m = msg_body_unpack(&selenga__organisation__descriptor, r->body);
        if (m == NULL || m->code == NULL) return;
        slice_t parent = m->parent != NULL ? slice_text(m->parent) : (slice_t){0};
        u->topology_changed |= scope_set_org(u->scope, slice_text(m->code), parent);
    }
    if (r->kind == N_NODE && !r->deleted) {
        AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, r->body);
        if (m == NULL || m->org == NULL || !path_from_bytes(slice(m->path.data, m->path.len), &path)) return;
        u->topology_changed |= scope_set_node(u->scope, slice_text(m->org), &path, -1);
    }
}

typedef struct {
    unit_t *unit;
    store_txn_t *txn;
} reading_t;

static int learn_one(void *arg, const rid_t *id)
{
    reading_t *reading = arg;
    record_t r;
    int rc = store_get(reading->txn, id, &r, NULL);
    if (rc == 0) learn(reading->unit, &r);
    return rc;
}

static int learn_all(unit_t *u)
{
    static const uint32_t kinds[] = {N_ORGANISATION, N_NODE};
    slice_t org;
    size_t state = 0;
    reading_t reading = {.unit = u};
    scope_destroy(&u->scope);
    u->scope = scope_new(&u->place.path, u->world->orgs[u->world->nodes[u->node].org].code);
    u->place.scope = u->scope;
    if (u->store != NULL) store_set_scope(u->store, u->scope);
    int rc = store_begin(u->store, false, &reading.txn);
    for (size_t i = 0; i < ARRAY_SIZE(kinds) && rc == 0; i++)
        rc = store_list(reading.txn, kinds[i], (slice_t){0}, NULL, learn_one, &reading);
    store_abort(&reading.txn);
    while (scope_moved(u->scope, &state, &org)) {} // lanes are as the topology was when they were written
    u->topology_changed = false;
    return rc;
}

typedef struct {
    quarantine_key_t keys[512];
    size_t n;
} again_t;

static int note_again(void *arg, const quarantined_t *q)
{
    again_t *again = arg;
    if (admit_may_change(&q->fault) && again->n < ARRAY_SIZE(again->keys)) again->keys[again->n++] = q->key;
    return 0;
}

static bool admit_here(void *arg, store_txn_t *txn, uint32_t peer, const record_t *r, fault_t *ret_fault)
{
    unit_t *u = arg;
    if (!admit(&u->place, txn, peer, r, ret_fault)) return false;
    if (!work_is_bad(u, r)) return true;
    fault_set(ret_fault, "RANGE", "body", "1", "2");
    return false;
}

static int judge_again(unit_t *u, store_txn_t *txn)
{
    again_t again = {.n = 0};
    bool good;
    int rc = quarantine_each(txn, note_again, &again);
    for (size_t i = 0; i < again.n && rc == 0; i++) rc = feed_retry(u->feed, txn, &again.keys[i], &good);
    return rc;
}

static int settle_topology(unit_t *u, store_txn_t *txn)
{
    slice_t org;
    char code[ORG_MAX + 1];
    size_t state = 0;
    int rc = 0;
    if (!u->topology_changed) return 0;
    u->topology_changed = false;
    while (rc == 0 && scope_moved(u->scope, &state, &org)) {
        memcpy(code, org.data, org.size);
        rc = store_relane_org(txn, slice(code, org.size));
    }
    if (rc == 0 && scope_take_parted(u->scope)) rc = store_let_go(txn);
    return rc == 0 ? judge_again(u, txn) : rc;
}

// --- what the ledger hears -----------------------------------------------------------------------

static uint64_t past_of(const unit_t *u, const record_t *r)
{
    const ledger_record_t *known = r != NULL ? ledger_find(u->world->ledger, &r->id) : NULL;
    const ledger_version_t *v = known != NULL ? ledger_version(known, &r->version) : NULL;
    return v != NULL ? v->past : 0;
}

// Writes that say the same, in whatever epoch, are one: none of them is kept as another's conflict.
static void say_too(const ledger_record_t *lr, ledger_version_t *now)
{
    for (size_t i = 0; i < lr->n; i++) {
        const ledger_version_t *v = &lr->versions[i];
        if (v->fate == VANISHED || v->content != now->content) continue;
        now->past |= v->past;
        now->bad |= v->bad;
    }
}

// What somebody writes contains what stood there. What the core writes by itself only says again what a
// version said, and contains that.
static ledger_version_t *hear_write(unit_t *u, ledger_record_t *lr, const record_t *old, const record_t *now)
{
    const ledger_version_t *before = old != NULL ? ledger_version(lr, &old->version) : NULL;
    bool written = now->kind >= 100; // a notice of the core's comes of it, and is neither that write nor bad
    ledger_version_t is = {.version = now->version,
                           .past = written ? u->token : 0,
                           .hash = wire_hash(now->wire),
                           .content = content_hash(now),
                           .bad = written && u->token_bad};
    if ((u->token != 0 || u->taking) && before != NULL) is.past |= before->past;
    say_too(lr, &is);
    ledger_version_t *v = ledger_add(lr, &now->version);
    *v = is;
    return v;
}

static void on_change(void *arg, store_txn_t *txn, const record_t *old, const record_t *now)
{
    unit_t *u = arg;
    world_t *w = u->world;
    bool home = path_equal(&now->home, &u->place.path) && (now->kind < 100 || now->kind / 100 == u->service);
    ledger_record_t *lr = ledger_find(w->ledger, &now->id);
    if (liar_is(u)) liar_remember(w, now->wire);
    if (now->gone) {
        if (old != NULL) check_left(u, old, now);
        trace(w, "    %s: kind %u %02x%02x%02x has left", unit_name(u), now->kind, now->id.b[0], now->id.b[1],
              now->id.b[15]);
        return;
    }
    if (old != NULL && old->gone) old = NULL;
    check_has(u, txn, now);
    learn(u, now);
    if (lr == NULL && home) lr = ledger_make(w->ledger, &now->id, now->kind, u->index);
    ledger_version_t *v = lr != NULL ? ledger_version(lr, &now->version) : NULL;
    bool own = v == NULL && home && now->version.boot == store_boot(u->store) &&
               record_is_sealed(now, u->place.seal_key);
    if (own) v = hear_write(u, lr, old, now);
    if (own) check_written(u, lr, now);
    if (own) check_kept(u, now);
    trace(w, "    %s: kind %u %02x%02x%02x becomes %s%s", unit_name(u), now->kind, now->id.b[0], now->id.b[1],
          now->id.b[15], version_name(&now->version), own ? " (written)" : "");
    if (own && now->version.inc > INC_MOST) broken(w, "incarnation of %s is thrown up", unit_name(u));
    if (liar_is(u) && own) ledger_note(&u->pending, lr, &now->version, v->past, own);
    if (liar_is(u)) return; // he may be given back what he made up, or wrote in vain and remembers
    if (!home && liar_may_fool(u, &now->home)) return;
    if (v == NULL || (!own && v->fate != DURABLE && lr->home != u->index)) {
        broken(w, "%s holds version %s of kind %u that nobody wrote", unit_name(u),
               version_name(&now->version), now->kind);
        return;
    }
    if (v->hash != wire_hash(now->wire))
        broken(w, "%s holds other bytes of %s than were written", unit_name(u), version_name(&now->version));
    bool same = old != NULL && path_equal(&old->home, &now->home); // else a liar had made it up
    if (same && version_cmp(&now->version, &old->version) <= 0)
        broken(w, "%s goes back from %s to %s", unit_name(u), version_name(&old->version),
               version_name(&now->version));
    if (home && (past_of(u, old) & ~v->past) != 0)
        broken(w, "%s, its home, drops what %s says for %s", unit_name(u), version_name(&old->version),
               version_name(&now->version));
    if (home) ledger_note(&u->pending, lr, &now->version, v->past, own);
}

static void on_send(void *arg, uint32_t peer, uint32_t type, slice_t body)
{
    unit_t *u = arg;
    net_send(u->world, u, peer, type, body);
}

// --- life ----------------------------------------------------------------------------------------

bool unit_start(unit_t *u)
{
    world_t *w = u->world;
    feed_hooks_t hooks = {.arg = u, .admit = admit_here, .send = on_send};
    clock_of = u;
    kv_mem_set_full(u->kv, KV_WELL);
    u->sends_left = -1;
    u->ticked_ms = w->now_ms;
    int rc = store_open(u->kv, &u->place, rnd(w) | 1, odd_clock, &u->store);
    if (rc != 0) return broken(w, "%s cannot open its store: %d", unit_name(u), rc);
    if ((rc = learn_all(u)) != 0) return broken(w, "%s cannot read its store: %d", unit_name(u), rc);
    store_on_change(u->store, on_change, u);
    u->feed = feed_new(u->store, &hooks, rnd(w));
    if (u->window > 0) feed_set_window(u->feed, u->window / 2, u->window);
    for (int i = 0; i < w->n_edges; i++) {
        const edge_t *e = &w->edges[i];
        if (e->a != u->index && e->b != u->index) continue;
        uint32_t peer = e->a == u->index ? e->b_of_a : e->a_of_b;
        w->edges[i].session[e->a == u->index ? 0 : 1] =
            0; // what a new epoch pushes into an old session is void
        feed_filter_t filter = {.n_kinds = u->n_wants};
        memcpy(filter.kinds, u->wants, sizeof u->wants);
        if (e->local && u->n_wants > 0) feed_subscribe(u->feed, peer, &filter);
        if (!e->cut) feed_link(u->feed, peer, true, w->now_ms);
    }
    check_started(u);
    kv_mem_set_full(u->kv, u->full);
    return true;
}

void unit_stop(unit_t *u)
{
    ledger_close(&u->pending, false);
    feed_destroy(&u->feed);
    store_close(&u->store);
    scope_destroy(&u->scope);
}

static int work(unit_t *u, store_txn_t *txn, unsigned n_writes)
{
    int rc = 0;
    for (; n_writes > 0 && rc == 0; n_writes--) rc = work_write(u, txn);
    return rc;
}

// The part inside the transaction. *ret_killed: stopped in the middle.
static int decide(unit_t *u, store_txn_t *txn, unsigned n_messages, unsigned n_writes, unsigned die_after)
{
    world_t *w = u->world;
    uint32_t peer;
    mail_t *m;
    int rc = 0;
    for (unsigned i = 0; i < n_messages && rc == 0 && (m = net_take(w, u, &peer)) != NULL; i++) {
        trace(w, "    %s takes %s from %x", unit_name(u), type_name(m->type), peer);
        rc = feed_message(u->feed, txn, peer, m->type, slice(m->bytes, m->size), w->now_ms);
        free(m);
        if (i + 1 == die_after) return -EINTR;
    }
    if (rc == 0) rc = work(u, txn, n_writes);
    return rc == 0 ? settle_topology(u, txn) : rc;
}

static void give_up(unit_t *u, int rc)
{
    world_t *w = u->world;
    ledger_close(&u->pending, false);
    trace(w, "    %s gives up: %d", unit_name(u), rc);
    if (rc != -ENOSPC) broken(w, "%s fails with %d", unit_name(u), rc);
    feed_rollback(u->feed, w->now_ms);
    feed_set_trouble(u->feed, "DISK-FULL");
    if (learn_all(u) != 0) broken(w, "%s cannot read its store", unit_name(u));
}

static void finish(unit_t *u)
{
    world_t *w = u->world;
    feed_set_trouble(u->feed, "");
    int rc = feed_flush(u->feed, w->now_ms);
    if (rc != 0) broken(w, "%s cannot flush: %d", unit_name(u), rc);
}

void unit_turn(unit_t *u, unsigned n_messages, unsigned n_writes, kill_point_t kill)
{
    world_t *w = u->world;
    store_txn_t *txn = NULL;
    clock_of = u;
    if (w->now_ms - u->ticked_ms >= 1000) {
        feed_tick(u->feed, w->now_ms);
        u->ticked_ms = w->now_ms;
    }
    if (kill == KILL_IN_FLUSH) u->sends_left = (int)below(w, 4);
    int rc = store_begin(u->store, true, &txn);
    if (rc == 0)
        rc = decide(u, txn, n_messages, n_writes, kill == KILL_IN_TXN ? 1 + below(w, n_messages + 1) : 0);
    if (MUTANT("ack_first") && rc == 0) finish(u);
    bool die = kill == KILL_IN_TXN || kill == KILL_BEFORE_COMMIT;
    if (rc == 0 && !die)
        rc = store_commit(&txn);
    else if (MUTANT("two_txn") && rc == 0) {
        kv_mem_tear(u->kv, KV_PEERS);
        store_commit(&txn);
    } else
        store_abort(&txn);
    if (die) {
        unit_stop(u);
        return;
    }
    if (rc != 0) {
        give_up(u, rc);
    } else {
        ledger_close(&u->pending, true);
        if (kill != KILL_AFTER_COMMIT) finish(u);
    }
    if (kill != KILL_NOT) unit_stop(u);
}
