// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/gate/scene.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

gate_process_t gate;
plug_t registry, one, other;
node_keys_t child_keys, invitation_keys, stranger_keys;
path_t child_path;
uint32_t child_label;

static int start_with(const char *settings)
{
    gate_make(&gate, "0a0b0c0d", true, settings);
    gate_start(&gate);
    plug_service(&registry, &gate, SERVICE_REGISTRY);
    node_keys_make(&child_keys);
    node_keys_make(&invitation_keys);
    node_keys_make(&stranger_keys);
    assert_true(path_parse("0a0b0c0d.11223344", &child_path));
    child_label = path_own_label(&child_path);
    return 0;
}

int start_without_keys(void **state)
{
    (void)state;
    return start_with("");
}

int give_keys(void)
{
    Selenga__Key keys[] = {a_key(&child_keys, KEY_CHILD, &child_path),
                           a_key(&invitation_keys, KEY_INVITATION, NULL)};
    registry_answer(&registry, &gate, keys, ARRAY_SIZE(keys));
    gate_await_log(&gate, "GATE-LISTENS");
    return 0;
}

int start(void **state)
{
    return start_without_keys(state) || give_keys();
}

int start_impatient(void **state)
{
    (void)state;
    return start_with("    greeting_ms = 1500\n    handshake_ms = 1000\n    unread_max = 8388608\n    "
                      "connections_max = 40\n"
                      "    ping_ms = 300\n    silence_ms = 3000\n    shut_ms = 1000\n") ||
           give_keys();
}

int stop(void **state)
{
    (void)state;
    plug_close(&one);
    plug_close(&other);
    plug_close(&registry);
    gate_stop(&gate);
    return 0;
}

void connect_child(plug_t *plug)
{
    plug_outside(plug, &gate, &child_keys);
    plug_greet(plug);
    await_link(&registry, child_label, true);
}

envelope_t feed(uint32_t type, uint32_t service)
{
    return (envelope_t){.type = type, .to = service, .from = service, .body = slice_text("feed")};
}

int raw_connection(void)
{
    unsigned port = 0;
    assert_int_equal(sscanf(strrchr(gate.endpoint, ':'), ":%u", &port), 1);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    struct timeval patience = {.tv_sec = SOON_MS / 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

bool is_closed_soon(int fd)
{
    char bytes[4096];
    ssize_t n;
    while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0) {}
    return n == 0 || errno == ECONNRESET;
}

void still_works(void)
{
    plug_expect_nothing(&registry, MSG_JOIN);
    if (!other.socket) connect_child(&other);
    envelope_t pull = feed(MSG_PULL, SERVICE_REGISTRY);
    plug_send(&other, &pull, NULL);
    plug_take(&registry, MSG_PULL);
}
