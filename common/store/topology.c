// SPDX-License-Identifier: Apache-2.0
// Organisations by code.
// Every walk upwards is bounded, so that a ring of parents, which a careless sheet can make, ends as
// "unknown".
#include "common/store/topology.h"
#include "common/base/hash.h"
#include "common/base/vec.h"
#include "common/store/record.h"
#include "proto/message.h"
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 32 };

typedef struct {    // small: a hub has thousands in each of its services
    char *parent;   // NULL: a root
    bool known;     // has a record; else only a node stands there
    bool ended;     // its node was revoked
    bool unsettled; // another child than `child` was told meanwhile
    int rank;       // of the node's level, -1 unknown
    uint32_t child; // that it was last known to be served through; scope_moved
    path_t node;
    char code[];
} org_t;

// Who is served through which child, made when it is asked for: a hub is asked for each of thousands.
typedef struct child {
    uint32_t label;
    uint32_t number; // of the first organisation there
} child_t;

typedef struct children {
    bool known;
    child_t *items; // by label
    size_t n, room;
} children_t;

struct scope {
    path_t self;
    char self_org[ORG_MAX + 1];
    hash_t codes;
    org_t **orgs; // by number
    size_t room;
    bool parted;    // scope_take_parted
    size_t n_ended; // organisations whose node was revoked
    uint32_t asked; // child whose rank was looked up last; PEER_SELF: none
    int asked_rank;
    children_t *children;
};

static slice_t code_of(const void *scope, uint32_t number)
{
    return slice_text(((const scope_t *)scope)->orgs[number]->code);
}

static org_t *find(const scope_t *scope, slice_t code)
{
    uint32_t number = code.size == 0 || code.size > ORG_MAX ? HASH_NONE : hash_find(&scope->codes, code);
    return number != HASH_NONE ? scope->orgs[number] : NULL;
}

static org_t *make(scope_t *scope, slice_t code)
{
    if (code.size == 0 || code.size > ORG_MAX || memchr(code.data, 0, code.size) != NULL) return NULL;
    uint32_t before = scope->codes.n, number = hash_add(&scope->codes, code);
    if (number < before) return scope->orgs[number];
    org_t *org = xcalloc(1, sizeof *org + code.size + 1);
    memcpy(org->code, code.data, code.size);
    vec_reserve(scope->orgs, scope->room, (size_t)number + 1);
    return scope->orgs[number] = org;
}

scope_t *scope_new(const path_t *self, const char *self_org)
{
    scope_t *scope = xcalloc(1, sizeof *scope);
    scope->children = xcalloc(1, sizeof *scope->children);
    scope->self = *self;
    scope->parted = true;
    hash_init(&scope->codes, code_of, scope);
    text_copy(scope->self_org, sizeof scope->self_org, self_org);
    scope_set_node(scope, slice_text(self_org), self, -1);
    return scope;
}

void scope_destroy(scope_t **scope_p)
{
    if (*scope_p == NULL) return;
    for (uint32_t i = 0; i < (*scope_p)->codes.n; i++) {
        free((*scope_p)->orgs[i]->parent);
        free((*scope_p)->orgs[i]);
    }
    hash_empty(&(*scope_p)->codes);
    free((*scope_p)->orgs);
    free((*scope_p)->children->items);
    free((*scope_p)->children);
    free(*scope_p);
    *scope_p = NULL;
}

static slice_t parent_of(const org_t *org)
{
    return org->parent != NULL ? slice_text(org->parent) : (slice_t){0};
}

bool scope_set_org(scope_t *scope, slice_t code, slice_t parent)
{
    char text[ORG_MAX + 1] = "";
    org_t *org = make(scope, code);
    if (org == NULL) return false;
    if (parent.size > ORG_MAX) parent.size = ORG_MAX; // no code is longer: the parent is unknown in any case
    if (parent.size > 0) memcpy(text, parent.data, parent.size);
    bool same = org->known && slice_equal(parent_of(org), slice_text(text));
    org->known = true;
    if (same) return false;
    scope->parted = true;
    free(org->parent);
    org->parent = *text != '\0' ? xstrdup(text) : NULL;
    return true;
}

bool scope_drop_org(scope_t *scope, slice_t code)
{
    org_t *org = find(scope, code);
    if (org == NULL || !org->known) return false;
    org->known = false; // it stays: a node may stand there
    return true;
}

bool scope_set_node(scope_t *scope, slice_t code, const path_t *node, int rank)
{
    org_t *org = make(scope, code);
    if (org == NULL) return false;
    org->rank = rank;
    scope->asked = PEER_SELF;
    if (path_equal(&org->node, node)) return false;
    scope->children->known = false;
    org->node = *node;
    return true;
}

bool scope_end_node(scope_t *scope, slice_t code, bool ended)
{
    org_t *org = find(scope, code);
    if (org == NULL || org->ended == ended) return false;
    org->ended = ended;
    if (ended)
        scope->n_ended++;
    else
        scope->n_ended--;
    scope->parted |= ended;
    return true;
}

bool scope_drop_node(scope_t *scope, slice_t code)
{
    org_t *org = find(scope, code);
    if (org == NULL || org->node.len == 0 || path_equal(&org->node, &scope->self)) return false;
    org->node = (path_t){0};
    scope->children->known = false;
    scope->asked = PEER_SELF;
    return true;
}

// The organisation above; NULL at a root or where nothing is known.
static const org_t *above(const scope_t *scope, const org_t *org, bool *ret_broken)
{
    if (!org->known) *ret_broken = true;
    if (!org->known || org->parent == NULL) return NULL;
    const org_t *parent = find(scope, slice_text(org->parent));
    if (parent == NULL) *ret_broken = true;
    return parent;
}

const path_t *scope_serving(const scope_t *scope, slice_t code)
{
    bool broken = false;
    const org_t *org = find(scope, code);
    for (int depth = 0; org != NULL && depth < DEPTH_MAX; depth++) {
        if (org->node.len > 0) return &org->node;
        org = above(scope, org, &broken);
    }
    return NULL;
}

in_scope_t scope_serves(const scope_t *scope, slice_t code)
{
    const path_t *node = scope_serving(scope, code);
    if (node == NULL) return SCOPE_UNKNOWN;
    return path_equal(node, &scope->self) ? SCOPE_YES : SCOPE_NO;
}

static uint32_t child_towards(const scope_t *scope, const path_t *node)
{
    if (node->len <= scope->self.len || !path_is_prefix(&scope->self, node)) return PEER_SELF;
    return path_child_label(&scope->self, node);
}

static uint32_t child_for(const scope_t *scope, slice_t code)
{
    const path_t *node = scope_serving(scope, code);
    return node == NULL ? PEER_SELF : child_towards(scope, node);
}

uint32_t scope_child_for(scope_t *scope, slice_t code)
{
    org_t *org = find(scope, code);
    uint32_t child = child_for(scope, code);
    if (org != NULL) org->unsettled |= child != org->child;
    return child;
}

in_scope_t scope_in_child(const scope_t *scope, uint32_t child, slice_t code)
{
    bool broken = false;
    const org_t *org = find(scope, code);
    if (org == NULL) return SCOPE_UNKNOWN;
    for (int depth = 0; org != NULL; depth++) {
        if (depth == DEPTH_MAX) return SCOPE_UNKNOWN;
        if (org->node.len > 0 && child_towards(scope, &org->node) == child) return SCOPE_YES;
        org = above(scope, org, &broken);
    }
    return broken ? SCOPE_UNKNOWN : SCOPE_NO;
}

in_scope_t scope_is_below(const scope_t *scope, slice_t code, slice_t top)
{
    bool broken = false;
    if (slice_equal(code, top)) return SCOPE_YES;
    const org_t *org = find(scope, code);
    if (org == NULL) return SCOPE_UNKNOWN;
    for (int depth = 0; org != NULL; depth++) {
        if (depth == DEPTH_MAX) return SCOPE_UNKNOWN;
        if (slice_equal(slice_text(org->code), top)) return SCOPE_YES;
        org = above(scope, org, &broken);
    }
    return broken ? SCOPE_UNKNOWN : SCOPE_NO;
}

in_scope_t scope_in_self(const scope_t *scope, slice_t code)
{
    return scope_is_below(scope, code, slice_text(scope->self_org));
}

bool scope_moved(scope_t *scope, size_t *state, slice_t *ret_org)
{
    while (*state < scope->codes.n) {
        org_t *org = scope->orgs[(*state)++];
        uint32_t child = child_for(scope, slice_text(org->code));
        if (child == org->child && !org->unsettled) continue;
        org->child = child;
        org->unsettled = false;
        *ret_org = slice_text(org->code);
        return true;
    }
    return false;
}

// Does a child stand there?
static bool is_childs(const scope_t *scope, const org_t *org)
{
    return org->node.len == scope->self.len + PATH_LABEL && path_is_prefix(&scope->self, &org->node);
}

uint32_t scope_next_child(const scope_t *scope, size_t *state)
{
    while (*state < scope->codes.n) {
        const org_t *org = scope->orgs[(*state)++];
        if (is_childs(scope, org)) return child_towards(scope, &org->node);
    }
    return PEER_SELF;
}

bool scope_has_child(const scope_t *scope, uint32_t label)
{
    for (uint32_t i = 0; i < scope->codes.n; i++) {
        const org_t *org = scope->orgs[i];
        if (org->node.len > 0 && child_towards(scope, &org->node) == label) return true;
    }
    return false;
}

bool scope_has_ended_below(const scope_t *scope, uint32_t label)
{
    for (uint32_t i = 0; i < scope->codes.n; i++) {
        const org_t *org = scope->orgs[i];
        if (org->ended && org->node.len > 0 && child_towards(scope, &org->node) == label) return true;
    }
    return false;
}

bool scope_has_parted(const scope_t *scope)
{
    return scope->parted && scope->n_ended > 0;
}

bool scope_take_parted(scope_t *scope)
{
    bool parted = scope->parted;
    scope->parted = false;
    return parted;
}

static int by_label(const void *a, const void *b)
{
    const child_t *x = a, *y = b;
    if (x->label != y->label) return x->label < y->label ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void look_for_children(const scope_t *scope, children_t *children)
{
    children->n = 0;
    for (uint32_t i = 0; i < scope->codes.n; i++)
        if (is_childs(scope, scope->orgs[i]))
            *vec_add(children->items, children->n, children->room) =
                (child_t){child_towards(scope, &scope->orgs[i]->node), i};
    if (children->n > 1) qsort(children->items, children->n, sizeof *children->items, by_label);
    children->known = true;
}

static const org_t *child_at(const scope_t *scope, uint32_t label)
{
    children_t *children = scope->children;
    if (!children->known) look_for_children(scope, children);
    size_t at = vec_place_number(children->items, children->n, sizeof *children->items, label);
    return at < children->n && children->items[at].label == label ? scope->orgs[children->items[at].number]
                                                                  : NULL;
}

// Asked only where two homes claim one id.
const char *scope_org_at(const scope_t *scope, const path_t *path)
{
    for (uint32_t i = 0; i < scope->codes.n; i++)
        if (path_equal(&scope->orgs[i]->node, path)) return scope->orgs[i]->code;
    return NULL;
}

bool scope_has_node(const scope_t *scope, const path_t *path)
{
    return scope_org_at(scope, path) != NULL;
}

bool scope_has_ended(const scope_t *scope, const path_t *path)
{
    for (uint32_t i = 0; i < scope->codes.n; i++) {
        const org_t *org = scope->orgs[i];
        if (org->ended && org->node.len > 0 && path_is_prefix(&org->node, path)) return true;
    }
    return false;
}

const char *scope_child_org(const scope_t *scope, uint32_t label)
{
    const org_t *org = child_at(scope, label);
    return org != NULL ? org->code : NULL;
}

// Asked for each record of a batch, and a batch is of one child: the last answer is kept.
int scope_child_rank(scope_t *scope, uint32_t label)
{
    if (scope->asked == label) return scope->asked_rank;
    const org_t *org = child_at(scope, label);
    scope->asked = label;
    return scope->asked_rank = org != NULL ? org->rank : -1;
}
