// SPDX-License-Identifier: Apache-2.0
// What needs somebody, and what kinds of records there are.
#include "common/forms/words.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/keeping.h"
#include "services/console/pages.h"
#include "services/console/refusals.h"
#include <stdio.h>

enum { REFUSALS = 20 };

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

void page_home(page_t *page)
{
    html_t *html = &page->body;
    refusals_t refusals = {0};
    bool sees = sees_refusals(page);
    if (sees && !refusals_ask(page, REFUSALS, &refusals)) return;
    page_title(page, "%s", _("Today"));
    write_waiting(page);
    keeping_list(page);
    if (refusals.n == 0) {
        html_element(html, "p",
                     _("Nothing needs you now. What is refused, here or above, will stand here with the "
                       "reason and what to do."));
    } else {
        html_element(html, "h2", _("Refused"));
        refusals_write(page, &refusals);
    }
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
