// SPDX-License-Identifier: Apache-2.0
// A service's store: its records, and beside them the lanes in which neighbours read them
// (design 2.1, 2.2, 2.6).
//
// What a crash leaves: the last transaction that committed, whole. What a restored older image leaves: a
// lineage that its neighbours' witnesses do not fit, which is how they notice. There is no journal,
// no snapshot and nothing to prune.
//
// Caveats. One process opens a store. A slice read from it dies at the transaction's next write. Errors stick
// to the transaction (common/store/kv.h): write straight on, and look at what commit returns.
#pragma once
#include "common/store/kv.h"
#include "common/store/lineage.h"
#include "common/store/record.h"

// --- where a store stands ------------------------------------------------------------------------

typedef struct scope scope_t; // which child serves an organisation; common/store/topology.h

typedef struct store_place {
    path_t path;      // of this node
    uint32_t service; // enum service: kinds of this service have their home here
    uint8_t rank;     // of this node's level
    bool has_parent;
    uint8_t parent_rank;        // of the parent's level; UP carries what may enter it
    uint64_t child_bytes;       // of records that one child of the lowest rank may fill; 0: without bound
    scope_t *scope;             // not owned; outlives the store
    uint8_t seal_key[SEAL_KEY]; // of this node: by it its own versions are known when they come back
    bool adopt_from_parent; // asked when the store is new: the node was lost with its seal key, so that what
                            // the parent gives back as ours is taken at its word
} store_place_t;

// --- the store -----------------------------------------------------------------------------------

typedef struct store store_t;
typedef struct store_txn store_txn_t;

// Called for every version that becomes the present one, own or a neighbour's; `old` is NULL for a first
// version. May read and write in the transaction.
typedef void store_changed_fn(void *arg, store_txn_t *txn, const record_t *old, const record_t *now);

// Opens a store on kv (not owned) and begins a new epoch with this boot id, durable before it returns. One of
// the format before is upgraded by that. clock_s: unix seconds shown to people beside records; no decision
// uses it. 0; -EPROTONOSUPPORT: of a newer format; -ENOTSUP: of an older one; or another -errno.
int store_open(kv_t *kv, const store_place_t *place, uint64_t boot_id, int64_t (*clock_s)(void),
               store_t **ret_store);
void store_close(store_t **store_p);
// What a store says of itself, also one of a format that store_open refuses. What it does not say is 0, "".
// Bytes of a version; the format that this program writes, and the one before, which it upgrades at the
// opening.
enum { STORE_VERSION = 32, STORE_FORMAT = 9, STORE_FORMAT_BEFORE = 8 };
typedef struct store_mark {
    unsigned format;
    char version[STORE_VERSION]; // of the program that opened it last
} store_mark_t;
int store_mark(kv_t *kv, store_mark_t *ret_mark); // 0 or -errno
void store_on_change(store_t *store, store_changed_fn *fn, void *arg);
// The topology was read anew.
void store_set_scope(store_t *store, scope_t *scope);
uint64_t store_records(store_t *store); // tombstones included; 0 when it cannot be told
const store_place_t *store_place(const store_t *store);
int64_t store_now_s(const store_t *store); // for people, never for a decision about data
uint64_t store_head(const store_t *store); // of the last committed transaction
witness_t store_witness(const store_t *store);
uint64_t store_boot(const store_t *store); // the present epoch's id
// Does the witness belong to our past?
bool store_check_witness(const store_t *store, const witness_t *w);

int store_begin(store_t *store, bool write, store_txn_t **ret_txn);
// 0 or the first error of the transaction; nothing of a failed one is kept. Nulls *txn_p.
int store_commit(store_txn_t **txn_p);
void store_abort(store_txn_t **txn_p);
kv_txn_t *store_kv(store_txn_t *txn);
store_t *store_of(store_txn_t *txn);
uint64_t store_txn_head(const store_txn_t *txn);
bool store_txn_dirty(const store_txn_t *txn);

// --- records -------------------------------------------------------------------------------------

// A place of a record in this store, beside the record itself.
typedef struct place {
    uint64_t at;      // this store's seq at its last change here
    uint32_t time_s;  // unix time of that change, for people
    uint32_t src;     // neighbour that the present version came from; PEER_SELF: written here
    uint32_t toward;  // neighbour in whose direction the home lies; PEER_SELF: here
    uint32_t child;   // child that must have it; 0: none
    uint8_t lanes;    // bits of enum lane
    bool aside;       // no present version: kept aside for its home, and found by no id
    uint8_t n_left;   // who had the record, and must not have it (any more): nobody else hears of it
    uint32_t left[8]; // PEER_SELF: all children, where they are more than fit
} place_t;

// 0, KV_NONE, or -errno. place may be NULL.
int store_get(store_txn_t *txn, const rid_t *id, record_t *ret_record, place_t *ret_place);

// The record whose last change here had this seq, as a lane tells it in the same transaction. 0 or -errno;
// -EUCLEAN: none, which no lane of a sound store says.
int store_at(store_txn_t *txn, uint64_t at, record_t *ret_record, place_t *ret_place);

// Own copy of a record that must outlive writes; free with store_record_free.
record_t store_record_dup(const record_t *r);
void store_record_free(record_t *r);

// Writes a new version of an own record: id, kind, org, author, body, deleted, up, down, to are taken from
// draft; home and version are set here. *ret_record (optional) is the stored record.
int store_write(store_txn_t *txn, const record_t *draft, record_t *ret_record);

// The same in the place of another home's record, which waits in quarantine from then on (KEY-TAKEN): a
// person says that its key is ours. Whoever holds that version hears of ours that we have decided about it.
int store_take_key(store_txn_t *txn, const record_t *draft);

// What a neighbour's version became here.
typedef enum applied {
    APPLIED_NEW = 1,  // it is now the present version
    APPLIED_KNOWN,    // older, equal, or our own past: nothing changed
    APPLIED_CONFLICT, // kept beside ours for a person to decide
    APPLIED_ASIDE,    // its home has to judge it: kept for that, and for nothing else
    APPLIED_FORGED,   // said to be ours, and is not: nothing changed
    APPLIED_UNSEALED, // said to be ours, which this node cannot tell, since it lost its seal key: nothing
                      // changed
    APPLIED_OVER,     // the neighbour's share of what is kept because of him is used up: nothing changed
} applied_t;

// How it came.
typedef struct arrival {
    uint32_t peer;
    bool giveback; // asked for, because our past does not contain their witness
    bool succeeds; // its home serves the organisation in the place of that which holds the id here
} arrival_t;

// Applies one checked version by design 2.6, rules 3 to 7, and 2.7, rules 1 to 3: our own by its seal, one
// from its home's side by its version; any other is kept aside for its home. 0 or -errno.
int store_apply(store_txn_t *txn, const record_t *incoming, const arrival_t *arrival, applied_t *ret_applied);
// Is this node the record's home? And does that neighbour speak for its home, being on the way there or of
// this node?
bool store_is_home(const store_t *store, const record_t *r);
// It says that it is this node's, and does not bear its seal, which can still be judged.
bool store_never_wrote(const store_t *store, const record_t *r);
bool store_speaks_for(const store_t *store, uint32_t peer, const record_t *r);

// Word from the home's side that up to this version the record has left our reach: our copy goes, and who had
// it from us, or handed it to us, hears the same. Word of others, or of what we never had, changes nothing;
// if it is of less than we hold, the home's side has lost ours, which goes back to it. 0; 1: a conflict that
// it makes necessary finds no room in the neighbour's share, nothing changed; -errno.
int store_leave(store_txn_t *txn, const record_t *gone, uint32_t peer);

// Versions kept aside, in order of their ids; aside.c. Non-zero from fn stops, and is returned. fn must not
// write.
typedef int store_aside_fn(void *arg, const record_t *record, uint32_t peer);
int store_each_aside(store_txn_t *txn, store_aside_fn *fn, void *arg);

// The parent has given back all that it held of ours, or had nothing: from now on only seals count. 0 or
// -errno.
int store_end_adoption(store_txn_t *txn);

// A person says that this version of ours is to hold, sealed or not: a new version says the same, above it
// and above ours; or that it is not: ours goes on above it, or a tombstone where there is none. r must
// outlive writes. 0; -ERANGE: nothing can stand above its number; or -errno.
int store_take(store_txn_t *txn, const record_t *r);
int store_leave_out(store_txn_t *txn, const record_t *r);
// Who had handed it over, and is not to have the record, hears that it is gone; who may hold it for others
// hears our word once more. 0 or -errno.
int store_answer(store_txn_t *txn, const record_t *r, uint32_t peer);
// Does whoever brought this version of ours so come to hold our present one without that, and whoever may
// hold it behind him? 0 or -errno.
int store_hears_ours(store_txn_t *txn, const record_t *r, const arrival_t *arrival, bool *ret);

// Keeps a version that may exist nowhere else as a conflict: a record of ours (design 2.6, rule 7).
int store_keep_conflict(store_txn_t *txn, const record_t *r);

// Neighbour in whose direction the record's home lies; PEER_SELF: here.
uint32_t store_toward(const store_t *store, const record_t *r);

// Recomputes the lanes of a record after the topology changed; appends it at the head where they differ.
int store_relane(store_txn_t *txn, const rid_t *id);
// The same for every record about this organisation: tombstones and kinds that we do not know too.
int store_relane_org(store_txn_t *txn, slice_t org);

// Records whose home's node is no more, about organisations that have left this node's part of the tree, and
// which were to come no further than here: they leave, as if the home's side had said so, and so does what
// waits of such in quarantine. 0 or -errno.
int store_let_go(store_txn_t *txn);

// --- lanes ---------------------------------------------------------------------------------------

enum lane {
    LANE_ALL = 1,    // everything this service owns: other services of the node, sinks
    LANE_UP = 2,     // what the parent must have
    LANE_PUBLIC = 4, // what every child must have
    LANE_CHILD = 8,  // what one child must have: it leads to the node that serves the record's organisation
    LANE_BACK = 16,  // towards the home, because the present version did not come from there; normally empty
    LANE_IN = 32,    // whose home lies in one neighbour's direction; read only to give back
    LANE_BULK = 64,  // no lane: the record stands in the other half of UP, PUBLIC, CHILD and BACK
    LANE_LEFT =
        128, // what some neighbours had, or handed to us, and must not have (any more): the place says who
};

// A feed towards a neighbour reads its lanes in two streams, each behind a place of its own, so that what
// people write never waits behind a load (design 2.4). In order of precedence.
enum stream { STREAM_PEOPLE, STREAM_BULK, STREAMS };
typedef struct position {
    uint64_t of[STREAMS];
} position_t;

// Reads a set of lanes of one peer in order of seq, each record once.
typedef struct lane_reader lane_reader_t;
int lane_open(store_txn_t *txn, unsigned lanes, uint32_t peer, uint64_t after, lane_reader_t **ret_reader);
// 0, KV_NONE at the end, or -errno.
int lane_next(lane_reader_t *reader, uint64_t *ret_seq,
              unsigned *ret_lanes); // store_at has the record; lanes (optional): those on which it was found
void lane_close(lane_reader_t **reader_p);
// Entries beyond `after`, counting at most `most`.
int lane_count(store_txn_t *txn, unsigned lanes, uint32_t peer, uint64_t after, uint64_t most,
               uint64_t *ret_n);

// Is that neighbour one of those whom a record on the lane LEFT has left?
bool store_has_left(const place_t *place, uint32_t peer);

// Lanes that the feed towards this peer reads in this stream; 0: none.
unsigned store_feed_lanes(uint32_t peer, enum stream stream);

// Whose lanes took entries: feeds look at no others.
enum { FRESH_MAX = 64 };
typedef struct fresh {
    bool services, parent, children; // all services of this node, the parent, all children
    uint32_t child[FRESH_MAX];       // single children, some more than once
    size_t n;
} fresh_t;
// In committed transactions, since this was asked last.
fresh_t store_take_fresh(store_t *store);

// --- listing -------------------------------------------------------------------------------------

// Where a listing stands: opaque bytes, good for as long as the store.
typedef struct list_mark {
    uint8_t b[16];
} list_mark_t;
list_mark_t store_list_mark(const record_t *record, const place_t *place);

// Brings the indexes up to the log: what writing leaves for later, so that many records are put into them
// together; commit does it from time to time. Reading does not need it. 0 or -errno.
int store_index(store_txn_t *txn);

// Records of a kind (of an organisation, if org.size > 0), not deleted; those of one organisation together,
// in the order of their last change, so that what changes meanwhile comes later, or again. after: NULL, or
// behind that mark. Stops when fn returns non-zero; returns that, 0, or -errno, of which -EUCLEAN says that
// an index names what is not there. fn must not write.
typedef int store_each_fn(void *arg, const record_t *r, const place_t *place);
int store_each(store_txn_t *txn, uint32_t kind, slice_t org, const list_mark_t *after, store_each_fn *fn,
               void *arg);
// The same, and those that are deleted.
int store_each_ever(store_txn_t *txn, uint32_t kind, slice_t org, const list_mark_t *after, store_each_fn *fn,
                    void *arg);
// Records of a kind (0: any but the system's) that refer to this id by an indexed field, not deleted; of
// conflicts those that keep a version of it. after, of one kind only: NULL, or behind that mark, in the order
// of their last change.
int store_each_referring(store_txn_t *txn, const rid_t *id, uint32_t kind, const list_mark_t *after,
                         store_each_fn *fn, void *arg);

// The same for those who want ids only.
typedef int store_list_fn(void *arg, const rid_t *id);
typedef struct rid_list { // free(ids) ends it
    rid_t *ids;
    size_t n, room;
} rid_list_t;
int rid_list_add(void *list, const rid_t *id); // a store_list_fn: gathers them, for who is to write
int store_list(store_txn_t *txn, uint32_t kind, slice_t org, const list_mark_t *after, store_list_fn *fn,
               void *arg);
int store_referring(store_txn_t *txn, const rid_t *id, uint32_t kind, const list_mark_t *after,
                    store_list_fn *fn, void *arg);
