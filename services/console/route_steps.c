// SPDX-License-Identifier: Apache-2.0
#include "services/console/route_steps.h"
#include "common/base/clock.h"
#include "common/forms/routed.h"
#include "services/console/inputs.h"
#include <stdio.h>

// What people change in a step, in this order.
static const char *const FIELDS[] = {"title",      "place",   "form",  "level",    "planned_from",
                                     "planned_to", "done_on", "hours", "document", "result"};

enum { PREFIX = 24 };

static const char *prefix(char *buf, size_t i)
{
    snprintf(buf, PREFIX, "s%zu.", i);
    return buf;
}

// What was typed into field `name` of step i; NULL: the form has no such control.
static const char *typed(const page_t *page, size_t i, const char *name)
{
    char before[PREFIX], full[FORM_NAME_MAX];
    snprintf(full, sizeof full, "%s%s", prefix(before, i), name);
    return page->request->post ? form_value(&page->request->form, full) : NULL;
}

// Where the form has the step of this code; ROUTE_STEPS: nowhere.
static size_t place_in_form(const page_t *page, const char *code)
{
    const char *text;
    for (size_t i = 0; i < ROUTE_STEPS && (text = typed(page, i, "code")) != NULL; i++)
        if (strcmp(text, code) == 0) return i;
    return ROUTE_STEPS;
}

static size_t field_of(const char *name)
{
    return (size_t)kind_field(&KIND_ACTIVITY, name);
}

// --- showing

static void write_state(page_t *page, const Selenga__Activity *step)
{
    html_t *html = &page->body;
    step_state_t state = routed_state(step, wall_day());
    if (state == STEP_DONE)
        html_raw(html, " <span class=\"pill ok\">");
    else if (state == STEP_OVERDUE)
        html_raw(html, " <span class=\"pill warn\">");
    else
        html_raw(html, " <span class=\"pill\">");
    html_text(html, routed_state_text(state));
    html_raw(html, "</span>");
}

static void write_reason(page_t *page, const route_view_t *view, const Selenga__Activity *step)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    html_raw(html, "<p class=\"help\">");
    html_text(html, _("Why: "));
    html_text(html, reason_text_in(step->reason, page->lang, text));
    if (step->competency != NULL) {
        html_raw(html, " · ");
        html_text(html, route_view_competency(view, step->competency, page->lang, text));
    }
    if (step->programme != NULL) {
        html_raw(html, " · ");
        entry_link(html, &KIND_PROGRAMME, step->programme, step->programme);
    }
    html_raw(html, "</p>");
}

// kept: what was typed is shown, for it was refused.
static void write_controls(page_t *page, const held_t *held, size_t i, bool kept)
{
    html_t *html = &page->body;
    char before[PREFIX], value[VIEW_TEXT];
    size_t at = kept ? place_in_form(page, ((const Selenga__Activity *)held->body)->code) : ROUTE_STEPS;
    html_raw(html, "<div class=\"row\">");
    for (size_t f = 0; f < ARRAY_SIZE(FIELDS); f++) {
        const char *text = kept ? typed(page, at, FIELDS[f]) : NULL;
        if (text == NULL)
            text = inputs_value(&KIND_ACTIVITY, held->body, field_of(FIELDS[f]), page->lang, value);
        inputs_field(html, &KIND_ACTIVITY, FIELDS[f], prefix(before, i), text);
    }
    html_raw(html, "<label><input type=\"checkbox\"");
    snprintf(value, sizeof value, "s%zu.decline", i);
    html_attribute(html, "name", value);
    html_raw(html, " value=\"1\"");
    if (kept && typed(page, at, "decline") != NULL) html_raw(html, " checked");
    html_raw(html, "> ");
    html_text(html, _("take this step out"));
    html_raw(html, "</label></div>");
}

static void write_plain(page_t *page, const held_t *held)
{
    html_t *html = &page->body;
    char value[VIEW_TEXT];
    html_raw(html, "<dl class=\"card\">");
    for (size_t f = 1; f < ARRAY_SIZE(FIELDS); f++) {
        size_t i = field_of(FIELDS[f]);
        if (!body_has(&KIND_ACTIVITY, held->body, i)) continue;
        html_element(html, "dt", bilingual_text(&KIND_ACTIVITY.fields[i].label));
        html_element(html, "dd",
                     view_value(&KIND_ACTIVITY, held->body, i, (view_t){VIEW_WORDS, page->lang}, value));
    }
    html_raw(html, "</dl>");
}

static void write_form(page_t *page, const held_t *held, size_t i, const fault_t *fault)
{
    html_t *html = &page->body;
    char name[PREFIX + 8];
    snprintf(name, sizeof name, "s%zu.code", i);
    part_hidden(html, name, ((const Selenga__Activity *)held->body)->code);
    snprintf(name, sizeof name, "s%zu.version", i);
    part_hidden(html, name, held->version);
    write_controls(page, held, i, fault != NULL);
}

static void write_step(page_t *page, const route_view_t *view, size_t i, bool may, const fault_t *fault)
{
    html_t *html = &page->body;
    const held_t *held = view->steps[i];
    const Selenga__Activity *step = route_view_step(view, i);
    html_raw(html, "<fieldset class=\"step\"><legend>");
    route_view_name(page, step);
    write_state(page, step);
    html_raw(html, "</legend>");
    write_reason(page, view, step);
    if (fault != NULL) inputs_fault(html, &KIND_ACTIVITY, fault);
    if (may) write_form(page, held, i, fault);
    // What stands there by now, below what he wants.
    if (!may || (fault != NULL && strcmp(fault->code, "CHANGED-SINCE") == 0)) write_plain(page, held);
    html_raw(html, "</fieldset>");
}

// The row of a step among what was refused.
static const fault_t *fault_of(const many_t *refused, const held_t *held)
{
    for (size_t i = 0; refused != NULL && i < refused->n; i++)
        if (rid_equal(&refused->rows[i].id, &held->id) && refused->rows[i].fault.code[0] != '\0')
            return &refused->rows[i].fault;
    return NULL;
}

void route_steps_write(page_t *page, const route_view_t *view, const many_t *refused)
{
    html_t *html = &page->body;
    bool may = route_view_may_write(page, view);
    html_element(html, "h2", _("Steps"));
    if (view->n_steps == 0) html_element(html, "p", _("There are no steps yet."));
    if (view->n_steps == 0) return;
    html_raw(html, "<form class=\"record steps\" method=\"post\">");
    page_token(page, html);
    part_hidden(html, "act", "steps");
    for (size_t i = 0; i < view->n_steps; i++)
        write_step(page, view, i, may, fault_of(refused, view->steps[i]));
    if (may) {
        html_raw(html, "<div class=\"row\">");
        inputs_line(html, "why", _("Why steps are taken out"), form_text(&page->request->form, "why"), NULL);
        html_raw(html, "</div><p class=\"actions\"><button class=\"main\">");
        html_text(html, _("Save the steps"));
        html_raw(html, "</button></p>");
    }
    html_raw(html, "</form>");
}

// --- saving

static const char *form_step(const page_t *page, size_t i, const char *name)
{
    const char *text = typed(page, i, name);
    return text != NULL ? text : "";
}

// The step that stands in place i of the form, wherever it stands now.
static const held_t *step_of_form(const page_t *page, const route_view_t *view, size_t i)
{
    const char *code = form_step(page, i, "code");
    for (size_t k = 0; *code != '\0' && k < view->n_steps; k++)
        if (strcmp(route_view_step(view, k)->code, code) == 0) return view->steps[k];
    return NULL;
}

// Fields that say something else than what stands there. What is shown as a sentence and was left so stays
// the code that it is.
static bool set_changed(const page_t *page, many_t *many, many_row_t *row, const held_t *held, size_t i)
{
    char value[VIEW_TEXT];
    bool any = false;
    for (size_t f = 0; f < ARRAY_SIZE(FIELDS); f++) {
        const char *text = typed(page, i, FIELDS[f]);
        const char *now = inputs_value(&KIND_ACTIVITY, held->body, field_of(FIELDS[f]), page->lang, value);
        if (text == NULL || strcmp(text, now) == 0) continue;
        any = true;
        (void)many_set(many, row, FIELDS[f], text);
    }
    return any;
}

static void take_step(const page_t *page, const route_view_t *view, many_t *many, size_t i)
{
    const held_t *held = step_of_form(page, view, i);
    const char *version = form_step(page, i, "version"), *why = form_text(&page->request->form, "why");
    if (held == NULL) return;
    if (typed(page, i, "decline") != NULL) {
        (void)many_delete(many, &held->id, version, why);
        return;
    }
    many_row_t *row = many_add(many, version);
    if (row == NULL) return;
    const Selenga__Activity *step = (const Selenga__Activity *)held->body;
    row->id = held->id;
    (void)many_keep(many, row, "route", step->route);
    (void)many_keep(many, row, "code", step->code);
    if (!set_changed(page, many, row, held, i)) many->n--;
}

bool route_steps_save(page_t *page, const route_view_t *view, many_t *refused)
{
    for (size_t i = 0; i < ROUTE_STEPS && typed(page, i, "code") != NULL; i++)
        take_step(page, view, refused, i);
    return many_send(page, refused);
}

// --- a new one

static const char *const NEW_FIELDS[] = {"title",      "form",  "level", "planned_from",
                                         "planned_to", "hours", "reason"};

static void write_needs(page_t *page, const route_view_t *view)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    const char *chosen = form_text(&page->request->form, "n.competency");
    html_raw(html, "<label class=\"wide\">");
    html_text(html, _("For which need"));
    html_raw(html, "<select name=\"n.competency\"><option value=\"\">—</option>");
    for (size_t i = 0; i < view->needs.n; i++) {
        const Selenga__Deficit *need = (const Selenga__Deficit *)view->needs.items[i].body;
        html_raw(html, "<option");
        html_attribute(html, "value", need->competency);
        if (strcmp(chosen, need->competency) == 0) html_raw(html, " selected");
        html_raw(html, ">");
        html_text(html, route_view_competency(view, need->competency, page->lang, text));
        html_raw(html, "</option>");
    }
    html_raw(html, "</select></label>");
}

void route_steps_write_new(page_t *page, const route_view_t *view, const fault_t *fault)
{
    html_t *html = &page->body;
    char full[FORM_NAME_MAX];
    if (!route_view_may_write(page, view)) return;
    html_raw(html, "<details");
    if (fault != NULL) html_raw(html, " open");
    html_raw(html, "><summary>");
    html_text(html, _("Add a step"));
    html_raw(html, "</summary><form class=\"record\" method=\"post\">");
    page_token(page, html);
    part_hidden(html, "act", "add");
    if (fault != NULL) inputs_fault(html, &KIND_ACTIVITY, fault);
    html_raw(html, "<div class=\"row\">");
    write_needs(page, view);
    for (size_t f = 0; f < ARRAY_SIZE(NEW_FIELDS); f++) {
        snprintf(full, sizeof full, "n.%s", NEW_FIELDS[f]);
        inputs_field(html, &KIND_ACTIVITY, NEW_FIELDS[f], "n.", form_text(&page->request->form, full));
    }
    inputs_line(html, "n.programme", bilingual_text(&KIND_ACTIVITY.fields[field_of("programme")].label),
                form_text(&page->request->form, "n.programme"), NULL);
    html_raw(html, "</div><p class=\"actions\"><button>");
    html_text(html, _("Add a step"));
    html_raw(html, "</button></p></form></details>");
}

static void next_code(const route_view_t *view, char buf[static PREFIX])
{
    int64_t last = 0, code;
    for (size_t i = 0; i < view->n_steps; i++)
        if (int_parse(route_view_step(view, i)->code, 0, 1000000, &code) && code > last) last = code;
    snprintf(buf, PREFIX, "%lld", (long long)last + 1);
}

bool route_steps_add(page_t *page, const route_view_t *view, fault_t *ret_fault)
{
    static const char *const more[] = {"competency", "programme"};
    char full[FORM_NAME_MAX], code[PREFIX];
    AUTO(arena_destroy) arena_t *arena = arena_new(FORM_BODY_MAX);
    AUTO(many_free) many_t many = {.kind = &KIND_ACTIVITY, .arena = arena};
    many_row_t *row = many_add(&many, "");
    next_code(view, code);
    (void)many_keep(&many, row, "route", view->body->code);
    (void)many_keep(&many, row, "code", code);
    (void)many_keep(&many, row, "person", view->body->person);
    for (size_t f = 0; f < ARRAY_SIZE(NEW_FIELDS) + ARRAY_SIZE(more); f++) {
        const char *name = f < ARRAY_SIZE(NEW_FIELDS) ? NEW_FIELDS[f] : more[f - ARRAY_SIZE(NEW_FIELDS)];
        snprintf(full, sizeof full, "n.%s", name);
        (void)many_set(&many, row, name, form_text(&page->request->form, full));
    }
    if (!many_send(page, &many)) return false;
    *ret_fault = row->fault;
    return true;
}
