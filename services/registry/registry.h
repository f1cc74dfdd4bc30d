// SPDX-License-Identifier: Apache-2.0
// The registry: who and what exists. Besides its records it decides who may join the tree (admission.c) and
// gives every person one pseudonym throughout the region (pseudonym.c).
#pragma once
#include "common/service.h"

extern const service_def_t REGISTRY;

typedef struct registry {
    service_t *service;
    uint8_t person_key[NODE_KEY_SIZE];
    uint8_t public_key[NODE_KEY_SIZE]; // of this node
    uint8_t pseudonym[16];             // derived last
    bool keys_changed;                 // children or invitations of this node changed in this transaction
    rid_t *renamed; // identities written in this transaction, whose pseudonym may be another now
    size_t n_renamed, room_renamed;
} registry_t;
