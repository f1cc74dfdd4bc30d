// SPDX-License-Identifier: Apache-2.0
// Connections from outside, by their descriptor.
#include "services/gate/connections.h"
#include "common/base/vec.h"
#include "services/gate/tcp.h"
#include <netinet/in.h>
#include <stdlib.h>

void connections_clear(connections_t *all)
{
    for (size_t fd = 0; fd < all->room; fd++) free(all->by_fd[fd]);
    free(all->by_fd);
    *all = (connections_t){0};
}

connection_t *connections_get(const connections_t *all, int fd)
{
    return fd >= 0 && (size_t)fd < all->room ? all->by_fd[fd] : NULL;
}

void connections_know(connections_t *all, connection_t *connection)
{
    if (!connection->strange) return;
    connection->strange = false;
    all->n_strangers--;
    *(connection->older ? &connection->older->newer : &all->oldest) = connection->newer;
    *(connection->newer ? &connection->newer->older : &all->newest) = connection->older;
}

static void add_stranger(connections_t *all, connection_t *connection)
{
    connection->strange = true;
    connection->older = all->newest;
    *(all->newest ? &all->newest->newer : &all->oldest) = connection;
    all->newest = connection;
    all->n_strangers++;
}

void connections_remove(connections_t *all, int fd)
{
    connection_t *connection = connections_get(all, fd);
    if (!connection) return;
    connections_know(all, connection);
    all->by_fd[fd] = NULL;
    all->n--;
    free(connection);
}

static bool read_address(int fd, struct sockaddr_storage *ret_address)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    if (getpeername(fd, (struct sockaddr *)&address, &size)) return false;
    *ret_address = address;
    return true;
}

static void make_room(connections_t *all, size_t fd)
{
    if (fd < all->room) return;
    size_t before = all->room;
    vec_reserve(all->by_fd, all->room, fd + 1);
    memset(all->by_fd + before, 0, (all->room - before) * sizeof *all->by_fd);
}

bool connection_is(connection_t *connection, int fd)
{
    *connection = (connection_t){.fd = -1};
    if (fd >= 0 && read_address(fd, &connection->address)) connection->fd = fd;
    return connection->fd >= 0;
}

connection_t *connections_add(connections_t *all, int fd, uint64_t deadline_ms)
{
    connections_remove(all, fd);
    struct sockaddr_storage address;
    if (fd < 0 || !read_address(fd, &address)) return NULL;
    make_room(all, (size_t)fd);
    connection_t *connection = xcalloc(1, sizeof *connection);
    connection->fd = fd;
    connection->address = address;
    connection->deadline_ms = deadline_ms;
    all->by_fd[fd] = connection;
    all->n++;
    add_stranger(all, connection);
    return connection;
}

static bool same_address(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    if (a->ss_family != b->ss_family) return false;
    const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
    const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;
    if (a->ss_family == AF_INET)
        return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
    return a->ss_family == AF_INET6 && a6->sin6_port == b6->sin6_port &&
           memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof a6->sin6_addr) == 0;
}

// The number of a closed descriptor is soon another connection's; an address with its port is not.
static bool is_still(const connection_t *connection)
{
    struct sockaddr_storage now;
    return read_address(connection->fd, &now) && same_address(&now, &connection->address);
}

void connection_shutdown(const connection_t *connection)
{
    if (is_still(connection)) shutdown(connection->fd, SHUT_RDWR);
}

uint64_t connection_received(const connection_t *connection)
{
    return is_still(connection) ? tcp_bytes_received(connection->fd) : 0;
}

bool connection_has_room(connection_t *connection, uint64_t unsent_max)
{
    if (connection->given_bytes <= connection->acked_bytes + unsent_max / 2) return true;
    connection->acked_bytes = tcp_bytes_acked(connection->fd);
    return connection->given_bytes <= connection->acked_bytes + unsent_max;
}

// --- who makes room

enum { CANDIDATES = 16 }; // of the oldest

// Who is proving a key has sent something; who only holds a place has not.
static connection_t *least_said(connection_t **candidates, size_t n)
{
    size_t best = 0;
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < n && least > 0; i++) {
        uint64_t said = tcp_bytes_received(candidates[i]->fd);
        if (said < least) {
            least = said;
            best = i;
        }
    }
    return candidates[best];
}

// An address with IPv4 inside is that; of IPv6 the network counts, since a host has as many addresses as it
// likes.
static bool same_network(const connection_t *a, const connection_t *b)
{
    const struct sockaddr_in *a4 = (const void *)&a->address, *b4 = (const void *)&b->address;
    const struct sockaddr_in6 *a6 = (const void *)&a->address, *b6 = (const void *)&b->address;
    if (a->address.ss_family != b->address.ss_family) return false;
    if (a->address.ss_family == AF_INET) return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
    size_t bytes = IN6_IS_ADDR_V4MAPPED(&a6->sin6_addr) ? sizeof a6->sin6_addr : 8;
    return memcmp(&a6->sin6_addr, &b6->sin6_addr, bytes) == 0;
}

connection_t *connections_pick(const connections_t *all, size_t share)
{
    const connection_t *newest = all->newest;
    connection_t *mine[CANDIDATES], *any[CANDIDATES];
    size_t n_any = 0, n = 0;
    if (!newest || all->oldest == newest) return NULL;
    for (connection_t *one = all->oldest; one != newest; one = one->newer) {
        if (n_any < CANDIDATES) any[n_any++] = one;
        if (!same_network(one, newest)) continue;
        if (n < CANDIDATES) mine[n] = one;
        n++;
    }
    if (n >= share && n > 0) return least_said(mine, n < CANDIDATES ? n : CANDIDATES);
    return least_said(any, n_any);
}
