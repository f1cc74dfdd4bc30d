// SPDX-License-Identifier: Apache-2.0
// Organisations by number, with links upwards only: subtrees are found by walking up, each step once.
#include "services/reporting/orgs.h"
#include "common/base/vec.h"
#include "services/reporting/day.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct past { // what held until a day
    int32_t to;
    uint32_t parent;
    char *name;
} past_t;

typedef struct org {
    uint32_t parent; // DICT_NONE at the root
    char *kind;
    char *name;
    int32_t valid_from, valid_to;
    bool known;
    past_t *past; // by day; it stays where the record goes and comes
    size_t n_past, past_room;
} org_t;

struct orgs {
    dict_t *codes;
    org_t *rows;
    size_t room;
    uint64_t changes;
};

// The kinds of contract.md that send reports.
static const char *const UNIT_KINDS[] = {"school", "kindergarten", "additional", "college"};

orgs_t *orgs_new(void)
{
    orgs_t *orgs = xcalloc(1, sizeof *orgs);
    orgs->codes = dict_new();
    return orgs;
}

static void forget(org_t *row)
{
    free(row->kind);
    free(row->name);
    *row =
        (org_t){.parent = DICT_NONE, .past = row->past, .n_past = row->n_past, .past_room = row->past_room};
}

static void forget_past(org_t *row)
{
    for (size_t i = 0; i < row->n_past; i++) free(row->past[i].name);
    free(row->past);
    row->past = NULL;
    row->n_past = 0;
}

void orgs_destroy(orgs_t **orgs)
{
    if (!orgs || !*orgs) return;
    for (uint32_t i = 0; i < dict_count((*orgs)->codes); i++) {
        forget(&(*orgs)->rows[i]);
        forget_past(&(*orgs)->rows[i]);
    }
    dict_destroy(&(*orgs)->codes);
    free((*orgs)->rows);
    free(*orgs);
    *orgs = NULL;
}

uint32_t orgs_number(orgs_t *orgs, slice_t code)
{
    uint32_t before = dict_count(orgs->codes), org = dict_add(orgs->codes, code);
    if (org == before) orgs->changes++;
    if (org >= orgs->room) {
        size_t i = orgs->room;
        vec_reserve(orgs->rows, orgs->room, (size_t)org + 1);
        for (; i < orgs->room; i++) orgs->rows[i] = (org_t){.parent = DICT_NONE};
    }
    return org;
}

void orgs_put(orgs_t *orgs, const char *code, const org_row_t *row)
{
    uint32_t org = orgs_number(orgs, slice_text(code));
    uint32_t parent = row->parent ? orgs_number(orgs, slice_text(row->parent)) : DICT_NONE;
    org_t *to = &orgs->rows[org];
    orgs->changes++;
    forget(to);
    to->parent = parent;
    to->kind = xstrdup(row->kind ? row->kind : "");
    to->name = xstrdup(row->name ? row->name : "");
    to->valid_from = row->valid_from;
    to->valid_to = row->valid_to;
    to->known = true;
}

// Its place, or that of the first one behind it.
static size_t past_place(const org_t *row, int32_t to)
{
    size_t i = 0;
    while (i < row->n_past && row->past[i].to < to) i++;
    return i;
}

void orgs_remove_past(orgs_t *orgs, const char *code, int32_t to)
{
    uint32_t org = orgs_find(orgs, code);
    if (org == DICT_NONE) return;
    org_t *row = &orgs->rows[org];
    size_t i = past_place(row, to);
    if (i == row->n_past || row->past[i].to != to) return;
    orgs->changes++;
    free(row->past[i].name);
    memmove(&row->past[i], &row->past[i + 1], (--row->n_past - i) * sizeof *row->past);
}

void orgs_put_past(orgs_t *orgs, const char *code, int32_t to, const char *parent, const char *name)
{
    uint32_t above = parent ? orgs_number(orgs, slice_text(parent)) : DICT_NONE;
    uint32_t org = orgs_number(orgs, slice_text(code));
    org_t *row = &orgs->rows[org];
    orgs_remove_past(orgs, code, to);
    orgs->changes++;
    (void)vec_add(row->past, row->n_past, row->past_room);
    size_t i = past_place(&(org_t){.past = row->past, .n_past = row->n_past - 1}, to);
    memmove(&row->past[i + 1], &row->past[i], (row->n_past - 1 - i) * sizeof *row->past);
    row->past[i] = (past_t){to, above, xstrdup(name ? name : "")};
}

// What held on the day, where it is not what holds now.
static const past_t *past_on(const org_t *row, int32_t day)
{
    size_t i = row->n_past > 0 ? past_place(row, day) : 0;
    return i < row->n_past ? &row->past[i] : NULL;
}

static uint32_t parent_on(const orgs_t *orgs, uint32_t org, int32_t day)
{
    const past_t *past = past_on(&orgs->rows[org], day);
    return past != NULL ? past->parent : orgs->rows[org].parent;
}

void orgs_remove(orgs_t *orgs, const char *code)
{
    uint32_t org = orgs_find(orgs, code);
    if (org == DICT_NONE) return;
    orgs->changes++;
    forget(&orgs->rows[org]);
}

uint64_t orgs_changes(const orgs_t *orgs)
{
    return orgs->changes;
}

uint32_t orgs_count(const orgs_t *orgs)
{
    return dict_count(orgs->codes);
}

uint32_t orgs_find(const orgs_t *orgs, const char *code)
{
    return dict_find(orgs->codes, slice_text(code));
}

static const org_t *row_of(const orgs_t *orgs, uint32_t org)
{
    assert(org < orgs_count(orgs));
    return &orgs->rows[org];
}

const char *orgs_code(const orgs_t *orgs, uint32_t org)
{
    return dict_key(orgs->codes, org);
}

const char *orgs_name(const orgs_t *orgs, uint32_t org, int32_t day)
{
    if (!orgs_known(orgs, org)) return "";
    const past_t *past = past_on(row_of(orgs, org), day);
    return past != NULL ? past->name : row_of(orgs, org)->name;
}

bool orgs_known(const orgs_t *orgs, uint32_t org)
{
    return row_of(orgs, org)->known;
}

bool orgs_unit(const orgs_t *orgs, uint32_t org)
{
    const org_t *row = row_of(orgs, org);
    for (size_t i = 0; row->known && i < ARRAY_SIZE(UNIT_KINDS); i++)
        if (strcmp(row->kind, UNIT_KINDS[i]) == 0) return true;
    return false;
}

bool orgs_teaching(const orgs_t *orgs, uint32_t org)
{
    return orgs_unit(orgs, org) ||
           (orgs_known(orgs, org) && strcmp(row_of(orgs, org)->kind, "university") == 0);
}

bool orgs_valid_on(const orgs_t *orgs, uint32_t org, int32_t day)
{
    const org_t *row = row_of(orgs, org);
    return row->known && (row->valid_from == DAY_NONE || row->valid_from <= day) &&
           (row->valid_to == DAY_NONE || row->valid_to >= day);
}

bool orgs_closed_on(const orgs_t *orgs, uint32_t org, int32_t day)
{
    const org_t *row = row_of(orgs, org);
    return row->known && row->valid_to != DAY_NONE && row->valid_to < day;
}

// ---- groups ----

static const uint32_t NOT_YET = DICT_NONE - 1, ON_THE_WAY = DICT_NONE - 2;

// Fills of_org upwards from `org`: its nearest group, through organisations whose group is not known yet.
// group_at says which group an organisation heads.
static void place(const orgs_t *orgs, int32_t day, groups_t *groups, const uint32_t *group_at, uint32_t org)
{
    uint32_t top = org;
    while (top != DICT_NONE && groups->of_org[top] == NOT_YET && group_at[top] == DICT_NONE) {
        groups->of_org[top] = ON_THE_WAY;
        top = parent_on(orgs, top, day);
    }
    uint32_t group = DICT_NONE; // also where a circle of parents closes
    if (top != DICT_NONE && group_at[top] != DICT_NONE)
        group = group_at[top];
    else if (top != DICT_NONE && groups->of_org[top] != ON_THE_WAY)
        group = groups->of_org[top];
    for (; org != DICT_NONE && groups->of_org[org] == ON_THE_WAY; org = parent_on(orgs, org, day))
        groups->of_org[org] = group;
    if (top != DICT_NONE && group_at[top] != DICT_NONE) groups->of_org[top] = group_at[top];
}

typedef struct depth {
    uint32_t head;
    uint32_t depth;
    uint32_t order; // as given
} depth_t;

static int by_depth(const void *a, const void *b)
{
    const depth_t *x = a, *y = b;
    if (x->depth != y->depth) return x->depth < y->depth ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

// Steps up to a root, through organisations whose depth is not known yet. Where a circle of parents closes,
// it is cut.
static void find_depth(const orgs_t *orgs, int32_t day, uint32_t *depths, uint32_t org)
{
    uint32_t top = org, steps = 0;
    for (; top != DICT_NONE && depths[top] == NOT_YET; top = parent_on(orgs, top, day)) {
        depths[top] = ON_THE_WAY;
        steps++;
    }
    uint32_t above = top != DICT_NONE && depths[top] != ON_THE_WAY ? depths[top] + 1 : 0;
    for (; steps > 0; org = parent_on(orgs, org, day)) depths[org] = above + --steps;
}

// Heads from the root down, in the order given within a depth.
static void order_heads(const orgs_t *orgs, int32_t day, const uint32_t *heads, groups_t *groups)
{
    depth_t *order = xcalloc(groups->n + 1, sizeof *order);
    AUTO(xfree) uint32_t *depths = xcalloc(groups->n_orgs + 1, sizeof *depths);
    for (uint32_t i = 0; i < groups->n_orgs; i++) depths[i] = NOT_YET;
    for (uint32_t i = 0; i < groups->n; i++) {
        find_depth(orgs, day, depths, heads[i]);
        order[i] = (depth_t){heads[i], depths[heads[i]], i};
    }
    qsort(order, groups->n, sizeof *order, by_depth);
    for (uint32_t i = 0; i < groups->n; i++) groups->head[i] = order[i].head;
    free(order);
}

groups_t *groups_make(const orgs_t *orgs, int32_t day, const uint32_t *heads, uint32_t n_heads)
{
    groups_t *groups = xcalloc(1, sizeof *groups);
    groups->n = n_heads;
    groups->n_orgs = orgs_count(orgs);
    groups->head = xcalloc(n_heads + 1, sizeof *groups->head);
    groups->parent = xcalloc(n_heads + 1, sizeof *groups->parent);
    groups->of_org = xcalloc(groups->n_orgs + 1, sizeof *groups->of_org);
    uint32_t *group_at = xcalloc(groups->n_orgs + 1, sizeof *group_at);
    for (uint32_t i = 0; i < groups->n_orgs; i++) {
        groups->of_org[i] = NOT_YET;
        group_at[i] = DICT_NONE;
    }
    order_heads(orgs, day, heads, groups);
    for (uint32_t g = 0; g < n_heads; g++) group_at[groups->head[g]] = g;
    for (uint32_t i = 0; i < groups->n_orgs; i++) place(orgs, day, groups, group_at, i);
    for (uint32_t g = 0; g < n_heads; g++) {
        uint32_t org = parent_on(orgs, groups->head[g], day),
                 above = org != DICT_NONE ? groups->of_org[org] : DICT_NONE;
        groups->parent[g] = above != DICT_NONE && above < g ? above : DICT_NONE;
    }
    free(group_at);
    return groups;
}

typedef struct child {
    const char *code;
    uint32_t org;
} child_t;

static int by_code(const void *a, const void *b)
{
    return strcmp(((const child_t *)a)->code, ((const child_t *)b)->code);
}

static bool valid_in(const org_t *row, const period_t *period)
{
    return row->known && period_touches(period, row->valid_from, row->valid_to);
}

// Numbers alone, in order of codes. Frees the children.
static uint32_t *sorted(child_t *children, uint32_t n, uint32_t *ret_n)
{
    qsort(children, n, sizeof *children, by_code);
    uint32_t *list = xcalloc(n + 1, sizeof *list);
    for (uint32_t i = 0; i < n; i++) list[i] = children[i].org;
    free(children);
    *ret_n = n;
    return list;
}

uint32_t *orgs_children(const orgs_t *orgs, uint32_t unit, const period_t *period, uint32_t *ret_n)
{
    child_t *children = xcalloc(orgs_count(orgs) + 1, sizeof *children);
    uint32_t n = 0;
    for (uint32_t i = 0; i < orgs_count(orgs); i++)
        if (i != unit && parent_on(orgs, i, period->last_day) == unit && valid_in(&orgs->rows[i], period))
            children[n++] = (child_t){orgs_code(orgs, i), i};
    return sorted(children, n, ret_n);
}

uint32_t *orgs_unattached(const orgs_t *orgs, uint32_t own, uint32_t *ret_n)
{
    uint32_t root = own, n = 0;
    child_t *found = xcalloc(orgs_count(orgs) + 1, sizeof *found);
    if (own == DICT_NONE) return sorted(found, 0, ret_n);
    for (uint32_t steps = 0; orgs->rows[root].parent != DICT_NONE && steps < orgs_count(orgs); steps++)
        root = orgs->rows[root].parent;
    AUTO(groups_destroy) groups_t *tree = groups_make(orgs, DAY_NOW, &root, 1);
    for (uint32_t i = 0; i < orgs_count(orgs); i++)
        if (orgs_known(orgs, i) && tree->of_org[i] == DICT_NONE)
            found[n++] = (child_t){orgs_code(orgs, i), i};
    return sorted(found, n, ret_n);
}

groups_t *groups_of_all(const orgs_t *orgs, int32_t day)
{
    uint32_t n = orgs_count(orgs);
    AUTO(xfree) uint32_t *heads = xcalloc(n + 1, sizeof *heads);
    for (uint32_t i = 0; i < n; i++) heads[i] = i;
    return groups_make(orgs, day, heads, n);
}

void groups_destroy(groups_t **groups)
{
    if (!groups || !*groups) return;
    free((*groups)->head);
    free((*groups)->parent);
    free((*groups)->of_org);
    free(*groups);
    *groups = NULL;
}
