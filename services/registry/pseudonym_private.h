// SPDX-License-Identifier: Apache-2.0
// Shared by pseudonym*.c, asking.c and evaluate.c; nobody else includes it.
#pragma once
#include "proto/envelope.pb-c.h"
#include "services/registry/allowance.h"
#include "services/registry/people.h"
#include "services/registry/pseudonym.h"

typedef struct asked { // one point of the batch under way
    rid_t person;
    uint8_t digest[INPUT_DIGEST];
    uint8_t blind[OPRF_SCALAR];
} asked_t;

typedef struct asking { // of the parent; one batch at a time
    bool link_up;
    size_t n; // 0: none is under way
    asked_t *asked;
    uint8_t *points;
    uint64_t call;
    uint64_t again_ms; // when it is sent once more
    uint32_t wait_ms;
    uint64_t not_before_ms; // of the next one
    uint32_t refused_wait_ms;
    const char *trouble; // fault code, NULL: none
} asking_t;

typedef struct relayed { // a child's batch that was asked on
    uint32_t peer;
    uint32_t n;
    uint64_t theirs; // the child's call
    uint64_t ours;
    uint64_t sent_ms, until_ms;
} relayed_t;

enum { RELAYED_MAX = 1024, RELAYED_OF_CHILD = 64 };

// All people and nodes that the store knows, some at each turn beside other work: after a start, to know of
// them again, and after a change of the key, for all people to be written anew.
typedef struct look {
    bool on;     // under way
    bool settle; // people are written anew, too
    size_t kind; // how far it has come
    bool begun;
    list_mark_t mark;
} look_t;

typedef struct pseudonyms {
    service_t *service;
    bool maker; // the key is here
    uint8_t keys[NODE_PSEUDONYM_KEYS];
    bool has_mark; // of the key that counts here, as far as it is known
    uint8_t mark[OPRF_MARK];
    bool has_previous;
    uint8_t previous[OPRF_MARK];
    people_t people;
    look_t look;
    bool seen;      // the first look is done: all that the store knows is known here
    int failed;     // -errno of this transaction, which must not be committed; 0: none
    rid_t *touched; // people whose person or identity was written in this transaction
    size_t n_touched, room_touched;
    bool keys_changed;     // a pseudonym-key record was written
    bool settle_all;       // the key is another
    bool key_untold;       // the record may not say it yet
    uint64_t tell_from_ms; // a store that is empty since one was lost first waits for the record that
                           // children have
    uint64_t looked_ms;
    pseudonym_t made; // derived last
    asking_t asking;
    allowance_t allowance;
    relayed_t *relayed;
    size_t n_relayed;
    size_t budget; // points that this transaction may still look at
} pseudonyms_t;

typedef struct input { // of the function, for one person
    char text[OPRF_INPUT_MAX];
    size_t size;
    uint8_t digest[INPUT_DIGEST];
    bool identified; // there is an identity record
} input_t;

// The input of a person whose home is here; false: there is none any more. -errno in *ret_rc.
bool pseudonym_input(store_txn_t *txn, const rid_t *person, input_t *ret_input, int *ret_rc);
// What is known of the person: identity may be NULL.
void pseudonym_make_input(const Selenga__Identity *identity, const char *org, const char *number,
                          input_t *ret_input);
slice_t pseudonym_input_slice(const input_t *input);
// Made by the key that counts now?
bool pseudonym_is_settled(const pseudonyms_t *self, const pseudonym_t *pseudonym);
// Writes the person anew if the pseudonym is another now; notes whether the region is to be asked.
int pseudonym_settle_person(pseudonyms_t *self, store_txn_t *txn, const rid_t *person);
// Those about whom the region has answered what was asked. 0 or -errno.
int pseudonym_settle_wanted(pseudonyms_t *self, store_txn_t *txn);
void pseudonym_of_output(const uint8_t output[static OPRF_OUTPUT], const uint8_t mark[static OPRF_MARK],
                         pseudonym_t *ret_pseudonym);

// A person of this node, as a record says that is in the store: nothing new about one who is known here. 0 or
// -errno.
int pseudonym_see_person(pseudonyms_t *self, store_txn_t *txn, const record_t *person);
// The same before his identity becomes another than this one.
int pseudonym_see_identity(pseudonyms_t *self, store_txn_t *txn, const record_t *identity);
// A person or node below this one is there, or no longer: what children may ask for depends on it.
void pseudonym_count(pseudonyms_t *self, const record_t *r, bool there);

// pseudonym_look.c
void look_begin(pseudonyms_t *self, bool settle);
int look_on(pseudonyms_t *self, store_txn_t *txn); // some of it; 0 or -errno
// A version becomes the present one in place of old while the first look is under way. 0 or -errno.
int look_changes(pseudonyms_t *self, store_txn_t *txn, const record_t *old, const record_t *now);

// pseudonym_key.c
int pseudonym_key_read(pseudonyms_t *self, store_txn_t *txn); // the mark that counts here
int pseudonym_key_settle(pseudonyms_t *self, store_txn_t *txn, uint64_t now_ms);

// asking.c
void asking_open(pseudonyms_t *self);
void asking_close(pseudonyms_t *self);
void asking_link(pseudonyms_t *self, bool up);
int asking_answer(pseudonyms_t *self, store_txn_t *txn, const Selenga__Evaluated *m);
int asking_tick(pseudonyms_t *self, store_txn_t *txn, uint64_t now_ms);

// evaluate.c
void evaluate_asked(pseudonyms_t *self, const envelope_t *e);
void evaluate_answered(pseudonyms_t *self, const Selenga__Evaluated *m);
void evaluate_link(pseudonyms_t *self); // of the parent: it came or went
void evaluate_tick(pseudonyms_t *self, uint64_t now_ms);
