// SPDX-License-Identifier: Apache-2.0
// Long lists page by page, and waiting until a service has read what others hold.
#include "tests/unit/common/played.h"

#include "common/node/pages.h"
#include "common/node/settle.h"
#include "proto/kinds.h"

// --- pages

typedef struct read {
    int records, turns, enough_at;
    client_status_t status;
    client_cause_t cause;
    bool over;
} read_t;

static bool read_record(void *context_, slice_t wire, const Selenga__Record *record)
{
    read_t *read = context_;
    (void)wire;
    assert_int_equal(record->kind, N_EVENT);
    return ++read->records != read->enough_at;
}

static void read_turn(void *context_, client_status_t status, const client_why_t *why_, bool over)
{
    read_t *read = context_;
    read->turns++;
    read->status = status;
    if (why_) read->cause = why_->cause;
    read->over = over;
}

static pages_t *read_pages(read_t *read, uint64_t most)
{
    Selenga__List request = SELENGA__LIST__INIT;
    request.has_kind = true;
    request.kind = N_EVENT;
    return pages_new(client, &request, NULL, most, read_record, read_turn, read);
}

// A page of `n` records as the answer to the request, which is checked; mark_size 0: the last one.
static void answer_page(const char *after, uint32_t limit, size_t n, size_t mark_size)
{
    uint8_t packed[64], mark[PAGE_MARK + 1];
    Selenga__Record record = SELENGA__RECORD__INIT;
    record.has_kind = true;
    record.kind = N_EVENT;
    size_t size = selenga__record__pack(&record, packed);
    asked_t asked;
    gate_take(&asked);
    AUTO(msg_body_free)
    Selenga__List *list = msg_body_unpack(&selenga__list__descriptor, asked.envelope.body);
    assert_non_null(list);
    assert_int_equal(list->limit, limit);
    assert_int_equal(list->after.len, strlen(after));
    assert_memory_equal(list->after.data, after, list->after.len);
    ProtobufCBinaryData records[4] = {{size, packed}, {size, packed}, {size, packed}, {size, packed}};
    Selenga__Records page = SELENGA__RECORDS__INIT;
    page.records = records;
    page.n_records = n;
    memset(mark, 'm', sizeof mark);
    page.has_next = mark_size > 0;
    page.next = (ProtobufCBinaryData){mark_size, mark};
    gate_answer(&asked, MSG_RECORDS, &page);
}

static void a_page_with_a_record_that_cannot_be_read_is_refused(void **state)
{
    (void)state;
    read_t read = {0};
    AUTO(pages_destroy) pages_t *pages = read_pages(&read, 0);
    assert_true(pages_next(pages, SOON_MS, &why));
    asked_t asked;
    gate_take(&asked);
    ProtobufCBinaryData broken = {3, (uint8_t *)"\xff\xff\xff"};
    Selenga__Records page = SELENGA__RECORDS__INIT;
    page.records = &broken;
    page.n_records = 1;
    gate_answer(&asked, MSG_RECORDS, &page);
    turn_until(read.turns > 0);
    assert_int_equal(read.status, CLIENT_REFUSED);
    assert_int_equal(read.cause, CLIENT_BAD_RECORD);
    assert_true(read.over);
}

static void a_page_whose_mark_is_too_long_is_refused(void **state)
{
    (void)state;
    read_t read = {0};
    AUTO(pages_destroy) pages_t *pages = read_pages(&read, 0);
    assert_true(pages_next(pages, SOON_MS, &why));
    answer_page("", PAGE_RECORDS, 1, PAGE_MARK + 1);
    turn_until(read.turns > 0);
    assert_int_equal(read.cause, CLIENT_BAD_MARK);
    assert_true(read.over);
}

static void the_next_page_is_asked_for_when_it_is_wanted_and_begins_at_the_mark(void **state)
{
    (void)state;
    read_t read = {0};
    asked_t none;
    AUTO(pages_destroy) pages_t *pages = read_pages(&read, 5);
    assert_true(pages_next(pages, SOON_MS, &why));
    answer_page("", 5, 3, 2);
    turn_until(read.turns == 1);
    assert_int_equal(read.records, 3);
    assert_false(read.over);
    assert_int_equal(pages_mark(pages)->size, 2);
    assert_false(gate_takes(&none, 0));
    assert_true(pages_next(pages, SOON_MS, &why));
    answer_page("mm", 2, 4, 2); // more than was asked for
    turn_until(read.turns == 2);
    assert_int_equal(read.records, 5);
    assert_true(read.over);
}

static void a_reader_who_has_enough_gets_no_more(void **state)
{
    (void)state;
    read_t read = {.enough_at = 2};
    AUTO(pages_destroy) pages_t *pages = read_pages(&read, 0);
    assert_true(pages_next(pages, SOON_MS, &why));
    answer_page("", PAGE_RECORDS, 4, 2);
    turn_until(read.turns > 0);
    assert_int_equal(read.records, 2);
    assert_int_equal(read.status, CLIENT_DONE);
    assert_true(read.over);
}

static void pages_that_are_given_up_call_nobody(void **state)
{
    (void)state;
    read_t read = {0};
    heard_t heard = {0};
    pages_t *pages = read_pages(&read, 0);
    assert_true(pages_next(pages, SOON_MS, &why));
    pages_destroy(&pages);
    answer_page("", PAGE_RECORDS, 4, 2);
    ask_for(SERVICE_ROUTING, SOON_MS, &heard);
    asked_t asked;
    gate_take(&asked);
    gate_answer(&asked, MSG_DONE, NULL);
    turn_until(heard.times > 0);
    assert_int_equal(read.records + read.turns, 0);
}

// --- settling

static void set(void *context_)
{
    *(bool *)context_ = true;
}

static void answer_queues(uint32_t service, uint32_t peer, uint64_t waiting)
{
    asked_t asked;
    gate_take(&asked);
    assert_int_equal(asked.envelope.to, service);
    assert_int_equal(asked.envelope.type, MSG_QUEUES);
    Selenga__Queue queue = SELENGA__QUEUE__INIT, *rows[] = {&queue};
    queue.peer = peer;
    queue.has_peer = queue.has_waiting = true;
    queue.waiting = waiting;
    Selenga__Queues queues = SELENGA__QUEUES__INIT;
    queues.queues = rows;
    queues.n_queues = 1;
    gate_answer(&asked, MSG_QUEUES_REPLY, &queues);
}

static void a_service_is_settled_when_all_before_it_have_nothing_left_for_it(void **state)
{
    (void)state;
    bool over = false;
    assert_non_null(settle_start(client, SERVICE_ROUTING, SOON_MS, set, &over));
    turn_until_asked();
    answer_queues(SERVICE_REGISTRY, SERVICE_ROUTING, 7);
    turn_until_asked();                                    // asked again
    answer_queues(SERVICE_REGISTRY, SERVICE_REPORTING, 7); // that is for another one
    turn_until_asked();
    assert_false(over);
    asked_t asked;
    gate_take(&asked);
    assert_int_equal(asked.envelope.to, SERVICE_DIAGNOSTICS);
    gate_answer(&asked, MSG_DONE, NULL); // not waited for
    turn_until(over);
}

static void settling_ends_at_its_deadline(void **state)
{
    (void)state;
    bool over = false;
    assert_non_null(settle_start(client, SERVICE_DIAGNOSTICS, 0, set, &over));
    turn_until_asked();
    answer_queues(SERVICE_REGISTRY, SERVICE_DIAGNOSTICS, 7);
    turn_until(over);
}

static void a_wait_that_is_given_up_calls_nobody(void **state)
{
    (void)state;
    bool over = false;
    settle_t *settle = settle_start(client, SERVICE_DIAGNOSTICS, SOON_MS, set, &over);
    settle_abandon(&settle);
    assert_null(settle);
    client_turn(client);
    assert_int_equal(client_due_ms(client), -1);
    assert_false(over);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_gate(a_page_with_a_record_that_cannot_be_read_is_refused),
        with_gate(a_page_whose_mark_is_too_long_is_refused),
        with_gate(the_next_page_is_asked_for_when_it_is_wanted_and_begins_at_the_mark),
        with_gate(a_reader_who_has_enough_gets_no_more),
        with_gate(pages_that_are_given_up_call_nobody),
        with_gate(a_service_is_settled_when_all_before_it_have_nothing_left_for_it),
        with_gate(settling_ends_at_its_deadline),
        with_gate(a_wait_that_is_given_up_calls_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
