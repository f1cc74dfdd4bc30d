// SPDX-License-Identifier: Apache-2.0
// The link to the parent: a DEALER that is made anew for every try, driven by link_core.
//
// libzmq would reconnect by itself, but without backoff after a refused handshake and in step with all other
// children; so it is told never to, and every failure ends the socket.
#pragma once
#include "common/node/msg.h"
#include "common/node/node.h"
#include "services/gate/link_core.h"
#include "services/gate/settings.h"

typedef struct link link_t;

// Called when the link came up or went down.
typedef void link_changed_fn(void *arg, bool up);

// Nothing is connected before link_tick. The context must outlive the link.
link_t *link_new(void *context, const node_parent_t *parent, const node_keys_t *keys,
                 const gate_settings_t *settings, link_changed_fn *changed, void *arg);
void link_destroy(link_t **link);

// What to poll: 0, or LINK_ITEMS items written to ret_items, first the sockets'. read: also whether messages
// wait.
enum { LINK_ITEMS = 3 };
int link_poll_items(const link_t *link, bool read, zmq_pollitem_t ret_items[static LINK_ITEMS]);
// Milliseconds until link_tick has something to do.
uint64_t link_due_ms(const link_t *link, uint64_t now_ms);
// Timers and events of the connection.
void link_tick(link_t *link, uint64_t now_ms);

// Takes one envelope that the services should see; the gates' own are handled inside. `ret_envelope->body`
// lives until the next call. False: none waits. Counts what is malformed.
bool link_take(link_t *link, envelope_t *ret_envelope, counters_t *counters, uint64_t now_ms);

// Tells the parent with the next ping, which is due at once when it has changed, which services give no
// answer.
void link_say(link_t *link, uint8_t silent, uint64_t now_ms);
// Sends without waiting. 0, -EAGAIN (full), or -EHOSTUNREACH (not up).
int link_send(link_t *link, const envelope_t *envelope);

typedef struct link_view {
    const char *state; // up, down, refused, clone
    uint64_t since_ms; // monotonic
    int64_t rtt_us;    // -1: not measured
    const char *version;
    uint8_t silent; // services of the parent that give no answer, bits by number
    // code of a fault and, where they were said, the parent's words: why it does not let us in. "": nothing
    // is known
    const char *reason, *words;
} link_view_t;

link_view_t link_view(const link_t *link);
