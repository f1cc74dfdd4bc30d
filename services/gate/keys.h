// SPDX-License-Identifier: Apache-2.0
// The keys that the registry gave: whose each is and what it may do. Main thread only; the ZAP thread has its
// own copy of the allowed ones.
#pragma once
#include "common/node/node.h"
#include "common/schema/fault_value.h"
#include "proto/envelope.pb-c.h"

typedef enum key_role {
    KEY_CHILD = 1,      // a child node
    KEY_INVITATION = 2, // may join, nothing else
    KEY_REVOKED = 3,    // kept to be shown, and to be told why
} key_role_t;

typedef struct key_entry {
    uint8_t key[NODE_KEY_SIZE];
    key_role_t role;
    uint32_t label; // 0 for an invitation
    path_t path;    // empty for an invitation
    char org[NODE_ORG_MAX + 1];
    char name[NODE_NAME_MAX + 1];
    int64_t expires_s;
    char why[FAULT_ARG]; // it was revoked; empty: it is not told
    // of a child's link, as last seen
    bool up;
    uint64_t since_ms; // when `up` or the role last changed, monotonic
    int64_t rtt_us;    // -1: not measured yet
    char version[32];
    uint8_t silent;       // bits of its services that give no answer
    uint8_t silence_told; // of those of ours that have heard so
    uint8_t untold;       // of those that have not heard how the link stands
    // what had to be dropped of it, and until when it is shut out for that
    uint64_t wasted, wasted_ms, shut_until_ms;
    // which start of its gate is connected; since when another one wants its place; when a clone was turned
    // away last, and whether the services know of one (rival.h)
    uint64_t instance, rival_ms, clone_ms;
    bool clone_told;
} key_entry_t;

typedef struct key_table {
    key_entry_t **rows; // ascending by key
    size_t n, room;
} key_table_t;

typedef struct keys {
    key_table_t now;   // in force
    key_table_t draft; // a whole table of which more pages are to come
    bool drafting;
    bool ready;   // the first whole table has come
    bool behind;  // a message was missed: only a whole table helps
    uint64_t seq; // of the last message
} keys_t;

void keys_clear(keys_t *keys);

typedef enum keys_outcome {
    KEYS_GAP,     // a message before this one was missed, and this one was not taken: ask for the whole table
    KEYS_PAGE,    // more of a whole table is to come; nothing has changed yet
    KEYS_WHOLE,   // a whole table is in force
    KEYS_CHANGED, // the keys named in the message
} keys_outcome_t;

typedef struct keys_result {
    keys_outcome_t outcome;
    size_t left_out; // rows that are not valid
    bool taken_away; // a key went or means something else: connections must be looked through
} keys_result_t;

// Takes the next message of the registry's table. What is known of a child's link stays with its key.
keys_result_t keys_apply(keys_t *keys, const Selenga__Keys *message, uint64_t now_ms);

// NULL when unknown. Pointers live until the next keys_apply.
key_entry_t *keys_find(const keys_t *keys, const uint8_t key[static NODE_KEY_SIZE]);
// Counts bytes of it that had to be dropped; a sixteenth of `most` is forgiven each second. True: it is too
// much, and counting begins anew.
bool key_wastes(key_entry_t *row, size_t bytes, uint64_t most, uint64_t now_ms);

// What its HELLO says of its program.
void key_note_version(key_entry_t *row, slice_t hello);

// May a peer with this key connect? A revoked one may, when there is something to tell it.
bool keys_allow(const keys_t *keys, const uint8_t key[static NODE_KEY_SIZE]);

// The keys that may connect, n * 32 bytes; the caller frees (xfree).
uint8_t *keys_allowed(const keys_t *keys, size_t *ret_n);
