// SPDX-License-Identifier: Apache-2.0
// Records for people: codes as commands take them, words as either language has them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/forms/view.h"
#include "proto/kinds.h"
#include <cmocka.h>

static const view_t CODES = {VIEW_CODES, LANG_EN}, ENGLISH = {VIEW_WORDS, LANG_EN},
                    RUSSIAN = {VIEW_WORDS, LANG_RU};

static arena_t *arena;
static char value[VIEW_TEXT];

static int load(void **state)
{
    (void)state;
    arena = arena_new(64 * 1024);
    return i18n_init_all() == LANG_COUNT ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static body_t *a_body(const kind_rule_t *kind, const char *const *pairs)
{
    body_t *body = body_new(kind, arena);
    for (; *pairs != NULL; pairs += 2)
        assert_int_equal(body_set_text(kind, body, (size_t)kind_field(kind, pairs[0]), pairs[1], arena, NULL),
                         0);
    return body;
}
#define BODY(kind, ...) a_body(&(kind), (const char *const[]){__VA_ARGS__, NULL})

static const char *shown(const kind_rule_t *kind, const body_t *body, const char *field, view_t view)
{
    return view_value(kind, body, (size_t)kind_field(kind, field), view, value);
}

static Selenga__Record a_record(const kind_rule_t *kind, const body_t *body)
{
    slice_t bytes = {0};
    assert_int_equal(body_pack(body, arena, &bytes, NULL), 0);
    Selenga__Record record = SELENGA__RECORD__INIT;
    record.has_kind = record.has_body = true;
    record.kind = kind->number;
    record.org = "03-08-01";
    record.body = (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
    return record;
}

static void gather(void *context, const char *name, const char *text)
{
    char *all = context;
    snprintf(all + strlen(all), 4096 - strlen(all), "%s=%s\n", name, text);
}

static void a_field_that_is_absent_is_empty(void **state)
{
    (void)state;
    const body_t *body = BODY(KIND_EMPLOYMENT, "org", "03-08-01");
    for (size_t i = 1; i < KIND_EMPLOYMENT.n_fields; i++) {
        assert_string_equal(view_value(&KIND_EMPLOYMENT, body, i, RUSSIAN, value), "");
        assert_string_equal(view_value(&KIND_EMPLOYMENT, body, i, CODES, value), "");
    }
}

static void a_body_that_cannot_be_read_is_said_so(void **state)
{
    (void)state;
    char all[4096] = "";
    Selenga__Record record = a_record(&KIND_EMPLOYMENT, BODY(KIND_EMPLOYMENT, "org", "03-08-01"));
    record.body = (ProtobufCBinaryData){3, (uint8_t *)"\xff\xff\xff"};
    assert_int_equal(view_lines(&record, CODES, gather, all), VIEW_UNREADABLE);
    record.kind = 9999;
    assert_int_equal(view_lines(&record, CODES, gather, all), VIEW_UNREADABLE);
    record.has_deleted = record.deleted = true;
    assert_int_equal(view_lines(&record, CODES, gather, all), VIEW_DELETED);
    assert_null(strstr(all, "org="));
}

static void a_row_of_a_body_that_cannot_be_read_is_empty_but_whole(void **state)
{
    (void)state;
    AUTO(grid_destroy) grid_t *grid = grid_new();
    Selenga__Record record = a_record(&KIND_EMPLOYMENT, BODY(KIND_EMPLOYMENT, "org", "03-08-01"));
    record.body = (ProtobufCBinaryData){3, (uint8_t *)"\xff\xff\xff"};
    view_columns(grid, &KIND_EMPLOYMENT, RUSSIAN);
    view_row(grid, &KIND_EMPLOYMENT, &record, RUSSIAN);
    assert_int_equal(grid_rows(grid), 1);
    for (size_t i = 0; i < grid_columns(grid); i++) assert_null(grid_at(grid, 0, i));
}

static void values_are_codes_for_commands_and_words_for_people(void **state)
{
    (void)state;
    const body_t *body = BODY(KIND_EMPLOYMENT, "org", "03-08-01", "post_class", "manager", "rate", "0.25",
                              "main_place", "yes", "from", "2024-09-01");
    const struct {
        const char *field, *codes, *english, *russian;
    } rows[] = {{"org", "03-08-01", "03-08-01", "03-08-01"},
                {"post_class", "manager", "manager", "руководитель"},
                {"rate", "0.25", "0.25", "0,25"},
                {"main_place", "yes", "yes", "да"},
                {"from", "2024-09-01", "2024-09-01", "01.09.2024"}};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_string_equal(shown(&KIND_EMPLOYMENT, body, rows[i].field, CODES), rows[i].codes);
        assert_string_equal(shown(&KIND_EMPLOYMENT, body, rows[i].field, ENGLISH), rows[i].english);
        assert_string_equal(shown(&KIND_EMPLOYMENT, body, rows[i].field, RUSSIAN), rows[i].russian);
    }
}

static void a_moment_is_of_the_clock_on_the_wall_for_readers_of_russian(void **state)
{
    (void)state;
    setenv("TZ", "XXX-8", 1);
    tzset();
    const body_t *body = BODY(KIND_INVITE, "org", "03", "expires_s", "1725148800");
    assert_string_equal(shown(&KIND_INVITE, body, "expires_s", RUSSIAN), "01.09.2024 08:00");
    assert_string_equal(shown(&KIND_INVITE, body, "expires_s", ENGLISH), "2024-09-01T00:00:00Z");
    assert_string_equal(shown(&KIND_INVITE, body, "expires_s", (view_t){VIEW_CODES, LANG_RU}),
                        "2024-09-01T00:00:00Z");
    unsetenv("TZ");
    tzset();
}

static void several_codes_are_several_words_and_unknown_ones_stay(void **state)
{
    (void)state;
    const body_t *body = BODY(KIND_ORGANISATION, "code", "03", "features", "snor;island;small");
    assert_string_equal(shown(&KIND_ORGANISATION, body, "features", CODES), "snor;island;small");
    assert_string_equal(shown(&KIND_ORGANISATION, body, "features", RUSSIAN),
                        "низкие результаты; island; малокомплектная");
    assert_string_equal(shown(&KIND_ORGANISATION, body, "features", ENGLISH),
                        "low results; island; small school");
}

static void a_reason_is_a_sentence_in_either_form(void **state)
{
    (void)state;
    const body_t *body = BODY(KIND_ACTIVITY, "title", "WITH-MENTOR");
    assert_string_equal(shown(&KIND_ACTIVITY, body, "title", CODES), "Work on it with a mentor or tutor");
    assert_string_not_equal(shown(&KIND_ACTIVITY, body, "title", RUSSIAN),
                            "Work on it with a mentor or tutor");
}

static void lines_are_named_as_the_form_wants(void **state)
{
    (void)state;
    char codes[4096] = "", words[4096] = "";
    Selenga__Record record =
        a_record(&KIND_EMPLOYMENT, BODY(KIND_EMPLOYMENT, "org", "03-08-01", "post_class", "manager"));
    assert_int_equal(view_lines(&record, CODES, gather, codes), VIEW_WHOLE);
    assert_string_equal(codes, "organisation=03-08-01\nhome=\nversion=0.0.0000000000000000\norg=03-08-01\n"
                               "post_class=manager\n");
    assert_int_equal(view_lines(&record, RUSSIAN, gather, words), VIEW_WHOLE);
    assert_non_null(strstr(words, "\nКласс должности=руководитель\n"));
}

static void a_list_has_the_same_columns_in_every_language(void **state)
{
    (void)state;
    AUTO(grid_destroy) grid_t *codes = grid_new();
    AUTO(grid_destroy) grid_t *words = grid_new();
    Selenga__Record record =
        a_record(&KIND_EMPLOYMENT, BODY(KIND_EMPLOYMENT, "org", "03-08-01", "post_class", "manager"));
    view_columns(codes, &KIND_EMPLOYMENT, CODES);
    view_columns(words, &KIND_EMPLOYMENT, RUSSIAN);
    view_row(codes, &KIND_EMPLOYMENT, &record, CODES);
    view_row(words, &KIND_EMPLOYMENT, &record, RUSSIAN);
    assert_int_equal(grid_columns(codes), grid_columns(words));
    assert_string_equal(grid_title(codes, 3), "post_class");
    assert_string_equal(grid_title(words, 3), "Класс должности");
    assert_string_equal(grid_at(codes, 0, 3), "manager");
    assert_string_equal(grid_at(words, 0, 3), "руководитель");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_field_that_is_absent_is_empty),
        cmocka_unit_test(a_body_that_cannot_be_read_is_said_so),
        cmocka_unit_test(a_row_of_a_body_that_cannot_be_read_is_empty_but_whole),
        cmocka_unit_test(values_are_codes_for_commands_and_words_for_people),
        cmocka_unit_test(a_moment_is_of_the_clock_on_the_wall_for_readers_of_russian),
        cmocka_unit_test(several_codes_are_several_words_and_unknown_ones_stay),
        cmocka_unit_test(a_reason_is_a_sentence_in_either_form),
        cmocka_unit_test(lines_are_named_as_the_form_wants),
        cmocka_unit_test(a_list_has_the_same_columns_in_every_language),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
