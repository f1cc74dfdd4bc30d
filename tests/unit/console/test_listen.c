// SPDX-License-Identifier: Apache-2.0
// A socket that was handed on: only one that listens on this computer alone, and where the node's console may
// be, is used.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "services/console/listen.h"
#include <arpa/inet.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static uint16_t port_of(int fd)
{
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    return ntohs(at.sin_port);
}

static int socket_at(uint32_t address, bool listens)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    if (listens) assert_int_equal(listen(fd, 1), 0);
    return fd;
}

// The port of what comes of it; `fd` is used up, or left to the caller where it was not taken.
static uint16_t opened(const char *listen, const char *names, int fd)
{
    why_t why;
    int own;
    uint16_t port;
    char url[LISTEN_URL];
    console_names_t read;
    assert_int_equal(console_names(names, &read, &why), 0);
    console_socket_hand(fd);
    assert_int_equal(listen_open(listen, &read, &own, &port, url, &why), 0);
    assert_null(getenv(CONSOLE_SOCKET_ENV));
    assert_true((fcntl(own, F_GETFD) & FD_CLOEXEC) != 0);
    assert_int_equal(port, port_of(own));
    close(own);
    return port;
}

static void what_does_not_listen_or_is_no_socket_is_not_used(void **state)
{
    (void)state;
    int silent = socket_at(INADDR_LOOPBACK, false), file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_not_equal(opened("127.0.0.1:0", "", silent), port_of(silent)); // it was not touched
    (void)opened("127.0.0.1:0", "", file);
    assert_int_equal(fcntl(file, F_GETFD), FD_CLOEXEC);
    (void)opened("127.0.0.1:0", "", 9999);
    setenv(CONSOLE_SOCKET_ENV, "three", 1);
    assert_int_equal(console_socket_take(), -1);
    close(silent);
    close(file);
}

static void one_that_others_reach_is_not_used(void **state)
{
    (void)state;
    int wide = socket_at(INADDR_ANY, true);
    uint16_t port = port_of(wide);
    assert_int_not_equal(opened(CONSOLE_LISTEN, "", wide), port);
    assert_int_equal(fcntl(wide, F_GETFD), -1); // and is closed
}

static void one_elsewhere_than_the_node_says_is_not_used(void **state)
{
    (void)state;
    int other = socket_at(INADDR_LOOPBACK, true);
    uint16_t port = port_of(other);
    assert_int_not_equal(opened("127.0.0.1:0", "", other), port);
}

static void under_tls_there_is_none(void **state)
{
    (void)state;
    int plain = socket_at(INADDR_LOOPBACK, true);
    uint16_t port = port_of(plain);
    assert_int_not_equal(opened("127.0.0.1:0", "school.test", plain), port);
}

static void the_console_goes_on_where_the_browser_is(void **state)
{
    char listen[32];
    (void)state;
    int fd = socket_at(INADDR_LOOPBACK, true);
    uint16_t port = port_of(fd);
    assert_int_equal(opened(CONSOLE_LISTEN, "", fd), port);
    fd = socket_at(INADDR_LOOPBACK, true);
    port = port_of(fd);
    snprintf(listen, sizeof listen, "127.0.0.1:%u", port);
    assert_int_equal(opened(listen, "", fd), port);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_listen_or_is_no_socket_is_not_used),
        cmocka_unit_test(one_that_others_reach_is_not_used),
        cmocka_unit_test(one_elsewhere_than_the_node_says_is_not_used),
        cmocka_unit_test(under_tls_there_is_none),
        cmocka_unit_test(the_console_goes_on_where_the_browser_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
