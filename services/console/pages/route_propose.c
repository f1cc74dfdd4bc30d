// SPDX-License-Identifier: Apache-2.0
// Who has needs and what of it: routes are proposed for those who are ticked, as the command line proposes
// them. What comes is a draft.
#include "common/schema/fault.h"
#include "proto/message.h"
#include "services/console/inputs.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/route_view.h"
#include "services/console/saving.h"
#include <stdlib.h>

enum { PEOPLE_SHOWN = 200, AT_ONCE = 40 };

typedef struct needy {
    const char *person;
    unsigned high, medium, low;
    const Selenga__Route *open; // a route that is on its way
    const asked_t *asked;       // what was proposed for him
} needy_t;

typedef struct needs {
    holding_t deficits, routes;
    people_t *people;
    needy_t *items;
    size_t n, room;
} needs_t;

static void needs_free(needs_t *needs)
{
    holding_free(&needs->deficits);
    holding_free(&needs->routes);
    people_destroy(&needs->people);
    free(needs->items);
}

static needy_t *needy_of(needs_t *needs, const char *person)
{
    for (size_t i = 0; i < needs->n; i++)
        if (strcmp(needs->items[i].person, person) == 0) return &needs->items[i];
    if (needs->n == PEOPLE_MOST) return NULL;
    needs->items[needs->n] = (needy_t){.person = person};
    people_want(needs->people, person);
    return &needs->items[needs->n++];
}

static void count(needs_t *needs)
{
    needs->items = xcalloc(PEOPLE_MOST, sizeof *needs->items);
    for (size_t i = 0; i < needs->deficits.n; i++) {
        const Selenga__Deficit *d = (const Selenga__Deficit *)needs->deficits.items[i].body;
        bool over = strcmp(d->state, "closed") == 0 || strcmp(d->state, "obsolete") == 0;
        needy_t *one = over ? NULL : needy_of(needs, d->person);
        if (one == NULL) continue;
        one->high += strcmp(d->band, "high") == 0;
        one->medium += strcmp(d->band, "medium") == 0;
        one->low += strcmp(d->band, "low") == 0;
    }
    for (size_t i = 0; i < needs->routes.n; i++) {
        const Selenga__Route *r = (const Selenga__Route *)needs->routes.items[i].body;
        for (size_t k = 0; k < needs->n; k++)
            if (strcmp(needs->items[k].person, r->person) == 0 && strcmp(r->state, "closed") != 0 &&
                strcmp(r->state, "withdrawn") != 0)
                needs->items[k].open = r;
    }
}

// Most urgent first.
static int by_need(const void *a, const void *b)
{
    const needy_t *one = a, *other = b;
    if ((one->open != NULL) != (other->open != NULL)) return one->open != NULL ? 1 : -1;
    if (one->high != other->high) return one->high > other->high ? -1 : 1;
    if (one->medium != other->medium) return one->medium > other->medium ? -1 : 1;
    return strcmp(one->person, other->person);
}

static bool read_needs(page_t *page, needs_t *needs)
{
    needs->people = people_new();
    if (!holding_list(page, &needs->deficits, &KIND_DEFICIT, "", NULL, NULL)) return false;
    if (!holding_list(page, &needs->routes, &KIND_ROUTE, "", NULL, NULL)) return false;
    count(needs);
    if (needs->n > 0) qsort(needs->items, needs->n, sizeof *needs->items, by_need);
    return people_read(page, needs->people);
}

// --- showing

static void write_outcome(page_t *page, const needy_t *one)
{
    html_t *html = &page->body;
    char text[CLIENT_WHY_TEXT];
    if (one->asked == NULL) return;
    if (one->asked->status == CLIENT_DONE) {
        html_raw(html, "<span class=\"pill ok\">");
        html_text(html, _("proposed"));
    } else {
        html_raw(html, "<span class=\"pill bad\">");
        html_text(html, _("refused"));
        html_raw(html, "</span> <span class=\"error\">");
        client_why_text(&one->asked->why, ".", page->lang, text, sizeof text);
        html_text(html, text);
    }
    html_raw(html, "</span>");
}

static bool is_ticked(const page_t *page, const char *person)
{
    const form_t *form = &page->request->form;
    for (size_t i = 0; i < form->n; i++)
        if (strcmp(form->pairs[i].name, "person") == 0 && strcmp(form->pairs[i].value, person) == 0)
            return true;
    return false;
}

static void write_person(page_t *page, const needs_t *needs, const needy_t *one)
{
    html_t *html = &page->body;
    char name[VIEW_TEXT];
    html_raw(html, "<tr><td><label><input type=\"checkbox\" name=\"person\"");
    html_attribute(html, "value", one->person);
    if (is_ticked(page, one->person) && one->asked != NULL && one->asked->status != CLIENT_DONE)
        html_raw(html, " checked");
    html_raw(html, "> ");
    html_text(html, people_name(needs->people, one->person, name));
    html_raw(html, "</label></td><td class=\"number\">");
    html_number(html, one->high);
    html_raw(html, "</td><td class=\"number\">");
    html_number(html, one->medium);
    html_raw(html, "</td><td class=\"number\">");
    html_number(html, one->low);
    html_raw(html, "</td><td>");
    if (one->open != NULL) {
        html_raw(html, "<a href=\"");
        route_view_address(html, one->open->code);
        html_raw(html, "\">");
        html_text(html, one->open->code);
        html_raw(html, "</a>");
    }
    html_raw(html, "</td><td>");
    write_outcome(page, one);
    html_raw(html, "</td></tr>");
}

static void write_needs(page_t *page, const needs_t *needs)
{
    const char *const heads[] = {_("Person"), _("high"), _("medium"), _("low"), _("Route"), _("Outcome")};
    html_t *html = &page->body;
    page_title(page, "%s", _("Propose routes by results"));
    html_raw(html, "<p><a href=\"/routes\">← ");
    html_text(html, _("Routes"));
    html_raw(html, "</a></p>");
    if (needs->n == 0) {
        html_element(html, "p",
                     _("Nobody here has an open need. Needs follow from the results of a diagnostic, "
                       "and stay at the organisation where they were found."));
        return;
    }
    html_element(html, "p",
                 _("Tick who shall have a route. What comes is a draft with a reason for each step; it "
                   "comes into force when a person agrees."));
    html_raw(html, "<form class=\"record\" method=\"post\">");
    page_token(page, html);
    inputs_line(html, "campaign", _("Only by this campaign"), form_text(&page->request->form, "campaign"),
                NULL);
    part_table_of(html, ARRAY_SIZE(heads), heads, 7u << 1);
    for (size_t i = 0; i < needs->n && i < PEOPLE_SHOWN; i++) write_person(page, needs, &needs->items[i]);
    html_raw(html, "</tbody></table></div><p class=\"actions\"><button class=\"main\">");
    html_text(html, _("Propose"));
    html_raw(html, "</button></p></form>");
}

// --- proposing

static void propose(page_t *page, needy_t *one)
{
    Selenga__Propose request = SELENGA__PROPOSE__INIT;
    const char *campaign = form_text(&page->request->form, "campaign");
    const client_request_t ask = {.service = SERVICE_ROUTING,
                                  .type = MSG_ROUTE_PROPOSE,
                                  .body = &request,
                                  .reply = MSG_RECORDS,
                                  .descriptor = &selenga__records__descriptor,
                                  .timeout_ms = PAGE_ASK_MS,
                                  .account = page->session->account.name};
    request.person = (char *)(uintptr_t)one->person;
    request.campaign = *campaign != '\0' ? (char *)(uintptr_t)campaign : NULL;
    (void)page_try(page, &ask, &one->asked);
}

// True: all answers are there.
static bool propose_all(page_t *page, needs_t *needs, size_t *ret_done, size_t *ret_asked)
{
    *ret_done = *ret_asked = 0;
    for (size_t i = 0; i < needs->n && *ret_asked < AT_ONCE; i++) {
        if (!is_ticked(page, needs->items[i].person)) continue;
        (*ret_asked)++;
        propose(page, &needs->items[i]);
    }
    if (page->waiting) return false;
    for (size_t i = 0; i < needs->n; i++)
        *ret_done += needs->items[i].asked != NULL && needs->items[i].asked->status == CLIENT_DONE;
    return true;
}

void page_route_propose(page_t *page)
{
    AUTO(needs_free) needs_t needs = {0};
    size_t done, asked;
    if (!saving_may(page, &KIND_ROUTE, ACCESS_WRITE) || !read_needs(page, &needs)) return;
    if (page->request->post) {
        if (!propose_all(page, &needs, &done, &asked)) return;
        if (asked == done && asked > 0) {
            page_go(page, "/routes?proposed=%zu", done);
            return;
        }
        page->status = asked > 0 ? 422 : 400;
        html_raw(&page->body, "<p class=\"note bad\" role=\"alert\">");
        if (asked == 0)
            html_text(&page->body, _("Nobody is ticked."));
        else
            html_textf(&page->body, _("Proposed: %zu. Refused: %zu; the reason stands beside each."), done,
                       asked - done);
        html_raw(&page->body, "</p>");
    }
    write_needs(page, &needs);
}
