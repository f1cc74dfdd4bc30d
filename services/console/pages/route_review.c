// SPDX-License-Identifier: Apache-2.0
// A route as who accompanies it decides about it: the organisation's version beside what he proposes. His
// word is a record of his own node; nothing is written into the route.
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/forms/reviewed.h"
#include "common/forms/value.h"
#include "common/schema/fault.h"
#include "services/console/inputs.h"
#include "services/console/keeping.h"
#include "services/console/many.h"
#include "services/console/pages.h"
#include "services/console/proposals.h"
#include "services/console/saving.h"
#include <stdio.h>

enum { REMARKS = 4096, NAME = 32 };

// What was typed in the row of this number; NULL: there is none.
static const char *typed(const form_t *form, size_t row, const char *field)
{
    char name[NAME];
    snprintf(name, sizeof name, "p%zu.%s", row, field);
    return form != NULL ? form_value(form, name) : NULL;
}

// What was typed for this step, wherever it stood in the form: steps may have changed their places since.
static const char *typed_for(const form_t *form, const char *code, const char *field)
{
    const char *of;
    for (size_t row = 0; (of = typed(form, row, "code")) != NULL; row++)
        if (strcmp(of, code) == 0) return typed(form, row, field);
    return NULL;
}

static const char *typed_text(const page_t *page, const char *name)
{
    const form_t *form = keeping_typed(page);
    return form != NULL ? form_text(form, name) : "";
}

static size_t field_of(const char *name)
{
    return (size_t)kind_field(&KIND_ACTIVITY, name);
}

// --- showing

static void write_side(page_t *page, const route_view_t *view, size_t i)
{
    html_t *html = &page->body;
    char now[VIEW_TEXT], before[NAME];
    const Selenga__Activity *step = route_view_step(view, i);
    html_raw(html, "<tr><td>");
    route_view_name(page, step);
    html_raw(html, "<span class=\"help\">");
    html_text(html, _("Why: "));
    html_text(html, reason_text_in(step->reason, page->lang, now));
    html_raw(html, "</span></td><td>");
    for (size_t f = 1; f < PROPOSABLE_N; f++) {
        size_t field = field_of(PROPOSABLE[f]);
        html_raw(html, "<div>");
        html_text(html, bilingual_text(&KIND_ACTIVITY.fields[field].label));
        html_raw(html, ": ");
        const char *text = inputs_value(&KIND_ACTIVITY, &step->base, field, page->lang, now);
        html_text(html, *text != '\0' ? text : "—");
        html_raw(html, "</div>");
    }
    html_raw(html, "</td><td><div class=\"row\">");
    snprintf(before, sizeof before, "p%zu.code", i);
    part_hidden(html, before, step->code);
    snprintf(before, sizeof before, "p%zu.", i);
    for (size_t f = 0; f < PROPOSABLE_N; f++) {
        const char *text = typed_for(keeping_typed(page), step->code, PROPOSABLE[f]);
        if (text == NULL)
            text = inputs_value(&KIND_ACTIVITY, &step->base, field_of(PROPOSABLE[f]), page->lang, now);
        inputs_field(html, &KIND_ACTIVITY, PROPOSABLE[f], before, text);
    }
    html_raw(html, "</div></td></tr>");
}

// The keys of those that are given most.
static const char *key_of(const char *decision)
{
    if (strcmp(decision, "agree") == 0) return "A";
    return strcmp(decision, "return") == 0 ? "R" : NULL;
}

static void write_decisions(page_t *page)
{
    html_t *html = &page->body;
    const field_rule_t *field = &KIND_REVIEW.fields[kind_field(&KIND_REVIEW, "decision")];
    const char *chosen = typed_text(page, "decision");
    html_raw(html, "<fieldset><legend>");
    html_text(html, bilingual_text(&field->label));
    html_raw(html, "</legend>");
    for (size_t i = 0; i < field->n_words; i++) {
        const char *key = key_of(field->words[i].code);
        html_raw(html, "<label><input type=\"radio\" name=\"decision\" required");
        if (key != NULL) html_attribute(html, "aria-keyshortcuts", key);
        html_attribute(html, "value", field->words[i].code);
        if (strcmp(chosen, field->words[i].code) == 0) html_raw(html, " checked");
        html_raw(html, "> ");
        html_text(html, bilingual_text(&field->words[i].label));
        html_raw(html, "</label> ");
    }
    html_raw(html, "</fieldset>");
}

static void write_remarks(page_t *page)
{
    html_t *html = &page->body;
    html_raw(html, "<label class=\"wide\">");
    html_text(html, _("Remarks"));
    html_raw(html, "<span class=\"help\">");
    html_text(html, _("What you change on the right goes with them, step by step."));
    html_raw(html, "</span><textarea name=\"remarks\" rows=\"3\">\n");
    html_text(html, typed_text(page, "remarks"));
    html_raw(html, "</textarea></label>");
    inputs_line(html, "by", bilingual_text(&KIND_REVIEW.fields[kind_field(&KIND_REVIEW, "by")].label),
                typed_text(page, "by"), NULL);
}

static void write_before(page_t *page, const route_view_t *view)
{
    html_t *html = &page->body;
    char text[REVIEWED_TEXT];
    if (view->reviewed != NULL && view->reviewed->states[0][0] != '\0')
        html_element(html, "p", reviewed_text(view->reviewed->states[0], view->reviewed->awaits[0], text));
    for (size_t i = 0; i < view->reviews.n; i++) {
        const Selenga__Review *r = (const Selenga__Review *)view->reviews.items[i].body;
        if (r->remarks == NULL) continue;
        html_raw(html, "<p class=\"lines\">");
        html_textf(html, "%s, %s: %s", r->office, r->by, r->remarks);
        html_raw(html, "</p>");
        proposals_write(page, view, r->remarks);
    }
}

static void write_review(page_t *page, const route_view_t *view, const fault_t *fault)
{
    html_t *html = &page->body;
    char name[VIEW_TEXT];
    page_title(page, _("Review of route %s: %s"), view->body->code,
               people_name(view->people, view->body->person, name));
    html_raw(html, "<p><a href=\"");
    route_view_address(html, view->body->code);
    html_raw(html, "\">← ");
    html_text(html, _("To the route"));
    html_raw(html, "</a></p>");
    if (fault != NULL) {
        html_raw(html, "<div class=\"note bad\" role=\"alert\">");
        inputs_fault(html, &KIND_REVIEW, fault);
        html_raw(html, "</div>");
    }
    write_before(page, view);
    keeping_offer(page);
    keeping_open(page);
    html_raw(html, "<div class=\"scroll\"><table class=\"sides\"><thead><tr>");
    html_element(html, "th", _("Step"));
    html_element(html, "th", _("The organisation has"));
    html_element(html, "th", _("I propose"));
    html_raw(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < view->n_steps; i++) write_side(page, view, i);
    html_raw(html, "</tbody></table></div>");
    write_decisions(page);
    write_remarks(page);
    html_raw(html, "<p class=\"actions\"><button class=\"main\">");
    html_text(html, _("Give this decision"));
    html_raw(html, "</button></p></form>");
}

// --- saving

static const Selenga__Activity *step_of_form(const page_t *page, const route_view_t *view, size_t i)
{
    const char *code = typed(&page->request->form, i, "code");
    for (size_t k = 0; code != NULL && k < view->n_steps; k++)
        if (strcmp(route_view_step(view, k)->code, code) == 0) return route_view_step(view, k);
    return NULL;
}

// What was typed into a field, as it is read everywhere; what cannot be read stays as it is.
static const char *as_read(const page_t *page, size_t field, const char *text, char buf[static VIEW_TEXT])
{
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_MAX);
    body_t *body = body_new(&KIND_ACTIVITY, arena);
    const char *value = value_read(&KIND_ACTIVITY.fields[field], text, arena);
    bool reads = value != NULL && body_set_text(&KIND_ACTIVITY, body, field, value, arena, NULL) == 0;
    const char *shown = reads ? inputs_value(&KIND_ACTIVITY, body, field, page->lang, buf) : text;
    if (shown != buf) snprintf(buf, VIEW_TEXT, "%s", shown);
    return buf;
}

// What he wrote, and behind it what he changed on the right. False: that is more than fits.
static bool remarks(const page_t *page, const route_view_t *view, char buf[static REMARKS])
{
    char now[VIEW_TEXT];
    int n = snprintf(buf, REMARKS, "%s", form_text(&page->request->form, "remarks"));
    bool fits = n >= 0 && n < REMARKS;
    for (size_t i = 0; fits && typed(&page->request->form, i, "code") != NULL; i++) {
        const Selenga__Activity *step = step_of_form(page, view, i);
        for (size_t f = 0; step != NULL && f < PROPOSABLE_N && fits; f++) {
            const char *text = typed(&page->request->form, i, PROPOSABLE[f]);
            size_t field = field_of(PROPOSABLE[f]);
            if (text != NULL && *text != '\0' &&
                strcmp(text, inputs_value(&KIND_ACTIVITY, &step->base, field, page->lang, now)) != 0)
                fits = proposal_add(buf, REMARKS, step, field, as_read(page, field, text, now));
        }
    }
    return fits;
}

static bool give(page_t *page, const route_view_t *view, fault_t *ret_fault)
{
    char of[REF_MAX + 64], day[DATE_TEXT], said[REMARKS];
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_MAX);
    AUTO(many_free) many_t many = {.kind = &KIND_REVIEW, .arena = arena};
    many_row_t *row = many_add(&many, NULL);
    snprintf(of, sizeof of, "route:%s", view->body->code);
    if (!remarks(page, view, said)) fault_set(&row->fault, "TOO-LONG", "remarks", "1000");
    (void)many_keep(&many, row, "of", of);
    (void)many_keep(&many, row, "office", page->node->org);
    (void)many_keep(&many, row, "on", date_text(wall_day(), day));
    (void)many_set(&many, row, "decision", form_text(&page->request->form, "decision"));
    (void)many_set(&many, row, "by", form_text(&page->request->form, "by"));
    (void)many_set(&many, row, "remarks", said);
    if (!many_send(page, &many)) return false;
    *ret_fault = row->fault;
    return true;
}

void page_route_review(page_t *page)
{
    AUTO(route_view_free) route_view_t view = {0};
    fault_t fault = {0};
    if (!route_view_read(page, &view) || !saving_may(page, &KIND_REVIEW, ACCESS_WRITE)) return;
    if (page->request->post && !give(page, &view, &fault)) return;
    if (page->request->post && fault.code[0] == '\0') {
        route_view_go(page, &view, "?saved=1");
        return;
    }
    if (page->request->post) page->status = 422;
    (void)keeping_draft(page);
    write_review(page, &view, page->request->post ? &fault : NULL);
}
