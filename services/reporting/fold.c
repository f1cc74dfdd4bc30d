// SPDX-License-Identifier: Apache-2.0
// Sums and extremes are kept in the answers themselves and rolled up at the end. Values that are to be
// different are noted with their groups, and sorted.
#include "services/reporting/fold.h"
#include "services/reporting/touch.h"
#include <stdlib.h>

enum { SEEN_MIN = 64 };

typedef struct fold_seen {
    size_t query;
    int64_t value;
    uint32_t group;
} fold_seen_t;

bool fold_begin(fold_t *fold, const answers_t *answers, uint32_t table, bool upwards)
{
    *fold = (fold_t){.answers = answers, .upwards = upwards};
    for (size_t q = 0; q < answers->n; q++) fold->n += answers->queries[q]->table == table;
    if (fold->n == 0) return false;
    fold->at = xcalloc(fold->n, sizeof *fold->at);
    size_t n = 0;
    for (size_t q = 0; q < answers->n; q++)
        if (answers->queries[q]->table == table) fold->at[n++] = q;
    return true;
}

static int by_value(const void *a, const void *b)
{
    const fold_seen_t *x = a, *y = b;
    if (x->query != y->query) return x->query < y->query ? -1 : 1;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return x->group < y->group ? -1 : x->group > y->group;
}

// Sorts what was noted; the same is there once.
static void sort_seen(fold_t *fold)
{
    size_t kept = 0;
    if (fold->n_seen > 0) qsort(fold->seen, fold->n_seen, sizeof *fold->seen, by_value);
    for (size_t i = 0; i < fold->n_seen; i++)
        if (i == 0 || by_value(&fold->seen[kept - 1], &fold->seen[i]) != 0)
            fold->seen[kept++] = fold->seen[i];
    fold->n_seen = kept;
}

// Room is for what is different, not for all rows: many say the same.
static void note(fold_t *fold, size_t query, int64_t value, uint32_t group)
{
    if (value == VALUE_ABSENT) return;
    if (fold->n_seen == fold->room) {
        sort_seen(fold);
        if (fold->n_seen >= fold->room / 2) { // else it would be sorted again soon
            fold->room = fold->room ? fold->room * 2 : SEEN_MIN;
            fold->seen = xrealloc(fold->seen, fold->room * sizeof *fold->seen);
        }
    }
    fold->seen[fold->n_seen++] = (fold_seen_t){query, value, group};
}

// A sum that has left 64 bits stays nothing; an extreme of nothing is the first value.
static void join(query_fn_t fn, value_t from, value_t *to)
{
    if (fn == QUERY_MAX || fn == QUERY_MIN) {
        if (from.null) return;
        if (to->null || (fn == QUERY_MAX ? from.number > to->number : from.number < to->number)) *to = from;
    } else if (from.null || to->null || __builtin_add_overflow(to->number, from.number, &to->number)) {
        *to = (value_t){true, 0};
    }
}

void fold_row(fold_t *fold, uint32_t group, const row_t *row)
{
    const answers_t *answers = fold->answers;
    for (size_t i = 0; i < fold->n; i++) {
        const query_t *query = answers->queries[fold->at[i]];
        value_t *to = &answers->values[group * answers->n + fold->at[i]];
        if (!query_matches(query, answers->asked, row)) continue;
        if (query->fn == QUERY_COUNT) {
            to->number++;
            continue;
        }
        int64_t value = query_value(query, &query->column, answers->asked, row);
        if (query->fn == QUERY_DISTINCT)
            note(fold, fold->at[i], value, group);
        else if (value != VALUE_ABSENT)
            join((query_fn_t)query->fn, (value_t){false, value}, to);
    }
}

static void roll_up(const fold_t *fold)
{
    const answers_t *answers = fold->answers;
    for (uint32_t g = answers->groups->n; g-- > 0;) {
        uint32_t above = answers->groups->parent[g];
        for (size_t i = 0; above != DICT_NONE && i < fold->n; i++) {
            query_fn_t fn = (query_fn_t)answers->queries[fold->at[i]]->fn;
            join(fn, answers->values[g * answers->n + fold->at[i]],
                 &answers->values[above * answers->n + fold->at[i]]);
        }
    }
}

// One value counts once in each group that a row with it is in.
static void count_different(fold_t *fold)
{
    const answers_t *answers = fold->answers;
    touch_t touch;
    sort_seen(fold);
    touch_init(&touch, answers->groups);
    for (size_t i = 0, end; i < fold->n_seen; i = end) {
        const fold_seen_t *first = &fold->seen[i];
        touch_begin(&touch);
        for (end = i; end < fold->n_seen && fold->seen[end].query == first->query &&
                      fold->seen[end].value == first->value;
             end++)
            touch_group(&touch, fold->seen[end].group, fold->upwards);
        for (uint32_t k = 0; k < touch.n; k++)
            answers->values[touch.list[k] * answers->n + first->query].number++;
    }
    touch_clear(&touch);
}

void fold_end(fold_t *fold)
{
    if (fold->upwards) roll_up(fold);
    if (fold->n_seen > 0) count_different(fold);
    free(fold->at);
    free(fold->seen);
    *fold = (fold_t){0};
}
