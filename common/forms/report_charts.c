// SPDX-License-Identifier: Apache-2.0
// The further pages of a report's workbook: shares as charts, organisations side by side, what the codes
// mean.
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/report_forms.h"

enum { CHART_ROWS = 18, CHARTS_MOST = 40, CODE_WIDTH = 12, NAME_WIDTH = 40, TITLE_WIDTH = 80 };

typedef struct page {
    lxw_worksheet *sheet;
    lxw_format *bold, *number;
    lxw_error error; // the first
} page_t;

static void keep(page_t *page, lxw_error error)
{
    if (page->error == LXW_NO_ERROR) page->error = error;
}

static void put_text(page_t *page, lxw_row_t row, lxw_col_t column, const char *text, lxw_format *format)
{
    if (text && *text) keep(page, worksheet_write_string(page->sheet, row, column, text, format));
}

static void put_value(page_t *page, lxw_row_t row, lxw_col_t column, const indicator_t *indicator)
{
    double number;
    unsigned decimals;
    if (indicator->has_value && indicator->value && report_decimal(indicator->value, &number, &decimals))
        keep(page, worksheet_write_number(page->sheet, row, column, number, page->number));
}

static void put_target(page_t *page, lxw_row_t row, lxw_col_t column, const indicator_t *indicator)
{
    char text[64] = "";
    const char *bound = report_bound(indicator);
    if (bound != NULL && indicator->target_value != NULL) {
        int n = snprintf(text, sizeof text, "%s ", bound);
        report_number(indicator->target_value, NULL, text + n, sizeof text - (size_t)n);
    }
    put_text(page, row, column, text, NULL);
}

static bool is_percent(const indicator_t *indicator)
{
    return indicator->unit && strcmp(indicator->unit, "percent") == 0;
}

static void add_chart(page_t *page, lxw_workbook *workbook, const char *title, lxw_row_t at,
                      lxw_col_t to_right, lxw_col_t values, lxw_row_t last)
{
    lxw_chart *chart = workbook_add_chart(workbook, LXW_CHART_BAR);
    if (chart == NULL) return keep(page, LXW_ERROR_MEMORY_MALLOC_FAILED);
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    const char *name = page->sheet->name;
    chart_series_set_categories(series, name, 1, 0, last, 0);
    chart_series_set_values(series, name, 1, values, last, values);
    chart_title_set_name(chart, title);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    chart_axis_set_reverse(chart->y_axis); // of bars it has the rows: the first one stands above
    chart_axis_set_num_format(chart->x_axis, "0");
    chart_axis_set_min(chart->x_axis, 0);
    keep(page, worksheet_insert_chart(page->sheet, at, to_right, chart));
}

// Shares of the organisation itself.
static void put_shares(page_t *page, lxw_workbook *workbook, const report_t *report)
{
    const char *const heads[] = {_("code"), _("value"), _("target")};
    lxw_row_t row = 1;
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++) put_text(page, 0, (lxw_col_t)i, heads[i], page->bold);
    for (size_t i = 0; i < report->unit->n_indicators; i++) {
        const indicator_t *indicator = report->unit->indicators[i];
        if (!is_percent(indicator)) continue;
        put_text(page, row, 0, indicator->code, NULL);
        put_value(page, row, 1, indicator);
        put_target(page, row++, 2, indicator);
    }
    keep(page, worksheet_set_column(page->sheet, 0, 2, CODE_WIDTH, NULL));
    worksheet_freeze_panes(page->sheet, 1, 0);
    if (row > 1) add_chart(page, workbook, _("Shares, %"), 1, 4, 1, row - 1);
}

// A row for each child, a column and a chart for each share.
static void put_children(page_t *page, lxw_workbook *workbook, const report_t *report)
{
    const indicator_t *shares[CHARTS_MOST];
    lxw_col_t n = 0;
    for (size_t i = 0; i < report->unit->n_indicators && n < CHARTS_MOST; i++)
        if (is_percent(report->unit->indicators[i]) && report->unit->indicators[i]->code)
            shares[n++] = report->unit->indicators[i];
    put_text(page, 0, 0, _("organisation"), page->bold);
    put_text(page, 0, 1, _("name"), page->bold);
    for (lxw_col_t c = 0; c < n; c++) put_text(page, 0, c + 2, shares[c]->code, page->bold);
    for (size_t i = 0; i < report->n_children; i++) {
        const Selenga__ReportUnit *child = report->children[i];
        put_text(page, (lxw_row_t)i + 1, 0, child->org, NULL);
        put_text(page, (lxw_row_t)i + 1, 1, child->name, NULL);
        for (lxw_col_t c = 0; c < n; c++) {
            const indicator_t *indicator = report_find(child, shares[c]->code);
            if (indicator) put_value(page, (lxw_row_t)i + 1, c + 2, indicator);
        }
    }
    keep(page, worksheet_set_column(page->sheet, 0, 0, CODE_WIDTH, NULL));
    keep(page, worksheet_set_column(page->sheet, 1, 1, NAME_WIDTH, NULL));
    keep(page, worksheet_set_column(page->sheet, 2, n + 1, CODE_WIDTH, NULL));
    worksheet_freeze_panes(page->sheet, 1, 2);
    for (lxw_col_t c = 0; c < n; c++)
        add_chart(page, workbook, shares[c]->code, (lxw_row_t)1 + c * CHART_ROWS, n + 3, c + 2,
                  (lxw_row_t)report->n_children);
}

static void put_definitions(page_t *page, const report_t *report)
{
    const char *const heads[] = {_("code"), _("indicator"), _("unit"), _("target")};
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++) put_text(page, 0, (lxw_col_t)i, heads[i], page->bold);
    for (size_t i = 0; i < report->unit->n_indicators; i++) {
        const indicator_t *indicator = report->unit->indicators[i];
        lxw_row_t row = (lxw_row_t)i + 1;
        put_text(page, row, 0, indicator->code, NULL);
        put_text(page, row, 1, report_title(report, indicator), NULL);
        put_text(page, row, 2, is_percent(indicator) ? "%" : "", NULL);
        put_target(page, row, 3, indicator);
    }
    keep(page, worksheet_set_column(page->sheet, 0, 0, CODE_WIDTH, NULL));
    keep(page, worksheet_set_column(page->sheet, 1, 1, TITLE_WIDTH, NULL));
    keep(page, worksheet_set_column(page->sheet, 2, 3, CODE_WIDTH, NULL));
    worksheet_freeze_panes(page->sheet, 1, 0);
}

lxw_error report_add_pages(const report_t *report, lxw_workbook *workbook, lxw_format *bold,
                           lxw_format *number)
{
    page_t page = {.bold = bold, .number = number};
    page.sheet = workbook_add_worksheet(workbook, _("Charts"));
    if (page.sheet == NULL) return LXW_ERROR_CREATING_TMPFILE;
    put_shares(&page, workbook, report);
    if (report->n_children > 0) {
        page.sheet = workbook_add_worksheet(workbook, _("Organisations"));
        if (page.sheet == NULL) return LXW_ERROR_CREATING_TMPFILE;
        put_children(&page, workbook, report);
    }
    page.sheet = workbook_add_worksheet(workbook, _("Definitions"));
    if (page.sheet == NULL) return LXW_ERROR_CREATING_TMPFILE;
    put_definitions(&page, report);
    return page.error;
}
