// SPDX-License-Identifier: Apache-2.0
// A service: one thread, one loop. It takes in what waits, handles it in one transaction, commits with fsync,
// and only then answers, acknowledges and pushes (design 2.5). Each of the four services is a service_def_t
// and what it points to.
//
//   poll -> take in (bounded) -> decide for a while, in one write transaction (intake.h) -> settle -> commit
//   -> send -> feeds push -> timers
//
// A commit that fails (disk or map full) loses nothing: no reply had left. Requests are answered "try again",
// feeds stop with the reason shown, and both resume by themselves.
#pragma once
#include "common/node/msg.h"
#include "common/node/node.h"
#include "common/schema/kinds.h"
#include "common/service/records.h"
#include "common/store/topology.h"
#include "common/sync/feed.h"

typedef struct service_state service_t;

// What a service reads of the others of its node is declared with their kinds (read_by, read_near_by).
typedef struct service_def {
    uint32_t number; // enum service
    const char *program;
    const settings_table_t *settings; // of its own, NULL: none
    // All optional; `self` is what open returned.
    void *(*open)(service_t *service); // before the first message; may read the store
    void (*close)(void *self);
    // First transaction of each run, to write what a new store needs.
    int (*start)(void *self, store_txn_t *txn);
    // A request is about to be decided: what all of it will need may be made at once. Writes nothing.
    void (*foresee)(void *self, const Selenga__Put *put);
    record_derive_fn *derive;
    // What else makes little sense of a group that people write, beside the rules of sense.
    record_judge_fn *judge;
    // A version became the present one, own or a neighbour's.
    void (*changed)(void *self, store_txn_t *txn, const record_t *old, const record_t *now);
    // Before each commit: what changes made necessary.
    int (*settle)(void *self, store_txn_t *txn);
    // Has settle left work for a further turn? Then there is one at once, also when nobody sends anything.
    bool (*busy)(void *self);
    // A message that is neither a feed's nor one that every service answers. 0, or -errno of the transaction.
    int (*message)(void *self, store_txn_t *txn, const envelope_t *envelope);
    // A neighbour came or went.
    void (*link)(void *self, uint32_t peer, bool up);
} service_def_t;

// main() of a service: DIR is its argument. Returns the exit code.
int service_main(int argc, char **argv, const service_def_t *def);

const node_conf_t *service_node(const service_t *service);
store_t *service_store(const service_t *service);
scope_t *service_scope(const service_t *service);
// Is this store empty because another was lost, so that its children hold what a new root would write?
bool service_is_replaced(const service_t *service);
// The service writing for itself.
author_t service_author(service_t *service);

// Who asks. 0 or -errno.
int service_asker(const service_t *service, store_txn_t *txn, const envelope_t *by, principal_t *ret);

// Answers a request: sent when the transaction is durable, not at all if it fails.
void service_reply(service_t *service, const envelope_t *to, uint32_t type, const ProtobufCMessage *body);
void service_refuse(service_t *service, const envelope_t *to, const fault_t *fault, bool again);
// The same for a message of its own to another program of the node.
void service_send(service_t *service, uint32_t to, uint32_t type, const ProtobufCMessage *body);
// The same to the same service of a neighbour.
void service_send_peer(service_t *service, uint32_t peer, uint32_t type, const ProtobufCMessage *body);
// Something that happened, for the audit log: a code (common/node/audit.c has their words), and what is known
// of it; the rest NULL or 0. Belongs to the transaction. 0 or -errno.
typedef struct audit_note {
    const char *what;
    const char *kind; // or an action of the table of access
    const rid_t *id;
    uint64_t records;
    const char *about; // a name, an organisation
    const char *code;  // of the fault
} audit_note_t;
int service_audit(service_t *service, store_txn_t *txn, const envelope_t *by, const audit_note_t *note);
// What `node status` shows beside the store's troubles: a fault code, "" when all is well, and how many
// people are provisional.
void service_tell(service_t *service, const char *trouble, uint64_t provisional);
