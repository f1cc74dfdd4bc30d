// SPDX-License-Identifier: Apache-2.0
// Connections from outside, by their descriptor: from accept(2) until they are gone. Every one has a deadline
// until it has said who it is, so that half-open and idle ones cannot pile up.
#pragma once
#include "common/node.h"
#include <sys/socket.h>

typedef struct connection {
    int fd;
    struct sockaddr_storage address; // of the other end: tells whether fd is still this connection
    uint32_t routing;                // 0: nothing was heard yet
    uint64_t deadline_ms;            // ended then; moves on while the peer is heard
    uint64_t ping_ms;                // when to ask a greeted child again
    uint64_t taken_bytes;            // bytes of complete messages that we took
    bool ending;                     // takes nothing in any more; sends out what waits until its deadline
    // once the peer has proved who it is and greeted
    bool greeted;
    uint8_t key[NODE_KEY_SIZE];
    uint32_t label;     // of a child; 0 for an invitation
    char principal[96]; // "node:PATH", "invite:KEY"
} connection_t;

typedef struct connections {
    connection_t **by_fd;
    size_t room;
    size_t n;
} connections_t;

void connections_clear(connections_t *all);

// A new connection; one that still has this descriptor is forgotten first (its owner was told by then).
// NULL when the other end is gone already.
connection_t *connections_add(connections_t *all, int fd, uint64_t deadline_ms);
connection_t *connections_get(const connections_t *all, int fd);
void connections_remove(connections_t *all, int fd);

// Shuts the TCP connection down if the descriptor is still this connection's. libzmq sees it end and closes
// it.
void connection_shutdown(const connection_t *connection);

// Did more than this come in over TCP that was not taken as part of a complete message, so that libzmq may
// hold it? False when the system does not tell. Asked twice a second of thousands: one system call.
bool connection_is_greedy(const connection_t *connection, uint64_t unread_max);
