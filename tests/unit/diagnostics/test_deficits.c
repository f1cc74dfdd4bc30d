// SPDX-License-Identifier: Apache-2.0
// Bands and what becomes of a deficit (domain 3.1, 3.3).
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "services/diagnostics/deficits.h"

static Selenga__Scale usual(void)
{
    Selenga__Scale s = SELENGA__SCALE__INIT;
    s.none_from = 80;
    s.low_from = 60;
    s.medium_from = 40;
    return s;
}

static void a_threshold_belongs_to_the_better_band(void **state)
{
    (void)state;
    Selenga__Scale s = usual();
    assert_int_equal(band_of(&s, 8000, 10000), BAND_NONE);
    assert_int_equal(band_of(&s, 6000, 10000), BAND_LOW);
    assert_int_equal(band_of(&s, 4000, 10000), BAND_MEDIUM);
    assert_int_equal(band_of(&s, 0, 10000), BAND_HIGH);
}

static void just_below_a_threshold_is_the_worse_band_however_close(void **state)
{
    (void)state;
    Selenga__Scale s = usual();
    assert_int_equal(band_of(&s, 79999999, 100000000), BAND_LOW); // 79.999999 % would print as 80.0
    assert_int_equal(band_of(&s, 59999999, 100000000), BAND_MEDIUM);
    assert_int_equal(band_of(&s, 39999999, 100000000), BAND_HIGH);
}

static void a_third_is_compared_without_rounding(void **state)
{
    (void)state;
    Selenga__Scale s = usual();
    assert_int_equal(band_of(&s, 200, 300), BAND_LOW); // 66.6… %
    s.low_from = 67;
    assert_int_equal(band_of(&s, 200, 300), BAND_MEDIUM);
}

static void no_deficit_is_made_where_no_need_shows(void **state)
{
    (void)state;
    assert_null(deficit_state(NULL, BAND_NONE, true, SAID_NOTHING));
}

static void a_first_need_is_found(void **state)
{
    (void)state;
    assert_string_equal(deficit_state(NULL, BAND_LOW, true, SAID_NOTHING), "found");
}

static void a_repeat_measure_without_need_closes(void **state)
{
    (void)state;
    assert_string_equal(deficit_state("confirmed", BAND_NONE, true, SAID_NOTHING), "closed");
}

static void a_need_that_shows_again_is_found_again(void **state)
{
    (void)state;
    assert_string_equal(deficit_state("closed", BAND_HIGH, true, SAID_NOTHING), "found");
}

static void the_same_measure_read_again_does_not_reopen(void **state)
{
    (void)state;
    assert_string_equal(deficit_state("closed", BAND_HIGH, false, SAID_NOTHING), "closed");
}

static void what_a_person_said_stays(void **state)
{
    (void)state;
    assert_string_equal(deficit_state("disputed", BAND_MEDIUM, true, SAID_NOTHING), "disputed");
}

static void a_result_that_equals_what_is_required_is_no_need(void **state)
{
    (void)state;
    assert_int_equal(band_required(BAND_LOW, 60, 6000, 10000), BAND_NONE);
    assert_int_equal(band_required(BAND_LOW, 60, 59999999, 100000000), BAND_LOW); // would print as 60.0
    assert_int_equal(band_required(BAND_NONE, 90, 8500, 10000), BAND_LOW);
    assert_int_equal(band_required(BAND_HIGH, 90, 100, 10000), BAND_HIGH);
    assert_int_equal(band_required(BAND_MEDIUM, 0, 5000, 10000), BAND_MEDIUM);
}

static void a_dispute_changes_the_need_as_it_is_decided(void **state)
{
    (void)state;
    assert_string_equal(deficit_state("found", BAND_LOW, false, SAID_OPENED), "disputed");
    assert_string_equal(deficit_state("working", BAND_LOW, false, SAID_OPENED), "disputed");
    assert_string_equal(deficit_state("disputed", BAND_LOW, false, SAID_UPHELD), "closed");
    assert_string_equal(deficit_state("disputed", BAND_LOW, false, SAID_REJECTED), "confirmed");
    assert_string_equal(deficit_state("disputed", BAND_LOW, false, SAID_WITHDRAWN), "confirmed");
    assert_string_equal(deficit_state("working", BAND_LOW, false, SAID_REJECTED), "working");
}

static void a_dispute_does_not_open_what_is_closed(void **state)
{
    (void)state;
    assert_string_equal(deficit_state("closed", BAND_LOW, false, SAID_OPENED), "closed");
    assert_string_equal(deficit_state("disputed", BAND_NONE, true, SAID_OPENED), "closed");
}

static void what_was_decided_before_a_measure_says_nothing_of_it(void **state)
{
    (void)state;
    Selenga__Dispute d = SELENGA__DISPUTE__INIT;
    d.opened_on = 100;
    d.state = (char *)(uintptr_t) "upheld";
    assert_int_equal(dispute_says(&d, 101), SAID_NOTHING);
    assert_int_equal(dispute_says(&d, 100), SAID_UPHELD);
    d.state = (char *)(uintptr_t) "opened";
    assert_int_equal(dispute_says(&d, 101), SAID_OPENED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_threshold_belongs_to_the_better_band),
        cmocka_unit_test(just_below_a_threshold_is_the_worse_band_however_close),
        cmocka_unit_test(a_third_is_compared_without_rounding),
        cmocka_unit_test(no_deficit_is_made_where_no_need_shows),
        cmocka_unit_test(a_first_need_is_found),
        cmocka_unit_test(a_repeat_measure_without_need_closes),
        cmocka_unit_test(a_need_that_shows_again_is_found_again),
        cmocka_unit_test(the_same_measure_read_again_does_not_reopen),
        cmocka_unit_test(what_a_person_said_stays),
        cmocka_unit_test(a_result_that_equals_what_is_required_is_no_need),
        cmocka_unit_test(a_dispute_changes_the_need_as_it_is_decided),
        cmocka_unit_test(a_dispute_does_not_open_what_is_closed),
        cmocka_unit_test(what_was_decided_before_a_measure_says_nothing_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
