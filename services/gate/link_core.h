// SPDX-License-Identifier: Apache-2.0
// The link to the parent as a state machine: no socket, no clock, no chance of its own. README.md has its
// table.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef enum link_state {
    LINK_WAITING,    // no connection; tried again at the deadline
    LINK_CONNECTING, // TCP and CURVE
    LINK_GREETING,   // both keys are proved; HELLO is sent, WELCOME awaited
    LINK_UP,
} link_state_t;

typedef enum link_event {
    LINK_EV_TIMER,     // the deadline may have passed
    LINK_EV_REACHED,   // TCP is connected
    LINK_EV_HANDSHAKE, // the keys are proved
    LINK_EV_REFUSED,   // the parent does not admit our key
    LINK_EV_LOST,      // the connection is gone, or could not be made
    LINK_EV_WELCOMED,  // the parent's gate answered
    LINK_EV_HEARD,     // anything came from the parent
} link_event_t;

typedef enum link_action {
    LINK_DO_NOTHING,
    LINK_DO_CONNECT, // make a new socket and connect it
    LINK_DO_GREET,   // send HELLO
    LINK_DO_OPEN,    // tell the services that the parent is there
    LINK_DO_CLOSE,   // close the socket; tell the services if it was up
} link_action_t;

typedef struct link_times {
    uint64_t connect_ms; // for TCP and the handshake
    uint64_t greeting_ms;
    uint64_t silence_ms;
    uint64_t backoff_base_ms; // the parent may ask for another one: link_core_t
    uint64_t backoff_max_ms;
} link_times_t;

enum {
    LINK_STEADY_MS =
        1000, // up for this long: the next failure is a first one. Lines may be cut again and again
    LINK_AWAY_PART = 16, // the longest wait is at least this part of the time without a link
};

typedef struct link_core {
    link_state_t state;
    uint64_t deadline_ms; // when to give LINK_EV_TIMER
    uint64_t since_ms;    // when it last went up, or down
    uint64_t away_ms;     // since when there is no link
    uint64_t return_ms;   // the first wait that the parent asked for when it last greeted; 0: none
    unsigned failures;    // in a row, of tries that reached the parent
    bool reached;         // this try did
    bool refused;         // the last try ended with a refusal
} link_core_t;

// Waiting, to be tried at once.
link_core_t link_core_start(uint64_t now_ms);

// One event at `now_ms`; `random` is a fresh uniform number, used when a wait begins. Returns what to do.
// An event that the state does not expect changes nothing.
link_action_t link_core_step(link_core_t *core, const link_times_t *times, link_event_t event,
                             uint64_t now_ms, uint32_t random);

// "up", "down" or "refused", as the view of links says it.
const char *link_core_word(const link_core_t *core);
