// SPDX-License-Identifier: Apache-2.0
// Reporting over a store: what a changed record makes it count again, and what it does not commit.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "proto/api.pb-c.h"
#include "services/reporting/recount.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static desk_t desk;

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &REPORTING);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

// A teacher of this number, hired in 2023.
static void hire(unsigned number)
{
    char text[200];
    snprintf(text, sizeof text, "org=" DESK_ORG "|number=%u|pseudonym=%032x", number, number);
    desk_tell(&desk, &KIND_PERSON, text);
    snprintf(text, sizeof text,
             "org=" DESK_ORG "|number=%u|post=учитель|post_class=pedagogue|from=2023-09-01", number);
    desk_tell(&desk, &KIND_EMPLOYMENT, text);
}

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
    assert_true(desk_count(&desk, &KIND_FACT) > 0);
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

static void what_happens_on_a_day_is_counted_in_its_years_only(void **state)
{
    (void)state;
    desk_begin(&desk);
    hire(1);
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
    printf("%llu operations of the store for a changed post, %llu for an attendance\n",
           (unsigned long long)all, (unsigned long long)some);
    assert_in_range(some, 1, all * 2 / 3);
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

static size_t n_supported(void)
{
    size_t n = 0;
    for (unsigned i = 1; i <= CROWD; i++) {
        char key[100];
        snprintf(key, sizeof key, "pseudonym=%032x|org=" DESK_ORG "|year=2024", i);
        unsigned year_cell = 0;
        sscanf(desk_field(&desk, &KIND_FACT, key, "cells"), "%8x", &year_cell);
        uint8_t b[4] = {(uint8_t)(year_cell >> 24), (uint8_t)(year_cell >> 16), (uint8_t)(year_cell >> 8),
                        (uint8_t)year_cell};
        uint32_t big = be32_load(b), little = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16;
        n += ((big | little) & FACT_SUPPORT_C) != 0;
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

// --- a recount changes nothing -------------------------------------------------------------------

enum { STAFF = 12, ROUNDS = 1500 };

static unsigned below(unsigned n)
{
    return (unsigned)rand() % n;
}

static char day_text[3][16];
static const char *some_day(unsigned i)
{
    snprintf(day_text[i], sizeof day_text[i], "20%02u-%02u-%02u", 20 + below(9), 1 + below(12),
             1 + below(28));
    return day_text[i];
}

// Days in order.
static void two_days(const char **from, const char **to)
{
    *from = some_day(0);
    *to = some_day(1);
    if (strcmp(*from, *to) <= 0) return;
    const char *swap = *from;
    *from = *to;
    *to = swap;
}

static void something_happens(void)
{
    const char *from, *to, *on = some_day(2);
    unsigned person = below(STAFF), other = (person + 1 + below(STAFF - 1)) % STAFF, thing = below(6);
    char text[300], end[32] = "";
    const kind_rule_t *kind = NULL;
    two_days(&from, &to);
    if (below(3) != 0) snprintf(end, sizeof end, "|to=%s", to);
#define SAY(KIND, ...) (kind = &(KIND), snprintf(text, sizeof text, __VA_ARGS__))
    switch (below(16)) {
    case 0:
        SAY(KIND_PERSON, "org=" DESK_ORG "|number=%u|pseudonym=%032x%s", person, person / 2,
            below(4) == 0 ? "|provisional=yes" : "");
        break;
    case 1:
        SAY(KIND_IDENTITY,
            "org=" DESK_ORG "|number=%u|last_name=A|first_name=B|birth_date=19%02u-05-05|experience_from=%s",
            person, 80 + below(19), on);
        break;
    case 2:
    case 3:
        SAY(KIND_EMPLOYMENT, "org=" DESK_ORG "|number=%u|post=P|post_class=%s|from=%s%s%s", person,
            below(2) ? "pedagogue" : "manager", from, end, below(4) == 0 ? "|external=yes" : "");
        break;
    case 4:
        SAY(KIND_ABSENCE, "person=" DESK_ORG ":%u|kind=%s|from=20%02u-01-01|to=%s", person,
            below(2) ? "sick" : "childcare", 20 + thing, "2027-03-01");
        break;
    case 5:
        SAY(KIND_MENTORING_PAIR, "mentor=" DESK_ORG ":%u|mentee=" DESK_ORG ":%u|from=20%02u-01-01%s", other,
            person, 20 + thing, below(2) ? "|to=2028-01-01" : "");
        break;
    case 6:
        SAY(KIND_MENTORING_MEETING, "mentor=" DESK_ORG ":%u|mentee=" DESK_ORG ":%u|date=%s", other, person,
            on);
        break;
    case 7:
        SAY(KIND_PROGRAMME, "code=P%u|title=T%u|kind=%s|hours=16|target_group=%s", thing / 2, below(100),
            below(2) ? "pk" : "internship", below(2) ? "молодые" : "все");
        break;
    case 8:
        SAY(KIND_PROGRAMME_RUN, "code=R%u|programme=P%u|provider=X|from=%s|to=%s", thing, below(3), from, to);
        break;
    case 9:
        SAY(KIND_ENROLMENT, "run=R%u|person=" DESK_ORG ":%u%s%s", thing, person, below(2) ? "|team=T1" : "",
            below(2) ? "|attended_hours=8" : "");
        break;
    case 10:
        SAY(KIND_CERTIFICATE, "number=N%u|run=R%u|person=" DESK_ORG ":%u|issued_on=%s", below(20), thing,
            person, on);
        break;
    case 11:
        SAY(KIND_EVENT, "code=E%u|kind=seminar|title=T|org=" DESK_ORG "|starts_on=%s%s|young_school=%s",
            thing, from, "", below(4) ? "yes" : "no");
        break;
    case 12:
        SAY(KIND_ATTENDANCE, "event=E%u|person=" DESK_ORG ":%u", thing, person);
        break;
    case 13:
        SAY(KIND_SUPPORT_ACT, "person=" DESK_ORG ":%u|methodist=M%u|kind=visit|date=%s", person, below(2),
            on);
        break;
    case 14:
        SAY(KIND_ROUTE, "code=W%u|person=" DESK_ORG ":%u|tutor=" DESK_ORG ":%u|from=%s%s|state=%s", thing,
            thing, other, from, end, below(4) ? "active|confirmed_by=X|confirmed_on=2024-01-01" : "draft");
        break;
    default:
        SAY(KIND_ACTIVITY, "route=W%u|code=%u|person=" DESK_ORG ":%u|title=T|form=self|reason=R%s%s", thing,
            below(3), thing, below(4) ? "|done_on=" : "", "");
        if (strstr(text, "done_on") != NULL)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s", on);
        break;
    }
#undef SAY
    if (below(12) == 0)
        desk_tell_deleted(&desk, kind, text);
    else
        desk_tell(&desk, kind, text);
}

static void whatever_happens_facts_are_those_of_a_recount(void **state)
{
    (void)state;
    reporting_t *self = desk.service.self;
    srand(11);
    desk_begin(&desk);
    for (unsigned i = 0; i < STAFF; i++) hire(i);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = below(4); i > 0; i--) something_happens();
        desk_commit(&desk);
        desk_begin(&desk);
        while (REPORTING.busy(self)) {
            desk_commit(&desk);
            desk_begin(&desk);
        }
        if (round % 10 != 0) continue;
        uint64_t head = store_txn_head(desk.txn);
        for (unsigned i = 0; i < STAFF; i++) {
            dirty_t dirty = {.years = YEARS_ALL};
            dirty.pseudonym[PSEUDONYM_BYTES - 1] = (uint8_t)i;
            recount_mark(self, &dirty);
        }
        assert_int_equal(recount(self, desk.txn), 0);
        assert_int_equal(store_txn_head(desk.txn), head); // nothing had to be written
    }
    store_abort(&desk.txn);
    assert_true(desk_count(&desk, &KIND_FACT) > 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_be_read_on_the_way_to_people_is_not_committed),
        TEST(what_cannot_be_read_about_a_person_is_not_committed),
        TEST(a_hired_teacher_has_facts),
        TEST(a_changed_title_touches_nobody),
        TEST(what_happens_on_a_day_is_counted_in_its_years_only),
        TEST(a_crowd_is_counted_some_at_a_time),
        TEST(after_a_kill_the_rest_of_the_crowd_is_counted),
        TEST(a_start_reads_facts_in_slices_and_a_report_waits_for_all),
        TEST(whatever_happens_facts_are_those_of_a_recount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
