// SPDX-License-Identifier: Apache-2.0
// Conditions and columns of an aggregate, parsed. Used by expr.c only.
#pragma once
#include "services/reporting/lexer.h"
#include "services/reporting/query.h"

// The column in hand, and those behind it along references; the token in hand is the one behind them.
// *ret_column: the last one; NULL: the organisation.
bool where_column(lexer_t *l, uint32_t table, query_path_t *ret_path, const column_t **ret_column);
// "where ..." of the query, whose table is set; without it, every row matches.
bool where_parse(lexer_t *l, query_t *query);
