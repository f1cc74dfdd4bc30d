// SPDX-License-Identifier: Apache-2.0
// What the system knows about a TCP connection. By itself, because <linux/tcp.h> and the C library's own
// header of that name cannot be included together, and only the former has the count of bytes.
#pragma once
#include <stdint.h>

// Bytes that came in over the connection and were acknowledged, since its beginning; 0 when the system does
// not tell.
uint64_t tcp_bytes_received(int fd);
