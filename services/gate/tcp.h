// SPDX-License-Identifier: Apache-2.0
// What libzmq does not ask or tell the system about a TCP connection. By itself, because <linux/tcp.h> and
// the C library's own header of that name cannot be included together, and only the former has the count of
// bytes.
#pragma once
#include <stdint.h>

// Bytes that came in over the connection and were acknowledged, since its beginning; 0 when the system does
// not tell.
uint64_t tcp_bytes_received(int fd);
// Bytes that went out and were acknowledged by the other end; 0 as above.
uint64_t tcp_bytes_acked(int fd);

// With few packets under way, one that is lost again and again is sent again after the same time, six times,
// instead of twice the time each: on a line that loses every fifth packet the doubling costs a minute now and
// then. Without effect on anything but TCP.
void tcp_retry_steadily(int fd);
