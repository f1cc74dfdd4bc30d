// SPDX-License-Identifier: Apache-2.0
// Conditions of a query: a tree of and, or, not over atoms, turned into (mask, value) terms. Used by
// where.c only.
#pragma once
#include "services/reporting/query.h"

enum { CONDITION_NODES_MAX = 128 };

typedef enum node_kind { NODE_ATOM, NODE_NOT, NODE_AND, NODE_OR } node_kind_t;

typedef struct node {
    node_kind_t kind;
    int left, right; // nodes; `left` only for NODE_NOT
    uint64_t bit;    // NODE_ATOM
} node_t;

// Writes the terms of the tree under `root` to the query, sorted, none implied by another. False when there
// would be more than QUERY_TERMS_MAX on the way. Nodes stand before the nodes that have them as children.
bool condition_terms(const node_t *nodes, int root, query_t *query);
