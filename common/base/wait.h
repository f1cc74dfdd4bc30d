// SPDX-License-Identifier: Apache-2.0
// Waiting for sockets and descriptors together.
#pragma once
#include <zmq.h>

enum { WAIT_ITEMS = 12 };

// zmq_poll for ZMQ_POLLIN, with a third of its system calls: a loop that takes one message a turn spends more
// on asking than on the message. revents may also name a socket that turns out to have nothing: takers do not
// wait. At most WAIT_ITEMS items; timeout_ms < 0: no end. An interrupted wait is a short one.
void wait_for_input(zmq_pollitem_t *items, int n, long timeout_ms);
