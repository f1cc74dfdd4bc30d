// SPDX-License-Identifier: Apache-2.0
// Slips for teachers: whoever is chosen on the staff list gets an account with a one-time password and a slip
// of paper that says how to log in. The same for whoever ticks people on a page and whoever names them on a
// command line; the registry judges each wish (MSG_TEACHER_ACCOUNT).
#pragma once
#include "common/schema/body.h"
#include "common/schema/ids.h"
#include "common/schema/kinds.h"
#include "proto/api.pb-c.h"

enum {
    SLIPS_AT_ONCE = 40, // each costs the registry the hash of a password
    SLIP_REF = REF_MAX + 1,
    SLIP_NAME = 3 * FIELD_TEXT_MAX,
    SLIP_WHERE = 512,
};

typedef struct slip_person {
    char ref[SLIP_REF]; // ORG:NUMBER; "": nobody
    char name[SLIP_NAME];
} slip_person_t;

// Of an identity as it is stored; nobody where it cannot be read.
void slip_person(slice_t wire, slip_person_t *ret);

// People who are to get slips. Starts as {0}; the texts stay the caller's.
typedef struct slip_choice {
    const char *refs[SLIPS_AT_ONCE];
    rid_t ids[SLIPS_AT_ONCE];
    ProtobufCBinaryData wanted[SLIPS_AT_ONCE];
    size_t n;
} slip_choice_t;

typedef enum slip_chosen { SLIP_CHOSEN, SLIP_NO_PERSON, SLIP_TOO_MANY } slip_chosen_t;

// Adds a person by ORG:NUMBER; who is chosen already is not added again.
slip_chosen_t slip_choose(slip_choice_t *choice, const char *ref);
// What to ask the registry for the names of all of them; it points into *choice.
void slip_names_wish(slip_choice_t *choice, Selenga__List *ret_list);
// The name of one, of the answer; his ORG:NUMBER where it is not there. May point into *buf.
const char *slip_name(const Selenga__Records *people, const char *ref, slip_person_t *buf);

// Where the console is opened. secure: it is reached from other computers, under TLS. host: with its port.
const char *slip_where(bool secure, const char *host, char buf[static SLIP_WHERE]);
// What a slip says at its end.
const char *slip_foot(void);
