// SPDX-License-Identifier: Apache-2.0
// Sheets: headers and rows that do not fit are refused with a reason, those that fit become groups, and what
// is written reads back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/forms/sheet.h"
#include "proto/registry.pb-c.h"
#include <cmocka.h>

typedef struct table {
    FILE *file;
    csv_t *csv;
    sheet_t *sheet;
    arena_t *arena;
} table_t;

static table_t a_table(const char *sheet, const char *text)
{
    table_t t = {.file = tmpfile(), .arena = arena_new(SHEET_ARENA)};
    fputs(text, t.file);
    rewind(t.file);
    assert_int_equal(sheet_open(sheet, &t.sheet, NULL), 0);
    assert_int_equal(csv_open(t.file, &t.csv, NULL), 0);
    return t;
}

static void table_clear(table_t *t)
{
    csv_close(&t->csv);
    sheet_destroy(&t->sheet);
    arena_destroy(&t->arena);
    fclose(t->file);
}

static int read_header(table_t *t, fault_t *ret_fault)
{
    csv_row_t row;
    assert_int_equal(csv_next(t->csv, &row, NULL), 0);
    return sheet_header(t->sheet, &row, NULL, 0, ret_fault);
}

static int read_group(table_t *t, Selenga__Group **ret_group, fault_t *ret_fault)
{
    csv_row_t row;
    sheet_result_t result;
    assert_int_equal(csv_next(t->csv, &row, NULL), 0);
    int rc = sheet_row(t->sheet, &row, t->arena, &result);
    if (rc == 0) *ret_group = result.group;
    if (rc != 0 && ret_fault != NULL) *ret_fault = result.faults[0];
    return rc;
}

static void assert_header_refused(const char *sheet, const char *text, const char *code, const char *arg)
{
    fault_t fault = {0};
    AUTO(table_clear) table_t t = a_table(sheet, text);
    assert_int_equal(read_header(&t, &fault), SHEET_E_FAULT);
    assert_string_equal(fault.code, code);
    assert_string_equal(fault.args[0], arg);
    if (!fault_is_known(code)) fail_msg("%s is not in the table of faults", code);
}

static void headers_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    assert_header_refused("team", "code,org,code\n", "COLUMN-TWICE", "code");
    assert_header_refused("team", "code,org,Код\n", "COLUMN-TWICE", "Код");
    assert_header_refused("team", "code\n", "COLUMN-MISSING", "org");
    assert_header_refused("team", "\"code,org\"\n", "COLUMN-MISSING", "code");
    assert_header_refused("staff", "org,number,last_name,first_name,post_class,from\n", "COLUMN-MISSING",
                          "post");
}

static void assert_ignored(const char *sheet, const char *text, const char *heading)
{
    AUTO(table_clear) table_t t = a_table(sheet, text);
    assert_int_equal(read_header(&t, NULL), 0);
    const char *ignored = sheet_ignored(t.sheet, 0);
    if (heading == NULL)
        assert_null(ignored);
    else
        assert_string_equal(ignored, heading);
    assert_null(sheet_ignored(t.sheet, 1));
}

static void columns_are_known_in_either_language_and_the_others_are_told(void **state)
{
    (void)state;
    assert_ignored("team", "code,org,moon\n", "moon");
    assert_ignored("team", "code,org,\n", NULL);
    assert_ignored("team", "line,reason,ORG, Code \n", NULL);
    assert_ignored("team", "code,org,Причина отказа\n", NULL);
    assert_ignored("staff",
                   "Код организации;Таб. №;Фамилия;ИМЯ;Должность;Класс должности;Дата приема;Возраст\n",
                   "Возраст");
    assert_ignored("staff", "org;number;Ф.И.О.;post;post_class;from\n", NULL);
    assert_ignored("staff", "org;number;last_name;first_name;post;post_class;from;pseudonym\n", "pseudonym");
}

static void a_heading_is_what_it_is_said_to_be(void **state)
{
    (void)state;
    static const sheet_alias_t aliases[] = {{"Таб. номер", "number"}, {"Где", "org"}},
                               none[] = {{"Где", "moon"}};
    static const char *const cells[] = {"где", "таб.номер", "ФИО", "Должность", "post_class", "from"};
    const csv_row_t header = {.line = 1, .number = 1, .n = 6, .cells = cells};
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    fault_t fault;
    assert_int_equal(sheet_open("staff", &sheet, NULL), 0);
    assert_int_equal(sheet_header(sheet, &header, NULL, 0, NULL), SHEET_E_FAULT);
    assert_int_equal(sheet_header(sheet, &header, aliases, 2, NULL), 0);
    assert_int_equal(sheet_header(sheet, &header, none, 1, &fault), SHEET_E_FAULT);
    assert_string_equal(fault.code, "COLUMN-UNKNOWN");
}

static void one_column_of_names_is_parted(void **state)
{
    (void)state;
    Selenga__Group *group = NULL;
    AUTO(table_clear)
    table_t t = a_table("staff", "org;number;ФИО;post;post_class;from;Вид занятости\n"
                                 "X;1;Цыренова Дарима  Баировна кызы;учитель;педагогические;1.9.20;"
                                 "внешнее  совместительство\n");
    assert_int_equal(read_header(&t, NULL), 0);
    assert_int_equal(read_group(&t, &group, NULL), 0);
    ProtobufCAllocator *a = arena_allocator(t.arena);
    Selenga__Identity *i =
        selenga__identity__unpack(a, group->items[0]->body.len, group->items[0]->body.data);
    Selenga__Employment *e =
        selenga__employment__unpack(a, group->items[2]->body.len, group->items[2]->body.data);
    assert_string_equal(i->last_name, "Цыренова");
    assert_string_equal(i->first_name, "Дарима");
    assert_string_equal(i->middle_name, "Баировна кызы");
    assert_string_equal(e->post_class, "pedagogue");
    assert_true(e->has_main_place && !e->main_place && e->has_external && e->external);
}

static void all_that_is_wrong_with_a_row_is_said_in_the_words_of_the_sheet(void **state)
{
    (void)state;
    csv_row_t row;
    sheet_result_t result;
    char text[FAULT_TEXT];
    AUTO(table_clear)
    table_t t = a_table("staff", "Организация;Таб. №;Фамилия;Имя;Должность;Класс должности;Принят;СНИЛС\n"
                                 "X;1;;Дарима;учитель;повар;вчера;112-233-445 96\n");
    assert_int_equal(read_header(&t, NULL), 0);
    assert_int_equal(csv_next(t.csv, &row, NULL), 0);
    assert_int_equal(sheet_row(t.sheet, &row, t.arena, &result), SHEET_E_FAULT);
    static const char *const codes[] = {"REQUIRED", "SNILS-CHECK", "BAD-VALUE", "BAD-DATE"};
    assert_int_equal(result.n_faults, ARRAY_SIZE(codes));
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) assert_string_equal(result.faults[i].code, codes[i]);
    sheet_fault_text(t.sheet, &result.faults[2], LANG_RU, text, sizeof text);
    assert_non_null(strstr(text, "Класс должности"));
    assert_non_null(strstr(text, "педагог, руководитель, другой"));
}

static void a_sum_below_the_table_is_no_row(void **state)
{
    (void)state;
    AUTO(table_clear) table_t t = a_table("team", "code,org\nИтого: 5,\n,Всего\nИтоговая,X\n");
    static const bool sums[] = {true, true, false};
    csv_row_t row;
    assert_int_equal(read_header(&t, NULL), 0);
    for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
        assert_int_equal(csv_next(t.csv, &row, NULL), 0);
        assert_int_equal(sheet_is_total(t.sheet, &row), sums[i]);
    }
}

static void a_sheet_that_is_none_is_refused_with_the_list(void **state)
{
    (void)state;
    fault_t fault;
    sheet_t *sheet = NULL;
    assert_int_equal(sheet_open("person", &sheet, &fault), SHEET_E_FAULT);
    assert_null(sheet);
    assert_string_equal(fault.code, "SHEET-UNKNOWN");
    assert_non_null(strstr(fault.args[1], "staff"));
}

static void assert_row_refused(const char *sheet, const char *text, const char *code, const char *field)
{
    fault_t fault = {0};
    Selenga__Group *group = NULL;
    AUTO(table_clear) table_t t = a_table(sheet, text);
    assert_int_equal(read_header(&t, NULL), 0);
    assert_int_equal(read_group(&t, &group, &fault), SHEET_E_FAULT);
    assert_string_equal(fault.code, code);
    assert_string_equal(fault.field, field);
    assert_null(group);
}

static void rows_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    assert_row_refused("team", "code,org\nT\n", "CSV-WIDTH", "");
    assert_row_refused("team", "code,org\nT,X,Y\n", "CSV-WIDTH", "");
    assert_row_refused("team", "code,org\nT,\n", "REQUIRED", "org");
    assert_row_refused("team", "code,org\nT\x01U,X\n", "BAD-TEXT", "code");
    assert_row_refused("absence", "person,kind,from\nX:1,sick,31.09.2024\n", "BAD-DATE", "from");
    assert_row_refused("absence", "person,kind,from\nX:1,sick,2024\n", "BAD-DATE", "from");
    assert_row_refused("staff",
                       "org,number,last_name,first_name,post,post_class,from,snils\n"
                       "X,1,A,B,C,other,2020-01-01,00000000000\n",
                       "SNILS-PLACEHOLDER", "snils");
    assert_row_refused("staff",
                       "org,number,last_name,first_name,post,post_class,from,snils\n"
                       "X,1,A,B,C,other,2020-01-01,77777777777\n",
                       "SNILS-PLACEHOLDER", "snils");
    assert_row_refused("absence", "person,kind,from\nX,sick,2024-09-01\n", "BAD-REF", "person");
    assert_row_refused("absence", "person,kind,from\nX:1,holiday,2024-09-01\n", "BAD-VALUE", "kind");
    assert_row_refused("event",
                       "code,kind,title,org,starts_on,young_school\nE,forum,t,X,2024-09-01,возможно\n",
                       "BAD-BOOL", "young_school");
}

static void a_cell_as_large_as_csv_allows_is_refused(void **state)
{
    (void)state;
    AUTO(xfree) char *text = xcalloc(1, CSV_CELL_MAX + 64);
    memset(text, 'x', CSV_CELL_MAX);
    memcpy(text, "code,org\nX,", 11);
    assert_row_refused("team", text, "TOO-LONG", "org");
}

static const char STAFF[] =
    "org;number;last_name;first_name;middle_name;birth_date;snils;post;post_class;manager_role;rate;"
    "main_place;external;from;to;experience_from;experience_break_days;subject;category\n";

static void a_staff_row_becomes_three_records(void **state)
{
    (void)state;
    char text[1024];
    Selenga__Group *group = NULL;
    snprintf(text, sizeof text, "%s%s", STAFF,
             "03-08-01;17;Цыренова;Дарима;;1992-02-29;112-233-445 "
             "95;учитель;pedagogue;;0,5;yes;no;2020-09-01;;2019-09-01;30;"
             "физика;первая\n");
    AUTO(table_clear) table_t t = a_table("staff", text);
    assert_int_equal(read_header(&t, NULL), 0);
    assert_int_equal(read_group(&t, &group, NULL), 0);
    assert_int_equal(group->n_items, 3);
    assert_int_equal(group->items[0]->kind, KIND_IDENTITY.number);
    assert_int_equal(group->items[1]->kind, KIND_PERSON.number);
    assert_int_equal(group->items[2]->kind, KIND_EMPLOYMENT.number);
    ProtobufCAllocator *a = arena_allocator(t.arena);
    Selenga__Identity *i =
        selenga__identity__unpack(a, group->items[0]->body.len, group->items[0]->body.data);
    Selenga__Employment *e =
        selenga__employment__unpack(a, group->items[2]->body.len, group->items[2]->body.data);
    assert_string_equal(i->snils, "11223344595");
    assert_null(i->middle_name);
    assert_int_equal(i->experience_break_days, 30);
    assert_int_equal(e->rate, 50);
    assert_true(e->has_main_place && e->main_place && e->has_external && !e->external);
    assert_false(e->has_to);
    assert_int_equal(group->items[0]->n_set, 9); // all, also the empty one: it clears
    assert_int_equal(group->items[1]->n_set, 2); // the pseudonym is not the sheet's to give
    assert_int_equal(group->items[2]->n_set, 12);
}

static void an_absent_column_is_not_named(void **state)
{
    (void)state;
    Selenga__Group *group = NULL;
    AUTO(table_clear) table_t t = a_table("absence", "from,kind,person\n2024-09-01,sick,X:1\n");
    assert_int_equal(read_header(&t, NULL), 0);
    assert_int_equal(read_group(&t, &group, NULL), 0);
    assert_int_equal(group->items[0]->n_set, 3);
    for (size_t i = 0; i < 3; i++) assert_int_not_equal(group->items[0]->set[i], 4); // `to` stays as it was
}

static void every_sheet_has_the_columns_of_its_kinds(void **state)
{
    (void)state;
    char text[2048];
    for (size_t s = 0; sheet_name(s) != NULL; s++) {
        AUTO(sheet_destroy) sheet_t *sheet = NULL;
        assert_int_equal(sheet_open(sheet_name(s), &sheet, NULL), 0);
        FILE *file = fmemopen(text, sizeof text, "w");
        assert_int_equal(sheet_write_header(sheet, ',', file), 0);
        fclose(file);
        AUTO(table_clear) table_t t = a_table(sheet_name(s), text);
        assert_int_equal(read_header(&t, NULL), 0);
        for (size_t k = 0; k < sheet_n_kinds(sheet); k++) {
            const kind_rule_t *kind = sheet_kind(sheet, k);
            for (size_t f = 0; f < kind->n_fields; f++)
                if ((kind->fields[f].flags & F_DERIVED) == 0 && strstr(text, kind->fields[f].name) == NULL)
                    fail_msg("sheet %s lacks %s", sheet_name(s), kind->fields[f].name);
        }
        for (size_t c = 0; c < sheet_n_columns(sheet); c++)
            assert_non_null(bilingual_text(&sheet_column_rule(sheet, c)->help));
    }
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    static const char row[] =
        "03-08-01;17;Цыренова;Дарима;;1992-02-29;11223344595;\"учитель; методист\";pedagogue;;0.5;yes;no;"
        "2020-09-01;;2019-09-01;30;физика;первая\n";
    char text[1024], got[1024] = "";
    Selenga__Group *group = NULL;
    snprintf(text, sizeof text, "%s%s", STAFF, row);
    AUTO(table_clear) table_t t = a_table("staff", text);
    assert_int_equal(read_header(&t, NULL), 0);
    assert_int_equal(read_group(&t, &group, NULL), 0);
    body_t *bodies[3];
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(body_unpack(sheet_kind(t.sheet, k),
                                     slice(group->items[k]->body.data, group->items[k]->body.len), t.arena,
                                     &bodies[k], NULL),
                         0);
    FILE *out = fmemopen(got, sizeof got, "w");
    assert_int_equal(sheet_write_header(t.sheet, ';', out), 0);
    assert_int_equal(sheet_write_row(t.sheet, ';', (const body_t *const *)bodies, out), 0);
    fclose(out);
    assert_string_equal(got, text);
}

static void a_staff_row_is_written_without_the_names_too(void **state)
{
    (void)state;
    char got[256] = "";
    AUTO(table_clear) table_t t = a_table("staff", STAFF);
    Selenga__Person person = SELENGA__PERSON__INIT;
    person.org = "X";
    person.number = "1";
    const body_t *bodies[3] = {NULL, &person.base, NULL};
    FILE *out = fmemopen(got, sizeof got, "w");
    assert_int_equal(sheet_write_row(t.sheet, ',', bodies, out), 0);
    fclose(out);
    assert_string_equal(got, "X,1,,,,,,,,,,,,,,,,,\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_that_do_not_fit_are_refused),
        cmocka_unit_test(columns_are_known_in_either_language_and_the_others_are_told),
        cmocka_unit_test(a_heading_is_what_it_is_said_to_be),
        cmocka_unit_test(one_column_of_names_is_parted),
        cmocka_unit_test(all_that_is_wrong_with_a_row_is_said_in_the_words_of_the_sheet),
        cmocka_unit_test(a_sum_below_the_table_is_no_row),
        cmocka_unit_test(a_sheet_that_is_none_is_refused_with_the_list),
        cmocka_unit_test(rows_that_do_not_fit_are_refused),
        cmocka_unit_test(a_cell_as_large_as_csv_allows_is_refused),
        cmocka_unit_test(a_staff_row_becomes_three_records),
        cmocka_unit_test(an_absent_column_is_not_named),
        cmocka_unit_test(every_sheet_has_the_columns_of_its_kinds),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(a_staff_row_is_written_without_the_names_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
