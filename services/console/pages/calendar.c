// SPDX-License-Identifier: Apache-2.0
// A week or a month of the one calendar, what in it is in each other's way, and the same as a file for other
// calendars.
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/forms/ics.h"
#include "common/watch/calendar_read.h"
#include "services/console/entry.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include <stdio.h>
#include <stdlib.h>

enum { FILE_BACK = 31, FILE_AHEAD = 366, EPOCH_WEEKDAY = 3 };
enum { CLASHES_BYTES = 20000, PAGE_BYTES = 50000 }; // of the page; what does not fit is said

typedef struct reading {
    page_t *page;             // NULL: it has not begun
    calendar_read_t *reading; // NULL: it is over
    asked_t asked;            // how it ended
    calendar_t *calendar;
} reading_t;

static void take(void *context, client_status_t status, const client_why_t *why, calendar_t *calendar)
{
    reading_t *self = context;
    self->reading = NULL;
    self->asked.status = status;
    if (why != NULL) self->asked.why = *why;
    self->calendar = calendar;
    if (--self->page->pending == 0) self->page->answered(self->page->context);
}

static void free_kept(void *kept)
{
    reading_t *self = kept;
    calendar_read_abandon(&self->reading);
    calendar_destroy(&self->calendar);
}

static void start(reading_t *self, page_t *page, calendar_ask_of_t *ask)
{
    const account_t *who = &page->session->account;
    const char *org = form_text(&page->request->query, "org");
    ask->org = *org != '\0' ? org : NULL;
    ask->account = who->name;
    ask->reader = who->role;
    self->page = page;
    if (*page->client == NULL) self->asked.status = client_open(".", page->client, &self->asked.why);
    if (*page->client == NULL) return;
    self->reading = calendar_read_start(*page->client, ask, take, self, &self->asked.why);
    page->pending += self->reading != NULL;
    if (self->reading == NULL)
        self->asked.status =
            self->asked.why.cause == CLIENT_FULL || self->asked.why.cause == CLIENT_NOT_RUNNING
                ? CLIENT_LATER
                : CLIENT_REFUSED;
}

// False: return at once, as with page_ask.
static bool read_days(page_t *page, calendar_ask_of_t *ask, calendar_t **ret_calendar)
{
    reading_t *self = page_keep(page, sizeof *self, free_kept);
    if (self->page == NULL) start(self, page, ask);
    page->waiting |= self->reading != NULL;
    if (self->reading == NULL && self->asked.status != CLIENT_DONE) page_fail(page, &self->asked);
    *ret_calendar = self->calendar;
    return self->reading == NULL && self->asked.status == CLIENT_DONE;
}

// --- which days

typedef struct stretch {
    bool week;
    int32_t day, from, to;
} stretch_t;

static int32_t month_of(int year, int month)
{
    return month > 12 ? date_days(year + 1, 1, 1) : date_days(year, month, 1);
}

static void stretch_of(const page_t *page, stretch_t *stretch)
{
    const form_t *query = &page->request->query;
    *stretch = (stretch_t){.week = strcmp(form_text(query, "span"), "week") == 0, .day = wall_day()};
    (void)date_parse(form_text(query, "day"), &stretch->day);
    civil_t civil = date_civil(stretch->day);
    if (stretch->week) {
        int32_t since_monday = ((stretch->day + EPOCH_WEEKDAY) % 7 + 7) % 7;
        stretch->from = stretch->day - since_monday;
        stretch->to = stretch->from + 6;
    } else {
        stretch->from = date_days(civil.year, civil.month, 1);
        stretch->to = month_of(civil.year, civil.month + 1) - 1;
    }
}

static void write_step(page_t *page, const char *span, int32_t day, const char *text)
{
    char date[DATE_TEXT];
    html_t *html = &page->body;
    if (!date_is_valid(day)) return;
    html_raw(html, "<a href=\"/calendar?span=");
    html_segment(html, span);
    html_raw(html, "&amp;day=");
    html_segment(html, date_text(day, date));
    if (*form_text(&page->request->query, "org") != '\0') {
        html_raw(html, "&amp;org=");
        html_segment(html, form_text(&page->request->query, "org"));
    }
    html_raw(html, "\">");
    html_text(html, text);
    html_raw(html, "</a> ");
}

static void write_steps(page_t *page, const stretch_t *stretch)
{
    html_t *html = &page->body;
    const char *span = stretch->week ? "week" : "month";
    html_raw(html, "<p class=\"actions\">");
    write_step(page, span, stretch->from - 1, _("Earlier"));
    write_step(page, span, stretch->to + 1, _("Later"));
    write_step(page, stretch->week ? "month" : "week", stretch->day, stretch->week ? _("Month") : _("Week"));
    part_link(html, "/calendar.ics", _("For another calendar"));
    html_raw(html, "</p>");
}

static void write_choice(page_t *page, const stretch_t *stretch)
{
    char date[DATE_TEXT];
    html_t *html = &page->body;
    html_raw(html, "<form method=\"get\" action=\"/calendar\" class=\"filter\"><label>");
    html_text(html, _("Day"));
    html_raw(html, " <input type=\"date\" name=\"day\"");
    html_attribute(html, "value", date_text(stretch->day, date));
    html_raw(html, "></label> <label>");
    html_text(html, _("Organisation"));
    html_raw(html, " <input name=\"org\"");
    html_attribute(html, "value", form_text(&page->request->query, "org"));
    html_raw(html, "></label> ");
    part_hidden(html, "span", stretch->week ? "week" : "month");
    html_raw(html, "<button>");
    html_text(html, _("Show"));
    html_raw(html, "</button></form>");
}

// --- what is on them

static void days_text(int32_t first, int32_t last, lang_t lang, char buf[VIEW_TEXT])
{
    char from[VIEW_TEXT], to[VIEW_TEXT];
    view_day(first, lang, from);
    view_day(last, lang, to);
    if (first == last)
        snprintf(buf, VIEW_TEXT, "%.64s", from);
    else
        snprintf(buf, VIEW_TEXT, "%.64s – %.64s", from, to);
}

static void write_name(page_t *page, const calendar_entry_t *entry)
{
    const char *title = *entry->title != '\0' ? entry->title : entry->ref;
    if (*entry->ref != '\0')
        entry_link(&page->body, entry->kind, entry->ref, title);
    else
        html_text(&page->body, title);
}

static void write_entry(page_t *page, const calendar_entry_t *entry)
{
    html_t *html = &page->body;
    char days[VIEW_TEXT];
    days_text(entry->from, entry->to, page->lang, days);
    part_row(html);
    part_cell(html, days);
    part_cell(html, entry->org);
    part_cell(html, bilingual_text(&entry->kind->label));
    html_raw(html, "<td>");
    write_name(page, entry);
    if (entry->off) {
        html_raw(html, " <span class=\"pill off\">");
        html_text(html, _("cancelled"));
        html_raw(html, "</span>");
    }
    html_raw(html, "</td>");
    part_cell(html, entry->place != NULL ? entry->place : "");
    part_row_end(html);
}

static void write_entries(page_t *page, const calendar_entry_t *entries, size_t n)
{
    html_t *html = &page->body;
    const char *const heads[] = {_("Days"), _("Organisation"), _("Kind"), _("Title"), _("Place")};
    size_t all = 0, shown = 0;
    for (size_t i = 0; i < n; i++) all += entries[i].shown;
    if (all == 0) {
        html_element(html, "p", _("Nothing on these days."));
        return;
    }
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < n && html->size < PAGE_BYTES; i++) {
        if (!entries[i].shown) continue;
        write_entry(page, &entries[i]);
        shown++;
    }
    part_table_end(html);
    if (all > shown)
        part_note(html, PART_PLAIN,
                  _("There is more than fits here: choose fewer days, or an organisation."));
}

static void write_clashes(page_t *page, const calendar_t *calendar, const calendar_entry_t *entries,
                          const calendar_clash_t *clashes, size_t n)
{
    html_t *html = &page->body;
    const char *const heads[] = {_("Days"), _("One"), _("The other"), _("In each other's way")};
    if (n == 0) return;
    html_raw(html, "<h2>");
    html_textf(html, _("In each other's way: %zu"), n);
    html_raw(html, "</h2>");
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < n && html->size < CLASHES_BYTES; i++) {
        char text[VIEW_TEXT];
        int32_t from, to;
        calendar_common_days(calendar, &clashes[i], &from, &to);
        days_text(from, to, page->lang, text);
        part_row(html);
        part_cell(html, text);
        html_raw(html, "<td>");
        write_name(page, &entries[clashes[i].a]);
        html_raw(html, "</td><td>");
        write_name(page, &entries[clashes[i].b]);
        html_raw(html, "</td>");
        part_cell(html, calendar_why(&clashes[i], text));
        part_row_end(html);
    }
    part_table_end(html);
}

void page_calendar(page_t *page)
{
    stretch_t stretch;
    char from[VIEW_TEXT], to[VIEW_TEXT];
    calendar_t *calendar;
    size_t n, n_clashes;
    stretch_of(page, &stretch);
    calendar_ask_of_t ask = {.from = stretch.from, .to = stretch.to, .clashes = true};
    if (!read_days(page, &ask, &calendar)) return;
    const calendar_entry_t *entries = calendar_entries(calendar, &n);
    const calendar_clash_t *clashes = calendar_clashes(calendar, &n_clashes);
    page_title(page, _("Calendar: %s to %s"), view_day(stretch.from, page->lang, from),
               view_day(stretch.to, page->lang, to));
    write_steps(page, &stretch);
    write_choice(page, &stretch);
    write_clashes(page, calendar, entries, clashes, n_clashes);
    write_entries(page, entries, n);
}

void page_calendar_file(page_t *page)
{
    calendar_t *calendar;
    char *bytes = NULL;
    size_t size = 0;
    int32_t today = wall_day();
    calendar_ask_of_t ask = {.from = today - FILE_BACK, .to = today + FILE_AHEAD};
    if (!read_days(page, &ask, &calendar)) return;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL) out_of_memory();
    ics_write(calendar, wall_s(), out);
    fclose(out);
    html_literal(&page->body, bytes, size);
    free(bytes);
    page->type = "text/calendar; charset=utf-8";
    snprintf(page->attachment, sizeof page->attachment, "attachment; filename=\"calendar.ics\"");
}
