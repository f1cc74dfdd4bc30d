// SPDX-License-Identifier: Apache-2.0
// The feed's core: both halves of every flow of one service (design 2.4, 2.6; messages in proto/feed.proto).
//
// A pure state machine over a store: messages, link changes and ticks come in, messages to send come out. It
// opens no socket and asks no clock; time and transactions are handed in. The simulator runs this same code.
//
//   consumer half                               producer half
//     idle -> pulling (session) <-> live          closed -> open (session) -> closed
//               |  giveback asked: hand out               \-> diverged: ask for give-back -> rebase -> closed
//               |  rebase: cursor to zero, pull again
//
// The consumer's cursor (position and witness) is written in the transaction that applies what it covers; the
// pull that acknowledges it leaves only after that transaction is durable. Peers are neighbours' labels,
// PEER_PARENT, or numbers of services of this node.
#pragma once
#include "common/store/quarantine.h"

enum {
    PUSH_BYTES = 192 * 1024, // entries of one push, plain; at least one record in any case
    PUSH_RECORDS = 2048,
    WINDOW_BYTES = 768 * 1024,      // credit of a consumer on a fast line
    WINDOW_FIRST_BYTES = 64 * 1024, // of each session: the line is not known yet
    WINDOW_MIN_BYTES = 32 * 1024,   // on the slowest: less makes a line that loses packets wait for each few
    WINDOW_FAST_MS = 700,           // what was ready came within this time: twice as much next time
    WINDOW_SLOW_MS = 2500,      // it took longer: half as much, so that nobody who shares the line waits long
    KEEPALIVE_MS = 15000,       // a session where nothing comes is asked whether it stands
    KEEPALIVE_MOST_MS = 240000, // and then after twice the time, each time that there is nothing new
    SILENCE_MS = 45000,         // without a word that is due, the session is begun anew
    HOLD_UP_MS = 30000,         // whoever went past his share is asked again after this
    KINDS_MAX = 99,             // of one service: its numbers end there
    TROUBLE_SIZE = 64,          // of a fault code, as consumers tell it
    FEED_KEY = 32,
};

typedef struct feed feed_t;

// May this record come in from this neighbour? Returns false and fills ret_fault when it breaks a rule for
// good.
typedef bool feed_admit_fn(void *arg, store_txn_t *txn, uint32_t peer, const record_t *record,
                           fault_t *ret_fault);
// A message to a neighbour. The bytes are the callee's only during the call.
typedef void feed_send_fn(void *arg, uint32_t peer, uint32_t type, slice_t body);

typedef struct feed_hooks {
    void *arg;
    feed_admit_fn *admit;
    feed_send_fn *send;
} feed_hooks_t;

// seed: makes session ids; random in the service, given in the simulator.
feed_t *feed_new(store_t *store, const feed_hooks_t *hooks, uint64_t seed);
void feed_destroy(feed_t **feed_p);

// What a consumer wants of a producer; nothing named: all.
typedef struct feed_filter {
    uint32_t kinds[KINDS_MAX]; // from any home
    size_t n_kinds;
    uint32_t near[KINDS_MAX]; // only from this node and those above it
    size_t n_near;
} feed_filter_t;

// This service reads from another service of the node. Before the first link comes up. A filter that has come
// to let more through than the one before it reads everything again.
void feed_subscribe(feed_t *feed, uint32_t service, const feed_filter_t *filter);

// Bounds of the credit that this consumer gives, in plain bytes. In place of
// WINDOW_MIN_BYTES and WINDOW_BYTES, before the first link.
void feed_set_window(feed_t *feed, uint32_t min, uint32_t max);

// There is such a neighbour, connected or not: its queue is shown from now on.
void feed_know(feed_t *feed, uint32_t peer);
// A neighbour came or went. Coming up begins a new session.
void feed_link(feed_t *feed, uint32_t peer, bool up, int64_t now_ms);
// The neighbour's computer proves this key. Where it was another one before, somebody else may have read and
// said in its name what it did not: it is read from the beginning, and asked anew what it has to give back.
// 1: it was another one; 0; or -errno.
int feed_know_key(feed_t *feed, store_txn_t *txn, uint32_t peer, const uint8_t key[static FEED_KEY]);
// A person made room in this neighbour's share: if it is held up, it is asked again at once.
void feed_go_on(feed_t *feed, uint32_t peer);

// One message of proto/feed.proto from a neighbour. Outside bytes: anything malformed is counted and dropped.
// 0, or -errno of the transaction, which the caller then aborts and tells by feed_rollback.
int feed_message(feed_t *feed, store_txn_t *txn, uint32_t peer, uint32_t type, slice_t body, int64_t now_ms);

// Judges again what waits in quarantine, as if it had just come.
int feed_retry(feed_t *feed, store_txn_t *txn, const quarantine_key_t *key, bool *ret_admitted);
// Judges again what stands here of another home, whose kind may have been unknown when it came. What is
// refused now goes into quarantine and leaves its place; those who had it from us hear so.
typedef enum judged {
    JUDGED_GOOD,
    JUDGED_REFUSED,
    JUDGED_NO_ROOM
} judged_t; // the last: of the share, it stays
int feed_judge_again(feed_t *feed, store_txn_t *txn, const rid_t *id, judged_t *ret);

// After the transaction is durable: acknowledges, and pushes what lanes hold within each consumer's credit.
int feed_flush(feed_t *feed, int64_t now_ms);
// After a transaction was lost: every half goes back to what the store holds.
void feed_rollback(feed_t *feed, int64_t now_ms);
// About once a second: keepalives, silent sessions.
void feed_tick(feed_t *feed, int64_t now_ms);
// Writes acknowledged positions that only memory holds, so that an offline peer's queue is known after a
// restart.
int feed_save(feed_t *feed, store_txn_t *txn);
bool feed_has_unsaved(const feed_t *feed);

// --- for people ----------------------------------------------------------------------------------

typedef struct feed_row { // one feed that this service serves
    uint32_t peer;
    bool up, open, diverged, cloned;
    uint64_t head;
    position_t acked, sent;
    uint64_t in_flight_bytes;
    uint64_t held, quarantined; // as the consumer said last
    bool has_held;
    int64_t progress_ms; // when acked last grew; 0: not in this run
    uint64_t sent_per_s;
    char trouble[TROUBLE_SIZE]; // what holds the consumer up, in its own words (a fault code)
    const char *paused;         // why we take nothing from this neighbour now (a fault code); NULL: we do
} feed_row_t;

size_t feed_rows(const feed_t *feed, feed_row_t *rows, size_t most); // how many
// A copy of this neighbour's node is being turned away: shown in its row.
void feed_set_clone(feed_t *feed, uint32_t peer, bool cloned);
bool feed_wants(const feed_t *feed, uint32_t peer,
                const record_t *record); // does that consumer's filter let it through?
const feed_filter_t *feed_filter(const feed_t *feed, uint32_t peer); // that filter; NULL: all
void feed_set_trouble(feed_t *feed, const char *code); // told to producers with the next pull; "" when over
uint64_t feed_malformed(const feed_t *feed);           // messages dropped
uint64_t feed_overrun(const feed_t *feed);             // pushes beyond the credit, dropped
// Versions that were said to be ours and are not; the neighbour who brought the last one.
uint64_t feed_forged(const feed_t *feed, uint32_t *ret_peer);
