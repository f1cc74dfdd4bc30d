// SPDX-License-Identifier: Apache-2.0
// What stands on every page: who and where, the sections, the three facts.
#include "common/base/clock.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "proto/message.h"
#include "services/console/router.h"
#include <stdio.h>

// --- who looks

// Whoever was locked is out at his next page. A registry that does not answer now shuts nobody out: it has
// let him in, and nothing of it is shown without it.
static bool account_stands(page_t *page, bool *ret_stands)
{
    const asked_t *asked;
    const client_request_t request = {.service = SERVICE_REGISTRY,
                                      .type = MSG_STATUS,
                                      .reply = MSG_STATUS_REPLY,
                                      .descriptor = &selenga__status__descriptor,
                                      .timeout_ms = PAGE_FACTS_MS,
                                      .account = page->session->account.name};
    if (!page_try(page, &request, &asked)) return false;
    *ret_stands = asked->why.cause != CLIENT_SAID || strcmp(asked->why.fault.code, "ACCOUNT-CLOSED") != 0;
    return true;
}

// --- the three facts

static void add_queue(facts_t *facts, const Selenga__Queue *queue)
{
    if (queue->flow == NULL || strcmp(queue->flow, "up") != 0) return;
    facts->has_parent = true;
    facts->waiting += queue->waiting;
    facts->refused += queue->quarantined;
    if (queue->has_last_progress_s && queue->last_progress_s > facts->quiet_s)
        facts->quiet_s = queue->last_progress_s;
    facts->offline |= queue->state != NULL && strcmp(queue->state, "offline") == 0;
}

void frame_ask_queues(page_t *page, const asked_t *ret_asked[static SERVICES_END])
{
    Selenga__QueuesQuery query = SELENGA__QUEUES_QUERY__INIT;
    query.flow = (char *)(uintptr_t) "up"; // of thousands of children none is counted for one line
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        const client_request_t request = {.service = n,
                                          .type = MSG_QUEUES,
                                          .body = &query,
                                          .reply = MSG_QUEUES_REPLY,
                                          .descriptor = &selenga__queues__descriptor,
                                          .timeout_ms = PAGE_FACTS_MS};
        (void)page_try(page, &request, &ret_asked[n]);
    }
}

bool frame_ask(page_t *page)
{
    const asked_t *asked[SERVICES_END] = {NULL};
    bool stands = true;
    if (page->session == NULL) return true;
    bool known = account_stands(page, &stands);
    frame_ask_queues(page, asked);
    if (page->waiting || !known) return false;
    if (!stands) {
        session_close(page->session);
        page->session = NULL;
        page_cookie(page, "selenga", "", -1);
        page_go(page, "/login");
        return false;
    }
    page->facts = (facts_t){.asked = true, .known = true, .has_parent = page->node->parent.known};
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        const Selenga__Queues *queues = asked[n]->body;
        page->facts.known &= queues != NULL;
        for (size_t i = 0; queues != NULL && i < queues->n_queues; i++)
            add_queue(&page->facts, queues->queues[i]);
    }
    return true;
}

static void write_facts(const page_t *page, html_t *html)
{
    const facts_t *facts = &page->facts;
    char text[64];
    if (!facts->asked) return; // the page was refused before
    html_raw(html, "<p>");
    if (!facts->known) {
        html_element(html, "span", _("The node does not answer; what it keeps is not known now."));
        html_raw(html, "</p>");
        return;
    }
    html_raw(html, "<span class=\"pill ok\">");
    html_text(html, _("written: everything, on this computer"));
    html_raw(html, "</span> ");
    if (!facts->has_parent) {
        html_element(html, "span", _("passed on: there is no node above"));
    } else if (facts->waiting == 0) {
        html_raw(html, "<span class=\"pill ok\">");
        html_text(html, _("passed on: everything"));
        html_raw(html, "</span>");
    } else {
        html_raw(html, "<span class=\"pill wait\">");
        html_textf(html, _("passed on: not yet %llu"), (unsigned long long)facts->waiting);
        if (facts->offline)
            html_textf(html, _(" (no line for %s; nothing is lost)"),
                       words_duration(facts->quiet_s, page->lang, text, sizeof text));
        html_raw(html, "</span>");
    }
    html_raw(html, " ");
    if (facts->refused == 0) {
        html_element(html, "span", _("refused: nothing"));
    } else {
        html_raw(html, "<a class=\"pill bad\" href=\"/op/quarantine\">");
        html_textf(html, _("refused: %llu"), (unsigned long long)facts->refused);
        html_raw(html, "</a>");
    }
    html_raw(html, "</p>");
}

static void write_foot(const page_t *page, html_t *html)
{
    html_raw(html, "<footer class=\"facts\" id=\"facts\">");
    write_facts(page, html);
    html_raw(html, "<a class=\"keys\" href=\"/help\" aria-keyshortcuts=\"?\">");
    html_text(html, _("Keys"));
    html_raw(html, " <kbd>?</kbd></a></footer>");
}

// --- head and sections

static const struct {
    const char *href, *text;
} SECTIONS[] = {
    {"/", N_("Today")},
    {"/my/profile", N_("My profile")},
    {"/attempt", N_("Tests")},
    {"/my/learning", N_("Learning and events")},
    {"/my/data", N_("My data")},
    {"/people", N_("People")},
    {"/mentoring", N_("Mentoring")},
    {"/import", N_("Import")},
    {"/k", N_("Records")},
    {"/routes", N_("Routes")},
    {"/results", N_("Results")},
    {"/load", N_("Methodists")},
    {"/r", N_("Indicators")},
    {"/definitions", N_("Definitions")},
    {"/calendar", N_("Calendar")},
    {"/screening", N_("Anonymous screening")},
    {"/op/exchange", N_("Exchange")},
    {"/op/queues", N_("Queues")},
    {"/op/quarantine", N_("Refusals")},
    {"/op/versions", N_("Two versions")},
    {"/op/neighbours", N_("Neighbours and keys")},
    {"/op/storage", N_("Storage")},
    {"/op/accounts", N_("Accounts")},
    {"/op/audit", N_("Audit log")},
};

static bool may_go(const page_t *page, const char *href)
{
    AUTO(request_free) request_t request = {0};
    const route_t *route;
    return request_uri(&request, href) && route_find(&request, &route) == ROUTE_FOUND &&
           route_may(route, &page->session->account, page->node->org) == ROUTE_MAY;
}

// The section itself, or one of its pages.
static void write_current(const page_t *page, html_t *html, const char *href)
{
    const char *uri = page->request->uri;
    size_t n = strlen(href);
    if (strncmp(uri, href, n) != 0 || strchr(n == 1 ? "?" : "?/", uri[n]) == NULL) return;
    if (uri[n] == '\0')
        html_raw(html, " aria-current=\"page\"");
    else
        html_raw(html, " aria-current=\"true\"");
}

static void write_sections(const page_t *page, html_t *html)
{
    int n = 0;
    html_raw(html, "<nav");
    html_attribute(html, "aria-label", _("Sections"));
    html_raw(html, "><ul>");
    for (size_t i = 0; i < ARRAY_SIZE(SECTIONS); i++) {
        if (!may_go(page, SECTIONS[i].href)) continue;
        html_raw(html, "<li><a");
        html_attribute(html, "href", SECTIONS[i].href);
        write_current(page, html, SECTIONS[i].href);
        if (++n < 10) {
            html_raw(html, " aria-keyshortcuts=\"Alt+");
            html_number(html, n);
            html_raw(html, "\"");
        }
        html_raw(html, ">");
        html_text(html, _(SECTIONS[i].text));
        html_raw(html, "</a></li>");
    }
    html_raw(html, "</ul></nav>");
}

// The other language; whoever has not logged in yet has a link, for nothing is kept then.
static void write_language(const page_t *page, html_t *html)
{
    lang_t other = page->lang == LANG_RU ? LANG_EN : LANG_RU;
    const char *name = other == LANG_RU ? "Русский" : "English";
    if (page->session == NULL) {
        html_raw(html, "<a class=\"language\" href=\"/login?lang=");
        html_segment(html, lang_name(other));
        html_raw(html, "\"");
        html_attribute(html, "lang", lang_name(other));
        html_raw(html, ">");
        html_text(html, name);
        html_raw(html, "</a>");
        return;
    }
    html_raw(html, "<form method=\"post\" action=\"/language\">");
    page_token(page, html);
    html_raw(html, "<input type=\"hidden\" name=\"back\"");
    html_attribute(html, "value", page->request->post ? "/" : page->request->uri);
    html_raw(html, "><button name=\"lang\"");
    html_attribute(html, "value", lang_name(other));
    html_attribute(html, "lang", lang_name(other));
    html_raw(html, ">");
    html_text(html, name);
    html_raw(html, "</button></form>");
}

static void write_search(const page_t *page, html_t *html)
{
    html_raw(html, "<form class=\"seek\" method=\"get\" action=\"/search\" role=\"search\"><input "
                   "type=\"search\" name=\"q\" aria-keyshortcuts=\"/\"");
    html_attribute(html, "aria-label", _("Search everything"));
    html_attribute(html, "placeholder", _("Search everything"));
    html_attribute(html, "value", form_text(&page->request->query, "q"));
    html_raw(html, "></form>");
}

static void write_top(const page_t *page, html_t *html)
{
    html_raw(html, "<header><a class=\"home\" href=\"/\">Selenga</a> <span class=\"where\">");
    if (*page->node->name != '\0' && strcmp(page->node->name, page->node->org) != 0)
        html_textf(html, "%s · ", page->node->name);
    html_text(html, page->node->org);
    html_raw(html, "</span> <span class=\"printed\">");
    html_text(html, _("As of"));
    html_raw(html, " ");
    html_moment(html, wall_s());
    html_raw(html, "</span> ");
    if (page->session != NULL) write_search(page, html);
    write_language(page, html);
    if (page->session != NULL) {
        html_raw(html, "<form method=\"post\" action=\"/logout\" data-idle=\"");
        html_number(html, SESSION_IDLE_MS);
        html_raw(html, "\">");
        page_token(page, html);
        html_raw(html, "<span class=\"who\">");
        html_text(html, page->session->account.name);
        html_raw(html, "</span> <button>");
        html_text(html, _("Log out"));
        html_raw(html, "</button></form>");
    }
    html_raw(html, "</header>");
}

void frame_write(page_t *page, html_t *html)
{
    html_raw(html, "<!DOCTYPE html>\n<html");
    html_attribute(html, "lang", lang_name(page->lang));
    html_raw(html, "><head>");
    if (page->refresh_s > 0) {
        html_raw(html, "<meta http-equiv=\"refresh\"");
        html_raw(html, " content=\"");
        html_number(html, page->refresh_s);
        html_raw(html, "\">");
    }
    html_raw(html, "<meta charset=\"utf-8\">"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
    html_text(html, page->title);
    html_raw(
        html,
        " · Selenga</title><link rel=\"icon\" href=\"data:,\">"
        "<link rel=\"stylesheet\" href=\"/assets/console.css\">"
        "<script src=\"/assets/console.js\" defer></script></head><body><a class=\"skip\" href=\"#main\">");
    html_text(html, _("To the content"));
    html_raw(html, "</a>");
    write_top(page, html);
    if (page->session != NULL) write_sections(page, html);
    html_raw(html, "<main id=\"main\" tabindex=\"-1\"><h1>");
    html_text(html, page->title);
    html_raw(html, "</h1>");
    html_append(html, &page->body);
    html_raw(html, "</main>");
    if (page->session != NULL) write_foot(page, html);
    html_raw(html, "</body></html>\n");
}
