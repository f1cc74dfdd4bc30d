// SPDX-License-Identifier: Apache-2.0
// Sums over units, coverage (domain 2.2, rules 10 and 11), pages, and a report that is made again.
#include "tests/unit/reporting/region.h"

static void a_sum_is_over_distinct_people_not_the_mean_of_percentages(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, YOUNG | FACT_SUPPORT_A);
    put_many(f, 10, 9, "C", YOUNG);
    assert_value(value(f, "R", "I-5.3.2"), 1, 10, "10.0");
    assert_int_equal(f->reply->n_children, 2);
    assert_string_equal(f->reply->children[0]->org, "M1");
    assert_value(value_of(f->reply->children[0], "I-5.3.2"), 1, 1, "100.0");
    assert_value(value_of(f->reply->children[1], "I-5.3.2"), 0, 9, "0.0");
    assert_string_equal(f->reply->period, "2024");
    assert_string_equal(f->reply->as_of, "2025-01-01");
}

static void missing_units_make_a_value_preliminary(void **state)
{
    fixture_t *f = *state;
    put_many(f, 0, 1, "A", OLD);
    put_many(f, 1, 1, "B", OLD);
    const Selenga__IndicatorValue *v = value(f, "R", "I-5.3.1d");
    assert_int_equal(v->coverage->received, 2);
    assert_int_equal(v->coverage->expected, 3);
    assert_string_equal(v->state, "preliminary");
    assert_string_equal(value_of(f->reply->children[0], "I-5.3.1d")->state, "complete");
    assert_string_equal(value_of(f->reply->children[1], "I-5.3.1d")->state, "preliminary");
}

static void nineteen_of_twenty_units_are_enough(void **state)
{
    fixture_t *f = *state;
    char code[8];
    for (uint32_t i = 0; i < 20; i++) {
        snprintf(code, sizeof code, "M3-%u", i);
        put_org(f->table, code, "M3", "school");
        if (i < 18) put_many(f, i, 1, code, OLD);
    }
    put_org(f->table, "M3", "R", "municipal_authority");
    assert_string_equal(value(f, "M3", "I-5.3.1d")->state, "preliminary");
    put_many(f, 18, 1, code, OLD);
    assert_string_equal(value(f, "M3", "I-5.3.1d")->state, "complete");
}

static void closed_units_and_other_kinds_are_not_expected(void **state)
{
    fixture_t *f = *state;
    orgs_put(f->table->orgs, "C", &(org_row_t){"M2", "school", "", DAY_NONE, on("2024-12-30")});
    put_org(f->table, "U", "M2", "university");
    put_org(f->table, "D", "M2", "methodical_service");
    const Selenga__IndicatorValue *v = value(f, "M2", "I-5.3.1d");
    assert_int_equal(v->coverage->expected, 0);
    assert_string_equal(v->state, "complete");
}

static void who_still_stands_in_the_list_of_a_closed_school_is_not_counted_after_its_last_day(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, OLD);
    put_fact(f->table, 2, "C", 2024, OLD);
    put_fact(f->table, 3, "C", 2024, OLD); // works at both
    put_fact(f->table, 3, "A", 2024, OLD);
    assert_int_equal(value(f, "R", "I-5.3.1d")->numerator, 3);
    assert_int_equal(value(f, "M2", "I-5.3.1d")->numerator, 2);
    orgs_put(f->table->orgs, "C", &(org_row_t){"M2", "school", "", DAY_NONE, on("2024-12-31")});
    assert_int_equal(value(f, "R", "I-5.3.1d")->numerator, 3); // its last day is the period's
    orgs_put(f->table->orgs, "C", &(org_row_t){"M2", "school", "", DAY_NONE, on("2024-12-30")});
    assert_int_equal(value(f, "R", "I-5.3.1d")->numerator, 2);
    assert_int_equal(value(f, "M2", "I-5.3.1d")->numerator, 0);
    assert_int_equal(value(f, "M1", "I-5.3.1d")->numerator, 2);
}

static void of_a_silent_school_nothing_is_known_and_that_is_said(void **state)
{
    fixture_t *f = *state;
    put_fact(f->table, 1, "A", 2024, OLD);
    const Selenga__IndicatorValue *v = value(f, "M2", "I-5.3.1d");
    assert_not_applicable(v); // not: 0 without a methodist
    assert_string_equal(note(v, "SILENT"), "1");
    assert_false(v->has_met);
    v = value(f, "R", "I-5.3.1d");
    assert_value(v, 1, 0, "1");
    assert_null(note(v, "SILENT"));
    put_fact(f->table, 2, "C", 2024, FACT_MANAGER); // it has reported, and has no teachers
    assert_value(value(f, "M2", "I-5.3.1d"), 0, 0, "0");
}

static void a_period_that_goes_on_is_preliminary_and_told_as_of_today(void **state)
{
    fixture_t *f = *state;
    period_t period = the_period("2024");
    put_many(f, 0, 1, "A", OLD);
    put_many(f, 1, 1, "B", OLD);
    put_many(f, 2, 1, "C", OLD);
    assert_string_equal(value(f, "R", "I-5.3.1d")->state, "complete");
    static const struct {
        const char *today, *as_of, *state;
    } days[] = {{"2024-11-28", "2024-11-28", "preliminary"},
                {"2024-12-31", "2024-12-31", "preliminary"},
                {"2025-01-01", "2025-01-01", "complete"},
                {"2023-05-01", "2025-01-01", "preliminary"}};
    for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
        selenga__report_reply__free_unpacked(f->reply, NULL);
        f->reply =
            indicators_report(f->set, f->table, "R", &period, &(report_page_t){.today = on(days[i].today)});
        assert_string_equal(f->reply->as_of, days[i].as_of);
        assert_string_equal(value_of(f->reply->unit, "I-5.3.1d")->state, days[i].state);
        assert_string_equal(value_of(f->reply->children[1], "I-5.3.1d")->state, days[i].state);
    }
}

static void an_unknown_organisation_has_no_report(void **state)
{
    fixture_t *f = *state;
    period_t period = the_period("2024");
    assert_null(indicators_report(f->set, f->table, "Z", &period, &(report_page_t){0}));
    put_fact(f->table, 1, "Y", 2024, OLD); // heard of, but without a record
    assert_null(indicators_report(f->set, f->table, "Y", &period, &(report_page_t){0}));
}

// M1 with more schools than a page holds.
enum { MANY = 1000 };

static void put_many_schools(fixture_t *f)
{
    char code[16];
    for (int i = 0; i < MANY; i++) {
        snprintf(code, sizeof code, "M1-%04d", i);
        put_org(f->table, code, "M1", "school");
    }
}

static Selenga__ReportReply *page_behind(fixture_t *f, const Selenga__ReportReply *before)
{
    period_t period = the_period("2024");
    report_page_t page = {before->children[before->n_children - 1]->org, before->state, 0};
    Selenga__ReportReply *reply = indicators_report(f->set, f->table, "M1", &period, &page);
    assert_non_null(reply);
    return reply;
}

static void more_children_than_fit_a_page_come_on_the_next_ones_each_once(void **state)
{
    fixture_t *f = *state;
    char last[16] = "";
    size_t n = 0, pages = 1;
    put_many_schools(f);
    report(f, "M1", "2024");
    for (bool more = true; more; pages++) {
        for (size_t i = 0; i < f->reply->n_children; i++, n++) {
            assert_true(strcmp(last, f->reply->children[i]->org) < 0);
            snprintf(last, sizeof last, "%s", f->reply->children[i]->org);
        }
        Selenga__ReportReply *next = page_behind(f, f->reply);
        more = f->reply->more;
        selenga__report_reply__free_unpacked(f->reply, NULL);
        f->reply = next;
    }
    assert_int_equal(n, MANY + 2);
    assert_true(pages > 2);
    assert_int_equal(f->reply->n_children, 0);
}

static void a_further_page_is_of_the_first_ones_state_though_more_has_come(void **state)
{
    fixture_t *f = *state;
    put_many_schools(f);
    report(f, "M1", "2024");
    const char *late = "M1-0999";
    put_fact(f->table, 1, late, 2024, OLD);
    Selenga__ReportReply *next = page_behind(f, f->reply);
    assert_int_equal(next->state, f->reply->state);
    while (next->more) {
        Selenga__ReportReply *further = page_behind(f, next);
        selenga__report_reply__free_unpacked(next, NULL);
        next = further;
    }
    assert_string_equal(next->children[next->n_children - 1]->org, late);
    assert_int_equal(value_of(next->children[next->n_children - 1], "I-5.3.1d")->numerator, 0);
    selenga__report_reply__free_unpacked(next, NULL);
}

static void a_further_page_after_an_organisation_changed_is_of_another_state(void **state)
{
    fixture_t *f = *state;
    put_many_schools(f);
    report(f, "M1", "2024");
    put_org(f->table, "M1-new", "M1", "school");
    Selenga__ReportReply *next = page_behind(f, f->reply);
    assert_int_not_equal(next->state, f->reply->state);
    selenga__report_reply__free_unpacked(next, NULL);
}

static int64_t teachers(fixture_t *f, const char *org)
{
    return value(f, org, "I-5.3.1d")->numerator; // none is assigned
}

static void a_report_made_again_knows_what_changed_since(void **state)
{
    fixture_t *f = *state;
    uint8_t pseudonym[PSEUDONYM_BYTES];
    put_fact(f->table, 1, "A", 2024, OLD);
    assert_int_equal(teachers(f, "R"), 1);
    put_fact(f->table, 2, "C", 2024, OLD);
    assert_int_equal(teachers(f, "R"), 2);
    assert_int_equal(teachers(f, "M2"), 1);
    put_org(f->table, "C", "M1", "school"); // it moved
    assert_int_equal(teachers(f, "M2"), 0);
    assert_int_equal(teachers(f, "M1"), 2);
    remove_fact(f->table, 2, "C", 2024);
    assert_int_equal(teachers(f, "R"), 1);
    put_person(f->table, "A:1", (pseudonym_of(1, pseudonym), pseudonym));
    put_methodist(f->table, "M-1", "A:9", "R", 0, DAY_NONE);
    put_assignment(f->table, "M-1", "A:1", 0, DAY_NONE);
    assert_int_equal(teachers(f, "R"), 0); // now assigned
    indicators_remove(f->set, "I-5.3.1d", date_days(2020, 1, 1));
    const Selenga__ReportUnit *unit = report(f, "R", "2024");
    for (size_t i = 0; i < unit->n_indicators; i++)
        assert_string_not_equal(unit->indicators[i]->code, "I-5.3.1d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sum_is_over_distinct_people_not_the_mean_of_percentages),
        TEST(missing_units_make_a_value_preliminary),
        TEST(nineteen_of_twenty_units_are_enough),
        TEST(closed_units_and_other_kinds_are_not_expected),
        TEST(who_still_stands_in_the_list_of_a_closed_school_is_not_counted_after_its_last_day),
        TEST(of_a_silent_school_nothing_is_known_and_that_is_said),
        TEST(a_period_that_goes_on_is_preliminary_and_told_as_of_today),
        TEST(an_unknown_organisation_has_no_report),
        TEST(more_children_than_fit_a_page_come_on_the_next_ones_each_once),
        TEST(a_further_page_is_of_the_first_ones_state_though_more_has_come),
        TEST(a_further_page_after_an_organisation_changed_is_of_another_state),
        TEST(a_report_made_again_knows_what_changed_since),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
