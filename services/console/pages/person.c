// SPDX-License-Identifier: Apache-2.0
// A person's card: who he is, his work and his absences as one form, and below it what else is known of him.
// Who comes is taken on by the same form.
#include "common/schema/fault.h"
#include "services/console/inputs.h"
#include "services/console/keeping.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/person_form.h"
#include "services/console/person_more.h"
#include "services/console/picker.h"
#include <stdio.h>

static void go(page_t *page, const char *ref, const char *rest)
{
    html_t html = {0};
    size_t size;
    html_segment(&html, ref);
    AUTO(xfree) char *segment = html_take(&html, &size);
    page_go(page, "/p/%.*s%s", (int)size, segment, rest);
}

// --- who comes

static void ask_who(page_t *page, const char *org, const char *number)
{
    html_t *html = &page->body;
    page_title(page, "%s", _("Take a person on"));
    html_raw(html, "<form class=\"filter\" method=\"get\" action=\"/p\">");
    inputs_field(html, &KIND_EMPLOYMENT, "org", "", org);
    inputs_field(html, &KIND_EMPLOYMENT, "number", "", number);
    html_raw(html, "<button class=\"main\">");
    html_text(html, _("Go on"));
    html_raw(html, "</button></form>");
}

void page_person_new(page_t *page)
{
    char ref[REF_MAX + 1];
    const char *org = form_text(&page->request->query, "org");
    const char *number = form_text(&page->request->query, "number");
    int n = snprintf(ref, sizeof ref, "%s:%s", org, number);
    if (n > 0 && (size_t)n < sizeof ref && *org != '\0' && *number != '\0' &&
        ref_is_shaped(&KIND_EMPLOYMENT, slice_text(ref))) {
        go(page, ref, "?new=1");
        return;
    }
    if (form_value(&page->request->query, "number") != NULL) {
        page->status = 422;
        part_note(&page->body, PART_BAD, _("Write the code of the organisation and the staff number."));
    }
    ask_who(page, *org != '\0' ? org : page->session->account.org, number);
}

// --- the card

static void write_history(page_t *page, const person_form_t *form)
{
    html_t *html = &page->body;
    bool any = false;
    for (size_t i = 0; i < form->n; i++) {
        const person_part_t *part = &form->parts[i];
        if (part->held == NULL || !part->held->ours || part->kind == &KIND_ABSENCE) continue;
        if (!any) html_element(html, "h2", _("History"));
        any = true;
        html_raw(html, "<p><a href=\"");
        entry_address(html, part->kind, form->ref);
        html_raw(html, "/history\">");
        html_text(html, bilingual_text(&part->kind->label));
        html_raw(html, "</a></p>");
    }
}

static void show(page_t *page, person_form_t *form)
{
    AUTO(person_more_free) person_more_t more = {0};
    char name[VIEW_TEXT];
    if (!person_more_read(page, form->ref, &more)) return;
    page_title(page, "%s", form->known ? person_form_name(form, name) : _("Take a person on"));
    if (!page->request->post) inputs_saved(page);
    html_raw(&page->body, "<p class=\"muted\">");
    html_text(&page->body, form->ref);
    html_raw(&page->body, "</p>");
    person_form_write(page, form);
    if (!form->known) return;
    person_more_write(page, form->ref, &more);
    write_history(page, form);
}

static void show_warnings(page_t *page, const person_form_t *form)
{
    html_t *html = &page->body;
    char text[FAULT_TEXT], name[VIEW_TEXT];
    page_title(page, "%s", person_form_name(form, name));
    part_note(html, PART_GOOD, _("Saved: written on this computer."));
    html_element(html, "p", _("But look at it once more:"));
    html_raw(html, "<ul>");
    for (size_t i = 0; i < form->said.n_warnings; i++)
        html_element(
            html, "li",
            fault_text_of(&form->said.warnings[i], form->said.warned[i], page->lang, text, sizeof text));
    html_raw(html, "</ul><p>");
    people_link(html, form->ref, _("To the record"));
    html_raw(html, "</p>");
}

static void save(page_t *page, person_form_t *form)
{
    switch (person_form_save(page, form)) {
    case SAVED:
        if (form->said.n_warnings > 0)
            show_warnings(page, form);
        else
            go(page, form->ref, "?saved=1");
        return;
    case SAVED_NOT:
        return;
    case SAVED_CHANGED:
        page->status = 409;
        break;
    case SAVED_WRONG:
        page->status = 422;
        break;
    }
    show(page, form);
}

static bool seeks(const page_t *page, const person_form_t *form)
{
    for (size_t i = 0; i < form->n; i++)
        if (form->parts[i].may && picker_seeks(page, form->parts[i].mine)) return true;
    return false;
}

static bool may_write(const person_form_t *form)
{
    for (size_t i = 0; i < form->n; i++)
        if (form->parts[i].may) return true;
    return false;
}

void page_person(page_t *page)
{
    AUTO(person_form_free) person_form_t form = {0};
    if (!person_form_read(page, page->request->segments[1], &form)) return;
    const form_t *typed = page->request->post ? &page->request->form : keeping_draft(page);
    bool comes = typed != NULL || form_value(&page->request->query, "new") != NULL;
    if (!form.known && !(comes && may_write(&form)))
        page_refuse(page, 404, _("There is no such person"), _("He is not here, or not for you to see."));
    else if (page->request->post && !may_write(&form))
        page_refuse(page, 403, _("Not for you"),
                    _("Your account may not change this. Ask the operator of the node."));
    else if (!person_form_take(page, &form, typed) && page->request->post)
        page_refuse(page, 422, _("Nothing was saved"),
                    _("The form names a record that is not of this person, is not here any more, or is not "
                      "yours to write."));
    else if (page->request->post && !seeks(page, &form))
        save(page, &form);
    else
        show(page, &form);
}
