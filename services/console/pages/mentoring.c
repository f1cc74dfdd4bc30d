// SPDX-License-Identifier: Apache-2.0
// Who is a mentor of whom, when they met last, and which young specialists have nobody. A pair is made here
// by naming the two; where they have not met for thirty days, somebody should ask why.
#include "common/schema/fault.h"
#include "services/console/choices.h"
#include "services/console/keeping.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/people.h"
#include "services/console/saving.h"
#include "services/console/staffing.h"
#include <stdio.h>

enum { NAME = 400, YOUNG_MOST = 100, PAIRS_MOST = 100 };

static void name_cell(html_t *html, const staffing_t *staffing, const char *ref)
{
    char name[NAME];
    html_raw(html, "<td>");
    people_link(html, ref, staffing_name(staffing, ref, name, sizeof name));
    html_raw(html, "</td>");
}

static void write_lonely(page_t *page, const staffing_t *staffing)
{
    html_t *html = &page->body;
    const char *const heads[] = {_("Young specialist"), _("Subject"), _("Experience"), ""};
    size_t n = 0;
    for (size_t i = 0; i < staffing->n; i++) n += staffing->rows[i].young && staffing->rows[i].pair == NULL;
    html_raw(html, "<h2>");
    html_textf(html, _("Young specialists without a mentor: %zu"), n);
    html_raw(html, "</h2>");
    if (n == 0) return;
    part_table_of(html, ARRAY_SIZE(heads), heads, 1u << 2);
    for (size_t i = 0, shown = 0; i < staffing->n && shown < YOUNG_MOST; i++) {
        const staffer_t *row = &staffing->rows[i];
        if (!row->young || row->pair != NULL) continue;
        shown++;
        part_row(html);
        name_cell(html, staffing, row->ref);
        part_cell(html, row->work->subject != NULL ? row->work->subject : "");
        part_number(html, row->years);
        html_raw(html, "<td><a href=\"/mentoring?mentee=");
        html_segment(html, row->ref);
        html_raw(html, "#pair\">");
        html_text(html, _("Give a mentor"));
        html_raw(html, "</a></td>");
        part_row_end(html);
    }
    part_table_end(html);
}

// --- pairs

static void write_meeting(html_t *html, const staffing_t *staffing, const Selenga__MentoringPair *pair,
                          lang_t lang)
{
    char day[VIEW_TEXT];
    int32_t last = pair->from;
    bool met = staffing_met(staffing, pair->mentor, pair->mentee, &last);
    part_cell(html, met ? view_day(last, lang, day) : _("never"));
    html_raw(html, "<td>");
    if (staffing->today - last > MEETING_DAYS) {
        html_raw(html, "<span class=\"pill warn\">");
        html_textf(html, _("no meeting for %d days"), staffing->today - last);
        html_raw(html, "</span>");
    }
    html_raw(html, "</td>");
}

static void write_pairs(page_t *page, const staffing_t *staffing)
{
    html_t *html = &page->body;
    char day[VIEW_TEXT];
    const char *const heads[] = {_("Mentor"), _("Mentee"), _("Since"), _("Last meeting"), ""};
    size_t n = 0;
    for (size_t i = 0; i < staffing->n; i++) n += staffing->rows[i].pair != NULL;
    html_raw(html, "<h2>");
    html_textf(html, _("Pairs: %zu"), n);
    html_raw(html, "</h2>");
    if (n == 0) return;
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0, shown = 0; i < staffing->n && shown < PAIRS_MOST; i++) {
        const Selenga__MentoringPair *pair = staffing->rows[i].pair;
        if (pair == NULL) continue;
        shown++;
        part_row(html);
        name_cell(html, staffing, pair->mentor);
        name_cell(html, staffing, pair->mentee);
        part_cell(html, view_day(pair->from, page->lang, day));
        write_meeting(html, staffing, pair, page->lang);
        part_row_end(html);
    }
    part_table_end(html);
    if (n > PAIRS_MOST) part_link(html, "/k/mentoring-pair", _("All pairs"));
    html_raw(html, "<p><a href=\"/k/mentoring-meeting/new\">");
    html_text(html, _("Enter a meeting"));
    html_raw(html, "</a></p>");
}

// --- a new one

static void write_pairing(page_t *page, const fields_t *fields)
{
    html_t *html = &page->body;
    html_raw(html, "<h2 id=\"pair\">");
    html_text(html, _("Make a pair"));
    html_raw(html, "</h2>");
    fields_write_faults(page, fields, _("Nothing was saved. What you typed is still here."));
    choices_note(page, fields);
    keeping_offer(page);
    keeping_open(page);
    choices_open(html);
    fields_write(page, fields, true);
    html_raw(html, "<p class=\"actions\"><button class=\"main\">");
    html_text(html, _("Save"));
    html_raw(html, "</button></p></form>");
}

static saved_t save(page_t *page, fields_t *fields)
{
    uint32_t set[FIELDS_MAX];
    body_t *body;
    slice_t packed;
    rid_t id;
    Selenga__Item item = SELENGA__ITEM__INIT;
    if (!fields_body(fields, NULL, &body, set, &item.n_set)) return SAVED_WRONG;
    if (body_pack(body, fields->arena, &packed, &fields->fault) != 0) return SAVED_WRONG;
    item.has_kind = item.has_body = 1;
    item.kind = fields->kind->number;
    item.body = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    item.set = set;
    item.expect_version = (char *)(uintptr_t) "";
    return saving_put(page, fields, &item, &id);
}

void page_mentoring(page_t *page)
{
    AUTO(staffing_free) staffing_t staffing = {0};
    const kind_rule_t *kind = &KIND_MENTORING_PAIR;
    AUTO(fields_destroy) fields_t *fields = fields_new(kind);
    const form_t *draft = keeping_draft(page);
    bool may = entry_may(page, kind, ACCESS_WRITE);
    page_title(page, "%s", _("Mentoring"));
    if (page->request->post) {
        if (!saving_may(page, kind, ACCESS_WRITE)) return;
        fields_of_form(fields, &page->request->form, "f.");
    }
    if (page->request->post && !picker_seeks(page, fields)) {
        saved_t saved = save(page, fields);
        if (saved == SAVED) page_go(page, "/mentoring?saved=1");
        if (saved == SAVED || saved == SAVED_NOT) return;
        if (saved == SAVED_CHANGED) fault_set(&fields->fault, "KEY-TWICE", NULL, kind->name);
        page->status = saved == SAVED_CHANGED ? 409 : 422;
    } else if (draft != NULL) {
        fields_of_form(fields, draft, "f.");
    } else if (!page->request->post) {
        fields->texts[kind_field(kind, "mentee")] = form_text(&page->request->query, "mentee");
    }
    if (!staffing_read(page, form_text(&page->request->query, "org"), &staffing)) return;
    if (may && !picker_read(page, fields, true)) return;
    if (form_value(&page->request->query, "saved") != NULL)
        part_note(&page->body, PART_GOOD, _("Saved: written on this computer."));
    write_lonely(page, &staffing);
    write_pairs(page, &staffing);
    if (may) write_pairing(page, fields);
}
