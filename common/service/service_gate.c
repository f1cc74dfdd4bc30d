// SPDX-License-Identifier: Apache-2.0
// A service's line to the gate: connecting, greeting, answers and messages of feeds.
#include "common/base/clock.h"
#include "common/service/service_private.h"
#include "proto/api.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"
#include <unistd.h>
#include <zmq.h>

enum { FEED_FRAMES = 16 }; // of one flush that wait for each other

// An answer can be larger than a message: what it shows is what others sent. Its asker hears that, and no
// more comes of it.
static void refuse_too_big(service_t *service, const envelope_t *to)
{
    fault_t fault;
    fault_set(&fault, "ANSWER-TOO-BIG", NULL, "");
    service_refuse(service, to, &fault, false);
}

void service_reply(service_t *service, const envelope_t *to, uint32_t type, const ProtobufCMessage *body)
{
    if (body != NULL && protobuf_c_message_get_packed_size(body) > MAX_BODY) {
        refuse_too_big(service, to);
        return;
    }
    envelope_t out = {
        .type = type, .to = to->from, .from = service->def->number, .call = to->call, .peer = to->peer};
    memcpy(out.route, to->route, to->route_size);
    out.route_size = to->route_size;
    outgoing_add(&service->replies, &out, body);
}

void service_refuse(service_t *service, const envelope_t *to, const fault_t *fault, bool again)
{
    Selenga__Error error = SELENGA__ERROR__INIT;
    Selenga__Fault message;
    char *args[FAULT_ARGS];
    fault_to_proto(fault, &message, args);
    error.fault = &message;
    error.has_again = 1;
    error.again = again;
    service_reply(service, to, MSG_ERROR, &error.base);
}

void service_send(service_t *service, uint32_t to, uint32_t type, const ProtobufCMessage *body)
{
    envelope_t out = {.type = type, .to = to, .from = service->def->number};
    outgoing_add(&service->replies, &out, body);
}

void service_send_peer(service_t *service, uint32_t peer, uint32_t type, const ProtobufCMessage *body)
{
    uint32_t number = service->def->number;
    envelope_t out = {.type = type, .to = number, .from = number, .peer = peer};
    outgoing_add(&service->replies, &out, body);
}

void service_tell(service_t *service, const char *trouble, uint64_t provisional)
{
    service->told = trouble;
    service->provisional = provisional;
}

bool service_send_now(void *arg, zmq_msg_t *frame)
{
    service_t *service = arg;
    return zmq_msg_send(frame, service->socket, ZMQ_DONTWAIT) >= 0;
}

static bool send_waiting(void *arg, zmq_msg_t *frame)
{
    service_t *service = arg;
    return zmq_msg_send(frame, service->socket, 0) >= 0;
}

// Feeds recover from a message that was not sent, so a full pipe only drops it.
void service_send_feed(void *arg, uint32_t peer, uint32_t type, slice_t body)
{
    service_t *service = arg;
    bool local = peer < PEER_LABEL_MIN;
    envelope_t out = {.type = type,
                      .to = local ? peer : service->def->number,
                      .from = service->def->number,
                      .peer = local ? PEER_SELF : peer,
                      .body = body};
    outgoing_add(&service->feeds, &out, NULL);
    if (service->feeds.n >= FEED_FRAMES) outgoing_flush(&service->feeds, service_send_now, service);
}

void service_send_replies(service_t *service)
{
    outgoing_flush(&service->replies, send_waiting, service);
}

// Said again and again: a gate that was started anew learns of us by it, also when we have nothing to say.
void service_greet(service_t *service)
{
    Selenga__Hello hello = SELENGA__HELLO__INIT;
    hello.has_service = hello.has_pid = 1;
    hello.service = service->def->number;
    hello.version = SELENGA_VERSION;
    hello.pid = (uint32_t)getpid();
    service_send(service, SERVICE_GATE, MSG_HELLO, &hello.base);
    service_send_replies(service);
}

static void say_hello(service_t *service)
{
    service_greet(service);
    for (uint32_t local = SERVICES_FIRST; local < SERVICES_END; local++)
        if (local != service->def->number) service_send_feed(service, local, MSG_WAKE, (slice_t){0});
    outgoing_flush(&service->feeds, service_send_now, service);
}

// A gate that was started again knows nobody: each connection begins with a greeting.
void service_greet_when_connected(service_t *service)
{
    zmq_msg_t part;
    bool connected = false;
    zmq_msg_init(&part);
    while (zmq_msg_recv(&part, service->monitor, ZMQ_DONTWAIT) >= 0) connected |= zmq_msg_more(&part);
    zmq_msg_close(&part);
    if (connected) say_hello(service);
}

static bool watch_gate(service_t *service, void *context)
{
    static const char endpoint[] = "inproc://gate-monitor";
    int linger = 0;
    if (zmq_socket_monitor(service->socket, endpoint, ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0) return false;
    service->monitor = zmq_socket(context, ZMQ_PAIR);
    zmq_setsockopt(service->monitor, ZMQ_LINGER, &linger, sizeof linger);
    return zmq_connect(service->monitor, endpoint) == 0;
}

bool service_connect_gate(service_t *service, void *context)
{
    void *socket = service->socket = zmq_socket(context, ZMQ_DEALER);
    int64_t max = MAX_FRAME;
    int linger = 0, hwm = 20000, timeout_ms = 5000;
    zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max, sizeof max);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(socket, ZMQ_SNDHWM, &hwm, sizeof hwm);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &hwm, sizeof hwm);
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &timeout_ms, sizeof timeout_ms);
    return watch_gate(service, context) && zmq_connect(socket, NODE_GATE_ENDPOINT) == 0;
}
