// SPDX-License-Identifier: Apache-2.0
// Rows of a sheet: records of several kinds under one key.
#pragma once
#include "services/cli/list_held.h"

// What is asked of the node: records of this kind. Conditions that it can judge are its own; `alone`: the
// other kinds of the row are found by this one, so conditions of its fields decide. Else only those of the
// key, which all have.
void sheet_request(rows_t *rows, size_t kind, bool alone, Selenga__List *ret_request);
// The kind whose records are enough to find all rows that fit; -1: none is.
int sheet_driver(const list_query_t *query);
// Does the row fit what was asked for?
bool sheet_fits(const list_query_t *query, find_t *find, const list_row_t *row);
// Records of one key become one row, in the order in which the first of them came.
void sheet_merge(rows_t *rows);
// Hands rows out as they come, page by page and in the memory of a page.
int sheet_stream(rows_t *rows);
