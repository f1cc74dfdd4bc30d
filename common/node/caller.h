// SPDX-License-Identifier: Apache-2.0
// A caller: asks one service of a node and waits for its answer. The command line, the joining node and tests
// use it.
#pragma once
#include "common/node/msg.h"
#include "common/node/token.h"

typedef struct caller caller_t;

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

// The same with a body that is packed already.
int caller_call_bytes(caller_t *caller, uint32_t service, uint32_t type, slice_t body, int timeout_ms,
                      envelope_t *ret_reply);
