// SPDX-License-Identifier: Apache-2.0
// The registry: who and what exists. Besides its records it decides who may join the tree (admission.c) and
// gives every person one pseudonym throughout the region (pseudonym.c).
#pragma once
#include "common/base/onetime.h"
#include "common/service/service.h"
#include "services/registry/era.h"
#include "services/registry/guard.h"
#include "services/registry/password.h"

extern const service_def_t REGISTRY;

typedef struct registry {
    service_t *service;
    uint8_t public_key[NODE_KEY_SIZE]; // of this node
    uint64_t keys_seq;                 // of the last MSG_KEYS
    rid_t *touched; // children and invitations of this node written since the last MSG_KEYS
    size_t n_touched, room_touched;
    uint8_t (*gone)[NODE_KEY_SIZE]; // keys that they had before and may have no more
    size_t n_gone, room_gone;
    struct dict *known; // keys that may stand in their records (known.h); NULL: nobody asked yet
    struct pseudonyms *pseudonyms;
    struct twins *twins;
    bool admitted_changed;         // DIR/admitted is older than the store
    bool admitted_pending;         // and the present transaction changes what belongs into it
    uint64_t admitted_ms;          // when it was written last
    era_t era;                     // by which invitations expire
    guard_t guard;                 // of log-ins
    char first_code[ONETIME_TEXT]; // with which the first account is made; "": there are accounts
} registry_t;

// The time by which invitations expire, unix seconds.
int64_t registry_now_s(registry_t *self);
