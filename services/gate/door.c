// SPDX-License-Identifier: Apache-2.0
// A door: one ROUTER with its monitor.
#include "services/gate/door.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ROUTING_SIZE = 5, // a zero and a number: libzmq made it; other sizes are a peer's own choice
    // Whole messages in each connection's queues. Receiving is kept low, since a frame may have a megabyte.
    RECEIVE_QUEUE = 32,
    SEND_QUEUE = 1000,
    CURVE_BYTES = 33, // command, nonce, authenticator, flags
    ZMTP_SHORT = 2,
    ZMTP_LONG = 9,
};

void *door_watch(void *context, void *socket, const char *name, int events)
{
    char address[64];
    int zero = 0;
    snprintf(address, sizeof address, "inproc://monitor-%s", name);
    if (zmq_socket_monitor(socket, address, events)) return NULL;
    void *monitor = zmq_socket(context, ZMQ_PAIR);
    if (!monitor) return NULL;
    // Events must not be lost and libzmq's thread must not wait for us: no limit, emptied on each turn of the
    // loop.
    zmq_setsockopt(monitor, ZMQ_RCVHWM, &zero, sizeof zero);
    zmq_setsockopt(monitor, ZMQ_LINGER, &zero, sizeof zero);
    if (zmq_connect(monitor, address) == 0) return monitor;
    int error = errno;
    zmq_close(monitor);
    errno = error;
    return NULL;
}

void door_unwatch(void *socket, void **monitor)
{
    if (socket) zmq_socket_monitor(socket, NULL, 0);
    if (*monitor) zmq_close(*monitor);
    *monitor = NULL;
}

int door_thread(void *context, void *socket, uint64_t thread)
{
    if (zmq_ctx_get(context, ZMQ_IO_THREADS) < DOOR_THREADS) return 0;
    return zmq_setsockopt(socket, ZMQ_AFFINITY, &thread, sizeof thread);
}

int door_open(door_t *door, void *context, const char *name, uint64_t thread)
{
    *door = (door_t){0};
    door->socket = zmq_socket(context, ZMQ_ROUTER);
    if (!door->socket) return -errno;
    int zero = 0, one = 1, receive = RECEIVE_QUEUE, send = SEND_QUEUE;
    int64_t most = MAX_FRAME;
    if (door_thread(context, door->socket, thread) ||
        zmq_setsockopt(door->socket, ZMQ_LINGER, &zero, sizeof zero) ||
        zmq_setsockopt(door->socket, ZMQ_ROUTER_MANDATORY, &one, sizeof one) ||
        zmq_setsockopt(door->socket, ZMQ_MAXMSGSIZE, &most, sizeof most) ||
        zmq_setsockopt(door->socket, ZMQ_RCVHWM, &receive, sizeof receive) ||
        zmq_setsockopt(door->socket, ZMQ_SNDHWM, &send, sizeof send))
        return -errno;
    door->monitor = door_watch(context, door->socket, name,
                               ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED);
    return door->monitor ? 0 : -errno;
}

void door_close(door_t *door)
{
    door_unwatch(door->socket, &door->monitor);
    if (door->socket) zmq_close(door->socket);
    *door = (door_t){0};
}

bool door_next_event(void *monitor, door_event_t *ret_event)
{
    zmq_msg_t part;
    zmq_msg_init(&part);
    bool got = zmq_msg_recv(&part, monitor, ZMQ_DONTWAIT) >= 0;
    if (got) { // 16 bits of event and 32 of value, in the machine's order; then a part with the endpoint
        uint16_t event;
        int32_t value;
        assert(zmq_msg_size(&part) == sizeof event + sizeof value);
        memcpy(&event, zmq_msg_data(&part), sizeof event);
        memcpy(&value, (uint8_t *)zmq_msg_data(&part) + sizeof event, sizeof value);
        *ret_event = (door_event_t){event, value};
        if (zmq_msg_more(&part)) zmq_msg_recv(&part, monitor, 0);
    }
    zmq_msg_close(&part);
    return got;
}

static void skip_rest(void *socket, zmq_msg_t *part)
{
    while (zmq_msg_more(part))
        if (zmq_msg_recv(part, socket, 0) < 0) return; // the parts of a message come together
}

static uint32_t routing_of(zmq_msg_t *id)
{
    const uint8_t *data = zmq_msg_data(id);
    return zmq_msg_size(id) == ROUTING_SIZE && data[0] == 0 ? be32_load(data + 1) : 0;
}

// libzmq describes a local peer as ":uid:gid:pid". The nth of these, counted from 1; `none` when it is not
// there.
static int64_t credential(zmq_msg_t *message, int nth, int64_t none)
{
    const char *at = zmq_msg_gets(message, "Peer-Address");
    char digits[16] = "";
    int64_t number = none;
    for (; at && nth > 0; nth--)
        if ((at = strchr(at, ':'))) at++;
    if (at && strcspn(at, ":") < sizeof digits) memcpy(digits, at, strcspn(at, ":"));
    return int_parse(digits, 0, UINT32_MAX, &number) ? number : none;
}

int64_t door_pid(door_frame_t *frame)
{
    return credential(&frame->message, 3, 0);
}

size_t door_wire_bytes(size_t size)
{
    size_t curve = size + CURVE_BYTES;
    return curve + (curve > UINT8_MAX ? ZMTP_LONG : ZMTP_SHORT);
}

// The second part and all that belongs to it.
static int take_body(door_t *door, door_frame_t *frame, bool good_id)
{
    zmq_msg_t *message = &frame->message;
    if (zmq_msg_recv(message, door->socket, 0) < 0) return DOOR_E_MALFORMED;
    const char *user = zmq_msg_gets(message, "User-Id");
    if (!user || !text_copy(frame->user, sizeof frame->user, user)) frame->user[0] = '\0';
    frame->fd = zmq_msg_get(message, ZMQ_SRCFD); // both are on the body only: the id's frame lost them
    frame->uid = credential(message, 1, -1);
    frame->wire_bytes = door_wire_bytes(zmq_msg_size(message));
    if (zmq_msg_more(message)) {
        skip_rest(door->socket, message);
        return DOOR_E_MALFORMED;
    }
    slice_t bytes = slice(zmq_msg_data(message), zmq_msg_size(message));
    return good_id && msg_unpack(bytes, &frame->envelope) == 0 ? 0 : DOOR_E_MALFORMED;
}

int door_take(door_t *door, door_frame_t *ret_frame)
{
    zmq_msg_t id;
    zmq_msg_init(&id);
    if (zmq_msg_recv(&id, door->socket, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close(&id);
        return DOOR_E_EMPTY;
    }
    ret_frame->fd = -1;
    ret_frame->uid = -1;
    ret_frame->user[0] = '\0';
    ret_frame->wire_bytes = 0;
    ret_frame->routing = routing_of(&id);
    int r = DOOR_E_MALFORMED;
    zmq_msg_init(&ret_frame->message);
    if (zmq_msg_more(&id)) r = take_body(door, ret_frame, ret_frame->routing != 0);
    zmq_msg_close(&id);
    if (r) door_done(ret_frame);
    return r;
}

void door_done(door_frame_t *frame)
{
    zmq_msg_close(&frame->message);
}

int door_send_frame(door_t *door, uint32_t routing, zmq_msg_t *frame)
{
    uint8_t id[ROUTING_SIZE] = {0};
    be32_store(id + 1, routing);
    // MANDATORY with DONTWAIT: the id's part fails when the connection is gone or full, and then nothing was
    // sent.
    if (zmq_send(door->socket, id, sizeof id, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) return -errno;
    return zmq_msg_send(frame, door->socket, ZMQ_DONTWAIT) < 0 ? -errno : 0;
}

int door_send(door_t *door, uint32_t routing, const envelope_t *envelope, const ProtobufCMessage *body)
{
    zmq_msg_t frame;
    if (body)
        msg_pack_with(envelope, body, &frame);
    else
        msg_pack(envelope, &frame);
    int r = door_send_frame(door, routing, &frame);
    if (r) zmq_msg_close(&frame);
    return r;
}
