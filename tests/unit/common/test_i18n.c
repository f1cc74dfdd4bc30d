// SPDX-License-Identifier: Apache-2.0
// Catalogues: what is refused, and what a lookup answers.
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/base/i18n.h"

static char path[512];

static void write_file(const void *bytes, size_t size)
{
    const char *dir = getenv("TEST_DIR");
    char command[600];
    snprintf(command, sizeof command, "mkdir -p '%s'", dir ? dir : "/tmp");
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/test.mo", dir ? dir : "/tmp");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

// Two entries: a plain one and a plural one, originals in order.
static const char originals[] = "%lu row\0%lu rows\0done";
static const char translations[] = "%lu строка\0%lu строки\0%lu строк\0готово";
enum { PLURAL_ID = 16, PLURAL_TEXT = sizeof "%lu строка" + sizeof "%lu строки" + sizeof "%lu строк" - 1 };

static size_t build(char *out)
{
    const uint32_t texts = 20 + 32, replies = texts + sizeof originals;
    const uint32_t words[] = {0x950412de,
                              0,
                              2,
                              20,
                              36,
                              PLURAL_ID,
                              texts,
                              4,
                              texts + PLURAL_ID + 1,
                              PLURAL_TEXT,
                              replies,
                              sizeof "готово" - 1,
                              replies + PLURAL_TEXT + 1};
    memcpy(out, words, sizeof words);
    memcpy(out + texts, originals, sizeof originals);
    memcpy(out + replies, translations, sizeof translations);
    return replies + sizeof translations;
}

static void a_missing_catalogue_is_refused(void **state)
{
    (void)state;
    assert_int_equal(i18n_load(LANG_RU, "/nowhere/selenga.mo"), -ENOENT);
    assert_string_equal(i18n_text("done"), "done");
}

static void every_truncation_of_a_catalogue_is_refused(void **state)
{
    (void)state;
    char bytes[512];
    size_t size = build(bytes);
    for (size_t n = 0; n < size; n++) {
        write_file(bytes, n);
        assert_int_equal(i18n_load(LANG_RU, path), -EBADMSG);
    }
}

static void a_text_that_points_outside_is_refused(void **state)
{
    (void)state;
    char bytes[512];
    size_t size = build(bytes);
    uint32_t far = 0xfffffff0;
    memcpy(bytes + 24, &far, sizeof far);
    write_file(bytes, size);
    assert_int_equal(i18n_load(LANG_RU, path), -EBADMSG);
}

static void english_stays_without_a_catalogue(void **state)
{
    (void)state;
    assert_string_equal(i18n_text("done"), "done");
}

static void a_lookup_answers_in_the_language_that_it_names(void **state)
{
    (void)state;
    char bytes[512];
    write_file(bytes, build(bytes));
    assert_int_equal(i18n_load(LANG_RU, path), 0);
    assert_string_equal(i18n_in(LANG_RU, "done"), "готово");
    assert_string_equal(i18n_in(LANG_EN, "done"), "done");
    assert_string_equal(i18n_in(LANG_RU, "unknown"), "unknown");
    assert_string_equal(i18n_in(LANG_RU, ""), "");
    // A catalogue that is there changes nothing for those who did not ask for it.
    assert_string_equal(_("done"), "done");
}

static void a_count_has_the_form_of_the_language(void **state)
{
    (void)state;
    static const struct {
        unsigned long n;
        const char *ru, *en;
    } counts[] = {{0, "0 строк", "0 rows"},     {1, "1 строка", "1 row"},     {2, "2 строки", "2 rows"},
                  {5, "5 строк", "5 rows"},     {11, "11 строк", "11 rows"},  {12, "12 строк", "12 rows"},
                  {21, "21 строка", "21 rows"}, {22, "22 строки", "22 rows"}, {111, "111 строк", "111 rows"}};
    char bytes[512], text[64];
    write_file(bytes, build(bytes));
    assert_int_equal(i18n_load(LANG_RU, path), 0);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        snprintf(text, sizeof text, i18n_n_in(LANG_RU, "%lu row", "%lu rows", counts[i].n), counts[i].n);
        assert_string_equal(text, counts[i].ru);
        snprintf(text, sizeof text, i18n_n_in(LANG_EN, "%lu row", "%lu rows", counts[i].n), counts[i].n);
        assert_string_equal(text, counts[i].en);
    }
    // A message that the catalogue lacks, or has without forms.
    assert_string_equal(i18n_n_in(LANG_RU, "one", "many", 1), "one");
    assert_string_equal(i18n_n_in(LANG_RU, "one", "many", 5), "many");
    assert_string_equal(i18n_n_in(LANG_RU, "done", "all done", 5), "готово");
}

static void a_thread_speaks_its_own_language_until_it_is_put_back(void **state)
{
    (void)state;
    assert_int_equal(i18n_now(), LANG_EN);
    assert_int_equal(i18n_use(LANG_RU), LANG_EN);
    assert_string_equal(_("done"), "готово");
    assert_string_equal(i18n_language(), "ru");
    assert_string_equal(i18n_in(LANG_EN, "done"), "done");
    assert_int_equal(i18n_use(LANG_EN), LANG_RU);
    assert_string_equal(_("done"), "done");
}

enum { LOOKUPS = 20000 };

// Counts the answers in a wrong language: cmocka's asserts belong to the test's own thread.
static void *speak(void *context)
{
    lang_t lang = *(lang_t *)context;
    const char *right = lang == LANG_RU ? "готово" : "done";
    uintptr_t wrong = 0;
    i18n_use(lang);
    for (int i = 0; i < LOOKUPS; i++) {
        wrong += strcmp(_("done"), right) != 0;
        wrong += strcmp(i18n_in(LANG_RU, "done"), "готово") != 0;
    }
    return (void *)wrong; // NOLINT: a number
}

static void threads_of_two_languages_do_not_disturb_each_other(void **state)
{
    (void)state;
    static const lang_t langs[] = {LANG_RU, LANG_EN};
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, speak, (void *)(uintptr_t)&langs[i]), 0);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(i18n_load(LANG_RU, path), 0); // a newer one comes meanwhile
    for (size_t i = 0; i < 2; i++) {
        void *wrong = NULL;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    assert_string_equal(_("done"), "done");
}

static void languages_have_names(void **state)
{
    (void)state;
    lang_t lang = LANG_EN;
    assert_false(lang_by_name("tlh", &lang));
    assert_false(lang_by_name("", &lang));
    assert_true(lang_by_name("ru", &lang));
    assert_int_equal(lang, LANG_RU);
    assert_string_equal(lang_name(LANG_EN), "en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_catalogue_is_refused),
        cmocka_unit_test(every_truncation_of_a_catalogue_is_refused),
        cmocka_unit_test(a_text_that_points_outside_is_refused),
        cmocka_unit_test(english_stays_without_a_catalogue),
        cmocka_unit_test(a_lookup_answers_in_the_language_that_it_names),
        cmocka_unit_test(a_count_has_the_form_of_the_language),
        cmocka_unit_test(a_thread_speaks_its_own_language_until_it_is_put_back),
        cmocka_unit_test(threads_of_two_languages_do_not_disturb_each_other),
        cmocka_unit_test(languages_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
