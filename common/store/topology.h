// SPDX-License-Identifier: Apache-2.0
// Who serves whom: the tree of organisations and the nodes that stand at some of them, as one service knows
// it now. Kept in memory, filled from organisation and node records (of the registry, or a replica of them).
#pragma once
#include "common/base/util.h"
#include "common/schema/ids.h"

typedef struct scope scope_t;

scope_t *scope_new(const path_t *self, const char *self_org);
void scope_destroy(scope_t **scope_p);

// Codes are at most ORG_MAX bytes. An empty parent: a root. Returns true when something changed.
bool scope_set_org(scope_t *scope, slice_t org, slice_t parent);
bool scope_drop_org(scope_t *scope, slice_t org);
// rank: of the node's level, -1 when it is not known.
bool scope_set_node(scope_t *scope, slice_t org, const path_t *node, int rank);
// Was it revoked? It stands there until another one does. Returns true when that changed.
bool scope_end_node(scope_t *scope, slice_t org, bool ended);
bool scope_drop_node(scope_t *scope, slice_t org);

typedef enum in_scope { SCOPE_NO, SCOPE_YES, SCOPE_UNKNOWN } in_scope_t;

// Does this node serve the organisation: is the nearest node at or above it this one?
in_scope_t scope_serves(const scope_t *scope, slice_t org);
// Path of the node that serves it; NULL when none is known. Belongs to the scope until that changes.
const path_t *scope_serving(const scope_t *scope, slice_t org);
// Does a node of some organisation stand at this path? Has the one there, or one above it, been revoked?
bool scope_has_node(const scope_t *scope, const path_t *path);
bool scope_has_ended(const scope_t *scope, const path_t *path);
// Code of the organisation at which that node stands, or NULL. Belongs to the scope until it changes.
const char *scope_org_at(const scope_t *scope, const path_t *path);
// Label of the child that leads to the node serving the organisation; PEER_SELF: none does.
uint32_t scope_child_for(scope_t *scope, slice_t org);
// Is the organisation in the subtree of this child's organisation, or served by a node under this child?
in_scope_t scope_in_child(const scope_t *scope, uint32_t child, slice_t org);
// Is the organisation this node's own, or below it?
in_scope_t scope_in_self(const scope_t *scope, slice_t org);
// Is `org` the organisation `above` or below it?
in_scope_t scope_is_below(const scope_t *scope, slice_t org, slice_t above);
// Is this label taken by a child of this node?
bool scope_has_child(const scope_t *scope, uint32_t label);
// Code of the organisation at which that child stands, or NULL. Belongs to the scope until it changes.
const char *scope_child_org(const scope_t *scope, uint32_t label);
// Has this child, or a node below it, been revoked?
bool scope_has_ended_below(const scope_t *scope, uint32_t label);
// Has anything changed, since this was asked last or ever, by which a former node's organisation may have
// left this part of the tree (store_let_go)? True at first.
bool scope_take_parted(scope_t *scope);
// Is there a former node, and has such a change come? It stays until it is taken.
bool scope_has_parted(const scope_t *scope);
// Hands out the labels of this node's children one by one; *state begins at 0. PEER_SELF at the end.
uint32_t scope_next_child(const scope_t *scope, size_t *state);
// Rank of that child's level; -1 when it is not known.
int scope_child_rank(scope_t *scope, uint32_t label);

// Takes the next organisation whose serving child has changed since it was asked last, or had in between;
// *state begins at 0. False when there is none left. The records about it have to change lanes; the scope
// itself must not change before the end.
bool scope_moved(scope_t *scope, size_t *state, slice_t *ret_org);
