// SPDX-License-Identifier: Apache-2.0
// The scan of a declared table against a naive one, on random trees, rows and conditions.
#include "services/reporting/scan.h"
#include "tests/unit/reporting/make.h"
#include <stdio.h>

enum { ORGS = 9, METHODISTS = 5, ROWS = 50, NODES = 31, DEPTH = 3 };

typedef struct naive_row {
    uint32_t org, methodist;
    int32_t from, to;
} naive_row_t;

typedef struct node { // of a condition
    char op;          // 'a' atom, '!', '&', '|'
    uint32_t atom;
    int left, right;
} node_t;

typedef struct world {
    uint64_t seed;
    uint32_t parent[ORGS];
    naive_row_t rows[ROWS];
    bool known[METHODISTS];
    int32_t from[METHODISTS], to[METHODISTS];
    table_t *table;
    period_t period;
    node_t nodes[NODES];
    int n_nodes;
    char text[EXPR_TEXT_MAX];
} world_t;

static uint32_t draw(world_t *w, uint32_t below)
{
    w->seed = w->seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(w->seed >> 33) % below;
}

static int32_t some_day(world_t *w)
{
    return on("2023-06-01") + (int32_t)draw(w, 900);
}

static const char *name(char *buf, const char *prefix, uint32_t number)
{
    snprintf(buf, 16, "%s%u", prefix, number % 1000);
    return buf;
}

static void make_world(world_t *w, uint64_t seed)
{
    char a[16], b[16], c[16];
    *w = (world_t){.seed = seed, .table = table_new(), .period = the_period("2024")};
    for (uint32_t o = 0; o < ORGS; o++) {
        w->parent[o] = o == 0 || draw(w, 8) == 0 ? DICT_NONE : draw(w, o);
        put_org(w->table, name(a, "o", o), w->parent[o] == DICT_NONE ? NULL : name(b, "o", w->parent[o]),
                "school");
    }
    for (uint32_t i = 0; i < ROWS; i++) {
        naive_row_t *row = &w->rows[i];
        *row = (naive_row_t){draw(w, ORGS), draw(w, METHODISTS), some_day(w),
                             draw(w, 3) ? some_day(w) : DAY_NONE};
        put_assignment_of(w->table, name(a, "o", row->org), name(b, "m", row->methodist), name(c, "x:", i),
                          row->from, row->to);
    }
    for (uint32_t m = 0; m < METHODISTS; m++) {
        w->known[m] = draw(w, 4) > 0;
        w->from[m] = some_day(w);
        w->to[m] = draw(w, 2) ? some_day(w) : DAY_NONE;
        put_methodist(w->table, name(a, "m", m), name(b, "x:", m), "o0", w->from[m], w->to[m]);
        if (!w->known[m]) remove_methodist(w->table, name(a, "m", m));
    }
}

// ---- conditions, by their words ----

static const char *const ATOMS[] = {
    "from in period",   "from > to",          "known to",           "methodist.from <= from",
    "to >= 2024-06-30", "from > period.last", "known methodist.to", "methodist.to <> period.first",
};

static bool atom_holds(const world_t *w, uint32_t atom, const naive_row_t *row)
{
    uint32_t m = row->methodist;
    bool to = row->to != DAY_NONE, methodist_to = w->known[m] && w->to[m] != DAY_NONE;
    switch (atom) {
    case 0:
        return w->period.first_day <= row->from && row->from <= w->period.last_day;
    case 1:
        return to && row->to < row->from;
    case 2:
        return to;
    case 3:
        return w->known[m] && w->from[m] <= row->from;
    case 4:
        return to && row->to >= on("2024-06-30");
    case 5:
        return row->from > w->period.last_day;
    case 6:
        return methodist_to;
    default:
        return methodist_to && w->to[m] != w->period.first_day;
    }
}

static int make_condition(world_t *w, int depth)
{
    int at = w->n_nodes++;
    node_t node = {.op = depth == 0 ? 'a' : "aa!&|"[draw(w, 5)], .atom = draw(w, ARRAY_SIZE(ATOMS))};
    if (node.op != 'a') node.left = make_condition(w, depth - 1);
    if (node.op == '&' || node.op == '|') node.right = make_condition(w, depth - 1);
    w->nodes[at] = node;
    return at;
}

static void write_condition(world_t *w, int at)
{
    const node_t *node = &w->nodes[at];
    if (node->op == 'a') {
        strcat(w->text, ATOMS[node->atom]);
        return;
    }
    strcat(w->text, node->op == '!' ? "not (" : "(");
    write_condition(w, node->left);
    if (node->op != '!') {
        strcat(w->text, node->op == '&' ? " and " : " or ");
        write_condition(w, node->right);
    }
    strcat(w->text, ")");
}

static bool holds(const world_t *w, int at, const naive_row_t *row)
{
    const node_t *node = &w->nodes[at];
    if (node->op == 'a') return atom_holds(w, node->atom, row);
    bool left = holds(w, node->left, row);
    if (node->op == '!') return !left;
    return node->op == '&' ? left && holds(w, node->right, row) : left || holds(w, node->right, row);
}

// ---- counts ----

static bool below(const world_t *w, uint32_t org, uint32_t top)
{
    while (org != DICT_NONE && org != top) org = w->parent[org];
    return org == top;
}

static int64_t naive(const world_t *w, uint32_t top, bool distinct)
{
    bool seen[METHODISTS] = {false};
    int64_t n = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const naive_row_t *row = &w->rows[i];
        if (!below(w, row->org, top) || !holds(w, 0, row)) continue;
        n += !distinct || !seen[row->methodist];
        seen[row->methodist] = true;
    }
    return n;
}

static void assert_counts(world_t *w, uint64_t seed, const char *what, bool distinct)
{
    char code[16];
    expr_error_t error;
    snprintf(w->text, sizeof w->text, "count(%s where ", what);
    write_condition(w, 0);
    strcat(w->text, ")");
    AUTO(expr_destroy) expr_t *expr = expr_parse(w->text, strlen(w->text), &error);
    if (!expr) fail_msg("seed %llu: %s: %s", (unsigned long long)seed, w->text, error.what);
    AUTO(groups_destroy) groups_t *groups = groups_of_all(w->table->orgs, DAY_NOW);
    const query_t *query = &expr->queries[0];
    AUTO(xfree) value_t *values = scan_run(w->table, groups, &w->period, &query, 1);
    for (uint32_t o = 0; o < ORGS; o++) {
        int64_t found = values[groups->of_org[orgs_find(w->table->orgs, name(code, "o", o))]].number;
        if (found != naive(w, o, distinct))
            fail_msg("seed %llu, o%u: %s: %lld, not %lld", (unsigned long long)seed, o, w->text,
                     (long long)found, (long long)naive(w, o, distinct));
    }
}

static void generic_and_naive_counts_agree_on_random_worlds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        world_t w;
        make_world(&w, seed);
        make_condition(&w, DEPTH);
        assert_counts(&w, seed, "assignment", false);
        assert_counts(&w, seed, "distinct assignment.methodist", true);
        table_destroy(&w.table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(generic_and_naive_counts_agree_on_random_worlds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
