// SPDX-License-Identifier: Apache-2.0
// What the files of this room share of a store; other programs see store.h.
#pragma once
#include "common/store/index_batch.h"
#include "common/store/lane_changes.h"
#include "common/store/memtable.h"
#include "common/store/store.h"

struct store {
    kv_t *kv;
    store_place_t place;
    int64_t (*clock_s)(void);
    lineage_t lineage;
    uint64_t head;                                          // seq of the last change
    uint32_t inc;                                           // incarnation of what is written next
    uint64_t boot_id;                                       // the present epoch
    fresh_t fresh;                                          // of committed transactions
    uint64_t indexed;                                       // up to this seq all records stand in the indexes
    memtable_t *memtable;                                   // what stands in the log behind that
    bool memtable_is_old;                                   // a transaction that was lost has changed it
    enum { SEALS_KNOWN, SEALS_LOST, SEALS_ADOPTING } seals; // 'R' of META
    enum { CONFLICTS_UNKNOWN, CONFLICTS_NONE, CONFLICTS_SOME } conflicts; // does it hold any, or did it once?
    store_changed_fn *changed;
    void *changed_arg;
};

struct store_txn {
    store_t *store;
    kv_txn_t *kv;
    uint64_t head;
    uint32_t inc;
    bool write;
    bool dirty;
    uint8_t *buf; // for packing an entry of the log
    size_t room;
    fresh_t fresh;
    uint64_t indexed;
    bool adopted;          // from this transaction on nothing is adopted
    index_batch_t entries; // being gathered for the indexes
    lane_changes_t counts; // of lanes, for the end of the transaction
    uint32_t heft_peer;    // whose records came last, and
    int64_t heft_bytes;    // how many bytes of them are yet to be counted
    bool found;            // the record that was looked for last, and where it stands; 0: nowhere
    rid_t found_id;
    uint64_t found_at;
};

enum { SEQ_KEY = 13 }; // bytes of a key in KV_LANES

// Is this node and service the record's home?
bool place_is_home(const store_place_t *p, const record_t *r);
// Neighbour in whose direction the record's home lies.
uint32_t place_toward(const store_place_t *p, const record_t *r);

// Lane bits of a record and, with LANE_CHILD, the child. src: where its present version came from.
uint8_t lanes_of(const store_place_t *p, const record_t *r, uint32_t src, uint32_t *ret_child);
// Puts into place `now` who had the record by its old place (NULL: none), or from whom it came, and is not to
// have it; on LANE_LEFT if there is somebody.
void lanes_left(place_t *now, const place_t *old);
// One more of them.
void place_add_left(place_t *place, uint32_t peer);
// Is this neighbour to have the record, or is it on the home's side?
bool place_reaches(const place_t *place, uint32_t peer);
int lanes_remove(store_txn_t *txn, const place_t *place);
int lanes_gather(store_txn_t *txn, const place_t *place); // into txn->entries
// The keys of its entries in KV_LANES, which may be still to come. Stops when fn returns non-zero; returns
// that.
typedef int lane_fn(void *arg, slice_t key);
int lanes_each(const place_t *place, lane_fn *fn, void *arg);
void fresh_note(fresh_t *fresh, const place_t *place);
void fresh_merge(fresh_t *to, const fresh_t *from);

// Takes a record away from where it stands, for another place. *ret_left is a place that indexes name, or 0.
int store_lift(store_txn_t *txn, const place_t *place, uint64_t *ret_left);
// Sets it down there, for memory and feeds to find; `left` as above.
int store_set_down(store_txn_t *txn, const record_t *r, const place_t *place, uint64_t left);
int store_put_log(store_txn_t *txn, const record_t *r, const place_t *place); // its entry in the log alone
// Makes a version the present one: place, lanes, indexes. Takes the next seq. `old`/`old_place`: what stands
// there, or NULL.
int store_keep(store_txn_t *txn, record_t *now, uint32_t src, const record_t *old, const place_t *old_place);
// The present version came from its home's direction after all: it leaves the lane BACK and keeps its place.
int store_confirm(store_txn_t *txn, const record_t *now, const place_t *place);
// The home's side has lost what we hold: on the lane BACK with it.
int store_hand_back(store_txn_t *txn, const record_t *held, const place_t *place);
// A version of ours with the content of `content`, above `before` in whose line it stands. It answers `shown`
// (or NULL).
int store_write_upon(store_txn_t *txn, const record_t *content, const record_t *before,
                     const record_t *shown);
// The record of another home has lost its place to ours, or to one that has taken its key: it waits in
// quarantine, as it does wherever ours was first.
int store_displace(store_txn_t *txn, const record_t *other, const place_t *place);
// Raises the incarnation so that what we write next is greater than this.
void store_raise_inc(store_txn_t *txn, const version_t *seen);
bool store_is_worth_keeping(const record_t *r);
// A record of ours stands here that was missing. Conflicts of it that came meanwhile could not be heeded
// then: it goes on above what they keep. 0 or -errno.
int store_heed_conflicts(store_txn_t *txn, const rid_t *id);
int store_free_conflict(store_txn_t *txn, const record_t *now, const record_t *old);
// A place in the log for a version that is nobody's present one, and its end.
int store_put_aside(store_txn_t *txn, const record_t *r, uint32_t peer, uint64_t *ret_at);
int store_drop_aside(store_txn_t *txn, uint64_t at);

// Keeps a version of a home that this neighbour does not speak for, until the home's word comes. 0 with what
// became of it, or -errno.
int aside_keep(store_txn_t *txn, const record_t *r, uint32_t peer, applied_t *ret);
// Does any version of this record wait so? 0 or -errno.
int aside_waits(store_txn_t *txn, const rid_t *id, bool *ret);
// The home's word on the record, or word that it is gone: versions that it answers wait no more. firm: the
// home has been shown them, or nobody can be outside the record's reach; else they are shown to it once more.
// givers takes who had handed us those that leave.
typedef struct givers {
    uint32_t peers[16]; // the first of them, each once
    size_t n;
} givers_t;
int aside_settle(store_txn_t *txn, const record_t *word, bool firm, givers_t *givers);
// To the head on the same lanes: whoever must have it gets it once more.
int store_say_again(store_txn_t *txn, const record_t *held, const place_t *place);
// Neighbours outside its reach have the record: they are told again.
int store_tell_left(store_txn_t *txn, const record_t *held, const place_t *place, const uint32_t *peers,
                    size_t n);
// Index entries of a record as it stands at this seq.
int index_remove(store_txn_t *txn, const record_t *record, uint64_t at);
// Into txn->entries, in the order of seqs; *state begins as 0.
void index_gather(store_txn_t *txn, const record_t *record, uint64_t at, size_t *state);
void index_later(memtable_t *memtable, const record_t *record, uint64_t at); // to whom it refers

// Walks the log behind this seq, over what stands there no more, too. Stops when fn returns non-zero; returns
// that, 0, or -errno. fn must not write.
typedef int log_fn(void *arg, store_txn_t *txn, const record_t *record, const place_t *place);
int log_each(store_txn_t *txn, uint64_t after, log_fn *fn, void *arg);

// Where the log's entry has them, for lanes.c.
enum { LOG_FORMAT = 8, LOG_LANES = 1, LOG_TOWARD = 12, LOG_CHILD = 16, LOG_PLACE = 20 };
