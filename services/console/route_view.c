// SPDX-License-Identifier: Apache-2.0
#include "services/console/route_view.h"
#include "common/forms/refs.h"
#include "common/forms/routed.h"
#include "proto/message.h"
#include <stdlib.h>

void route_view_free(route_view_t *view)
{
    holding_free(&view->routes);
    holding_free(&view->all_steps);
    holding_free(&view->needs);
    holding_free(&view->competencies);
    holding_free(&view->reviews);
    people_destroy(&view->people);
}

static bool find_route(page_t *page, route_view_t *view)
{
    why_t why;
    rid_t id;
    const char *ref = page->request->segments[1];
    if (refs_record(&KIND_ROUTE, ref, page->lang, &id, &why) != 0) {
        page_refuse(page, 404, _("There is no such record"), why.text);
        return false;
    }
    if (!holding_ids(page, &view->routes, &KIND_ROUTE, &id, 1)) return false;
    if (view->routes.n == 0) {
        page_refuse(page, 404, _("There is no such record"), _("It is not here, or was deleted."));
        return false;
    }
    view->route = &view->routes.items[0];
    view->body = (const Selenga__Route *)view->route->body;
    return true;
}

static int by_place(const void *a, const void *b)
{
    const held_t *one = *(const held_t *const *)a, *other = *(const held_t *const *)b;
    int64_t left = routed_place((const Selenga__Activity *)one->body);
    int64_t right = routed_place((const Selenga__Activity *)other->body);
    if (left != right) return (left > right) - (left < right);
    return memcmp(one->id.b, other->id.b, sizeof one->id.b);
}

static void order_steps(route_view_t *view)
{
    for (size_t i = 0; i < view->all_steps.n && view->n_steps < ROUTE_STEPS; i++)
        view->steps[view->n_steps++] = &view->all_steps.items[i];
    if (view->n_steps > 0) qsort(view->steps, view->n_steps, sizeof *view->steps, by_place);
}

bool route_view_read_steps(page_t *page, route_view_t *view)
{
    holding_free(&view->all_steps);
    view->n_steps = 0;
    if (!holding_list(page, &view->all_steps, &KIND_ACTIVITY, "", "route", view->body->code)) return false;
    order_steps(view);
    return true;
}

static size_t want_competency(rid_t *ids, size_t n, const char *ref)
{
    if (ref == NULL || n == 2 * ROUTE_STEPS || !ref_id(&KIND_COMPETENCY, slice_text(ref), &ids[n])) return n;
    for (size_t i = 0; i < n; i++)
        if (rid_equal(&ids[i], &ids[n])) return n;
    return n + 1;
}

static bool read_competencies(page_t *page, route_view_t *view)
{
    rid_t ids[2 * ROUTE_STEPS + 1];
    size_t n = 0;
    for (size_t i = 0; i < view->n_steps; i++)
        n = want_competency(ids, n, route_view_step(view, i)->competency);
    for (size_t i = 0; i < view->needs.n; i++)
        n = want_competency(ids, n, ((const Selenga__Deficit *)view->needs.items[i].body)->competency);
    return holding_ids(page, &view->competencies, &KIND_COMPETENCY, ids, n);
}

static bool ask_reviewed(page_t *page, route_view_t *view)
{
    Selenga__Reviews request = SELENGA__REVIEWS__INIT;
    ProtobufCBinaryData id = {sizeof view->route->id.b, (uint8_t *)(uintptr_t)view->route->id.b};
    if (!entry_may(page, &KIND_REVIEW, ACCESS_READ)) return true;
    request.ids = &id;
    request.n_ids = 1;
    if (!page_ask(page, SERVICE_ROUTING, MSG_REVIEWS, &request, MSG_REVIEWS_REPLY,
                  &selenga__reviews_reply__descriptor, &view->reviewed))
        return false;
    if (view->reviewed->n_states != 1 || view->reviewed->n_awaits != 1) view->reviewed = NULL;
    return true;
}

static bool read_reviews(page_t *page, route_view_t *view)
{
    char of[REF_MAX + 64];
    snprintf(of, sizeof of, "route:%s", view->body->code);
    return ask_reviewed(page, view) && holding_list(page, &view->reviews, &KIND_REVIEW, "", "of", of);
}

bool route_view_read(page_t *page, route_view_t *view)
{
    *view = (route_view_t){.people = people_new()};
    if (!find_route(page, view)) return false;
    const Selenga__Route *r = view->body;
    if (!route_view_read_steps(page, view)) return false;
    if (!holding_list(page, &view->needs, &KIND_DEFICIT, "", "person", r->person)) return false;
    if (!read_competencies(page, view) || !read_reviews(page, view)) return false;
    people_want(view->people, r->person);
    people_want(view->people, r->tutor);
    return people_read(page, view->people);
}

const Selenga__Activity *route_view_step(const route_view_t *view, size_t i)
{
    return (const Selenga__Activity *)view->steps[i]->body;
}

bool route_view_serves(const Selenga__Activity *step, const char *competency)
{
    char need[REF_MAX + 8];
    if (step->competency != NULL && strcmp(step->competency, competency) == 0) return true;
    int n = snprintf(need, sizeof need, "NEED:%s:", competency);
    return step->reason != NULL && n > 0 && n < (int)sizeof need && strstr(step->reason, need) != NULL;
}

const char *route_view_competency(const route_view_t *view, const char *ref, lang_t lang, char *buf)
{
    char title[VIEW_TEXT];
    const held_t *held = holding_key(&view->competencies, ref);
    if (held == NULL) return ref != NULL ? ref : "";
    const Selenga__Competency *c = (const Selenga__Competency *)held->body;
    snprintf(buf, VIEW_TEXT, "%s %s", c->code, held_title(&KIND_COMPETENCY, held->body, lang, title));
    return buf;
}

bool route_view_may_write(const page_t *page, const route_view_t *view)
{
    return view->route->ours && entry_may(page, &KIND_ACTIVITY, ACCESS_WRITE) &&
           entry_may(page, &KIND_ROUTE, ACCESS_WRITE);
}

void route_view_address(html_t *html, const char *code)
{
    html_raw(html, "/routes/");
    html_segment(html, code);
}

void route_view_go(page_t *page, const route_view_t *view, const char *rest)
{
    html_t html = {0};
    size_t size;
    route_view_address(&html, view->body->code);
    AUTO(xfree) char *address = html_take(&html, &size);
    page_go(page, "%.*s%s", (int)size, address, rest);
}

void route_view_name(page_t *page, const Selenga__Activity *step)
{
    char text[VIEW_TEXT];
    html_text(&page->body, step->code);
    html_raw(&page->body, ". ");
    html_text(&page->body, reason_text_in(step->title, page->lang, text));
}
