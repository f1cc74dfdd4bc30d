// SPDX-License-Identifier: Apache-2.0
// Proposals of routes: pure, from needs and offers (regulation 4.2.2, domain PD-06).
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "common/schema/reason.h"
#include "services/routing/proposal.h"
#include <string.h>

static const need_t NEEDS[] = {
    {.competency = "F:A", .band = "low", .score = 7000, .max = 10000, .campaign = "C1"},
    {.competency = "F:B", .band = "high", .score = 1000, .max = 10000, .campaign = "C1"},
    {.competency = "F:C", .band = "medium", .score = 5000, .max = 10000, .campaign = "C1"},
};

static void an_offer_does_not_cover_what_its_list_only_begins_like(void **state)
{
    (void)state;
    offer_t offer = {.competencies = "AB;F:AC"};
    assert_false(offer_covers(&offer, "F:A"));
}

static void an_offer_names_a_competency_with_or_without_its_framework(void **state)
{
    (void)state;
    offer_t offer = {.competencies = "X;F:B;A"};
    assert_true(offer_covers(&offer, "F:A"));
    assert_true(offer_covers(&offer, "F:B"));
}

static void without_needs_there_is_no_step(void **state)
{
    (void)state;
    step_t steps[STEPS_MAX];
    assert_int_equal(propose(NULL, 0, NULL, 0, steps), 0);
}

static void a_need_that_no_programme_covers_gets_a_step_of_its_own(void **state)
{
    (void)state;
    step_t steps[STEPS_MAX];
    assert_int_equal(propose(NEEDS, 3, NULL, 0, steps), 3);
    assert_null(steps[0].offer);
    assert_int_equal(steps[0].needs[0], 1); // the high one first
    assert_int_equal(steps[1].needs[0], 2);
    assert_int_equal(steps[2].needs[0], 0);
}

static void the_programme_that_covers_most_comes_first(void **state)
{
    (void)state;
    step_t steps[STEPS_MAX];
    const offer_t offers[] = {
        {.programme = "P1", .competencies = "B", .hours = 16, .kind = "pk"},
        {.programme = "P2", .competencies = "A;B", .hours = 72, .kind = "pk"},
    };
    assert_int_equal(propose(NEEDS, 3, offers, 2, steps), 2);
    assert_string_equal(steps[0].offer->programme, "P2");
    assert_int_equal(steps[0].n_needs, 2);
    assert_null(steps[1].offer);
}

static void of_two_alike_the_shorter_then_the_lower_code_is_chosen(void **state)
{
    (void)state;
    step_t steps[STEPS_MAX];
    const offer_t offers[] = {
        {.programme = "P3", .competencies = "B", .hours = 36, .kind = "pk"},
        {.programme = "P2", .competencies = "B", .hours = 16, .kind = "pk"},
        {.programme = "P1", .competencies = "B", .hours = 16, .kind = "pk"},
    };
    propose(NEEDS, 2, offers, 3, steps);
    assert_string_equal(steps[0].offer->programme, "P1");
}

static void each_need_stands_in_exactly_one_step(void **state)
{
    (void)state;
    step_t steps[STEPS_MAX];
    unsigned seen[3] = {0};
    const offer_t offers[] = {
        {.programme = "P1", .competencies = "A;B", .hours = 16, .kind = "pk"},
        {.programme = "P2", .competencies = "B;C", .hours = 16, .kind = "pk"},
    };
    size_t n = propose(NEEDS, 3, offers, 2, steps);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < steps[i].n_needs; k++) seen[steps[i].needs[k]]++;
    for (size_t i = 0; i < 3; i++) assert_int_equal(seen[i], 1);
}

static void a_step_says_why_it_stands_there_in_codes(void **state)
{
    (void)state;
    step_t step = {.needs = {1, 2}, .n_needs = 2};
    char text[400];
    step_reason(&step, NEEDS, text, sizeof text);
    assert_string_equal(text, "NEED:F:B:high:10:C1;NEED:F:C:medium:50:C1;NO-PROGRAMME");
}

static void needs_that_find_no_room_are_counted(void **state)
{
    (void)state;
    step_t step = {.needs = {0, 1, 2}, .n_needs = 3};
    char text[60];
    step_reason(&step, NEEDS, text, sizeof text);
    assert_string_equal(text, "NEED:F:A:low:70:C1;MORE:2;NO-PROGRAMME");
}

static void a_reason_fits_its_room(void **state)
{
    (void)state;
    const need_t need = {.competency = "Ф:Ы", .band = "high", .score = 1, .max = 100, .campaign = "ЖЖЖЖ"};
    step_t step = {.n_needs = 1};
    char text[64], sentence[REASON_TEXT];
    for (size_t size = 2; size < sizeof text; size++) {
        step_reason(&step, &need, text, size);
        assert_true(strlen(text) < size);
        if (text[0] != '\0') assert_ptr_equal(reason_text(text, sentence), sentence); // no half of an item
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_does_not_cover_what_its_list_only_begins_like),
        cmocka_unit_test(an_offer_names_a_competency_with_or_without_its_framework),
        cmocka_unit_test(without_needs_there_is_no_step),
        cmocka_unit_test(a_need_that_no_programme_covers_gets_a_step_of_its_own),
        cmocka_unit_test(the_programme_that_covers_most_comes_first),
        cmocka_unit_test(of_two_alike_the_shorter_then_the_lower_code_is_chosen),
        cmocka_unit_test(each_need_stands_in_exactly_one_step),
        cmocka_unit_test(a_step_says_why_it_stands_there_in_codes),
        cmocka_unit_test(needs_that_find_no_room_are_counted),
        cmocka_unit_test(a_reason_fits_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
