// SPDX-License-Identifier: Apache-2.0
// Envelopes on their way between a gate and a service of its node. Small ones of one turn of the loop leave
// in one frame, MSG_BUNDLE: each frame wakes two threads and costs some ten system calls, ten times what is
// done with a small envelope.
//
//   bundle    an Envelope whose body is: size (4, big-endian) | Envelope | size | Envelope | ...
#pragma once
#include "common/node/msg.h"

enum {
    BUNDLE_BYTES = 64 * 1024, // a frame is closed when it has so many
    BUNDLE_ALONE = 8 * 1024,  // envelopes above it have a frame of their own
    BUNDLE_ENVELOPES = 256,   // of one frame, at most
};

typedef struct outgoing {
    uint32_t from, to; // services, as in an envelope
    zmq_msg_t *frames; // closed
    size_t n, room;
    uint8_t *bundle; // the open one
    size_t size, bundle_room, count;
} outgoing_t;

// Adds an envelope; `body` is its body unless NULL. What is added first leaves first.
void outgoing_add(outgoing_t *out, const envelope_t *envelope, const ProtobufCMessage *body);

// Sends a frame without keeping it otherwise: true when it was taken.
typedef bool outgoing_send_fn(void *arg, zmq_msg_t *frame);
// Sends all and is empty; frames that were not taken are lost.
void outgoing_flush(outgoing_t *out, outgoing_send_fn *send, void *arg);
// Nothing of it leaves.
void outgoing_drop(outgoing_t *out);
void outgoing_clear(outgoing_t *out); // frees its memory, too

// What a gate gives to a service on behalf of one sender is bounded until the service says that it has done
// with it (MSG_TAKEN). Both ends count alike: a small envelope costs more than its bytes.
enum { SHARE_ENVELOPE = 4096 };
// False: the gate's own word, which does not count.
bool share_counts(const envelope_t *envelope);
// Whom an envelope from the gate to a service is counted for: a neighbour's label, a service's number, 0
// callers, SERVICE_GATE joining nodes.
uint32_t share_of(const envelope_t *envelope);
size_t share_cost(const envelope_t *envelope);

// Takes the next envelope off a bundle's body. 0; 1 at its end; -EBADMSG: it is none, and nothing of the rest
// can be read.
int bundle_next(slice_t *rest, envelope_t *ret_envelope);
