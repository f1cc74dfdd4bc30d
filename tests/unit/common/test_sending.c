// SPDX-License-Identifier: Apache-2.0
// Many groups on their way to one service.
#include "tests/unit/common/played.h"

#include "common/node/sending.h"
#include <stdlib.h>

typedef struct sent {
    uint64_t tags[8];
    uint32_t results[8];
    size_t n;
    int times;
    client_status_t status;
    client_cause_t cause;
} sent_t;

static void note_outcome(void *context_, uint64_t tag, const Selenga__Outcome *outcome)
{
    sent_t *sent = context_;
    assert_true(sent->n < ARRAY_SIZE(sent->tags));
    sent->tags[sent->n] = tag;
    sent->results[sent->n++] = outcome->result;
}

static sent_t *under_way; // done is told the outcomes' context, too

static void note_done(void *context_, client_status_t status, const client_why_t *why_)
{
    sent_t *sent = context_;
    assert_ptr_equal(sent, under_way);
    assert_int_equal(why_ == NULL, status == CLIENT_DONE);
    sent->times++;
    sent->status = status;
    if (why_ != NULL) sent->cause = why_->cause;
}

// A group of one record whose body has so many bytes.
static bool add(sending_t *sending, size_t size, uint64_t tag)
{
    AUTO(xfree) uint8_t *body = xcalloc(size + 1, 1);
    Selenga__Item item = SELENGA__ITEM__INIT, *items[] = {&item};
    Selenga__Group group = SELENGA__GROUP__INIT;
    item.has_kind = item.has_body = true;
    item.kind = (uint32_t)tag;
    item.body = (ProtobufCBinaryData){size, body};
    group.items = items;
    group.n_items = 1;
    return sending_add(sending, &group, tag);
}

static void answer(size_t n_groups, bool bulk, size_t n_outcomes)
{
    asked_t asked;
    gate_take(&asked);
    assert_int_equal(asked.envelope.type, MSG_PUT);
    assert_int_equal(asked.envelope.to, SERVICE_ROUTING);
    AUTO(msg_body_free) Selenga__Put *put = msg_body_unpack(&selenga__put__descriptor, asked.envelope.body);
    assert_non_null(put);
    assert_int_equal(put->n_groups, n_groups);
    assert_int_equal(put->bulk, bulk);
    Selenga__Outcome outcomes[4], *rows[4];
    for (uint32_t i = 0; i < ARRAY_SIZE(rows); i++) {
        selenga__outcome__init(&outcomes[i]);
        outcomes[i].has_result = true;
        outcomes[i].result = RESULT_NEW + i;
        rows[i] = &outcomes[i];
    }
    Selenga__PutReply reply = SELENGA__PUT_REPLY__INIT;
    reply.outcomes = rows;
    reply.n_outcomes = n_outcomes;
    gate_answer(&asked, MSG_PUT_REPLY, &reply);
}

static void an_answer_about_other_groups_is_refused_and_none_of_them_counts(void **state)
{
    (void)state;
    sent_t sent = {0};
    under_way = &sent;
    AUTO(sending_destroy)
    sending_t *sending = sending_new(client, SERVICE_ROUTING, 0, note_outcome, &sent);
    assert_true(add(sending, 3, 1) && add(sending, 3, 2));
    assert_true(sending_start(sending, note_done, &why));
    answer(2, false, 1);
    turn_until(sent.times > 0);
    assert_int_equal(sent.status, CLIENT_REFUSED);
    assert_int_equal(sent.cause, CLIENT_UNREADABLE);
    assert_int_equal(sent.n, 0);
    assert_int_equal(sending_count(sending), 0);
}

static void a_full_message_takes_no_more_and_one_under_way_neither(void **state)
{
    (void)state;
    sent_t sent = {0};
    under_way = &sent;
    AUTO(sending_destroy)
    sending_t *sending = sending_new(client, SERVICE_ROUTING, 0, note_outcome, &sent);
    assert_true(add(sending, 2 * SENDING_BYTES / 3, 1));
    assert_false(add(sending, SENDING_BYTES / 2, 2));
    assert_true(add(sending, 3, 3));
    assert_true(sending_start(sending, note_done, &why));
    assert_false(add(sending, 3, 4));
    answer(2, false, 2);
    turn_until(sent.times > 0);
    assert_true(add(sending, SENDING_BYTES + 1, 5)); // alone it is taken, however large
    sending_destroy(&sending);
    sending = sending_new(client, SERVICE_ROUTING, 0, note_outcome, &sent);
    for (uint64_t i = 0; i < SENDING_GROUPS; i++) assert_true(add(sending, 1, i));
    assert_false(add(sending, 1, SENDING_GROUPS));
    assert_int_equal(sending_count(sending), SENDING_GROUPS);
}

static void outcomes_are_told_in_the_order_of_adding(void **state)
{
    (void)state;
    sent_t sent = {0};
    under_way = &sent;
    AUTO(sending_destroy)
    sending_t *sending = sending_new(client, SERVICE_ROUTING, SENDING_BULK, note_outcome, &sent);
    for (int message = 1; message <= 2; message++) {
        assert_true(add(sending, 300, 70) && add(sending, 0, 60) && add(sending, 7, 50));
        assert_true(sending_start(sending, note_done, &why));
        answer(3, true, 3);
        turn_until(sent.times == message);
        assert_int_equal(sent.status, CLIENT_DONE);
        assert_int_equal(sent.n, 3);
        assert_true(sent.tags[0] == 70 && sent.tags[1] == 60 && sent.tags[2] == 50);
        assert_true(sent.results[0] == RESULT_NEW && sent.results[2] == RESULT_UNCHANGED);
        sent.n = 0;
    }
    assert_int_equal(sending_flush(sending, &why), CLIENT_DONE); // nothing is there to be sent
}

static void what_is_given_up_calls_nobody(void **state)
{
    (void)state;
    sent_t sent = {0};
    heard_t heard = {0};
    sending_t *sending = sending_new(client, SERVICE_ROUTING, 0, note_outcome, &sent);
    assert_true(add(sending, 3, 1));
    assert_true(sending_start(sending, note_done, &why));
    sending_destroy(&sending);
    answer(1, false, 1);
    ask_for(SERVICE_ROUTING, SOON_MS, &heard);
    asked_t asked;
    gate_take(&asked);
    gate_answer(&asked, MSG_DONE, NULL);
    turn_until(heard.times > 0);
    assert_int_equal(sent.n + (size_t)sent.times, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_gate(an_answer_about_other_groups_is_refused_and_none_of_them_counts),
        with_gate(a_full_message_takes_no_more_and_one_under_way_neither),
        with_gate(outcomes_are_told_in_the_order_of_adding),
        with_gate(what_is_given_up_calls_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
