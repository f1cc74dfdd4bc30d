// SPDX-License-Identifier: Apache-2.0
// What a service has taken off its socket and not decided yet: people first, and no neighbour's messages
// before all others'.
//
// Everything that the gate gives is taken in at once, so that a request or a quiet neighbour's record never
// stands in a queue behind what a loud one sent: the gate bounds what each may have here (MSG_TAKEN). A turn
// then decides, in one transaction: pulls, all requests, and of the rest for as long as a turn may last and
// nobody asks. Who has had less time goes first; each sender's own messages stay in order.
#pragma once
#include "common/node/msg.h"

enum {
    INTAKE_ENVELOPES = 4096, // and as many frames
    INTAKE_BYTES = 32 * 1024 * 1024,
    INTAKE_REQUESTS = 512,       // of one turn: bounds its memory and the time their askers wait
    INTAKE_SHARE_US = 15 * 1000, // of a sender before another one's turn; one message in any case
    INTAKE_PULLS_US = 40 * 1000, // a turn begins no pull after this time
    INTAKE_TURN_US = 80 * 1000,  // and nothing but requests after this
    INTAKE_UNTOLD = 512 * 1024,  // of what was done, before the gate must hear of it
};

typedef struct intake intake_t;

// Receives a frame without waiting; false: none is there.
typedef bool intake_receive_fn(void *arg, zmq_msg_t *frame);

intake_t *intake_new(uint64_t (*clock_us)(void), intake_receive_fn *receive, void *arg);
void intake_destroy(intake_t **in_p);

// Takes what is there and finds room. Frames that cannot be read are dropped.
void intake_take(intake_t *in);
bool intake_waits(const intake_t *in); // is anything to be decided?

// Decides one envelope: 0, or -errno, which ends the turn.
typedef int intake_decide_fn(void *arg, const envelope_t *envelope);
int intake_turn(intake_t *in, intake_decide_fn *decide, void *arg);
// A turn of some requests alone; false from choose: not that one.
typedef bool intake_choose_fn(const envelope_t *envelope);
bool intake_has(const intake_t *in, intake_choose_fn *choose);
int intake_turn_of(intake_t *in, intake_choose_fn *choose, intake_decide_fn *decide, void *arg);
// Of a decide function: the envelope said nothing that can be understood. Its sender's gate hears of it.
void intake_waste(intake_t *in);
// Calls `each` for what this turn decided, or began to, in order of arrival.
typedef void intake_each_fn(void *arg, const envelope_t *envelope);
void intake_decided(const intake_t *in, intake_each_fn *each, void *arg);
// Ends the turn: what it decided is forgotten and counts as done.
void intake_done(intake_t *in);

// What was done and the gate was not told; sum of bytes, by the measure of share_cost.
size_t intake_untold(const intake_t *in);
// The message that tells it, as a frame; the caller owns it. Told once it is sent: then call intake_told.
void intake_tell(const intake_t *in, uint32_t service, zmq_msg_t *ret_frame);
void intake_told(intake_t *in);
