// SPDX-License-Identifier: Apache-2.0
// One service of a school's node at its desk: its own hooks over a real store in a scratch directory, without
// a gate, a loop or neighbours. What it does to the store is counted, since what must not grow with a store
// is work, not time.
#pragma once
#include "common/service/service_private.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DESK_ORG "03-08-01"

typedef struct desk_work {      // since desk_work was called last
    uint64_t gets, puts, steps; // steps: of cursors
} desk_work_t;

typedef struct desk {
    struct service_state service;
    char dir[512];
    store_txn_t *txn;
    uint64_t epoch;
    size_t n_answers;
    envelope_t answer;
    uint8_t *answer_body;
} desk_t;

void desk_open(desk_t *self, const service_def_t *def); // in a new directory; its first transaction is done
void desk_reopen(desk_t *self);                         // as after a kill: what was not committed is gone
void desk_close(desk_t *self);

// What happens until desk_commit is one transaction. It settles as the loop does.
store_txn_t *desk_begin(desk_t *self);
void desk_commit(desk_t *self);
int desk_try_commit(desk_t *self); // 0 or what it failed by

// A record of another service of the node arrives, or of this one at the node above: "org=03|number=1".
void desk_tell(desk_t *self, const kind_rule_t *kind, const char *fields);
void desk_tell_deleted(desk_t *self, const kind_rule_t *kind, const char *fields);
// A person writes a record of this service.
void desk_write(desk_t *self, const kind_rule_t *kind, const char *fields);
// The command line asks; the answer may need further turns.
void desk_ask(desk_t *self, uint32_t type, const ProtobufCMessage *body);
// The envelopes that left since this was asked last: how many; the body of the last of them lives until then.
size_t desk_answers(desk_t *self, envelope_t *ret_last);
// Id of the record with these key fields.
rid_t desk_id(const kind_rule_t *kind, const char *fields);
// How many records of this kind there are, not deleted.
size_t desk_count(desk_t *self, const kind_rule_t *kind);
// A field of a record as people see it; "" when absent. The text lives until the next call.
const char *desk_field(desk_t *self, const kind_rule_t *kind, const char *fields, const char *name);
// The log entry of a record is torn out, as by a damaged disk.
void desk_tear(desk_t *self, const kind_rule_t *kind, const char *fields);

desk_work_t desk_work(void);
