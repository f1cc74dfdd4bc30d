// SPDX-License-Identifier: Apache-2.0
// One indicator: its value, how it went over the years, the organisations below side by side, and whom it
// counts.
#include "common/base/vec.h"
#include "common/forms/report_forms.h"
#include "common/schema/access.h"
#include "services/console/chart.h"
#include "services/console/explanation.h"
#include "services/console/figures.h"
#include "services/console/pages.h"
#include <stdio.h>
#include <stdlib.h>

enum { YEARS = 5, ROWS = 100 };

// --- over the years

typedef struct trend {
    char periods[YEARS][FIGURES_PERIOD];
    const Selenga__ReportUnit *units[YEARS]; // the earliest first; NULL: that year is not counted
    size_t n;
} trend_t;

static bool ask_trend(page_t *page, const char *period, trend_t *ret_trend)
{
    bool all = true;
    *ret_trend = (trend_t){0};
    for (int back = YEARS - 1; back >= 0; back--) {
        char *name = ret_trend->periods[ret_trend->n];
        if (*figures_before(period, back, name) == '\0') continue;
        all &= figures_try(page, name, &ret_trend->units[ret_trend->n++]);
    }
    return all;
}

static void draw_trend(page_t *page, const trend_t *trend, const char *code)
{
    const indicator_t *last = report_find(trend->units[trend->n - 1], code);
    unsigned decimals;
    chart_t chart = {.title = figures_title(page, last), .n = trend->n};
    chart.has_target = last->target_op != NULL && *last->target_op != '\0' && last->target_value != NULL &&
                       report_decimal(last->target_value, &chart.target, &decimals);
    for (size_t i = 0; i < trend->n; i++) {
        const indicator_t *value = report_find(trend->units[i], code);
        chart.names[i] = trend->periods[i];
        chart.known[i] = value != NULL && figures_has(value) && value->value != NULL &&
                         report_decimal(value->value, &chart.values[i], &decimals);
    }
    chart_write(&page->body, &chart);
}

static void write_cells(page_t *page, const indicator_t *value)
{
    html_t *html = &page->body;
    bool has = value != NULL && figures_has(value);
    html_raw(html, "<td class=\"number\">");
    if (has) html_number(html, value->numerator);
    html_raw(html, "</td><td class=\"number\">");
    if (has && value->has_denominator) html_number(html, value->denominator);
    html_raw(html, "</td><td class=\"number\">");
    if (value != NULL) figures_write_value(page, value);
    html_raw(html, "</td><td>");
    if (value != NULL) figures_write_state(page, value);
    html_raw(html, "</td></tr>");
}

static void write_heads(page_t *page, const char *first)
{
    html_t *html = &page->body;
    const char *const titles[] = {first, N_("numerator"), N_("denominator"), N_("value"), N_("state")};
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) {
        bool number = i > 0 && i + 1 < ARRAY_SIZE(titles);
        html_raw(html, "<th scope=\"col\"");
        if (number) html_raw(html, " class=\"number\"");
        html_raw(html, ">");
        html_text(html, _(titles[i]));
        html_raw(html, "</th>");
    }
    html_raw(html, "</tr></thead><tbody>");
}

static void write_trend(page_t *page, const trend_t *trend, const char *code)
{
    html_t *html = &page->body;
    html_element(html, "h2", _("Over the years"));
    draw_trend(page, trend, code);
    write_heads(page, N_("period"));
    for (size_t i = 0; i < trend->n; i++) {
        html_raw(html, "<tr><td>");
        html_text(html, trend->periods[i]);
        html_raw(html, "</td>");
        write_cells(page, report_find(trend->units[i], code));
    }
    html_raw(html, "</tbody></table></div>");
}

// --- organisations side by side

typedef struct side {
    const Selenga__ReportUnit *unit;
    const indicator_t *value; // NULL: none
    bool known;
    double number;
} side_t;

// The lowest first, and last of all who has none.
static int by_value(const void *a, const void *b)
{
    const side_t *x = a, *y = b;
    if (x->known != y->known) return x->known ? -1 : 1;
    if (x->known && x->number != y->number) return x->number < y->number ? -1 : 1;
    return strcmp(x->unit->org, y->unit->org);
}

static void write_side(page_t *page, const char *period, const char *code, const side_t *side)
{
    html_t *html = &page->body;
    html_raw(html, "<tr><td><a href=\"");
    figures_address(html, period, code, side->unit->org);
    html_raw(html, "\">");
    html_text(html, figures_name(side->unit));
    html_raw(html, "</a></td>");
    write_cells(page, side->value);
}

static void write_sides(page_t *page, const figures_t *figures, const char *period, const char *code)
{
    html_t *html = &page->body;
    size_t n = figures_children(figures);
    unsigned decimals;
    if (n == 0) return;
    AUTO(xfree) side_t *sides = xcalloc(n, sizeof *sides);
    for (size_t i = 0; i < n; i++) {
        side_t *side = &sides[i];
        side->unit = figures_child(figures, i);
        side->value = report_find(side->unit, code);
        side->known = side->value != NULL && figures_has(side->value) && side->value->value != NULL &&
                      report_decimal(side->value->value, &side->number, &decimals);
    }
    qsort(sides, n, sizeof *sides, by_value);
    html_element(html, "h2", _("Organisations side by side"));
    write_heads(page, N_("organisation"));
    for (size_t i = 0; i < n && i < ROWS; i++) write_side(page, period, code, &sides[i]);
    html_raw(html, "</tbody></table></div>");
    if (n <= ROWS) return;
    html_raw(html, "<p>");
    html_textf(html, _("The lowest %d of %zu are shown; the files of the report have all."), ROWS, n);
    html_raw(html, "</p>");
}

// --- the page

static void write_now(page_t *page, const indicator_t *value)
{
    html_t *html = &page->body;
    html_raw(html, "<p class=\"figure\">");
    figures_write_value(page, value);
    html_raw(html, " · ");
    figures_write_state(page, value);
    html_raw(html, "</p><p>");
    html_text(html, figures_title(page, value));
    if (value->target_op != NULL && *value->target_op != '\0') {
        html_raw(html, " · ");
        html_text(html, _("target"));
        html_raw(html, " ");
        figures_write_target(page, value);
    }
    figures_write_notes(page, value);
    html_raw(html, " · <a href=\"/definitions/");
    html_segment(html, value->code);
    html_raw(html, "\">");
    html_text(html, _("how it is defined"));
    html_raw(html, "</a></p>");
}

void page_indicator(page_t *page)
{
    const char *period = page->request->segments[1], *code = page->request->segments[2];
    figures_t figures;
    trend_t trend;
    explanation_t why;
    if (!figures_ask(page, period, &figures)) return;
    const indicator_t *value = report_find(figures.unit, code);
    if (value == NULL) {
        page_refuse(page, 404, _("No such indicator"), _("There is none of this code in this period."));
        return;
    }
    if (!ask_trend(page, period, &trend)) return;
    bool explains = (access_row(ACCESS_EXPLAIN)->roles & page->session->account.role) != 0;
    if (explains && !explanation_ask(page, period, code, &why)) return;
    page_title(page, "%s, %s", code, period);
    figures_write_way(page, period, code);
    figures_write_watermark(page, &figures);
    write_now(page, value);
    if (trend.n > 0 && report_find(trend.units[trend.n - 1], code) != NULL) write_trend(page, &trend, code);
    write_sides(page, &figures, period, code);
    if (explains) explanation_write(page, period, code, &why);
}
