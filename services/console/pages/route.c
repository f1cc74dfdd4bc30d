// SPDX-License-Identifier: Apache-2.0
// One route: the needs and what is done about each, its steps, where it stands and where it may go next.
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/forms/reviewed.h"
#include "common/forms/routed.h"
#include "common/schema/fault.h"
#include "common/schema/states.h"
#include "proto/message.h"
#include "services/console/inputs.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/proposals.h"
#include "services/console/route_steps.h"
#include "services/console/saving.h"
#include <stdio.h>

// What a form of the page came to.
typedef struct said {
    const many_t *steps;            // refused ones; NULL: none
    const fault_t *added, *changed; // of a new step, of the route; NULL: none
} said_t;

// --- head

static size_t state_field(void)
{
    return (size_t)kind_field(&KIND_ROUTE, "state");
}

static const field_word_t *state_of(const Selenga__Route *r)
{
    return field_word(&KIND_ROUTE.fields[state_field()], slice_text(r->state));
}

static void write_term(page_t *page, const char *label, bool has, int32_t day)
{
    char text[VIEW_TEXT];
    html_element(&page->body, "dt", label);
    html_element(&page->body, "dd", has ? view_day(day, page->lang, text) : "—");
}

static void write_head(page_t *page, const route_view_t *view)
{
    html_t *html = &page->body;
    const Selenga__Route *r = view->body;
    const field_word_t *state = state_of(r);
    html_raw(html, "<p><a href=\"/routes\">← ");
    html_text(html, _("Routes"));
    html_raw(html, "</a></p><dl class=\"card\">");
    html_element(html, "dt", bilingual_text(&KIND_ROUTE.fields[kind_field(&KIND_ROUTE, "person")].label));
    html_raw(html, "<dd>");
    people_write(page, view->people, r->person);
    html_raw(html, "</dd>");
    html_element(html, "dt", _("State"));
    html_raw(html, "<dd>");
    html_text(html, state != NULL ? bilingual_text(&state->label) : r->state);
    if (routed_is_late(r, wall_day())) {
        html_raw(html, " <span class=\"pill warn\">");
        html_text(html, _("overdue"));
        html_raw(html, "</span>");
    }
    html_raw(html, "</dd>");
    html_element(html, "dt", bilingual_text(&KIND_ROUTE.fields[kind_field(&KIND_ROUTE, "tutor")].label));
    html_raw(html, "<dd>");
    if (r->tutor != NULL)
        people_write(page, view->people, r->tutor);
    else
        html_raw(html, "—");
    html_raw(html, "</dd>");
    html_element(html, "dt", bilingual_text(&KIND_ROUTE.fields[kind_field(&KIND_ROUTE, "goal")].label));
    html_element(html, "dd", r->goal != NULL ? r->goal : "—");
    write_term(page, bilingual_text(&KIND_ROUTE.fields[kind_field(&KIND_ROUTE, "from")].label), r->has_from,
               r->from);
    write_term(page, bilingual_text(&KIND_ROUTE.fields[kind_field(&KIND_ROUTE, "to")].label), r->has_to,
               r->to);
    if (r->confirmed_by != NULL) {
        html_element(html, "dt",
                     bilingual_text(&KIND_ROUTE.fields[kind_field(&KIND_ROUTE, "confirmed_by")].label));
        html_element(html, "dd", r->confirmed_by);
    }
    html_raw(html, "</dl>");
}

static void write_links(page_t *page, const route_view_t *view)
{
    html_t *html = &page->body;
    html_raw(html, "<p class=\"actions\"><a class=\"button\" href=\"");
    route_view_address(html, view->body->code);
    html_raw(html, "/iom.pdf\">");
    html_text(html, _("Printed route"));
    html_raw(html, "</a>");
    if (route_view_may_write(page, view)) {
        html_raw(html, "<a href=\"");
        entry_address(html, &KIND_ROUTE, view->body->code);
        html_raw(html, "/edit\">");
        html_text(html, _("Goal, tutor and term"));
        html_raw(html, "</a>");
    }
    if (entry_may(page, &KIND_REVIEW, ACCESS_WRITE)) {
        html_raw(html, "<a href=\"");
        route_view_address(html, view->body->code);
        html_raw(html, "/review\">");
        html_text(html, _("Review"));
        html_raw(html, "</a>");
    }
    html_raw(html, "</p>");
}

// --- needs and what is done about them

static void write_need(page_t *page, const route_view_t *view, const Selenga__Deficit *need)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    bool any = false;
    html_raw(html, "<tr><td>");
    html_text(html, route_view_competency(view, need->competency, page->lang, text));
    html_raw(html, "</td><td>");
    html_text(html, view_value(&KIND_DEFICIT, &need->base, (size_t)kind_field(&KIND_DEFICIT, "band"),
                               (view_t){VIEW_WORDS, page->lang}, text));
    html_raw(html, "</td><td class=\"number\">");
    if (need->max > 0) html_number(html, need->score * 100 / need->max);
    html_raw(html, "</td><td>");
    html_text(html, view_value(&KIND_DEFICIT, &need->base, (size_t)kind_field(&KIND_DEFICIT, "state"),
                               (view_t){VIEW_WORDS, page->lang}, text));
    html_raw(html, "</td><td>");
    for (size_t i = 0; i < view->n_steps; i++) {
        const Selenga__Activity *step = route_view_step(view, i);
        if (!route_view_serves(step, need->competency)) continue;
        html_raw(html, "<div>");
        route_view_name(page, step);
        html_raw(html, "</div>");
        any = true;
    }
    if (!any) {
        html_raw(html, "<span class=\"pill warn\">");
        html_text(html, _("no step yet"));
        html_raw(html, "</span>");
    }
    html_raw(html, "</td></tr>");
}

static void write_needs(page_t *page, const route_view_t *view)
{
    const char *const heads[] = {_("Need"), _("How strong"), _("Done, %"), _("State"), _("Steps for it")};
    html_t *html = &page->body;
    html_element(html, "h2", _("Needs and steps"));
    if (view->needs.n == 0) {
        html_element(html, "p",
                     _("No needs are known here: results of a diagnostic stay at the "
                       "organisation, and each step says its reason."));
        return;
    }
    part_table_of(html, ARRAY_SIZE(heads), heads, 1u << 2);
    for (size_t i = 0; i < view->needs.n; i++)
        write_need(page, view, (const Selenga__Deficit *)view->needs.items[i].body);
    html_raw(html, "</tbody></table></div>");
}

// --- reviews

static void write_reviews(page_t *page, const route_view_t *view)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    const char *state = view->reviewed != NULL ? view->reviewed->states[0] : "";
    if (*state == '\0' && view->reviews.n == 0) return;
    html_element(html, "h2", _("Reviews"));
    html_element(html, "p",
                 reviewed_text(state, view->reviewed != NULL ? view->reviewed->awaits[0] : 0, text));
    html_raw(html, "<ul>");
    for (size_t i = 0; i < view->reviews.n; i++) {
        const Selenga__Review *r = (const Selenga__Review *)view->reviews.items[i].body;
        html_raw(html, "<li>");
        html_textf(html, "%s, %s, %s: ", r->office, r->by, view_day(r->on, page->lang, text));
        html_element(html, "strong",
                     view_value(&KIND_REVIEW, &r->base, (size_t)kind_field(&KIND_REVIEW, "decision"),
                                (view_t){VIEW_WORDS, page->lang}, text));
        if (r->remarks != NULL) {
            html_raw(html, "<div class=\"lines\">");
            html_text(html, r->remarks);
            html_raw(html, "</div>");
            proposals_write(page, view, r->remarks);
        }
        html_raw(html, "</li>");
    }
    html_raw(html, "</ul>");
}

// --- where it may go

static bool has_word(const char *words, const char *word)
{
    return word_in(words, slice_text(word));
}

static bool is_offered(const page_t *page, const state_change_t *next)
{
    return (next->levels == 0 || (next->levels >> page->node->rank & 1U) != 0) &&
           (next->roles == 0 || (next->roles & page->session->account.role) != 0);
}

static void write_needed(page_t *page, const state_change_t *next)
{
    char full[FORM_NAME_MAX];
    for (size_t i = 0; i < KIND_ROUTE.n_fields; i++) {
        const field_rule_t *field = &KIND_ROUTE.fields[i];
        if (!has_word(next->needs, field->name) || (field->flags & F_DERIVED) != 0) continue;
        snprintf(full, sizeof full, "f.%s", field->name);
        inputs_field(&page->body, &KIND_ROUTE, field->name, "f.", form_text(&page->request->form, full));
    }
    // Who agrees says so himself (152-ФЗ, art. 16): the service writes his name and the day.
    if (!has_word(next->needs, "confirmed_by")) return;
    inputs_line(&page->body, "by", _("Who agrees"), form_text(&page->request->form, "by"), NULL);
    inputs_line(&page->body, "tutor", _("Tutor, ORG:NUMBER"), form_text(&page->request->form, "tutor"), NULL);
}

static void write_change(page_t *page, const route_view_t *view, const state_change_t *next)
{
    html_t *html = &page->body;
    const field_word_t *word = field_word(&KIND_ROUTE.fields[state_field()], slice_text(next->to));
    html_raw(html, "<form class=\"row\" method=\"post\">");
    page_token(page, html);
    part_hidden(html, "act", "state");
    part_hidden(html, "to", next->to);
    part_hidden(html, "version", view->route->version);
    write_needed(page, next);
    html_raw(html, "<button>→ ");
    html_text(html, word != NULL ? bilingual_text(&word->label) : next->to);
    html_raw(html, "</button></form>");
}

static void write_changes(page_t *page, const route_view_t *view, const fault_t *fault)
{
    html_t *html = &page->body;
    const field_word_t *state = state_of(view->body);
    if (!route_view_may_write(page, view) || state == NULL || state->n_next == 0) return;
    html_raw(html, "<h2 id=\"next\" tabindex=\"-1\">");
    html_text(html, _("Where it goes next"));
    html_raw(html, "</h2>");
    if (fault != NULL) {
        html_raw(html, "<div class=\"note bad\" role=\"alert\">");
        inputs_fault(html, &KIND_ROUTE, fault);
        html_raw(html, "</div>");
    }
    for (size_t i = 0; i < state->n_next; i++)
        if (is_offered(page, &state->next[i])) write_change(page, view, &state->next[i]);
}

static void write_route(page_t *page, const route_view_t *view, const said_t *said)
{
    html_t *html = &page->body;
    char name[VIEW_TEXT];
    page_title(page, _("Route %s: %s"), view->body->code,
               people_name(view->people, view->body->person, name));
    inputs_saved(page);
    if (said->steps != NULL && said->steps->failed > 0) {
        html_raw(html, "<p class=\"note bad\" role=\"alert\">");
        html_textf(html,
                   _("Saved: %zu. Refused: %zu; these stand below with the reason, as they were typed."),
                   said->steps->done, said->steps->failed);
        html_raw(html, "</p>");
    }
    write_head(page, view);
    write_links(page, view);
    write_needs(page, view);
    write_reviews(page, view);
    write_changes(page, view, said->changed);
    route_steps_write(page, view, said->steps);
    route_steps_write_new(page, view, said->added);
    if (!view->route->ours) html_element(html, "p", _("It is written at another node, and only shown here."));
}

// --- saving

static void save_steps(page_t *page, route_view_t *view)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(FORM_BODY_MAX);
    AUTO(many_free) many_t many = {.kind = &KIND_ACTIVITY, .arena = arena};
    if (!route_steps_save(page, view, &many)) return;
    if (many.failed == 0) {
        route_view_go(page, view, "?saved=1");
        return;
    }
    if (!route_view_read_steps(page, view)) return;
    page->status = 422;
    write_route(page, view, &(said_t){.steps = &many});
}

static void save_new(page_t *page, const route_view_t *view)
{
    fault_t fault;
    if (!route_steps_add(page, view, &fault)) return;
    if (fault.code[0] == '\0') {
        route_view_go(page, view, "?saved=1");
        return;
    }
    page->status = 422;
    write_route(page, view, &(said_t){.added = &fault});
}

// Only the service puts a route into force, with the name of who agrees.
static bool confirm(page_t *page, const route_view_t *view, fault_t *ret_fault)
{
    Selenga__Confirm request = SELENGA__CONFIRM__INIT;
    const asked_t *asked;
    const client_request_t ask = {.service = SERVICE_ROUTING,
                                  .type = MSG_ROUTE_CONFIRM,
                                  .body = &request,
                                  .reply = MSG_RECORDS,
                                  .descriptor = &selenga__records__descriptor,
                                  .timeout_ms = PAGE_ASK_MS,
                                  .account = page->session->account.name};
    request.has_route = 1;
    request.route = (ProtobufCBinaryData){sizeof(rid_t), (uint8_t *)(uintptr_t)view->route->id.b};
    request.by = (char *)(uintptr_t)form_text(&page->request->form, "by");
    request.tutor = (char *)(uintptr_t)form_text(&page->request->form, "tutor");
    if (!page_try(page, &ask, &asked)) return false;
    ret_fault->code[0] = '\0';
    if (asked->status == CLIENT_DONE) return true;
    if (asked->why.cause == CLIENT_SAID && asked->status != CLIENT_LATER) {
        *ret_fault = asked->why.fault;
        return true;
    }
    page_fail(page, asked);
    return false;
}

static bool change_state(page_t *page, const route_view_t *view, const state_change_t *next,
                         fault_t *ret_fault)
{
    char full[FORM_NAME_MAX];
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_MAX);
    AUTO(many_free) many_t many = {.kind = &KIND_ROUTE, .arena = arena};
    many_row_t *row = many_add(&many, form_text(&page->request->form, "version"));
    (void)many_keep(&many, row, "code", view->body->code);
    (void)many_keep(&many, row, "state", next->to);
    for (size_t i = 0; i < KIND_ROUTE.n_fields; i++) {
        const field_rule_t *field = &KIND_ROUTE.fields[i];
        if (!has_word(next->needs, field->name) || (field->flags & F_DERIVED) != 0) continue;
        snprintf(full, sizeof full, "f.%s", field->name);
        (void)many_set(&many, row, field->name, form_text(&page->request->form, full));
    }
    if (!many_send(page, &many)) return false;
    *ret_fault = row->fault;
    return true;
}

static void save_state(page_t *page, const route_view_t *view)
{
    fault_t fault = {0};
    const char *to = form_text(&page->request->form, "to");
    const field_word_t *state = state_of(view->body);
    const state_change_t other = {.to = to, .needs = ""},
                         *next = &other; // the service says why it may not be
    for (size_t i = 0; state != NULL && i < state->n_next; i++)
        if (strcmp(state->next[i].to, to) == 0) next = &state->next[i];
    bool agrees = has_word(next->needs, "confirmed_by");
    if (!(agrees ? confirm(page, view, &fault) : change_state(page, view, next, &fault))) return;
    if (fault.code[0] == '\0') {
        route_view_go(page, view, "?saved=1");
        return;
    }
    page->status = strcmp(fault.code, "CHANGED-SINCE") == 0 ? 409 : 422;
    write_route(page, view, &(said_t){.changed = &fault});
}

void page_route(page_t *page)
{
    AUTO(route_view_free) route_view_t view = {0};
    const char *act = form_text(&page->request->form, "act");
    if (!route_view_read(page, &view)) return;
    if (!page->request->post)
        write_route(page, &view, &(said_t){0});
    else if (!saving_may(page, &KIND_ROUTE, ACCESS_WRITE))
        return;
    else if (strcmp(act, "steps") == 0)
        save_steps(page, &view);
    else if (strcmp(act, "add") == 0)
        save_new(page, &view);
    else if (strcmp(act, "state") == 0)
        save_state(page, &view);
    else
        page_refuse(page, 400, _("No address"), _("There is no such address here."));
}
