// SPDX-License-Identifier: Apache-2.0
// Connections from outside, by their descriptor: from accept(2) until they are gone. Every one has a deadline
// until it has said who it is, so that half-open and idle ones cannot pile up.
#pragma once
#include "common/node/node.h"
#include <sys/socket.h>

typedef struct connection {
    int fd;
    struct sockaddr_storage address; // of the other end: tells whether fd is still this connection
    uint32_t routing;                // 0: nothing was heard yet
    uint64_t deadline_ms;            // ended then; moves on while the peer is heard
    uint64_t ping_ms;                // when to ask a greeted child again
    uint64_t answered_ms;            // when the last question was asked that it has answered; 0: none
    uint64_t taken_bytes;            // bytes of complete messages that we took
    uint64_t given_bytes;            // to libzmq, to be sent
    uint64_t acked_bytes;            // of these, at the other end when it was looked at last
    bool ending;                     // takes nothing in any more; sends out what waits until its deadline
    // once the peer has proved who it is and greeted
    bool greeted;
    uint8_t key[NODE_KEY_SIZE];
    uint32_t label;     // of a child; 0 for an invitation
    char principal[96]; // "node:PATH", "invite:KEY"
    // among those who have not said who they are, by age
    bool strange;
    struct connection *older, *newer;
} connection_t;

typedef struct connections {
    connection_t **by_fd;
    size_t room;
    size_t n;
    connection_t *oldest, *newest; // strangers
    size_t n_strangers;
} connections_t;

void connections_clear(connections_t *all);

// A new connection; one that still has this descriptor is forgotten first (its owner was told by then).
// NULL when the other end is gone already.
connection_t *connections_add(connections_t *all, int fd, uint64_t deadline_ms);
connection_t *connections_get(const connections_t *all, int fd);
void connections_remove(connections_t *all, int fd);

// Makes it the connection of this descriptor, outside of any table. False when the other end is gone already.
bool connection_is(connection_t *connection, int fd);

// It has said who it is, or is being ended: it is no stranger any more.
void connections_know(connections_t *all, connection_t *connection);
// The stranger that makes room for the newest one: of the oldest that which has sent least, of the newest
// one's network when that has `share` of them, else of all. NULL: there is no other.
connection_t *connections_pick(const connections_t *all, size_t share);

// Shuts the TCP connection down if the descriptor is still this connection's. libzmq sees it end and closes
// it.
void connection_shutdown(const connection_t *connection);

// How much came over TCP; 0 when the system does not tell, or its descriptor is another connection's.
uint64_t connection_received(const connection_t *connection);
// May libzmq take so much more to be sent? False when more than unsent_max wait already.
bool connection_has_room(connection_t *connection, uint64_t unsent_max);
