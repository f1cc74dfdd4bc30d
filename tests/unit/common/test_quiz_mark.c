// SPDX-License-Identifier: Apache-2.0
// What answers to questions are worth.
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "common/forms/quiz_mark.h"

#include <stdlib.h>
#include <string.h>

static quiz_t quiz;

static int clear(void **state)
{
    (void)state;
    quiz_clear(&quiz);
    return 0;
}

// Percent of the only question of this text.
static int percent(const char *gift, const char *answer)
{
    size_t line;
    quiz_clear(&quiz);
    assert_int_equal(quiz_read_gift(slice(gift, strlen(gift)), &quiz, &line), 0);
    return (int)(quiz_worth(&quiz.questions[0], answer) / (QUIZ_FULL / 100));
}

static void what_cannot_be_chosen_is_no_answer(void **state)
{
    (void)state;
    assert_false(quiz_can_answer(QUIZ_SINGLE, 3, 0, ""));
    assert_false(quiz_can_answer(QUIZ_SINGLE, 3, 0, "0"));
    assert_false(quiz_can_answer(QUIZ_SINGLE, 3, 0, "4"));
    assert_false(quiz_can_answer(QUIZ_SINGLE, 3, 0, "1;2"));
    assert_false(quiz_can_answer(QUIZ_SINGLE, 3, 0, "-1"));
    assert_false(quiz_can_answer(QUIZ_SINGLE, 3, 0, "999999999999"));
    assert_false(quiz_can_answer(QUIZ_MULTIPLE, 3, 0, "2;1"));
    assert_false(quiz_can_answer(QUIZ_MULTIPLE, 3, 0, "1;1"));
    assert_false(quiz_can_answer(QUIZ_MULTIPLE, 3, 0, "1;"));
    assert_false(quiz_can_answer(QUIZ_MATCHING, 2, 3, "1"));
    assert_false(quiz_can_answer(QUIZ_MATCHING, 2, 3, "1;4"));
    assert_false(quiz_can_answer(QUIZ_TRUTH, 0, 0, "true"));
    assert_false(quiz_can_answer(QUIZ_ESSAY, 0, 0, "a\x01"));
    assert_true(quiz_can_answer(QUIZ_MULTIPLE, 3, 0, "1;3"));
    assert_true(quiz_can_answer(QUIZ_MATCHING, 2, 3, "0;3"));
}

static void what_is_no_answer_is_worth_nothing(void **state)
{
    (void)state;
    assert_int_equal(percent("Q {=a ~b}", "3"), 0);
    assert_int_equal(percent("Q {~%50%a ~%50%b ~c}", "1;2;3;4"), 0);
    assert_int_equal(percent("Q {=a -> x =b -> y}", "1;9"), 0);
    assert_int_equal(percent("Q {#3}", "three"), 0);
    assert_int_equal(percent("Q {}", "essay"), 0);
}

static void one_of_several_is_worth_its_weight(void **state)
{
    (void)state;
    assert_int_equal(percent("Q {~a =b ~%40%c}", "2"), 100);
    assert_int_equal(percent("Q {~a =b ~%40%c}", "1"), 0);
    assert_int_equal(percent("Q {~a =b ~%40%c}", "3"), 40);
    assert_int_equal(percent("Q {~%-50%a =b}", "1"), 0);
}

static void wrong_ones_of_several_take_away_what_they_weigh(void **state)
{
    (void)state;
    const char *q = "Q {~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-50%d}";
    assert_int_equal(percent(q, "1;2;3"), 100);
    assert_int_equal(percent(q, "1;2"), 66);
    assert_int_equal(percent(q, "1;2;3;4"), 49);
    assert_int_equal(percent(q, "4"), 0);
}

static void words_and_numbers_are_read_as_people_write_them(void **state)
{
    (void)state;
    assert_int_equal(percent("Q {=Пётр Первый}", "  петр  первый "), 100);
    assert_int_equal(percent("Q {=Пётр Первый =%50%Пётр}", "Пётр"), 50);
    assert_int_equal(percent("Q {T}", "T"), 100);
    assert_int_equal(percent("Q {T}", "F"), 0);
    assert_int_equal(percent("Q {#3.5:0.1}", "3,6"), 100);
    assert_int_equal(percent("Q {#3.5:0.1}", "3,61"), 0);
    assert_int_equal(percent("Q {#-2..5}", "-2"), 100);
    assert_int_equal(percent("Q {#-2..5}", "5.000001"), 0);
    assert_int_equal(percent("Q {#4}", "4.0"), 100);
}

static void each_pair_counts_alike(void **state)
{
    (void)state; // partners stand in order: b, y, z
    const char *q = "Q {=1 -> z =2 -> b =3 -> y}";
    assert_int_equal(percent(q, "3;1;2"), 100);
    assert_int_equal(percent(q, "3;2;1"), 33);
    assert_int_equal(percent(q, "0;0;0"), 0);
}

static void options_are_parted_as_they_were_joined(void **state)
{
    (void)state;
    char *texts[QUIZ_ANSWERS_MAX];
    assert_int_equal(percent("Q {=a \\~ b ~c\\:d ~e \\\\ f}", "1"), 100);
    char *joined = quiz_options(&quiz.questions[0]);
    size_t n = quiz_pieces(joined, texts);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(texts[i], quiz.questions[0].answers[i].text);
        free(texts[i]);
    }
    free(joined);
    assert_int_equal(quiz_pieces(NULL, texts), 0);
}

static void the_last_part_of_a_category_is_kept_where_it_can_be_a_code(void **state)
{
    (void)state;
    assert_int_equal(percent("$CATEGORY: course/top/M-1\n\nQ {=a ~b}", "1"), 100);
    assert_string_equal(quiz.questions[0].topic, "M-1");
    (void)percent("$CATEGORY: M-1\n\n$CATEGORY: all of it\n\nQ {=a ~b}", "1");
    assert_null(quiz.questions[0].topic);
    (void)percent("$CATEGORY:\n\nQ {=a ~b}", "1");
    assert_null(quiz.questions[0].topic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_chosen_is_no_answer),
        cmocka_unit_test(what_is_no_answer_is_worth_nothing),
        cmocka_unit_test(one_of_several_is_worth_its_weight),
        cmocka_unit_test(wrong_ones_of_several_take_away_what_they_weigh),
        cmocka_unit_test(words_and_numbers_are_read_as_people_write_them),
        cmocka_unit_test(each_pair_counts_alike),
        cmocka_unit_test(options_are_parted_as_they_were_joined),
        cmocka_unit_test(the_last_part_of_a_category_is_kept_where_it_can_be_a_code),
    };
    return cmocka_run_group_tests(tests, NULL, clear);
}
