// SPDX-License-Identifier: Apache-2.0
// What results that changed are about: people in competencies, with all that was ever measured there.
// Gathered during a transaction, looked at before its commit.
//
// A result names its competency by the code; the framework stands in its campaign, so that one code in two
// frameworks is two competencies. What is of a campaign that is not known here is nobody's need.
#pragma once
#include "common/store/store.h"
#include "proto/diagnostics.pb-c.h"

// The latest result of a year.
typedef struct measure {
    char *campaign;
    int64_t score, max;
    int32_t taken_on;
} measure_t;

// What is to be looked at: a person in one competency.
typedef struct wanted {
    rid_t person;
    char *name;       // ORG:NUMBER
    char *campaign;   // of the result that changed; NULL: `competency` is whole from the beginning
    char *competency; // FRAMEWORK:CODE
    bool bulk;        // only loads changed it
    measure_t *years; // ascending
    size_t n_years, room;
} wanted_t;

typedef struct results results_t;

results_t *results_new(void);
void results_destroy(results_t **results);
void results_forget(results_t *results);

// A result that changed, or the version before of one that is deleted. Others, and unsound ones, change
// nothing.
void results_want(results_t *results, const record_t *r);
// Likewise, of a dispute.
void results_want_disputed(results_t *results, const record_t *r);
bool results_any(const results_t *results);

// Calls fn once for each person and competency that is wanted. Stops when it returns non-zero, and returns
// that; 0 or -errno.
typedef int results_fn(void *arg, store_txn_t *txn, const wanted_t *wanted);
int results_each(results_t *results, store_txn_t *txn, results_fn *fn, void *arg);

// A record of ours that a neighbour hands back is taken as it is: of one that keeps no rules nothing follows,
// and this is NULL. msg_body_free() when done.
void *sound_body(const kind_rule_t *rule, const ProtobufCMessageDescriptor *type, const record_t *r);
