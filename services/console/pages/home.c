// SPDX-License-Identifier: Apache-2.0
// What needs somebody, and what kinds of records there are.
#include "common/base/clock.h"
#include "common/base/vec.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/reason.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/keeping.h"
#include "services/console/pages.h"
#include "services/console/refusals.h"
#include "services/console/watching.h"
#include <stdio.h>
#include <stdlib.h>

enum { REFUSALS = 20, STEPS = 500 };

static void write_waiting(page_t *page)
{
    html_t *html = &page->body;
    const facts_t *facts = &page->facts;
    if (!facts->known || !facts->has_parent || facts->waiting == 0 || !facts->offline) return;
    html_raw(html, "<p class=\"note\"><span class=\"pill off\">");
    html_text(html, _("no line"));
    html_raw(html, "</span> ");
    html_textf(
        html,
        _("The node above cannot be reached; %llu records wait here and go as soon as it can. Work on: "
          "nothing is lost."),
        (unsigned long long)facts->waiting);
    html_raw(html, "</p>");
}

// What was refused is the whole node's.
static bool sees_refusals(const page_t *page)
{
    const account_t *who = &page->session->account;
    return (access_row(MSG_QUARANTINE_LIST)->roles & who->role) != 0 &&
           strcmp(who->org, page->node->org) == 0;
}

// --- a teacher's own steps

typedef struct step {
    const char *title;
    char *ref;
    bool has_end;
    int32_t end;
} step_t;

typedef struct steps {
    arena_t *arena;
    step_t *items;
    size_t n, room;
} steps_t;

static void free_steps(steps_t *steps)
{
    for (size_t i = 0; i < steps->n; i++) free(steps->items[i].ref);
    free(steps->items);
    arena_destroy(&steps->arena);
}

static void take_step(steps_t *steps, const Selenga__Record *record)
{
    const kind_rule_t *kind = &KIND_ACTIVITY;
    char key[KEY_TEXT_MAX];
    body_t *body = NULL;
    if (body_unpack(kind, slice(record->body.data, record->body.len), steps->arena, &body, NULL) != 0 ||
        body_has(kind, body, (size_t)kind_field(kind, "done_on")))
        return;
    size_t end = (size_t)kind_field(kind, "planned_to");
    *vec_add(steps->items, steps->n, steps->room) =
        (step_t){.title = body_str(kind, body, (size_t)kind_field(kind, "title")),
                 .ref = xstrdup(body_key_shown(kind, body, key)),
                 .has_end = body_has(kind, body, end),
                 .end = (int32_t)body_int(kind, body, end)};
}

// The next one first; those without a day are the last.
static int by_end(const void *a, const void *b)
{
    const step_t *x = a, *y = b;
    if (x->has_end != y->has_end) return x->has_end ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static void write_step(page_t *page, const step_t *step)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    html_raw(html, "<tr><td>");
    entry_link(html, &KIND_ACTIVITY, step->ref, reason_text_in(step->title, page->lang, text));
    html_raw(html, "</td><td>");
    if (step->has_end) html_text(html, view_day(step->end, page->lang, text));
    if (step->has_end && step->end < wall_day()) {
        html_raw(html, " <span class=\"pill warn\">");
        html_text(html, _("overdue"));
        html_raw(html, "</span>");
    }
    html_raw(html, "</td></tr>");
}

// A teacher is shown his own records only: the services see to that. False: return at once.
static bool ask_steps(page_t *page, const Selenga__Records **ret_records)
{
    Selenga__List list = SELENGA__LIST__INIT;
    list.has_kind = list.has_limit = true;
    list.kind = KIND_ACTIVITY.number;
    list.limit = STEPS;
    return page_ask(page, SERVICE_ROUTING, MSG_LIST, &list, MSG_RECORDS, &selenga__records__descriptor,
                    ret_records);
}

static bool write_steps(page_t *page, const Selenga__Records *records)
{
    html_t *html = &page->body;
    size_t size = 0;
    for (size_t i = 0; i < records->n_records; i++) size += records->records[i].len;
    AUTO(free_steps) steps_t steps = {.arena = arena_new(size)};
    for (size_t i = 0; i < records->n_records; i++) {
        AUTO(msg_body_free)
        Selenga__Record *record = msg_body_unpack(&selenga__record__descriptor,
                                                  slice(records->records[i].data, records->records[i].len));
        if (record != NULL) take_step(&steps, record);
    }
    if (steps.n == 0) return false;
    qsort(steps.items, steps.n, sizeof *steps.items, by_end);
    html_element(html, "h2", _("Steps of my route"));
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    html_element(html, "th", _("what to do"));
    html_element(html, "th", _("until"));
    html_raw(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < steps.n; i++) write_step(page, &steps.items[i]);
    html_raw(html, "</tbody></table></div>");
    return true;
}

// --- the page

// Those that the table of refusals shows already stand there.
static void drop_refused(const findings_t *found, findings_t *ret_rest)
{
    for (size_t i = 0; i < found->n; i++)
        if (strcmp(found->items[i].what, "refused") != 0)
            *vec_add(ret_rest->items, ret_rest->n, ret_rest->room) = found->items[i];
}

static void write_found(page_t *page, const findings_t *found)
{
    findings_t rest = {0};
    drop_refused(found, &rest);
    if (rest.n > 0) html_element(&page->body, "h2", _("What needs you"));
    watching_write(page, &rest);
    free(rest.items); // what they hold belongs to the page
}

static void write_nothing(page_t *page)
{
    html_element(&page->body, "p",
                 page->session->account.role == R_TEACHER
                     ? _("Nothing needs you now. Steps of your route will stand here when one is agreed.")
                     : _("Nothing needs you now. What is overdue, missing or refused, here or above, will "
                         "stand here with what to do."));
}

void page_home(page_t *page)
{
    html_t *html = &page->body;
    refusals_t refusals = {0};
    const findings_t *found;
    const Selenga__Records *records = NULL;
    bool sees = sees_refusals(page), teacher = page->session->account.role == R_TEACHER;
    if (sees && !refusals_ask(page, REFUSALS, &refusals)) return;
    if (teacher && !ask_steps(page, &records)) return;
    if (!watching_ask(page, &found)) return;
    page_title(page, "%s", _("Today"));
    write_waiting(page);
    keeping_list(page);
    if (refusals.n > 0) {
        html_element(html, "h2", _("Refused"));
        refusals_write(page, &refusals);
    }
    bool steps = teacher && write_steps(page, records);
    write_found(page, found);
    if (refusals.n == 0 && found->n == 0 && !steps) write_nothing(page);
    html_raw(html, "<p class=\"actions\"><a class=\"button main\" href=\"/k\">");
    html_text(html, _("All records"));
    html_raw(html, "</a>");
    if ((page->session->account.role & R_OFFICES) != 0) {
        html_raw(html, " <a class=\"button\" href=\"/slips\">");
        html_text(html, _("Slips for teachers"));
        html_raw(html, "</a>");
    }
    html_raw(html, "</p>");
}

// --- kinds

static void write_kind(html_t *html, const kind_rule_t *kind)
{
    html_raw(html, "<li><a href=\"/k/");
    html_segment(html, kind->name);
    html_raw(html, "\">");
    html_text(html, bilingual_text(&kind->label));
    html_raw(html, "</a><span class=\"help\">");
    html_text(html, bilingual_text(&kind->help));
    html_raw(html, "</span></li>");
}

void page_kinds(page_t *page)
{
    static const char *const titles[SERVICES_END] = {
        [SERVICE_REGISTRY] = N_("People and organisations"),
        [SERVICE_DIAGNOSTICS] = N_("Diagnostics"),
        [SERVICE_ROUTING] = N_("Routes"),
        [SERVICE_REPORTING] = N_("Reporting"),
    };
    html_t *html = &page->body;
    page_title(page, "%s", _("Records"));
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        html_raw(html, "<h2>");
        html_text(html, titles[n] != NULL ? _(titles[n]) : words_service(n));
        html_raw(html, "</h2><ul class=\"plain columns\">");
        for (size_t i = 0; i < N_KINDS; i++)
            if (KINDS[i]->number / 100 == n && entry_may(page, KINDS[i], ACCESS_READ))
                write_kind(html, KINDS[i]);
        html_raw(html, "</ul>");
    }
}
