// SPDX-License-Identifier: Apache-2.0
// Who should hold a record, told from the tree alone.
#include "proto/message.h"
#include "tests/sim/check.h"

static int node_of_path(const world_t *w, const path_t *path)
{
    for (int i = 0; i < w->n_nodes; i++)
        if (path_equal(&w->nodes[i].path, path)) return i;
    return -1;
}

static int node_serving(const world_t *w, slice_t code)
{
    for (int i = 0; i < w->n_orgs; i++) {
        if (!slice_equal(slice_text(w->orgs[i].code), code)) continue;
        for (int o = i, depth = 0; o >= 0 && depth < ORGS_MAX; o = w->orgs[o].parent, depth++)
            if (w->orgs[o].node >= 0) return w->orgs[o].node;
    }
    return -1;
}

static bool goes_up(const world_t *w, const record_t *r, int home, int node)
{
    if (node == home || !tree_is_above(w, node, home)) return false;
    for (int at = w->nodes[home].parent;; at = w->nodes[at].parent) {
        if (r->up <= w->nodes[at].rank) return false;
        if (at == node) return true;
    }
}

static bool goes_down(const world_t *w, const record_t *r, int home, int node)
{
    if (node == home || !tree_is_above(w, home, node)) return false;
    if (r->down == DOWN_ALL) return true;
    if (r->down != DOWN_SERVING) return false;
    int serving = node_serving(w, r->org);
    return serving >= 0 && tree_is_above(w, node, serving);
}

static bool goes_to(const world_t *w, const record_t *r, int home, int node)
{
    int to = node_of_path(w, &r->to);
    if (r->down != DOWN_TO || to < 0) return false;
    for (int at = home; at != to;) {
        at = tree_next(w, at, to);
        if (at == node) return true;
    }
    return false;
}

bool reads(const unit_t *u, uint32_t kind)
{
    for (size_t i = 0; i < u->n_wants; i++)
        if (u->wants[i] == kind) return true;
    return false;
}

bool same_service(const unit_t *u, uint32_t kind, const unit_t *home)
{
    return kind < 100 ? u->service == home->service : kind / 100 == u->service;
}

bool reaches(world_t *w, const record_t *r, const unit_t *home, const unit_t *u)
{
    if (!same_service(u, r->kind, home)) {
        const unit_t *reader = unit_at(w, u->node, r->kind / 100);
        return r->kind >= 100 && reader != NULL && reads(u, r->kind) && reaches(w, r, home, reader);
    }
    if (home->service == SERVICE_SECOND) return u == home;
    int h = home->node, n = u->node;
    return n == h || goes_up(w, r, h, n) || goes_down(w, r, h, n) || goes_to(w, r, h, n);
}

// Does the unit let it in, coming from the home's side?
static bool refuses(world_t *w, const record_t *r, const unit_t *home, const unit_t *u)
{
    const ledger_record_t *lr = ledger_find(w->ledger, &r->id);
    const ledger_version_t *v = lr != NULL ? ledger_version(lr, &r->version) : NULL;
    if (u == home) return false;
    if (work_is_bad(u, r)) return true;
    return v != NULL && v->bad && same_service(u, r->kind, home); // a service of the node trusts the other
}

// The unit that it comes to `u` from.
unit_t *source(world_t *w, const record_t *r, const unit_t *home, const unit_t *u)
{
    if (!same_service(u, r->kind, home)) return unit_at(w, u->node, r->kind / 100);
    return unit_at(w, tree_next(w, u->node, home->node), u->service);
}

bool arrives(world_t *w, const record_t *r, const unit_t *home, unit_t *u)
{
    for (; u != home; u = source(w, r, home, u))
        if (refuses(w, r, home, u)) return false;
    return true;
}
