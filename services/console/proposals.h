// SPDX-License-Identifier: Apache-2.0
// What a review proposes for single steps of a route. Its remarks say it in words that people read, one piece
// for each, parted by "; ": CODE. LABEL → VALUE. So whoever has no console reads it too.
#pragma once
#include "services/console/route_view.h"

enum { PROPOSAL_VALUE = 1024 };

extern const char *const PROPOSABLE[]; // fields of a step
enum { PROPOSABLE_N = 4 };

typedef struct proposal {
    const Selenga__Activity *step;
    size_t field; // of KIND_ACTIVITY
    char value[PROPOSAL_VALUE];
} proposal_t;

// The next piece of the remarks that proposes something of a step that the route has. False: there is none.
bool proposal_next(const route_view_t *view, const char **remarks, proposal_t *ret);
// Does the step say so by now?
bool proposal_is_met(const proposal_t *proposal);
// Adds a piece behind those in buf; false: it does not fit into size bytes.
bool proposal_add(char *buf, size_t size, const Selenga__Activity *step, size_t field, const char *value);
// A table of them: what the organisation has, what is proposed, whether it was taken over. Nothing where the
// remarks propose nothing.
void proposals_write(page_t *page, const route_view_t *view, const char *remarks);
