// SPDX-License-Identifier: Apache-2.0
// Rows of a sheet: which records the node is asked for, and which of them make one row.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/forms/sheet.h"
#include "proto/kinds.h"
#include "services/cli/list_join.h"
#include <cmocka.h>

static table_t table;
static arena_t *arena;

static int load(void **state)
{
    (void)state;
    arena = arena_new(SHEET_ARENA);
    assert_true(table_of_sheet("staff", &table)); // Identity, Person, Employment
    assert_int_equal(table.n_kinds, 3);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

// --- conditions

typedef struct asked {
    Selenga__Match matches[4], *where[4];
    list_query_t query;
} asked_t;

static asked_t *ask_for(const char *const *pairs)
{
    static asked_t asked;
    asked = (asked_t){.query = {.table = &table, .sort = -1}};
    for (size_t n = 0; *pairs != NULL; pairs += 2, n++) {
        selenga__match__init(&asked.matches[n]);
        asked.matches[n].field = (char *)(uintptr_t)pairs[0];
        asked.matches[n].value = (char *)(uintptr_t)pairs[1];
        asked.where[n] = &asked.matches[n];
        asked.query.n_where++;
    }
    asked.query.where = (const Selenga__Match *const *)asked.where;
    return &asked;
}
#define ASK_FOR(...) ask_for((const char *const[]){__VA_ARGS__, NULL})

static size_t conditions(const asked_t *asked, size_t kind, bool alone)
{
    rows_t rows = {.query = &asked->query};
    Selenga__List request;
    sheet_request(&rows, kind, alone, &request);
    assert_int_equal(request.kind, table.kinds[kind]->number);
    size_t n = request.n_where;
    free(rows.where);
    return n;
}

static void a_column_that_all_kinds_have_finds_no_row_by_itself(void **state)
{
    (void)state;
    assert_int_equal(sheet_driver(&ASK_FOR("number", "7", "org", "03-08-01")->query), -1);
}

static void who_lacks_a_value_is_not_found_by_the_kind_that_would_have_it(void **state)
{
    (void)state;
    assert_int_equal(sheet_driver(&ASK_FOR("to", "")->query), -1);
    assert_int_equal(conditions(ASK_FOR("to", ""), 2, false), 0);
}

static void a_column_of_one_kind_finds_the_rows_by_it(void **state)
{
    (void)state;
    assert_int_equal(sheet_driver(&ASK_FOR("last_name", "Ёлкин")->query), 0);
    assert_int_equal(sheet_driver(&ASK_FOR("number", "7", "post", "учитель")->query), 2);
}

static void the_node_judges_what_a_kind_can_tell(void **state)
{
    (void)state;
    const asked_t *asked = ASK_FOR("number", "7", "post", "учитель", "last_name", "Ёлкин");
    for (size_t k = 0; k < 3; k++) assert_int_equal(conditions(asked, k, false), 1); // the key
    assert_int_equal(conditions(asked, 2, true), 2);
    assert_int_equal(conditions(asked, 0, true), 2);
    assert_int_equal(conditions(asked, 1, true), 1);
}

// --- one row

static void hold(rows_t *rows, size_t k, const char *number)
{
    const kind_rule_t *kind = table.kinds[k];
    arena_t *own = arena_new(SHEET_ARENA);
    body_t *body = body_new(kind, own);
    Selenga__Record record = SELENGA__RECORD__INIT;
    static const char *const FIELDS[] = {"org", "number"};
    const char *values[] = {"03-08-01", number};
    slice_t bytes;
    rid_t id;
    uint8_t wire[400];
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(body_set_text(kind, body, (size_t)kind_field(kind, FIELDS[i]), values[i], own, NULL),
                         0);
    assert_int_equal(body_pack(body, own, &bytes, NULL), 0);
    assert_true(body_id(kind, body, &id));
    record.has_kind = record.has_id = record.has_body = 1;
    record.kind = kind->number;
    record.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    record.body = (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
    assert_in_range(selenga__record__get_packed_size(&record), 1, sizeof wire);
    rows->kind = k;
    rows_hold(rows, slice(wire, selenga__record__pack(&record, wire)), &record);
    assert_memory_equal(rows->items[rows->n - 1].ids[k].b, id.b, sizeof id.b);
    arena_destroy(&own);
}

static void records_of_one_key_are_one_row_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    static const char *const NUMBERS[] = {"9", "12", "7", "1"};
    list_query_t query = {.table = &table, .sort = -1};
    rows_t rows = {.query = &query, .arena = arena};
    for (size_t i = 0; i < 3; i++) hold(&rows, 0, NUMBERS[i]);
    for (size_t i = 4; i-- > 0;) hold(&rows, 2, NUMBERS[i]); // the fourth has no names
    hold(&rows, 1, NUMBERS[1]);
    sheet_merge(&rows);
    assert_int_equal(rows.n, 4);
    for (size_t i = 0; i < 4; i++) {
        list_row_t row;
        char number[VIEW_TEXT];
        rows_open(&rows, &rows.items[i], &row);
        assert_string_equal(table_cell(&table, (size_t)table_column(&table, slice_text("number")), &row.row,
                                       (view_t){VIEW_CODES, LANG_EN}, number),
                            NUMBERS[i]);
        assert_int_equal(row.row.bodies[0] != NULL, i < 3);
        assert_int_equal(row.row.bodies[1] != NULL, i == 1);
        assert_non_null(row.row.bodies[2]);
    }
    rows_forget(&rows);
    free(rows.items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_that_all_kinds_have_finds_no_row_by_itself),
        cmocka_unit_test(who_lacks_a_value_is_not_found_by_the_kind_that_would_have_it),
        cmocka_unit_test(a_column_of_one_kind_finds_the_rows_by_it),
        cmocka_unit_test(the_node_judges_what_a_kind_can_tell),
        cmocka_unit_test(records_of_one_key_are_one_row_in_the_order_in_which_they_came),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
