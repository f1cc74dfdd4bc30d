// SPDX-License-Identifier: Apache-2.0
// Fact rows in memory, the tree of organisations.
#include "tests/unit/reporting/make.h"
#include <stdio.h>

// ---- flags ----

static void joined_flags_are_brought_to_one_meaning(void **state)
{
    (void)state;
    uint32_t known = FACT_OVER_AGE | FACT_OVER_EXP;
    assert_int_equal(fact_normal(FACT_YOUNG_AGE | known), known);
    assert_int_equal(fact_normal(FACT_LEFT | FACT_PEDAGOGUE | known), FACT_PEDAGOGUE | known);
    assert_int_equal(fact_normal(FACT_LEFT | FACT_MANAGER | known), FACT_LEFT | FACT_MANAGER | known);
    assert_int_equal(fact_normal(FACT_PEDAGOGUE), FACT_PEDAGOGUE | FACT_NO_DATA);
    assert_int_equal(fact_normal(FACT_PEDAGOGUE | FACT_NO_DATA | FACT_OVER_AGE),
                     FACT_PEDAGOGUE | FACT_OVER_AGE);
    assert_int_equal(fact_normal(FACT_EXT_PEDAGOGUE | FACT_PEDAGOGUE | known), FACT_PEDAGOGUE | known);
    assert_int_equal(fact_normal(0), 0);
}

// ---- rows ----

static uint32_t rows_of_person(const table_t *table, uint32_t number, int year)
{
    uint8_t pseudonym[PSEUDONYM_BYTES];
    pseudonym_of(number, pseudonym);
    const table_slice_t *rows = table_slice(table, year);
    uint32_t person = dict_find(table->people->persons, slice(pseudonym, PSEUDONYM_BYTES)), n = 0;
    if (!rows || person == DICT_NONE) return 0;
    for (uint32_t at = table_first(table, person); at != DICT_NONE; at = table->careers[at].next)
        n += table_row(table, rows, at) != NULL;
    return n;
}

static void taking_out_what_is_not_there_changes_nothing(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = table_new();
    remove_fact(table, 1, "S", 2024);
    put_fact(table, 1, "S", 2024, FACT_PEDAGOGUE);
    remove_fact(table, 2, "S", 2024);
    remove_fact(table, 1, "T", 2024);
    remove_fact(table, 1, "S", 2023);
    remove_fact(table, 1, "S", 99999);
    assert_int_equal(table_slice(table, 2024)->n_rows, 1);
}

static void a_fact_put_twice_is_one_row(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = table_new();
    put_fact(table, 1, "S", 2024, FACT_PEDAGOGUE);
    put_fact(table, 1, "S", 2024, FACT_MANAGER);
    const table_slice_t *slice = table_slice(table, 2024);
    assert_int_equal(slice->n_rows, 1);
    assert_int_equal(table_row(table, slice, 0)->cells[CELL_YEAR] & FACT_MANAGER, FACT_MANAGER);
    assert_int_equal(table_row(table, slice, 0)->cells[CELL_YEAR] & FACT_PEDAGOGUE, 0);
    assert_int_equal(slice_rows_of(slice, orgs_find(table->orgs, "S")), 1);
}

static void careers_of_one_person_are_chained_and_marked(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = table_new();
    put_fact(table, 1, "S", 2024, 1);
    assert_int_equal(table->careers[0].org & CAREER_SHARED, 0);
    put_fact(table, 1, "T", 2024, 1);
    assert_int_equal(table->careers[0].org & CAREER_SHARED, CAREER_SHARED);
    assert_int_equal(table->careers[1].org & CAREER_SHARED, CAREER_SHARED);
    assert_int_equal(rows_of_person(table, 1, 2024), 2);
    remove_fact(table, 1, "S", 2024);
    assert_int_equal(table->careers[1].org & CAREER_SHARED, 0);
    assert_int_equal(rows_of_person(table, 1, 2024), 1);
}

static void years_are_apart(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = table_new();
    put_fact(table, 1, "S", 2023, 1);
    put_fact(table, 1, "S", 2024, 1);
    remove_fact(table, 1, "S", 2023);
    assert_int_equal(table_slice(table, 2023)->n_rows, 0);
    assert_int_equal(table_slice(table, 2024)->n_rows, 1);
    assert_null(table_slice(table, 2022));
}

static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*seed >> 33) % below;
}

// Random changes against a plain array.
static void random_changes_leave_exactly_the_rows_that_should_be_there(void **state)
{
    (void)state;
    enum { PERSONS = 12, ORGS = 5 };
    static const char *const CODES[ORGS] = {"A", "B", "C", "D", "E"};
    for (uint64_t seed = 1; seed <= 60; seed++) {
        uint64_t random = seed;
        uint32_t there[PERSONS][ORGS] = {{0}};
        AUTO(table_destroy) table_t *table = table_new();
        for (int step = 0; step < 300; step++) {
            uint32_t person = draw(&random, PERSONS), org = draw(&random, ORGS);
            if (draw(&random, 3) == 0) {
                remove_fact(table, person, CODES[org], 2024);
                there[person][org] = 0;
            } else {
                there[person][org] = FACT_OVER_AGE | 1u << draw(&random, 4);
                put_fact(table, person, CODES[org], 2024, there[person][org]);
            }
        }
        const table_slice_t *slice = table_slice(table, 2024);
        uint32_t rows = 0;
        for (uint32_t p = 0; p < PERSONS; p++) {
            uint32_t n = 0;
            for (uint32_t o = 0; o < ORGS; o++) n += there[p][o] != 0;
            assert_int_equal(rows_of_person(table, p, 2024), n);
            rows += n;
        }
        assert_int_equal(slice->n_rows, rows);
        assert_true(table->n_careers <= PERSONS * ORGS); // places are used again
        for (uint32_t at = 0; at < table->n_careers; at++) {
            const content_t *row = table_row(table, slice, at);
            if (row == NULL) continue;
            const char *person = dict_key(table->people->persons, table->careers[at].person);
            const char *org = orgs_code(table->orgs, table_org(table, at));
            assert_int_equal(row->cells[CELL_YEAR], there[be32_load(person)][org[0] - 'A']);
            rows--;
        }
        assert_int_equal(rows, 0);
    }
}

// What a neighbour changes again and again must not fill the memory.
static void contents_that_no_row_says_any_more_make_room(void **state)
{
    (void)state;
    enum { CHANGES = 50000 };
    AUTO(table_destroy) table_t *table = table_new();
    put_fact(table, 1, "S", 2024, FACT_MANAGER);
    for (uint32_t i = 0; i < CHANGES; i++) {
        career_t fact = a_fact(2, "S", 2024, FACT_OVER_AGE | FACT_OVER_EXP);
        for (int c = 0; c < N_CELLS; c++)
            if (i >> c & 1) fact.runs[0].cells[c] |= FACT_SUPPORT_A;
        for (int c = 0; c < N_CELLS; c++)
            if (i >> (8 + c) & 1) fact.runs[0].cells[c] |= FACT_SUPPORT_B;
        table_put(table, &fact, NULL);
        assert_true(table->contents.hash.n <= 3 * 4096);
    }
    const content_t *row = table_row(table, table_slice(table, 2024), 0);
    assert_int_equal(row->cells[CELL_YEAR] & FACT_MANAGER, FACT_MANAGER);
    assert_int_equal(table->contents.hash.n - table->contents.n_unused, 3); // two rows and none
}

// ---- the tree ----

static table_t *a_region(void)
{
    table_t *table = table_new();
    put_org(table, "R-1-1", "R-1", "school"); // children before their parents
    put_org(table, "R-1", "R", "municipal_authority");
    put_org(table, "R-2", "R", "municipal_authority");
    put_org(table, "R-2-1", "R-2", "school");
    put_org(table, "R", NULL, "ministry");
    put_org(table, "X", NULL, "school"); // of another tree
    return table;
}

static uint32_t group_of(const table_t *table, const groups_t *groups, const char *code)
{
    return groups->of_org[orgs_find(table->orgs, code)];
}

static void children_stand_one_level_down_by_code(void **state)
{
    (void)state;
    period_t period = the_period("2024");
    AUTO(table_destroy) table_t *table = a_region();
    uint32_t n;
    AUTO(xfree) uint32_t *children = orgs_children(table->orgs, orgs_find(table->orgs, "R"), &period, &n);
    assert_int_equal(n, 2);
    assert_int_equal(children[0], orgs_find(table->orgs, "R-1"));
    assert_int_equal(children[1], orgs_find(table->orgs, "R-2"));
}

static void a_child_closed_before_the_period_is_not_shown(void **state)
{
    (void)state;
    period_t period = the_period("2024");
    AUTO(table_destroy) table_t *table = a_region();
    orgs_put(table->orgs, "R-2", &(org_row_t){"R", "municipal_authority", "", DAY_NONE, on("2023-12-31")});
    uint32_t n;
    AUTO(xfree) uint32_t *children = orgs_children(table->orgs, orgs_find(table->orgs, "R"), &period, &n);
    assert_non_null(children);
    assert_int_equal(n, 1);
    AUTO(groups_destroy) groups_t *groups = groups_of_all(table->orgs, DAY_NOW);
    uint32_t closed = group_of(table, groups, "R-2");
    assert_int_equal(groups->parent[closed],
                     group_of(table, groups, "R")); // its schools still are the region's
}

static void every_organisation_heads_a_group_under_that_of_its_parent(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = a_region();
    AUTO(groups_destroy) groups_t *groups = groups_of_all(table->orgs, DAY_NOW);
    assert_int_equal(groups->n, 6);
    for (uint32_t g = 0; g < groups->n; g++) assert_int_equal(groups->of_org[groups->head[g]], g);
    assert_int_equal(groups->parent[group_of(table, groups, "R-2-1")], group_of(table, groups, "R-2"));
    assert_int_equal(groups->parent[group_of(table, groups, "R-1")], group_of(table, groups, "R"));
    assert_int_equal(groups->parent[group_of(table, groups, "R")], DICT_NONE);
    assert_int_equal(groups->parent[group_of(table, groups, "X")], DICT_NONE);
}

static void a_circle_of_parents_hangs_nothing(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = table_new();
    put_org(table, "A", "B", "other");
    put_org(table, "B", "A", "other");
    put_org(table, "C", "C", "other");
    put_org(table, "D", "A", "school");
    AUTO(groups_destroy) groups_t *groups = groups_of_all(table->orgs, DAY_NOW);
    assert_int_equal(groups->n, 4);
    for (uint32_t g = 0; g < groups->n; g++)
        assert_true(groups->parent[g] == DICT_NONE || groups->parent[g] < g);
}

// As many steps as organisations, not as their square: a neighbour may send such a chain.
static bool is_unattached(const table_t *table, const char *own, const char *code)
{
    uint32_t n, found = 0, org = orgs_find(table->orgs, code);
    AUTO(xfree) uint32_t *list = orgs_unattached(table->orgs, orgs_find(table->orgs, own), &n);
    for (uint32_t i = 0; i < n; i++) {
        found += list[i] == org;
        assert_true(i == 0 ||
                    strcmp(orgs_code(table->orgs, list[i - 1]), orgs_code(table->orgs, list[i])) < 0);
    }
    assert_in_range(found, 0, 1);
    return found > 0;
}

static void what_does_not_reach_the_root_of_the_tree_is_unattached(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = a_region();
    put_org(table, "Y", "nobody", "municipal_authority");
    put_org(table, "Y-1", "Y", "school");
    put_org(table, "A", "B", "school");
    put_org(table, "B", "A", "school");
    const char *owns[] = {"R", "R-1", "R-2-1"}; // who asks makes no difference within the tree
    for (size_t i = 0; i < ARRAY_SIZE(owns); i++) {
        const char *hang[] = {"X", "Y", "Y-1", "A", "B"}, *stand[] = {"R", "R-1", "R-2-1", "nobody"};
        for (size_t k = 0; k < ARRAY_SIZE(hang); k++) assert_true(is_unattached(table, owns[i], hang[k]));
        for (size_t k = 0; k < ARRAY_SIZE(stand); k++) assert_false(is_unattached(table, owns[i], stand[k]));
    }
    assert_false(is_unattached(table, "never heard of", "X"));
}

static void a_parent_above_whom_nothing_is_known_is_the_root_of_all_below(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = a_region();
    put_org(table, "R", "federation", "ministry");
    put_org(table, "S", "federation", "ministry");
    assert_false(is_unattached(table, "R-1", "S"));
    assert_true(is_unattached(table, "R-1", "X"));
}

static void a_chain_of_parents_costs_no_more_than_its_length(void **state)
{
    (void)state;
    enum { LINKS = 300000 };
    AUTO(table_destroy) table_t *table = table_new();
    char code[16], above[16] = "0";
    for (uint32_t i = 1; i <= LINKS; i++) {
        snprintf(code, sizeof code, "%u", i);
        put_org(table, code, above, "other");
        memcpy(above, code, sizeof above);
    }
    AUTO(groups_destroy) groups_t *groups = groups_of_all(table->orgs, DAY_NOW);
    assert_int_equal(groups->n, LINKS + 1);
    assert_int_equal(groups->parent[0], DICT_NONE);
    for (uint32_t g = 1; g < groups->n; g++) assert_int_equal(groups->parent[g], g - 1);
}

static void groups_may_lie_within_groups(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = a_region();
    uint32_t heads[] = {orgs_find(table->orgs, "R-1-1"), orgs_find(table->orgs, "R"),
                        orgs_find(table->orgs, "R-1")};
    AUTO(groups_destroy) groups_t *groups = groups_make(table->orgs, DAY_NOW, heads, 3);
    assert_int_equal(groups->head[0], orgs_find(table->orgs, "R"));
    assert_int_equal(groups->parent[group_of(table, groups, "R-1-1")], group_of(table, groups, "R-1"));
    assert_int_equal(groups->parent[group_of(table, groups, "R-1")], 0);
    assert_int_equal(group_of(table, groups, "R-2-1"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joined_flags_are_brought_to_one_meaning),
        cmocka_unit_test(taking_out_what_is_not_there_changes_nothing),
        cmocka_unit_test(a_fact_put_twice_is_one_row),
        cmocka_unit_test(careers_of_one_person_are_chained_and_marked),
        cmocka_unit_test(years_are_apart),
        cmocka_unit_test(random_changes_leave_exactly_the_rows_that_should_be_there),
        cmocka_unit_test(contents_that_no_row_says_any_more_make_room),
        cmocka_unit_test(children_stand_one_level_down_by_code),
        cmocka_unit_test(a_child_closed_before_the_period_is_not_shown),
        cmocka_unit_test(every_organisation_heads_a_group_under_that_of_its_parent),
        cmocka_unit_test(a_circle_of_parents_hangs_nothing),
        cmocka_unit_test(what_does_not_reach_the_root_of_the_tree_is_unattached),
        cmocka_unit_test(a_parent_above_whom_nothing_is_known_is_the_root_of_all_below),
        cmocka_unit_test(a_chain_of_parents_costs_no_more_than_its_length),
        cmocka_unit_test(groups_may_lie_within_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
