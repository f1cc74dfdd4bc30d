// SPDX-License-Identifier: Apache-2.0
// Answers queries for all groups of a report in one pass over the columns of a year.
//
// A person counts once in a group, whatever the number of his rows there: their flags are joined
// (fact_normal), and the joined row is counted in each such group. Who has one row only, nearly everybody, is
// a row like those of any table.
#pragma once
#include "services/reporting/expr.h"
#include "services/reporting/table.h"

// Answers `n` queries for each group. The caller frees the result: value of query q in group g at [g * n +
// q].
value_t *scan_run(const table_t *table, const groups_t *groups, const period_t *period,
                  const query_t *const *queries, size_t n);

// Reporting units of each group's subtree in force on the period's last day, and those of them with rows in
// the period's year. Both arrays have a place for each group.
void scan_coverage(const table_t *table, const groups_t *groups, const period_t *period,
                   uint32_t *ret_received, uint32_t *ret_expected);

// People of each group's subtree in the period whose pseudonym is not settled (table_is_settled), so that one
// of them may be counted as two. By facts or by staff records, whichever tell of more: the two travel apart.
void scan_provisional(const table_t *table, const groups_t *groups, const period_t *period,
                      uint32_t *ret_people);
