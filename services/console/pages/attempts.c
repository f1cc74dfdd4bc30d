// SPDX-License-Identifier: Apache-2.0
// What the reader can take, and what he has taken: tests of campaigns, each with his own attempts. The days
// of a campaign are shown; they decide nothing, since a computer may have a wrong date.
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "proto/diagnostics.pb-c.h"
#include "services/console/held.h"
#include "services/console/pages.h"
#include "services/console/parts.h"

typedef struct tests {
    holding_t campaigns, instruments, attempts;
    size_t n; // rows so far
} tests_t;

static void tests_free(tests_t *tests)
{
    holding_free(&tests->campaigns);
    holding_free(&tests->instruments);
    holding_free(&tests->attempts);
}

// The latest attempt, NULL: none; how many count.
static const Selenga__Attempt *latest(const tests_t *tests, const char *campaign, const char *instrument,
                                      int64_t *ret_used)
{
    const Selenga__Attempt *found = NULL;
    *ret_used = 0;
    for (size_t i = 0; i < tests->attempts.n; i++) {
        const Selenga__Attempt *a = (const Selenga__Attempt *)tests->attempts.items[i].body;
        if (strcmp(a->campaign, campaign) != 0 || strcmp(a->instrument, instrument) != 0) continue;
        *ret_used += strcmp(a->state, "annulled") != 0;
        if (found == NULL || a->number > found->number) found = a;
    }
    return found;
}

static bool is_taken_alone(const Selenga__Instrument *i)
{
    return strcmp(i->state, "approved") == 0 &&
           (strcmp(i->class_, "test") == 0 || strcmp(i->class_, "case") == 0 ||
            strcmp(i->class_, "self-assessment") == 0);
}

static void write_link(html_t *html, const char *campaign, const char *instrument, const char *text)
{
    html_raw(html, "<a href=\"/attempt/");
    html_segment(html, campaign);
    html_raw(html, "/");
    html_segment(html, instrument);
    html_raw(html, "\">");
    html_text(html, text);
    html_raw(html, "</a>");
}

static void write_action(page_t *page, const Selenga__Campaign *c, const Selenga__Instrument *i,
                         const Selenga__Attempt *a, int64_t used)
{
    html_t *html = &page->body;
    bool begun = a != NULL && strcmp(a->state, "begun") == 0;
    bool again = used < (c->has_attempts ? c->attempts : 1);
    html_raw(html, "<td>");
    if (begun) {
        write_link(html, c->code, i->code, _("Go on"));
    } else if (again && a != NULL) {
        html_raw(html, "<form method=\"post\" action=\"/attempt/");
        html_segment(html, c->code);
        html_raw(html, "/");
        html_segment(html, i->code);
        html_raw(html, "\">");
        page_token(page, html);
        part_hidden(html, "act", "begin");
        html_raw(html, "<button>");
        html_text(html, _("Take it again"));
        html_raw(html, "</button></form>");
    } else {
        write_link(html, c->code, i->code, a == NULL ? _("Take it") : _("See it"));
    }
    html_raw(html, "</td>");
}

static void write_row(page_t *page, tests_t *tests, const Selenga__Campaign *c, const Selenga__Instrument *i)
{
    html_t *html = &page->body;
    char from[VIEW_TEXT], to[VIEW_TEXT];
    int64_t used;
    const Selenga__Attempt *a = latest(tests, c->code, i->code, &used);
    if (a == NULL && (!is_taken_alone(i) || c->to < wall_day())) return;
    part_row(html);
    part_cell(html, i->title);
    part_cell(html, c->title);
    html_raw(html, "<td>");
    html_textf(html, "%s – %s", view_day(c->from, page->lang, from), view_day(c->to, page->lang, to));
    html_raw(html, "</td>");
    if (i->has_time_limit)
        part_number(html, i->time_limit);
    else
        part_cell(html, "");
    part_cell(html, a == NULL
                        ? ""
                        : view_value(&KIND_ATTEMPT, &a->base, (size_t)kind_field(&KIND_ATTEMPT, "state"),
                                     (view_t){VIEW_WORDS, page->lang}, from));
    write_action(page, c, i, a, used);
    part_row_end(html);
    tests->n++;
}

static void write_campaign(page_t *page, tests_t *tests, const Selenga__Campaign *c)
{
    slice_t rest = slice_text(c->instruments != NULL ? c->instruments : ""), code;
    bool done = false;
    while (text_next_piece(&rest, ';', &done, &code))
        for (size_t i = 0; i < tests->instruments.n; i++) {
            const Selenga__Instrument *one = (const Selenga__Instrument *)tests->instruments.items[i].body;
            if (slice_equal(slice_text(one->code), code)) write_row(page, tests, c, one);
        }
}

void page_attempts(page_t *page)
{
    html_t *html = &page->body;
    AUTO(tests_free) tests_t tests = {0};
    const char *const heads[] = {_("Test"), _("Campaign"), _("Days"), _("Minutes"), _("State"), ""};
    if (!holding_list(page, &tests.campaigns, &KIND_CAMPAIGN, "", NULL, NULL) ||
        !holding_list(page, &tests.instruments, &KIND_INSTRUMENT, "", NULL, NULL) ||
        !holding_list(page, &tests.attempts, &KIND_ATTEMPT, "", "person", page->session->account.person))
        return;
    page_title(page, "%s", _("Tests"));
    html_element(
        html, "p",
        _("Your answers stay on this node and are erased after the term for appeals; results stay in your "
          "organisation."));
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < tests.campaigns.n; i++)
        write_campaign(page, &tests, (const Selenga__Campaign *)tests.campaigns.items[i].body);
    part_table_end(html);
    if (tests.n == 0) part_note(html, PART_PLAIN, _("No test is announced for you now."));
}
