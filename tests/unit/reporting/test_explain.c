// SPDX-License-Identifier: Apache-2.0
// Who is counted and who is not, against the numbers of the report, for every built-in definition.
#include "services/reporting/explain.h"
#include "tests/unit/reporting/region.h"

enum { PEOPLE = 1200, FLAG_BITS = 22 };

typedef struct told {
    int64_t numerator, denominator;
    uint32_t n, n_not;
} told_t;

static definition_t *built_in(size_t i)
{
    Selenga__Indicator record;
    indicator_error_t error;
    indicator_default(i, &record);
    definition_t *d = definition_new(&record, &error);
    assert_non_null(d);
    return d;
}

static definition_t *a_definition(const char *code)
{
    for (size_t i = 0; i < N_INDICATOR_DEFAULTS; i++) {
        definition_t *d = built_in(i);
        if (strcmp(d->code, code) == 0) return d;
        definition_destroy(&d);
    }
    fail_msg("no %s", code);
    return NULL;
}

// All pages; nobody comes twice, and who is not counted is told why.
static told_t tell(fixture_t *f, const definition_t *d, const char *org)
{
    static explain_page_t page;
    told_t told = {0};
    bool seen[PEOPLE] = {false};
    period_t period = the_period("2024");
    uint32_t from = 0;
    AUTO(explaining_destroy)
    explaining_t *explaining = explaining_new(f->table, d, &period, orgs_find(f->table->orgs, org));
    while (from != DICT_NONE) {
        explain_people(explaining, from, &page);
        for (uint32_t i = 0; i < page.n; i++) {
            const explain_person_t *p = &page.people[i];
            assert_true(p->person < PEOPLE);
            assert_false(seen[p->person]);
            seen[p->person] = true;
            assert_int_equal(p->numerator > 0, p->n_ways == 0);
            told.numerator += p->numerator;
            told.denominator += p->denominator;
            told.n++;
            told.n_not += p->numerator <= 0;
        }
        from = page.next;
    }
    return told;
}

static explain_person_t only(fixture_t *f, const char *code)
{
    static explain_page_t page;
    period_t period = the_period("2024");
    AUTO(definition_destroy) definition_t *d = a_definition(code);
    AUTO(explaining_destroy)
    explaining_t *explaining = explaining_new(f->table, d, &period, orgs_find(f->table->orgs, "R"));
    explain_people(explaining, 0, &page);
    assert_int_equal(page.n, 1);
    return page.people[0];
}

static void an_indicator_of_teams_or_of_extremes_has_nobody_to_show(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 3, "A", YOUNG);
    const char *codes[] = {"I-5.2.1", "I-5.3.1b"};
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        AUTO(definition_destroy) definition_t *d = a_definition(codes[i]);
        assert_false(explain_has_people(d));
        assert_int_equal(tell(f, d, "R").n, 0);
    }
}

static void who_lacks_every_form_of_support_is_told_each_of_them_as_a_way(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, YOUNG);
    explain_person_t p = only(f, "I-5.3.2");
    uint32_t lacks = 0;
    assert_int_equal(p.denominator, 1);
    assert_int_equal(p.n_ways, 5);
    for (uint32_t i = 0; i < p.n_ways; i++) {
        assert_int_equal(p.ways[i].excess, 0);
        lacks |= p.ways[i].lacks;
    }
    assert_int_equal(lacks,
                     FACT_SUPPORT_A | FACT_SUPPORT_B | FACT_SUPPORT_C | FACT_SUPPORT_D | FACT_SUPPORT_E);
}

static void who_is_outside_the_denominator_is_told_what_keeps_him_out_of_it(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, YOUNG | FACT_LONG_LEAVE);
    explain_person_t p = only(f, "I-5.3.2");
    assert_int_equal(p.denominator, 0);
    assert_int_equal(p.n_ways, 1);
    assert_int_equal(p.ways[0].lacks, 0);
    assert_int_equal(p.ways[0].excess, FACT_LONG_LEAVE);
}

static void careers_of_one_person_are_joined_before_he_is_told_anything(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, YOUNG);
    put_fact(f->table, 1, "C", 2024, YOUNG | FACT_SUPPORT_B);
    assert_int_equal(only(f, "I-5.3.2").numerator, 1);
    AUTO(definition_destroy) definition_t *d = a_definition("I-5.3.2");
    assert_int_equal(tell(f, d, "M1").numerator, 0);
}

static void the_people_told_of_add_up_to_the_report_of_every_indicator(void **state)
{
    fixture_t *f = *state;
    const char *orgs[] = {"A", "B", "C"}, *units[] = {"R", "M1", "M2", "A"};
    uint64_t seed = 7;
    for (uint32_t person = 0; person < PEOPLE; person++) {
        for (uint32_t k = 0; k < 1 + person % 2; k++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            uint32_t flags = (uint32_t)(seed >> 33) % (1U << FLAG_BITS);
            if (person % 3 != 0) flags = YOUNG | (flags & (FACT_SUPPORT_A | FACT_SUPPORT_C));
            put_fact(f->table, person, orgs[(person + k) % 3], 2024, fact_normal(flags));
        }
    }
    for (size_t i = 0; i < N_INDICATOR_DEFAULTS; i++) {
        AUTO(definition_destroy) definition_t *d = built_in(i);
        for (size_t u = 0; u < ARRAY_SIZE(units) && explain_has_people(d); u++) {
            told_t told = tell(f, d, units[u]);
            const Selenga__IndicatorValue *v = value(f, units[u], d->code);
            assert_true(told.n > 0);
            assert_int_equal(told.numerator, v->numerator);
            assert_int_equal(told.numerator + told.n_not, told.n);
            if (told.denominator != 0) assert_int_equal(told.denominator, v->denominator);
        }
    }
}

// Everybody with his staff number, page by page, as a reply needs it. How much was looked at.
static uint64_t looks_for(fixture_t *f, const definition_t *d, uint32_t *ret_people)
{
    static explain_page_t page;
    period_t period = the_period("2024");
    AUTO(explaining_destroy)
    explaining_t *explaining = explaining_new(f->table, d, &period, orgs_find(f->table->orgs, "R"));
    *ret_people = 0;
    for (uint32_t from = 0; from != DICT_NONE; from = page.next) {
        explain_people(explaining, from, &page);
        for (uint32_t i = 0; i < page.n; i++)
            assert_int_not_equal(explain_staff(explaining, &page.people[i]), DICT_NONE);
        *ret_people += page.n;
    }
    return explaining->looks;
}

static void what_is_looked_at_grows_with_the_people_and_not_with_their_square(void **state)
{
    fixture_t *f = *state;
    enum { MANY = 20 * EXPLAIN_PAGE, LOOKS_EACH = 5 };
    AUTO(definition_destroy) definition_t *d = a_definition("I-5.3.1c");
    for (uint32_t person = 0; person < MANY; person++) {
        char ref[32];
        uint8_t pseudonym[PSEUDONYM_BYTES];
        snprintf(ref, sizeof ref, "A:%u", person);
        pseudonym_of(person, pseudonym);
        put_fact(f->table, person, "A", 2024, YOUNG);
        put_person(f->table, ref, pseudonym);
        put_assignment(f->table, "M", ref, 0, DAY_NONE);
    }
    uint32_t people;
    uint64_t looks = looks_for(f, d, &people);
    assert_int_equal(people, MANY);
    assert_in_range(looks, MANY, LOOKS_EACH * MANY);
}

static void a_school_without_facts_is_silent_and_an_authority_never_is(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 2, "A", YOUNG);
    put_many(f, 10, 2, "C", YOUNG);
    uint32_t n;
    period_t period = the_period("2024");
    AUTO(xfree) uint32_t *silent = explain_silent(f->table, &period, orgs_find(f->table->orgs, "R"), &n);
    assert_int_equal(n, 1);
    assert_string_equal(orgs_code(f->table->orgs, silent[0]), "B");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_indicator_of_teams_or_of_extremes_has_nobody_to_show),
        TEST(who_lacks_every_form_of_support_is_told_each_of_them_as_a_way),
        TEST(who_is_outside_the_denominator_is_told_what_keeps_him_out_of_it),
        TEST(careers_of_one_person_are_joined_before_he_is_told_anything),
        TEST(the_people_told_of_add_up_to_the_report_of_every_indicator),
        TEST(what_is_looked_at_grows_with_the_people_and_not_with_their_square),
        TEST(a_school_without_facts_is_silent_and_an_authority_never_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
