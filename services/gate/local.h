// SPDX-License-Identifier: Apache-2.0
// The node's own door, ipc://run/gate: its services and local callers. Whoever may open the socket's file is
// the node's user; the operating system says who exactly.
//
// Nothing is kept of callers: the route in an envelope is their return address. A service is known by its
// HELLO, or by the first message that it sends after a restart of the gate. While its process lives no other
// may have its number.
#pragma once
#include "proto/message.h"
#include "services/gate/door.h"
#include "services/gate/settings.h"
#include "services/gate/shares.h"

typedef struct local local_t;

typedef struct local_hooks {
    void *arg;
    void (*registered)(void *arg, uint32_t service); // it may send
    // An envelope of local_pass could not be handed over; error as of local_send.
    void (*undelivered)(void *arg, uint32_t service, const envelope_t *envelope, int error);
    // A service found that what a neighbour sent says nothing.
    void (*wasted)(void *arg, uint32_t peer, uint64_t bytes);
} local_hooks_t;

// Binds the endpoint, relative to the current directory. Returns 0 or negative errno. The settings must
// outlive it.
int local_open(void *context, const gate_settings_t *settings, counters_t *counters,
               const local_hooks_t *hooks, local_t **ret_local);
void local_close(local_t **local);

void local_poll_items(const local_t *local, zmq_pollitem_t ret_items[static 2]);
// Notices services that went away.
void local_take_events(local_t *local);

// Takes one envelope that is not about the connection itself; HELLO and PING are answered inside.
// *ret_service is the sender, SERVICE_CLI for a caller; *ret_frame lives until the next call. False: none
// waits.
bool local_take(local_t *local, const door_frame_t **ret_frame, uint32_t *ret_service);

// Has it read only a part of what it took?
bool local_holds(const local_t *local);

bool local_has(const local_t *local, uint32_t service);
// Services from which no greeting came for service_silence_ms, bits by number: they hang, or do not run.
uint8_t local_silent(const local_t *local, uint64_t now_ms);

// Leaves with the next local_flush, in one frame with others (common/node/outgoing.h). 0, -EHOSTUNREACH,
// -EDQUOT (its sender has its share of this service's time and memory already) or -EAGAIN (all of them have
// theirs).
int local_pass(local_t *local, uint32_t service, const envelope_t *envelope);
void local_flush(local_t *local);
// Does a service that is at work have as much from outside as there may be? Then neighbours are not read for
// a moment, and their lines hold what they send. One that does not move holds nobody up.
bool local_crowded(const local_t *local, uint64_t now_ms);

// At once, behind what was passed before. 0, -EAGAIN (it does not keep up), -EHOSTUNREACH (not running).
// `body` as for door_send.
int local_send(local_t *local, uint32_t service, const envelope_t *envelope, const ProtobufCMessage *body);
// To the console, which is asked how it is and nothing else. Returns as local_send.
int local_ask_console(local_t *local, const envelope_t *envelope);
int local_answer(local_t *local, uint32_t routing, const envelope_t *envelope, const ProtobufCMessage *body);
