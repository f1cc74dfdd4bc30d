// SPDX-License-Identifier: Apache-2.0
// The children's door: a CURVE ROUTER on the node's `listen` endpoint, and who is behind each connection.
//
// Only keys of the registry's table get this far (zap.h). Still each connection is checked again when it
// greets, has to greet in time, to be heard, and to complete what it sends; a newer connection of the same
// child ends the older one.
#pragma once
#include "services/gate/connections.h"
#include "services/gate/door.h"
#include "services/gate/keys.h"
#include "services/gate/settings.h"

typedef struct peers peers_t;

// Called when a child's link came up or went down. It may send, but not end connections. row: of its key,
// NULL when the table has it no more.
typedef void peers_changed_fn(void *arg, uint32_t label, key_entry_t *row, bool up);

// A copy of this child was turned away, or has not been seen for long.
typedef void peers_cloned_fn(void *arg, uint32_t label, bool cloned);

typedef struct peers_setup {
    void *context;
    const char *listen;
    const node_keys_t *keys;
    const gate_settings_t *settings;
    size_t most;    // connections: of the settings, as far as descriptors allow
    size_t at_once; // that the system may hold for us before they are counted
    keys_t *table;
    counters_t *counters;
    peers_changed_fn *changed;
    peers_cloned_fn *cloned; // NULL: nobody wants to know
    void *arg;
} peers_setup_t;

// Binds. The ZAP handler must be there already. What the setup points to must outlive the peers.
// Returns 0 or negative errno (-EINVAL also: this libzmq does not know ZAP_ENFORCE_DOMAIN, so it must not
// listen).
int peers_open(const peers_setup_t *setup, peers_t **ret_peers);
void peers_close(peers_t **peers);

// Stops taking connections until peers_listen, on the same port. While the registry has not said who may
// come, a refused connection is tried again at once; a handshake without an answer would hold a child up for
// many seconds.
int peers_pause(peers_t *peers);
int peers_listen(peers_t *peers);

// Where it listens really, with the port that the system chose for "*".
const char *peers_endpoint(const peers_t *peers);

enum { PEERS_ITEMS = 3 };
// read: also whether messages wait.
void peers_poll_items(const peers_t *peers, bool read, zmq_pollitem_t ret_items[static PEERS_ITEMS]);
uint64_t peers_due_ms(const peers_t *peers, uint64_t now_ms); // until peers_tick has something to do
void peers_tick(peers_t *peers, uint64_t now_ms);

// Takes one envelope that goes beyond the gates: a child's, or an invitation's MSG_JOIN. *ret_from says
// whose; both live until the next call. Greetings and pings are handled inside; what may not be sent is
// dropped, counted and logged once. False: none waits.
bool peers_take(peers_t *peers, envelope_t *ret_envelope, const connection_t **ret_from, uint64_t now_ms);

// What came of a child could not be used, by its own fault: too much of that, and it is shut out for a while.
void peers_wasted(peers_t *peers, uint32_t label, size_t bytes, uint64_t now_ms);

// Tells the children with the next ping, which is due at once when it has changed, which services give no
// answer.
void peers_say(peers_t *peers, uint8_t silent, uint64_t now_ms);
// Sends to the child's present connection. 0, -EAGAIN (full), -EHOSTUNREACH (not up).
int peers_send(peers_t *peers, uint32_t label, const envelope_t *envelope);
// Sends to one connection, by its routing number: the answer to a join, after which the connection is ended.
int peers_answer(peers_t *peers, uint32_t routing, const envelope_t *envelope, uint64_t now_ms);

// Ends every connection whose key no longer says what it said. Call after each change of the table.
void peers_enforce(peers_t *peers, uint64_t now_ms);
