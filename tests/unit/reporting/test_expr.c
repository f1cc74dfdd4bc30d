// SPDX-License-Identifier: Apache-2.0
// The language of indicators.
#include "services/reporting/expr.h"
#include "tests/unit/reporting/make.h"
#include <stdio.h>

static expr_t *parse(const char *text)
{
    expr_error_t error = {0};
    expr_t *expr = expr_parse(text, strlen(text), &error);
    if (!expr) fail_msg("%s: at %zu: %s", text, error.at, error.what);
    return expr;
}

// The value of an expression without aggregates.
static value_t value_of(const char *text)
{
    AUTO(expr_destroy) expr_t *expr = parse(text);
    return expr_value(expr, NULL);
}

static void assert_refused(const char *text, size_t at)
{
    expr_error_t error = {0};
    AUTO(expr_destroy) expr_t *expr = expr_parse(text, strlen(text), &error);
    assert_null(expr);
    assert_non_null(error.what);
    if (error.at != at) fail_msg("%s: refused at %zu, not at %zu", text, error.at, at);
}

static void what_does_not_follow_the_grammar_is_refused_at_its_place(void **state)
{
    (void)state;
    assert_refused("", 0);
    assert_refused("   ", 3);
    assert_refused("1 +", 3);
    assert_refused("1 2", 2);
    assert_refused("(1", 2);
    assert_refused("1)", 1);
    assert_refused("1 / 2", 2);
    assert_refused("#", 0);
    assert_refused("\xd0\xb0", 0);
    assert_refused("person", 0);
    assert_refused("count person", 6);
    assert_refused("count(people)", 6);
    assert_refused("count(person where)", 18);
    assert_refused("count(person where young)", 19);
    assert_refused("count(person where pedagogue and)", 32);
    assert_refused("count(person where pedagogue manager)", 29);
    assert_refused("count(person where (pedagogue)", 30);
    assert_refused("count(person where load > 1)", 19);
    assert_refused("count(methodist where load)", 26);
    assert_refused("count(methodist where load > x)", 29);
    assert_refused("count(org of person)", 13);
    assert_refused("count(org team)", 10);
    assert_refused("max(person.load)", 4);
    assert_refused("max(methodist)", 13);
    assert_refused("ceil(1)", 6);
    assert_refused("99999999999999999999", 0);
}

static void an_expression_beyond_the_limits_is_refused(void **state)
{
    (void)state;
    char text[EXPR_TEXT_MAX + 2];
    expr_error_t error;
    memset(text, ' ', sizeof text);
    assert_null(expr_parse(text, sizeof text - 1, &error));
    memset(text, '(', sizeof text);
    assert_null(expr_parse(text, EXPR_TEXT_MAX, &error));
    assert_int_equal(error.at, EXPR_DEPTH_MAX);
    size_t n = 0;
    while (n + 4 < EXPR_TEXT_MAX) n += (size_t)snprintf(text + n, sizeof text - n, "1+");
    assert_null(expr_parse(text, n, &error));
    n = (size_t)snprintf(text, sizeof text, "count(person where ");
    for (int i = 0; i < 200; i++) n += (size_t)snprintf(text + n, sizeof text - n, "not ");
    assert_null(expr_parse(text, n, &error));
}

static void too_many_aggregates_are_refused(void **state)
{
    (void)state;
    char text[EXPR_TEXT_MAX] = "count(person)";
    for (int i = 1; i < EXPR_QUERIES_MAX; i++) strcat(text, "+count(person)");
    AUTO(expr_destroy) expr_t *expr = parse(text);
    assert_int_equal(expr->n_queries, EXPR_QUERIES_MAX);
    strcat(text, "+count(person)");
    assert_refused(text, strlen(text) - strlen("count(person)"));
}

static void a_condition_that_grows_too_complex_is_refused(void **state)
{
    (void)state;
    // (a or b) and (c or d) and ... doubles its terms with each pair
    assert_refused(
        "count(person where (young_age or young_exp) and (over_age or over_exp) and (support_a or support_b) "
        "and (support_c or support_d) and (left or support_e) and (manager or pedagogue))",
        179);
}

static void arithmetic_keeps_the_usual_order(void **state)
{
    (void)state;
    assert_int_equal(value_of("2 + 3 * 4").number, 14);
    assert_int_equal(value_of("(2 + 3) * 4").number, 20);
    assert_int_equal(value_of("10 - 3 - 2").number, 5);
    assert_int_equal(value_of("2-3").number, -1);
}

static void ceil_rounds_up(void **state)
{
    (void)state;
    assert_int_equal(value_of("ceil(0 / 250)").number, 0);
    assert_int_equal(value_of("ceil(1 / 250)").number, 1);
    assert_int_equal(value_of("ceil(250 / 250)").number, 1);
    assert_int_equal(value_of("ceil(251 / 250)").number, 2);
    assert_int_equal(value_of("ceil((0 - 7) / 2)").number, -3);
}

static void nothing_comes_of_division_by_zero_and_of_overflow(void **state)
{
    (void)state;
    assert_true(value_of("ceil(1 / 0)").null);
    assert_true(value_of("1 + ceil(1 / 0)").null);
    assert_true(value_of("zero(ceil(1 / 0))").null);
    assert_true(value_of("1000000000 * 1000000000 * 1000000000").null);
}

static void zero_tells_whether_a_number_is_zero(void **state)
{
    (void)state;
    assert_int_equal(value_of("zero(3 - 3) * 5").number, 5);
    assert_int_equal(value_of("zero(3 - 4) * 5").number, 0);
}

static void values_of_aggregates_are_put_in_their_places(void **state)
{
    (void)state;
    AUTO(expr_destroy) expr_t *expr = parse("count(person) - count(person where manager) * 2");
    value_t values[] = {{false, 100}, {false, 30}};
    assert_int_equal(expr->n_queries, 2);
    assert_int_equal(expr_value(expr, values).number, 40);
    values[1].null = true;
    assert_true(expr_value(expr, values).null);
}

static void equal_conditions_in_other_words_are_equal_byte_for_byte(void **state)
{
    (void)state;
    static const char *const SAME[] = {
        "count(person where pedagogue and (support_a or support_b))",
        "count( person where (support_b or support_a)and pedagogue )",
        "count(person where not (not pedagogue or not support_a and not support_b))",
        "count(person where pedagogue and support_a or support_b and pedagogue or manager and not manager)",
        "count(person where pedagogue and (support_a or support_b or left and support_b))",
    };
    AUTO(expr_destroy) expr_t *first = parse(SAME[0]);
    for (size_t i = 1; i < ARRAY_SIZE(SAME); i++) {
        AUTO(expr_destroy) expr_t *other = parse(SAME[i]);
        assert_memory_equal(&first->queries[0], &other->queries[0], sizeof first->queries[0]);
    }
}

static void a_condition_that_cannot_hold_matches_no_row(void **state)
{
    (void)state;
    AUTO(expr_destroy) expr_t *expr = parse("count(person where left and not left)");
    assert_int_equal(expr->queries[0].n_terms, 0);
    assert_false(query_matches(&expr->queries[0], NULL, &(row_t){.flags = FACT_LEFT, .columns = NULL}));
}

static void columns_are_compared_with_numbers(void **state)
{
    (void)state;
    AUTO(expr_destroy)
    expr_t *expr = parse("count(team where pk and hours >= 16 and managers >= 2 and attended <> 3)");
    const query_t *query = &expr->queries[0];
    int64_t columns[N_TEAM_COLUMNS] = {[TEAM_HOURS] = 16, [TEAM_MANAGERS] = 2, [TEAM_ATTENDED] = 2};
    assert_true(query_matches(query, NULL, &(row_t){.flags = TEAM_PK, .columns = columns}));
    assert_false(query_matches(query, NULL, &(row_t){.flags = 0, .columns = columns}));
    columns[TEAM_ATTENDED] = 3;
    assert_false(query_matches(query, NULL, &(row_t){.flags = TEAM_PK, .columns = columns}));
    columns[TEAM_ATTENDED] = 4;
    columns[TEAM_HOURS] = 15;
    assert_false(query_matches(query, NULL, &(row_t){.flags = TEAM_PK, .columns = columns}));
}

// ---- random conditions against a direct evaluation ----

typedef struct maker {
    uint64_t seed;
    char text[EXPR_TEXT_MAX];
    size_t n;
} maker_t;

static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*seed >> 33) % below;
}

static void write(maker_t *m, const char *text)
{
    m->n += (size_t)snprintf(m->text + m->n, sizeof m->text - m->n, "%s", text);
}

// Writes a random condition, and returns a bit for each of the 32 words of the first five flags: whether it
// holds.
static uint32_t write_condition(maker_t *m, int depth)
{
    static const uint32_t HOLDS[] = {0xaaaaaaaa, 0xcccccccc, 0xf0f0f0f0, 0xff00ff00, 0xffff0000};
    uint32_t choice = depth == 0 ? 0 : draw(&m->seed, 5), left, right;
    if (choice <= 1) {
        uint32_t flag = draw(&m->seed, ARRAY_SIZE(HOLDS));
        write(m, FACT_FLAGS[flag].name);
        return HOLDS[flag];
    }
    if (choice == 2) {
        write(m, "not ");
        write(m, "(");
        left = write_condition(m, depth - 1);
        write(m, ")");
        return ~left;
    }
    write(m, "(");
    left = write_condition(m, depth - 1);
    write(m, choice == 3 ? " and " : " or ");
    right = write_condition(m, depth - 1);
    write(m, ")");
    return choice == 3 ? left & right : left | right;
}

static void random_conditions_hold_where_they_should(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 5; i++) assert_int_equal(FACT_FLAGS[i].flag, 1u << i);
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        maker_t m = {.seed = seed};
        write(&m, "count(person where ");
        uint32_t holds = write_condition(&m, 4);
        write(&m, ")");
        AUTO(expr_destroy) expr_t *expr = parse(m.text);
        for (uint32_t word = 0; word < 32; word++)
            if (query_matches(&expr->queries[0], NULL, &(row_t){.flags = word, .columns = NULL}) !=
                (holds >> word & 1))
                fail_msg("seed %llu: %s for %u", (unsigned long long)seed, m.text, word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_follow_the_grammar_is_refused_at_its_place),
        cmocka_unit_test(an_expression_beyond_the_limits_is_refused),
        cmocka_unit_test(too_many_aggregates_are_refused),
        cmocka_unit_test(a_condition_that_grows_too_complex_is_refused),
        cmocka_unit_test(arithmetic_keeps_the_usual_order),
        cmocka_unit_test(ceil_rounds_up),
        cmocka_unit_test(nothing_comes_of_division_by_zero_and_of_overflow),
        cmocka_unit_test(zero_tells_whether_a_number_is_zero),
        cmocka_unit_test(values_of_aggregates_are_put_in_their_places),
        cmocka_unit_test(equal_conditions_in_other_words_are_equal_byte_for_byte),
        cmocka_unit_test(a_condition_that_cannot_hold_matches_no_row),
        cmocka_unit_test(columns_are_compared_with_numbers),
        cmocka_unit_test(random_conditions_hold_where_they_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
