// SPDX-License-Identifier: Apache-2.0
// All indicators of an organisation in a period, and how far they may be trusted.
#include "common/base/clock.h"
#include "common/base/date.h"
#include "services/console/figures.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include <stdio.h>

enum { CHILDREN_SHOWN = 200 };

static void write_indicator(page_t *page, const char *period, const indicator_t *value)
{
    html_t *html = &page->body;
    bool has = figures_has(value);
    html_raw(html, "<tr><td><a href=\"");
    figures_address(html, period, value->code, figures_org(page));
    html_raw(html, "\">");
    html_text(html, value->code);
    html_raw(html, "</a></td><td>");
    html_text(html, figures_title(page, value));
    figures_write_notes(page, value);
    html_raw(html, "</td><td class=\"number\">");
    if (has) html_number(html, value->numerator);
    html_raw(html, "</td><td class=\"number\">");
    if (has && value->has_denominator) html_number(html, value->denominator);
    html_raw(html, "</td><td class=\"number\">");
    figures_write_value(page, value);
    html_raw(html, "</td><td class=\"number\">");
    figures_write_target(page, value);
    html_raw(html, "</td><td>");
    figures_write_state(page, value);
    html_raw(html, "</td></tr>");
}

static void write_indicators(page_t *page, const char *period, const Selenga__ReportUnit *unit)
{
    html_t *html = &page->body;
    const char *const heads[] = {_("code"),  _("indicator"), _("numerator"), _("denominator"),
                                 _("value"), _("target"),    _("state")};
    part_table_of(html, ARRAY_SIZE(heads), heads, 15u << 2);
    for (size_t i = 0; i < unit->n_indicators; i++) write_indicator(page, period, unit->indicators[i]);
    html_raw(html, "</tbody></table></div>");
}

static void write_children(page_t *page, const char *period, const figures_t *figures)
{
    html_t *html = &page->body;
    size_t n = figures_children(figures);
    if (n == 0) return;
    html_element(html, "h2", _("Organisations below"));
    html_raw(html, "<ul class=\"plain columns\">");
    for (size_t i = 0; i < n && i < CHILDREN_SHOWN; i++) {
        const Selenga__ReportUnit *child = figures_child(figures, i);
        html_raw(html, "<li><a href=\"");
        figures_address(html, period, NULL, child->org);
        html_raw(html, "\">");
        html_text(html, figures_name(child));
        html_raw(html, "</a></li>");
    }
    html_raw(html, "</ul>");
    if (n <= CHILDREN_SHOWN) return;
    html_raw(html, "<p>");
    html_textf(html, _("%zu more: give the code of one above."), n - CHILDREN_SHOWN);
    html_raw(html, "</p>");
}

static void write_file_link(page_t *page, const char *period)
{
    html_t *html = &page->body;
    const char *org = figures_org(page);
    html_raw(html, "<p class=\"actions\"><a class=\"button\" href=\"");
    figures_address(html, period, "export.csv", org);
    html_raw(html, "\">CSV</a> <a class=\"button\" href=\"");
    figures_address(html, period, "export.xlsx", org);
    html_raw(html, "\">XLSX</a></p>");
}

void page_report(page_t *page)
{
    const char *period = page->request->segments[1];
    figures_t figures;
    if (!figures_ask(page, period, &figures)) return;
    page_title(page, _("Indicators, %s"), period);
    figures_write_way(page, period, NULL);
    if (figures.unit == NULL || figures.unit->n_indicators == 0) {
        html_element(&page->body, "p", _("Nothing is known of this period yet."));
        return;
    }
    figures_write_watermark(page, &figures);
    write_indicators(page, period, figures.unit);
    write_file_link(page, period);
    write_children(page, period, &figures);
}

void page_reports(page_t *page)
{
    page_go(page, "/r/%d", date_civil(wall_day()).year);
}
