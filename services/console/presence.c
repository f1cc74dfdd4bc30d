// SPDX-License-Identifier: Apache-2.0
#include "services/console/presence.h"
#include "common/base/clock.h"
#include "common/base/pulse.h"
#include "common/base/resident.h"
#include "common/node/msg.h"
#include "common/node/node.h"
#include "common/node/outgoing.h"
#include "common/schema/fault.h"
#include "proto/api.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zmq.h>

enum { QUEUE = 64, TURN_MESSAGES = 64 };

struct presence {
    void *context, *socket;
    const char *url;
    uint64_t started_ms;
};

int presence_open(const char *url, presence_t **ret_presence)
{
    AUTO(presence_close) presence_t *self = xcalloc(1, sizeof *self);
    int queue = QUEUE, linger_ms = 0;
    int64_t most = MAX_FRAME;
    self->url = url;
    self->started_ms = mono_ms();
    self->context = zmq_ctx_new();
    self->socket = self->context != NULL ? zmq_socket(self->context, ZMQ_DEALER) : NULL;
    if (self->socket == NULL) return -errno;
    zmq_setsockopt(self->socket, ZMQ_MAXMSGSIZE, &most, sizeof most);
    zmq_setsockopt(self->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_setsockopt(self->socket, ZMQ_SNDHWM, &queue, sizeof queue);
    zmq_setsockopt(self->socket, ZMQ_RCVHWM, &queue, sizeof queue);
    if (zmq_connect(self->socket, NODE_GATE_ENDPOINT) != 0) return -errno;
    presence_greet(self);
    *ret_presence = self;
    self = NULL;
    return 0;
}

void presence_close(presence_t **presence)
{
    presence_t *self = *presence;
    if (self == NULL) return;
    if (self->socket != NULL) zmq_close(self->socket);
    if (self->context != NULL) zmq_ctx_term(self->context);
    free(self);
    *presence = NULL;
}

void *presence_socket(const presence_t *presence)
{
    return presence->socket;
}

void presence_greet(presence_t *presence)
{
    Selenga__Hello hello = SELENGA__HELLO__INIT;
    envelope_t envelope = {.type = MSG_HELLO, .to = SERVICE_GATE, .from = SERVICE_CONSOLE};
    hello.has_service = hello.has_pid = 1;
    hello.service = SERVICE_CONSOLE;
    hello.version = SELENGA_VERSION;
    hello.pid = (uint32_t)getpid();
    (void)msg_send(presence->socket, &envelope, &hello.base); // lost: said again
}

static void answer_status(const presence_t *self, const envelope_t *asked)
{
    Selenga__Status status = SELENGA__STATUS__INIT;
    envelope_t answer = {.type = MSG_STATUS_REPLY,
                         .to = asked->from,
                         .from = SERVICE_CONSOLE,
                         .call = asked->call,
                         .route_size = asked->route_size};
    memcpy(answer.route, asked->route, asked->route_size);
    status.has_service = status.has_pid = status.has_up_s = status.has_memory_bytes = 1;
    status.service = SERVICE_CONSOLE;
    status.version = SELENGA_VERSION;
    status.pid = (uint32_t)getpid();
    status.up_s = (mono_ms() - self->started_ms) / 1000;
    status.memory_bytes = resident_bytes();
    status.trouble = (char *)(uintptr_t) "";
    status.has_restarts = pulse_restarts(&status.restarts);
    status.url = (char *)(uintptr_t)self->url;
    (void)msg_send(self->socket, &answer, &status.base);
}

static bool is_refused(const envelope_t *e, why_t *why)
{
    AUTO(msg_body_free) Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, e->body);
    fault_t fault;
    char text[FAULT_TEXT];
    if (error == NULL) return false;
    fault_from_proto(error->fault, &fault);
    if (strcmp(fault.code, "SERVICE-TWICE") != 0) return false;
    why_set(why, "%s", fault_text(&fault, text, sizeof text));
    return true;
}

static bool take(const presence_t *self, const envelope_t *e, why_t *why)
{
    if (e->type == MSG_STATUS && e->route_size > 0) answer_status(self, e);
    return e->type != MSG_ERROR || !is_refused(e, why);
}

bool presence_turn(presence_t *presence, why_t *why)
{
    zmq_msg_t frame;
    bool good = true;
    zmq_msg_init(&frame);
    for (int i = 0; i < TURN_MESSAGES && good && zmq_msg_recv(&frame, presence->socket, ZMQ_DONTWAIT) >= 0;
         i++) {
        envelope_t e;
        if (msg_unpack(slice(zmq_msg_data(&frame), zmq_msg_size(&frame)), &e) != 0) continue;
        slice_t rest = e.body;
        if (e.type != MSG_BUNDLE)
            good = take(presence, &e, why);
        else
            while (good && bundle_next(&rest, &e) == 0) good = take(presence, &e, why);
    }
    zmq_msg_close(&frame);
    return good;
}
