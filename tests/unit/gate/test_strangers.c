// SPDX-License-Identifier: Apache-2.0
// The children's door: who has proved no key, and who sends nothing of use.
#include "tests/unit/gate/scene.h"
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void an_unknown_key_is_refused(void **state)
{
    (void)state;
    plug_outside(&one, &gate, &stranger_keys);
    assert_int_equal(plug_await_event(&one, ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH),
                     ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    still_works();
}

static void before_the_registry_spoke_nobody_gets_in_and_after_it_the_child_does(void **state)
{
    (void)state;
    plug_outside(&one, &gate, &child_keys);
    unsigned endings = ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                       ZMQ_EVENT_HANDSHAKE_FAILED_AUTH; // neither let in nor told that it is refused
    plug_expect_nothing(&registry, MSG_LINK);
    zmq_pollitem_t item = {one.socket, 0, ZMQ_POLLIN, 0};
    zmq_poll(&item, 1, 200);
    door_event_t event;
    while (door_next_event(one.monitor, &event)) assert_false(event.event & endings);
    plug_close(&one);
    give_keys();
    connect_child(&one);
}

static void without_curve_nobody_gets_in(void **state)
{
    (void)state;
    static const char *const GREETINGS[] = {"", "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01",
                                            "\xff\0\0\0\0\0\0\0\0"};
    for (size_t i = 0; i < ARRAY_SIZE(GREETINGS); i++) {
        int fd = raw_connection();
        (void)!write(fd, GREETINGS[i], strlen(GREETINGS[i]));
        char zeros[200] = {0};
        (void)!send(fd, zeros, sizeof zeros, MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        assert_true(is_closed_soon(fd));
        close(fd);
    }
    still_works();
}

static void random_bytes_hurt_nobody(void **state)
{
    (void)state;
    srandom(5);
    for (int i = 0; i < 200; i++) {
        int fd = raw_connection();
        uint8_t bytes[300] = "\xff\0\0\0\0\0\0\0\1\x7f\3\0CURVE"; // half of them begin well
        for (size_t k = i % 2 ? 64 : 0; k < sizeof bytes; k++) bytes[k] = (uint8_t)random();
        (void)!send(fd, bytes, sizeof bytes, MSG_NOSIGNAL);
        close(fd);
    }
    still_works();
}

static void a_frame_of_four_gigabytes_before_any_proof_takes_no_memory(void **state)
{
    (void)state;
    uint64_t before = gate_memory(&gate);
    int fds[8];
    static const uint8_t GREETING[64] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 'C', 'U', 'R', 'V', 'E'};
    static const uint8_t HEADER[9] = {6, 0, 0, 0, 1, 0, 0, 0, 0}; // a long command of 2^32 bytes
    AUTO(xfree) uint8_t *chunk = xcalloc(1, 1U << 20);
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
        fds[i] = raw_connection();
        (void)!send(fds[i], GREETING, sizeof GREETING, MSG_NOSIGNAL);
        (void)!send(fds[i], HEADER, sizeof HEADER, MSG_NOSIGNAL);
        for (int k = 0; k < 16; k++) (void)!send(fds[i], chunk, 1U << 20, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
        assert_true(is_closed_soon(fds[i]));
        close(fds[i]);
    }
    assert_true(SANITIZED || gate_memory(&gate) < before + (16U << 20));
    still_works();
}

static void thousands_of_unknown_keys_take_no_memory(void **state)
{
    (void)state;
    enum { TOGETHER = 50, ROUNDS = 100 };
    bool slow = SANITIZED;
    void *context = zmq_ctx_new();
    uint64_t settled = 0;
    for (int round = 0; round < (slow ? ROUNDS / 10 : ROUNDS); round++) {
        void *sockets[TOGETHER], *monitors[TOGETHER];
        for (int i = 0; i < TOGETHER; i++) {
            node_keys_t keys;
            int zero = 0, never = -1;
            char name[32];
            node_keys_make(&keys);
            sockets[i] = zmq_socket(context, ZMQ_DEALER);
            zmq_setsockopt(sockets[i], ZMQ_LINGER, &zero, sizeof zero);
            zmq_setsockopt(sockets[i], ZMQ_RECONNECT_IVL, &never, sizeof never);
            zmq_setsockopt(sockets[i], ZMQ_CURVE_SERVERKEY, gate.keys.public_key, NODE_KEY_SIZE);
            zmq_setsockopt(sockets[i], ZMQ_CURVE_PUBLICKEY, keys.public_key, NODE_KEY_SIZE);
            zmq_setsockopt(sockets[i], ZMQ_CURVE_SECRETKEY, keys.secret_key, NODE_KEY_SIZE);
            snprintf(name, sizeof name, "u-%d-%d", round, i);
            // Not refused but failed: it asked while the handler replaced its socket.
            monitors[i] = door_watch(context, sockets[i], name,
                                     ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                                         ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL);
            assert_int_equal(zmq_connect(sockets[i], gate.endpoint), 0);
        }
        for (int i = 0; i < TOGETHER; i++) {
            zmq_pollitem_t item = {monitors[i], 0, ZMQ_POLLIN, 0};
            door_event_t event;
            assert_int_equal(zmq_poll(&item, 1, SOON_MS), 1);
            assert_true(door_next_event(monitors[i], &event));
            assert_int_not_equal(event.event, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
            door_unwatch(sockets[i], &monitors[i]);
            zmq_close(sockets[i]);
        }
        if (round == 5) settled = gate_memory(&gate);
    }
    zmq_ctx_term(context);
    assert_true(slow || gate_memory(&gate) < settled + (4U << 20));
    still_works();
}

static void half_open_connections_are_ended(void **state)
{
    (void)state;
    int fds[30];
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) fds[i] = raw_connection();
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
        assert_true(is_closed_soon(fds[i]));
        close(fds[i]);
    }
    still_works();
}

static void connections_beyond_the_bound_are_ended_and_a_child_gets_in_meanwhile(void **state)
{
    (void)state;
    int fds[60];
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) fds[i] = raw_connection();
    gate_await_log(&gate, "GATE-STRANGERS");
    still_works();
    assert_true(gate_counter(&gate, "strangers_ended") >= 40); // 20 may stay
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) close(fds[i]);
}

// What it sends is no envelope, again and again.
static void a_child_that_sends_nothing_of_use_is_shut_out_for_a_while(void **state)
{
    (void)state;
    connect_child(&one);
    AUTO(xfree) uint8_t *junk = xcalloc(1, MAX_BODY);
    for (uint64_t i = 1; i <= 20; i++) {
        plug_send_raw(&one, slice(junk, MAX_BODY), false);
        if (i % 4 == 0 && i <= 12) // no more at once than it reads: else it is cut for that
            expect_soon(gate_counter(&gate, "malformed") >= i);
    }
    gate_await_log(&gate, "GATE-PEER-FLOODS");
    await_link(&registry, child_label, false);
    assert_int_equal(gate_counter(&gate, "floods"), 1);
    plug_close(&one);
    plug_outside(&one, &gate, &child_keys); // too early: its greeting ends the connection
    envelope_t hello = {.type = MSG_HELLO, .to = SERVICE_GATE, .from = SERVICE_GATE};
    plug_send(&one, &hello, NULL);
    plug_await_event(&one, ZMQ_EVENT_DISCONNECTED);
    plug_send_until(&one, &hello, &one, MSG_WELCOME); // later
    await_link(&registry, child_label, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_KEYS(an_unknown_key_is_refused),
        WITHOUT_KEYS(before_the_registry_spoke_nobody_gets_in_and_after_it_the_child_does),
        WITH_KEYS(without_curve_nobody_gets_in),
        WITH_KEYS(random_bytes_hurt_nobody),
        WITH_KEYS(a_frame_of_four_gigabytes_before_any_proof_takes_no_memory),
        WITH_KEYS(thousands_of_unknown_keys_take_no_memory),
        IMPATIENT(half_open_connections_are_ended),
        IMPATIENT(connections_beyond_the_bound_are_ended_and_a_child_gets_in_meanwhile),
        IMPATIENT(a_child_that_sends_nothing_of_use_is_shut_out_for_a_while),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
