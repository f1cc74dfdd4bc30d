// SPDX-License-Identifier: Apache-2.0
// Reporting over a store: what a changed record makes it count again, and what it does not commit.
#include "proto/api.pb-c.h"
#include "services/reporting/explain.h"
#include "tests/unit/reporting/staff.h"
#include <errno.h>
#include <stdlib.h>

static void attend(unsigned number, const char *event)
{
    char text[200];
    snprintf(text, sizeof text, "event=%s|person=" DESK_ORG ":%u", event, number);
    desk_tell(&desk, &KIND_ATTENDANCE, text);
}

#define EVENT "code=E1|kind=seminar|title=T|org=" DESK_ORG "|starts_on=2024-02-01"

// --- refusals ------------------------------------------------------------------------------------

static void what_cannot_be_read_on_the_way_to_people_is_not_committed(void **state)
{
    (void)state;
    desk_begin(&desk);
    hire(1);
    attend(1, "E1");
    desk_tell(&desk, &KIND_EVENT, EVENT);
    desk_commit(&desk);
    desk_begin(&desk);
    desk_tear(&desk, &KIND_ATTENDANCE, "event=E1|person=" DESK_ORG ":1");
    desk_tell(&desk, &KIND_EVENT, EVENT "|young_school=yes");
    assert_int_equal(desk_try_commit(&desk), -EUCLEAN);
}

static void what_cannot_be_read_about_a_person_is_not_committed(void **state)
{
    (void)state;
    desk_begin(&desk);
    hire(1);
    desk_tell(&desk, &KIND_EVENT, EVENT);
    desk_commit(&desk);
    desk_begin(&desk);
    desk_tear(&desk, &KIND_EVENT, "code=E1");
    attend(1, "E1");
    assert_int_equal(desk_try_commit(&desk), -EUCLEAN);
}

// --- ordinary ------------------------------------------------------------------------------------

static void a_hired_teacher_has_facts(void **state)
{
    (void)state;
    desk_begin(&desk);
    hire(1);
    desk_commit(&desk);
    assert_int_equal(desk_count(&desk, &KIND_FACT), 1);
}

static uint64_t cost_of(desk_work_t work)
{
    return work.gets + work.puts + work.steps;
}

static void a_changed_title_touches_nobody(void **state)
{
    (void)state;
    desk_begin(&desk);
    desk_tell(&desk, &KIND_PROGRAMME, "code=P|title=T|kind=pk|hours=16");
    desk_tell(&desk, &KIND_PROGRAMME_RUN, "code=R|programme=P|provider=X|from=2024-01-10|to=2024-02-10");
    for (unsigned i = 1; i <= 100; i++) {
        char text[100];
        hire(i);
        snprintf(text, sizeof text, "run=R|person=" DESK_ORG ":%u", i);
        desk_tell(&desk, &KIND_ENROLMENT, text);
    }
    desk_commit(&desk);
    desk_work();
    desk_begin(&desk);
    desk_tell(&desk, &KIND_PROGRAMME, "code=P|title=Other|kind=pk|hours=16|topic=X");
    desk_commit(&desk);
    assert_in_range(cost_of(desk_work()), 1, 30);
}

static void help(unsigned number, const char *date)
{
    char text[200];
    snprintf(text, sizeof text, "person=" DESK_ORG ":%u|methodist=M1|kind=visit|date=%s", number, date);
    desk_tell(&desk, &KIND_SUPPORT_ACT, text);
}

// As often as that, in May and June 2024.
static void hire_and_help(unsigned number, unsigned times)
{
    desk_begin(&desk);
    hire(number);
    for (unsigned i = 0; i < times; i++) {
        char date[16];
        snprintf(date, sizeof date, "2024-%02u-%02u", 5 + i / 28 % 2, 1 + i % 28);
        help(number, date);
    }
    desk_commit(&desk);
    desk_work();
}

static void what_happens_is_counted_without_reading_all_else(void **state)
{
    (void)state;
    hire_and_help(1, 56);
    desk_begin(&desk);
    desk_tell(&desk, &KIND_EVENT, EVENT "|young_school=yes");
    desk_commit(&desk);
    desk_work();
    desk_begin(&desk);
    desk_tell(&desk, &KIND_EMPLOYMENT,
              "org=" DESK_ORG "|number=1|post=учитель|post_class=manager|from=2023-09-01");
    desk_commit(&desk);
    uint64_t all = cost_of(desk_work());
    desk_begin(&desk);
    attend(1, "E1");
    desk_commit(&desk);
    uint64_t some = cost_of(desk_work());
    assert_true(all > 56);
    assert_in_range(some, 1, all / 2);
}

static void who_has_a_form_of_support_is_not_counted_for_more_of_it(void **state)
{
    (void)state;
    hire_and_help(1, 56);
    desk_begin(&desk);
    help(1, "2024-06-29");
    desk_commit(&desk);
    assert_in_range(cost_of(desk_work()), 1, 20);
    desk_begin(&desk);
    help(1, "2024-07-01"); // of a quarter in which he has none
    desk_commit(&desk);
    assert_true(cost_of(desk_work()) > 56);
}

// --- many at once --------------------------------------------------------------------------------

enum { CROWD = 900 };

// All learn in a run of a programme for young teachers, and have a document.
static void teach_crowd(void)
{
    desk_begin(&desk);
    desk_tell(&desk, &KIND_PROGRAMME, "code=P|title=T|kind=pk|hours=16|target_group=all");
    desk_tell(&desk, &KIND_PROGRAMME_RUN, "code=R|programme=P|provider=X|from=2024-01-10|to=2024-02-10");
    for (unsigned i = 1; i <= CROWD; i++) {
        char text[100];
        hire(i);
        snprintf(text, sizeof text, "run=R|person=" DESK_ORG ":%u|number=N%u|issued_on=2024-02-10", i, i);
        desk_tell(&desk, &KIND_CERTIFICATE, text);
    }
    desk_commit(&desk);
    assert_false(REPORTING.busy(desk.service.self));
    desk_work();
}

static void make_it_for_young(void)
{
    desk_begin(&desk);
    desk_tell(&desk, &KIND_PROGRAMME, "code=P|title=T|kind=pk|hours=16|target_group=young teachers");
    desk_commit(&desk);
}

// Of the year's cell, from the runs in hex.
static unsigned year_flags(const char *runs, unsigned year)
{
    enum { RUN = 72 };
    unsigned first, last, flags;
    for (; strlen(runs) >= RUN; runs += RUN)
        if (sscanf(runs, "%4x%4x%8x", &first, &last, &flags) == 3 && first <= year && year <= last)
            return flags;
    return 0;
}

static size_t n_supported(void)
{
    size_t n = 0;
    for (unsigned i = 1; i <= CROWD; i++) {
        char key[100];
        snprintf(key, sizeof key, "pseudonym=%032x|org=" DESK_ORG "|year=0", i);
        n += (year_flags(desk_field(&desk, &KIND_FACT, key, "runs"), 2024) & FACT_SUPPORT_C) != 0;
    }
    return n;
}

static void a_crowd_is_counted_some_at_a_time(void **state)
{
    (void)state;
    teach_crowd();
    assert_int_equal(n_supported(), 0);
    desk_work();
    make_it_for_young();
    unsigned turns = 0;
    uint64_t all = 0, most = 0;
    while (REPORTING.busy(desk.service.self)) {
        desk_work();
        desk_begin(&desk);
        desk_commit(&desk);
        uint64_t cost = cost_of(desk_work());
        all += cost;
        most = cost > most ? cost : most;
        turns++;
    }
    assert_int_equal(n_supported(), CROWD);
    assert_true(turns >= 3);
    assert_in_range(most, 1, all / 2);
}

static void after_a_kill_the_rest_of_the_crowd_is_counted(void **state)
{
    (void)state;
    teach_crowd();
    make_it_for_young();
    desk_begin(&desk);
    desk_commit(&desk);
    assert_in_range(n_supported(), 1, CROWD - 1);
    desk_begin(&desk);
    desk_reopen(&desk);
    while (REPORTING.busy(desk.service.self)) {
        desk_begin(&desk);
        desk_commit(&desk);
    }
    assert_int_equal(n_supported(), CROWD);
    desk_reopen(&desk);
    assert_false(recount_is_busy(desk.service.self));
}

// --- starting ------------------------------------------------------------------------------------

static void ask_report(void)
{
    Selenga__Report report = SELENGA__REPORT__INIT;
    report.period = (char *)(uintptr_t) "2024";
    envelope_t e = {.type = MSG_REPORT, .to = SERVICE_REPORTING, .from = SERVICE_CLI, .call = 7};
    uint8_t bytes[64];
    e.body = slice(bytes, protobuf_c_message_pack(&report.base, bytes));
    assert_int_equal(REPORTING.message(desk.service.self, desk.txn, &e), 0);
}

static void make_tree(void)
{
    desk_begin(&desk);
    desk_tell(&desk, &KIND_ORGANISATION, "code=" DESK_ORG "|kind=school|name=S");
    desk_tell(&desk, &KIND_INDICATOR,
              "code=I|title=T|unit=count|numerator=count(person where pedagogue)|valid_from=2020-01-01");
    desk_commit(&desk);
}

static void a_start_reads_facts_in_slices_and_a_report_waits_for_all(void **state)
{
    (void)state;
    envelope_t before, after;
    make_tree();
    teach_crowd();
    desk_begin(&desk);
    ask_report();
    assert_int_equal(desk_answers(&desk, &before), 1);
    assert_int_equal(before.type, MSG_REPORT_REPLY);
    AUTO(xfree) uint8_t *figures = xmemdup(before.body.data, before.body.size);
    size_t size = before.body.size;
    desk_reopen(&desk);
    assert_true(REPORTING.busy(desk.service.self));
    desk_begin(&desk);
    ask_report();
    assert_int_equal(desk_answers(&desk, &after), 0);
    hire(CROWD); // what changes meanwhile
    desk_commit(&desk);
    while (desk_answers(&desk, &after) == 0) {
        assert_in_range(cost_of(desk_work()), 1, 40000);
        desk_begin(&desk);
        desk_commit(&desk);
    }
    assert_false(REPORTING.busy(desk.service.self));
    AUTO(msg_body_free)
    Selenga__ReportReply *a = msg_body_unpack(&selenga__report_reply__descriptor, slice(figures, size));
    AUTO(msg_body_free)
    Selenga__ReportReply *b = msg_body_unpack(&selenga__report_reply__descriptor, after.body);
    assert_int_equal(a->unit->n_indicators, 1);
    assert_int_equal(a->unit->indicators[0]->numerator, CROWD);
    assert_int_equal(b->unit->indicators[0]->numerator, CROWD);
}

// --- explanations --------------------------------------------------------------------------------

static Selenga__ReportReply *explain(uint32_t from)
{
    Selenga__Report report = SELENGA__REPORT__INIT;
    report.period = (char *)(uintptr_t) "2024";
    report.explain = (char *)(uintptr_t) "I";
    report.has_from = 1;
    report.from = from;
    uint8_t bytes[64];
    envelope_t e = {.type = MSG_REPORT, .to = SERVICE_REPORTING, .from = SERVICE_CLI, .call = 7};
    e.body = slice(bytes, protobuf_c_message_pack(&report.base, bytes));
    assert_int_equal(REPORTING.message(desk.service.self, desk.txn, &e), 0);
    assert_int_equal(desk_answers(&desk, &e), 1);
    Selenga__ReportReply *reply = msg_body_unpack(&selenga__report_reply__descriptor, e.body);
    assert_non_null(reply);
    return reply;
}

static void pages_of_an_explanation_are_made_of_one_look_at_everything(void **state)
{
    enum { ALL = 2 * EXPLAIN_PAGE + 1, LOOKS_EACH = 4 };
    const reporting_t *reporting = desk.service.self;
    uint64_t looks = 0;
    uint32_t from = 0, pages = 0;
    size_t people = 0;
    (void)state;
    make_tree();
    desk_begin(&desk);
    for (unsigned i = 1; i <= ALL; i++) hire(i);
    desk_commit(&desk);
    desk_begin(&desk);
    for (bool more = true; more; pages++) {
        AUTO(msg_body_free) Selenga__ReportReply *page = explain(from);
        people += page->n_people;
        more = page->has_next;
        from = page->next;
        assert_int_equal(more, reporting->explaining != NULL); // nothing is kept behind the last page
        if (more) assert_true(reporting->explaining->looks > looks);
        if (more) looks = reporting->explaining->looks;
    }
    assert_int_equal(pages, 3);
    assert_int_equal(people, ALL);
    assert_in_range(looks, ALL, LOOKS_EACH * ALL);
    store_abort(&desk.txn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_be_read_on_the_way_to_people_is_not_committed),
        TEST(what_cannot_be_read_about_a_person_is_not_committed),
        TEST(a_hired_teacher_has_facts),
        TEST(a_changed_title_touches_nobody),
        TEST(what_happens_is_counted_without_reading_all_else),
        TEST(who_has_a_form_of_support_is_not_counted_for_more_of_it),
        TEST(a_crowd_is_counted_some_at_a_time),
        TEST(after_a_kill_the_rest_of_the_crowd_is_counted),
        TEST(a_start_reads_facts_in_slices_and_a_report_waits_for_all),
        TEST(pages_of_an_explanation_are_made_of_one_look_at_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
