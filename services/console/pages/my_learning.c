// SPDX-License-Identifier: Apache-2.0
// What a teacher can learn from today on: runs of programmes and events, his own first.
#include "common/base/clock.h"
#include "proto/registry.pb-c.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/people.h"
#include <stdlib.h>

enum { ROWS_MOST = 100 };

typedef struct learning {
    holding_t runs, programmes, enrolments, certificates, events, attendances;
    int32_t today;
} learning_t;

static void learning_free(learning_t *learning)
{
    holding_free(&learning->runs);
    holding_free(&learning->programmes);
    holding_free(&learning->enrolments);
    holding_free(&learning->certificates);
    holding_free(&learning->events);
    holding_free(&learning->attendances);
}

static bool read_all(page_t *page, learning_t *l)
{
    const char *person = page->session->account.person;
    l->today = wall_day();
    return holding_list(page, &l->enrolments, &KIND_ENROLMENT, "", "person", person) &&
           holding_list(page, &l->certificates, &KIND_CERTIFICATE, "", "person", person) &&
           holding_list(page, &l->attendances, &KIND_ATTENDANCE, "", "person", person) &&
           holding_list(page, &l->runs, &KIND_PROGRAMME_RUN, "", NULL, NULL) &&
           holding_list(page, &l->programmes, &KIND_PROGRAMME, "", NULL, NULL) &&
           holding_list(page, &l->events, &KIND_EVENT, "", NULL, NULL);
}

static void write_days(page_t *page, int32_t from, bool has_to, int32_t to)
{
    html_t *html = &page->body;
    char day[VIEW_TEXT];
    html_raw(html, "<td>");
    html_text(html, view_day(from, page->lang, day));
    if (has_to && to != from) {
        html_raw(html, " — ");
        html_text(html, view_day(to, page->lang, day));
    }
    html_raw(html, "</td>");
}

static void write_seats(html_t *html, bool known, int64_t seats)
{
    if (known)
        part_number(html, seats);
    else
        part_cell(html, "");
}

// --- programmes

static bool is_mine(const learning_t *l, const char *run)
{
    for (size_t i = 0; i < l->enrolments.n; i++)
        if (strcmp(((const Selenga__Enrolment *)l->enrolments.items[i].body)->run, run) == 0) return true;
    return false;
}

static void write_run(page_t *page, const learning_t *l, const Selenga__ProgrammeRun *run)
{
    html_t *html = &page->body;
    const held_t *held = holding_key(&l->programmes, run->programme);
    const Selenga__Programme *p = held != NULL ? (const Selenga__Programme *)held->body : NULL;
    char text[VIEW_TEXT];
    part_row(html);
    html_raw(html, "<td>");
    entry_link(html, &KIND_PROGRAMME_RUN, run->code, p != NULL ? p->title : run->programme);
    html_raw(html, "</td>");
    part_cell(html, p != NULL
                        ? view_value(&KIND_PROGRAMME, &p->base, (size_t)kind_field(&KIND_PROGRAMME, "form"),
                                     (view_t){VIEW_WORDS, page->lang}, text)
                        : "");
    write_seats(html, p != NULL, p != NULL ? p->hours : 0);
    write_days(page, run->from, run->has_to, run->to);
    write_seats(html, run->has_seats, run->seats);
    html_raw(html, "<td>");
    if (is_mine(l, run->code)) {
        html_raw(html, "<span class=\"pill ok\">");
        html_text(html, _("you are enrolled"));
        html_raw(html, "</span>");
    } else {
        html_text(html, "—");
    }
    html_raw(html, "</td>");
    part_row_end(html);
}

static int run_by_day(const void *a, const void *b)
{
    const Selenga__ProgrammeRun *one = *(const Selenga__ProgrammeRun *const *)a,
                                *other = *(const Selenga__ProgrammeRun *const *)b;
    return one->from != other->from ? (one->from > other->from) - (one->from < other->from)
                                    : strcmp(one->code, other->code);
}

static void write_runs(page_t *page, const learning_t *l)
{
    html_t *html = &page->body;
    const char *const heads[] = {
        _("Programme"), bilingual_text(&KIND_PROGRAMME.fields[kind_field(&KIND_PROGRAMME, "form")].label),
        _("Hours"),     _("Days"),
        _("Seats"),     ""};
    AUTO(xfree) const Selenga__ProgrammeRun **runs = xcalloc(l->runs.n + 1, sizeof *runs);
    size_t n = 0;
    for (size_t i = 0; i < l->runs.n; i++) {
        const Selenga__ProgrammeRun *run = (const Selenga__ProgrammeRun *)l->runs.items[i].body;
        if ((run->has_to ? run->to : run->from) >= l->today) runs[n++] = run;
    }
    html_element(html, "h2", _("Programmes from today on"));
    if (n == 0) {
        part_note(html, PART_PLAIN, _("No run of a programme is announced now."));
        return;
    }
    qsort(runs, n, sizeof *runs, run_by_day);
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < n && i < ROWS_MOST; i++) write_run(page, l, runs[i]);
    part_table_end(html);
}

// --- events

static bool is_noted(const learning_t *l, const char *event)
{
    for (size_t i = 0; i < l->attendances.n; i++)
        if (strcmp(((const Selenga__Attendance *)l->attendances.items[i].body)->event, event) == 0)
            return true;
    return false;
}

static const char *word(page_t *page, const Selenga__Event *event, const char *field,
                        char buf[static VIEW_TEXT])
{
    return view_value(&KIND_EVENT, &event->base, (size_t)kind_field(&KIND_EVENT, field),
                      (view_t){VIEW_WORDS, page->lang}, buf);
}

static void write_event(page_t *page, const learning_t *l, const Selenga__Event *event)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    part_row(html);
    html_raw(html, "<td>");
    entry_link(html, &KIND_EVENT, event->code, event->title);
    html_raw(html, "</td>");
    part_cell(html, word(page, event, "kind", text));
    write_days(page, event->starts_on, event->has_ends_on, event->ends_on);
    part_cell(html, event->place != NULL ? event->place : word(page, event, "format", text));
    write_seats(html, event->has_capacity, event->capacity);
    html_raw(html, "<td>");
    html_text(html, is_noted(l, event->code) ? _("you were there") : "—");
    html_raw(html, "</td>");
    part_row_end(html);
}

static int event_by_day(const void *a, const void *b)
{
    const Selenga__Event *one = *(const Selenga__Event *const *)a, *other = *(const Selenga__Event *const *)b;
    return one->starts_on != other->starts_on
               ? (one->starts_on > other->starts_on) - (one->starts_on < other->starts_on)
               : strcmp(one->code, other->code);
}

// Those that are to come (mine false), or those where he was.
static void write_events(page_t *page, const learning_t *l, bool mine)
{
    html_t *html = &page->body;
    const char *const heads[] = {_("Event"), _("Kind"), _("Days"), _("Where"), _("Seats"), ""};
    AUTO(xfree) const Selenga__Event **events = xcalloc(l->events.n + 1, sizeof *events);
    size_t n = 0;
    for (size_t i = 0; i < l->events.n; i++) {
        const Selenga__Event *event = (const Selenga__Event *)l->events.items[i].body;
        bool ahead = (event->has_ends_on ? event->ends_on : event->starts_on) >= l->today &&
                     (event->held == NULL || strcmp(event->held, "cancelled") != 0);
        if (mine ? is_noted(l, event->code) : ahead) events[n++] = event;
    }
    if (mine)
        html_element(html, "h2", _("Events where you were"));
    else
        html_element(html, "h2", _("Events from today on"));
    if (n == 0) {
        part_note(html, PART_PLAIN,
                  mine ? _("Nobody has noted you at an event yet.") : _("No event is announced now."));
        return;
    }
    qsort(events, n, sizeof *events, event_by_day);
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < n && i < ROWS_MOST; i++)
        write_event(page, l, mine ? events[n - 1 - i] : events[i]);
    part_table_end(html);
}

// --- what he has learned

static void write_certificates(page_t *page, const learning_t *l)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    const char *const heads[] = {_("Programme"), _("Number"), _("Issued on"), _("Hours")};
    html_element(html, "h2", _("My documents of learning"));
    if (l->certificates.n == 0) {
        part_note(html, PART_PLAIN, _("No document of yours is known here yet."));
        return;
    }
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < l->certificates.n && i < ROWS_MOST; i++) {
        const Selenga__Certificate *c = (const Selenga__Certificate *)l->certificates.items[i].body;
        const held_t *run = holding_key(&l->runs, c->run);
        const held_t *p =
            run != NULL ? holding_key(&l->programmes, ((const Selenga__ProgrammeRun *)run->body)->programme)
                        : NULL;
        part_row(html);
        part_cell(html, p != NULL ? ((const Selenga__Programme *)p->body)->title : c->run);
        part_cell(html, c->number != NULL ? c->number : "");
        part_cell(html, view_day(c->issued_on, page->lang, text));
        write_seats(html, c->has_hours, c->hours);
        part_row_end(html);
    }
    part_table_end(html);
}

void page_my_learning(page_t *page)
{
    AUTO(learning_free) learning_t learning = {0};
    if (!read_all(page, &learning)) return;
    page_title(page, "%s", _("Learning and events"));
    html_element(&page->body, "p",
                 _("Who wants to take part tells the coordinator of his organisation, who enrols him."));
    write_runs(page, &learning);
    write_events(page, &learning, false);
    write_certificates(page, &learning);
    write_events(page, &learning, true);
}
