// SPDX-License-Identifier: Apache-2.0
// A new record, a changed one, a deleted one. Whoever changes says which version he had before him: where
// another one stands there by now, he sees what it was, what he wants and what it is, and nothing is
// overwritten.
#include "common/schema/fault.h"
#include "proto/message.h"
#include "services/console/changed.h"
#include "services/console/choices.h"
#include "services/console/keeping.h"
#include "services/console/pages.h"
#include "services/console/saving.h"

// --- the form

// next: a new record may be followed by another one.
static void write_buttons(page_t *page, bool next)
{
    html_t *html = &page->body;
    html_raw(html, "<p class=\"actions\"><button class=\"main\" aria-keyshortcuts=\"Control+S\">");
    html_text(html, _("Save"));
    html_raw(html, "</button> ");
    if (next) {
        html_raw(html, "<button name=\"next\" value=\"1\" aria-keyshortcuts=\"Control+Enter\">");
        html_text(html, _("Save and add another"));
        html_raw(html, "</button> ");
    }
    html_raw(html, "<a aria-keyshortcuts=\"Escape\" href=\"/k/");
    html_segment(html, page->request->segments[1]);
    html_raw(html, "\">");
    html_text(html, _("Do not save"));
    html_raw(html, "</a></p></form>");
}

// fields: as they are shown; origin: what the form began with, NULL: nothing.
static void write_form(page_t *page, fields_t *fields, const fields_t *origin, const char *version, bool key)
{
    html_t *html = &page->body;
    if (!picker_read(page, fields, key)) return;
    html_raw(html, "<p class=\"help\">");
    html_textf(html, _("Seen: %s; %s."), reach_up_text(fields->kind->up),
               reach_down_text(fields->kind->down));
    html_raw(html, "</p>");
    keeping_offer(page);
    choices_note(page, fields);
    fields_write_faults(page, fields, _("Nothing was saved. What you typed is still here."));
    keeping_open(page);
    choices_open(html);
    html_raw(html, "<input type=\"hidden\" name=\"version\"");
    html_attribute(html, "value", version);
    html_raw(html, ">");
    if (origin != NULL) fields_write_origin(page, origin);
    fields_write(page, fields, key);
    write_buttons(page, key);
}

// --- three columns

static void show_changed(page_t *page, const entry_t *entry, fields_t *mine)
{
    AUTO(fields_destroy) fields_t *was = fields_new(entry->kind);
    AUTO(fields_destroy) fields_t *now = fields_new(entry->kind);
    fields_of_form(was, &page->request->form, "o.");
    fields_of_body(now, entry->body, page->lang);
    page->status = 409;
    changed_write(page, was, mine, now);
    changed_keep(was, mine, now);
    write_form(page, mine, now, entry->version, false);
}

// --- saving

// base: the record that is changed; NULL: a new one.
static saved_t save(page_t *page, fields_t *fields, const entry_t *base, rid_t *ret_id)
{
    uint32_t set[FIELDS_MAX];
    body_t *body;
    slice_t packed;
    Selenga__Item item = SELENGA__ITEM__INIT;
    if (!fields_body(fields, base != NULL ? base->body : NULL, &body, set, &item.n_set)) return SAVED_WRONG;
    if (body_pack(body, fields->arena, &packed, &fields->fault) != 0) return SAVED_WRONG;
    item.has_kind = item.has_body = 1;
    item.kind = fields->kind->number;
    item.body = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    item.set = set;
    item.expect_version = (char *)(uintptr_t)(base != NULL ? form_text(&page->request->form, "version") : "");
    if (base != NULL && !kind_has_key(base->kind)) {
        item.has_id = 1;
        item.id = (ProtobufCBinaryData){sizeof base->id.b, (uint8_t *)(uintptr_t)base->id.b};
    }
    return saving_put(page, fields, &item, ret_id);
}

// To the record, or to the form of the next one; where there are warnings, they come first.
static void go_to(page_t *page, const fields_t *fields, const rid_t *id, bool made)
{
    html_t *html = &page->body;
    char text[RID_TEXT];
    rid_text(id, text);
    if (!fields->wrong && fields->fault.code[0] == '\0') {
        if (made && form_value(&page->request->form, "next") != NULL)
            page_go(page, "/k/%s/new?saved=1", fields->kind->name);
        else
            entry_go(page, fields->kind, text, made ? "?saved=1" : "?saved=1&undo=1");
        return;
    }
    html_raw(html, "<p class=\"note ok\" role=\"status\">");
    html_text(html, _("Saved: written on this computer."));
    html_raw(html, "</p>");
    fields_write_faults(page, fields, _("But look at it once more:"));
    html_raw(html, "<p>");
    entry_link(html, fields->kind, text, _("To the record"));
    html_raw(html, "</p>");
}

// --- pages

void page_new(page_t *page)
{
    const kind_rule_t *kind;
    rid_t id = {0};
    if (!entry_kind(page, page->request->segments[1], &kind) || !saving_may(page, kind, ACCESS_WRITE)) return;
    AUTO(fields_destroy) fields_t *fields = fields_new(kind);
    page_title(page, _("%s: a new record"), bilingual_text(&kind->label));
    if (page->request->post) fields_of_form(fields, &page->request->form, "f.");
    if (page->request->post && !picker_seeks(page, fields)) {
        saved_t saved = save(page, fields, NULL, &id);
        if (saved == SAVED) go_to(page, fields, &id, true);
        if (saved == SAVED || saved == SAVED_NOT) return;
        if (saved == SAVED_CHANGED) fault_set(&fields->fault, "KEY-TWICE", NULL, kind->name);
        page->status = saved == SAVED_CHANGED ? 409 : 422;
    }
    if (keeping_draft(page) != NULL) fields_of_form(fields, &page->draft, "f.");
    if (form_value(&page->request->query, "saved") != NULL && !page->request->post) {
        html_raw(&page->body, "<p class=\"note ok\" role=\"status\">");
        html_text(&page->body, _("Saved: written on this computer."));
        html_raw(&page->body, "</p>");
    }
    write_form(page, fields, NULL, "", true);
}

// As the record stands, or as it was typed into a form of before, which goes on from the version of then.
static void begin(page_t *page, const entry_t *entry, fields_t *fields)
{
    const form_t *draft = keeping_draft(page);
    if (draft == NULL) {
        fields_of_body(fields, entry->body, page->lang);
        write_form(page, fields, fields, entry->version, false);
        return;
    }
    AUTO(fields_destroy) fields_t *origin = fields_new(entry->kind);
    fields_of_form(fields, draft, "f.");
    fields_of_form(origin, draft, "o.");
    write_form(page, fields, origin, form_text(draft, "version"), false);
}

static void edit(page_t *page, const entry_t *entry, fields_t *fields)
{
    char ref[KEY_TEXT_MAX];
    rid_t id = entry->id;
    page_title(page, _("Change: %s %s"), bilingual_text(&entry->kind->label),
               entry_ref(entry->kind, entry->body, &entry->id, ref));
    if (!page->request->post) {
        begin(page, entry, fields);
        return;
    }
    AUTO(fields_destroy) fields_t *origin = fields_new(entry->kind);
    fields_of_form(fields, &page->request->form, "f.");
    fields_of_form(origin, &page->request->form, "o.");
    if (picker_seeks(page, fields)) {
        write_form(page, fields, origin, form_text(&page->request->form, "version"), false);
        return;
    }
    switch (save(page, fields, entry, &id)) {
    case SAVED:
        go_to(page, fields, &id, false);
        return;
    case SAVED_NOT:
        return;
    case SAVED_CHANGED:
        show_changed(page, entry, fields);
        return;
    case SAVED_WRONG:
        page->status = 422;
        write_form(page, fields, origin, form_text(&page->request->form, "version"), false);
        return;
    }
}

void page_edit(page_t *page)
{
    entry_t entry;
    if (!entry_get(page, &entry)) return;
    if (saving_may(page, entry.kind, ACCESS_WRITE)) {
        AUTO(fields_destroy) fields_t *fields = fields_new(entry.kind);
        if (entry.body != NULL)
            edit(page, &entry, fields);
        else
            page_refuse(page, 422, _("It cannot be changed"),
                        _("This program cannot read it: it is of a newer version, or damaged."));
    }
    entry_clear(&entry);
}

void page_delete(page_t *page)
{
    entry_t entry;
    rid_t id;
    char text[FAULT_TEXT], ref[RID_TEXT];
    Selenga__Item item = SELENGA__ITEM__INIT;
    if (!entry_get(page, &entry)) return;
    AUTO(fields_destroy) fields_t *fields = fields_new(entry.kind);
    item.has_kind = item.has_id = item.has_deleted = 1;
    item.kind = entry.kind->number;
    item.id = (ProtobufCBinaryData){sizeof entry.id.b, entry.id.b};
    item.deleted = 1;
    item.why = (char *)(uintptr_t)form_text(&page->request->form, "why");
    item.expect_version = (char *)(uintptr_t)form_text(&page->request->form, "version");
    switch (saving_may(page, entry.kind, ACCESS_DELETE) ? saving_put(page, fields, &item, &id) : SAVED_NOT) {
    case SAVED:
        entry_go(page, entry.kind, rid_text(&entry.id, ref), "/history?deleted=1");
        break;
    case SAVED_CHANGED:
        page_refuse(page, 409, _("It was changed meanwhile"),
                    _("Somebody has changed this record since you opened it. Look at it again."));
        break;
    case SAVED_WRONG:
        page_refuse(page, 422, _("It cannot be deleted"),
                    fault_text_of(&fields->fault, fields->kind, page->lang, text, sizeof text));
        break;
    case SAVED_NOT:
        break;
    }
    entry_clear(&entry);
}
