// SPDX-License-Identifier: Apache-2.0
// Shared by admission.c, joining.c and admit_card.c; nobody else includes it.
#pragma once
#include "proto/registry.pb-c.h"
#include "services/registry/registry.h"

static inline ProtobufCBinaryData binary(const void *data, size_t size)
{
    return (ProtobufCBinaryData){.len = size, .data = (uint8_t *)(uintptr_t)data};
}

static inline char *text(const char *s)
{
    return (char *)(uintptr_t)s;
}

// Answers with a fault; 0.
int admission_refuse(registry_t *self, const envelope_t *e, const char *code, const char *arg);
// Ends a request whose record was not written: refused for what the asker said, or -errno.
int admission_not_written(registry_t *self, const envelope_t *e, int rc, const fault_t *fault);

int admission_write_node(registry_t *self, store_txn_t *txn, const Selenga__Node *node, fault_t *ret_fault);
int admission_write_invite(registry_t *self, store_txn_t *txn, const Selenga__InviteRecord *invite,
                           fault_t *ret_fault);

// The node's record of an organisation, whoever wrote it. 0, KV_NONE or -errno.
int admission_find_node(store_txn_t *txn, const char *org, record_t *ret);
bool admission_is_active(const Selenga__Node *node);

// Invitations of the organisation that nobody has used lose their force, but for the one of the key `but` (32
// bytes, or NULL): who holds one of them is not to come back by it. 0 or -errno.
int admission_withdraw(registry_t *self, store_txn_t *txn, const char *org, const uint8_t *but);
