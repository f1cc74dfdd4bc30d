// SPDX-License-Identifier: Apache-2.0
// What people seek in lists, and in which order lists stand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/forms/find.h"
#include "common/forms/table.h"
#include "proto/kinds.h"
#include <cmocka.h>

static arena_t *arena;

static int load(void **state)
{
    (void)state;
    arena = arena_new(64 * 1024);
    return 0;
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

static bool finds(const char *words)
{
    const kind_rule_t *kinds[] = {&KIND_IDENTITY, &KIND_EMPLOYMENT};
    body_t *bodies[] = {
        BODY(KIND_IDENTITY, "org", "03-08-01", "number", "17", "last_name", "Семёнова-Ёлкина", "first_name",
             "Анна", "middle_name", "Петровна", "snils", "11223344595"),
        BODY(KIND_EMPLOYMENT, "org", "03-08-01", "number", "17", "post", "учитель русского языка"),
    };
    find_t *find = find_new(words);
    bool found = find_matches(find, kinds, bodies, 2);
    bool alone = find_matches(find, kinds, (body_t *[]){NULL, NULL}, 2);
    assert_true(!alone || found); // what has nothing has no more than what has something
    find_destroy(&find);
    return found;
}

static void words_that_are_nowhere_are_not_found(void **state)
{
    (void)state;
    static const char *const not [] = {"Иванова",     "Анна Иванова",     "Анна.",          "pedagogue",
                                       "семенован",   "Семёнова П. А.",   "Семёнова А. А.", "Семёнова А.А.",
                                       "03-08-02:17", "русским языковед", "учить",          "Б.",
                                       "А.П.П."};
    for (size_t i = 0; i < ARRAY_SIZE(not ); i++)
        if (finds(not [i])) fail_msg("%s is found", not [i]);
}

static void parts_of_words_are_found_in_any_case_and_with_e_for_yo(void **state)
{
    (void)state;
    static const char *const in[] = {"",         "  ",          "семен",      "СЕМЁНОВА",    "елкин",
                                     "Ёлк",      "анна",        "анна семён", "анна  русск", "17",
                                     "03-08-01", "11223344595", "«анна»"};
    for (size_t i = 0; i < ARRAY_SIZE(in); i++)
        if (!finds(in[i])) fail_msg("%s is not found", in[i]);
}

static void other_forms_of_a_word_are_found(void **state)
{
    (void)state;
    static const char *const in[] = {"учителя", "Учителями", "русские языки", "Семёновой",
                                     "Анны",    "Петровне",  "языку",         "УЧИТЕЛЕЙ"};
    for (size_t i = 0; i < ARRAY_SIZE(in); i++)
        if (!finds(in[i])) fail_msg("%s is not found", in[i]);
}

static void initials_and_staff_numbers_are_found(void **state)
{
    (void)state;
    static const char *const in[] = {
        "Семёнова А. П.",     "Семёнова А.П.", "А. П. Семёнова", "А.П. Семёновой", "А.П.Семёнова",
        "семёнова-ёлкина а.", "П. ",           "03-08-01:17"};
    for (size_t i = 0; i < ARRAY_SIZE(in); i++)
        if (!finds(in[i])) fail_msg("%s is not found", in[i]);
}

static void words_of_any_number_are_bounded(void **state)
{
    (void)state;
    char many[FIND_MAX + 1];
    for (size_t i = 0; i + 3 < sizeof many; i += 3) memcpy(many + i, "а.", 4);
    assert_false(finds(many));
    memset(many, ':', FIND_MAX);
    many[FIND_MAX] = '\0';
    assert_false(finds(many));
}

static void the_end_of_a_long_text_is_found(void **state)
{
    (void)state;
    char text[900];
    memset(text, 'a', sizeof text);
    strcpy(text + 880, " Zugabe");
    const kind_rule_t *kinds[] = {&KIND_ROUTE};
    body_t *body = BODY(KIND_ROUTE, "goal", text);
    find_t *find = find_new("zugabe");
    assert_true(find_matches(find, kinds, &body, 1));
    find_destroy(&find);
}

// --- order

static table_rank_t rank_of(const char *field, const char *value)
{
    static table_t table;
    table_of_kind(&KIND_ENROLMENT, &table);
    const kind_rule_t *kind = strcmp(field, "number") == 0 || strcmp(field, "last_name") == 0 ? &KIND_IDENTITY
                              : strcmp(field, "from") == 0                                    ? &KIND_ROUTE
                                                           : &KIND_ENROLMENT;
    table_of_kind(kind, &table);
    table_row_t row = {.bodies = {value != NULL ? a_body(kind, (const char *const[]){field, value, NULL})
                                                : body_new(kind, arena)}};
    int column = table_column(&table, slice_text(field));
    assert_true(column >= 0);
    return table_rank(&table, (size_t)column, &row, LANG_RU);
}

static int compared(const char *field, const char *a, const char *b, bool down)
{
    table_rank_t left = rank_of(field, a), right = rank_of(field, b);
    int r = table_rank_compare(&left, &right, down);
    assert_int_equal((r > 0) - (r < 0), -((table_rank_compare(&right, &left, down) > 0) -
                                          (table_rank_compare(&right, &left, down) < 0)));
    table_rank_free(&left);
    table_rank_free(&right);
    return r;
}

static void numbers_days_and_russian_words_stand_in_their_order(void **state)
{
    (void)state;
    static const struct {
        const char *field, *first, *second;
    } CASES[] = {
        {"attended_hours", "9", "10"},
        {"number", "7", "12"},
        {"number", "2-9", "2-10"},
        {"number", "12", "A"},
        {"from", "2009-12-31", "2010-01-01"},
        {"last_name", "Елкин", "Жуков"},
        {"last_name", "Ёлкин", "Жуков"},
        {"last_name", "Ежов", "Ёлкин"},
        {"last_name", "Иванов", "Яковлев"},
        {"last_name", "иванов", "Яковлев"},
        {"last_name", "Иванов", "Иванова"},
        {"last_name", "Smith", "Иванов"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        if (compared(CASES[i].field, CASES[i].first, CASES[i].second, false) >= 0)
            fail_msg("%s does not come before %s", CASES[i].first, CASES[i].second);
        if (compared(CASES[i].field, CASES[i].first, CASES[i].second, true) <= 0)
            fail_msg("the other way round %s does not come behind %s", CASES[i].first, CASES[i].second);
        assert_int_equal(compared(CASES[i].field, CASES[i].first, CASES[i].first, false), 0);
    }
}

static void what_has_no_value_comes_last_either_way(void **state)
{
    (void)state;
    assert_true(compared("last_name", "Я", NULL, false) < 0);
    assert_true(compared("last_name", "Я", NULL, true) < 0);
    assert_true(compared("attended_hours", "1", NULL, true) < 0);
}

// --- columns

static void a_column_that_there_is_not_is_named(void **state)
{
    (void)state;
    table_t table;
    char unknown[TABLE_NAME_MAX];
    table_of_kind(&KIND_ROUTE, &table);
    assert_int_equal(table_choose(&table, "code,colour", unknown), -1);
    assert_string_equal(unknown, "colour");
    assert_int_equal(table_choose(&table, "", unknown), -1);
    assert_int_equal(table_choose(&table, "code,,goal", unknown), -1);
    assert_false(table_of_sheet("route-sheet", &table));
}

static void columns_are_known_by_name_and_label_in_either_language(void **state)
{
    (void)state;
    table_t table;
    char unknown[TABLE_NAME_MAX];
    assert_true(table_of_sheet("staff", &table));
    assert_int_equal(table_choose(&table, "Фамилия,number,FAMILY name,post", unknown), 0);
    assert_int_equal(table.n_shown, 3);
    assert_string_equal(table.columns[table.shown[0]].name, "last_name");
    assert_string_equal(table.columns[table.shown[1]].name, "number");
    assert_string_equal(table.columns[table.shown[2]].name, "post");
}

static void names_stand_beside_the_references_that_are_shown(void **state)
{
    (void)state;
    static const char *const SHOWN[] = {"methodist", "methodist.name", "person", "person.name", "from", "to"};
    table_t table;
    table_of_kind(&KIND_ASSIGNMENT, &table);
    size_t before = table.n_shown;
    for (size_t i = 0; i < before; i++) assert_false(table_is_name(&table, table.shown[i]));
    table_show_names(&table);
    assert_int_equal(table.n_shown, ARRAY_SIZE(SHOWN));
    for (size_t i = 0; i < ARRAY_SIZE(SHOWN); i++)
        assert_string_equal(table.columns[table.shown[i]].name, SHOWN[i]);
}

static void without_anybody_to_ask_a_name_is_empty(void **state)
{
    (void)state;
    table_t table;
    char value[VIEW_TEXT];
    table_of_kind(&KIND_ASSIGNMENT, &table);
    table_row_t row = {.bodies = {BODY(KIND_ASSIGNMENT, "methodist", "M-1", "person", "03-08-01:7")}};
    int column = table_column(&table, slice_text("Методист: Фамилия Имя Отчество"));
    assert_true(column >= 0);
    assert_string_equal(table_cell(&table, (size_t)column, &row, (view_t){VIEW_WORDS, LANG_RU}, value), "");
}

static void a_sheet_is_listed_with_all_its_columns_in_its_order(void **state)
{
    (void)state;
    for (size_t s = 0; s < N_SHEETS; s++) {
        table_t table;
        assert_true(table_of_sheet(SHEETS[s].name, &table));
        assert_int_equal(table.n_shown, SHEETS[s].n_columns);
        for (size_t i = 0; i < table.n_shown; i++)
            assert_string_equal(table.columns[table.shown[i]].name, SHEETS[s].columns[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_are_nowhere_are_not_found),
        cmocka_unit_test(parts_of_words_are_found_in_any_case_and_with_e_for_yo),
        cmocka_unit_test(other_forms_of_a_word_are_found),
        cmocka_unit_test(initials_and_staff_numbers_are_found),
        cmocka_unit_test(words_of_any_number_are_bounded),
        cmocka_unit_test(the_end_of_a_long_text_is_found),
        cmocka_unit_test(numbers_days_and_russian_words_stand_in_their_order),
        cmocka_unit_test(what_has_no_value_comes_last_either_way),
        cmocka_unit_test(a_column_that_there_is_not_is_named),
        cmocka_unit_test(columns_are_known_by_name_and_label_in_either_language),
        cmocka_unit_test(names_stand_beside_the_references_that_are_shown),
        cmocka_unit_test(without_anybody_to_ask_a_name_is_empty),
        cmocka_unit_test(a_sheet_is_listed_with_all_its_columns_in_its_order),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
