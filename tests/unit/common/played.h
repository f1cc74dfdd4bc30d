// SPDX-License-Identifier: Apache-2.0
// A gate that the test plays itself, and a client of it, in the test's own thread.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/clock.h"
#include "common/node/client.h"
#include "common/node/msg.h"
#include <cmocka.h>

enum { SOON_MS = 30000, ROUTING = 5 };

extern char played_dir[512]; // the node's
extern client_t *client;
extern client_why_t why;

// Fixtures: a directory; a gate and a client there, and their end.
int played_make(void **state);
int played_open(void **state);
int played_close(void **state);
#define with_gate(test) cmocka_unit_test_setup_teardown(test, played_open, played_close)

void gate_open(void);
void gate_close(void);

// A request that came; not to be copied, the body lies in the frame.
typedef struct asked {
    uint8_t routing[ROUTING];
    zmq_msg_t frame;
    envelope_t envelope;
} asked_t;

// The next one, within that time.
bool gate_takes(asked_t *ret, int timeout_ms);
// The next one; fails when none comes.
void gate_take(asked_t *ret);
// Answers it and lets it go.
void gate_answer(asked_t *asked, uint32_t type, const void *body);

// What a request led to.
typedef struct heard {
    int times;
    client_reply_t reply;
} heard_t;

void hear(void *context, client_reply_t *reply);
// Starts a request for a status.
uint64_t ask_for(uint32_t service, int timeout_ms, heard_t *heard);

// Lets the client have its turns until the condition holds; fails the test when it never does.
#define turn_until(condition)                                                                                \
    do {                                                                                                     \
        int left_ = SOON_MS;                                                                                 \
        while (!(condition)) {                                                                               \
            if ((left_ -= 5) <= 0) fail_msg("never came true: %s", #condition);                              \
            zmq_pollitem_t item_ = {client_socket(client), 0, ZMQ_POLLIN, 0};                                \
            zmq_poll(&item_, 1, 5);                                                                          \
            client_turn(client);                                                                             \
        }                                                                                                    \
    } while (0)

// The same until a request has come to the gate.
bool gate_is_asked(void);
#define turn_until_asked() turn_until(gate_is_asked())
