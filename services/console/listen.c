// SPDX-License-Identifier: Apache-2.0
#include "services/console/listen.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 64 };

typedef union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} address_t;

typedef struct place {
    address_t address;
    socklen_t size;
    char host[48];
} place_t;

static bool is_loopback(const place_t *place)
{
    if (place->address.any.sa_family == AF_INET)
        return place->address.v4.sin_addr.s_addr == htonl(INADDR_LOOPBACK);
    return IN6_IS_ADDR_LOOPBACK(&place->address.v6.sin6_addr) != 0;
}

static bool read_place(const char *listen, place_t *place)
{
    char host[48] = "";
    const char *colon = strrchr(listen, ':');
    int64_t port;
    if (colon == NULL || (size_t)(colon - listen) >= sizeof host || !int_parse(colon + 1, 0, 65535, &port))
        return false;
    memcpy(host, listen, (size_t)(colon - listen));
    *place = (place_t){.size = sizeof place->address.v4};
    strcpy(place->host, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host);
    size_t n = strlen(host);
    if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = '\0';
        place->size = sizeof place->address.v6;
        place->address.v6.sin6_family = AF_INET6;
        place->address.v6.sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host + 1, &place->address.v6.sin6_addr) == 1;
    }
    place->address.v4.sin_family = AF_INET;
    place->address.v4.sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, place->host, &place->address.v4.sin_addr) == 1;
}

static int open_at(const place_t *place)
{
    int fd = socket(place->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &place->address.any, place->size) == 0 && listen(fd, BACKLOG) == 0) return fd;
    int error = errno;
    close(fd);
    return -error;
}

static void write_url(const char *scheme, const char *host, uint16_t port, char ret_url[static LISTEN_URL])
{
    bool bare = strchr(host, ':') != NULL && host[0] != '[';
    snprintf(ret_url, LISTEN_URL, "%s://%s%s%s:%u", scheme, bare ? "[" : "", host, bare ? "]" : "", port);
}

void listen_url(const console_names_t *names, uint16_t port, char ret_url[static LISTEN_URL])
{
    write_url("https", names->names[0], port, ret_url);
}

// A node made in a browser has its console where that browser is already.
static int open_handed(const char *listen, const console_names_t *names, place_t *place)
{
    place_t there = {.size = sizeof there.address};
    AUTO(xclose) int handed = console_socket_take();
    if (handed < 0 || names->n > 0 || getsockname(handed, &there.address.any, &there.size) != 0) return -1;
    bool loopback = there.address.any.sa_family == AF_INET && is_loopback(&there);
    bool same = place->address.any.sa_family == AF_INET && is_loopback(place) &&
                there.address.v4.sin_port == place->address.v4.sin_port;
    if (!loopback || (!same && strcmp(listen, CONSOLE_LISTEN) != 0)) return -1;
    int fd = handed;
    handed = -1;
    return fd;
}

int listen_open(const char *listen, const console_names_t *names, int *ret_fd, uint16_t *ret_port,
                char ret_url[static LISTEN_URL], why_t *why)
{
    place_t place;
    if (!read_place(listen, &place)) {
        why_set(why, _("`listen` of section console: '%s' is not HOST:PORT, e.g. 127.0.0.1:7780"), listen);
        return -1;
    }
    if (!is_loopback(&place) && names->n == 0) {
        why_set(
            why,
            _("`listen` of section console: %s is open to other computers, where names and passwords would "
              "travel unguarded. Without TLS only 127.0.0.1 and [::1] are served; TLS comes with `names`, by "
              "which the others call this computer"),
            place.host);
        return -1;
    }
    int fd = open_handed(listen, names, &place);
    if (fd < 0) fd = open_at(&place);
    if (fd == -EADDRINUSE && strcmp(listen, CONSOLE_LISTEN) == 0) {
        place.address.v4.sin_port = 0;
        fd = open_at(&place);
    }
    socklen_t size = sizeof place.address;
    if (fd < 0 || getsockname(fd, &place.address.any, &size) != 0) {
        why_set(why, _("the console cannot listen on %s: %s"), listen, system_error(fd < 0 ? -fd : errno));
        return -1;
    }
    *ret_fd = fd;
    *ret_port = ntohs(place.address.v4.sin_port); // at the same place in both
    if (names->n > 0)
        listen_url(names, *ret_port, ret_url);
    else
        write_url("http", place.host, *ret_port, ret_url);
    return 0;
}
