// SPDX-License-Identifier: Apache-2.0
// Pseudonyms that are not settled: provisional ones, and what takes their place; keys that a region has left.
#include "tests/unit/reporting/region.h"

static const uint8_t KEY[FACT_MARK] = {1}, OTHER_KEY[FACT_MARK] = {2};

static void put(fixture_t *f, uint32_t person, const char *org, const uint8_t *key, uint32_t was)
{
    career_t fact = a_fact(person, org, 2024, OLD);
    fact.origin.provisional = key == NULL;
    fact.origin.has_key = key != NULL;
    if (key != NULL) memcpy(fact.origin.key, key, FACT_MARK);
    fact.origin.has_was = was != 0;
    pseudonym_of(was, fact.origin.was);
    table_put(f->table, &fact, NULL);
}

static void assert_figures(fixture_t *f, const char *org, int64_t teachers, uint64_t provisional,
                           const char *state)
{
    const Selenga__IndicatorValue *v = value(f, org, "I-5.3.1d");
    assert_int_equal(v->numerator, teachers);
    assert_int_equal(v->coverage->provisional, provisional);
    assert_string_equal(v->state, state);
}

static void complete_schools(fixture_t *f)
{
    table_set_mark(f->table, KEY, true);
    put(f, 91, "A", KEY, 0);
    put(f, 92, "B", KEY, 0);
    put(f, 93, "C", KEY, 0);
}

static void provisional_people_make_the_figures_of_all_units_above_preliminary(void **state)
{
    fixture_t *f = *state;
    complete_schools(f);
    assert_figures(f, "R", 3, 0, "complete");
    put(f, 1, "A", NULL, 0);
    assert_figures(f, "A", 2, 1, "preliminary");
    assert_figures(f, "M1", 3, 1, "preliminary");
    assert_figures(f, "R", 4, 1, "preliminary");
    assert_figures(f, "B", 1, 0, "complete");
    assert_figures(f, "M2", 1, 0, "complete");
}

static void the_real_pseudonym_takes_the_provisional_ones_place_at_once(void **state)
{
    fixture_t *f = *state;
    complete_schools(f);
    put(f, 1, "A", NULL, 0);
    put(f, 2, "B", NULL, 0);
    assert_figures(f, "M1", 4, 2, "preliminary");
    put(f, 3, "A", KEY, 1); // its tombstone is still on the way
    assert_figures(f, "A", 2, 0, "complete");
    assert_figures(f, "M1", 4, 1, "preliminary");
    put(f, 3, "B", KEY, 2); // the same person at another school
    assert_figures(f, "M1", 3, 0, "complete");
    remove_fact(f->table, 1, "A", 2024); // and now it comes
    assert_figures(f, "M1", 3, 0, "complete");
}

static void the_order_in_which_a_store_is_read_does_not_matter(void **state)
{
    fixture_t *f = *state;
    complete_schools(f);
    put(f, 3, "A", KEY, 1);
    put(f, 1, "A", NULL, 0); // the row that it took the place of, from a store that still has it
    assert_figures(f, "A", 2, 0, "complete");
    put(f, 1, "A", NULL, 0);
    assert_figures(f, "A", 2, 0, "complete");
}

static void only_a_row_of_the_same_organisation_and_year_is_taken_the_place_of(void **state)
{
    fixture_t *f = *state;
    complete_schools(f);
    put(f, 1, "A", NULL, 0);
    put(f, 3, "B", KEY, 1); // who says so of another school's person takes nothing from it
    assert_figures(f, "A", 2, 1, "preliminary");
    put(f, 1, "A", NULL, 0);
    assert_figures(f, "A", 2, 1, "preliminary");
    career_t fact = a_fact(3, "A", 2023, OLD);
    fact.origin.has_was = true;
    pseudonym_of(1, fact.origin.was);
    table_put(f->table, &fact, NULL);
    assert_figures(f, "A", 2, 1, "preliminary");
}

static void a_row_may_say_that_it_took_its_own_place(void **state)
{
    fixture_t *f = *state;
    complete_schools(f);
    put(f, 1, "A", KEY, 1);
    put(f, 1, "A", KEY, 1);
    assert_figures(f, "A", 2, 0, "complete");
}

static void people_of_a_key_that_the_region_has_left_are_not_settled(void **state)
{
    fixture_t *f = *state;
    complete_schools(f);
    table_set_mark(f->table, KEY, false);
    table_set_mark(f->table, OTHER_KEY, true);
    assert_figures(f, "R", 3, 3, "preliminary");
    put(f, 94, "C", OTHER_KEY, 0);
    assert_figures(f, "C", 2, 1, "preliminary");
}

static void a_staff_record_that_is_provisional_counts_before_its_facts_come(void **state)
{
    fixture_t *f = *state;
    uint8_t pseudonym[PSEUDONYM_BYTES];
    complete_schools(f);
    pseudonym_of(5, pseudonym);
    put_made_person(f->table, "A:5", pseudonym, table_made(f->table, &(fact_origin_t){.provisional = true}));
    assert_figures(f, "R", 3, 1, "preliminary");
    remove_person(f->table, "A:5");
    assert_figures(f, "R", 3, 0, "complete");
}

static void a_fact_keeps_its_origin_on_the_way(void **state)
{
    (void)state;
    career_t before = a_fact(7, "A", 2024, OLD), after;
    before.whole = true;
    before.origin = (fact_origin_t){.has_key = true, .has_was = true, .key = {9, 8}, .was = {7, 6}};
    uint8_t *body;
    size_t size;
    for (int i = 0; i < 2; i++) {
        fact_body_pack(&before, &body, &size);
        assert_int_equal(fact_body_unpack(slice(body, size), &after), 0);
        assert_memory_equal(&after.origin, &before.origin, sizeof after.origin);
        fact_clear(&after);
        free(body);
        before.origin = (fact_origin_t){.provisional = true};
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(provisional_people_make_the_figures_of_all_units_above_preliminary),
        TEST(the_real_pseudonym_takes_the_provisional_ones_place_at_once),
        TEST(the_order_in_which_a_store_is_read_does_not_matter),
        TEST(only_a_row_of_the_same_organisation_and_year_is_taken_the_place_of),
        TEST(a_row_may_say_that_it_took_its_own_place),
        TEST(people_of_a_key_that_the_region_has_left_are_not_settled),
        TEST(a_staff_record_that_is_provisional_counts_before_its_facts_come),
        TEST(a_fact_keeps_its_origin_on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
