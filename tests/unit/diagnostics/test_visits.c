// SPDX-License-Identifier: Apache-2.0
// Summaries of visits: of fewer than five people there is none, and it says what the marks say after every
// change.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "services/diagnostics/diagnostics.h"

static desk_t desk;

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &DIAGNOSTICS);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static void visit(unsigned person, const char *date, const char *stage)
{
    char text[300];
    snprintf(text, sizeof text, "code=V%u|person=" DESK_ORG ":%u|date=%s|stage=%s|lesson=L", person, person,
             date, stage);
    desk_write(&desk, &KIND_OBSERVATION, text);
}

#define MARK "observation=V%u|competency=F:C1|person=" DESK_ORG ":%u"

static void mark(unsigned person, unsigned score)
{
    char text[300];
    snprintf(text, sizeof text, MARK "|score=%u|max=10", person, person, score);
    desk_write(&desk, &KIND_OBSERVATION_MARK, text);
}

static void visit_all(unsigned people)
{
    desk_begin(&desk);
    for (unsigned i = 1; i <= people; i++) {
        visit(i, "2024-10-05", "before");
        mark(i, i);
    }
    desk_commit(&desk);
}

// Of an observer from above.
static void tell_visit(unsigned person, unsigned score)
{
    char text[300];
    desk_begin(&desk);
    snprintf(text, sizeof text, "code=V%u|person=" DESK_ORG ":%u|date=2024-10-05|stage=before|lesson=L",
             person, person);
    desk_tell(&desk, &KIND_OBSERVATION, text);
    snprintf(text, sizeof text, MARK "|score=%u|max=10", person, person, score);
    desk_tell(&desk, &KIND_OBSERVATION_MARK, text);
    desk_commit(&desk);
}

static void take_mark_back(unsigned person)
{
    char text[300];
    desk_begin(&desk);
    snprintf(text, sizeof text, MARK, person, person);
    desk_tell_deleted(&desk, &KIND_OBSERVATION_MARK, text);
    desk_commit(&desk);
}

static const char *said(const char *from, const char *stage, const char *field)
{
    char key[200];
    snprintf(key, sizeof key, "org=" DESK_ORG "|competency=F:C1|from=%s|stage=%s", from, stage);
    return desk_field(&desk, &KIND_VISIT_COUNT, key, field);
}

static void of_fewer_than_five_people_there_is_no_summary(void **state)
{
    (void)state;
    visit_all(4);
    assert_int_equal(desk_count(&desk, &KIND_VISIT_COUNT), 0);
    desk_begin(&desk); // a second visit of the same person makes him no fifth
    desk_write(&desk, &KIND_OBSERVATION,
               "code=W|person=" DESK_ORG ":1|date=2024-11-05|stage=before|lesson=L");
    desk_write(&desk, &KIND_OBSERVATION_MARK,
               "observation=W|competency=F:C1|person=" DESK_ORG ":1|score=1|max=10");
    desk_commit(&desk);
    assert_int_equal(desk_count(&desk, &KIND_VISIT_COUNT), 0);
}

static void of_five_people_it_says_how_many_and_how_well(void **state)
{
    (void)state;
    visit_all(5); // 1 to 5 of 10 points
    assert_int_equal(desk_count(&desk, &KIND_VISIT_COUNT), 1);
    assert_string_equal(said("2024-01-01", "before", "people"), "5");
    assert_string_equal(said("2024-01-01", "before", "visits"), "5");
    assert_string_equal(said("2024-01-01", "before", "percent"), "30");
}

static void a_mark_that_is_changed_or_taken_away_changes_it(void **state)
{
    (void)state;
    visit_all(4);
    tell_visit(5, 5); // those who serve the municipality visit lessons, too
    tell_visit(6, 6);
    assert_string_equal(said("2024-01-01", "before", "people"), "6");
    desk_begin(&desk);
    mark(1, 10);
    desk_commit(&desk);
    assert_string_equal(said("2024-01-01", "before", "percent"), "50"); // 30 of 60
    take_mark_back(6);
    assert_string_equal(said("2024-01-01", "before", "people"), "5");
    take_mark_back(5);
    assert_string_equal(said("2024-01-01", "before", "people"), "");
}

static void a_visit_of_another_year_or_stage_counts_there(void **state)
{
    (void)state;
    visit_all(5);
    desk_begin(&desk);
    for (unsigned i = 1; i <= 5; i++) visit(i, "2025-03-01", "after");
    desk_commit(&desk);
    assert_string_equal(said("2024-01-01", "before", "people"), "");
    assert_string_equal(said("2025-01-01", "after", "people"), "5");
    desk_begin(&desk); // one of them was before after all
    visit(5, "2025-03-01", "before");
    desk_commit(&desk);
    assert_string_equal(said("2025-01-01", "after", "people"), "");
}

static void after_a_start_they_say_the_same(void **state)
{
    (void)state;
    visit_all(5);
    desk_reopen(&desk);
    desk_begin(&desk);
    desk_commit(&desk);
    assert_string_equal(said("2024-01-01", "before", "percent"), "30");
    assert_int_equal(desk_count(&desk, &KIND_VISIT_COUNT), 1);
}

static void of_an_organisation_that_is_served_elsewhere_it_goes(void **state)
{
    static const char at[] = "org=" DESK_ORG "|competency=F:C1|from=2024-01-01|stage=before";
    (void)state;
    visit_all(5);
    assert_int_equal(desk_count(&desk, &KIND_VISIT_COUNT), 1);
    path_t other;
    assert_true(path_parse("0a0b0c0d.99887766", &other));
    scope_set_node(desk.service.scope, slice_text(DESK_ORG), &other, 0);
    desk_begin(&desk);
    desk_tell(&desk, &KIND_ORGANISATION, "code=03-77|name=N|kind=school"); // any word of the tree
    desk_commit(&desk);
    assert_int_equal(desk_count(&desk, &KIND_VISIT_COUNT), 0);
    assert_string_equal(desk_field(&desk, &KIND_VISIT_COUNT, at, "people"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_fewer_than_five_people_there_is_no_summary, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(of_five_people_it_says_how_many_and_how_well, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_mark_that_is_changed_or_taken_away_changes_it, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(a_visit_of_another_year_or_stage_counts_there, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(after_a_start_they_say_the_same, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(of_an_organisation_that_is_served_elsewhere_it_goes, open_desk,
                                        close_desk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
