// SPDX-License-Identifier: Apache-2.0
// Lineage: how neighbours notice that a store was put back to an older image (design 2.6, rules 1 and 2).
#include "common/store_private.h"
#include <stdlib.h>
#include <string.h>

void witness_clear(witness_t *w)
{
    free(w->boots);
    *w = (witness_t){0};
}

void witness_copy(const witness_t *from, witness_t *to)
{
    boot_t *boots = NULL;
    if (from->n > 0) {
        boots = xcalloc(from->n, sizeof *boots);
        memcpy(boots, from->boots, from->n * sizeof *boots);
    }
    free(to->boots);
    *to = (witness_t){.boots = boots, .n = from->n, .head = from->head};
}

static bool boot_equal(const boot_t *a, const boot_t *b)
{
    return a->id == b->id && a->start == b->start;
}

static size_t common_prefix(const witness_t *a, const witness_t *b)
{
    size_t n = 0;
    while (n < a->n && n < b->n && boot_equal(&a->boots[n], &b->boots[n])) n++;
    return n;
}

bool witness_equal(const witness_t *a, const witness_t *b)
{
    return a->head == b->head && a->n == b->n && common_prefix(a, b) == a->n;
}

bool store_check_witness(const store_t *store, const witness_t *w)
{
    const witness_t *mine = &store->lives;
    size_t n = common_prefix(mine, w);
    uint64_t end_mine = n < mine->n ? mine->boots[n].start : mine->head;
    return n == w->n && w->head <= end_mine;
}
