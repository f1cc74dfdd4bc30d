// SPDX-License-Identifier: Apache-2.0
// What service*.c and requests*.c share; programs see service.h.
#pragma once
#include "common/base/durations.h"
#include "common/node/intake.h"
#include "common/node/outgoing.h"
#include "common/service/audit_log.h"
#include "common/service/audit_told.h"
#include "common/service/near.h"
#include "common/service/principal.h"
#include "common/service/service.h"
#include "common/service/waiting.h"

struct met {
    uint32_t peer;
    uint8_t key[NODE_KEY_SIZE];
};

enum { REJUDGE_KINDS = 100 }; // a service has fewer

struct service_state {
    const service_def_t *def;
    node_conf_t node;
    store_place_t place;
    kv_t *kv;
    uint64_t map_bytes; // of kv
    store_t *store;
    scope_t *scope;
    feed_t *feed;
    audit_log_t *audit; // NULL: none, in tests
    void *self;
    void *socket;       // DEALER to the gate
    void *monitor;      // tells when the gate answers, each time that it does
    outgoing_t replies; // leave only after the commit
    outgoing_t feeds;   // of one flush; lost when the gate does not keep up
    bool topology_changed;
    struct met *met; // neighbours whose key was told in this transaction
    size_t n_met, room_met;
    nears_t nears;
    audit_above_t above;
    uint64_t started_ms;
    durations_t commits;  // of transactions that wrote
    uint64_t forged;      // as told last
    int trouble;          // errno of the last failed commit, 0 when well
    const char *told;     // fault code that the service tells of itself; NULL: none
    uint64_t provisional; // people
    // The process ends: nothing can be read any more, and the next one opens the store; or it is a second
    // one.
    bool lost;
    int code; // with which it ends then
    arena_t *arena;
    alike_t *alike;     // made when it is asked first
    struct scan *scans; // lists that are being read, some records a turn
    size_t n_scans;
    struct deletion *deletions; // which wait for what the other services say
    uint64_t deletions_asked;
    leaving_t leaving; // what the others are about to delete
    struct retry {
        bool on, again, begun;  // again: once more after the end
        quarantine_key_t after; // where it stands, when it has begun
    } retry;
    struct rejudge {
        bool on;
        uint32_t kinds[REJUDGE_KINDS]; // that have become known since the store was open last
        size_t n, at;
        bool begun, full; // full: one found no room in quarantine
        list_mark_t mark; // how far it has come in that kind
        uint64_t refused;
    } rejudge;
};

// Which kinds that the store may hold are known since this start? 0 or -errno.
int rejudge_open(service_t *service);
// Judges some of their records: once a turn, until there are no more. 0 or -errno of the transaction.
int rejudge_on(service_t *service, store_txn_t *txn);

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
int service_commit(service_t *service, store_txn_t **txn); // of the loop
void service_probe(service_t *service);                    // can be written again?
int service_open_state(service_t *service);                // reads what memory holds of the store, anew

// Who asks. 0 or -errno.
int requests_principal(const service_t *service, store_txn_t *txn, const envelope_t *e, principal_t *ret);
// May he ask that at all? Else he is answered so, and *ret_refused is set. 0 or -errno.
int requests_admit(service_t *service, store_txn_t *txn, const envelope_t *e, bool *ret_refused);
int requests_audit_head(service_t *service, store_txn_t *txn, const envelope_t *e);
// How far audit logs go, told from below to above (audit_told.c). 0 or -errno of the transaction.
int audit_told_take(service_t *service, store_txn_t *txn, const envelope_t *e); // of a child
int audit_told_answered(service_t *service, const envelope_t *e);               // by the parent
void audit_told_tick(service_t *service, uint64_t now_ms);
// Notes reads of kinds that have names, and what a put came to.
int requests_note_read(service_t *service, store_txn_t *txn, const envelope_t *e);
int requests_note_changes(service_t *service, store_txn_t *txn, const envelope_t *e,
                          const changes_t *changes);
// The requests that every service answers. 0, or -errno of the transaction; *ret_mine false: not one of them.
int requests_message(service_t *service, store_txn_t *txn, const envelope_t *envelope, bool *ret_mine);
// Decides a put; `referred`: what its deletions have come to in the node's other services. 0 or -errno.
int requests_put(service_t *service, store_txn_t *txn, const envelope_t *e, const Selenga__Put *put,
                 const referred_t *referred, size_t n_referred);
// One with deletions is put off until the node's other services have said whether they refer to what is to
// go (deleting.c): then *put_p is NULL. *ret_mine false: there is nobody to ask.
int deletions_begin(service_t *service, store_txn_t *txn, const envelope_t *e, Selenga__Put **put_p,
                    bool *ret_mine);
int deletions_asked(service_t *service, store_txn_t *txn, const envelope_t *e);    // MSG_REFERRING
int deletions_answered(service_t *service, store_txn_t *txn, const envelope_t *e); // MSG_REFERRED
// The turn's transaction was committed; or it was lost, by this: whoever asked hears "try again".
void deletions_decided(service_t *service, const fault_t *lost);
void deletions_tick(service_t *service, uint64_t now_ms); // who has waited long enough hears that
void deletions_forget(service_t *service);
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
int requests_queues(service_t *service, store_txn_t *txn, const envelope_t *e);
int requests_history(service_t *service, store_txn_t *txn, const envelope_t *e);
int requests_reviews(service_t *service, store_txn_t *txn, const envelope_t *e);
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
