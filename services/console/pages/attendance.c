// SPDX-License-Identifier: Apache-2.0
// Who was at an event: a tick for each person of an organisation, one save. Printed it is the sheet to sign.
#include "common/schema/fault.h"
#include "proto/registry.pb-c.h"
#include "services/console/inputs.h"
#include "services/console/many.h"
#include "services/console/pages.h"
#include "services/console/saving.h"
#include "services/console/staff_list.h"
#include <stdio.h>

enum { DOWN = 200, NAME = 24 };

typedef struct sheet {
    holding_t events, attendances;
    staff_list_t staff;
    const Selenga__Event *event;
} sheet_t;

static void sheet_free(sheet_t *sheet)
{
    holding_free(&sheet->events);
    holding_free(&sheet->attendances);
    staff_list_free(&sheet->staff);
}

static const char *said(const page_t *page, const char *name)
{
    return form_text(page->request->post ? &page->request->form : &page->request->query, name);
}

static bool read_sheet(page_t *page, sheet_t *sheet)
{
    rid_t id;
    const char *code = page->request->segments[1];
    bool is = ref_id(&KIND_EVENT, slice_text(code), &id);
    if (is && !holding_ids(page, &sheet->events, &KIND_EVENT, &id, 1)) return false;
    if (sheet->events.n == 0) {
        page_refuse(page, 404, _("There is no such record"), _("It is not here, or was deleted."));
        return false;
    }
    sheet->event = (const Selenga__Event *)sheet->events.items[0].body;
    return staff_list_read(page, &sheet->staff, said(page, "org"), said(page, "page"), DOWN) &&
           holding_list(page, &sheet->attendances, &KIND_ATTENDANCE, "", "event", sheet->event->code);
}

static const held_t *attendance_of(const sheet_t *sheet, const char *person)
{
    for (size_t i = 0; i < sheet->attendances.n; i++)
        if (strcmp(((const Selenga__Attendance *)sheet->attendances.items[i].body)->person, person) == 0)
            return &sheet->attendances.items[i];
    return NULL;
}

// --- showing

static const fault_t *fault_of(const many_t *refused, const held_t *held, const char *person)
{
    for (size_t i = 0; refused != NULL && i < refused->n; i++) {
        const many_row_t *row = &refused->rows[i];
        const Selenga__Attendance *a = (const Selenga__Attendance *)row->body;
        bool his = a != NULL ? a->person != NULL && strcmp(a->person, person) == 0
                             : held != NULL && rid_equal(&row->id, &held->id);
        if (his && !row->done) return &row->fault;
    }
    return NULL;
}

static void write_person(page_t *page, const sheet_t *sheet, const many_t *refused, size_t i)
{
    html_t *html = &page->body;
    char name[NAME], text[VIEW_TEXT];
    const char *person = sheet->staff.refs[i];
    const held_t *held = attendance_of(sheet, person);
    const fault_t *fault = fault_of(refused, held, person);
    bool ticked = held != NULL || form_value(&page->request->query, "all") != NULL;
    if (fault != NULL) ticked = held == NULL; // as it was wanted
    html_raw(html, "<tr><td class=\"number\">");
    html_number(html, (int64_t)((sheet->staff.page - 1) * sheet->staff.per_page + i + 1));
    html_raw(html, "</td><td><label><input type=\"checkbox\"");
    snprintf(name, sizeof name, "t.%zu", i);
    html_attribute(html, "name", name);
    html_raw(html, " value=\"1\"");
    if (ticked) html_raw(html, " checked");
    html_raw(html, "> ");
    html_text(html, people_name(sheet->staff.people, person, text));
    html_raw(html, "</label>");
    snprintf(name, sizeof name, "p.%zu", i);
    part_hidden(html, name, person);
    snprintf(name, sizeof name, "v.%zu", i);
    if (held != NULL) part_hidden(html, name, held->version);
    if (fault != NULL) inputs_fault(html, &KIND_ATTENDANCE, fault);
    html_raw(html, "</td><td>");
    html_text(html, staff_list_post(&sheet->staff, person));
    html_raw(html, "</td><td class=\"sign\"></td></tr>");
}

static void write_event(page_t *page, const sheet_t *sheet)
{
    html_t *html = &page->body;
    char from[VIEW_TEXT], to[VIEW_TEXT];
    const Selenga__Event *e = sheet->event;
    html_raw(html, "<p>");
    entry_link(html, &KIND_EVENT, e->code, e->title);
    html_textf(html, " · %s", view_day(e->starts_on, page->lang, from));
    if (e->has_ends_on && e->ends_on != e->starts_on)
        html_textf(html, " – %s", view_day(e->ends_on, page->lang, to));
    html_textf(html, " · %s", e->org);
    html_raw(html, "</p>");
}

static void write_filter(page_t *page)
{
    html_t *html = &page->body;
    html_raw(html, "<form class=\"filter\" method=\"get\">");
    inputs_line(html, "org", _("Organisation"), said(page, "org"), NULL);
    html_raw(html, "<button>");
    html_text(html, _("Show"));
    html_raw(html, "</button><a href=\"?all=1&amp;org=");
    html_segment(html, said(page, "org"));
    html_raw(html, "&amp;page=");
    html_segment(html, said(page, "page"));
    html_raw(html, "\">");
    html_text(html, _("Tick everybody"));
    html_raw(html, "</a></form>");
}

static void write_form(page_t *page, const sheet_t *sheet, const many_t *refused)
{
    html_t *html = &page->body;
    const char *const heads[] = {N_("No."), N_("Was there"), N_("Post")};
    html_raw(html, "<form class=\"record sheet\" method=\"post\">");
    page_token(page, html);
    part_hidden(html, "org", said(page, "org"));
    part_hidden(html, "page", said(page, "page"));
    html_raw(html, "<div class=\"scroll\"><table class=\"grid\"><thead><tr>");
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++) html_element(html, "th", _(heads[i]));
    html_raw(html, "<th class=\"sign\">");
    html_text(html, _("Signature"));
    html_raw(html, "</th></tr></thead><tbody>");
    for (size_t i = 0; i < sheet->staff.n; i++) write_person(page, sheet, refused, i);
    html_raw(html, "</tbody></table></div><p class=\"actions\"><button class=\"main\">");
    html_text(html, _("Save all"));
    html_raw(html, "</button></p></form>");
    staff_list_write_pages(page, &sheet->staff, "?event=", sheet->event->code);
}

static void write_page(page_t *page, const sheet_t *sheet, const many_t *refused)
{
    html_t *html = &page->body;
    page_title(page, _("Attendance: %s"), sheet->event->code);
    inputs_saved(page);
    if (refused != NULL) {
        html_raw(html, "<p class=\"note bad\" role=\"alert\">");
        html_textf(html,
                   _("Saved: %zu. Refused: %zu; these stand below with the reason, as they were typed."),
                   refused->done, refused->failed);
        html_raw(html, "</p>");
    }
    write_event(page, sheet);
    write_filter(page);
    if (sheet->staff.n == 0)
        html_element(
            html, "p",
            _("There is nobody on the staff list here. Choose an organisation, or import the list."));
    else
        write_form(page, sheet, refused);
}

// --- saving

static void take_tick(const page_t *page, const sheet_t *sheet, many_t *many, size_t i)
{
    char name[NAME];
    const form_t *form = &page->request->form;
    snprintf(name, sizeof name, "p.%zu", i);
    const char *person = form_text(form, name);
    name[0] = 't';
    bool ticked = form_value(form, name) != NULL;
    name[0] = 'v';
    const char *version = form_value(form, name);
    if (*person == '\0' || ticked == (version != NULL)) return; // as it was
    if (!ticked) {
        const held_t *held = attendance_of(sheet, person);
        if (held != NULL) (void)many_delete(many, &held->id, version, _("the tick was taken away"));
        return;
    }
    many_row_t *row = many_add(many, "");
    if (row == NULL) return;
    (void)many_keep(many, row, "event", sheet->event->code);
    (void)many_keep(many, row, "person", person);
}

static void go(page_t *page)
{
    html_t html = {0};
    size_t size;
    html_raw(&html, "/events/");
    html_segment(&html, page->request->segments[1]);
    html_raw(&html, "/attendance?org=");
    html_segment(&html, said(page, "org"));
    html_raw(&html, "&page=");
    html_segment(&html, said(page, "page"));
    html_raw(&html, "&saved=1");
    AUTO(xfree) char *address = html_take(&html, &size);
    page_go(page, "%.*s", (int)size, address);
}

static void save(page_t *page, sheet_t *sheet)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(FORM_BODY_MAX);
    AUTO(many_free) many_t many = {.kind = &KIND_ATTENDANCE, .arena = arena};
    for (size_t i = 0; i < DOWN; i++) take_tick(page, sheet, &many, i);
    if (!many_send(page, &many)) return;
    if (many.failed == 0) {
        go(page);
        return;
    }
    holding_free(&sheet->attendances);
    if (!holding_list(page, &sheet->attendances, &KIND_ATTENDANCE, "", "event", sheet->event->code)) return;
    page->status = 422;
    write_page(page, sheet, &many);
}

void page_attendance(page_t *page)
{
    AUTO(sheet_free) sheet_t sheet = {0};
    if (!saving_may(page, &KIND_ATTENDANCE, ACCESS_WRITE) || !read_sheet(page, &sheet)) return;
    if (page->request->post)
        save(page, &sheet);
    else
        write_page(page, &sheet, NULL);
}
