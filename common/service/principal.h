// SPDX-License-Identifier: Apache-2.0
// Who asks a service, and what that lets him do (design 3). The node's own command line may do all. Who
// speaks through an account may do what the table of access gives its role (common/schema/access.h), with
// records of its organisation and those below it; a teacher with his own. What goes down to everybody is read
// by everybody.
//
// requests_access.c is the one place where role, kind and action are looked at, for every request that comes
// in; whose record it is, is looked at where the record is at hand.
#pragma once
#include "common/node/msg.h"
#include "common/schema/access.h"
#include "common/schema/body.h"
#include "common/store/record.h"
#include "common/store/topology.h"

enum { AUTHOR_MAX = 32 };

typedef struct principal {
    bool limited;  // else the command line
    unsigned role; // one R_ flag; 0: no such account is open here; ACCESS_UNKNOWN: nobody has logged in
    char name[ACCOUNT_MAX + 1];
    char org[CODE_MAX + 1];
    char person[REF_MAX + 1]; // ORG:NUMBER; "": not known
    char author[AUTHOR_MAX];  // of what he writes. It names nobody: it goes wherever the record goes
} principal_t;

// May it do that with records of the kind? False with the reason.
bool principal_may(const principal_t *who, const kind_rule_t *kind, access_action_t action,
                   fault_t *ret_fault);
// May it see this record, of a kind that it may read?
bool principal_sees(const principal_t *who, const scope_t *scope, const record_t *record);
// May it change a record of this organisation and packed body, of a kind that it may write? False with the
// reason.
bool principal_holds(const principal_t *who, const scope_t *scope, const kind_rule_t *kind, slice_t org,
                     slice_t body, fault_t *ret_fault);
// Is the organisation its own, or below it?
bool principal_covers(const principal_t *who, const scope_t *scope, slice_t org);
// Sets the fault that names role, action and kind (or what was asked); false.
bool principal_denied(const principal_t *who, const char *action, const char *what, fault_t *ret_fault);
