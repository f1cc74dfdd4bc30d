// SPDX-License-Identifier: Apache-2.0
// The fast evaluation against a naive one, on random organisations, people, methodists and assignments.
#include "services/reporting/scan.h"
#include "tests/unit/reporting/make.h"
#include <stdio.h>

enum { ORGS = 14, PERSONS = 40, METHODISTS = 6, FACTS_MAX = 120, ASSIGNMENTS_MAX = 80 };

typedef struct naive_fact {
    uint32_t person, org, flags;
} naive_fact_t;

typedef struct naive_assignment {
    uint32_t methodist, person;
    bool valid;
} naive_assignment_t;

typedef struct world { // the same things in plain arrays and in a table
    uint64_t seed;
    uint32_t parent[ORGS]; // DICT_NONE at roots
    naive_fact_t facts[FACTS_MAX];
    size_t n_facts;
    struct {
        uint32_t person, org;
        bool valid;
    } methodists[METHODISTS];
    naive_assignment_t assignments[ASSIGNMENTS_MAX];
    size_t n_assignments;
    table_t *table;
    period_t period;
} world_t;

static uint32_t draw(world_t *w, uint32_t below)
{
    w->seed = w->seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(w->seed >> 33) % below;
}

static const char *name(const char *prefix, uint32_t number)
{
    static char texts[8][16];
    static unsigned next;
    char *text = texts[next++ % 8];
    snprintf(text, sizeof texts[0], "%s%u", prefix, number % 1000);
    return text;
}

static void add_fact(world_t *w)
{
    naive_fact_t f = {draw(w, PERSONS), draw(w, ORGS), 0};
    f.flags = fact_normal(draw(w, 1 << 16) & draw(w, 1 << 16));
    put_fact(w->table, f.person, name("o", f.org), 2024, f.flags);
    for (size_t i = 0; i < w->n_facts; i++) {
        if (w->facts[i].person != f.person || w->facts[i].org != f.org) continue;
        w->facts[i] = f;
        return;
    }
    w->facts[w->n_facts++] = f;
}

static void remove_one(world_t *w)
{
    size_t i = draw(w, (uint32_t)w->n_facts);
    remove_fact(w->table, w->facts[i].person, name("o", w->facts[i].org), 2024);
    w->facts[i] = w->facts[--w->n_facts];
}

static void add_methodist(world_t *w, uint32_t m)
{
    w->methodists[m].person = draw(w, PERSONS);
    w->methodists[m].org = draw(w, ORGS);
    w->methodists[m].valid = draw(w, 4) > 0;
    int32_t from = on("2020-01-01"), to = w->methodists[m].valid ? DAY_NONE : on("2024-12-30");
    put_methodist(w->table, name("m", m), name("x:", w->methodists[m].person),
                  name("o", w->methodists[m].org), from, to);
}

static void add_assignment(world_t *w)
{
    naive_assignment_t a = {draw(w, METHODISTS), draw(w, PERSONS), draw(w, 4) > 0};
    int32_t from = on("2020-01-01") + (int32_t)w->n_assignments; // its own key
    put_assignment(w->table, name("m", a.methodist), name("x:", a.person), from,
                   a.valid ? on("2024-12-31") : on("2024-12-30"));
    w->assignments[w->n_assignments++] = a;
}

static void make_world(world_t *w, uint64_t seed)
{
    *w = (world_t){.seed = seed, .table = table_new(), .period = the_period("2024")};
    for (uint32_t o = 0; o < ORGS; o++) {
        w->parent[o] = o == 0 || draw(w, 10) == 0 ? DICT_NONE : draw(w, o);
        put_org(w->table, name("o", o), w->parent[o] == DICT_NONE ? NULL : name("o", w->parent[o]), "school");
    }
    for (int i = 0; i < 100; i++) {
        add_fact(w);
        if (draw(w, 5) == 0) remove_one(w);
    }
    for (uint32_t p = 0; p < PERSONS; p++) {
        uint8_t pseudonym[PSEUDONYM_BYTES];
        pseudonym_of(p, pseudonym);
        put_person(w->table, name("x:", p), pseudonym);
    }
    for (uint32_t m = 0; m < METHODISTS; m++) add_methodist(w, m);
    for (int i = 0; i < 60; i++) add_assignment(w);
}

// ---- the naive way: one question at a time, by the words of the rules ----

static bool below(const world_t *w, uint32_t org, uint32_t top)
{
    while (org != DICT_NONE && org != top) org = w->parent[org];
    return org == top;
}

// Flags of a person in a subtree; everywhere for top DICT_NONE.
static uint32_t flags_in(const world_t *w, uint32_t person, uint32_t top)
{
    uint32_t flags = 0;
    for (size_t i = 0; i < w->n_facts; i++)
        if (w->facts[i].person == person && (top == DICT_NONE || below(w, w->facts[i].org, top)))
            flags |= w->facts[i].flags;
    return fact_normal(flags);
}

static bool same_human(const world_t *w, uint32_t a, uint32_t b)
{
    return w->methodists[a].person == w->methodists[b].person;
}

static bool active(const world_t *w, uint32_t m)
{
    return w->methodists[m].valid && !(flags_in(w, w->methodists[m].person, DICT_NONE) & FACT_LEAVE_OVER_30);
}

static bool tied(const world_t *w, uint32_t m, uint32_t person)
{
    for (size_t i = 0; i < w->n_assignments; i++) {
        const naive_assignment_t *a = &w->assignments[i];
        if (a->valid && a->person == person && same_human(w, a->methodist, m) &&
            w->methodists[a->methodist].valid)
            return true;
    }
    return false;
}

static int64_t load(const world_t *w, uint32_t m, uint32_t top)
{
    int64_t n = 0;
    for (uint32_t p = 0; p < PERSONS; p++) n += tied(w, m, p) && (flags_in(w, p, top) & FACT_PEDAGOGUE);
    return n;
}

static bool belongs(const world_t *w, uint32_t m, uint32_t top)
{
    bool belongs = load(w, m, top) > 0;
    for (uint32_t k = 0; k < METHODISTS; k++)
        belongs |= same_human(w, k, m) && w->methodists[k].valid && below(w, w->methodists[k].org, top);
    return belongs;
}

// The first valid appointment of a human stands for him.
static bool leads(const world_t *w, uint32_t m)
{
    for (uint32_t k = 0; k < m; k++)
        if (same_human(w, k, m) && w->methodists[k].valid) return false;
    return w->methodists[m].valid;
}

static bool assigned(const world_t *w, uint32_t person)
{
    for (uint32_t m = 0; m < METHODISTS; m++)
        if (active(w, m) && tied(w, m, person)) return true;
    return false;
}

enum { TEACHERS, ASSIGNED, YOUNG, UNKNOWN_OR_LEFT, ACTIVE, ON_LEAVE, MAX_LOAD, SUM_LOAD, BUSY, N_QUESTIONS };
static const char *const QUESTIONS[N_QUESTIONS] = {
    [TEACHERS] = "count(person where pedagogue)",
    [ASSIGNED] = "count(person where pedagogue and assigned)",
    [YOUNG] = ("count(person where pedagogue and young_age and young_exp and not long_leave and "
               "(support_a or support_c))"),
    [UNKNOWN_OR_LEFT] = "count(person where no_data or left and not manager)",
    [ACTIVE] = "count(methodist where active)",
    [ON_LEAVE] = "count(methodist where on_leave)",
    [MAX_LOAD] = "max(methodist.load where active)",
    [SUM_LOAD] = "sum(methodist.load)",
    [BUSY] = "count(methodist where load >= 2)",
};

static void count_persons(const world_t *w, uint32_t top, value_t *values)
{
    for (uint32_t p = 0; p < PERSONS; p++) {
        uint32_t f = flags_in(w, p, top);
        bool pedagogue = f & FACT_PEDAGOGUE, young = (f & FACT_YOUNG_AGE) && (f & FACT_YOUNG_EXP);
        values[TEACHERS].number += pedagogue;
        values[ASSIGNED].number += pedagogue && assigned(w, p);
        values[YOUNG].number +=
            pedagogue && young && !(f & FACT_LONG_LEAVE) && ((f & FACT_SUPPORT_A) || (f & FACT_SUPPORT_C));
        values[UNKNOWN_OR_LEFT].number += (f & FACT_NO_DATA) || ((f & FACT_LEFT) && !(f & FACT_MANAGER));
    }
}

static void count_methodists(const world_t *w, uint32_t top, value_t *values)
{
    values[MAX_LOAD].null = true;
    for (uint32_t m = 0; m < METHODISTS; m++) {
        if (!leads(w, m) || !belongs(w, m, top)) continue;
        int64_t n = load(w, m, top);
        values[ACTIVE].number += active(w, m);
        values[ON_LEAVE].number += !active(w, m);
        values[SUM_LOAD].number += n;
        values[BUSY].number += n >= 2;
        if (active(w, m) && (values[MAX_LOAD].null || n > values[MAX_LOAD].number))
            values[MAX_LOAD] = (value_t){false, n};
    }
}

static void assert_world(world_t *w, uint64_t seed)
{
    const query_t *queries[N_QUESTIONS];
    expr_t *exprs[N_QUESTIONS];
    uint32_t heads[ORGS], n_heads = 0;
    expr_error_t error;
    for (size_t q = 0; q < N_QUESTIONS; q++) {
        exprs[q] = expr_parse(QUESTIONS[q], strlen(QUESTIONS[q]), &error);
        queries[q] = &exprs[q]->queries[0];
    }
    for (uint32_t o = 0; o < ORGS; o++)
        if (draw(w, 2)) heads[n_heads++] = orgs_find(w->table->orgs, name("o", o));
    AUTO(groups_destroy) groups_t *groups = groups_make(w->table->orgs, DAY_NOW, heads, n_heads);
    AUTO(xfree) value_t *values = scan_run(w->table, groups, &w->period, queries, N_QUESTIONS);
    for (uint32_t g = 0; g < groups->n; g++) {
        uint32_t top = (uint32_t)atoi(orgs_code(w->table->orgs, groups->head[g]) + 1);
        value_t expected[N_QUESTIONS] = {{0}};
        count_persons(w, top, expected);
        count_methodists(w, top, expected);
        for (size_t q = 0; q < N_QUESTIONS; q++) {
            value_t found = values[g * N_QUESTIONS + q];
            if (found.null != expected[q].null || (!found.null && found.number != expected[q].number))
                fail_msg("seed %llu, o%u: %s: %lld, not %lld", (unsigned long long)seed, top, QUESTIONS[q],
                         (long long)found.number, (long long)expected[q].number);
        }
    }
    for (size_t q = 0; q < N_QUESTIONS; q++) expr_destroy(&exprs[q]);
}

static void fast_and_naive_evaluation_agree_on_random_worlds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        world_t w;
        make_world(&w, seed);
        assert_world(&w, seed);
        table_destroy(&w.table);
    }
}

// ---- single things ----

static value_t one_value(const table_t *table, const char *org, const char *text)
{
    period_t period = the_period("2024");
    uint32_t head = orgs_find(table->orgs, org);
    expr_error_t error;
    AUTO(expr_destroy) expr_t *expr = expr_parse(text, strlen(text), &error);
    assert_non_null(expr);
    const query_t *query = &expr->queries[0];
    AUTO(groups_destroy) groups_t *groups = groups_make(table->orgs, DAY_NOW, &head, 1);
    AUTO(xfree) value_t *values = scan_run(table, groups, &period, &query, 1);
    return values[0];
}

static void a_table_without_rows_counts_nothing(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = table_new();
    put_org(table, "R", NULL, "ministry");
    assert_int_equal(one_value(table, "R", "count(person)").number, 0);
    assert_int_equal(one_value(table, "R", "count(org of team)").number, 0);
    assert_true(one_value(table, "R", "max(team.managers)").null);
    assert_true(one_value(table, "R", "max(methodist.load)").null);
}

static void a_person_in_two_organisations_of_the_subtree_counts_once(void **state)
{
    (void)state;
    AUTO(table_destroy) table_t *table = table_new();
    put_org(table, "R", NULL, "ministry");
    put_org(table, "A", "R", "school");
    put_org(table, "B", "R", "school");
    put_fact(table, 1, "A", 2024, FACT_PEDAGOGUE);
    put_fact(table, 1, "B", 2024, FACT_PEDAGOGUE);
    put_fact(table, 2, "B", 2024, FACT_PEDAGOGUE);
    assert_int_equal(one_value(table, "A", "count(person where pedagogue)").number, 1);
    assert_int_equal(one_value(table, "B", "count(person where pedagogue)").number, 2);
    assert_int_equal(one_value(table, "R", "count(person where pedagogue)").number, 2); // not the sum
}

static void more_conditions_than_one_pass_holds_are_all_answered(void **state)
{
    (void)state;
    enum { MANY = 150 };
    AUTO(table_destroy) table_t *table = table_new();
    const query_t *queries[MANY];
    expr_t *exprs[MANY];
    expr_error_t error;
    period_t period = the_period("2024");
    put_org(table, "R", NULL, "ministry");
    for (uint32_t p = 0; p < 7; p++) put_fact(table, p, "R", 2024, p < 3 ? FACT_PEDAGOGUE : FACT_MANAGER);
    for (int i = 0; i < MANY; i++) {
        const char *text = i % 2 ? "count(person where pedagogue)" : "count(person where manager)";
        exprs[i] = expr_parse(text, strlen(text), &error);
        queries[i] = &exprs[i]->queries[0];
    }
    uint32_t head = orgs_find(table->orgs, "R");
    AUTO(groups_destroy) groups_t *groups = groups_make(table->orgs, DAY_NOW, &head, 1);
    AUTO(xfree) value_t *values = scan_run(table, groups, &period, queries, MANY);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(values[i].number, i % 2 ? 3 : 4);
        expr_destroy(&exprs[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_without_rows_counts_nothing),
        cmocka_unit_test(a_person_in_two_organisations_of_the_subtree_counts_once),
        cmocka_unit_test(more_conditions_than_one_pass_holds_are_all_answered),
        cmocka_unit_test(fast_and_naive_evaluation_agree_on_random_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
