// SPDX-License-Identifier: Apache-2.0
// In which order a service decides what it was sent. Time is given: each message takes as many microseconds
// as its first byte says.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/node/intake.h"
#include "common/node/outgoing.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"
#include <cmocka.h>
#include <stdio.h>

enum { LOUD = 0x1000, QUIET = 0x2000, MAIL_MAX = 6000, SLOW = 10 };

static intake_t *in;
static uint64_t now_us;
static zmq_msg_t mail[MAIL_MAX];
static size_t n_mail, next_mail;
static envelope_t decided[MAIL_MAX]; // their bodies are gone
static size_t n_decided;
static int outcome;

static uint64_t clock_us(void)
{
    return now_us;
}

static bool receive(void *arg, zmq_msg_t *frame)
{
    (void)arg;
    if (next_mail == n_mail) return false;
    zmq_msg_move(frame, &mail[next_mail]);
    zmq_msg_close(&mail[next_mail++]);
    return true;
}

static int start(void **state)
{
    (void)state;
    now_us = 1;
    n_mail = next_mail = n_decided = 0;
    outcome = 0;
    in = intake_new(clock_us, receive, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    intake_destroy(&in);
    while (next_mail < n_mail) zmq_msg_close(&mail[next_mail++]);
    return 0;
}

static void post(uint32_t type, uint32_t peer, uint64_t call, uint8_t takes_ms)
{
    envelope_t e = {
        .type = type, .to = SERVICE_REGISTRY, .peer = peer, .call = call, .body = slice(&takes_ms, 1)};
    e.from = peer == PEER_SELF ? SERVICE_CLI : SERVICE_REGISTRY;
    msg_pack(&e, &mail[n_mail++]);
}

static int decide(void *arg, const envelope_t *e)
{
    (void)arg;
    if (e->type == MSG_GIVEBACK) intake_waste(in);
    now_us += e->body.size > 0 ? e->body.data[0] * 1000U : 0;
    decided[n_decided++] = *e;
    return outcome;
}

static void turn(void)
{
    intake_take(in);
    n_decided = 0;
    assert_int_equal(intake_turn(in, decide, NULL), 0);
    intake_done(in);
}

static size_t count(uint32_t peer)
{
    size_t n = 0;
    for (size_t i = 0; i < n_decided; i++) n += decided[i].peer == peer;
    return n;
}

static void what_cannot_be_read_is_dropped(void **state)
{
    (void)state;
    zmq_msg_init_size(&mail[n_mail++], 0);
    zmq_msg_init_size(&mail[n_mail], 100);
    memset(zmq_msg_data(&mail[n_mail++]), 0xff, 100);
    post(MSG_PUSH, LOUD, 1, 0);
    turn();
    assert_int_equal(n_decided, 1);
    assert_false(intake_waits(in));
}

static void more_than_there_is_room_for_waits_on_the_socket(void **state)
{
    (void)state;
    for (size_t i = 0; i < MAIL_MAX; i++) post(MSG_PUSH, LOUD, i, 0);
    intake_take(in);
    assert_int_equal(next_mail, INTAKE_ENVELOPES);
    turn();
    assert_int_equal(n_decided, INTAKE_ENVELOPES);
    turn();
    assert_int_equal(n_decided, MAIL_MAX - INTAKE_ENVELOPES);
}

static void a_request_is_decided_before_what_neighbours_sent_before_it(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) post(MSG_PUSH, LOUD, 0, SLOW);
    post(MSG_PULL, QUIET, 0, 0);
    post(MSG_PUT, PEER_SELF, 7, 0);
    turn();
    assert_int_equal(decided[0].type, MSG_PULL);
    assert_int_equal(decided[1].call, 7);
    assert_in_range(now_us, INTAKE_TURN_US, INTAKE_TURN_US + 2 * SLOW * 1000);
    assert_true(intake_waits(in));
}

static void a_neighbour_does_not_pass_for_somebody_who_asks(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) post(MSG_PUSH, QUIET, 0, SLOW);
    for (int i = 0; i < 100; i++) post(MSG_STATUS, LOUD, 0, SLOW);
    turn();
    assert_in_range(count(LOUD), 1, INTAKE_TURN_US / SLOW / 1000 / 2 + 1);
}

static int post_a_request(void *arg, const envelope_t *e)
{
    if (n_decided == 2) post(MSG_GET, PEER_SELF, 8, 0);
    return decide(arg, e);
}

static void somebody_who_asks_ends_a_turn(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) post(MSG_PUSH, LOUD, 0, SLOW);
    intake_take(in);
    assert_int_equal(intake_turn(in, post_a_request, NULL), 0);
    intake_done(in);
    assert_true(now_us < INTAKE_TURN_US);
    turn();
    assert_int_equal(decided[0].call, 8);
}

static void a_quiet_neighbour_does_not_wait_for_a_loud_one(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) post(MSG_PUSH, LOUD, 0, SLOW);
    turn();
    post(MSG_PUSH, QUIET, 0, SLOW);
    turn();
    assert_int_equal(count(QUIET), 1);
    assert_true(count(LOUD) > 0); // and takes what time is left
}

static void one_of_many_loud_ones_does_not_starve(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 2000; i++) post(MSG_PUSH, LOUD + i % 20, 0, SLOW);
    post(MSG_PUSH, QUIET, 0, SLOW);
    size_t turns = 0;
    do {
        turn();
        turns++;
    } while (count(QUIET) == 0);
    assert_in_range(turns, 1, 7); // 20 senders before it, of two messages each; eight a turn
}

static void pulls_without_end_leave_time_for_the_rest(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) post(MSG_PULL, LOUD, 0, SLOW);
    post(MSG_PUSH, QUIET, 0, SLOW);
    post(MSG_PUT, PEER_SELF, 7, 0);
    turn();
    assert_int_equal(count(QUIET), 1);
    assert_int_equal(count(PEER_SELF), 1);
}

static void each_ones_messages_stay_in_order_and_none_is_lost(void **state)
{
    (void)state;
    uint64_t next[3] = {0};
    for (uint64_t i = 0; i < 600; i++) post(MSG_PUSH, LOUD + (uint32_t)(i % 3), i / 3, (uint8_t)(i % 7));
    for (int turns = 0; turns < 100 && (turns == 0 || intake_waits(in)); turns++) {
        turn();
        for (size_t i = 0; i < n_decided; i++)
            assert_int_equal(decided[i].call, next[decided[i].peer - LOUD]++);
    }
    for (int i = 0; i < 3; i++) assert_int_equal(next[i], 200);
}

static void a_turn_that_fails_is_over_and_the_rest_waits(void **state)
{
    (void)state;
    post(MSG_PUSH, LOUD, 0, 0);
    post(MSG_PUSH, LOUD, 1, 0);
    intake_take(in);
    outcome = -28;
    assert_int_equal(intake_turn(in, decide, NULL), -28);
    intake_done(in);
    outcome = 0;
    turn();
    assert_int_equal(n_decided, 1);
    assert_int_equal(decided[0].call, 1);
}

static void the_gate_hears_what_was_done_of_whom_and_what_said_nothing(void **state)
{
    (void)state;
    zmq_msg_t frame;
    envelope_t e;
    post(MSG_PUSH, LOUD, 0, 0);
    post(MSG_GIVEBACK, LOUD, 0, 0);
    post(MSG_PUT, PEER_SELF, 1, 0);
    turn();
    size_t one = SHARE_ENVELOPE + 1;
    assert_int_equal(intake_untold(in), 3 * one);
    intake_tell(in, SERVICE_REGISTRY, &frame);
    assert_int_equal(msg_unpack(slice(zmq_msg_data(&frame), zmq_msg_size(&frame)), &e), 0);
    assert_int_equal(e.type, MSG_TAKEN);
    AUTO(msg_body_free) Selenga__Taken *taken = msg_body_unpack(&selenga__taken__descriptor, e.body);
    assert_int_equal(taken->n_peer, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(taken->bytes[i], taken->peer[i] == LOUD ? 2 * one : one);
        assert_int_equal(taken->wasted[i], taken->peer[i] == LOUD ? one : 0);
    }
    zmq_msg_close(&frame);
    intake_told(in);
    assert_int_equal(intake_untold(in), 0);
}

#define RUNNING(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUNNING(what_cannot_be_read_is_dropped),
        RUNNING(more_than_there_is_room_for_waits_on_the_socket),
        RUNNING(a_request_is_decided_before_what_neighbours_sent_before_it),
        RUNNING(a_neighbour_does_not_pass_for_somebody_who_asks),
        RUNNING(somebody_who_asks_ends_a_turn),
        RUNNING(a_quiet_neighbour_does_not_wait_for_a_loud_one),
        RUNNING(one_of_many_loud_ones_does_not_starve),
        RUNNING(pulls_without_end_leave_time_for_the_rest),
        RUNNING(each_ones_messages_stay_in_order_and_none_is_lost),
        RUNNING(a_turn_that_fails_is_over_and_the_rest_waits),
        RUNNING(the_gate_hears_what_was_done_of_whom_and_what_said_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
