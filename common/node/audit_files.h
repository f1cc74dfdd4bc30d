// SPDX-License-Identifier: Apache-2.0
// The audit logs of a node as they stand in its directory: what is noted in them, and whether they are whole.
#pragma once
#include "common/node/audit.h"
#include "proto/audit.pb-c.h"

typedef struct audit_row {
    uint32_t service;
    uint64_t seq;
    Selenga__AuditEntry *entry;
} audit_row_t;

typedef struct audit_rows {
    audit_row_t *items; // by time
    size_t n, room;
    uint32_t broken;        // number of a service whose chain is broken; 0: none is
    audit_head_t broken_at; // how far that one is whole
} audit_rows_t;

// Opens a service's log in the node's directory. -1 where there is none.
int audit_open(const char *dir, uint32_t service);

// All that was noted from that moment on, as far as the chains are whole.
void audit_rows_read(const char *dir, const path_t *node, int64_t since_s, audit_rows_t *ret_rows);
void audit_rows_free(audit_rows_t *rows);

typedef enum audit_state {
    AUDIT_WHOLE,
    AUDIT_MISSING, // there is no file
    AUDIT_BROKEN,  // behind ret_end stands what was never noted
    AUDIT_CUT,     // it is whole, and does not hold the head that was told
    AUDIT_FAILED,  // errno is in ret_error
} audit_state_t;

// told: the head that the service told, of which seq and hash count; NULL: nobody told one.
audit_state_t audit_verify(const char *dir, const path_t *node, uint32_t service, const audit_head_t *told,
                           audit_head_t *ret_end, int *ret_error);
