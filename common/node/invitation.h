// SPDX-License-Identifier: Apache-2.0
// An invitation as it is made: what its token says of the hub, what the hub's registry is asked, and the
// token when it has agreed. Nothing is asked here, so that who waits and who has a loop use the same.
#pragma once
#include "common/node/node.h"
#include "common/node/token.h"
#include "proto/api.pb-c.h"

enum { INVITATION_LIFE_S = 72 * 3600 }; // where nobody says how long

typedef struct invitation {
    token_t token; // secret
    uint8_t key[NODE_KEY_SIZE];
} invitation_t;

// How children reach the hub that listens so. An address that means "all of this machine's" is none for
// others: then it is by the computer's name, and true is returned, for somebody to look at it. "" where it
// takes no children.
bool invitation_endpoint(const char *listen, char ret_endpoint[static TOKEN_ENDPOINT_MAX + 1]);

// Of the node in `dir`, for a node of `org` (node_is_org), reached at `endpoint` (as invitation_endpoint, or
// node_is_endpoint), from now on for so many seconds. Erased by the caller. 0, or -1 with why.
int invitation_make(const char *dir, const char *org, const char *endpoint, int64_t life_s, bool replace,
                    invitation_t *ret_invitation, why_t *why);
// What the registry is asked; it points into the invitation. level: a code; NULL or "": by what is known.
void invitation_request(invitation_t *invitation, const char *level, Selenga__Invite *ret_request);
// The registry agreed: now the token is whole. False: its answer cannot be read.
bool invitation_granted(invitation_t *invitation, const Selenga__InviteReply *reply);
