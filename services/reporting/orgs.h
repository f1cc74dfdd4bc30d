// SPDX-License-Identifier: Apache-2.0
// The tree of organisations and its division into groups that a report counts by.
#pragma once
#include "common/base/dict.h"
#include "services/reporting/period.h"

typedef struct orgs orgs_t;

typedef struct org_row {
    const char *parent; // code; NULL at the root
    const char *kind;
    const char *name;
    int32_t valid_from; // DAY_NONE: always
    int32_t valid_to;   // DAY_NONE: still
} org_row_t;

orgs_t *orgs_new(void);
void orgs_destroy(orgs_t **orgs);

// Adds or replaces an organisation. Texts are copied. A parent that is not known yet gets a number and waits.
void orgs_put(orgs_t *orgs, const char *code, const org_row_t *row);
// Forgets an organisation; its number stays.
void orgs_remove(orgs_t *orgs, const char *code);

// Until this day it was called so and stood there; `parent` NULL: it was a root. Replaces what the same day
// said.
void orgs_put_past(orgs_t *orgs, const char *code, int32_t to, const char *parent, const char *name);
void orgs_remove_past(orgs_t *orgs, const char *code, int32_t to);

// The present, where a day is asked for.
static const int32_t DAY_NOW = INT32_MAX;

// Numbers are dense and last as long as the tree.
uint32_t orgs_count(const orgs_t *orgs);
uint32_t orgs_find(const orgs_t *orgs, const char *code); // DICT_NONE when it was never heard of
uint32_t orgs_number(orgs_t *orgs, slice_t code);         // gives it a number if need be
const char *orgs_code(const orgs_t *orgs, uint32_t org);
const char *orgs_name(const orgs_t *orgs, uint32_t org, int32_t day); // on that day; "" when not known
bool orgs_known(const orgs_t *orgs, uint32_t org);                    // it has a record
// School, kindergarten, additional, college: what sends reports, the units of coverage.
bool orgs_unit(const orgs_t *orgs, uint32_t org);
// A unit or a university: a management team of such an organisation is made of its own managers only.
bool orgs_teaching(const orgs_t *orgs, uint32_t org);
// In force on the day.
bool orgs_valid_on(const orgs_t *orgs, uint32_t org, int32_t day);

// Its last day lies before the day: who still stands in its staff list works there no more.
bool orgs_closed_on(const orgs_t *orgs, uint32_t org, int32_t day);

// Organisations one level below the unit on the period's last day, and in force in the period, by code. The
// caller frees the result.
uint32_t *orgs_children(const orgs_t *orgs, uint32_t unit, const period_t *period, uint32_t *ret_n);
// Known organisations from which no way leads up to where the way from `own` ends, by code; nothing where
// `own` was never heard of. The caller frees the result.
uint32_t *orgs_unattached(const orgs_t *orgs, uint32_t own, uint32_t *ret_n);
// Grows with every change.
uint64_t orgs_changes(const orgs_t *orgs);

// Groups of organisations: each head stands for its subtree less the subtrees of heads below it. Parents come
// before their children, so a loop from the last group to the first rolls sums up.
typedef struct groups {
    uint32_t n;
    uint32_t *head;   // organisation of each group
    uint32_t *parent; // group above, DICT_NONE at the top
    uint32_t n_orgs;
    uint32_t *of_org; // deepest group that holds each organisation, DICT_NONE outside all
} groups_t;

// Heads are different organisations. A circle of parents, which no honest tree has, is cut where it closes.
// The tree is that of the day.
groups_t *groups_make(const orgs_t *orgs, int32_t day, const uint32_t *heads, uint32_t n_heads);
// Every organisation heads a group of its own.
groups_t *groups_of_all(const orgs_t *orgs, int32_t day);
void groups_destroy(groups_t **groups);
