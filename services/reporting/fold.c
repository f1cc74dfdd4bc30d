// SPDX-License-Identifier: Apache-2.0
// Many rows have the same flags, and most conditions ask for flags alone: which of these match is kept for
// each word of flags, as bits, in a small cache. Counts, sums and extremes are rolled up at the end. Values
// that are to be different are noted with their groups, and sorted.
#include "services/reporting/fold.h"
#include "common/base/vec.h"
#include "services/reporting/touch.h"
#include <stdlib.h>

enum {
    SEEN_MIN = 64,
    WORD = 64, // queries of one word of a mask
    CACHE_BITS =
        10, // words of flags whose masks are kept; people of a region have about a hundred different ones
    CACHE = 1 << CACHE_BITS,
};

typedef struct fold_plain {
    size_t n_words;
    uint64_t known[CACHE]; // 1 + flags, 0: a free place
    uint64_t *masks;       // n_words for each place; a query with comparisons has no bit
    size_t *compared;      // the queries that have, as places in `at`
    size_t n_compared;
} fold_plain_t;

typedef struct fold_part { // for each group, of each query over the table
    uint32_t *counts;
    value_t *values; // of what is no count; NULL where all are
} fold_part_t;

typedef struct fold_seen {
    size_t query;
    int64_t value;
    uint32_t group;
    uint32_t how; // fold_how_t
} fold_seen_t;

static const query_t *query_at(const fold_t *fold, size_t i)
{
    return fold->answers->queries[fold->at[i]];
}

static bool is_extreme(const query_t *query)
{
    return query->fn == QUERY_MAX || query->fn == QUERY_MIN;
}

static void find_plain(fold_t *fold)
{
    fold_plain_t *plain = fold->plain = xcalloc(1, sizeof *plain);
    plain->n_words = (fold->n + WORD - 1) / WORD;
    plain->masks = xcalloc(CACHE * plain->n_words, sizeof *plain->masks);
    plain->compared = xcalloc(fold->n, sizeof *plain->compared);
    for (size_t i = 0; i < fold->n; i++)
        if (query_at(fold, i)->n_compares > 0) plain->compared[plain->n_compared++] = i;
}

static void begin_part(const fold_t *fold, fold_part_t *part)
{
    size_t n = (size_t)fold->answers->groups->n * fold->n;
    bool all_counts = true;
    for (size_t i = 0; i < fold->n; i++) all_counts = all_counts && query_at(fold, i)->fn == QUERY_COUNT;
    part->counts = xcalloc(n + 1, sizeof *part->counts);
    if (all_counts) return;
    part->values = xcalloc(n + 1, sizeof *part->values);
    for (size_t i = 0; i < n; i++) part->values[i].null = is_extreme(query_at(fold, i % fold->n));
}

bool fold_begin(fold_t *fold, const answers_t *answers, uint32_t table)
{
    *fold = (fold_t){.answers = answers};
    for (size_t q = 0; q < answers->n; q++) fold->n += answers->queries[q]->table == table;
    if (fold->n == 0) return false;
    fold->at = xcalloc(fold->n, sizeof *fold->at);
    size_t n = 0;
    for (size_t q = 0; q < answers->n; q++)
        if (answers->queries[q]->table == table) fold->at[n++] = q;
    find_plain(fold);
    fold->parts = xcalloc(N_FOLD_HOWS, sizeof *fold->parts);
    return true;
}

static int by_value(const void *a, const void *b)
{
    const fold_seen_t *x = a, *y = b;
    if (x->query != y->query) return x->query < y->query ? -1 : 1;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    return x->how < y->how ? -1 : x->how > y->how;
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
static void note(fold_t *fold, size_t query, int64_t value, uint32_t group, fold_how_t how)
{
    if (value == VALUE_ABSENT) return;
    if (fold->n_seen == fold->room) {
        sort_seen(fold);
        if (fold->n_seen >= fold->room / 2) // else it would be sorted again soon
            vec_reserve(fold->seen, fold->room, fold->room > 0 ? fold->room + 1 : SEEN_MIN);
    }
    fold->seen[fold->n_seen++] = (fold_seen_t){query, value, group, how};
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

static const uint64_t *masks_of(fold_t *fold, uint32_t flags)
{
    fold_plain_t *plain = fold->plain;
    uint32_t place = (flags * 2654435761u) >> (32 - CACHE_BITS);
    uint64_t *masks = plain->masks + place * plain->n_words;
    if (plain->known[place] == 1 + (uint64_t)flags) return masks;
    memset(masks, 0, plain->n_words * sizeof *masks);
    for (size_t i = 0; i < fold->n; i++)
        if (query_at(fold, i)->n_compares == 0 &&
            query_matches(query_at(fold, i), NULL, &(row_t){.flags = flags}))
            masks[i / WORD] |= 1ULL << (i % WORD);
    plain->known[place] = 1 + (uint64_t)flags;
    return masks;
}

static void take_value(fold_t *fold, size_t i, uint32_t group, fold_how_t how, const row_t *row)
{
    const query_t *query = query_at(fold, i);
    int64_t value = query_value(query, &query->column, fold->answers->asked, row);
    if (query->fn == QUERY_DISTINCT)
        note(fold, fold->at[i], value, group, how);
    else if (value != VALUE_ABSENT)
        join((query_fn_t)query->fn, (value_t){false, value}, &fold->parts[how].values[group * fold->n + i]);
}

static inline void take(fold_t *fold, size_t i, uint32_t group, fold_how_t how, const row_t *row)
{
    if (query_at(fold, i)->fn == QUERY_COUNT)
        fold->parts[how].counts[group * fold->n + i]++;
    else
        take_value(fold, i, group, how, row);
}

void fold_row(fold_t *fold, uint32_t group, fold_how_t how, const row_t *row)
{
    const fold_plain_t *plain = fold->plain;
    if (fold->parts[how].counts == NULL) begin_part(fold, &fold->parts[how]);
    const uint64_t *masks = masks_of(fold, row->flags);
    for (size_t w = 0; w < plain->n_words; w++)
        for (uint64_t mask = masks[w]; mask != 0; mask &= mask - 1)
            take(fold, w * WORD + (size_t)__builtin_ctzll(mask), group, how, row);
    for (size_t c = 0; c < plain->n_compared; c++)
        if (query_matches(query_at(fold, plain->compared[c]), fold->answers->asked, row))
            take(fold, plain->compared[c], group, how, row);
}

static void roll_up(const fold_t *fold, fold_part_t *part)
{
    const groups_t *groups = fold->answers->groups;
    for (uint32_t g = groups->n; g-- > 0;) {
        size_t from = g * fold->n, to = groups->parent[g] * fold->n;
        for (size_t i = 0; groups->parent[g] != DICT_NONE && i < fold->n; i++) {
            part->counts[to + i] += part->counts[from + i];
            if (part->values != NULL)
                join((query_fn_t)query_at(fold, i)->fn, part->values[from + i], &part->values[to + i]);
        }
    }
}

static void answer(const fold_t *fold, const fold_part_t *part)
{
    const answers_t *answers = fold->answers;
    for (uint32_t g = 0; g < answers->groups->n; g++) {
        for (size_t i = 0; i < fold->n; i++) {
            value_t *to = &answers->values[g * answers->n + fold->at[i]];
            if (query_at(fold, i)->fn == QUERY_COUNT)
                to->number += part->counts[g * fold->n + i];
            else
                join((query_fn_t)query_at(fold, i)->fn, part->values[g * fold->n + i], to);
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
            touch_group(&touch, fold->seen[end].group, fold->seen[end].how == FOLD_UP);
        for (uint32_t k = 0; k < touch.n; k++)
            answers->values[touch.list[k] * answers->n + first->query].number++;
    }
    touch_clear(&touch);
}

void fold_end(fold_t *fold)
{
    for (fold_how_t how = FOLD_UP; how < N_FOLD_HOWS; how++) {
        fold_part_t *part = &fold->parts[how];
        if (part->counts == NULL) continue;
        if (how == FOLD_UP) roll_up(fold, part);
        answer(fold, part);
        free(part->counts);
        free(part->values);
    }
    if (fold->n_seen > 0) count_different(fold);
    free(fold->plain->masks);
    free(fold->plain->compared);
    free(fold->plain);
    free(fold->parts);
    free(fold->at);
    free(fold->seen);
    *fold = (fold_t){0};
}
