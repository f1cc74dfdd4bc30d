// SPDX-License-Identifier: Apache-2.0
#include "common/print/iom.h"
#include "common/base/i18n.h"
#include "common/base/vec.h"
#include "common/forms/routed.h"
#include "common/print/iom_private.h"
#include "common/schema/body.h"
#include "proto/record.pb-c.h"
#include <stdlib.h>

iom_t *iom_new(void)
{
    return xcalloc(1, sizeof(iom_t));
}

void iom_destroy(iom_t **iom_p)
{
    iom_t *iom = *iom_p;
    if (iom == NULL) return;
    for (size_t i = 0; i < iom->n; i++) arena_destroy(&iom->items[i].arena);
    free(iom->items);
    free(iom);
    *iom_p = NULL;
}

// What is required is there: the paper relies on it.
static bool is_whole(const kind_rule_t *kind, const body_t *body)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_REQUIRED) != 0 && !body_has(kind, body, i)) return false;
    return true;
}

void iom_take(iom_t *iom, slice_t wire)
{
    iom_item_t item = {.arena = arena_new(2 * wire.size)};
    const Selenga__Record *r =
        iom->n < IOM_RECORDS ? selenga__record__unpack(arena_allocator(item.arena), wire.size, wire.data)
                             : NULL;
    const kind_rule_t *kind = r != NULL ? kind_by_number(r->kind) : NULL;
    body_t *body;
    if (kind == NULL || r->deleted || r->id.len != sizeof item.id.b ||
        body_unpack(kind, slice(r->body.data, r->body.len), item.arena, &body, NULL) != 0 ||
        !is_whole(kind, body)) {
        arena_destroy(&item.arena);
        return;
    }
    memcpy(item.id.b, r->id.data, sizeof item.id.b);
    item.kind = r->kind;
    item.body = body;
    *vec_add(iom->items, iom->n, iom->room) = item;
}

const body_t *iom_find(const iom_t *iom, const kind_rule_t *kind, const char *ref)
{
    rid_t id;
    if (ref == NULL || !ref_id(kind, slice_text(ref), &id)) return NULL;
    for (size_t i = 0; i < iom->n; i++)
        if (iom->items[i].kind == kind->number && rid_equal(&iom->items[i].id, &id))
            return iom->items[i].body;
    return NULL;
}

// --- gathering

typedef struct gathering {
    iom_t *iom;
    iom_source_t *source;
    void *context;
    rid_t ids[IOM_RECORDS];
    size_t n_ids;
    bool file; // the records leave the node
} gathering_t;

static int ask_ids(gathering_t *g, const kind_rule_t *kind)
{
    Selenga__List request = SELENGA__LIST__INIT;
    ProtobufCBinaryData ids[IOM_RECORDS];
    size_t n = g->n_ids;
    g->n_ids = 0;
    if (n == 0) return 0;
    for (size_t i = 0; i < n; i++) ids[i] = (ProtobufCBinaryData){sizeof g->ids[i].b, g->ids[i].b};
    request.has_kind = 1;
    request.kind = kind->number;
    request.ids = ids;
    request.n_ids = n;
    request.has_export = request.export = g->file;
    return g->source(g->context, &request, g->iom);
}

static void want(gathering_t *g, const kind_rule_t *kind, const char *ref)
{
    rid_t *id = &g->ids[g->n_ids];
    if (ref == NULL || g->n_ids + 1 == IOM_RECORDS || !ref_id(kind, slice_text(ref), id)) return;
    for (size_t i = 0; i < g->n_ids; i++)
        if (rid_equal(&g->ids[i], id)) return;
    g->n_ids++;
}

static int ask_where(gathering_t *g, const kind_rule_t *kind, const char *field, const char *value)
{
    Selenga__List request = SELENGA__LIST__INIT;
    Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
    match.field = (char *)(uintptr_t)field;
    match.value = (char *)(uintptr_t)value;
    request.has_kind = 1;
    request.kind = kind->number;
    request.where = where;
    request.n_where = 1;
    return g->source(g->context, &request, g->iom);
}

static int by_place(const void *a, const void *b)
{
    const Selenga__Activity *one = *(Selenga__Activity *const *)a, *other = *(Selenga__Activity *const *)b;
    int64_t left = routed_place(one), right = routed_place(other);
    if (left != right) return left < right ? -1 : 1;
    return strcmp(one->code, other->code);
}

static int by_competency(const void *a, const void *b)
{
    const Selenga__Deficit *one = *(Selenga__Deficit *const *)a, *other = *(Selenga__Deficit *const *)b;
    int order = strcmp(one->competency, other->competency);
    return order != 0 ? order : strcmp(one->campaign, other->campaign);
}

// The steps and the needs, in their order.
static void sort_out(iom_t *iom)
{
    for (size_t i = 0; i < iom->n; i++) {
        const body_t *body = iom->items[i].body;
        if (iom->items[i].kind == N_ACTIVITY && iom->n_steps < IOM_STEPS)
            iom->steps[iom->n_steps++] = (const Selenga__Activity *)body;
        if (iom->items[i].kind == N_DEFICIT && iom->n_needs < IOM_STEPS)
            iom->needs[iom->n_needs++] = (const Selenga__Deficit *)body;
        if (iom->items[i].kind == N_ROUTE) iom->route = (const Selenga__Route *)body;
    }
    if (iom->n_steps > 0) qsort(iom->steps, iom->n_steps, sizeof *iom->steps, by_place);
    if (iom->n_needs > 0) qsort(iom->needs, iom->n_needs, sizeof *iom->needs, by_competency);
}

static void want_competencies(gathering_t *g)
{
    for (size_t i = 0; i < g->iom->n_steps; i++) want(g, &KIND_COMPETENCY, g->iom->steps[i]->competency);
    for (size_t i = 0; i < g->iom->n_needs; i++) want(g, &KIND_COMPETENCY, g->iom->needs[i]->competency);
}

// The school, and the district above it.
static int ask_orgs(gathering_t *g, const char *person)
{
    char org[CODE_MAX + 1];
    snprintf(org, sizeof org, "%.*s", (int)strcspn(person, ":"), person);
    want(g, &KIND_ORGANISATION, org);
    int r = ask_ids(g, &KIND_ORGANISATION);
    const Selenga__Organisation *school =
        (const Selenga__Organisation *)iom_find(g->iom, &KIND_ORGANISATION, org);
    if (r == 0 && school != NULL) want(g, &KIND_ORGANISATION, school->parent);
    return r == 0 ? ask_ids(g, &KIND_ORGANISATION) : r;
}

static int gather(gathering_t *g, const Selenga__Route *route)
{
    int r = ask_where(g, &KIND_ACTIVITY, "route", route->code);
    if (r == 0) r = ask_where(g, &KIND_DEFICIT, "person", route->person);
    if (r != 0) return r;
    sort_out(g->iom);
    want(g, &KIND_IDENTITY, route->person);
    want(g, &KIND_IDENTITY, route->tutor);
    if ((r = ask_ids(g, &KIND_IDENTITY)) != 0) return r;
    want(g, &KIND_EMPLOYMENT, route->person);
    if ((r = ask_ids(g, &KIND_EMPLOYMENT)) != 0) return r;
    if ((r = ask_orgs(g, route->person)) != 0) return r;
    want_competencies(g);
    return ask_ids(g, &KIND_COMPETENCY);
}

int iom_gather(iom_t *iom, const rid_t *route, iom_source_t *source, void *context)
{
    AUTO(xfree) gathering_t *g = xcalloc(1, sizeof *g);
    *g = (gathering_t){.iom = iom, .source = source, .context = context};
    g->ids[g->n_ids++] = *route;
    g->file = true; // that it leaves the node is noted once
    int r = ask_ids(g, &KIND_ROUTE);
    g->file = false;
    if (r != 0) return r;
    sort_out(iom);
    return iom->route != NULL ? gather(g, iom->route) : IOM_NONE;
}
