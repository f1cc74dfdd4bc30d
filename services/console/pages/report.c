// SPDX-License-Identifier: Apache-2.0
// Indicators of the node's own organisation in a period, and how far they may be trusted.
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/node/msg.h"
#include "common/schema/fault.h"
#include "proto/message.h"
#include "services/console/pages.h"
#include <stdio.h>

// Text of the node, with a comma where the reader has one.
static void write_decimal(page_t *page, const char *text)
{
    char shown[64];
    if (text == NULL || !text_copy(shown, sizeof shown, text)) text_copy(shown, sizeof shown, "—");
    char *point = strchr(shown, '.');
    if (point != NULL && page->lang == LANG_RU) *point = ',';
    html_text(&page->body, shown);
}

static void write_notes(page_t *page, const Selenga__IndicatorValue *value)
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

static void write_state(page_t *page, const Selenga__IndicatorValue *value)
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

static void write_indicator(page_t *page, const Selenga__IndicatorValue *value)
{
    html_t *html = &page->body;
    const char *title = page->lang == LANG_EN && value->title_en != NULL ? value->title_en : value->title;
    bool has = value->has_has_value && value->has_value;
    html_raw(html, "<tr><td>");
    html_text(html, value->code);
    html_raw(html, "</td><td>");
    html_text(html, title);
    write_notes(page, value);
    html_raw(html, "</td><td class=\"number\">");
    if (has) html_number(html, value->numerator);
    html_raw(html, "</td><td class=\"number\">");
    if (has && value->has_denominator) html_number(html, value->denominator);
    html_raw(html, "</td><td class=\"number\">");
    write_decimal(page, has ? value->value : NULL);
    if (has && value->unit != NULL && strcmp(value->unit, "percent") == 0) html_raw(html, " %");
    html_raw(html, "</td><td class=\"number\">");
    if (value->target_op != NULL && *value->target_op != '\0') {
        html_text(html, value->target_op);
        html_raw(html, " ");
        write_decimal(page, value->target_value);
    }
    html_raw(html, "</td><td>");
    write_state(page, value);
    html_raw(html, "</td></tr>");
}

static void write_report(page_t *page, const Selenga__ReportReply *reply)
{
    html_t *html = &page->body;
    const char *const titles[] = {N_("code"),  N_("indicator"), N_("numerator"), N_("denominator"),
                                  N_("value"), N_("target"),    N_("state")};
    html_raw(html, "<p class=\"muted\">");
    html_textf(html, _("%s, as of %s"), reply->unit->name != NULL ? reply->unit->name : reply->unit->org,
               reply->as_of != NULL ? reply->as_of : "—");
    html_raw(html, "</p><div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) html_element(html, "th", _(titles[i]));
    html_raw(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < reply->unit->n_indicators; i++) write_indicator(page, reply->unit->indicators[i]);
    html_raw(html, "</tbody></table></div>");
}

void page_report(page_t *page)
{
    Selenga__Report request = SELENGA__REPORT__INIT;
    const Selenga__ReportReply *reply;
    request.period = (char *)(uintptr_t)page->request->segments[1];
    if (!page_ask(page, SERVICE_REPORTING, MSG_REPORT, &request, MSG_REPORT_REPLY,
                  &selenga__report_reply__descriptor, &reply))
        return;
    page_title(page, _("Indicators, %s"), page->request->segments[1]);
    if (reply->unit != NULL && reply->unit->n_indicators > 0)
        write_report(page, reply);
    else
        html_element(&page->body, "p", _("Nothing is known of this period yet."));
}

void page_reports(page_t *page)
{
    page_go(page, "/r/%d", date_civil(wall_day()).year);
}
