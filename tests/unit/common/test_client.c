// SPDX-License-Identifier: Apache-2.0
// The client of a node: what is refused, late, abandoned or astray, and what a program with many requests
// under way relies on.
#include "tests/unit/common/played.h"

enum { QUIET_MS = 250 };

// --- refusals

static void a_directory_without_a_node_is_refused(void **state)
{
    (void)state;
    char text[CLIENT_WHY_TEXT];
    assert_int_equal(client_open("/nowhere", &client, &why), CLIENT_REFUSED);
    assert_int_equal(why.cause, CLIENT_NO_NODE);
    assert_string_equal(client_why_text(&why, "/nowhere", LANG_EN, text, sizeof text),
                        "there is no node in /nowhere; make one: selenga node init --help");
    assert_null(client);
}

static void a_node_that_does_not_run_is_to_be_asked_later(void **state)
{
    (void)state;
    char text[CLIENT_WHY_TEXT];
    assert_int_equal(client_open(played_dir, &client, &why), CLIENT_LATER);
    assert_int_equal(why.cause, CLIENT_NOT_RUNNING);
    assert_string_equal(client_why_text(&why, "x", LANG_EN, text, sizeof text),
                        "the node in x is not running; start it: selenga node run x");
}

static void what_does_not_fit_into_a_message_is_refused_before_it_is_sent(void **state)
{
    (void)state;
    AUTO(xfree) uint8_t *much = xcalloc(1, MAX_BODY + 1);
    heard_t heard = {0};
    client_request_t request = {.service = SERVICE_REGISTRY,
                                .type = MSG_PUT,
                                .packed = slice(much, MAX_BODY + 1),
                                .reply = MSG_PUT_REPLY,
                                .timeout_ms = SOON_MS};
    assert_int_equal(client_start(client, &request, hear, &heard, &why), 0);
    assert_int_equal(why.cause, CLIENT_TOO_MUCH);
    assert_int_equal(client_call(client, &request, NULL, &why), CLIENT_REFUSED);
}

static void more_than_the_table_holds_is_refused_until_there_is_room(void **state)
{
    (void)state;
    heard_t heard = {0};
    uint64_t first = ask_for(SERVICE_REGISTRY, SOON_MS, &heard);
    for (int i = 1; i < CLIENT_CALLS; i++) assert_true(ask_for(SERVICE_REGISTRY, SOON_MS, &heard) > first);
    assert_int_equal(ask_for(SERVICE_REGISTRY, SOON_MS, &heard), 0);
    assert_int_equal(why.cause, CLIENT_FULL);
    assert_int_equal(client_pause(client, 1, hear, &heard, &why), 0);
    client_abandon(client, first);
    assert_int_not_equal(client_pause(client, 1, hear, &heard, &why), 0);
}

static void more_bytes_than_may_be_under_way_are_refused(void **state)
{
    (void)state;
    AUTO(xfree) uint8_t *much = xcalloc(1, MAX_BODY);
    heard_t heard = {0};
    client_request_t request = {.service = SERVICE_REGISTRY,
                                .type = MSG_PUT,
                                .packed = slice(much, MAX_BODY),
                                .reply = MSG_PUT_REPLY,
                                .timeout_ms = SOON_MS};
    size_t n = 0;
    uint64_t last = 0, number;
    while ((number = client_start(client, &request, hear, &heard, &why)) != 0) {
        last = number;
        assert_true(++n <= CLIENT_BYTES / MAX_BODY);
    }
    assert_int_equal(why.cause, CLIENT_FULL);
    client_abandon(client, last);
    assert_int_not_equal(client_start(client, &request, hear, &heard, &why), 0);
}

static void what_the_node_says_is_the_reason(void **state)
{
    (void)state;
    heard_t heard = {0};
    char text[CLIENT_WHY_TEXT];
    Selenga__Fault fault = SELENGA__FAULT__INIT;
    Selenga__Error error = SELENGA__ERROR__INIT;
    char *args[] = {"registry"};
    fault.code = "SERVICE-BUSY";
    fault.args = args;
    fault.n_args = 1;
    error.fault = &fault;
    error.has_again = error.again = true;
    ask_for(SERVICE_REGISTRY, SOON_MS, &heard);
    asked_t asked;
    gate_take(&asked);
    gate_answer(&asked, MSG_ERROR, &error);
    turn_until(heard.times > 0);
    assert_int_equal(heard.reply.status, CLIENT_LATER);
    assert_string_equal(heard.reply.why.fault.code, "SERVICE-BUSY");
    assert_string_equal(client_why_text(&heard.reply.why, "x", LANG_EN, text, sizeof text),
                        "registry has too much to do now. Try again later.");
    error.again = false;
    ask_for(SERVICE_REGISTRY, SOON_MS, &heard);
    gate_take(&asked);
    gate_answer(&asked, MSG_ERROR, &error);
    turn_until(heard.times > 1);
    assert_int_equal(heard.reply.status, CLIENT_REFUSED);
}

static void an_answer_of_another_type_cannot_be_read(void **state)
{
    (void)state;
    heard_t heard = {0};
    ask_for(SERVICE_ROUTING, SOON_MS, &heard);
    asked_t asked;
    gate_take(&asked);
    gate_answer(&asked, MSG_DONE, NULL);
    turn_until(heard.times > 0);
    assert_int_equal(heard.reply.status, CLIENT_REFUSED);
    assert_int_equal(heard.reply.why.cause, CLIENT_UNREADABLE);
    assert_int_equal(heard.reply.why.service, SERVICE_ROUTING);
}

// --- time

static void each_request_ends_at_its_own_deadline(void **state)
{
    (void)state;
    clock_freeze(1000000, 0);
    heard_t soon = {0}, later = {0};
    ask_for(SERVICE_REGISTRY, 100, &soon);
    ask_for(SERVICE_ROUTING, 5000, &later);
    assert_int_equal(client_due_ms(client), 100);
    clock_advance_ms(99);
    client_turn(client);
    assert_int_equal(soon.times, 0);
    clock_advance_ms(1);
    client_turn(client);
    assert_int_equal(soon.times, 1);
    assert_int_equal(soon.reply.status, CLIENT_LATER);
    assert_int_equal(soon.reply.why.cause, CLIENT_SILENT);
    assert_int_equal(later.times, 0);
    clock_advance_ms(4900);
    client_turn(client);
    assert_int_equal(soon.times, 1);
    assert_int_equal(later.times, 1);
    assert_int_equal(client_due_ms(client), -1);
}

static void a_pause_ends_in_time_and_not_before(void **state)
{
    (void)state;
    clock_freeze(1000000, 0);
    heard_t heard = {0};
    assert_int_not_equal(client_pause(client, 20, hear, &heard, &why), 0);
    client_turn(client);
    assert_int_equal(heard.times, 0);
    assert_int_equal(client_due_ms(client), 20);
    clock_advance_ms(20);
    client_turn(client);
    assert_int_equal(heard.times, 1);
    assert_int_equal(heard.reply.status, CLIENT_DONE);
}

static void a_late_answer_is_nobodys(void **state)
{
    (void)state;
    heard_t gone = {0}, heard = {0};
    uint64_t number = ask_for(SERVICE_REGISTRY, SOON_MS, &gone);
    asked_t first;
    gate_take(&first);
    client_abandon(client, number);
    client_abandon(client, number); // is over: ignored
    ask_for(SERVICE_ROUTING, SOON_MS, &heard);
    asked_t second;
    gate_take(&second);
    Selenga__Status status = SELENGA__STATUS__INIT;
    gate_answer(&first, MSG_STATUS_REPLY, &status);
    gate_answer(&second, MSG_STATUS_REPLY, &status);
    turn_until(heard.times > 0);
    assert_int_equal(heard.reply.status, CLIENT_DONE);
    assert_int_equal(gone.times, 0);
}

// --- many at once

static void answers_find_their_requests_in_any_order(void **state)
{
    (void)state;
    enum { MANY = 20 };
    heard_t heard[MANY] = {0};
    asked_t asked[MANY];
    for (int i = 0; i < MANY; i++) assert_int_not_equal(ask_for((uint32_t)i + 1, SOON_MS, &heard[i]), 0);
    for (int i = 0; i < MANY; i++) gate_take(&asked[i]);
    for (int i = MANY - 1; i >= 0; i--) {
        Selenga__Status status = SELENGA__STATUS__INIT;
        assert_int_equal(asked[i].envelope.to, i + 1);
        gate_answer(&asked[i], i % 2 ? MSG_STATUS_REPLY : MSG_DONE, &status);
    }
    turn_until(heard[0].times > 0); // it was answered last
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(heard[i].times, 1);
        assert_int_equal(heard[i].reply.status, i % 2 ? CLIENT_DONE : CLIENT_REFUSED);
        assert_int_equal(heard[i].reply.why.service, i + 1);
    }
}

// Each answer asks the next.
typedef struct chain {
    int left;
} chain_t;

static void next_link(void *context_, client_reply_t *reply)
{
    chain_t *chain = context_;
    assert_int_equal(reply->status, CLIENT_DONE);
    if (--chain->left == 0) return;
    client_request_t request = {
        .service = SERVICE_ROUTING, .type = MSG_STATUS, .reply = MSG_DONE, .timeout_ms = SOON_MS};
    assert_int_not_equal(client_start(client, &request, next_link, chain, &why), 0);
}

static void an_answer_may_start_the_next_request(void **state)
{
    (void)state;
    chain_t chain = {.left = CLIENT_CALLS + 3};
    assert_int_not_equal(client_pause(client, 0, next_link, &chain, &why), 0);
    while (chain.left > 0) { // the last deadline fails what never ends
        asked_t asked;
        client_turn(client);
        if (gate_takes(&asked, 5)) gate_answer(&asked, MSG_DONE, NULL);
    }
}

// --- a gate that comes and goes

static void a_gate_that_went_away_ends_all_that_is_under_way(void **state)
{
    (void)state;
    clock_freeze(1000000, 0);
    heard_t one = {0}, two = {0};
    ask_for(SERVICE_REGISTRY, SOON_MS, &one);
    asked_t asked;
    gate_take(&asked);
    zmq_msg_close(&asked.frame);
    gate_close();
    ask_for(SERVICE_ROUTING, SOON_MS, &two);
    clock_advance_ms(QUIET_MS);
    client_turn(client);
    assert_int_equal(one.times, 1);
    assert_int_equal(two.times, 1);
    assert_int_equal(two.reply.status, CLIENT_LATER);
    assert_int_equal(two.reply.why.cause, CLIENT_NOT_RUNNING);
}

static void what_was_never_sent_does_not_reach_a_later_gate(void **state)
{
    (void)state;
    clock_freeze(1000000, 0);
    heard_t lost = {0}, heard = {0};
    gate_close();
    ask_for(SERVICE_REGISTRY, 50, &lost);
    clock_advance_ms(50);
    client_turn(client);
    assert_int_equal(lost.reply.why.cause, CLIENT_NOT_RUNNING);
    gate_open();
    ask_for(SERVICE_ROUTING, SOON_MS, &heard);
    asked_t asked;
    gate_take(&asked);
    assert_int_equal(asked.envelope.to, SERVICE_ROUTING);
    Selenga__Status status = SELENGA__STATUS__INIT;
    gate_answer(&asked, MSG_STATUS_REPLY, &status);
    turn_until(heard.times > 0);
    assert_int_equal(heard.reply.status, CLIENT_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_without_a_node_is_refused),
        cmocka_unit_test_setup(a_node_that_does_not_run_is_to_be_asked_later, played_make),
        with_gate(what_does_not_fit_into_a_message_is_refused_before_it_is_sent),
        with_gate(more_than_the_table_holds_is_refused_until_there_is_room),
        with_gate(more_bytes_than_may_be_under_way_are_refused),
        with_gate(what_the_node_says_is_the_reason),
        with_gate(an_answer_of_another_type_cannot_be_read),
        with_gate(each_request_ends_at_its_own_deadline),
        with_gate(a_pause_ends_in_time_and_not_before),
        with_gate(a_late_answer_is_nobodys),
        with_gate(answers_find_their_requests_in_any_order),
        with_gate(an_answer_may_start_the_next_request),
        with_gate(a_gate_that_went_away_ends_all_that_is_under_way),
        with_gate(what_was_never_sent_does_not_reach_a_later_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
