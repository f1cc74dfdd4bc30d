// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/common/played.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char played_dir[512];
client_t *client;
client_why_t why;
static void *context, *router;

// --- the gate

void gate_open(void)
{
    context = zmq_ctx_new();
    router = zmq_socket(context, ZMQ_ROUTER);
    assert_int_equal(zmq_bind(router, "ipc://run/gate"), 0);
}

void gate_close(void)
{
    if (!context) return;
    int zero = 0;
    zmq_setsockopt(router, ZMQ_LINGER, &zero, sizeof zero);
    zmq_close(router);
    zmq_ctx_term(context);
    context = router = NULL;
}

bool gate_takes(asked_t *ret, int timeout_ms)
{
    zmq_pollitem_t item = {router, 0, ZMQ_POLLIN, 0};
    if (zmq_poll(&item, 1, timeout_ms) <= 0) return false;
    assert_int_equal(zmq_recv(router, ret->routing, sizeof ret->routing, 0), ROUTING);
    zmq_msg_init(&ret->frame);
    assert_true(zmq_msg_recv(&ret->frame, router, 0) >= 0);
    assert_int_equal(msg_unpack(slice(zmq_msg_data(&ret->frame), zmq_msg_size(&ret->frame)), &ret->envelope),
                     0);
    return true;
}

void gate_take(asked_t *ret)
{
    assert_true(gate_takes(ret, SOON_MS));
}

void gate_answer(asked_t *asked, uint32_t type, const void *body)
{
    envelope_t answer = {.type = type, .from = asked->envelope.to, .call = asked->envelope.call};
    zmq_msg_t frame;
    msg_pack_with(&answer, body, &frame);
    assert_int_equal(zmq_send(router, asked->routing, ROUTING, ZMQ_SNDMORE), ROUTING);
    assert_true(zmq_msg_send(&frame, router, 0) >= 0);
    zmq_msg_close(&asked->frame);
}

// --- the program

void hear(void *context_, client_reply_t *reply)
{
    heard_t *heard = context_;
    heard->times++;
    heard->reply = *reply;
    heard->reply.body = NULL; // not kept
}

uint64_t ask_for(uint32_t service, int timeout_ms, heard_t *heard)
{
    client_request_t request = {.service = service,
                                .type = MSG_STATUS,
                                .reply = MSG_STATUS_REPLY,
                                .descriptor = &selenga__status__descriptor,
                                .timeout_ms = timeout_ms};
    return client_start(client, &request, hear, heard, &why);
}

int played_make(void **state)
{
    (void)state;
    const char *base = getenv("TEST_DIR");
    char command[1800];
    snprintf(played_dir, sizeof played_dir, "%s/node", base ? base : "/tmp");
    snprintf(command, sizeof command, "rm -rf '%s' && mkdir -p '%s/run' && touch '%s/node.conf'", played_dir,
             played_dir, played_dir);
    return system(command) == 0 && chdir(played_dir) == 0 ? 0 : -1;
}

int played_open(void **state)
{
    if (played_make(state) != 0) return -1;
    gate_open();
    return client_open(played_dir, &client, &why) == CLIENT_DONE ? 0 : -1;
}

int played_close(void **state)
{
    (void)state;
    clock_thaw();
    client_close(&client);
    gate_close();
    return 0;
}

bool gate_is_asked(void)
{
    zmq_pollitem_t item = {router, 0, ZMQ_POLLIN, 0};
    return zmq_poll(&item, 1, 0) > 0;
}
