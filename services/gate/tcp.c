// SPDX-License-Identifier: Apache-2.0
// What libzmq does not ask or tell the system about a TCP connection.
#include "services/gate/tcp.h"
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

uint64_t tcp_bytes_received(int fd)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    socklen_t needed = offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) || size < needed) return 0;
    return info.tcpi_bytes_received;
}

uint64_t tcp_bytes_acked(int fd)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    socklen_t needed = offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) || size < needed) return 0;
    return info.tcpi_bytes_acked;
}

void tcp_retry_steadily(int fd)
{
    int one = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, &one, sizeof one); // slower, if it is refused
}
