// SPDX-License-Identifier: Apache-2.0
// What the feed*.c share; other programs see feed.h.
#pragma once
#include "common/node/msg.h"
#include "common/sync/batch.h"
#include "common/sync/feed.h"
#include "proto/feed.pb-c.h"
#include "proto/kind.h"

enum { IN_FLIGHT_MAX = 32, TAKE_OVER = 1, TAKE_FULL = 2 };

// Where a page of what waits in quarantine begins: behind this id. Its position on the wire is a number.
typedef struct given {
    uint64_t position;
    quarantine_key_t last;
} given_t;

typedef struct consumer {
    bool wanted; // we pull from this peer
    bool loaded; // the store was asked how far we are; before that nothing is said
    bool open;   // a session stands
    bool moved;  // a push of this session was applied: its producer has no give-back to ask for
    uint64_t session;
    uint64_t boot;       // epoch of the producer that pushes in this session; 0: none did yet
    position_t expected; // up to which pushes were applied, this transaction's included
    witness_t cursor;    // the producer's lineage and head at `expected`
    uint32_t window;     // credit now, by what the line carries
    uint32_t widest;     // credit that was given in this session, at most
    uint64_t taken;      // bytes of pushes since the last pull
    bool backlog;        // the producer had more when it pushed last: what comes next was ready
    int64_t heard_ms, asked_ms, counted_ms; // the last: when the producer was told what is held
    int64_t patience_ms;                    // until the next keepalive
    uint64_t quarantined;                   // of this producer, as it was told last
    feed_filter_t *filter;                  // NULL: all
    bool filter_changed;                    // the store knows another one
    // The producer went past its share or its credit: until then nothing is taken from it.
    int64_t held_until_ms; // 0: it is not held up
    const char *trouble;   // why, a fault code; it is told so until a push was taken whole. NULL: well
    // due at the next flush
    bool restart, ack, give, tell;
    uint64_t give_after;
    given_t given[2]; // pages of the quarantine: the one that was sent, and the one behind it
} consumer_t;

typedef struct flight { // one push that is not acknowledged
    position_t upto;
    uint32_t bytes[STREAMS];
} flight_t;

typedef struct producer {
    bool open;
    uint64_t session;
    position_t acked;   // durable at the consumer
    position_t sent;    // last `upto` told
    position_t scanned; // lanes hold nothing for it between sent and here
    uint32_t credit;
    flight_t *flight; // room for IN_FLIGHT_MAX; NULL: none
    size_t n_flight;
    uint64_t flight_bytes[STREAMS];
    bool fresh[STREAMS];   // the lanes may hold something behind `scanned`
    feed_filter_t *filter; // NULL: all
    // diverged: its witness is not of our past
    bool diverged;
    position_t position; // the cursor it came with
    witness_t lost;
    uint64_t given;   // up to where it has given back
    int64_t again_ms; // when the page that found no room is asked for again; 0: none is
    // due at the next flush
    bool answer, ask, rebase, wake;
    // for people
    bool unsaved, has_held;
    uint64_t held, quarantined, sent_records, rate;
    int64_t progress_ms, rate_ms;
    int64_t heard_ms; // the consumer's last word, or since when one is due
    // sessions begun since: each may read the whole store
    int64_t begun_ms;
    unsigned n_begun;
    uint8_t *late; // the last pull that would have begun one too many; NULL: none
    size_t late_size;
    char *trouble; // in the consumer's words; NULL: none
} producer_t;

// One for each neighbour: a hub has thousands, nearly all idle, so what few need is allocated when they do.
typedef struct link {
    uint32_t peer;
    bool up;
    bool cloned;    // a copy of its node is being turned away
    bool due;       // something may be to be sent: it stands in the feed's list
    consumer_t in;  // what we pull from it
    producer_t out; // what it pulls from us
} link_t;

struct feed {
    store_t *store;
    feed_hooks_t hooks;
    uint64_t seed;
    link_t **links;
    size_t n_links, links_room;
    link_t **due; // of n_links at most: a flush costs what there is to do, however many neighbours there are
    size_t n_due, due_room;
    char trouble[TROUBLE_SIZE];
    uint64_t malformed;
    uint64_t overrun; // pushes beyond the credit
    uint64_t forged;  // versions said to be ours that are not
    uint32_t forger;  // who brought the last of them
    uint32_t window_min, window_max;
};

// Does the filter (NULL: none) let the record through?
bool filter_wants(const feed_filter_t *filter, const path_t *self, const record_t *record);
// Does `wide` let all through that `narrow` does?
bool filter_covers(const feed_filter_t *wide, const feed_filter_t *narrow);
link_t *feed_find(const feed_t *feed, uint32_t peer);
uint64_t feed_session(feed_t *feed);
void feed_send(feed_t *feed, uint32_t peer, uint32_t type, const ProtobufCMessage *body);

// A position's numbers out of a message: false when there are more of them than streams.
bool position_read(const uint64_t *numbers, size_t n, position_t *ret);
bool position_equal(const position_t *a, const position_t *b);
bool position_within(const position_t *a, const position_t *b); // a stands nowhere beyond b
position_t position_at(uint64_t seq);                           // in every stream

// Witness <-> message.
bool witness_read(const Selenga__Witness *m, witness_t *ret); // false when it cannot be one
void witness_message(const witness_t *w, Selenga__Witness *m);

// Rows of KV_PEERS: peer (4) | letter (1) -> numbers, 8 bytes each. KV_NONE when absent.
enum { FILTER_LIST = 32, PEER_NUMBERS_MAX = 2 + 2 * (KINDS_MAX > FILTER_LIST ? KINDS_MAX : FILTER_LIST) };
int peer_row_put(store_txn_t *txn, uint32_t peer, char letter, const uint64_t *numbers, size_t n);
// A row of any length; KV_NONE also when it is longer than `most`.
int peer_row_read(store_txn_t *txn, uint32_t peer, char letter, uint64_t *numbers, size_t most,
                  size_t *ret_n);
// A row of exactly this length; -EUCLEAN when it has another.
int peer_row_get(store_txn_t *txn, uint32_t peer, char letter, uint64_t *numbers, size_t n);
// Those that say how far somebody has read: position of each stream, head, epochs and digest of the witness.
int cursor_put(store_txn_t *txn, uint32_t peer, char letter, const position_t *position, const witness_t *w);
int cursor_get(store_txn_t *txn, uint32_t peer, char letter, position_t *ret_position, witness_t *ret_w);

// How far we are, from the store, unless it is known. 0 or -errno: then nothing may be said to this peer yet.
int consumer_load(feed_t *feed, link_t *link);
int consumer_begin_anew(feed_t *feed, store_txn_t *txn, link_t *link); // from zero. 0 or -errno
int consumer_push(feed_t *feed, store_txn_t *txn, link_t *link, slice_t body, int64_t now_ms);
int consumer_giveback_ask(link_t *link, slice_t body, int64_t now_ms);
int consumer_rebase(store_txn_t *txn, link_t *link, slice_t body, int64_t now_ms);
int consumer_flush(feed_t *feed, link_t *link, int64_t now_ms);
bool consumer_tick(link_t *link, int64_t now_ms); // is something due?
// Nothing is taken from this neighbour for a while: it went past its share, or its credit.
void consumer_hold_up(link_t *link, const char *code, int64_t now_ms);
// The same if that is what feed_take said; false: it is not.
bool consumer_is_full(link_t *link, int taken, int64_t now_ms);
// Applies a batch from a peer; arrival as given. -EBADMSG when it is no batch: nothing was applied.
// TAKE_OVER: a record found no room in the peer's share; those before it were applied, which does no harm
// when they come again. TAKE_FULL: the peer's records fill its part of the store; nothing was taken.
int feed_take(feed_t *feed, store_txn_t *txn, slice_t entries, uint32_t encoding, uint32_t plain_bytes,
              const arrival_t *arrival);

// A consumer that owes a word, for what it was sent or for a session at all, and says none is woken.
bool producer_tick(link_t *link, int64_t now_ms); // is something due?
void producer_load(feed_t *feed, link_t *link);
int producer_pull(feed_t *feed, link_t *link, store_txn_t *txn, slice_t body, int64_t now_ms);
int producer_giveback(feed_t *feed, store_txn_t *txn, link_t *link, slice_t body, int64_t now_ms);
int producer_flush(feed_t *feed, link_t *link, int64_t now_ms);
bool producer_wants(const feed_t *feed, const link_t *link,
                    const record_t *record); // does the consumer's filter let it through?
void producer_close(producer_t *out);
void producer_news(producer_t *out); // its lanes took entries
