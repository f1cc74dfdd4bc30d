// SPDX-License-Identifier: Apache-2.0
// Questions of other programs: what cannot be kept whole is refused with its line, the rest is written as it
// was read.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/forms/quiz.h"
#include <cmocka.h>

static quiz_t quiz;
static size_t line;

static int forget(void **state)
{
    (void)state;
    quiz_clear(&quiz);
    return 0;
}

static int gift(const char *text)
{
    quiz_clear(&quiz);
    return quiz_read_gift(slice(text, strlen(text)), &quiz, &line);
}

static int aiken(const char *text)
{
    quiz_clear(&quiz);
    return quiz_read_aiken(slice(text, strlen(text)), &quiz, &line);
}

static void assert_refused(int got, int error, size_t at)
{
    assert_int_equal(got, error);
    assert_int_equal(line, at);
    assert_int_equal(quiz.n, 0);
    assert_true(strlen(quiz_fault(error)) > 10);
}

static void assert_question(quiz_type_t type, const char *text, const char *key, const char *options,
                            const char *partners)
{
    const quiz_question_t *q = &quiz.questions[0];
    char *said = quiz_key(q), *chosen = quiz_options(q), *matched = quiz_partners(q);
    assert_int_equal(q->type, type);
    assert_string_equal(q->text, text);
    assert_string_equal(said, key);
    assert_string_equal(chosen ? chosen : "", options);
    assert_string_equal(matched ? matched : "", partners);
    free(said);
    free(chosen);
    free(matched);
}

// --- GIFT, refused

static void what_is_no_question_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refused(gift(""), QUIZ_E_NONE, 1);
    assert_refused(gift("// only a comment\n\n$CATEGORY: x\n"), QUIZ_E_NONE, 1);
    assert_refused(gift("One? {T}\n\nTwo?\n"), QUIZ_E_OPEN, 3);
    assert_refused(gift("One? {T}\n\n{=a ~b}\n"), QUIZ_E_TEXT, 3);
    assert_refused(gift("One? {T}\n\n::name Two? {T}\n"), QUIZ_E_OPEN, 3);
    assert_refused(gift("One? {T}\nTw\x01o?\n"), QUIZ_E_CLEAN, 2);
    assert_refused(gift("One \xff? {T}\n"), QUIZ_E_CLEAN, 1);
}

static void braces_that_do_not_close_are_refused_with_their_line(void **state)
{
    (void)state;
    assert_refused(gift("// comment\nOne\nquestion? {\n=a ~b\n\nnext}"), QUIZ_E_CLOSED, 3);
    assert_refused(gift("One? {=a {~b}\n"), QUIZ_E_BRACES, 1);
    assert_refused(gift("One? {=a ~b} {=c ~d}\n"), QUIZ_E_BRACES, 1);
    assert_refused(gift("One? }{=a ~b}\n"), QUIZ_E_BRACES, 1);
    assert_refused(gift("One? {=a ~b\\}\n"), QUIZ_E_CLOSED, 1);
}

static void texts_that_are_not_plain_are_refused(void **state)
{
    (void)state;
    assert_refused(gift("[html]<b>One</b>? {T}"), QUIZ_E_HTML, 1);
    assert_refused(gift("One? {=[markdown]a ~b}"), QUIZ_E_HTML, 1);
    assert_refused(gift("[plain][plain]One? {T}"), QUIZ_E_HTML, 1);
    assert_refused(aiken("[html]One?\nA. a\nB. b\nANSWER: A\n"), QUIZ_E_HTML, 1);
}

static void answers_of_which_none_is_right_are_refused(void **state)
{
    (void)state;
    assert_refused(gift("One? {~a ~b}"), QUIZ_E_RIGHT, 1);
    assert_refused(gift("One? {=a =b ~c}"), QUIZ_E_RIGHT, 1);
    assert_refused(gift("One? {=%50%a ~c}"), QUIZ_E_RIGHT, 1);
    assert_refused(gift("One? {=%50%a =%20%c}"), QUIZ_E_RIGHT, 1);
    assert_refused(gift("One? {~%50%a ~%30%b ~c}"), QUIZ_E_SUM, 1);
    assert_refused(gift("One? {~%500%a ~b}"), QUIZ_E_WEIGHT, 1);
    assert_refused(gift("One? {~%x%a ~b}"), QUIZ_E_WEIGHT, 1);
    assert_refused(gift("One? {=a ~a}"), QUIZ_E_TWICE, 1);
    assert_refused(gift("One? {=a ~ ~b}"), QUIZ_E_EMPTY, 1);
    assert_refused(gift("One? {a ~b}"), QUIZ_E_MARK, 1);
}

static void numbers_and_pairs_that_are_none_are_refused(void **state)
{
    (void)state;
    assert_refused(gift("One? {#}"), QUIZ_E_NUMBER, 1);
    assert_refused(gift("One? {#three}"), QUIZ_E_NUMBER, 1);
    assert_refused(gift("One? {#5..1}"), QUIZ_E_NUMBER, 1);
    assert_refused(gift("One? {#1:-1}"), QUIZ_E_NUMBER, 1);
    assert_refused(gift("One? {#1234567890}"), QUIZ_E_NUMBER, 1);
    assert_refused(gift("One? {=a -> b}"), QUIZ_E_PAIRS, 1);
    assert_refused(gift("One? {=a -> b =c}"), QUIZ_E_PAIRS, 1);
    assert_refused(gift("One? {=a -> =c -> d}"), QUIZ_E_EMPTY, 1);
}

static void what_is_too_long_or_too_much_is_refused(void **state)
{
    (void)state;
    static char text[QUIZ_FILE_MAX + 2];
    memset(text, 'x', sizeof text - 1);
    assert_refused(gift(text), QUIZ_E_SIZE, 1);
    memcpy(text + QUIZ_TEXT_MAX + 1, "{T}", 4);
    assert_refused(gift(text), QUIZ_E_LONG, 1);
    size_t n = 0;
    for (int i = 0; i <= QUIZ_ANSWERS_MAX; i++)
        n += (size_t)sprintf(text + n, i == 0 ? "One? {=%d" : "~%d", i);
    strcpy(text + n, "}");
    assert_refused(gift(text), QUIZ_E_ANSWERS, 1);
    for (n = 0; n < (QUIZ_QUESTIONS_MAX + 1) * 7; n += 7) memcpy(text + n, "x? {T}\n", 7);
    for (size_t i = n; i > 0; i -= 7) { // each behind a blank line
        memmove(text + (i / 7 - 1) * 8, text + i - 7, 7);
        text[(i / 7 - 1) * 8 + 7] = '\n';
    }
    text[(QUIZ_QUESTIONS_MAX + 1) * 8] = '\0';
    assert_refused(gift(text), QUIZ_E_MANY, QUIZ_QUESTIONS_MAX * 2 + 1);
}

// --- GIFT, taken

static void each_type_is_told_by_its_marks(void **state)
{
    (void)state;
    assert_int_equal(gift("::Столица::Столица Бурятии? {\n=Улан-Удэ #Да!\n~Чита\n~Иркутск}"), 0);
    assert_question(QUIZ_SINGLE, "Столица Бурятии?", "=Улан-Удэ#Да! ~Чита ~Иркутск",
                    "~Улан-Удэ ~Чита ~Иркутск", "");
    assert_string_equal(quiz.questions[0].name, "Столица");
    assert_int_equal(gift("Which? {~%50%a ~%50%b ~%-50%c}"), 0);
    assert_question(QUIZ_MULTIPLE, "Which?", "~%50.00000%a ~%50.00000%b ~%-50.00000%c", "~a ~b ~c", "");
    assert_int_equal(gift("True? {FALSE#no#yes}"), 0);
    assert_question(QUIZ_TRUTH, "True?", "F#no#yes", "", "");
    assert_int_equal(gift("Two plus two is {=four =%50%4} today."), 0);
    assert_question(QUIZ_SHORT, "Two plus two is", "=four =%50.00000%4", "", "");
    assert_string_equal(quiz.questions[0].ending, "today.");
    assert_int_equal(gift("Pi? {#3,14:0.01}"), 0);
    assert_question(QUIZ_NUMBER, "Pi?", "#=3,14:0.01", "", "");
    assert_int_equal(gift("Capitals? {=Россия -> Москва =Китай -> Пекин =Монголия -> Улан-Батор}"), 0);
    assert_question(QUIZ_MATCHING, "Capitals?", "=Россия -> Москва =Китай -> Пекин =Монголия -> Улан-Батор",
                    "~Россия ~Китай ~Монголия", "~Москва ~Пекин ~Улан-Батор");
    assert_int_equal(gift("Write. {####Thanks}"), 0);
    assert_question(QUIZ_ESSAY, "Write.", "####Thanks", "", "");
}

static void partners_of_pairs_do_not_tell_which_is_whose(void **state)
{
    (void)state;
    assert_int_equal(gift("Pairs? {=1 -> c =2 -> a =3 -> b =4 -> a}"), 0);
    assert_question(QUIZ_MATCHING, "Pairs?", "=1 -> c =2 -> a =3 -> b =4 -> a", "~1 ~2 ~3 ~4", "~a ~b ~c");
}

static void a_mark_behind_a_backslash_is_text(void **state)
{
    (void)state;
    assert_int_equal(gift("f\\:{x}? {=a}"), QUIZ_E_BRACES);
    assert_int_equal(gift("\\{x\\} \\\\ \\frac \\nis? {=a\\=b ~%0%%5 ~c\\~d}"), 0);
    assert_question(QUIZ_SINGLE, "{x} \\ \\frac is?", "=a\\=b ~%0.00000%%5 ~c\\~d", "~a\\=b ~%5 ~c\\~d", "");
}

static void a_text_that_begins_as_a_comment_stays_a_text(void **state)
{
    (void)state;
    char *out = NULL;
    size_t size;
    FILE *file = open_memstream(&out, &size);
    assert_non_null(file);
    quiz_write(file, NULL, "// no comment", "T", NULL);
    quiz_write(file, "Имя: раз", "$CATEGORY: none", "=a ~b", "и дальше");
    fclose(file);
    assert_string_equal(out, "[plain]// no comment {T}\n\n"
                             "::Имя\\: раз::$CATEGORY\\: none {=a ~b} и дальше\n\n");
    assert_int_equal(gift(out), 0);
    assert_int_equal(quiz.n, 2);
    assert_string_equal(quiz.questions[0].text, "// no comment");
    assert_string_equal(quiz.questions[1].name, "Имя: раз");
    free(out);
}

static void categories_comments_and_marks_of_windows_are_passed_over(void **state)
{
    (void)state;
    assert_int_equal(
        gift("\xEF\xBB\xBF// c\r\n$CATEGORY: a/b\r\n\r\n// c\r\nOne\r\n  two? {T}\r\n\t\r\nThree? {F}"), 0);
    assert_int_equal(quiz.n, 2);
    assert_string_equal(quiz.questions[0].text, "One two?");
    assert_int_equal(quiz.questions[0].line, 5);
    assert_int_equal(quiz.questions[1].line, 8);
}

// --- Aiken

static void aiken_that_is_not_in_its_order_is_refused_with_the_line(void **state)
{
    (void)state;
    assert_refused(aiken("One?\nA. a\nB. b\n\nTwo?\n"), QUIZ_E_AIKEN_ANSWER, 4);
    assert_refused(aiken("One?\nA. a\nC. c\nANSWER: A\n"), QUIZ_E_AIKEN_OPTION, 3);
    assert_refused(aiken("One?\nA. a\nANSWER: A\n"), QUIZ_E_AIKEN_OPTION, 3);
    assert_refused(aiken("One?\nА. кириллица\nБ. б\nANSWER: A\n"), QUIZ_E_AIKEN_OPTION, 2);
    assert_refused(aiken("One,\non two lines?\nA. a\nB. b\nANSWER: A\n"), QUIZ_E_AIKEN_TEXT, 2);
    assert_refused(aiken("ANSWER: A\n"), QUIZ_E_AIKEN_TEXT, 1);
    assert_refused(aiken("One?\nA. a\nB. b\nANSWER: C\n"), QUIZ_E_AIKEN_ANSWER, 4);
    assert_refused(aiken("One?\nA. a\nB. a\nANSWER: A\n"), QUIZ_E_TWICE, 3);
    assert_refused(aiken("\n\n"), QUIZ_E_NONE, 1);
}

static void aiken_is_read_as_questions_with_one_right_answer(void **state)
{
    (void)state;
    assert_int_equal(
        aiken("А. С. Пушкин родился в\nA) 1799\nB. 1837 = нет\nANSWER: A\n\nTwo?\nA. a\nB. b\nANSWER: B"), 0);
    assert_int_equal(quiz.n, 2);
    assert_question(QUIZ_SINGLE, "А. С. Пушкин родился в", "=1799 ~1837 \\= нет", "~1799 ~1837 \\= нет", "");
}

static void options_are_read_as_they_were_written_and_broken_ones_are_none(void **state)
{
    const char *texts[QUIZ_ANSWERS_MAX];
    char buf[200], many[2 * QUIZ_ANSWERS_MAX + 4] = {0};
    (void)state;
    assert_int_equal(gift("Q {=a ~b \\~ c ~два слова}"), 0);
    char *options = quiz_options(&quiz.questions[0]);
    assert_int_equal(quiz_options_each(options, buf, texts), 3);
    assert_string_equal(texts[0], "a");
    assert_string_equal(texts[1], "b ~ c");
    assert_string_equal(texts[2], "два слова");
    free(options);
    assert_int_equal(quiz_options_each("", buf, texts), 0);
    assert_int_equal(quiz_options_each("no mark", buf, texts), 0);
    assert_int_equal(quiz_options_each("~a\\", buf, texts), 1);
    assert_string_equal(texts[0], "a\\");
    for (size_t i = 0; i <= QUIZ_ANSWERS_MAX; i++) memcpy(many + 2 * i, "~a", 2);
    assert_int_equal(quiz_options_each(many, buf, texts), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_is_no_question_is_refused_with_its_line, forget),
        cmocka_unit_test_teardown(braces_that_do_not_close_are_refused_with_their_line, forget),
        cmocka_unit_test_teardown(texts_that_are_not_plain_are_refused, forget),
        cmocka_unit_test_teardown(answers_of_which_none_is_right_are_refused, forget),
        cmocka_unit_test_teardown(numbers_and_pairs_that_are_none_are_refused, forget),
        cmocka_unit_test_teardown(what_is_too_long_or_too_much_is_refused, forget),
        cmocka_unit_test_teardown(each_type_is_told_by_its_marks, forget),
        cmocka_unit_test_teardown(partners_of_pairs_do_not_tell_which_is_whose, forget),
        cmocka_unit_test_teardown(a_mark_behind_a_backslash_is_text, forget),
        cmocka_unit_test_teardown(a_text_that_begins_as_a_comment_stays_a_text, forget),
        cmocka_unit_test_teardown(categories_comments_and_marks_of_windows_are_passed_over, forget),
        cmocka_unit_test_teardown(aiken_that_is_not_in_its_order_is_refused_with_the_line, forget),
        cmocka_unit_test_teardown(options_are_read_as_they_were_written_and_broken_ones_are_none, forget),
        cmocka_unit_test_teardown(aiken_is_read_as_questions_with_one_right_answer, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
