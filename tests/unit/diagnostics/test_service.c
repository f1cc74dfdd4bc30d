// SPDX-License-Identifier: Apache-2.0
// Diagnostics over a store: what results and scales make of deficits, and what that costs.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "services/diagnostics/diagnostics.h"

enum { PEOPLE = 100, EACH = 15, ALL = PEOPLE * EACH };

static desk_t desk;

#define SCALE(code, none, from) "code=" code "|none_from=" none "|low_from=10|medium_from=5|valid_from=" from

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &DIAGNOSTICS);
    desk_begin(&desk);
    desk_tell(&desk, &KIND_SCALE, SCALE("S", "80", "2000-01-01")); // of the region, come down
    desk_write(&desk, &KIND_CAMPAIGN,
               "code=D|title=T|framework=F|org=" DESK_ORG "|from=2024-10-01|to=2024-10-31");
    desk_commit(&desk);
    desk_work();
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static void measure(unsigned person, unsigned competency, unsigned score)
{
    char text[200];
    snprintf(text, sizeof text,
             "campaign=D|person=" DESK_ORG ":%u|competency=C%u|score=%u|max=100|taken_on=2024-10-05", person,
             competency, score);
    desk_write(&desk, &KIND_RESULT, text);
}

static void measure_all(void)
{
    desk_begin(&desk);
    for (unsigned i = 0; i < ALL; i++) measure(i / EACH, i % EACH, 50);
    desk_commit(&desk);
    desk_work();
}

static const char *state_of(unsigned person, unsigned competency)
{
    char key[100];
    snprintf(key, sizeof key, "person=" DESK_ORG ":%u|competency=F:C%u", person, competency);
    return desk_field(&desk, &KIND_DEFICIT, key, "state");
}

static size_t n_closed(void)
{
    size_t n = 0;
    for (unsigned i = 0; i < ALL; i++) n += strcmp(state_of(i / EACH, i % EACH), "closed") == 0;
    return n;
}

static bool is_busy(void)
{
    return DIAGNOSTICS.busy(desk.service.self);
}

static uint64_t turn(void)
{
    desk_begin(&desk);
    desk_commit(&desk);
    desk_work_t work = desk_work();
    return work.gets + work.puts + work.steps;
}

static void change_scale(void)
{
    desk_begin(&desk);
    desk_tell(&desk, &KIND_SCALE, SCALE("S", "50", "2000-01-01"));
    desk_commit(&desk);
}

// --- results -------------------------------------------------------------------------------------

static void a_result_makes_changes_and_closes_a_deficit(void **state)
{
    (void)state;
    desk_begin(&desk);
    measure(1, 1, 50);
    desk_commit(&desk);
    assert_string_equal(state_of(1, 1), "found");
    desk_begin(&desk);
    measure(1, 1, 90);
    desk_commit(&desk);
    assert_string_equal(state_of(1, 1), "closed");
    assert_false(is_busy());
}

#define DISPUTE_OF(day) "person=" DESK_ORG ":1|competency=F:C1|opened_on=" day "|reason=R|state="
#define DISPUTE DISPUTE_OF("2024-10-06")
#define DECIDED "|decided_by=E|decided_on=2024-10-07|decision=W"

static void dispute(const char *text)
{
    desk_begin(&desk);
    desk_write(&desk, &KIND_DISPUTE, text);
    desk_commit(&desk);
}

static void a_dispute_and_its_decision_change_the_deficit(void **state)
{
    (void)state;
    dispute(DISPUTE_OF("2024-10-01") "opened"); // of what nobody found: nothing follows
    assert_int_equal(desk_count(&desk, &KIND_DEFICIT), 0);
    desk_begin(&desk);
    measure(1, 1, 50);
    measure(2, 1, 50);
    desk_commit(&desk);
    dispute(DISPUTE "opened");
    assert_string_equal(state_of(1, 1), "disputed");
    assert_string_equal(state_of(2, 1), "found");
    dispute(DISPUTE "rejected" DECIDED);
    assert_string_equal(state_of(1, 1), "confirmed");
}

static void a_need_that_an_expert_takes_away_is_closed_until_it_is_measured_again(void **state)
{
    (void)state;
    desk_begin(&desk);
    measure(1, 1, 50);
    desk_commit(&desk);
    dispute(DISPUTE "opened");
    dispute(DISPUTE "upheld" DECIDED);
    assert_string_equal(state_of(1, 1), "closed");
    desk_begin(&desk);
    desk_write(&desk, &KIND_CAMPAIGN,
               "code=E|title=T|framework=F|org=" DESK_ORG "|from=2025-10-01|to=2025-10-31");
    desk_write(&desk, &KIND_RESULT,
               "campaign=E|person=" DESK_ORG ":1|competency=C1|score=50|max=100|taken_on=2025-10-05");
    desk_commit(&desk);
    assert_string_equal(state_of(1, 1), "found");
}

static void what_a_competency_requires_counts_beside_the_scale(void **state)
{
    (void)state;
    desk_begin(&desk);
    desk_tell(&desk, &KIND_COMPETENCY, "framework=F|code=C1|class=it|title=T|required_percent=50");
    measure(1, 1, 50); // of the scale's 80
    measure(2, 1, 49);
    desk_commit(&desk);
    while (is_busy()) turn();
    assert_int_equal(desk_count(&desk, &KIND_DEFICIT), 1);
    assert_string_equal(state_of(2, 1), "found");
    desk_begin(&desk);
    desk_tell(&desk, &KIND_COMPETENCY, "framework=F|code=C1|class=it|title=T|required_percent=51");
    desk_commit(&desk);
    while (is_busy()) turn(); // all results are judged anew
    assert_string_equal(state_of(1, 1), "found");
}

// What 200 results cost beside so many scales, and behind so many other records that no index has yet.
static uint64_t cost_of_results(unsigned scales, unsigned others)
{
    desk_begin(&desk);
    for (unsigned i = 0; i < scales; i++) {
        char text[100];
        snprintf(text, sizeof text, "code=S%u|none_from=70|low_from=10|medium_from=5|valid_from=2001-01-%02u",
                 i, i % 28 + 1);
        desk_tell(&desk, &KIND_SCALE, text);
    }
    for (unsigned i = 0; i < others; i++) {
        char text[100];
        snprintf(text, sizeof text, "framework=G|code=C%u|class=subject|title=T", i);
        desk_tell(&desk, &KIND_COMPETENCY, text);
    }
    desk_commit(&desk);
    while (is_busy()) turn();
    desk_work();
    desk_begin(&desk);
    for (unsigned i = 0; i < 200; i++) measure(i, 1, 50);
    desk_commit(&desk);
    desk_work_t work = desk_work();
    return work.gets + work.puts + work.steps;
}

static void results_cost_the_same_beside_many_scales_and_behind_a_load(void **state)
{
    (void)state;
    uint64_t alone = cost_of_results(0, 0);
    close_desk(NULL);
    open_desk(NULL);
    uint64_t among = cost_of_results(25, 2000);
    printf("200 results: %llu operations of the store alone, %llu among 25 scales and 2000 other records\n",
           (unsigned long long)alone, (unsigned long long)among);
    assert_in_range(among, alone, alone + 100);
}

// --- scales --------------------------------------------------------------------------------------

static void a_changed_scale_judges_all_results_some_at_a_time(void **state)
{
    (void)state;
    measure_all();
    assert_int_equal(n_closed(), 0);
    desk_work();
    change_scale();
    uint64_t all = 0, most = 0, turns = 0;
    while (is_busy()) {
        uint64_t cost = turn();
        all += cost;
        most = cost > most ? cost : most;
        turns++;
    }
    printf("%u results: %llu turns, %llu operations of the store in the largest of them\n", ALL,
           (unsigned long long)turns, (unsigned long long)most);
    assert_int_equal(n_closed(), ALL);
    assert_true(turns >= 2);
    assert_true(most < all);
    assert_in_range(most, 1, 20000); // whatever many results there are
}

static void meanwhile_a_result_is_judged_at_once(void **state)
{
    (void)state;
    measure_all();
    change_scale();
    assert_true(is_busy());
    desk_begin(&desk);
    measure(PEOPLE + 1, 1, 40);
    desk_commit(&desk);
    assert_string_equal(state_of(PEOPLE + 1, 1), "found");
    while (is_busy()) turn();
    assert_int_equal(n_closed(), ALL);
    assert_string_equal(state_of(PEOPLE + 1, 1), "found");
}

static void after_a_kill_the_look_goes_on_where_it_was(void **state)
{
    (void)state;
    measure_all();
    change_scale();
    turn();
    size_t before = n_closed();
    assert_in_range(before, 1, ALL - 1);
    desk_begin(&desk); // a turn that is not committed
    desk_reopen(&desk);
    assert_true(n_closed() >= before);
    while (is_busy()) turn();
    assert_int_equal(n_closed(), ALL);
    desk_reopen(&desk);
    assert_false(is_busy());
}

static void a_scale_that_changes_meanwhile_begins_it_anew(void **state)
{
    (void)state;
    measure_all();
    change_scale();
    turn();
    desk_begin(&desk);
    desk_tell(&desk, &KIND_SCALE, SCALE("S", "30", "2000-01-01"));
    desk_commit(&desk);
    while (is_busy()) turn();
    assert_int_equal(n_closed(), ALL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_result_makes_changes_and_closes_a_deficit),
        TEST(a_dispute_and_its_decision_change_the_deficit),
        TEST(a_need_that_an_expert_takes_away_is_closed_until_it_is_measured_again),
        TEST(what_a_competency_requires_counts_beside_the_scale),
        TEST(results_cost_the_same_beside_many_scales_and_behind_a_load),
        TEST(a_changed_scale_judges_all_results_some_at_a_time),
        TEST(meanwhile_a_result_is_judged_at_once),
        TEST(after_a_kill_the_look_goes_on_where_it_was),
        TEST(a_scale_that_changes_meanwhile_begins_it_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
