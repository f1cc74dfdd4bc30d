// SPDX-License-Identifier: Apache-2.0
// Two connections of one child: a copy of its directory on a second computer, or the same node with an old
// line that nobody has missed yet. Only an answer of the standing one tells which.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/node/msg.h"
#include "services/gate/rival.h"
#include <cmocka.h>

enum { FIRST = 11, SECOND = 22, THIRD = 33, SILENCE_MS = 8000, PATIENCE_MS = SILENCE_MS / 4 };

static key_entry_t row;
static uint64_t now;      // ms
static uint64_t answered; // when the last question was asked that the standing connection has answered
static bool asked;        // by the last try

// The first stands, and has answered a ping of before.
static int start(void **state)
{
    (void)state;
    row = (key_entry_t){0};
    now = 1000000;
    assert_int_equal(rival_judge(&row, FIRST, 0, SILENCE_MS, now, &asked), RIVAL_NONE);
    assert_false(asked);
    answered = now;
    now += 500;
    return 0;
}

static rival_t tries(uint64_t instance)
{
    return rival_judge(&row, instance, answered + 1, SILENCE_MS, now, &asked);
}

static void pass(uint64_t ms)
{
    now += ms;
}

// The standing one answers what it was asked just now.
static void it_answers(void)
{
    assert_true(asked);
    answered = now;
}

static void a_second_one_is_a_clone_when_the_first_has_answered(void **state)
{
    (void)state;
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    it_answers();
    pass(100);
    assert_int_equal(tries(SECOND), RIVAL_CLONE);
    assert_true(rival_is_cloned(&row, SILENCE_MS, now));
    assert_int_equal(row.instance, FIRST);
}

static void a_third_one_hears_the_same(void **state)
{
    (void)state;
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    it_answers();
    pass(100);
    assert_int_equal(tries(THIRD), RIVAL_CLONE);
    assert_int_equal(row.instance, FIRST);
}

// However often it knocks: each time the first is asked again, and goes on.
static void a_clone_that_knocks_and_knocks_never_gets_the_place(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        rival_t rival = tries(SECOND);
        assert_true(rival == RIVAL_WAITS || rival == RIVAL_CLONE);
        if (asked) it_answers();
        pass(37);
    }
    assert_int_equal(row.instance, FIRST);
    assert_true(rival_is_cloned(&row, SILENCE_MS, now));
}

// Neither of the two gets in any more: what is to be done about a copy would lead astray.
static void who_is_revoked_has_no_clone_any_more(void **state)
{
    (void)state;
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    it_answers();
    pass(1);
    assert_int_equal(tries(SECOND), RIVAL_CLONE);
    assert_true(rival_is_cloned(&row, SILENCE_MS, now));
    row.role = KEY_REVOKED;
    assert_false(rival_is_cloned(&row, SILENCE_MS, now));
}

// It was said before the question: it may have died since.
static void an_answer_to_an_earlier_question_proves_nothing(void **state)
{
    (void)state;
    answered = now - 1;
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    assert_true(asked);
    pass(PATIENCE_MS - 1);
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    assert_false(rival_is_cloned(&row, SILENCE_MS, now));
}

static void while_it_is_asked_nobody_asks_it_again(void **state)
{
    (void)state;
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    assert_true(asked);
    pass(10);
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    assert_false(asked);
    assert_int_equal(tries(THIRD), RIVAL_WAITS);
    assert_false(asked);
}

static void what_was_asked_long_ago_takes_nobodys_place(void **state)
{
    (void)state;
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    pass(SILENCE_MS); // whoever tried has gone: an answer may have been to that, or to nothing
    assert_int_equal(tries(THIRD), RIVAL_WAITS);
    assert_true(asked);
    it_answers();
    pass(1);
    assert_int_equal(tries(THIRD), RIVAL_CLONE);
}

// A power cut took the first computer's line down without a word: after the restart it comes again.
static void a_restart_of_the_same_node_takes_the_place_of_a_line_that_is_dead(void **state)
{
    (void)state;
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    assert_true(asked);
    pass(PATIENCE_MS);
    assert_int_equal(tries(SECOND), RIVAL_NONE);
    assert_false(rival_is_cloned(&row, SILENCE_MS, now));
    assert_int_equal(row.instance, SECOND);
    // and is now the one that stands
    answered = now;
    pass(100);
    assert_int_equal(tries(FIRST), RIVAL_WAITS);
    it_answers();
    pass(1);
    assert_int_equal(tries(FIRST), RIVAL_CLONE);
}

static void a_restart_whose_old_line_was_closed_comes_in_at_once(void **state)
{
    (void)state;
    assert_int_equal(rival_judge(&row, SECOND, 0, SILENCE_MS, now, &asked), RIVAL_NONE);
    assert_false(asked);
    assert_false(rival_is_cloned(&row, SILENCE_MS, now));
}

static void the_same_start_over_another_line_comes_in_at_once(void **state)
{
    (void)state;
    assert_int_equal(tries(FIRST), RIVAL_NONE);
    assert_false(asked);
}

static void a_program_that_says_no_number_does_not_take_the_place_of_one_that_epochs(void **state)
{
    (void)state;
    assert_int_equal(tries(0), RIVAL_WAITS);
    it_answers();
    pass(1);
    assert_int_equal(tries(0), RIVAL_CLONE);
    assert_int_equal(row.instance, FIRST);
}

static void nor_does_another_take_its_place_while_it_epochs(void **state)
{
    (void)state;
    assert_int_equal(rival_judge(&row, 0, 0, SILENCE_MS, now, &asked), RIVAL_NONE);
    assert_int_equal(tries(0), RIVAL_NONE); // over another line of its own
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    it_answers();
    pass(1);
    assert_int_equal(tries(SECOND), RIVAL_CLONE);
}

static void when_the_first_has_gone_the_second_goes_on_and_is_named_no_more(void **state)
{
    (void)state;
    assert_int_equal(tries(SECOND), RIVAL_WAITS);
    it_answers();
    pass(100);
    assert_int_equal(tries(SECOND), RIVAL_CLONE);
    assert_int_equal(rival_judge(&row, SECOND, 0, SILENCE_MS, now, &asked), RIVAL_NONE);
    pass(SILENCE_MS);
    assert_false(rival_is_cloned(&row, SILENCE_MS, now));
}

static void it_waits_no_longer_than_five_seconds_however_long_silence_may_be(void **state)
{
    (void)state;
    enum { HOUR_MS = 3600000 };
    assert_int_equal(rival_judge(&row, SECOND, answered + 1, HOUR_MS, now, &asked), RIVAL_WAITS);
    pass(5000);
    assert_int_equal(rival_judge(&row, SECOND, answered + 1, HOUR_MS, now, &asked), RIVAL_NONE);
}

static void a_hello_that_cannot_be_read_says_no_number(void **state)
{
    (void)state;
    uint8_t bytes[64];
    Selenga__Hello hello = SELENGA__HELLO__INIT;
    assert_int_equal(rival_instance((slice_t){0}), 0);
    assert_int_equal(rival_instance(slice((uint8_t *)"\xff\xff\xff", 3)), 0);
    hello.has_instance = 1;
    hello.instance = SECOND;
    assert_true(selenga__hello__get_packed_size(&hello) <= sizeof bytes);
    assert_int_equal(rival_instance(slice(bytes, selenga__hello__pack(&hello, bytes))), SECOND);
}

#define STANDING(test) cmocka_unit_test_setup(test, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STANDING(a_second_one_is_a_clone_when_the_first_has_answered),
        STANDING(who_is_revoked_has_no_clone_any_more),
        STANDING(a_third_one_hears_the_same),
        STANDING(a_clone_that_knocks_and_knocks_never_gets_the_place),
        STANDING(an_answer_to_an_earlier_question_proves_nothing),
        STANDING(while_it_is_asked_nobody_asks_it_again),
        STANDING(what_was_asked_long_ago_takes_nobodys_place),
        STANDING(a_hello_that_cannot_be_read_says_no_number),
        STANDING(a_restart_of_the_same_node_takes_the_place_of_a_line_that_is_dead),
        STANDING(a_restart_whose_old_line_was_closed_comes_in_at_once),
        STANDING(the_same_start_over_another_line_comes_in_at_once),
        STANDING(a_program_that_says_no_number_does_not_take_the_place_of_one_that_epochs),
        STANDING(nor_does_another_take_its_place_while_it_epochs),
        STANDING(when_the_first_has_gone_the_second_goes_on_and_is_named_no_more),
        STANDING(it_waits_no_longer_than_five_seconds_however_long_silence_may_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
