// SPDX-License-Identifier: Apache-2.0
// The children's door: invitations and children.
#include "tests/unit/gate/scene.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

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
    // The gate looks at its lines by the clock: on a busy machine more has come by then than its bound.
    assert_true(SANITIZED || gate_memory(&gate) < 256U << 20);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
