// SPDX-License-Identifier: Apache-2.0
// A service writes its audit log (common/node/audit.h). What is noted belongs to the turn's transaction: it
// is durable with what it tells of, in the store, and goes to the file behind the commit. Entries stay in the
// store until the file has them for good; whatever of them a crash has kept from the file is written at the
// next start. The store's head says how far the file must go.
#pragma once
#include "common/node/audit.h"
#include "common/store/store.h"

typedef struct audit_log audit_log_t;

// Opens or makes the file, and brings file and store together: a file that goes on behind the head of a store
// (which was put back, or is new) is taken as it is. 0 or -errno.
int audit_log_open(const char *path, const path_t *node, uint32_t service, store_t *store,
                   audit_log_t **ret_log);
void audit_log_close(audit_log_t **log_p);

// Notes an entry of 1 to AUDIT_ENTRY_MAX bytes. 0 or -errno of the transaction.
int audit_log_add(audit_log_t *log, store_txn_t *txn, slice_t body);
// The transaction was committed, and what it noted is written; or it was lost, and so is that.
void audit_log_kept(audit_log_t *log, bool kept);
// Of what is committed.
const audit_head_t *audit_log_head(const audit_log_t *log);
