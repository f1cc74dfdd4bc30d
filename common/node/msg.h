// SPDX-License-Identifier: Apache-2.0
// The envelope as a plain struct, and its bytes (proto/envelope.proto).
// Reading allocates nothing and bounds everything: these are the first bytes that a stranger can choose.
#pragma once
#include "common/base/util.h"
#include <protobuf-c/protobuf-c.h>
#include <zmq.h>

enum {
    MAX_BODY = 1024 * 1024,           // one message; a feed's batch is far smaller
    MAX_FRAME = MAX_BODY + 64 * 1024, // with envelope and CURVE's 33 bytes; every socket's ZMQ_MAXMSGSIZE
    PRINCIPAL_MAX = 127,
    ROUTE_MAX = 32,
    ACCOUNT_MAX = 64,   // CODE_MAX of proto/kind.h
    MSG_HEAD_MAX = 320, // bytes of an envelope before its body, at most
};

// A principal that begins so is the node's console, which speaks for accounts.
#define PRINCIPAL_CONSOLE "console:"

typedef struct envelope {
    uint32_t type; // enum message of proto/message.h, or a number that we do not know
    uint32_t to;   // enum service
    uint32_t from; // enum service
    uint32_t peer; // PEER_ or a child's label
    uint64_t call;
    char principal[PRINCIPAL_MAX + 1]; // printable ASCII
    uint8_t route[ROUTE_MAX];
    size_t route_size;
    char account[ACCOUNT_MAX + 1]; // UTF-8; "": none
    slice_t body;                  // belongs to the frame that it was read from, or to the sender
} envelope_t;

// Outcomes of msg_unpack.
enum {
    MSG_E_MALFORMED = 1, // not an envelope: cut short, doubled or ill-typed fields, field 0, bytes left over
    MSG_E_PROTOCOL,      // of another protocol version, or of none
    MSG_E_TOO_BIG,       // principal, route, body or frame beyond its bound
};

// Reads an envelope. ret_envelope->body points into bytes. Fields with numbers above ours are skipped when
// well-formed. Returns 0 or MSG_E_; *ret_envelope is written only on 0.
int msg_unpack(slice_t bytes, envelope_t *ret_envelope);

// The exact size of the packed envelope.
size_t msg_size(const envelope_t *envelope);

// Makes the frame of an envelope; body must not exceed MAX_BODY (asserted: we made it).
// The caller owns *ret_frame: zmq_msg_send or zmq_msg_close it.
void msg_pack(const envelope_t *envelope, zmq_msg_t *ret_frame);

// What stands before the body's bytes, for a body of envelope->body.size, which is not read. buf of
// MSG_HEAD_MAX bytes; returns how many of them.
size_t msg_head(const envelope_t *envelope, uint8_t *buf);

// The same with `body` as the body, packed straight into the frame; envelope->body is ignored. NULL body =
// empty.
void msg_pack_with(const envelope_t *envelope, const ProtobufCMessage *body, zmq_msg_t *ret_frame);

// msg_pack_with and a non-blocking zmq_msg_send of the one frame on a DEALER. Returns 0, or negative errno
// (-EAGAIN: full or nobody there). Nothing is kept.
int msg_send(void *socket, const envelope_t *envelope, const ProtobufCMessage *body);

// Unpacks a body with memory bounded to 16 times its size + 64 KiB, at most 16 MiB. NULL when malformed or
// over that bound. Free with msg_body_free(&body).
void *msg_body_unpack(const ProtobufCMessageDescriptor *descriptor, slice_t body);
// Takes the address of the message pointer, of any message type; NULL inside is allowed. Usable with AUTO().
void msg_body_free(void *pointer_to_pointer);
