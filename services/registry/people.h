// SPDX-License-Identifier: Apache-2.0
// What this process knows of the people whose home is this node: under which pseudonym each input (a СНИЛС,
// or a staff number where there is none) goes, and which of their records still wait for the region. In
// memory only: the records say it all again after the next start. Inputs stand here as their BLAKE2b-128.
#pragma once
#include "common/base/hash.h"
#include "common/node/oprf.h"
#include "common/schema/ids.h"

enum { PSEUDONYM_SIZE = 16, INPUT_DIGEST = 16 };

typedef struct pseudonym {
    uint8_t b[PSEUDONYM_SIZE];
    uint8_t mark[OPRF_MARK]; // of the key that made it; zeros: it is provisional
} pseudonym_t;

typedef struct own_person {
    rid_t id; // of the person record
    uint8_t digest[INPUT_DIGEST];
    bool wanted; // the region is to be asked
    bool again;  // although its pseudonym seems right: it came back without the identity that it belongs to
    bool unsure; // the identity has not come back yet
    bool early;  // was given a pseudonym before all that the store knows was seen
} own_person_t;

typedef struct known_input {
    uint8_t digest[INPUT_DIGEST];
    pseudonym_t pseudonym;
    bool early; // it was made before all that the store knows was seen: somebody may have another already
} known_input_t;

typedef struct people { // does not move
    hash_t known_at, own_at;
    known_input_t *known; // by input
    own_person_t *own;    // by person record
    size_t known_room, own_room;
    size_t n_wanted;
} people_t;

void people_init(people_t *people);
void people_clear(people_t *people);

// NULL: never heard of. Pointers hold until the next call that adds.
const pseudonym_t *people_known(const people_t *people, const uint8_t digest[static INPUT_DIGEST]);
void people_know(people_t *people, const uint8_t digest[static INPUT_DIGEST], const pseudonym_t *pseudonym);

// Of a known input.
void people_set_early(people_t *people, const uint8_t digest[static INPUT_DIGEST], bool early);
bool people_is_early(const people_t *people, const uint8_t digest[static INPUT_DIGEST]);
void people_forget_early(people_t *people); // all is seen

own_person_t *people_find(const people_t *people, const rid_t *id);
own_person_t *people_add(people_t *people, const rid_t *id); // the row that is there, or a new one
void people_want(people_t *people, own_person_t *person, bool wanted);
// The next row from *at on, NULL at the end; *at moves on.
own_person_t *people_next(const people_t *people, size_t *at);
