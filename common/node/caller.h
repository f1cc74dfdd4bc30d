// SPDX-License-Identifier: Apache-2.0
// A caller: a line to the gate of a node, or to a hub that one joins. caller_call asks and waits for the
// answer; caller_send and caller_take are for those who have several requests under way (client.h).
#pragma once
#include "common/node/msg.h"
#include "common/node/token.h"

typedef struct caller caller_t;

enum { CALLER_QUEUE = 64 }; // messages unsent, and answers not taken

// Outcomes.
enum {
    CALLER_E_NOT_RUNNING = 1, // no gate answers in this directory, or it went away: exit 75
    CALLER_E_TIMEOUT,         // somebody is there and did not answer in time: exit 75
    CALLER_E_REFUSED,  // hub only: it does not know the invitation's key (used, expired, foreign, revoked)
    CALLER_E_STRANGER, // hub only: somebody accepts the connection and cannot prove to be the invitation's
                       // hub
    CALLER_E_BROKEN,   // an answer that is not an envelope
};

// Connects to the gate of the node in `dir`. `principal` of requests is given by the gate from the operating
// system. Returns 0, CALLER_E_NOT_RUNNING, or negative errno. The directory need not stay the current one and
// its path may be long.
int caller_open(const char *dir, caller_t **ret_caller);

// Connects to the hub of an invitation, with the invitation's key. Only MSG_JOIN to the registry passes
// there. Whether the hub is there shows in caller_call.
int caller_open_hub(const token_t *token, caller_t **ret_caller);

void caller_close(caller_t **caller);

// Sends one request and waits for the reply that echoes its number; other messages are dropped. NULL body =
// empty. On 0, *ret_reply is the answer, which may be MSG_ERROR; its body lives until the next call or close.
// Returns 0, CALLER_E_, or negative errno (-EMSGSIZE: body above MAX_BODY).
int caller_call(caller_t *caller, uint32_t service, uint32_t type, const ProtobufCMessage *body,
                int timeout_ms, envelope_t *ret_reply);

// Sends one request and does not wait. *ret_call is what its answer echoes in `call`. Returns 0, -EAGAIN
// (CALLER_QUEUE messages are unsent), or negative errno.
// account: in whose name, which only the node's console may say; NULL: nobody's.
int caller_send(caller_t *caller, const char *account, uint32_t service, uint32_t type, slice_t body,
                uint64_t *ret_call);

// The next answer, of whichever call; its body lives until the next call of this or of caller_call. Returns
// 0, -EAGAIN (none now), CALLER_E_BROKEN, or negative errno.
int caller_take(caller_t *caller, envelope_t *ret_reply);

// For zmq_poll: readable when caller_take may have something.
void *caller_socket(caller_t *caller);

// Does a gate listen in the directory? Asked anew each time; of a hub always yes.
bool caller_reaches(const caller_t *caller);

// Another connection in place of this one: nothing that is unsent will be sent. Not of a hub. Returns 0 or
// negative errno.
int caller_renew(caller_t *caller);
