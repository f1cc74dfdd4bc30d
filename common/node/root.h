// SPDX-License-Identifier: Apache-2.0
// The root secret of a node: 32 random bytes, DIR/secret/root.key, from which its other keys derive. Whoever
// has it (or the recovery phrase, which is the same in words) is the node's home to all that read its
// records.
#pragma once
#include "common/node/node.h"

enum { ROOT_SIZE = 32, ROOT_CHECK_SIZE = 16 };

// What derives: the subkey's number in crypto_kdf, context "selenga1". Numbers are never used again for
// something else.
typedef enum root_use {
    ROOT_SEAL = 1,   // seals of this home's records
    ROOT_BACKUP = 2, // of this node's backups
    ROOT_LABEL = 3,  // the path label of a node that is the root of a tree
    ROOT_PAIR = 4,   // the CURVE pair by which children know a node; a root has no other
    ROOT_PERSON = 5, // and the first key of its person pseudonyms
    ROOT_CHECK = 6,  // told to the hub, which so knows the secret again without knowing it
} root_use_t;

void root_make(uint8_t ret_root[static ROOT_SIZE]);
void root_derive(const uint8_t root[static ROOT_SIZE], root_use_t use, uint8_t ret_key[static 32]);

// Of a node that is the root of a tree: so it comes back under its path when only the phrase is left.
uint32_t root_label(const uint8_t root[static ROOT_SIZE]);
// By which its children know it.
void root_keys(const uint8_t root[static ROOT_SIZE], node_keys_t *ret_keys);

// What the hub is told of it; from it nothing can be worked out.
void root_check(const uint8_t root[static ROOT_SIZE], uint8_t ret_check[static ROOT_CHECK_SIZE]);

// DIR/secret/root.key, as carefully as node.key. Return 0, NODE_E_ABSENT or NODE_E_REFUSED with why.
int root_load(const char *dir, uint8_t ret_root[static ROOT_SIZE], why_t *why);
int root_save(const char *dir, const uint8_t root[static ROOT_SIZE], why_t *why);

// Where root.key is absent: 0 if the node never had one, NODE_E_REFUSED with why if it is lost.
int root_check_lost(const char *dir, why_t *why);

// A node of an earlier version has none: makes it, durably. *ret_made (optional) tells. Where door.key shows
// that there was one, it is lost, and none is put in its place. Returns 0 or NODE_E_REFUSED with why.
int root_ensure(const char *dir, bool *ret_made, why_t *why);

// The seal key of the node in dir. Returns 0, NODE_E_ABSENT or NODE_E_REFUSED with why. The caller wipes it.
int node_seal_key(const char *dir, uint8_t ret_key[static 32], why_t *why);
