// SPDX-License-Identifier: Apache-2.0
// A door: one ROUTER with its monitor. Reads envelopes with who sent them, sends without ever waiting.
//
// The first frames of strangers come through here, so everything is checked and nothing is kept: a sender
// that chose its own routing id, or sent anything but one frame with one envelope, is answered with silence
// and a named outcome.
#pragma once
#include "common/node/msg.h"

typedef struct door {
    void *socket;
    void *monitor; // PAIR with the socket's events; read it before trusting a descriptor's number
} door_t;

enum { DOOR_USER_MAX = 64 };

// Threads of libzmq: neighbours' bytes are decrypted in one of their own, so that a request of the node's
// people never waits for that.
enum { DOOR_THREADS = 2, DOOR_INSIDE = 1, DOOR_OUTSIDE = 2 }; // sockets' ZMQ_AFFINITY

typedef struct door_frame {
    uint32_t routing;             // libzmq's own number of the connection, never of two connections
    int fd;                       // its socket; the number is reused by later connections
    char user[DOOR_USER_MAX + 1]; // User-Id that our ZAP handler gave: hex of the key; empty on a local door
    int64_t uid;                  // of the process behind a local socket; -1 when unknown
    bool console;                 // of a local door: the node's console, which may speak for accounts
    size_t wire_bytes;            // what the frame took on a CURVE connection
    envelope_t envelope;          // its body points into `message`
    zmq_msg_t message;
} door_frame_t;

// What a frame of so many bytes takes on a CURVE connection.
size_t door_wire_bytes(size_t size);

// Outcomes of door_take.
enum {
    DOOR_E_EMPTY = 1, // nothing waits; ret_frame is not written
    DOOR_E_MALFORMED, // something came that is no envelope: fd and user say from whom, the rest is not
                      // written
};

// Makes the ROUTER and its monitor, unbound, with all bounds set. `name` names the monitor's inproc endpoint;
// thread: DOOR_INSIDE or DOOR_OUTSIDE. Returns 0 or negative errno. door_close frees what was made, also
// after a failure.
int door_open(door_t *door, void *context, const char *name, uint64_t thread);
void door_close(door_t *door);

// Takes one message without waiting. On 0 the caller ends with door_done(ret_frame).
int door_take(door_t *door, door_frame_t *ret_frame);
// The process behind a local socket, as the system named it when it connected; 0 when unknown.
int64_t door_pid(door_frame_t *frame);
void door_done(door_frame_t *frame);

// Sends an envelope, with `body` as the body unless NULL. Returns 0, -EAGAIN (its queue is full) or
// -EHOSTUNREACH (gone).
int door_send(door_t *door, uint32_t routing, const envelope_t *envelope, const ProtobufCMessage *body);

// The same for a frame that is packed; it stays the caller's unless 0 is returned.
int door_send_frame(door_t *door, uint32_t routing, zmq_msg_t *frame);

// Has the socket served by one of the threads, where the context has so many. 0 or -1 with errno.
int door_thread(void *context, void *socket, uint64_t thread);

typedef struct door_event {
    unsigned event; // ZMQ_EVENT_
    int value;      // a descriptor, or an error code
} door_event_t;

// The next event of a monitor socket; false: none waits.
bool door_next_event(void *monitor, door_event_t *ret_event);

// Makes the monitor of any socket. Returns NULL with errno set.
void *door_watch(void *context, void *socket, const char *name, int events);
// Ends it; in this order, or libzmq's own thread could wait for ever. Sets *monitor to NULL.
void door_unwatch(void *socket, void **monitor);
