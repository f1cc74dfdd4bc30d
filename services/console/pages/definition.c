// SPDX-License-Identifier: Apache-2.0
// One definition of an indicator: its expressions, where one is wrong and why, what it would give beside what
// is in force, and the other definitions of its code. Whoever gives it another first day makes a definition
// beside the one before him.
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/schema/fault.h"
#include "proto/message.h"
#include "services/console/changed.h"
#include "services/console/defined.h"
#include "services/console/figures.h"
#include "services/console/keeping.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/saving.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct editor {
    const char *code;    // NULL: of a new indicator
    const held_t *shown; // NULL: none yet
    fields_t *fields;
    const fields_t *origin; // what the form began with; NULL: nothing
    const char *version;
    const body_t *body;             // what the form says, where it was sent; NULL
    const indicator_t *now, *tried; // of a dry run; NULL
    bool was_tried;
} editor_t;

static size_t field(const char *name)
{
    return (size_t)kind_field(&KIND_INDICATOR, name);
}

// --- the form

// The text with a mark at the place of the error, which is told as a character of it.
static void write_place(html_t *html, const char *text, const fault_t *fault)
{
    char *end;
    size_t from = 0, to;
    if (strcmp(fault->code, "BAD-EXPRESSION") != 0 || fault->n_args < 2) return;
    unsigned long character = strtoul(fault->args[1], &end, 10);
    for (unsigned long n = 1; n < character && text[from] != '\0'; n++) do
            from++;
        while ((text[from] & 0xc0) == 0x80);
    to = from + strcspn(text + from, " \t\r\n()");
    if (to == from && text[to] != '\0') to++;
    html_raw(html, "<p class=\"lines\">");
    html_text(html, _("Here:"));
    html_raw(html, " <code>");
    html_textf(html, "%.*s", (int)from, text);
    html_raw(html, "<mark>");
    html_textf(html, "%.*s", (int)(to - from), text + from);
    if (text[from] == '\0') html_text(html, _("(the end)"));
    html_raw(html, "</mark>");
    html_text(html, text + to);
    html_raw(html, "</code></p>");
}

static void write_fields(page_t *page, const editor_t *editor)
{
    const kind_rule_t *kind = &KIND_INDICATOR;
    for (size_t i = 0; i < kind->n_fields; i++) {
        if (!fields_has(kind, i, true) || (i == field("code") && editor->code != NULL)) continue;
        fields_write_one(page, editor->fields, i);
        const char *text = editor->body != NULL && kind->fields[i].type == FIELD_TEXT
                               ? body_str(kind, editor->body, i)
                               : NULL;
        if (text != NULL) write_place(&page->body, text, &editor->fields->faults[i]);
    }
}

static void write_asked(page_t *page, const char *name, const char *label, const char *value)
{
    html_t *html = &page->body;
    html_raw(html, "<div class=\"field\"><label for=\"t-");
    html_text(html, name);
    html_raw(html, "\">");
    html_text(html, label);
    html_raw(html, "</label><input class=\"short\" autocomplete=\"off\" id=\"t-");
    html_text(html, name);
    html_raw(html, "\"");
    html_attribute(html, "name", name);
    html_attribute(html, "value", value);
    html_raw(html, "></div>");
}

static const char *period_of(const page_t *page, char buf[static 16])
{
    const char *typed = form_text(&page->request->form, "period");
    if (*typed != '\0') return typed;
    snprintf(buf, 16, "%d", date_civil((int32_t)(wall_s() / 86400)).year);
    return buf;
}

static const char *org_of(const page_t *page)
{
    const char *typed = form_text(&page->request->form, "org");
    return *typed != '\0' ? typed : page->session->account.org;
}

static void write_form(page_t *page, const editor_t *editor, const char *trouble)
{
    html_t *html = &page->body;
    char day[DATE_TEXT], year[16];
    fields_write_faults(page, editor->fields, trouble);
    keeping_offer(page);
    keeping_open(page);
    part_hidden(html, "version", editor->version);
    if (editor->shown != NULL)
        part_hidden(html, "from",
                    date_text(((const Selenga__Indicator *)editor->shown->body)->valid_from, day));
    if (editor->origin != NULL) fields_write_origin(page, editor->origin);
    write_fields(page, editor);
    html_raw(html, "<p class=\"actions\"><button class=\"main\" aria-keyshortcuts=\"Control+S\">");
    html_text(html, _("Save"));
    html_raw(html, "</button></p>");
    html_element(html, "h2", _("What would it give?"));
    html_raw(html, "<p class=\"help\">");
    html_text(html, _("Counted as if it were in force in this period, beside what is. Nothing is saved."));
    html_raw(html, "</p>");
    write_asked(page, "period", _("Period"), period_of(page, year));
    write_asked(page, "org", _("Organisation"), org_of(page));
    html_raw(html, "<p class=\"actions\"><button name=\"try\" value=\"1\">");
    html_text(html, _("Count"));
    html_raw(html, "</button></p></form>");
}

// --- a dry run

// draft.data NULL: the report as it is. False: it is on its way.
static bool ask_report(page_t *page, ProtobufCBinaryData draft, const asked_t **ret_asked)
{
    char year[16];
    Selenga__Report body = SELENGA__REPORT__INIT;
    body.period = (char *)(uintptr_t)period_of(page, year);
    body.org = (char *)(uintptr_t)org_of(page);
    body.has_draft = draft.data != NULL;
    body.draft = draft;
    const client_request_t request = {.service = SERVICE_REPORTING,
                                      .type = MSG_REPORT,
                                      .body = &body,
                                      .reply = MSG_REPORT_REPLY,
                                      .descriptor = &selenga__report_reply__descriptor,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    return page_try(page, &request, ret_asked);
}

// SAVED: it was counted.
static saved_t count(page_t *page, editor_t *editor, slice_t packed)
{
    const asked_t *tried, *now;
    const char *code = ((const Selenga__Indicator *)editor->body)->code;
    ProtobufCBinaryData draft = {packed.size, (uint8_t *)(uintptr_t)packed.data};
    if (!ask_report(page, draft, &tried)) return SAVED_NOT;
    bool said = tried->status == CLIENT_REFUSED && tried->why.cause == CLIENT_SAID;
    if (said && strncmp(tried->why.fault.code, "ACC", 3) != 0) {
        fields_fault(editor->fields, &tried->why.fault);
        return SAVED_WRONG;
    }
    if (tried->status == CLIENT_DONE && !ask_report(page, (ProtobufCBinaryData){0, NULL}, &now))
        return SAVED_NOT;
    if (tried->status != CLIENT_DONE || now->status != CLIENT_DONE) {
        page_fail(page, tried->status != CLIENT_DONE ? tried : now);
        return SAVED_NOT;
    }
    editor->tried = report_find(((const Selenga__ReportReply *)tried->body)->unit, code);
    editor->now = report_find(((const Selenga__ReportReply *)now->body)->unit, code);
    editor->was_tried = true;
    return SAVED;
}

static void write_value(page_t *page, const char *name, const indicator_t *value)
{
    html_t *html = &page->body;
    bool has = value != NULL && figures_has(value);
    html_raw(html, "<tr><th scope=\"row\">");
    html_text(html, name);
    html_raw(html, "</th><td class=\"number\">");
    if (has) html_number(html, value->numerator);
    html_raw(html, "</td><td class=\"number\">");
    if (has && value->has_denominator) html_number(html, value->denominator);
    html_raw(html, "</td><td class=\"number\">");
    if (value != NULL) figures_write_value(page, value);
    html_raw(html, "</td><td class=\"number\">");
    if (value != NULL) figures_write_target(page, value);
    html_raw(html, "</td><td>");
    if (value != NULL) figures_write_state(page, value);
    if (value != NULL) figures_write_notes(page, value);
    if (value == NULL) html_text(html, _("none is in force"));
    html_raw(html, "</td></tr>");
}

static void write_tried(page_t *page, const editor_t *editor)
{
    html_t *html = &page->body;
    char year[16];
    const char *const heads[] = {_("definition"), _("numerator"), _("denominator"),
                                 _("value"),      _("target"),    _("state")};
    if (!editor->was_tried) return;
    html_raw(html, "<div class=\"note\" role=\"status\"><strong>");
    html_textf(html, _("%s, %s: counted, not saved"), org_of(page), period_of(page, year));
    html_raw(html, "</strong>");
    part_table(html, ARRAY_SIZE(heads), heads);
    write_value(page, _("in force"), editor->now);
    write_value(page, _("this one"), editor->tried);
    part_table_end(html);
    html_raw(html, "</div>");
}

// --- saving

// Is it still the definition that stood in the form? Another day makes another one.
static bool is_same(const page_t *page, const editor_t *editor)
{
    int32_t day;
    const Selenga__Indicator *d = (const Selenga__Indicator *)editor->body;
    return editor->shown != NULL && date_parse(form_text(&page->request->form, "from"), &day) &&
           day == d->valid_from;
}

static saved_t put(page_t *page, editor_t *editor, const uint32_t *set, size_t n_set, slice_t packed,
                   rid_t *ret_id)
{
    Selenga__Item item = SELENGA__ITEM__INIT;
    item.has_kind = item.has_body = 1;
    item.kind = KIND_INDICATOR.number;
    item.body = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    item.set = (uint32_t *)(uintptr_t)set;
    item.n_set = n_set;
    item.expect_version = (char *)(uintptr_t)(is_same(page, editor) ? editor->version : "");
    return saving_put(page, editor->fields, &item, ret_id);
}

static void go_to(page_t *page, const editor_t *editor)
{
    html_t html = {0};
    size_t size;
    defined_address(&html, (const Selenga__Indicator *)editor->body);
    AUTO(xfree) char *address = html_take(&html, &size);
    page_go(page, "%.*s&saved=1", (int)size, address);
}

// What was sent: counted or saved.
static saved_t take(page_t *page, editor_t *editor)
{
    uint32_t set[FIELDS_MAX];
    size_t n_set = 0;
    body_t *body = NULL;
    slice_t packed;
    rid_t id;
    fields_t *fields = editor->fields;
    bool good = fields_body(fields, NULL, &body, set, &n_set);
    editor->body = body;
    if (!good || body_pack(body, fields->arena, &packed, &fields->fault) != 0) return SAVED_WRONG;
    if (form_value(&page->request->form, "try") != NULL) return count(page, editor, packed);
    saved_t saved = put(page, editor, set, n_set, packed, &id);
    if (saved == SAVED) go_to(page, editor);
    return saved;
}

static void show_changed(page_t *page, const defined_t *defined, editor_t *editor)
{
    const Selenga__Indicator *d = (const Selenga__Indicator *)editor->body;
    const held_t *stands = defined_find(defined, d->code, d->valid_from);
    page->status = 409;
    if (!is_same(page, editor) || stands == NULL) {
        fault_set(&editor->fields->faults[field("valid_from")], "KEY-TWICE", NULL, KIND_INDICATOR.name);
        editor->fields->wrong = true;
        write_form(page, editor, _("Nothing was saved. What you typed is still here."));
        return;
    }
    AUTO(fields_destroy) fields_t *now = fields_new(&KIND_INDICATOR);
    fields_of_body(now, stands->body, page->lang);
    changed_write(page, editor->origin, editor->fields, now);
    changed_keep(editor->origin, editor->fields, now);
    editor->origin = now;
    editor->version = stands->version;
    write_form(page, editor, "");
}

static void answer(page_t *page, const defined_t *defined, editor_t *editor)
{
    bool tries = form_value(&page->request->form, "try") != NULL;
    AUTO(fields_destroy) fields_t *origin = fields_new(&KIND_INDICATOR);
    fields_of_form(editor->fields, &page->request->form, "f.");
    if (editor->code != NULL) editor->fields->texts[field("code")] = editor->code;
    fields_of_form(origin, &page->request->form, "o.");
    editor->origin = origin;
    editor->version = form_text(&page->request->form, "version");
    switch (take(page, editor)) {
    case SAVED:
        if (!tries) return;
        write_tried(page, editor);
        write_form(page, editor, "");
        return;
    case SAVED_NOT:
        return;
    case SAVED_CHANGED:
        show_changed(page, defined, editor);
        return;
    case SAVED_WRONG:
        page->status = 422;
        write_form(page, editor,
                   tries ? _("It cannot be counted so. What you typed is still here.")
                         : _("Nothing was saved. What you typed is still here."));
        return;
    }
}

static void edit(page_t *page, const defined_t *defined, editor_t *editor)
{
    AUTO(fields_destroy) fields_t *fields = fields_new(&KIND_INDICATOR);
    AUTO(fields_destroy) fields_t *origin = fields_new(&KIND_INDICATOR);
    const form_t *draft = keeping_draft(page);
    editor->fields = fields;
    editor->version = editor->shown != NULL ? editor->shown->version : "";
    if (page->request->post) {
        answer(page, defined, editor);
        return;
    }
    if (editor->shown != NULL) fields_of_body(fields, editor->shown->body, page->lang);
    if (editor->shown != NULL) fields_of_body(origin, editor->shown->body, page->lang);
    if (draft != NULL) {
        fields_of_form(fields, draft, "f.");
        fields_of_form(origin, draft, "o.");
        editor->version = form_text(draft, "version");
    }
    editor->origin = origin;
    write_form(page, editor, "");
}

// --- the page

// The one of the day that is asked for, the one in force, or the last.
static const held_t *choose(const page_t *page, const defined_t *defined, const char *code)
{
    int32_t day;
    const form_t *asked = page->request->post ? &page->request->form : &page->request->query;
    const form_t *draft = page->draft.n > 0 ? &page->draft : asked;
    const held_t *found = NULL;
    if (date_parse(form_text(draft, "from"), &day)) return defined_find(defined, code, day);
    for (size_t i = 0; i < defined->holding.n; i++) {
        found = &defined->holding.items[i];
        if (defined_in_force(defined, i)) break;
    }
    return found;
}

static void write_others(page_t *page, const defined_t *defined, const held_t *shown)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    const char *const heads[] = {_("valid from"), _("valid until"), _("state")};
    html_element(html, "h2", _("Definitions of this code"));
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < defined->holding.n; i++) {
        const held_t *held = &defined->holding.items[i];
        part_row(html);
        html_raw(html, "<td><a");
        if (held == shown) html_raw(html, " aria-current=\"true\"");
        html_raw(html, " href=\"");
        defined_address(html, defined_at(defined, i));
        html_raw(html, "\">");
        html_text(html, defined_text(page, held->body, "valid_from", text));
        html_raw(html, "</a></td>");
        part_cell(html, defined_text(page, held->body, "valid_to", text));
        html_raw(html, "<td>");
        defined_write_state(page, defined, i);
        html_raw(html, "</td>");
        part_row_end(html);
    }
    part_table_end(html);
}

static void write_links(page_t *page, const held_t *shown)
{
    html_t *html = &page->body;
    char ref[KEY_TEXT_MAX];
    const char *key = entry_ref(&KIND_INDICATOR, shown->body, &shown->id, ref);
    html_raw(html, "<p class=\"actions\">");
    entry_link(html, &KIND_INDICATOR, key, _("The record"));
    html_raw(html, " · <a href=\"");
    entry_address(html, &KIND_INDICATOR, key);
    html_raw(html, "/history\">");
    html_text(html, _("History and earlier versions"));
    html_raw(html, "</a> · <a href=\"/r\">");
    html_text(html, _("Indicators"));
    html_raw(html, "</a></p>");
}

static void write_read_only(page_t *page, const held_t *shown)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    const kind_rule_t *kind = &KIND_INDICATOR;
    html_raw(html, "<dl class=\"card\">");
    for (size_t i = 0; i < kind->n_fields; i++) {
        if (!body_has(kind, shown->body, i)) continue;
        html_element(html, "dt", bilingual_text(&kind->fields[i].label));
        html_element(html, "dd", defined_text(page, shown->body, kind->fields[i].name, text));
    }
    html_raw(html, "</dl>");
}

void page_definition(page_t *page)
{
    AUTO(defined_free) defined_t defined = {0};
    editor_t editor = {.code = page->request->segments[1]};
    if (page->request->post && !saving_may(page, &KIND_INDICATOR, ACCESS_WRITE)) return;
    if (!defined_ask(page, editor.code, &defined)) return;
    (void)keeping_draft(page);
    editor.shown = choose(page, &defined, editor.code);
    if (editor.shown == NULL) {
        page_refuse(page, 404, _("No such indicator"),
                    _("Nothing defines an indicator of this code and day."));
        return;
    }
    page_title(page, "%s %s", editor.code, ((const Selenga__Indicator *)editor.shown->body)->title);
    if (form_value(&page->request->query, "saved") != NULL && !page->request->post)
        part_note(&page->body, PART_GOOD, _("Saved: written on this computer."));
    if (entry_may(page, &KIND_INDICATOR, ACCESS_WRITE))
        edit(page, &defined, &editor);
    else
        write_read_only(page, editor.shown);
    if (page->waiting || page->status == 303) return;
    write_others(page, &defined, editor.shown);
    write_links(page, editor.shown);
}

void page_definition_new(page_t *page)
{
    const defined_t none = {0};
    editor_t editor = {0};
    if (!saving_may(page, &KIND_INDICATOR, ACCESS_WRITE)) return;
    page_title(page, "%s", _("New indicator"));
    edit(page, &none, &editor);
}
