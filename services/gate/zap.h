// SPDX-License-Identifier: Apache-2.0
// Who may connect: the answer to libzmq's question (ZAP, RFC 27) for every CURVE handshake.
//
// A thread of its own with the allowed keys in memory: no disk, no lock, bytes in and out. It fails closed:
// until the first whole table nobody is let in, and is told to try again later (300); after that an unknown
// key is refused (400). A revoked one may be let in to hear why; the gate takes nothing of it.
#pragma once
#include "common/base/util.h"

enum { ZAP_KEY_SIZE = 32 };

// Domain that sockets name; they also set ZAP_ENFORCE_DOMAIN, without which libzmq lets everybody in when no
// handler is there.
#define ZAP_DOMAIN "selenga"

typedef struct zap zap_t;

typedef struct zap_counts {
    uint64_t allowed, refused, not_ready;
} zap_counts_t;

// Binds the handler in this context, before any socket may be bound, and starts its thread.
// Returns 0 or negative errno (-EADDRINUSE: the context has a handler already).
int zap_start(void *context, zap_t **ret_zap);
void zap_stop(zap_t **zap);

// Replaces the table; it is in force when the call returns. `keys`: n keys of 32 bytes, in any order.
void zap_allow_only(zap_t *zap, const uint8_t *keys, size_t n);

typedef struct zap_change {
    uint8_t key[ZAP_KEY_SIZE];
    bool allowed;
} zap_change_t;

// Lets keys in or keeps them out from now on; all others stay as they are. In force when the call returns.
void zap_change(zap_t *zap, const zap_change_t *changes, size_t n);

// For the start-up test: one key that is let in and one that is refused, whatever the table says. NULL, NULL
// ends it.
void zap_set_test(zap_t *zap, const uint8_t *allowed, const uint8_t *refused);

// Asks the thread for its counts. Like the calls above it ends the process when the thread does not answer in
// half a minute: without it no handshake ends, and a restart is the cure.
zap_counts_t zap_ask(zap_t *zap);
