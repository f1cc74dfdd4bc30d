// SPDX-License-Identifier: Apache-2.0
// Careers: years joined to runs, their bodies, and those of single years that earlier programs wrote.
#include "proto/reporting.pb-c.h"
#include "tests/unit/reporting/make.h"
#include <errno.h>
#include <stdio.h>

enum { RUN = 36 }; // bytes of a packed run

static const uint8_t WHO[PSEUDONYM_BYTES] = {7};

static career_t a_career(void)
{
    career_t career;
    career_init(&career, WHO, "S");
    return career;
}

static void add(career_t *career, int year, uint32_t flags)
{
    fact_row_t row = {.org = "S"};
    for (int c = 0; c < N_CELLS; c++) row.cells[c] = flags;
    career_add(career, year, &row);
}

static team_part_t a_part(const char *team, const char *last_day)
{
    return (team_part_t){team, "R", on(last_day), PROGRAMME_PK, 36, true, false};
}

static void add_with(career_t *career, int year, team_part_t part)
{
    fact_row_t row = {.org = "S", .parts = {part}, .n_parts = 1};
    career_add(career, year, &row);
}

// ---- bodies ----

static int unpack(const Selenga__Fact *message, career_t *ret)
{
    size_t size = selenga__fact__get_packed_size(message);
    AUTO(xfree) uint8_t *body = xmalloc(size);
    selenga__fact__pack(message, body);
    return fact_body_unpack(slice(body, size), ret);
}

static void a_body_that_is_no_fact_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[PSEUDONYM_BYTES] = {0};
    career_t fact;
    assert_int_equal(fact_body_unpack(slice("\xff\xff", 2), &fact), -EBADMSG);
    Selenga__Fact good = SELENGA__FACT__INIT;
    good.has_pseudonym = good.has_year = good.has_cells = true;
    good.pseudonym = (ProtobufCBinaryData){sizeof bytes, bytes};
    good.org = (char *)"S";
    good.year = 2024;
    good.cells = (ProtobufCBinaryData){8, bytes};
    for (int i = 0; i < 6; i++) {
        Selenga__Fact bad = good;
        if (i == 0) bad.pseudonym.len = 15;
        if (i == 1) bad.org = NULL;
        if (i == 2) bad.year = PERIOD_YEAR_MIN - 1;
        if (i == 3) bad.cells.len = 7;
        if (i == 4) bad.has_teams = true, bad.teams = (ProtobufCBinaryData){3, (uint8_t *)"\xff\xff\xff"};
        if (i == 5) bad.has_teams = true, bad.teams = (ProtobufCBinaryData){2, (uint8_t *)"\x0a\x00"};
        assert_int_equal(unpack(&bad, &fact), -EBADMSG);
    }
    assert_int_equal(unpack(&good, &fact), 0);
    fact_clear(&fact);
}

static void runs_that_are_none_are_refused(void **state)
{
    (void)state;
    static const int YEARS[][4] = {{1969, 2024, 2025, 2025}, {2024, 2200, 2201, 2201},
                                   {2024, 2023, 2025, 2025}, {2024, 2025, 2025, 2026},
                                   {2024, 2025, 2023, 2023}, {2024, 2025, 2026, 2026}};
    uint8_t bytes[(CAREER_RUNS_MAX + 1) * RUN] = {0};
    career_t fact;
    Selenga__Fact message = SELENGA__FACT__INIT;
    message.has_pseudonym = message.has_year = message.has_runs = true;
    message.pseudonym = (ProtobufCBinaryData){sizeof WHO, (uint8_t *)(uintptr_t)WHO};
    message.org = (char *)"S";
    message.runs = (ProtobufCBinaryData){2 * RUN, bytes};
    for (size_t i = 0; i < ARRAY_SIZE(YEARS); i++) {
        for (size_t k = 0; k < 4; k++) {
            uint8_t *at = bytes + k / 2 * RUN + k % 2 * 2;
            at[0] = (uint8_t)(YEARS[i][k] >> 8);
            at[1] = (uint8_t)YEARS[i][k];
        }
        int rc = unpack(&message, &fact);
        assert_int_equal(rc, i + 1 < ARRAY_SIZE(YEARS) ? -EBADMSG : 0); // the last ones are good
        if (rc == 0) fact_clear(&fact);
    }
    static const size_t SIZES[] = {0, RUN - 1, sizeof bytes};
    for (size_t i = 0; i < ARRAY_SIZE(SIZES); i++) {
        message.runs.len = SIZES[i];
        assert_int_equal(unpack(&message, &fact), -EBADMSG);
    }
    message.has_runs = false;
    assert_int_equal(unpack(&message, &fact), -EBADMSG);
}

static void come_back(career_t *before, career_t *after)
{
    size_t size;
    AUTO(xfree) uint8_t *body = NULL;
    fact_body_pack(before, &body, &size);
    assert_int_equal(fact_body_unpack(slice(body, size), after), 0);
}

static void a_career_comes_back_from_its_body(void **state)
{
    (void)state;
    career_t before = a_career(), after;
    add(&before, 2023, FACT_PEDAGOGUE | FACT_OVER_AGE);
    add(&before, 2024, FACT_MANAGER | FACT_OVER_AGE);
    add_with(&before, 2026, a_part("T1", "2026-05-01"));
    come_back(&before, &after);
    assert_memory_equal(after.pseudonym, WHO, PSEUDONYM_BYTES);
    assert_string_equal(after.org, "S");
    assert_true(after.whole);
    for (int year = 2022; year <= 2027; year++) assert_true(career_same_year(&before, &after, year));
    assert_int_equal(career_run(&after, 2024)->cells[CELL_Q1], FACT_MANAGER | FACT_OVER_AGE);
    assert_null(career_run(&after, 2025));
    assert_int_equal(after.n_parts, 1);
    assert_string_equal(after.parts[0].team, "T1");
    assert_int_equal(after.parts[0].run_last_day, on("2026-05-01"));
    assert_true(after.parts[0].attended);
    assert_false(after.parts[0].completed);
    fact_clear(&after);
}

static void a_fact_from_outside_cannot_claim_an_assignment(void **state)
{
    (void)state;
    career_t before = a_career(), after;
    add(&before, 2024, FACT_PEDAGOGUE | FACT_ASSIGNED);
    come_back(&before, &after);
    assert_int_equal(after.runs[0].cells[CELL_YEAR] & FACT_ASSIGNED, 0);
    fact_clear(&after);
}

static void a_single_year_of_an_earlier_program_is_read(void **state)
{
    (void)state;
    static const uint8_t CELLS[] = {0, 0, 0, FACT_PEDAGOGUE | FACT_OVER_AGE};
    Selenga__TeamPart part = SELENGA__TEAM_PART__INIT, *list[] = {&part};
    Selenga__TeamParts parts = SELENGA__TEAM_PARTS__INIT;
    part.team = (char *)"T";
    part.run = (char *)"R";
    part.has_run_last_day = true;
    part.run_last_day = on("2024-05-01");
    parts.parts = list;
    parts.n_parts = 1;
    uint8_t teams[64];
    Selenga__Fact message = SELENGA__FACT__INIT;
    message.has_pseudonym = message.has_year = message.has_cells = message.has_teams = true;
    message.pseudonym = (ProtobufCBinaryData){sizeof WHO, (uint8_t *)(uintptr_t)WHO};
    message.org = (char *)"S";
    message.year = 2024;
    message.cells = (ProtobufCBinaryData){sizeof CELLS, (uint8_t *)(uintptr_t)CELLS};
    message.teams = (ProtobufCBinaryData){selenga__team_parts__pack(&parts, teams), teams};
    career_t fact;
    fact_row_t row;
    assert_int_equal(unpack(&message, &fact), 0);
    assert_false(fact.whole);
    assert_false(career_row(&fact, 2023, &row));
    assert_true(career_row(&fact, 2024, &row));
    assert_int_equal(row.cells[CELL_YEAR], FACT_PEDAGOGUE | FACT_OVER_AGE);
    assert_int_equal(row.cells[CELL_Q4], 0);
    assert_int_equal(row.n_parts, 1);
    assert_string_equal(row.parts[0].team, "T");
    fact_clear(&fact);
}

static void no_more_parts_are_packed_than_fit(void **state)
{
    (void)state;
    char teams[CAREER_PARTS_MAX + 1][41];
    career_t before = a_career(), after;
    for (int i = 0; i <= CAREER_PARTS_MAX; i++) {
        snprintf(teams[i], sizeof teams[i], "%040d", i);
        add_with(&before, 2024 + i, a_part(teams[i], "2024-05-01"));
    }
    assert_int_equal(before.n_parts, CAREER_PARTS_MAX);
    come_back(&before, &after);
    assert_in_range(after.n_parts, 20, CAREER_PARTS_MAX - 1);
    assert_string_equal(after.parts[0].team, teams[0]);
    fact_clear(&after);
}

// ---- runs ----

static void equal_years_in_a_row_are_one_run(void **state)
{
    (void)state;
    career_t career = a_career();
    for (int year = 2020; year <= 2030; year++) add(&career, year, FACT_PEDAGOGUE | FACT_OVER_AGE);
    assert_int_equal(career.n_runs, 1);
    assert_non_null(career_run(&career, 2030));
    assert_null(career_run(&career, 2031));
    assert_null(career_run(&career, 2019));
}

static void a_gap_or_another_flag_begins_a_run(void **state)
{
    (void)state;
    career_t career = a_career();
    add(&career, 2020, FACT_PEDAGOGUE);
    add(&career, 2022, FACT_PEDAGOGUE);
    add(&career, 2023, FACT_MANAGER);
    assert_int_equal(career.n_runs, 3);
    assert_null(career_run(&career, 2021));
}

static void a_part_stands_once_and_in_the_rows_of_two_years(void **state)
{
    (void)state;
    career_t career = a_career();
    fact_row_t row;
    add_with(&career, 2023, a_part("T", "2024-05-31"));
    add_with(&career, 2024, a_part("T", "2024-05-31"));
    add(&career, 2025, 0);
    assert_int_equal(career.n_parts, 1);
    for (int year = 2023; year <= 2025; year++) {
        assert_true(career_row(&career, year, &row));
        assert_int_equal(row.n_parts, year < 2025);
    }
}

// ---- in the table ----

static uint32_t n_rows(const table_t *table, int year)
{
    const table_slice_t *slice = table_slice(table, year);
    return slice != NULL ? slice->n_rows : 0;
}

static uint32_t flags_in(const table_t *table, int year)
{
    return n_rows(table, year) == 1 ? table_row(table, table_slice(table, year), 0)->cells[CELL_YEAR] : 0;
}

static void a_career_is_a_row_in_each_of_its_years(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = table_new();
    career_t career = a_career();
    add(&career, 2022, FACT_PEDAGOGUE | FACT_OVER_AGE);
    add(&career, 2023, FACT_PEDAGOGUE | FACT_OVER_AGE);
    add(&career, 2025, FACT_MANAGER | FACT_OVER_AGE);
    table_put(table, &career, NULL);
    for (int year = 2021; year <= 2026; year++)
        assert_int_equal(n_rows(table, year), year == 2022 || year == 2023 || year == 2025);
    table_remove(table, &career);
    for (int year = 2021; year <= 2026; year++) assert_int_equal(n_rows(table, year), 0);
}

static void what_a_new_version_does_not_say_goes(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = table_new();
    career_t before = a_career(), after = a_career();
    for (int year = 2022; year <= 2025; year++) add(&before, year, FACT_PEDAGOGUE | FACT_OVER_AGE);
    add(&after, 2022, FACT_PEDAGOGUE | FACT_OVER_AGE);
    add(&after, 2023, FACT_MANAGER | FACT_OVER_AGE);
    table_put(table, &before, NULL);
    table_put(table, &after, &before);
    assert_int_equal(flags_in(table, 2022), FACT_PEDAGOGUE | FACT_OVER_AGE);
    assert_int_equal(flags_in(table, 2023), FACT_MANAGER | FACT_OVER_AGE);
    assert_int_equal(n_rows(table, 2024) + n_rows(table, 2025), 0);
}

// Both are there for a while, in any order; the single ones go.
static void a_whole_career_stands_above_single_years(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        AUTO(table_destroy) table_t *table = table_new();
        career_t career = a_career(), single = a_career();
        add(&career, 2024, FACT_PEDAGOGUE | FACT_OVER_AGE);
        add(&single, 2024, FACT_MANAGER | FACT_OVER_AGE);
        single.whole = false;
        table_put(table, order == 0 ? &career : &single, NULL);
        table_put(table, order == 0 ? &single : &career, NULL);
        assert_int_equal(flags_in(table, 2024), FACT_PEDAGOGUE | FACT_OVER_AGE);
        table_remove(table, &single);
        assert_int_equal(flags_in(table, 2024), FACT_PEDAGOGUE | FACT_OVER_AGE);
        table_remove(table, &career);
        assert_int_equal(n_rows(table, 2024), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_that_is_no_fact_is_refused),
        cmocka_unit_test(runs_that_are_none_are_refused),
        cmocka_unit_test(a_career_comes_back_from_its_body),
        cmocka_unit_test(a_fact_from_outside_cannot_claim_an_assignment),
        cmocka_unit_test(a_single_year_of_an_earlier_program_is_read),
        cmocka_unit_test(no_more_parts_are_packed_than_fit),
        cmocka_unit_test(equal_years_in_a_row_are_one_run),
        cmocka_unit_test(a_gap_or_another_flag_begins_a_run),
        cmocka_unit_test(a_part_stands_once_and_in_the_rows_of_two_years),
        cmocka_unit_test(a_career_is_a_row_in_each_of_its_years),
        cmocka_unit_test(what_a_new_version_does_not_say_goes),
        cmocka_unit_test(a_whole_career_stands_above_single_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
