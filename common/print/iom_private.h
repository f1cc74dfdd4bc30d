// SPDX-License-Identifier: Apache-2.0
// What was gathered for a printed route, for who writes it.
#pragma once
#include "common/base/arena.h"
#include "common/print/iom.h"
#include "common/schema/body.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/registry.pb-c.h"
#include "proto/routing.pb-c.h"

enum { IOM_RECORDS = 500, IOM_STEPS = 200 };

typedef struct iom_item {
    uint32_t kind;
    rid_t id;
    const body_t *body;
    arena_t *arena; // of the body
} iom_item_t;

struct iom {
    iom_item_t *items;
    size_t n, room;
    const Selenga__Route *route;
    const Selenga__Activity *steps[IOM_STEPS];
    const Selenga__Deficit *needs[IOM_STEPS];
    size_t n_steps, n_needs;
};

// Of the kind, by its natural key; NULL: it was not gathered.
const body_t *iom_find(const iom_t *iom, const kind_rule_t *kind, const char *ref);
