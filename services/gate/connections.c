// SPDX-License-Identifier: Apache-2.0
// Connections from outside, by their descriptor.
#include "services/gate/connections.h"
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

void connections_remove(connections_t *all, int fd)
{
    connection_t *connection = connections_get(all, fd);
    if (!connection) return;
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
    size_t room = 2 * fd + 64;
    all->by_fd = xrealloc(all->by_fd, room * sizeof *all->by_fd);
    memset(all->by_fd + all->room, 0, (room - all->room) * sizeof *all->by_fd);
    all->room = room;
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

bool connection_is_greedy(const connection_t *connection, uint64_t unread_max)
{
    uint64_t received = tcp_bytes_received(connection->fd);
    return received > connection->taken_bytes && received - connection->taken_bytes > unread_max &&
           is_still(connection);
}
