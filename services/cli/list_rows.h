// SPDX-License-Identifier: Apache-2.0
// Rows of a table from the node: in the order of its store, page by page and in the memory of a page, or all
// in hand, put together and sorted.
#pragma once
#include "services/cli/list_held.h"

enum { LIST_MOST = 256 }; // MiB of records that may be in hand

// Hands out the rows. CLI_DONE, what `row` returned, or the failure after saying why.
int list_rows(ask_t *ask, const list_query_t *query, list_out_t *out);
