// SPDX-License-Identifier: Apache-2.0
// Counts of needs that follow from results, and the tally of a territory that follows from counts.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "services/diagnostics/diagnostics.h"

static desk_t desk;

#define CAMPAIGN(code, framework, year)                                                                      \
    "code=" code "|title=T|framework=" framework "|org=" DESK_ORG "|from=" year "-01-01|to=" year "-12-31"
#define COUNT(competency, year) "org=" DESK_ORG "|competency=" competency "|from=" year "-01-01"

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &DIAGNOSTICS);
    desk_begin(&desk);
    desk_tell(&desk, &KIND_SCALE, "code=S|none_from=80|low_from=60|medium_from=40|valid_from=2000-01-01");
    desk_write(&desk, &KIND_CAMPAIGN, CAMPAIGN("D23", "F", "2023"));
    desk_write(&desk, &KIND_CAMPAIGN, CAMPAIGN("D24", "F", "2024"));
    desk_write(&desk, &KIND_CAMPAIGN, CAMPAIGN("E24", "G", "2024"));
    desk_commit(&desk);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static void measure_in_turn(const char *campaign, unsigned person, const char *day, unsigned score)
{
    char text[200];
    snprintf(text, sizeof text,
             "campaign=%s|person=" DESK_ORG ":%u|competency=C1|score=%u|max=100|taken_on=%s", campaign,
             person, score, day);
    desk_write(&desk, &KIND_RESULT, text);
}

static void measure(const char *campaign, unsigned person, const char *day, unsigned score)
{
    desk_begin(&desk);
    measure_in_turn(campaign, person, day, score);
    desk_commit(&desk);
}

// "measured none low medium high"; a field that is not told is "-".
static const char *told(const kind_rule_t *kind, const char *key)
{
    static char text[200];
    static const char *const FIELDS[] = {"measured", "none", "low", "medium", "high"};
    text[0] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(FIELDS); i++) {
        const char *value = desk_field(&desk, kind, key, FIELDS[i]);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i > 0 ? " " : "",
                 *value ? value : "-");
    }
    return text;
}

static void turn(void)
{
    do {
        desk_begin(&desk);
        desk_commit(&desk);
    } while (DIAGNOSTICS.busy(desk.service.self));
}

// --- of an organisation --------------------------------------------------------------------------

static void people_count_by_their_need(void **state)
{
    (void)state;
    desk_begin(&desk);
    measure_in_turn("D24", 1, "2024-10-05", 90);
    measure_in_turn("D24", 2, "2024-10-05", 70);
    measure_in_turn("D24", 3, "2024-10-05", 50);
    measure_in_turn("D24", 4, "2024-10-05", 10);
    measure_in_turn("D24", 5, "2024-10-05", 0);
    desk_commit(&desk);
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("F:C1", "2024")), "5 1 1 1 2");
}

static void each_year_counts_by_its_latest_result(void **state)
{
    (void)state;
    measure("D24", 1, "2024-10-05", 10);
    measure("D23", 1, "2023-10-05", 50);
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("F:C1", "2023")), "1 0 0 1 0");
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("F:C1", "2024")), "1 0 0 0 1");
    measure("D24", 1, "2024-11-05", 90);
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("F:C1", "2024")), "1 1 0 0 0");
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("F:C1", "2023")), "1 0 0 1 0");
}

static void one_code_in_two_frameworks_is_two_competencies(void **state)
{
    (void)state;
    measure("E24", 1, "2024-12-05", 90); // later, in the other framework
    measure("D24", 1, "2024-10-05", 10);
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("F:C1", "2024")), "1 0 0 0 1");
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("G:C1", "2024")), "1 1 0 0 0");
    assert_string_equal(desk_field(&desk, &KIND_DEFICIT, "person=" DESK_ORG ":1|competency=F:C1", "band"),
                        "high");
}

static void who_was_measured_in_error_counts_no_more(void **state)
{
    (void)state;
    measure("D24", 1, "2024-10-05", 10);
    measure("D24", 2, "2024-10-05", 10);
    desk_begin(&desk);
    rid_t id = desk_id(&KIND_RESULT, "campaign=D24|person=" DESK_ORG ":2|competency=C1");
    author_t author = service_author(&desk.service);
    assert_int_equal(record_remove_own(&author, desk.txn, &id), 0);
    desk_commit(&desk);
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("F:C1", "2024")), "1 0 0 0 1");
    desk_begin(&desk);
    id = desk_id(&KIND_RESULT, "campaign=D24|person=" DESK_ORG ":1|competency=C1");
    assert_int_equal(record_remove_own(&author, desk.txn, &id), 0);
    desk_commit(&desk);
    assert_int_equal(desk_count(&desk, &KIND_DEFICIT_COUNT), 0);
}

static void a_changed_scale_moves_people_from_one_need_to_another(void **state)
{
    (void)state;
    measure("D24", 1, "2024-10-05", 50);
    desk_begin(&desk);
    desk_tell(&desk, &KIND_SCALE, "code=S|none_from=80|low_from=45|medium_from=40|valid_from=2000-01-01");
    desk_commit(&desk);
    turn();
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("F:C1", "2024")), "1 0 1 0 0");
}

static void nobody_is_counted_twice_after_a_start_that_counts_all(void **state)
{
    static const uint8_t letter[] = {'N'};
    (void)state;
    measure("D24", 1, "2024-10-05", 50);
    desk_begin(&desk);
    assert_int_equal(kv_del(store_kv(desk.txn), KV_AUX, slice(letter, sizeof letter)), 0);
    desk_commit(&desk);
    desk_reopen(&desk);
    turn();
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("F:C1", "2024")), "1 0 0 1 0");
}

static void a_count_of_ours_that_says_something_else_is_written_again(void **state)
{
    (void)state;
    measure("D24", 1, "2024-10-05", 50);
    desk_begin(&desk);
    desk_write(&desk, &KIND_DEFICIT_COUNT, COUNT("F:C1", "2024") "|to=2024-12-31|measured=9|none=9");
    desk_commit(&desk);
    assert_string_equal(told(&KIND_DEFICIT_COUNT, COUNT("F:C1", "2024")), "1 0 0 1 0");
}

// --- of a territory ------------------------------------------------------------------------------

#define OF(org) "org=" org "|competency=F:C1|from=2024-01-01"

static void come(const char *org, unsigned none, unsigned high)
{
    char text[200];
    snprintf(
        text, sizeof text,
        "org=%s|competency=F:C1|from=2024-01-01|to=2024-12-31|measured=%u|none=%u|low=0|medium=0|high=%u",
        org, none + high, none, high);
    desk_begin(&desk);
    desk_tell(&desk, &KIND_DEFICIT_COUNT, text);
    desk_commit(&desk);
}

static void below_a_municipality_no_tally_is_made(void **state)
{
    (void)state;
    desk.service.node.parent.rank = 1;
    come("03-08-02", 10, 10);
    assert_int_equal(desk_count(&desk, &KIND_TALLY), 0);
}

static void below_a_region_counts_add_up_and_small_groups_are_hidden(void **state)
{
    (void)state;
    desk.service.node.parent.rank = 2;
    come("03-08-02", 3, 1);
    assert_int_equal(desk_count(&desk, &KIND_TALLY), 0);
    come("03-08-03", 10, 1);
    assert_string_equal(told(&KIND_TALLY, OF(DESK_ORG)), "15 - 0 0 -");
    come("03-08-03", 10, 7);
    assert_string_equal(told(&KIND_TALLY, OF(DESK_ORG)), "21 13 0 0 8");
    come("03-08-03", 0, 1);
    assert_string_equal(told(&KIND_TALLY, OF(DESK_ORG)), "5 - 0 0 -");
    come("03-08-03", 0, 0);
    assert_int_equal(desk_count(&desk, &KIND_TALLY), 0);
}

static void own_people_are_in_the_tally_too(void **state)
{
    (void)state;
    desk.service.node.parent.rank = 2;
    come("03-08-02", 4, 0);
    measure("D24", 1, "2024-10-05", 90);
    assert_string_equal(told(&KIND_TALLY, OF(DESK_ORG)), "5 5 0 0 0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(below_a_municipality_no_tally_is_made),
        TEST(people_count_by_their_need),
        TEST(each_year_counts_by_its_latest_result),
        TEST(one_code_in_two_frameworks_is_two_competencies),
        TEST(who_was_measured_in_error_counts_no_more),
        TEST(a_changed_scale_moves_people_from_one_need_to_another),
        TEST(nobody_is_counted_twice_after_a_start_that_counts_all),
        TEST(a_count_of_ours_that_says_something_else_is_written_again),
        TEST(below_a_region_counts_add_up_and_small_groups_are_hidden),
        TEST(own_people_are_in_the_tally_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
