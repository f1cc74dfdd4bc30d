// SPDX-License-Identifier: Apache-2.0
// Who is who beside the facts: pseudonyms of staff numbers, methodists, assignments to them, teams. Each
// record is put or removed by itself, in any order: what a record refers to may come later.
#pragma once
#include "services/reporting/dict.h"

typedef struct roster_methodist {
    uint32_t ref; // staff number of the methodist
    uint32_t org; // organisation that appointed him
    int32_t from;
    int32_t to;
    bool live;
} roster_methodist_t;

typedef struct roster_assignment {
    uint32_t methodist; // number of the code
    uint32_t ref;       // staff number of the teacher
    int32_t from;
    int32_t to;
    bool live;
} roster_assignment_t;

typedef struct roster {
    struct orgs *orgs;    // not owned
    dict_t *persons;      // pseudonyms
    dict_t *refs;         // staff numbers, "ORG:NUMBER"
    uint32_t *ref_person; // of each staff number: the person, DICT_NONE while the pseudonym is not known
    dict_t *methodists;   // codes
    roster_methodist_t *methodist_rows;
    dict_t *assignments;
    roster_assignment_t *assignment_rows;
    dict_t *teams;
    uint32_t *team_orgs; // DICT_NONE: not known
    dict_t *runs;
    uint32_t
        *ref_made; // of each staff number: how its pseudonym came to be (table_made), 0 while none is known
    uint32_t *ref_org;
    uint32_t made_room, ref_org_room;
    uint32_t ref_room, methodist_room, assignment_room, team_room;
    uint64_t changes; // grows with every change
} roster_t;

roster_t *roster_new(struct orgs *orgs);
void roster_destroy(roster_t **roster);

// `ref` is the natural key of people, "ORG:NUMBER". Texts are copied.
void roster_put_person(roster_t *roster, const char *ref, const uint8_t *pseudonym, size_t size);
void roster_remove_person(roster_t *roster, const char *ref);
// How its pseudonym came to be, and the organisation that the staff number is of.
void roster_set_made(roster_t *roster, const char *ref, const char *org, uint32_t made);
// `org` is the organisation of the methodist's record: who appointed him.
void roster_put_methodist(roster_t *roster, const char *code, const char *person, const char *org,
                          int32_t from, int32_t to);
void roster_remove_methodist(roster_t *roster, const char *code);
// Natural key: methodist, person, from.
void roster_put_assignment(roster_t *roster, const char *methodist, const char *person, int32_t from,
                           int32_t to);
void roster_remove_assignment(roster_t *roster, const char *methodist, const char *person, int32_t from);
void roster_put_team(roster_t *roster, const char *code, const char *org);
void roster_remove_team(roster_t *roster, const char *code);

// Numbers, given when new.
uint32_t roster_person(roster_t *roster, const uint8_t *pseudonym, size_t size);
uint32_t roster_team(roster_t *roster, const char *code);
uint32_t roster_run(roster_t *roster, const char *code);
