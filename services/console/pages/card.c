// SPDX-License-Identifier: Apache-2.0
// One record: all its fields, where they may be seen, and what may be done with it.
#include "services/console/entry.h"
#include "services/console/pages.h"
#include "services/console/people.h"

static void write_value(page_t *page, const entry_t *entry, size_t i)
{
    html_t *html = &page->body;
    char value[VIEW_TEXT], ref[REF_MAX + 1];
    slice_t named;
    const field_rule_t *field = &entry->kind->fields[i];
    const char *text = view_value(entry->kind, entry->body, i, (view_t){VIEW_WORDS, page->lang}, value);
    const kind_rule_t *target = NULL;
    if (field->type == FIELD_REF || field->type == FIELD_ANY_REF)
        target = ref_target(field, slice_text(body_str(entry->kind, entry->body, i)), &named);
    if (target == NULL || named.size >= sizeof ref || !ref_is_shaped(target, named)) {
        html_text(html, text);
        return;
    }
    memcpy(ref, named.data, named.size);
    ref[named.size] = '\0';
    entry_link(html, target, ref, text);
}

static void write_fields(page_t *page, const entry_t *entry)
{
    html_t *html = &page->body;
    html_raw(html, "<dl class=\"card\">");
    for (size_t i = 0; i < entry->kind->n_fields; i++) {
        if (!body_has(entry->kind, entry->body, i)) continue;
        html_element(html, "dt", bilingual_text(&entry->kind->fields[i].label));
        html_raw(html, "<dd>");
        write_value(page, entry, i);
        html_raw(html, "</dd>");
    }
    html_raw(html, "</dl><p class=\"muted\">");
    html_textf(html, _("Organisation: %s. Seen: %s; %s. Version %s."), entry->record->org,
               reach_up_text(entry->kind->up), reach_down_text(entry->kind->down), entry->version);
    html_raw(html, "</p>");
}

static void write_actions(page_t *page, const entry_t *entry, const char *ref)
{
    html_t *html = &page->body;
    if (!entry_is_ours(page, entry)) {
        html_raw(html, "<p class=\"muted\">");
        html_text(html,
                  (entry->kind->writers & W_PROGRAM) == 0
                      ? _("It is written at another node, and only shown here.")
                      : _("The system makes it itself; it is changed by changing what it follows from."));
        html_raw(html, "</p>");
        return;
    }
    if (!entry_may(page, entry->kind, ACCESS_WRITE)) return;
    html_raw(html, "<p class=\"actions\"><a class=\"button main\" href=\"");
    entry_address(html, entry->kind, ref);
    html_raw(html, "/edit\">");
    html_text(html, _("Change"));
    html_raw(html, "</a></p>");
}

// Pages that people have made by hand for records of this kind.
static void write_more(page_t *page, const entry_t *entry, const char *ref)
{
    html_t *html = &page->body;
    if (entry->kind == &KIND_EVENT && entry_may(page, &KIND_ATTENDANCE, ACCESS_WRITE)) {
        html_raw(html, "<p><a href=\"/events/");
        html_segment(html, ref);
        html_raw(html, "/attendance\">");
        html_text(html, _("Who was there: tick and print the sheet"));
        html_raw(html, "</a></p>");
    }
    if (people_have_card(entry->kind)) {
        html_raw(html, "<p>");
        people_link(html, ref, _("The card of this person"));
        html_raw(html, "</p>");
    }
    if (entry->kind == &KIND_ROUTE) {
        html_raw(html, "<p><a href=\"/routes/");
        html_segment(html, ref);
        html_raw(html, "\">");
        html_text(html, _("The route with its needs and steps"));
        html_raw(html, "</a></p>");
    }
}

static void write_history(page_t *page, const entry_t *entry, const char *ref)
{
    html_t *html = &page->body;
    if (!entry_is_ours(page, entry)) return;
    html_raw(html, "<p><a href=\"");
    entry_address(html, entry->kind, ref);
    html_raw(html, "/history\">");
    html_text(html, _("History, and earlier versions to bring back"));
    html_raw(html, "</a></p>");
}

static void write_trace(page_t *page, const entry_t *entry, const char *ref)
{
    html_t *html = &page->body;
    html_raw(html, "<p><a href=\"");
    entry_address(html, entry->kind, ref);
    html_raw(html, "/trace\">");
    html_text(html, _("Where this record is: here, above, refused"));
    html_raw(html, "</a></p>");
}

static void write_delete(page_t *page, const entry_t *entry, const char *ref)
{
    html_t *html = &page->body;
    if (!entry_is_ours(page, entry) || !entry_may(page, entry->kind, ACCESS_DELETE)) return;
    html_raw(html, "<h2>");
    html_text(html, _("Delete"));
    html_raw(html, "</h2><form class=\"narrow\" method=\"post\" action=\"");
    entry_address(html, entry->kind, ref);
    html_raw(html, "/delete\">");
    page_token(page, html);
    html_raw(html, "<input type=\"hidden\" name=\"version\"");
    html_attribute(html, "value", entry->version);
    html_raw(html, "><div class=\"field\"><label for=\"why\">");
    html_text(html, _("Why"));
    html_raw(html, "</label><span class=\"help\">");
    html_text(html, _("It disappears wherever it has gone; here it can be restored for 30 days."));
    html_raw(html,
             "</span><input type=\"text\" id=\"why\" name=\"why\" required></div><button class=\"danger\">");
    html_text(html, _("Delete"));
    html_raw(html, "</button></form>");
}

// Saved just now; what was there before can be had back at once, unless the record is new.
static void write_saved(page_t *page, const entry_t *entry, const char *ref)
{
    html_t *html = &page->body;
    const form_t *query = &page->request->query;
    if (form_value(query, "saved") == NULL) return;
    html_raw(html, "<div class=\"note ok\" role=\"status\"><p>");
    html_text(html, _("Saved: written on this computer."));
    html_raw(html, "</p>");
    if (form_value(query, "undo") != NULL && entry_is_ours(page, entry) &&
        entry_may(page, entry->kind, ACCESS_WRITE)) {
        html_raw(html, "<form method=\"post\" action=\"");
        entry_address(html, entry->kind, ref);
        html_raw(html, "/history\">");
        page_token(page, html);
        html_raw(html, "<input type=\"hidden\" name=\"version\" value=\"last\"><input type=\"hidden\" "
                       "name=\"expect\"");
        html_attribute(html, "value", entry->version);
        html_raw(html, "><button aria-keyshortcuts=\"Control+Z\">");
        html_text(html, _("As it was before"));
        html_raw(html, "</button></form>");
    }
    html_raw(html, "</div>");
}

void page_card(page_t *page)
{
    html_t *html = &page->body;
    char ref[KEY_TEXT_MAX];
    entry_t entry;
    if (!entry_get(page, &entry)) return;
    entry_ref(entry.kind, entry.body, &entry.id, ref);
    page_title(page, "%s %s", bilingual_text(&entry.kind->label), ref);
    write_saved(page, &entry, ref);
    html_raw(html, "<p><a aria-keyshortcuts=\"Escape\" href=\"/k/");
    html_segment(html, entry.kind->name);
    html_raw(html, "\">← ");
    html_text(html, bilingual_text(&entry.kind->label));
    html_raw(html, "</a></p>");
    if (entry.body != NULL) {
        write_actions(page, &entry, ref);
        write_fields(page, &entry);
        write_more(page, &entry, ref);
        write_history(page, &entry, ref);
        write_trace(page, &entry, ref);
        write_delete(page, &entry, ref);
    } else {
        html_element(html, "p", _("This program cannot read it: it is of a newer version, or damaged."));
    }
    entry_clear(&entry);
}
