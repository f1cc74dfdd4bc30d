// SPDX-License-Identifier: Apache-2.0
// What service*.c and requests*.c share; programs see service.h.
#pragma once
#include "common/node/intake.h"
#include "common/node/outgoing.h"
#include "common/service/service.h"
#include "common/service/waiting.h"

struct met {
    uint32_t peer;
    uint8_t key[NODE_KEY_SIZE];
};

struct service_state {
    const service_def_t *def;
    node_conf_t node;
    store_place_t place;
    kv_t *kv;
    uint64_t map_bytes; // of kv
    store_t *store;
    scope_t *scope;
    feed_t *feed;
    void *self;
    void *socket;       // DEALER to the gate
    void *monitor;      // tells when the gate answers, each time that it does
    outgoing_t replies; // leave only after the commit
    outgoing_t feeds;   // of one flush; lost when the gate does not keep up
    bool topology_changed;
    struct met *met; // neighbours whose key was told in this transaction
    size_t n_met, room_met;
    uint64_t started_ms;
    uint64_t forged;      // as told last
    int trouble;          // errno of the last failed commit, 0 when well
    const char *told;     // fault code that the service tells of itself; NULL: none
    uint64_t provisional; // people
    // The process ends: nothing can be read any more, and the next one opens the store; or it is a second
    // one.
    bool lost;
    int code; // with which it ends then
    arena_t *arena;
    struct scan *scans; // lists that are being read, some records a turn
    size_t n_scans;
    struct retry {
        bool on, again, begun;  // again: once more after the end
        quarantine_key_t after; // where it stands, when it has begun
    } retry;
};

// Connects to the gate, and to what tells that it answers. False with errno.
bool service_connect_gate(service_t *service, void *context);
void service_greet(service_t *service);
void service_greet_when_connected(service_t *service);
bool service_send_now(void *service, zmq_msg_t *frame); // false: it would have to wait
void service_send_replies(service_t *service);
void service_send_feed(void *service, uint32_t peer, uint32_t type, slice_t body); // as a feed's hook

// Decides what was taken in, commits, answers and pushes. in: NULL when nothing may be decided any more;
// save: with the positions that neighbours have acknowledged.
void service_turn(service_t *service, intake_t *in, bool save);
// Tells the gate with whose messages this turn has done; `due` even if they are few.
void service_tell_done(service_t *service, intake_t *in, bool due);
void service_probe(service_t *service);     // can be written again?
int service_open_state(service_t *service); // reads what memory holds of the store, anew

// The requests that every service answers. 0, or -errno of the transaction; *ret_mine false: not one of them.
int requests_message(service_t *service, store_txn_t *txn, const envelope_t *envelope, bool *ret_mine);
// What waits in quarantine and may be let in by a new topology is to be tried again: all of it once, some
// items a turn. While that is going on: once more after its end, so that no change keeps the last from their
// turn.
void requests_retry(service_t *service);
// Goes on with that: once a turn, but not while nothing can be written: people's turns would fail with it. 0
// or -errno of the transaction.
int requests_retry_on(service_t *service, store_txn_t *txn);
int requests_get(service_t *service, store_txn_t *txn, const envelope_t *e);
// A list is read some records a turn, so that nobody waits behind a long one.
int requests_list(service_t *service, store_txn_t *txn, const envelope_t *e);
// Goes on with one of those that are not at their end, by what is committed: once a turn. Its answer is among
// the replies.
void requests_scan_on(service_t *service);
// The turn's transaction was committed, or it was lost, and with it what new ones read.
void requests_scanned(service_t *service, bool kept);
void requests_forget_scans(service_t *service);
int requests_quarantine_list(service_t *service, store_txn_t *txn, const envelope_t *e);
int requests_quarantine_act(service_t *service, store_txn_t *txn, const envelope_t *e);
// Gives it up. 0, KV_NONE, DISCARD_NOT_OURS (its finder is another node, and not below us), or -errno.
enum { DISCARD_NOT_OURS = 2 };
int requests_discard(service_t *service, store_txn_t *txn, const waiting_t *w, const envelope_t *e,
                     const char *why);
// A version of ours that waits under this id is to hold. from: whose, NULL where all say the same.
int requests_take(service_t *service, store_txn_t *txn, const envelope_t *e, const rid_t *id,
                  const char *from);
// Who is named: a neighbour by its organisation's code or its label, the parent, a service of this node.
bool requests_peer_named(service_t *service, const char *name, uint32_t *ret_peer);
const char *requests_peer_org(const service_t *service, uint32_t peer); // NULL: it has none
int requests_refuse(service_t *service, const envelope_t *e, const char *code, const char *arg); // 0
enum { ROWS_MAX = 8192 };                                                                        // of a list
// Fault code of an errno of the store, as operators see it.
const char *service_trouble(int error);

// Prepares the words for a store that turns out damaged.
void service_guard_store(const service_t *service);
// Opens service->kv. 0 or -errno of kv_lmdb_open.
int service_open_kv(service_t *service);
// Says in the log why the store cannot be used. Returns the exit code: 1 where it is worth to try again soon,
// since somebody who has it open may end any moment; KV_GUARD_EXIT, since what is damaged stays so.
int service_refuse_store(const service_t *service, int rc);

// A record became the present one: the topology may have changed.
void topology_learn(service_t *service, const record_t *r);
// Reads the whole topology from the store, into a scope that knows nothing yet. 0 or -errno.
int topology_learn_all(service_t *service);
// Queues are shown for neighbours that are away, too, also when they have not come since this start.
void topology_know_neighbours(service_t *service);
// Before the commit: what changes of the topology made necessary. 0 or -errno of the transaction.
int topology_settle(service_t *service, store_txn_t *txn);
