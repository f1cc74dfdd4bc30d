// SPDX-License-Identifier: Apache-2.0
// Random trees: a region, hubs, schools; sometimes a federation above, a school without a hub, a branch of a
// school.
#include "proto/message.h"
#include "tests/sim/sim.h"
#include <sodium.h>
#include <stdio.h>

enum { SCHOOL, MUNICIPALITY, REGION, FEDERATION };

static int add_node(world_t *w, int parent, uint8_t rank)
{
    if (w->n_nodes == NODES_MAX) return -1;
    int i = w->n_nodes++;
    node_t *node = &w->nodes[i];
    *node = (node_t){.parent = parent, .rank = rank, .org = w->n_orgs};
    path_t root = {0};
    path_child(parent < 0 ? &root : &w->nodes[parent].path, 0x1000 + (uint32_t)i * 0x01010101, &node->path);
    org_t *org = &w->orgs[w->n_orgs++];
    *org = (org_t){.node = i, .parent = parent < 0 ? -1 : w->nodes[parent].org};
    snprintf(org->code, sizeof org->code, "o%d", i);
    return i;
}

static void add_orgs(world_t *w) // without a node of their own
{
    for (unsigned n = 1 + below(w, 4); n > 0 && w->n_orgs < ORGS_MAX; n--) {
        org_t *org = &w->orgs[w->n_orgs];
        *org = (org_t){.node = -1, .parent = (int)below(w, (unsigned)w->n_orgs)};
        snprintf(org->code, sizeof org->code, "x%d", w->n_orgs++);
    }
}

static void add_nodes(world_t *w)
{
    int root = -1;
    if (chance(w, 15)) root = add_node(w, -1, FEDERATION);
    int region = add_node(w, root, REGION);
    int hubs = chance(w, 40) ? 1 : 2;
    for (int h = 0; h < hubs; h++) {
        int hub = add_node(w, region, MUNICIPALITY);
        for (unsigned n = 1 + below(w, hubs == 1 ? 2 : 3); n > 0; n--) add_node(w, hub, SCHOOL);
    }
    if (chance(w, 15)) add_node(w, region, SCHOOL);
    if (chance(w, 10)) add_node(w, w->n_nodes - 1, SCHOOL);
}

static void add_unit(world_t *w, int node, uint32_t service)
{
    unit_t *u = &w->units[w->n_units];
    const node_t *n = &w->nodes[node];
    *u = (unit_t){.world = w, .index = w->n_units++, .node = node, .service = service, .sends_left = -1};
    u->kv = kv_mem_new();
    u->window = chance(w, 60) ? 100 + below(w, 2000) : 0;
    u->picky = chance(w, 15);
    u->place = (store_place_t){.path = n->path,
                               .service = service,
                               .rank = n->rank,
                               .has_parent = n->parent >= 0,
                               .parent_rank = n->parent >= 0 ? w->nodes[n->parent].rank : 0};
    uint64_t key[] = {w->plan.seed, (uint64_t)node};
    crypto_generichash(u->place.seal_key, SEAL_KEY, (const uint8_t *)key, sizeof key, NULL, 0);
}

static void add_edge(world_t *w, int a, int b, uint32_t b_of_a, uint32_t a_of_b, bool local)
{
    w->edges[w->n_edges++] = (edge_t){.a = a, .b = b, .b_of_a = b_of_a, .a_of_b = a_of_b, .local = local};
}

// A second service that reads some kinds of the first, and is read by it in some seeds.
static void add_second(world_t *w)
{
    static const uint32_t kinds[] = {104, 116, 107, 108, KIND_UNKNOWN};
    int node = (int)below(w, (unsigned)w->n_nodes), first = node;
    add_unit(w, node, SERVICE_SECOND);
    unit_t *u = &w->units[w->n_units - 1];
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (chance(w, 60)) u->wants[u->n_wants++] = kinds[i];
    if (u->n_wants == 0) u->wants[u->n_wants++] = 104;
    if (chance(w, 50)) w->units[first].wants[w->units[first].n_wants++] = 203;
    add_edge(w, first, u->index, SERVICE_SECOND, SERVICE_MAIN, true);
}

void tree_make(world_t *w)
{
    add_nodes(w);
    add_orgs(w);
    for (int i = 0; i < w->n_nodes; i++) add_unit(w, i, SERVICE_MAIN);
    for (int i = 0; i < w->n_nodes; i++)
        if (w->nodes[i].parent >= 0)
            add_edge(w, w->nodes[i].parent, i, path_own_label(&w->nodes[i].path), PEER_PARENT, false);
    if (chance(w, 35)) add_second(w);
}

bool tree_is_above(const world_t *w, int above, int node)
{
    for (; node >= 0; node = w->nodes[node].parent)
        if (node == above) return true;
    return false;
}

int tree_child_towards(const world_t *w, int node, int deep)
{
    while (deep >= 0 && w->nodes[deep].parent != node) deep = w->nodes[deep].parent;
    return deep;
}

int tree_next(const world_t *w, int from, int to)
{
    return tree_is_above(w, from, to) ? tree_child_towards(w, from, to) : w->nodes[from].parent;
}

unit_t *unit_at(world_t *w, int node, uint32_t service)
{
    for (int i = 0; i < w->n_units; i++)
        if (w->units[i].node == node && w->units[i].service == service) return &w->units[i];
    return NULL;
}
