// SPDX-License-Identifier: Apache-2.0
// The simulator's world: a tree of nodes in one process and thread, under virtual time. See README.md.
#pragma once
#include "common/store/quarantine.h"
#include "common/store/topology.h"
#include "common/sync/feed.h"
#include "tests/sim/kv_mem.h"
#include "tests/sim/ledger.h"

enum {
    NODES_MAX = 9,
    UNITS_MAX = NODES_MAX + 1, // one service a node, and a second one at one of them
    EDGES_MAX = UNITS_MAX,
    ORGS_MAX = 16,
    IMAGES_MAX = 3,
    SERVICE_MAIN = 1,
    SERVICE_SECOND = 2,
    KIND_UNKNOWN = 190, // no rules anywhere: judged by its stamp alone
};

// Kinds of faults; a seed has a random subset.
enum {
    FAULT_LOSE = 1,
    FAULT_DOUBLE = 2,
    FAULT_REORDER = 4,
    FAULT_CUT = 8,
    FAULT_HALF = 16,
    FAULT_KILL = 32,
    FAULT_RESTORE = 64,
    FAULT_WIPE = 128,
    FAULT_FULL = 256,
    FAULT_BAD = 512,    // records that break a rule
    FAULT_MOVE = 1024,  // an organisation goes under another one
    FAULT_CLONE = 2048, // a store and its copy run by turns
    FAULT_KEY = 4096,   // a store is lost with the key of its seals
    FAULT_LIAR = 8192,  // one node says what it likes
    FAULT_ALL = 16383,
    FAULT_SQUAT = 16384, // the liar uses keys of others as his own; only where it is asked for
};
extern const char *const FAULT_NAMES[];
enum { N_FAULTS = 15, N_STEPS = 13 }; // those that a step may be

// What one run does. The same plan gives the same run.
typedef struct plan {
    uint64_t seed;
    unsigned steps;
    unsigned faults;
    uint8_t *skip; // steps left out, by shrinking; NULL: none
    bool trace;
} plan_t;

typedef struct mail {
    struct mail *next;
    int64_t due_ms; // not taken before
    uint32_t type;
    size_t size;
    uint8_t bytes[];
} mail_t;

// What a push carried, until the consumer says that it is durable.
typedef struct claim {
    position_t upto;
    rid_t id;
    version_t version;
    path_t home;
    bool gone, forged; // what no home wrote need not be taken
} claim_t;

// A link between two units, both ways. [0]: from a to b.
// What a consumer has told last of where it stands, and what was pushed to it since.
typedef struct told {
    uint64_t session, boot;
    position_t position;
} told_t;

typedef struct edge {
    int a, b;         // units
    uint32_t b_of_a;  // how a calls b
    uint32_t a_of_b;  // how b calls a
    bool local;       // two services of one node
    bool cut;         // nothing passes, and both are told sooner or later
    bool half[2];     // nothing passes that way, and nobody is told
    mail_t *queue[2]; // on its way
    size_t length[2];
    uint64_t session[2]; // of the consumer that pulls over queue[!i] and is pushed to over queue[i]
    told_t told[2];      // of the consumer that is pushed to over queue[i]
    claim_t *claims[2];
    size_t n_claims[2], room[2];
} edge_t;

typedef struct node {
    int parent; // -1: the root
    path_t path;
    uint8_t rank;
    int org;
    int part; // of the tree, as the liar keeps its parts apart
} node_t;

typedef struct org {
    char code[16];
    int parent; // as the root last wrote it; -1: none
    int node;   // -1: none stands there
} org_t;

typedef struct world world_t;

// One service of one node: a process with a store.
typedef struct unit {
    world_t *world;
    int index, node;
    uint32_t service;
    uint32_t wants[8]; // kinds of the other service
    size_t n_wants;
    uint32_t window; // credit that it gives at most; 0: as in the services
    bool picky;      // knows rules of KIND_UNKNOWN that others do not
    kv_t *kv;
    store_t *store; // NULL: not running
    feed_t *feed;
    scope_t *scope;
    store_place_t place;
    bool topology_changed;
    int64_t ticked_ms;
    kv_full_t full;
    kv_image_t *images[IMAGES_MAX];
    size_t n_images;
    kv_image_t *copy; // the disk of the unit's copy, while that does not run; NULL: there is none
    int sends_left;   // a kill in the middle of sending; -1: none
    // of the open transaction
    uint64_t token; // bit of the write that is being made; 0: the core writes for itself
    bool token_bad;
    bool taking;           // an operator decides what is to hold, whatever stands there
    ledger_open_t pending; // what the ledger takes over at the commit
} unit_t;

// Which unit has held a record at any time; or had nothing of its own when a conflict told of it.
typedef struct had {
    int unit;
    rid_t id;
    bool unmet;
} had_t;

// A record as its bytes.
typedef struct wire {
    uint8_t *data;
    size_t size;
} wire_t;
enum { MEMORY_MAX = 300, PART_LIT = -1, PART_LIAR = -2 };

struct world {
    plan_t plan;
    uint64_t rng;
    int64_t now_ms;
    unsigned step;
    bool calm; // no faults any more
    node_t nodes[NODES_MAX];
    int n_nodes;
    org_t orgs[ORGS_MAX];
    int n_orgs;
    unit_t units[UNITS_MAX];
    int n_units;
    edge_t edges[EDGES_MAX];
    int n_edges;
    ledger_t *ledger;
    int liar;                  // node; -1: none
    wire_t memory[MEMORY_MAX]; // what the liar has seen
    size_t n_memory;
    had_t *had; // each once or more
    size_t n_had, had_room;
    unsigned unrest;       // steps in a hundred that are faults
    unsigned load_percent; // of the writes
    uint32_t kinds;        // bits of the rows of work.c that this seed uses
    uint64_t serial, messages;
    size_t decided; // by operators, of what waited for want of a seal
    char why[512];  // what failed first; empty: nothing
};

// --- chance
uint64_t rnd(world_t *w);
unsigned below(world_t *w, unsigned n); // 0..n-1
bool chance(world_t *w, unsigned percent);

// Notes the first failure. Always false.
bool broken(world_t *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
// A line of the trace. Its arguments are worked out only if it is shown.
#define trace(w, ...)                                                                                        \
    do                                                                                                       \
        if ((w)->plan.trace) trace_line(__VA_ARGS__);                                                        \
    while (0)
void trace_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *unit_name(const unit_t *u);       // a static buffer of a few
const char *version_name(const version_t *v); // likewise

// --- tree.c
void tree_make(world_t *w);
int tree_child_towards(const world_t *w, int node, int below); // -1: not below
bool tree_is_above(const world_t *w, int above, int node);     // or the same
int tree_next(const world_t *w, int from, int to);             // next node on the way
unit_t *unit_at(world_t *w, int node, uint32_t service);       // NULL: none

// --- net.c
const char *type_name(uint32_t type);
void net_send(world_t *w, unit_t *from, uint32_t peer, uint32_t type, slice_t body);
// Takes a message that waits for the unit; NULL: none. Free it.
mail_t *net_take(world_t *w, unit_t *u, uint32_t *ret_peer);
bool net_has_mail(const world_t *w, const unit_t *u);
bool net_is_empty(const world_t *w); // not even late ones are on their way
// A message that no core made.
void net_say(world_t *w, edge_t *e, int way, uint32_t type, slice_t body);
void net_cut(world_t *w, edge_t *e, bool cut);
void net_drop(edge_t *e, int way, world_t *w, unsigned percent);
void net_clear(world_t *w);

// --- unit.c
typedef enum kill_point {
    KILL_NOT,
    KILL_IN_TXN,
    KILL_BEFORE_COMMIT,
    KILL_AFTER_COMMIT,
    KILL_IN_FLUSH
} kill_point_t;
bool unit_start(unit_t *u);
void unit_stop(unit_t *u); // as a kill does: what was not committed is gone
// One round of the service's loop: takes up to n messages, makes n writes, commits, sends.
void unit_turn(unit_t *u, unsigned n_messages, unsigned n_writes, kill_point_t kill);

// --- work.c
void work_setup(world_t *w);                  // organisations and nodes
int work_repair(unit_t *u, store_txn_t *txn); // what a lost store should have: writes again
int work_write(unit_t *u, store_txn_t *txn);
int work_move(unit_t *u, store_txn_t *txn);
void work_know_orgs(world_t *w);            // a move may have been lost with a transaction, or a store
int work_mend(unit_t *u, store_txn_t *txn); // present versions that break a rule are written anew
bool work_is_bad(const unit_t *u, const record_t *r); // does this unit refuse it for its content?

// As that unit might write some record some day: body in buf, of 256 bytes at least. False: none.
bool work_draft(unit_t *u, uint8_t *buf, record_t *ret);

// --- decide.c
int work_take(unit_t *u, store_txn_t *txn); // operators take what waits for want of a seal

// --- liar.c
void liar_choose(world_t *w);
bool liar_is(const unit_t *u);
bool liar_at(const world_t *w, const edge_t *e);
// Can the unit hear of this home only through the liar? Then it may hold what that home never wrote.
bool liar_may_fool(const unit_t *u, const path_t *home);
// Is the unit of those that must agree in the end, all its ways to the root being honest?
bool liar_spares(const unit_t *u);
void liar_remember(world_t *w, slice_t wire);
void liar_hear(world_t *w, const mail_t *m);
void liar_forget(world_t *w);
void liar_lie(world_t *w); // one message to a neighbour

// --- check.c
void check_pushed(world_t *w, edge_t *e, int way, slice_t body);
void check_pulled(world_t *w, edge_t *e, int way, unit_t *consumer, slice_t body);
// What a liar is told must not depend on what others hold (no oracle).
void check_told(world_t *w, const unit_t *from, const unit_t *liar, uint32_t type, slice_t body);
// A home has written: may it ever come to the liar?
void check_written(const unit_t *home, ledger_record_t *lr, const record_t *r);
// A conflict that the unit keeps: a liar must not make it up.
void check_kept(unit_t *u, const record_t *r);
// The unit holds the record from now on.
void check_has(unit_t *u, store_txn_t *txn, const record_t *r);
// Word came here by which what was held has left.
void check_left(unit_t *u, const record_t *old, const record_t *word);
void check_store(unit_t *u);   // lanes and places fit
void check_started(unit_t *u); // nothing acknowledged is missing
void check_held(world_t *w);   // notes what exists when the faults stop
void check_end(world_t *w);

// --- world.c
// Runs a plan. True: all held; else `why` says what did not.
bool world_run(const plan_t *plan, char *why, size_t why_size, unsigned *ret_messages);
