// SPDX-License-Identifier: Apache-2.0
// The children's door: a real gate process, a plug as its registry, plugs with real CURVE keys as children
// and strangers.
#include "common/node/caller.h"
#include "proto/api.pb-c.h"
#include "tests/unit/gate/world.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static gate_process_t gate;
static plug_t registry, one, other;
static node_keys_t child_keys, invitation_keys, stranger_keys;
static path_t child_path;
static uint32_t child_label;

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

static int start_without_keys(void **state)
{
    (void)state;
    return start_with("");
}

static int give_keys(void)
{
    Selenga__Key keys[] = {a_key(&child_keys, KEY_CHILD, &child_path),
                           a_key(&invitation_keys, KEY_INVITATION, NULL)};
    registry_answer(&registry, &gate, keys, ARRAY_SIZE(keys));
    gate_await_log(&gate, "GATE-LISTENS");
    return 0;
}

static int start(void **state)
{
    return start_without_keys(state) || give_keys();
}

static int start_impatient(void **state)
{
    (void)state;
    return start_with("    greeting_ms = 1500\n    handshake_ms = 1000\n    unread_max = 8388608\n    "
                      "connections_max = 40\n"
                      "    ping_ms = 300\n    silence_ms = 3000\n    shut_ms = 1000\n") ||
           give_keys();
}

static int stop(void **state)
{
    (void)state;
    plug_close(&one);
    plug_close(&other);
    plug_close(&registry);
    gate_stop(&gate);
    return 0;
}

static void connect_child(plug_t *plug)
{
    plug_outside(plug, &gate, &child_keys);
    plug_greet(plug);
    await_link(&registry, child_label, true);
}

static envelope_t feed(uint32_t type, uint32_t service)
{
    return (envelope_t){.type = type, .to = service, .from = service, .body = slice_text("feed")};
}

// A TCP connection that speaks as it likes.
static int raw_connection(void)
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

// Reads until the other end closes; false when it does not.
static bool is_closed_soon(int fd)
{
    char bytes[4096];
    ssize_t n;
    while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0) {}
    return n == 0 || errno == ECONNRESET;
}

static void still_works(void)
{
    plug_expect_nothing(&registry, MSG_JOIN);
    if (!other.socket) connect_child(&other);
    envelope_t pull = feed(MSG_PULL, SERVICE_REGISTRY);
    plug_send(&other, &pull, NULL);
    plug_take(&registry, MSG_PULL);
}

// --- strangers

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

// --- invitations

static void an_invitation_may_only_join(void **state)
{
    (void)state;
    static const uint32_t REFUSED[] = {MSG_HELLO, MSG_PING, MSG_PULL,   MSG_PUSH, MSG_PUT,
                                       MSG_GET,   MSG_KEYS, MSG_REVOKE, MSG_LINKS};
    plug_outside(&one, &gate, &invitation_keys);
    for (size_t i = 0; i < ARRAY_SIZE(REFUSED); i++) {
        envelope_t envelope = feed(REFUSED[i], SERVICE_REGISTRY);
        plug_send(&one, &envelope, NULL);
    }
    envelope_t astray = feed(MSG_JOIN, SERVICE_REPORTING);
    plug_send(&one, &astray, NULL);
    expect_soon(gate_counter(&gate, "not_allowed") == ARRAY_SIZE(REFUSED) + 1);
    for (size_t i = 0; i < ARRAY_SIZE(REFUSED); i++) plug_expect_nothing(&registry, REFUSED[i]);
}

static void a_join_reaches_the_registry_and_its_answer_the_joiner(void **state)
{
    (void)state;
    plug_outside(&one, &gate, &invitation_keys);
    envelope_t join = {.type = MSG_JOIN, .to = SERVICE_REGISTRY, .call = 5, .body = slice_text("join")};
    strcpy(join.principal, "local:0"); // a lie
    plug_send(&one, &join, NULL);
    envelope_t got = plug_take(&registry, MSG_JOIN);
    char hex[2 * NODE_KEY_SIZE + 1], principal[100];
    snprintf(principal, sizeof principal, "invite:%s",
             hex_text(slice(invitation_keys.public_key, NODE_KEY_SIZE), hex));
    assert_string_equal(got.principal, principal);
    assert_int_equal(got.peer, PEER_SELF);
    envelope_t answer = {.type = MSG_JOIN_REPLY,
                         .to = got.from,
                         .from = SERVICE_REGISTRY,
                         .call = 5,
                         .body = slice_text("yes")};
    memcpy(answer.route, got.route, got.route_size);
    answer.route_size = got.route_size;
    Selenga__Key used = a_key(&invitation_keys, KEY_REVOKED, NULL);
    registry_tell(&registry, false, &used, 1); // even when the key is taken away before
    plug_send(&registry, &answer, NULL);
    got = plug_take(&one, MSG_JOIN_REPLY);
    assert_int_equal(got.call, 5);
    assert_true(slice_equal(got.body, slice_text("yes")));
    plug_await_event(&one, ZMQ_EVENT_DISCONNECTED);
    assert_int_equal(plug_await_event(&one, ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH),
                     ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
}

static void a_caller_with_a_token_joins_or_hears_that_it_is_refused(void **state)
{
    (void)state;
    AUTO(caller_close) caller_t *caller = NULL;
    token_t token = {.expires_s = 1};
    envelope_t reply;
    assert_true(text_copy(token.endpoint, sizeof token.endpoint, gate.endpoint));
    memcpy(token.hub_key, gate.keys.public_key, TOKEN_KEY_SIZE);
    memcpy(token.secret, stranger_keys.secret_key, TOKEN_KEY_SIZE);
    assert_int_equal(caller_open_hub(&token, &caller), 0);
    assert_int_equal(caller_call(caller, SERVICE_REGISTRY, MSG_JOIN, NULL, SOON_MS, &reply),
                     CALLER_E_REFUSED);
    caller_close(&caller);
    memcpy(token.secret, invitation_keys.secret_key, TOKEN_KEY_SIZE);
    assert_int_equal(caller_open_hub(&token, &caller), 0);
    assert_int_equal(caller_call(caller, SERVICE_REGISTRY, MSG_JOIN, NULL, 300, &reply), CALLER_E_TIMEOUT);
    plug_take(&registry, MSG_JOIN);
}

// --- children

static void a_child_may_only_feed(void **state)
{
    (void)state;
    static const uint32_t REFUSED[] = {MSG_LINK,   MSG_KEYS,   MSG_JOIN, MSG_JOIN_REPLY, MSG_PUT, MSG_GET,
                                       MSG_REVOKE, MSG_REPORT, 999};
    connect_child(&one);
    for (size_t i = 0; i < ARRAY_SIZE(REFUSED); i++) {
        envelope_t envelope = feed(REFUSED[i], SERVICE_REGISTRY);
        plug_send(&one, &envelope, NULL);
        envelope.to = envelope.from = SERVICE_GATE;
        plug_send(&one, &envelope, NULL);
    }
    envelope_t crossing = {.type = MSG_PULL, .to = SERVICE_REGISTRY, .from = SERVICE_REPORTING};
    plug_send(&one, &crossing, NULL);
    envelope_t to_gate = feed(MSG_PULL, SERVICE_GATE);
    plug_send(&one, &to_gate, NULL);
    plug_expect_nothing(&one, MSG_ERROR);
    assert_int_equal(gate_counter(&gate, "not_allowed"), 2 * ARRAY_SIZE(REFUSED) + 2);
    plug_expect_nothing(&registry, MSG_PULL);
}

static void a_child_that_did_not_greet_is_not_heard(void **state)
{
    (void)state;
    plug_outside(&one, &gate, &child_keys);
    envelope_t pull = feed(MSG_PULL, SERVICE_REGISTRY);
    plug_send(&one, &pull, NULL);
    plug_greet(&one);
    plug_expect_nothing(&one, MSG_ERROR);
    plug_expect_nothing(&registry, MSG_PULL);
}

static void garbage_of_a_child_hurts_nobody(void **state)
{
    (void)state;
    connect_child(&one);
    srandom(3);
    for (int i = 0; i < 3000; i++) {
        uint8_t bytes[64] = {0x08, 0x01, 0x10};
        for (size_t k = 3; k < sizeof bytes; k++) bytes[k] = (uint8_t)random();
        plug_send_raw(&one, slice(bytes, (size_t)random() % sizeof bytes), i % 7 == 0 && i < 2999);
    }
    plug_expect_nothing(&one, MSG_KEYS);
    assert_true(gate_counter(&gate, "malformed") > 1000);
    other = one;
    memset(&one, 0, sizeof one);
    still_works();
}

static void keep(void *data, void *hint)
{
    (void)data;
    (void)hint;
}

// libzmq bounds frames and the number of messages, but not that of frames in one message.
static void a_message_that_does_not_end_is_cut(void **state)
{
    (void)state;
    connect_child(&one);
    AUTO(xfree) uint8_t *part = xcalloc(1, 1U << 20);
    for (int i = 0; i < 2000; i++) { // 2 GB from one buffer
        zmq_msg_t frame;
        zmq_msg_init_data(&frame, part, 1U << 20, keep, NULL);
        assert_true(zmq_msg_send(&frame, one.socket, i < 1999 ? ZMQ_SNDMORE : 0) >= 0);
    }
    gate_await_log(&gate, "GATE-PEER-GREEDY");
    assert_true(SANITIZED || gate_memory(&gate) < 72U << 20);
    plug_await_event(&one, ZMQ_EVENT_DISCONNECTED);
    plug_close(&one);
    still_works();
}

static void an_oversized_frame_ends_only_its_sender(void **state)
{
    (void)state;
    connect_child(&one);
    AUTO(xfree) uint8_t *big = xcalloc(1, MAX_FRAME + 1);
    plug_send_raw(&one, slice(big, MAX_FRAME + 1), false);
    plug_await_event(&one, ZMQ_EVENT_DISCONNECTED);
    await_link(&registry, child_label, false);
    plug_close(&one);
    still_works();
}

static void a_revoked_child_is_cut_at_once_and_does_not_come_back(void **state)
{
    (void)state;
    connect_child(&one);
    Selenga__Key revoked = a_key(&child_keys, KEY_REVOKED, &child_path);
    registry_tell(&registry, false, &revoked, 1);
    await_link(&registry, child_label, false);
    plug_await_event(&one, ZMQ_EVENT_DISCONNECTED);
    assert_int_equal(plug_await_event(&one, ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH),
                     ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    plug_expect_nothing(&registry, MSG_PULL);
}

static void a_child_that_a_whole_table_leaves_out_is_cut(void **state)
{
    (void)state;
    connect_child(&one);
    registry_tell(&registry, true, NULL, 0);
    await_link(&registry, child_label, false);
    plug_await_event(&one, ZMQ_EVENT_DISCONNECTED);
}

static void a_newer_connection_of_a_child_ends_the_older(void **state)
{
    (void)state;
    connect_child(&one);
    plug_outside(&other, &gate, &child_keys);
    plug_greet(&other);
    plug_await_event(&one, ZMQ_EVENT_DISCONNECTED);
    plug_close(&one);
    envelope_t wake = feed(MSG_WAKE, SERVICE_REGISTRY);
    wake.peer = child_label;
    expect_soon(gate_counter(&gate, "cut") >= 1);
    plug_greet(&other); // again: it stays
    plug_send(&registry, &wake, NULL);
    plug_take(&other, MSG_WAKE);
}

static void a_silent_child_is_taken_for_gone(void **state)
{
    (void)state;
    connect_child(&one); // answers no pings
    plug_take(&one, MSG_PING);
    await_link(&registry, child_label, false);
}

static void messages_to_a_child_that_is_not_there_are_dropped(void **state)
{
    (void)state;
    envelope_t push = feed(MSG_PUSH, SERVICE_REGISTRY);
    push.peer = child_label;
    for (int i = 0; i < 100; i++) plug_send(&registry, &push, NULL);
    push.peer = PEER_PARENT;
    plug_send(&registry, &push, NULL);
    plug_expect_nothing(&registry, MSG_ERROR);
    assert_int_equal(gate_counter(&gate, "link_down"), 101);
}

static void a_child_that_does_not_read_cannot_fill_the_gate(void **state)
{
    (void)state;
    connect_child(&one);
    AUTO(xfree) uint8_t *body = xcalloc(1, 16384);
    envelope_t push = feed(MSG_PUSH, SERVICE_REGISTRY);
    push.peer = child_label;
    push.body = slice(body, 16384);
    for (int i = 0; i < 8000; i++) plug_send(&registry, &push, NULL); // 130 MB
    plug_expect_nothing(&registry, MSG_ERROR);
    assert_true(gate_counter(&gate, "link_full") > 0);
    assert_true(SANITIZED || gate_memory(&gate) < 64U << 20);
}

static void a_feed_passes_both_ways_stamped(void **state)
{
    (void)state;
    connect_child(&one);
    envelope_t pull = feed(MSG_PULL, SERVICE_REGISTRY);
    pull.peer = 0x999; // lies
    strcpy(pull.principal, "local:0");
    memcpy(pull.route, "L\0\0\0\1", 5);
    pull.route_size = 5;
    plug_send(&one, &pull, NULL);
    envelope_t got = plug_take(&registry, MSG_PULL);
    assert_int_equal(got.peer, child_label);
    assert_string_equal(got.principal, "node:0a0b0c0d.11223344");
    assert_int_equal(got.route_size, 0);
    assert_true(slice_equal(got.body, slice_text("feed")));
    envelope_t push = feed(MSG_PUSH, SERVICE_REGISTRY);
    push.peer = child_label;
    plug_send(&registry, &push, NULL);
    got = plug_take(&one, MSG_PUSH);
    assert_int_equal(got.to, SERVICE_REGISTRY);
    assert_int_equal(got.peer, PEER_SELF);
    assert_true(slice_equal(got.body, slice_text("feed")));
}

static Selenga__Links *take_links(caller_t *caller, envelope_t *reply)
{
    assert_int_equal(caller_call(caller, SERVICE_GATE, MSG_LINKS, NULL, SOON_MS, reply), 0);
    Selenga__Links *links = msg_body_unpack(&selenga__links__descriptor, reply->body);
    assert_non_null(links);
    return links;
}

static void the_view_of_links_shows_children_up_down_and_revoked(void **state)
{
    (void)state;
    AUTO(caller_close) caller_t *caller = NULL;
    envelope_t reply;
    assert_int_equal(caller_open(gate.dir, &caller), 0);
    AUTO(msg_body_free) Selenga__Links *down = take_links(caller, &reply);
    assert_int_equal(down->n_links, 1); // not the invitation
    assert_string_equal(down->links[0]->state, "down");
    connect_child(&one);
    AUTO(msg_body_free) Selenga__Links *up = take_links(caller, &reply);
    assert_string_equal(up->links[0]->state, "up");
    assert_string_equal(up->links[0]->role, "child");
    assert_string_equal(up->links[0]->peer, "Child");
    assert_string_equal(up->links[0]->version, "9.9");
    assert_int_equal(up->links[0]->label, child_label);
    assert_int_equal(strlen(up->links[0]->key_fingerprint), NODE_FINGERPRINT_TEXT - 1);
    Selenga__Key revoked = a_key(&child_keys, KEY_REVOKED, &child_path);
    registry_tell(&registry, false, &revoked, 1);
    await_link(&registry, child_label, false);
    AUTO(msg_body_free) Selenga__Links *gone = take_links(caller, &reply);
    assert_string_equal(gone->links[0]->state, "revoked");
}

#define WITH_KEYS(test) cmocka_unit_test_setup_teardown(test, start, stop)
#define WITHOUT_KEYS(test) cmocka_unit_test_setup_teardown(test, start_without_keys, stop)
#define IMPATIENT(test) cmocka_unit_test_setup_teardown(test, start_impatient, stop)

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
        WITH_KEYS(an_invitation_may_only_join),
        WITH_KEYS(a_join_reaches_the_registry_and_its_answer_the_joiner),
        WITH_KEYS(a_caller_with_a_token_joins_or_hears_that_it_is_refused),
        WITH_KEYS(a_child_may_only_feed),
        WITH_KEYS(a_child_that_did_not_greet_is_not_heard),
        WITH_KEYS(garbage_of_a_child_hurts_nobody),
        IMPATIENT(a_message_that_does_not_end_is_cut),
        WITH_KEYS(an_oversized_frame_ends_only_its_sender),
        WITH_KEYS(a_revoked_child_is_cut_at_once_and_does_not_come_back),
        WITH_KEYS(a_child_that_a_whole_table_leaves_out_is_cut),
        WITH_KEYS(a_newer_connection_of_a_child_ends_the_older),
        IMPATIENT(a_silent_child_is_taken_for_gone),
        WITH_KEYS(messages_to_a_child_that_is_not_there_are_dropped),
        WITH_KEYS(a_child_that_does_not_read_cannot_fill_the_gate),
        WITH_KEYS(a_feed_passes_both_ways_stamped),
        WITH_KEYS(the_view_of_links_shows_children_up_down_and_revoked),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
