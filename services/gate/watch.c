// SPDX-License-Identifier: Apache-2.0
#include "services/gate/watch.h"
#include "common/base/vec.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

enum { EVENTS = 64 };

int watch_open(watch_t *watch)
{
    *watch = (watch_t){.epoll = epoll_create1(EPOLL_CLOEXEC)};
    return watch->epoll < 0 ? -errno : 0;
}

void watch_close(watch_t *watch)
{
    xclose(&watch->epoll);
    free(watch->lively);
    *watch = (watch_t){.epoll = -1};
}

static bool arm(const watch_t *watch, int fd, int operation)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = fd};
    return epoll_ctl(watch->epoll, operation, fd, &event) == 0;
}

void watch_add(watch_t *watch, int fd)
{
    if (!arm(watch, fd, EPOLL_CTL_ADD)) (void)arm(watch, fd, EPOLL_CTL_MOD);
}

int watch_poll_fd(const watch_t *watch)
{
    return watch->n == 0 ? watch->epoll : -1;
}

uint64_t watch_due_ms(const watch_t *watch, uint64_t now_ms)
{
    if (watch->n == 0) return UINT64_MAX;
    return watch->next_ms > now_ms ? watch->next_ms - now_ms : 0;
}

static void add_lively(watch_t *watch, int fd)
{
    *vec_add(watch->lively, watch->n, watch->room) = (watched_t){.fd = fd};
}

static void gather(watch_t *watch)
{
    struct epoll_event events[EVENTS];
    int n;
    do {
        n = epoll_wait(watch->epoll, events, EVENTS, 0);
        for (int i = 0; i < n; i++) add_lively(watch, events[i].data.fd);
    } while (n == EVENTS);
}

void watch_look(watch_t *watch, uint64_t now_ms, watch_fn *look, void *arg)
{
    if (watch->n > 0 && now_ms < watch->next_ms) return;
    gather(watch);
    size_t kept = 0;
    for (size_t i = 0; i < watch->n; i++) {
        watched_t one = watch->lively[i];
        uint64_t bytes = look(arg, one.fd);
        if (bytes == 0 || bytes == one.seen) {
            (void)arm(watch, one.fd, EPOLL_CTL_MOD); // fails when it is gone
            continue;
        }
        one.seen = bytes;
        watch->lively[kept++] = one;
    }
    watch->n = kept;
    watch->next_ms = now_ms + WATCH_MS;
}
