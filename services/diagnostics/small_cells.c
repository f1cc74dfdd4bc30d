// SPDX-License-Identifier: Apache-2.0
#include "services/diagnostics/small_cells.h"

static bool is_small(int64_t group)
{
    return group > 0 && group < SMALL_CELL;
}

bool small_cells_hide(const int64_t *groups, size_t n, bool *ret_hidden)
{
    int64_t whole = 0, people = 0; // all; those of hidden groups
    size_t n_hidden = 0, second = n;
    for (size_t i = 0; i < n; i++) {
        whole += groups[i];
        ret_hidden[i] = is_small(groups[i]);
        n_hidden += ret_hidden[i];
        if (ret_hidden[i]) people += groups[i];
        if (groups[i] >= SMALL_CELL && (second == n || groups[i] < groups[second])) second = i;
    }
    if (n_hidden > 0 && people < SMALL_CELL && second < n) ret_hidden[second] = true;
    return whole >= SMALL_CELL;
}
