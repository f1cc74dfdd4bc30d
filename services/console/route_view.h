// SPDX-License-Identifier: Apache-2.0
// A route with all that stands around it: its steps in order, the needs that they are for, what reviews say.
#pragma once
#include "proto/diagnostics.pb-c.h"
#include "proto/routing.pb-c.h"
#include "services/console/people.h"

enum { ROUTE_STEPS = 100 };

typedef struct route_view {
    holding_t routes, all_steps, needs, competencies, reviews;
    people_t *people;
    const held_t *route;
    const Selenga__Route *body;
    const held_t *steps[ROUTE_STEPS]; // in their order
    size_t n_steps;
    const Selenga__ReviewsReply *reviewed; // of the route alone; the page's
} route_view_t;

void route_view_free(route_view_t *view);
// The route that segment 1 of the address names. False: return at once, as with page_ask.
bool route_view_read(page_t *page, route_view_t *view);
// Its steps once more, after some were written.
bool route_view_read_steps(page_t *page, route_view_t *view);
const Selenga__Activity *route_view_step(const route_view_t *view, size_t i);
// Is it for this need? By its own field, or by the reason that routing gave it.
bool route_view_serves(const Selenga__Activity *step, const char *competency);
// "C-1 Title of the competency", or the reference. Into buf of VIEW_TEXT bytes.
const char *route_view_competency(const route_view_t *view, const char *ref, lang_t lang, char *buf);
// May the reader change it here?
bool route_view_may_write(const page_t *page, const route_view_t *view);
// /routes/CODE and `rest`, the program's own.
void route_view_go(page_t *page, const route_view_t *view, const char *rest);
void route_view_address(html_t *html, const char *code);
// A step's number and what to do, as a heading of any form.
void route_view_name(page_t *page, const Selenga__Activity *step);
