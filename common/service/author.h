// SPDX-License-Identifier: Apache-2.0
// In whose name records are written.
#pragma once
#include "common/schema/body.h"
#include "common/service/alike.h"
#include "common/service/principal.h"
#include "common/service/referring.h"
#include "common/store/store.h"
#include "common/store/topology.h"

enum { GROUP_ITEMS = 8, RECORD_E_FAULT = 1 };

typedef struct author author_t;

// Sets derived fields of a body that is about to be written here, or refuses it: 0, RECORD_E_FAULT with the
// reason, or -errno.
typedef int record_derive_fn(void *self, store_txn_t *txn, const author_t *author, const kind_rule_t *rule,
                             body_t *body, fault_t *ret_fault);

// Adds to author->sense what the service has to say of the group of author->siblings. 0 or -errno.
typedef int record_judge_fn(void *self, store_txn_t *txn, const author_t *author);

// What became of one item of a group; bodies live during the call.
typedef struct told {
    const kind_rule_t *rule;
    rid_t id;
    version_t before, after; // seq 0: none; after: not of a dry run
    slice_t old, body;       // empty where there is none
} told_t;
typedef void record_tell_fn(void *teller, const told_t *told);

// How many records a request has changed, of each kind; beyond CHANGED_KINDS with the last of them.
enum { CHANGED_KINDS = 8 };
typedef struct changed {
    const kind_rule_t *rule;
    bool removed;
    uint64_t n;
    rid_t id; // of the last one
} changed_t;
typedef struct changes {
    changed_t of[CHANGED_KINDS];
    size_t n;
} changes_t;

// Who writes, and with what help of the service.
struct author {
    const store_place_t *place;
    const char *own_org; // of this node
    scope_t *scope;
    record_derive_fn *derive;   // NULL: nothing is derived
    record_judge_fn *judge;     // NULL: the rules of sense say all; only where somebody is warned
    void *self;                 // the first argument of both
    slice_t principal;          // as proved to the gate
    const principal_t *who;     // whose account it is; NULL: the service, or the command line
    bool program;               // the service itself: may write W_PROGRAM kinds and derived fields
    const leaving_t *leaving;   // what may not be referred to any more; NULL: nothing
    const referred_t *referred; // of what is to be deleted, how many refer to it in the node's other services
    size_t n_referred;
    bool dry;             // nothing is written: what would become of it
    bool strict;          // what there is a warning about is refused
    alike_t *alike;       // keys of the store, for that; NULL: they are not looked at
    sense_t *sense;       // of the group that is written; NULL: nobody is there to be warned
    bool bulk;            // a load, or what follows from one: it may wait for what people write
    record_tell_fn *tell; // of each item that is new or changed; NULL: nobody asks
    void *teller;
    changes_t *changes; // counts what is written; NULL: nobody asks
    // Bodies of the group that were checked already; derive may look at them.
    struct {
        const kind_rule_t *rule;
        const body_t *body;
    } siblings[GROUP_ITEMS];
    size_t n_siblings;
};
