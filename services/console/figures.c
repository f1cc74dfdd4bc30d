// SPDX-License-Identifier: Apache-2.0
#include "services/console/figures.h"
#include "common/base/date.h"
#include "common/forms/view.h"
#include "common/node/msg.h"
#include "common/schema/fault.h"
#include "proto/message.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// --- asking

const char *figures_org(const page_t *page)
{
    const char *asked = form_text(&page->request->query, "org");
    if (*asked != '\0') return asked;
    return strcmp(page->session->account.org, page->node->org) != 0 ? page->session->account.org : NULL;
}

bool figures_ask(page_t *page, const char *period, figures_t *ret_figures)
{
    Selenga__Report request = SELENGA__REPORT__INIT;
    *ret_figures = (figures_t){0};
    request.period = (char *)(uintptr_t)period;
    request.org = (char *)(uintptr_t)figures_org(page);
    while (ret_figures->n_pages < FIGURES_PAGES) {
        const Selenga__ReportReply *reply;
        if (!page_ask(page, SERVICE_REPORTING, MSG_REPORT, &request, MSG_REPORT_REPLY,
                      &selenga__report_reply__descriptor, &reply))
            return false;
        if (ret_figures->n_pages > 0 && reply->state != ret_figures->pages[0]->state) {
            page_refuse(page, 503, _("Not now"),
                        _("What is counted has changed meanwhile. Open the page anew."));
            return false;
        }
        ret_figures->pages[ret_figures->n_pages++] = reply;
        ret_figures->unit = ret_figures->pages[0]->unit;
        if (!reply->more || reply->n_children == 0) return true;
        request.has_state = true;
        request.state = reply->state;
        request.after = reply->children[reply->n_children - 1]->org;
    }
    page_refuse(page, 422, _("Too much for one page"), _("Choose an organisation further down."));
    return false;
}

bool figures_try(page_t *page, const char *period, const Selenga__ReportUnit **ret_unit)
{
    Selenga__Report body = SELENGA__REPORT__INIT;
    const asked_t *asked;
    body.period = (char *)(uintptr_t)period;
    body.org = (char *)(uintptr_t)figures_org(page);
    const client_request_t request = {.service = SERVICE_REPORTING,
                                      .type = MSG_REPORT,
                                      .body = &body,
                                      .reply = MSG_REPORT_REPLY,
                                      .descriptor = &selenga__report_reply__descriptor,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    *ret_unit = NULL;
    if (!page_try(page, &request, &asked)) return false;
    const Selenga__ReportReply *reply = asked->body;
    if (asked->status == CLIENT_DONE) *ret_unit = reply->unit;
    return true;
}

size_t figures_children(const figures_t *figures)
{
    size_t n = 0;
    for (size_t i = 0; i < figures->n_pages; i++) n += figures->pages[i]->n_children;
    return n;
}

const Selenga__ReportUnit *figures_child(const figures_t *figures, size_t i)
{
    size_t p = 0;
    while (i >= figures->pages[p]->n_children) i -= figures->pages[p++]->n_children;
    return figures->pages[p]->children[i];
}

bool figures_has(const indicator_t *value)
{
    return value->has_has_value && value->has_value;
}

// 2024, 2024-Q3, 2024-H1 and 2023/24 all begin with a year.
const char *figures_before(const char *period, int years, char buf[static FIGURES_PERIOD])
{
    char *rest;
    long year = strtol(period, &rest, 10);
    buf[0] = '\0';
    if (rest != period + 4 || year - years < 1970 || strlen(rest) > 8) return buf;
    year -= years;
    if (*rest == '/')
        snprintf(buf, FIGURES_PERIOD, "%ld/%02ld", year, (year + 1) % 100);
    else
        snprintf(buf, FIGURES_PERIOD, "%ld%s", year, rest);
    return buf;
}

// --- writing

const char *figures_title(const page_t *page, const indicator_t *value)
{
    bool english = page->lang == LANG_EN && value->title_en != NULL && *value->title_en != '\0';
    return english ? value->title_en : value->title;
}

const char *figures_name(const Selenga__ReportUnit *unit)
{
    return unit->name != NULL && *unit->name != '\0' ? unit->name : unit->org;
}

// Text of the node, with a comma where the reader has one.
static void write_decimal(page_t *page, const char *text)
{
    char shown[64];
    if (text == NULL || !text_copy(shown, sizeof shown, text)) text_copy(shown, sizeof shown, "—");
    char *point = strchr(shown, '.');
    if (point != NULL && page->lang == LANG_RU) *point = ',';
    html_text(&page->body, shown);
}

static bool is_percent(const indicator_t *value)
{
    return value->unit != NULL && strcmp(value->unit, "percent") == 0;
}

void figures_write_value(page_t *page, const indicator_t *value)
{
    bool has = figures_has(value);
    write_decimal(page, has ? value->value : NULL);
    if (has && is_percent(value)) html_raw(&page->body, " %");
}

void figures_write_target(page_t *page, const indicator_t *value)
{
    if (value->target_op == NULL || *value->target_op == '\0') return;
    html_text(&page->body, strcmp(value->target_op, "<=") == 0 ? "≤ " : "≥ ");
    write_decimal(page, value->target_value);
    if (is_percent(value)) html_raw(&page->body, " %");
}

void figures_write_state(page_t *page, const indicator_t *value)
{
    html_t *html = &page->body;
    if (value->has_met && value->met) {
        html_raw(html, "<span class=\"pill ok\">");
        html_text(html, _("met"));
        html_raw(html, "</span> ");
    } else if (value->has_met) {
        html_raw(html, "<span class=\"pill warn\">");
        html_text(html, _("not met"));
        html_raw(html, "</span> ");
    }
    if (value->state != NULL && strcmp(value->state, "preliminary") == 0) html_text(html, _("preliminary"));
}

void figures_write_notes(page_t *page, const indicator_t *value)
{
    char text[FAULT_TEXT];
    fault_t fault;
    for (size_t i = 0; i < value->n_notes; i++) {
        fault_from_proto(value->notes[i], &fault);
        html_raw(&page->body, "<span class=\"help\">");
        html_text(&page->body, fault_text(&fault, text, sizeof text));
        html_raw(&page->body, "</span>");
    }
}

void figures_address(html_t *html, const char *period, const char *code, const char *org)
{
    html_raw(html, "/r/");
    html_segment(html, period);
    if (code != NULL) {
        html_raw(html, "/");
        html_segment(html, code);
    }
    if (org == NULL) return;
    html_raw(html, "?org=");
    html_segment(html, org);
}

void figures_write_watermark(page_t *page, const figures_t *figures)
{
    html_t *html = &page->body;
    const Selenga__Coverage *covered = NULL;
    const char *as_of = figures->pages[0]->as_of;
    char text[VIEW_TEXT];
    int32_t day;
    for (size_t i = 0; i < figures->unit->n_indicators && covered == NULL; i++)
        covered = figures->unit->indicators[i]->coverage;
    html_raw(html, "<p class=\"muted\">");
    html_textf(html, _("%s, as of %s"), figures_name(figures->unit),
               as_of != NULL && date_parse(as_of, &day) ? view_day(day, page->lang, text) : "—");
    if (covered != NULL) {
        html_raw(html, " · ");
        html_textf(html, _("data of %llu organisations of %llu"), (unsigned long long)covered->received,
                   (unsigned long long)covered->expected);
    }
    html_raw(html, "</p>");
}

static void write_period_link(page_t *page, const char *period, const char *code)
{
    html_t *html = &page->body;
    if (*period == '\0') return;
    html_raw(html, "<a href=\"");
    figures_address(html, period, code, figures_org(page));
    html_raw(html, "\">");
    html_text(html, period);
    html_raw(html, "</a> ");
}

void figures_write_way(page_t *page, const char *period, const char *code)
{
    html_t *html = &page->body;
    char buf[FIGURES_PERIOD];
    html_raw(html, "<form class=\"filter\" method=\"get\" action=\"");
    figures_address(html, period, code, NULL);
    html_raw(html, "\"><label>");
    html_text(html, _("Organisation"));
    html_raw(html, "<input name=\"org\"");
    html_attribute(html, "value", form_text(&page->request->query, "org"));
    html_raw(html, "></label> <button>");
    html_text(html, _("Show"));
    html_raw(html, "</button></form><p class=\"actions\">");
    write_period_link(page, figures_before(period, 1, buf), code);
    html_element(html, "strong", period);
    html_raw(html, " ");
    write_period_link(page, figures_before(period, -1, buf), code);
    html_raw(html, "</p>");
}
