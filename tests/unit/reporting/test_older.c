// SPDX-License-Identifier: Apache-2.0
// A store whose facts an earlier program wrote, one record for each year: they are made anew after a start.
#include "proto/api.pb-c.h"
#include "services/reporting/reporting.h"
#include "tests/unit/reporting/staff.h"
#include <stdio.h>
#include <stdlib.h>

enum { CROWD = 600, FIRST = 2022, YEARS = 3, ID = 16, KEY = 17 };

// Flags of all cells: a teacher of 35 or more.
#define CELLS "0000002100000021000000210000002100000021000000210000002100000021"

static void hire_aged(unsigned number)
{
    char text[200];
    snprintf(text, sizeof text, "org=" DESK_ORG "|number=%u|pseudonym=%032x", number, number);
    desk_tell(&desk, &KIND_PERSON, text);
    snprintf(text, sizeof text, "org=" DESK_ORG "|number=%u|last_name=A|first_name=B|birth_date=1970-05-05",
             number);
    desk_tell(&desk, &KIND_IDENTITY, text);
    snprintf(text, sizeof text,
             "org=" DESK_ORG "|number=%u|post=учитель|post_class=pedagogue|from=2022-01-01|to=2024-12-31",
             number);
    desk_tell(&desk, &KIND_EMPLOYMENT, text);
}

static slice_t aux_key(uint8_t *key, char letter, unsigned number)
{
    memset(key, 0, KEY);
    key[0] = (uint8_t)letter;
    be32_store(key + KEY - 4, number);
    return slice(key, KEY);
}

// Takes away what this program has made of him, and writes what the one before it did; `letter` of its row.
static void make_older(unsigned number, char letter)
{
    char text[300];
    uint8_t key[KEY], value[YEARS * (2 + ID)];
    size_t size = 0;
    author_t author = service_author(&desk.service);
    snprintf(text, sizeof text, "pseudonym=%032x|org=" DESK_ORG "|year=0", number);
    rid_t id = desk_id(&KIND_FACT, text);
    assert_int_equal(record_remove_own(&author, desk.txn, &id), 0);
    assert_int_equal(kv_del(store_kv(desk.txn), KV_AUX, aux_key(key, 'H', number)), 0);
    for (int year = FIRST; year < FIRST + YEARS; year++) {
        snprintf(text, sizeof text, "pseudonym=%032x|org=" DESK_ORG "|year=%d|cells=" CELLS, number, year);
        desk_write(&desk, &KIND_FACT, text);
        id = desk_id(&KIND_FACT, text);
        if (letter == 'G') {
            value[size++] = (uint8_t)(year >> 8);
            value[size++] = (uint8_t)year;
        }
        memcpy(value + size, id.b, ID);
        size += ID;
    }
    slice_t at = aux_key(key, letter, number);
    assert_int_equal(kv_put(store_kv(desk.txn), KV_AUX, at, slice(value, size)), 0);
}

static void make_crowd(char letter)
{
    desk_begin(&desk);
    desk_tell(&desk, &KIND_ORGANISATION, "code=" DESK_ORG "|kind=school|name=S");
    desk_tell(&desk, &KIND_INDICATOR,
              "code=I|title=T|unit=count|numerator=count(person where pedagogue)|valid_from=2020-01-01");
    for (unsigned i = 1; i <= CROWD; i++) hire_aged(i);
    desk_commit(&desk);
    assert_int_equal(desk_count(&desk, &KIND_FACT), CROWD);
    desk_begin(&desk);
    for (unsigned i = 1; i <= CROWD; i++) make_older(i, letter);
    desk_commit(&desk);
    assert_int_equal(desk_count(&desk, &KIND_FACT), CROWD * YEARS);
}

static void turn(void)
{
    desk_begin(&desk);
    desk_commit(&desk);
}

static int64_t teachers(const char *period)
{
    Selenga__Report report = SELENGA__REPORT__INIT;
    report.period = (char *)(uintptr_t)period;
    envelope_t e = {.type = MSG_REPORT, .to = SERVICE_REPORTING, .from = SERVICE_CLI, .call = 7}, answer;
    uint8_t bytes[64];
    e.body = slice(bytes, protobuf_c_message_pack(&report.base, bytes));
    desk_begin(&desk);
    assert_int_equal(REPORTING.message(desk.service.self, desk.txn, &e), 0);
    desk_commit(&desk);
    while (desk_answers(&desk, &answer) == 0) turn();
    assert_int_equal(answer.type, MSG_REPORT_REPLY);
    AUTO(msg_body_free)
    Selenga__ReportReply *reply = msg_body_unpack(&selenga__report_reply__descriptor, answer.body);
    return reply->unit->indicators[0]->numerator;
}

static void assert_figures(void)
{
    assert_int_equal(teachers("2021"), 0);
    assert_int_equal(teachers("2022"), CROWD);
    assert_int_equal(teachers("2024"), CROWD);
}

static void older_facts_become_careers_some_at_a_time(void **state)
{
    (void)state;
    make_crowd('G');
    desk_begin(&desk);
    desk_reopen(&desk);
    unsigned turns = 0;
    size_t before = CROWD * YEARS;
    while (REPORTING.busy(desk.service.self)) {
        turn();
        size_t now = desk_count(&desk, &KIND_FACT);
        assert_true(now <= before);
        before = now;
        turns++;
    }
    assert_true(turns > 1); // and one is done while it opens
    assert_int_equal(before, CROWD);
    assert_figures();
}

static void a_report_is_the_same_before_meanwhile_and_after(void **state)
{
    (void)state;
    make_crowd('G');
    assert_figures();
    desk_begin(&desk);
    desk_reopen(&desk);
    turn();
    assert_in_range(desk_count(&desk, &KIND_FACT), CROWD + 1, CROWD * YEARS - 1);
    assert_figures();
    desk_begin(&desk);
    desk_reopen(&desk); // after a kill it goes on
    while (REPORTING.busy(desk.service.self)) turn();
    assert_int_equal(desk_count(&desk, &KIND_FACT), CROWD);
    assert_figures();
    desk_begin(&desk);
    desk_reopen(&desk);
    while (REPORTING.busy(desk.service.self)) turn();
    assert_figures();
}

static void who_waited_when_the_older_program_stopped_is_counted(void **state)
{
    (void)state;
    static const uint8_t WAITS[] = {1, 2024 >> 8, 2024 & 255, 2024 >> 8, 2024 & 255};
    uint8_t key[KEY];
    make_crowd('G');
    desk_begin(&desk);
    assert_int_equal(kv_put(store_kv(desk.txn), KV_AUX, aux_key(key, 'D', 7), slice(WAITS, sizeof WAITS)), 0);
    desk_commit(&desk);
    desk_begin(&desk);
    desk_reopen(&desk);
    while (REPORTING.busy(desk.service.self)) turn();
    assert_int_equal(desk_count(&desk, &KIND_FACT), CROWD);
    assert_figures();
}

static void rows_without_years_are_taken_too(void **state)
{
    (void)state;
    make_crowd('F');
    desk_begin(&desk);
    desk_reopen(&desk);
    while (REPORTING.busy(desk.service.self)) turn();
    assert_int_equal(desk_count(&desk, &KIND_FACT), CROWD);
    assert_figures();
}

static void who_changes_before_his_turn_has_one_career_too(void **state)
{
    (void)state;
    make_crowd('G');
    desk_begin(&desk);
    desk_tell(&desk, &KIND_SUPPORT_ACT, "person=" DESK_ORG ":600|methodist=M1|kind=visit|date=2024-05-05");
    desk_commit(&desk);
    assert_int_equal(desk_count(&desk, &KIND_FACT), CROWD * YEARS - YEARS + 1);
    assert_figures();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(older_facts_become_careers_some_at_a_time),
        TEST(a_report_is_the_same_before_meanwhile_and_after),
        TEST(who_waited_when_the_older_program_stopped_is_counted),
        TEST(rows_without_years_are_taken_too),
        TEST(who_changes_before_his_turn_has_one_career_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
