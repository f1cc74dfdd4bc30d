// SPDX-License-Identifier: Apache-2.0
// Disjunctive normal form. "not" is pushed down to the atoms on the way, so no tree is built anew.
#include "services/reporting/condition.h"
#include <stdlib.h>
#include <string.h>

typedef struct terms {
    query_term_t list[QUERY_TERMS_MAX];
    uint32_t n;
} terms_t;

// Every row that matches `b` matches `a`.
static bool implies(query_term_t b, query_term_t a)
{
    return (a.mask & ~b.mask) == 0 && (b.value & a.mask) == a.value;
}

static bool add_term(terms_t *terms, query_term_t term)
{
    for (uint32_t i = 0; i < terms->n; i++)
        if (implies(term, terms->list[i])) return true;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < terms->n; i++)
        if (!implies(terms->list[i], term)) terms->list[kept++] = terms->list[i];
    terms->n = kept;
    if (terms->n == QUERY_TERMS_MAX) return false;
    terms->list[terms->n++] = term;
    return true;
}

static bool either(const terms_t *a, const terms_t *b, terms_t *ret_terms)
{
    *ret_terms = *a;
    for (uint32_t i = 0; i < b->n; i++)
        if (!add_term(ret_terms, b->list[i])) return false;
    return true;
}

static bool both(const terms_t *a, const terms_t *b, terms_t *ret_terms)
{
    ret_terms->n = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        for (uint32_t k = 0; k < b->n; k++) {
            query_term_t x = a->list[i], y = b->list[k];
            if (x.mask & y.mask & (x.value ^ y.value)) continue; // a flag set and not set: no row
            if (!add_term(ret_terms, (query_term_t){x.mask | y.mask, x.value | y.value})) return false;
        }
    }
    return true;
}

// No deeper than half of CONDITION_NODES_MAX, with about two kilobytes a step.
static bool terms_of(const node_t *nodes, int at, bool negated, terms_t *ret_terms)
{
    const node_t *node = &nodes[at];
    if (node->kind == NODE_NOT) return terms_of(nodes, node->left, !negated, ret_terms);
    if (node->kind == NODE_ATOM) {
        ret_terms->list[0] = (query_term_t){node->bit, negated ? 0 : node->bit};
        ret_terms->n = 1;
        return true;
    }
    terms_t left, right;
    if (!terms_of(nodes, node->left, negated, &left) || !terms_of(nodes, node->right, negated, &right))
        return false;
    bool conjunction = (node->kind == NODE_AND) != negated;
    return conjunction ? both(&left, &right, ret_terms) : either(&left, &right, ret_terms);
}

static int by_bits(const void *a, const void *b)
{
    const query_term_t *x = a, *y = b;
    if (x->mask != y->mask) return x->mask < y->mask ? -1 : 1;
    return x->value < y->value ? -1 : x->value > y->value;
}

bool condition_terms(const node_t *nodes, int root, query_t *query)
{
    terms_t terms;
    if (!terms_of(nodes, root, false, &terms)) return false;
    qsort(terms.list, terms.n, sizeof terms.list[0], by_bits);
    memcpy(query->terms, terms.list, terms.n * sizeof terms.list[0]);
    query->n_terms = terms.n;
    return true;
}
