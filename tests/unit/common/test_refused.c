// SPDX-License-Identifier: Apache-2.0
// What waits in quarantine, page by page.
#include "tests/unit/common/played.h"

#include "common/node/pages.h"
#include "common/node/refused.h"

typedef struct read {
    int turns;
    size_t items;
    uint64_t done;
    client_status_t status;
    client_cause_t cause;
    bool over;
} read_t;

static void note(void *context_, client_status_t status, const client_why_t *why_, const refused_page_t *page,
                 bool over)
{
    read_t *read = context_;
    assert_int_equal(why_ == NULL, status == CLIENT_DONE);
    read->turns++;
    read->status = status;
    if (why_ != NULL) read->cause = why_->cause;
    read->over = over;
    if (page->list != NULL) read->items += page->list->n_items;
    if (page->done != NULL) read->done += page->done->done;
}

static refused_query_t query_of(uint32_t act, uint64_t most)
{
    refused_query_t query = {.service = SERVICE_ROUTING, .act = act, .most = most};
    selenga__quarantine_query__init(&query.which);
    query.which.code = "REACH";
    return query;
}

static void check(const Selenga__QuarantineQuery *which, uint32_t limit, size_t after)
{
    assert_non_null(which);
    assert_string_equal(which->code, "REACH");
    assert_int_equal(which->has_limit ? which->limit : 0, limit);
    assert_int_equal(which->has_after ? which->after.len : 0, after);
}

// Answers a list with n items and a mark of so many bytes.
static void answer_list(uint32_t limit, size_t after, size_t n, size_t mark)
{
    uint8_t bytes[PAGE_MARK + 1] = {1};
    asked_t asked;
    gate_take(&asked);
    assert_int_equal(asked.envelope.type, MSG_QUARANTINE_LIST);
    AUTO(msg_body_free)
    Selenga__QuarantineQuery *which =
        msg_body_unpack(&selenga__quarantine_query__descriptor, asked.envelope.body);
    check(which, limit, after);
    Selenga__Quarantined item = SELENGA__QUARANTINED__INIT, *items[] = {&item, &item, &item};
    Selenga__QuarantineList page = SELENGA__QUARANTINE_LIST__INIT;
    page.items = items;
    page.n_items = n;
    page.has_next = mark > 0;
    page.next = (ProtobufCBinaryData){mark, bytes};
    gate_answer(&asked, MSG_QUARANTINE_REPLY, &page);
}

static void answer_act(size_t after, uint32_t done, size_t mark)
{
    uint8_t bytes[8] = {1};
    asked_t asked;
    gate_take(&asked);
    assert_int_equal(asked.envelope.type, MSG_QUARANTINE_DISCARD);
    AUTO(msg_body_free)
    Selenga__QuarantineAct *act = msg_body_unpack(&selenga__quarantine_act__descriptor, asked.envelope.body);
    assert_non_null(act);
    assert_string_equal(act->why, "old");
    check(act->query, 0, after);
    Selenga__QuarantineDone page = SELENGA__QUARANTINE_DONE__INIT;
    page.has_done = page.has_met = true;
    page.done = page.met = done;
    page.has_next = mark > 0;
    page.next = (ProtobufCBinaryData){mark, bytes};
    gate_answer(&asked, MSG_QUARANTINE_DONE, &page);
}

static void a_mark_that_cannot_be_kept_is_a_failure(void **state)
{
    (void)state;
    read_t read = {0};
    refused_query_t query = query_of(0, 0);
    AUTO(refused_destroy) refused_t *refused = refused_new(client, &query, note, &read);
    assert_true(refused_next(refused, &why));
    answer_list(REFUSED_PAGE, 0, 3, PAGE_MARK + 1);
    turn_until(read.turns > 0);
    assert_true(read.over);
    assert_int_equal(read.status, CLIENT_REFUSED);
    assert_int_equal(read.cause, CLIENT_BAD_MARK);
}

static void a_refusal_ends_it(void **state)
{
    (void)state;
    read_t read = {0};
    refused_query_t query = query_of(0, 0);
    AUTO(refused_destroy) refused_t *refused = refused_new(client, &query, note, &read);
    assert_true(refused_next(refused, &why));
    asked_t asked;
    gate_take(&asked);
    Selenga__Error error = SELENGA__ERROR__INIT;
    gate_answer(&asked, MSG_ERROR, &error);
    turn_until(read.turns > 0);
    assert_int_equal(read.status, CLIENT_REFUSED);
    assert_true(read.over);
}

static void no_more_are_asked_for_than_are_wanted(void **state)
{
    (void)state;
    read_t read = {0};
    refused_query_t query = query_of(0, 5);
    AUTO(refused_destroy) refused_t *refused = refused_new(client, &query, note, &read);
    assert_true(refused_next(refused, &why));
    answer_list(5, 0, 3, 4);
    turn_until(read.turns == 1);
    assert_false(read.over);
    assert_true(refused_next(refused, &why));
    answer_list(2, 4, 2, 4);
    turn_until(read.turns == 2);
    assert_true(read.over);
    assert_int_equal(read.items, 5);
}

static void a_decision_goes_on_behind_each_page(void **state)
{
    (void)state;
    read_t read = {0};
    refused_query_t query = query_of(MSG_QUARANTINE_DISCARD, 0);
    query.why = "old";
    AUTO(refused_destroy) refused_t *refused = refused_new(client, &query, note, &read);
    assert_true(refused_next(refused, &why));
    answer_act(0, 7, 6);
    turn_until(read.turns == 1);
    assert_false(read.over);
    assert_true(refused_next(refused, &why));
    answer_act(6, 2, 0);
    turn_until(read.turns == 2);
    assert_true(read.over);
    assert_int_equal(read.done, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_gate(a_mark_that_cannot_be_kept_is_a_failure),
        with_gate(a_refusal_ends_it),
        with_gate(no_more_are_asked_for_than_are_wanted),
        with_gate(a_decision_goes_on_behind_each_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
