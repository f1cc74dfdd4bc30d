// SPDX-License-Identifier: Apache-2.0
// libzmq's descriptor of a socket is readable while commands wait for it, not messages: what a send met on
// its way shows only in ZMQ_EVENTS. So each socket is asked once, and then waited for.
#include "common/base/wait.h"
#include <assert.h>
#include <poll.h>
#include <stdbool.h>

static int descriptor(void *socket)
{
    int fd = -1;
    size_t size = sizeof fd;
    zmq_getsockopt(socket, ZMQ_FD, &fd, &size);
    return fd;
}

static bool has_input(void *socket)
{
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLIN) != 0;
}

void wait_for_input(zmq_pollitem_t *items, int n, long timeout_ms)
{
    struct pollfd fds[WAIT_ITEMS];
    bool any = false;
    assert(n <= WAIT_ITEMS);
    for (int i = 0; i < n; i++) {
        void *socket = items[i].socket;
        items[i].revents = socket != NULL && has_input(socket) ? ZMQ_POLLIN : 0;
        any |= items[i].revents != 0;
        fds[i] = (struct pollfd){.fd = socket != NULL ? descriptor(socket) : items[i].fd, .events = POLLIN};
    }
    if (poll(fds, (nfds_t)n, any ? 0 : (int)timeout_ms) <= 0) return;
    for (int i = 0; i < n; i++)
        if (fds[i].revents != 0) items[i].revents = ZMQ_POLLIN;
}
