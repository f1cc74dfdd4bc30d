// SPDX-License-Identifier: Apache-2.0
// What people call the records that others refer to, asked of the services of this node in batches: one
// request for hundreds of references of a page. What the node does not hold, or what has no title, has no
// name, which is no error.
//
// A page is walked twice or more: names_of() of all its references, which notes what is not known yet, then
// names_ask(), until names_wants() says no. A name may need several rounds, since titles may be those of
// other records (a methodist's is a person's); each record is asked for once.
#pragma once
#include "common/node/client.h"
#include "common/schema/body.h"
#include "proto/api.pb-c.h"
#include "proto/record.pb-c.h"

typedef struct names names_t;

enum { NAMES_BYTES = 32 << 20 }; // of records that are remembered before all are forgotten

names_t *names_new(void);
void names_destroy(names_t **self_p);

// Writes what the records are called to which field i of the body refers, "; " between several, into buf of
// `size` bytes; what does not fit is left out whole. "" when nothing is known, or not yet. Returns buf.
const char *names_of(names_t *self, const kind_rule_t *kind, const body_t *body, size_t i, char *buf,
                     size_t size);
// Is anything noted that was not asked for?
bool names_wants(const names_t *self);
// Before a new page: forgets all, if it is much.
void names_turn(names_t *self);

// Asks for all that is noted, waiting. Returns CLIENT_DONE; or the first failure with *ret_why: then what
// that service holds has no names, and it is not asked again.
client_status_t names_ask(names_t *self, client_t *client, client_why_t *ret_why);

// --- for a program with a loop of its own

// A request for up to PAGE_RECORDS records of one kind that are noted; they count as asked for. Its ids live
// until the next call. False: nothing is noted.
bool names_next(names_t *self, Selenga__List *ret_request);
// A record of the answer.
void names_take(names_t *self, const Selenga__Record *record);
