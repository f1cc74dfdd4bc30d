// SPDX-License-Identifier: Apache-2.0
// Waits until a service of the node has read what the other services hold, so that what was just written in
// one may be referred to in another.
#pragma once
#include "common/node/client.h"

typedef struct settle settle_t;
typedef void settle_done_t(void *context);

// Starts waiting, for timeout_ms at most; then `done` is called once, from client_turn, whether or not all
// was read, and the wait is over: it frees itself. A service that does not answer is not waited for. NULL:
// too much is under way, and nothing will be called.
settle_t *settle_start(client_t *client, uint32_t service, int timeout_ms, settle_done_t *done,
                       void *context);

// `done` will not be called any more. Only before it was.
void settle_abandon(settle_t **self);

// The same, waiting.
void settle_wait(client_t *client, uint32_t service, int timeout_ms);
