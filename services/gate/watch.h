// SPDX-License-Identifier: Apache-2.0
// Which TCP connections receive: a frame that does not end, and a message of endless frames, reach the gate
// only when they are complete, so that libzmq may pile up what nobody sees. An epoll of our own tells that
// something came on a quiet line, once; while more comes the line is looked at every WATCH_MS. Quiet lines
// cost nothing.
#pragma once
#include "common/base/util.h"

enum { WATCH_MS = 50 };

typedef struct watched {
    int fd;
    uint64_t seen;
} watched_t;

typedef struct watch {
    int epoll;
    watched_t *lively;
    size_t n, room;
    uint64_t next_ms; // when lively ones are looked at
} watch_t;

int watch_open(watch_t *watch); // 0 or -errno
void watch_close(watch_t *watch);

// libzmq closes descriptors, and takes them out of here by that.
void watch_add(watch_t *watch, int fd);

// The descriptor to poll for input; -1 while the time alone says when to look.
int watch_poll_fd(const watch_t *watch);
uint64_t watch_due_ms(const watch_t *watch, uint64_t now_ms); // UINT64_MAX: not by time

// Looks at a connection; returns how many bytes have come over it in all, 0 when it is of no interest.
typedef uint64_t watch_fn(void *arg, int fd);
void watch_look(watch_t *watch, uint64_t now_ms, watch_fn *look, void *arg);
