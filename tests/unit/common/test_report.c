// SPDX-License-Identifier: Apache-2.0
// A report read page by page while what is counted changes.
#include "tests/unit/common/played.h"

#include "common/node/report.h"
#include <stdio.h>

typedef struct read {
    int times;
    client_status_t status;
    client_cause_t cause;
    report_t report;
} read_t;

static void note(void *context_, client_status_t status, const client_why_t *why_, report_t *report)
{
    read_t *read = context_;
    assert_int_equal(why_ == NULL, status == CLIENT_DONE);
    read->times++;
    read->status = status;
    if (why_ != NULL) read->cause = why_->cause;
    read->report = *report;
    *report = (report_t){0};
}

static report_reading_t *start(read_t *read)
{
    Selenga__Report request = SELENGA__REPORT__INIT;
    request.period = "2024";
    report_reading_t *reading = report_start(client, NULL, &request, note, read, &why);
    assert_non_null(reading);
    return reading;
}

// Answers with a page of `n` children after `after` (NULL: from the beginning).
static void answer(const char *after, uint64_t state, size_t n, bool more)
{
    asked_t asked;
    turn_until_asked();
    gate_take(&asked);
    assert_int_equal(asked.envelope.to, SERVICE_REPORTING);
    AUTO(msg_body_free)
    Selenga__Report *request = msg_body_unpack(&selenga__report__descriptor, asked.envelope.body);
    assert_non_null(request);
    assert_string_equal(request->period, "2024");
    assert_string_equal(request->after != NULL ? request->after : "-", after != NULL ? after : "-");
    assert_int_equal(request->has_state, after != NULL);
    char codes[4][8];
    Selenga__ReportUnit units[4], *rows[4], unit = SELENGA__REPORT_UNIT__INIT;
    Selenga__ReportReply page = SELENGA__REPORT_REPLY__INIT;
    for (size_t i = 0; i < n; i++) {
        snprintf(codes[i], sizeof codes[i], "%s%zu", after != NULL ? "b" : "a", i);
        selenga__report_unit__init(&units[i]);
        units[i].org = codes[i];
        rows[i] = &units[i];
    }
    unit.org = "03";
    page.unit = after != NULL ? NULL : &unit;
    page.children = rows;
    page.n_children = n;
    page.period = "2024";
    page.has_state = page.has_more = true;
    page.state = state;
    page.more = more;
    gate_answer(&asked, MSG_REPORT_REPLY, &page);
}

static void what_never_stands_still_is_given_up(void **state)
{
    (void)state;
    read_t read = {0};
    start(&read);
    for (uint64_t i = 0; read.times == 0 && i < 100; i++) {
        answer(NULL, 2 * i, 2, true);
        answer("a1", 2 * i + 1, 2, false);
        for (int turn = 0; turn < 100 && read.times == 0 && !gate_is_asked(); turn++) {
            zmq_pollitem_t item = {client_socket(client), 0, ZMQ_POLLIN, 0};
            zmq_poll(&item, 1, 100);
            client_turn(client);
        }
    }
    assert_int_equal(read.times, 1);
    assert_int_equal(read.status, CLIENT_REFUSED);
    assert_int_equal(read.cause, CLIENT_CHANGES);
    assert_int_equal(read.report.n_pages, 0);
}

static void what_is_refused_leaves_nothing(void **state)
{
    (void)state;
    read_t read = {0};
    start(&read);
    answer(NULL, 7, 2, true);
    asked_t asked;
    turn_until_asked();
    gate_take(&asked);
    Selenga__Error error = SELENGA__ERROR__INIT;
    gate_answer(&asked, MSG_ERROR, &error);
    turn_until(read.times > 0);
    assert_int_equal(read.status, CLIENT_REFUSED);
    assert_int_equal(read.cause, CLIENT_SAID);
    assert_int_equal(read.report.n_pages + read.report.n_children, 0);
}

static void pages_of_one_state_are_one_report(void **state)
{
    (void)state;
    read_t read = {0};
    start(&read);
    answer(NULL, 7, 3, true);
    answer("a2", 7, 2, false);
    turn_until(read.times > 0);
    assert_int_equal(read.status, CLIENT_DONE);
    assert_int_equal(read.report.n_children, 5);
    assert_string_equal(read.report.children[4]->org, "b1");
    assert_string_equal(read.report.unit->org, "03");
    report_clear(&read.report);
}

static void figures_that_changed_meanwhile_are_read_from_the_beginning(void **state)
{
    (void)state;
    read_t read = {0};
    start(&read);
    answer(NULL, 7, 3, true);
    answer("a2", 8, 2, false);
    answer(NULL, 8, 1, true);
    answer("a0", 8, 1, false);
    turn_until(read.times > 0);
    assert_int_equal(read.status, CLIENT_DONE);
    assert_int_equal(read.report.n_children, 2);
    report_clear(&read.report);
}

static void a_report_that_is_given_up_calls_nobody(void **state)
{
    (void)state;
    read_t read = {0};
    report_reading_t *reading = start(&read);
    answer(NULL, 7, 3, true);
    turn_until_asked();
    report_abandon(&reading);
    assert_null(reading);
    assert_int_equal(client_due_ms(client), -1);
    assert_int_equal(read.times, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_gate(what_never_stands_still_is_given_up),
        with_gate(what_is_refused_leaves_nothing),
        with_gate(pages_of_one_state_are_one_report),
        with_gate(figures_that_changed_meanwhile_are_read_from_the_beginning),
        with_gate(a_report_that_is_given_up_calls_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
