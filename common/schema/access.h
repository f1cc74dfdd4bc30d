// SPDX-License-Identifier: Apache-2.0
// The one table of access: what each role may do through an account. Of records the kinds say it (`access` of
// proto/options.proto); of everything else that can be asked of a service, the rows here. What stands in
// neither is refused.
#pragma once
#include "common/schema/kinds.h"

typedef enum access_action { ACCESS_READ, ACCESS_WRITE, ACCESS_DELETE, ACCESS_ACTIONS } access_action_t;

const char *access_action_name(access_action_t action);                 // "read" ...
unsigned access_roles(const kind_rule_t *kind, access_action_t action); // R_ flags

// What is asked besides: by which message, of whom, about what.
typedef enum access_about {
    ABOUT_NODE,   // the whole node: only accounts of its own organisation
    ABOUT_ORG,    // an organisation that the request names, or a person of it
    ABOUT_NOBODY, // no record of anybody
} access_about_t;

enum { ACCESS_UNKNOWN = 1U << 31 }; // beside R_ flags: who has not logged in yet, for the console itself

typedef struct access_row {
    uint32_t message; // enum message, or one of the below
    const char *name; // messages of one name are one action, of the same roles
    unsigned roles;
    access_about_t about;
    bilingual_t label;
} access_row_t;

enum { // beside enum message: a report that goes down to persons, one by a definition that is not in force
    ACCESS_EXPLAIN = 1 << 16,
    ACCESS_TRY,
};

extern const access_row_t ACCESS_ROWS[];
extern const size_t N_ACCESS_ROWS;

// Of a message; NULL: it is one about records, or nobody may send it.
const access_row_t *access_row(uint32_t message);
const access_row_t *access_row_by_name(const char *name);
// Is it about records, so that their kinds say who may?
bool access_is_of_records(uint32_t message);

// R_ flag of a role's name, e.g. of an account; 0: there is none. And back; NULL for no single role.
unsigned role_by_name(const char *name);
const char *role_name(unsigned role);
