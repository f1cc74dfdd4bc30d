// SPDX-License-Identifier: Apache-2.0
#include "common/sync/succession.h"
#include "common/node/msg.h"
#include "common/store/topology.h"
#include "proto/kinds.h"
#include "proto/registry.pb-c.h"
#include <string.h>

// Of a node that was revoked, or whose hub was, the record is kept where no other stands; it keeps nobody
// out.
static bool has_ended(const store_place_t *place, const record_t *node)
{
    if (node->deleted || scope_has_ended(place->scope, &node->home)) return true;
    AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, node->body);
    return m != NULL && m->state != NULL && strcmp(m->state, "revoked") == 0;
}

// An organisation has one node, whichever hub let it in.
static claim_t of_nodes(const store_place_t *place, const record_t *held, const record_t *newcomer)
{
    if (has_ended(place, newcomer)) return CLAIM_PAST;
    return has_ended(place, held) ? CLAIM_SUCCEEDS : CLAIM_NONE;
}

// No node stands there any more, below a hub that we know.
static bool stands_empty(const store_place_t *place, const path_t *home)
{
    path_t above = path_parent(home);
    return path_is_prefix(&place->path, &above) && !scope_has_node(place->scope, home) &&
           scope_has_node(place->scope, &above);
}

// Does the one serve the organisation in the place of the other?
static bool succeeds(const store_place_t *place, const record_t *now, const record_t *before)
{
    const path_t *serves = scope_serving(place->scope, now->org);
    return serves != NULL && path_equal(serves, &now->home) && stands_empty(place, &before->home);
}

claim_t succession(const store_place_t *place, const record_t *held, const record_t *newcomer)
{
    if (held->kind != newcomer->kind || held->kind < SYSTEM_KINDS || place->scope == NULL) return CLAIM_NONE;
    if (path_equal(&held->home, &place->path) || !slice_equal(held->org, newcomer->org)) return CLAIM_NONE;
    if (held->kind == N_NODE) return of_nodes(place, held, newcomer);
    if (succeeds(place, newcomer, held)) return CLAIM_SUCCEEDS;
    return succeeds(place, held, newcomer) ? CLAIM_PAST : CLAIM_NONE;
}
