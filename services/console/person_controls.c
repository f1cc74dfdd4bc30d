// SPDX-License-Identifier: Apache-2.0
// A person's form as HTML: what may be written as controls, what may not as a list.
#include "common/schema/fault.h"
#include "services/console/changed.h"
#include "services/console/choices.h"
#include "services/console/inputs.h"
#include "services/console/keeping.h"
#include "services/console/parts.h"
#include "services/console/person_form.h"

static void write_list(page_t *page, const person_part_t *part)
{
    html_t *html = &page->body;
    char value[VIEW_TEXT];
    html_raw(html, "<dl class=\"card\">");
    for (size_t i = 0; i < part->kind->n_fields; i++) {
        if (!body_has(part->kind, part->held->body, i)) continue;
        html_element(html, "dt", bilingual_text(&part->kind->fields[i].label));
        html_element(html, "dd",
                     view_value(part->kind, part->held->body, i, (view_t){VIEW_WORDS, page->lang}, value));
    }
    html_raw(html, "</dl>");
    if (part->held->ours) return;
    html_raw(html, "<p class=\"muted\">");
    html_text(html, _("It is written at another node, and only shown here."));
    html_raw(html, "</p>");
}

static void write_title(page_t *page, const person_part_t *part)
{
    html_t *html = &page->body;
    char day[VIEW_TEXT];
    size_t from = part->kind == &KIND_ABSENCE ? (size_t)kind_field(&KIND_ABSENCE, "from") : 0;
    html_raw(html, "<h2>");
    html_text(html, bilingual_text(&part->kind->label));
    if (part->kind == &KIND_ABSENCE && part->held != NULL) {
        html_raw(html, ": ");
        html_text(html,
                  view_value(part->kind, part->held->body, from, (view_t){VIEW_WORDS, page->lang}, day));
    }
    html_raw(html, "</h2>");
}

// What somebody else has changed stands above the controls, which go on from what is there now.
static void write_changed(page_t *page, person_part_t *part)
{
    AUTO(fields_destroy) fields_t *now = fields_new(part->kind);
    fields_of_body(now, part->held != NULL ? part->held->body : NULL, page->lang);
    changed_write(page, part->was, part->mine, now);
    changed_keep(part->was, part->mine, now);
    for (size_t i = 0; i < part->kind->n_fields && i < FIELDS_MAX; i++) {
        const char *text = arena_text(part->was->arena, slice_text(now->texts[i]));
        const char *mine = arena_text(part->mine->arena, slice_text(part->mine->texts[i]));
        part->was->texts[i] = text != NULL ? text : "";
        part->mine->texts[i] = mine != NULL ? mine : "";
    }
    part->version = part->held != NULL ? part->held->version : "";
}

static void write_controls(page_t *page, const person_form_t *form, person_part_t *part)
{
    html_t *html = &page->body;
    if (part->changed) write_changed(page, part);
    fields_write_faults(page, part->mine, bilingual_text(&part->kind->label));
    html_raw(html, "<input type=\"hidden\" name=\"v.");
    html_text(html, part->prefix);
    html_raw(html, "\"");
    html_attribute(html, "value", part->version);
    html_raw(html, ">");
    fields_write_origin(page, part->was);
    for (size_t i = 0; i < part->kind->n_fields && i < FIELDS_MAX; i++)
        if (person_form_asks(form, part, i)) fields_write_one(page, part->mine, i);
}

// A part that there may be and is not: closed until somebody opens it, where the person has others.
static void write_new(page_t *page, const person_form_t *form, person_part_t *part)
{
    html_t *html = &page->body;
    bool open = part->touched || part->kind != &KIND_ABSENCE;
    if (open)
        html_raw(html, "<details open><summary>");
    else
        html_raw(html, "<details><summary>");
    html_textf(html, _("%s: add"), bilingual_text(&part->kind->label));
    html_raw(html, "</summary>");
    write_controls(page, form, part);
    html_raw(html, "</details>");
}

static void write_part(page_t *page, const person_form_t *form, person_part_t *part)
{
    if (part->held == NULL) {
        if (part->may) write_new(page, form, part);
        return;
    }
    write_title(page, part);
    if (part->may)
        write_controls(page, form, part);
    else
        write_list(page, part);
}

static void write_older(page_t *page, const person_form_t *form)
{
    html_t *html = &page->body;
    if (form->absences.n <= PERSON_ABSENCES) return;
    html_raw(html, "<p><a href=\"/k/absence?person=");
    html_segment(html, form->ref);
    html_raw(html, "\">");
    html_text(html, _("All absences"));
    html_raw(html, "</a></p>");
}

static void write_said(page_t *page, const person_form_t *form)
{
    char text[FAULT_TEXT];
    bool wrong = form->said.fault.code[0] != '\0';
    for (size_t i = 0; i < form->n; i++)
        wrong = wrong || form->parts[i].mine->wrong || form->parts[i].mine->fault.code[0] != '\0';
    if (!wrong) return;
    part_note(&page->body, PART_BAD, _("Nothing was saved. What you typed is still here."));
    if (form->said.fault.code[0] != '\0')
        part_note(&page->body, PART_BAD,
                  fault_text_of(&form->said.fault, form->said.kind, page->lang, text, sizeof text));
}

void person_form_write(page_t *page, person_form_t *form)
{
    html_t *html = &page->body;
    bool may = false;
    for (size_t i = 0; i < form->n; i++) {
        person_part_t *part = &form->parts[i];
        may = may || part->may;
        if (part->may && !picker_read(page, part->mine, part->held == NULL)) return;
    }
    if (may) {
        keeping_offer(page);
        for (size_t i = 0; i < form->n; i++)
            if (form->parts[i].may) choices_note(page, form->parts[i].mine);
        write_said(page, form);
        part_note(
            html, PART_PLAIN,
            _("All of this is saved together, or nothing. Who leaves gets his last day in the post; who "
              "comes back gets a new first day, and no last one."));
        keeping_open(page);
        choices_open(html);
    }
    for (size_t i = 0; i < form->n; i++) write_part(page, form, &form->parts[i]);
    write_older(page, form);
    if (!may) return;
    html_raw(html, "<p class=\"actions\"><button class=\"main\" aria-keyshortcuts=\"Control+S\">");
    html_text(html, _("Save"));
    html_raw(html, "</button></p></form>");
}
