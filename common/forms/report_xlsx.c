// SPDX-License-Identifier: Apache-2.0
// A report as a workbook: a row for each organisation and indicator, ready to be filtered; further pages have
// charts. Numbers are numbers, so that a reader may go on with them; a value has the decimals that it was
// printed with.
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/report_forms.h"
#include "common/forms/view.h"

enum { TITLE_ROW, HEAD_ROW, FIRST_ROW, DECIMALS_MOST = 6 };

static const struct {
    const char *title;
    double width; // in characters
} COLUMNS[] = {
    {N_("organisation"), 14}, {N_("name"), 40},        {N_("code"), 10},     {N_("indicator"), 60},
    {N_("numerator"), 11},    {N_("denominator"), 11}, {N_("value"), 10},    {N_("unit"), 6},
    {N_("target"), 10},       {N_("target met"), 12},  {N_("received"), 10}, {N_("expected"), 10},
    {N_("state"), 16},        {N_("note"), 60},
};

typedef struct sheet {
    lxw_worksheet *worksheet;
    lxw_format *bold, *decimals[DECIMALS_MOST + 1];
    lxw_row_t row;
    lxw_col_t column;
    lxw_error error; // of the first cell that could not be written
} sheet_t;

static void keep(sheet_t *sheet, lxw_error error)
{
    if (sheet->error == LXW_NO_ERROR) sheet->error = error;
    sheet->column++;
}

static void put_text(sheet_t *sheet, const char *text, lxw_format *format)
{
    bool empty = text == NULL || text[0] == '\0';
    keep(sheet, empty ? LXW_NO_ERROR
                      : worksheet_write_string(sheet->worksheet, sheet->row, sheet->column, text, format));
}

static void put_number(sheet_t *sheet, bool has, double number, unsigned decimals)
{
    keep(sheet, !has ? LXW_NO_ERROR
                     : worksheet_write_number(sheet->worksheet, sheet->row, sheet->column, number,
                                              sheet->decimals[decimals]));
}

bool report_decimal(const char *text, double *ret_number, unsigned *ret_decimals)
{
    double number = 0, scale = 1;
    bool negative = *text == '-', point = false, digits = false;
    for (text += negative; *text != '\0'; text++) {
        if (*text == '.' && digits && !point) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9') return false;
        digits = true;
        number = number * 10 + (*text - '0');
        if (point) scale *= 10;
    }
    *ret_decimals = 0;
    for (double s = scale; s > 1 && *ret_decimals < DECIMALS_MOST; s /= 10) ++*ret_decimals;
    *ret_number = (negative ? -number : number) / scale;
    return digits;
}

static void put_decimal(sheet_t *sheet, const char *text)
{
    double number;
    unsigned decimals;
    if (text != NULL && report_decimal(text, &number, &decimals))
        put_number(sheet, true, number, decimals);
    else
        put_text(sheet, text, NULL);
}

static void put_target(sheet_t *sheet, const indicator_t *indicator)
{
    char text[64] = "";
    const char *bound = report_bound(indicator);
    if (bound != NULL && indicator->target_value != NULL) {
        int n = snprintf(text, sizeof text, "%s ", bound);
        report_number(indicator->target_value, NULL, text + n, sizeof text - (size_t)n);
    }
    put_text(sheet, text, NULL);
    put_text(sheet, report_met(indicator), NULL);
}

static void put_state(sheet_t *sheet, const indicator_t *indicator)
{
    const Selenga__Coverage *coverage = indicator->coverage;
    put_number(sheet, coverage != NULL, coverage ? (double)coverage->received : 0, 0);
    put_number(sheet, coverage != NULL, coverage ? (double)coverage->expected : 0, 0);
    put_text(sheet, report_state(indicator), NULL);
}

static void put_unit(sheet_t *sheet, const report_t *report, const Selenga__ReportUnit *unit)
{
    for (size_t i = 0; i < unit->n_indicators; i++, sheet->row++) {
        const indicator_t *indicator = unit->indicators[i];
        AUTO(xfree) char *notes = report_notes(indicator);
        bool percent = indicator->unit && strcmp(indicator->unit, "percent") == 0;
        sheet->column = 0;
        put_text(sheet, unit->org, NULL);
        put_text(sheet, unit->name, NULL);
        put_text(sheet, indicator->code, NULL);
        put_text(sheet, report_title(report, indicator), NULL);
        put_number(sheet, indicator->has_numerator, (double)indicator->numerator, 0);
        put_number(sheet, indicator->has_denominator, (double)indicator->denominator, 0);
        if (indicator->has_value)
            put_decimal(sheet, indicator->value);
        else
            put_text(sheet, _("n/a"), NULL);
        put_text(sheet, percent ? "%" : "", NULL);
        put_target(sheet, indicator);
        put_state(sheet, indicator);
        put_text(sheet, notes, NULL);
    }
}

static void put_unattached(sheet_t *sheet, const report_t *report)
{
    const Selenga__ReportReply *first = report->pages[0];
    for (size_t i = 0; i < first->n_unattached; i++, sheet->row++) {
        sheet->column = 0;
        put_text(sheet, first->unattached[i], NULL);
        sheet->column = ARRAY_SIZE(COLUMNS) - 1;
        put_text(sheet, _(REPORT_UNATTACHED), NULL);
    }
}

static void put_head(sheet_t *sheet, const report_t *report)
{
    char title[512], day[VIEW_TEXT];
    const char *name = report->unit->name ? report->unit->name : "";
    snprintf(title, sizeof title, _("%s %s: period %s, as of %s"), report->unit->org, name, report->period,
             view_day_text(report->as_of, i18n_now(), day));
    put_text(sheet, title, sheet->bold);
    sheet->row = HEAD_ROW;
    sheet->column = 0;
    for (size_t i = 0; i < ARRAY_SIZE(COLUMNS); i++) put_text(sheet, _(COLUMNS[i].title), sheet->bold);
    sheet->row = FIRST_ROW;
}

static void shape(lxw_workbook *workbook, sheet_t *sheet)
{
    static const char *const FORMATS[] = {"0", "0.0", "0.00", "0.000", "0.0000", "0.00000", "0.000000"};
    sheet->bold = workbook_add_format(workbook);
    format_set_bold(sheet->bold);
    for (size_t i = 0; i < ARRAY_SIZE(FORMATS); i++) {
        sheet->decimals[i] = workbook_add_format(workbook);
        format_set_num_format(sheet->decimals[i], FORMATS[i]);
    }
    for (lxw_col_t i = 0; i < ARRAY_SIZE(COLUMNS); i++)
        worksheet_set_column(sheet->worksheet, i, i, COLUMNS[i].width, NULL);
    worksheet_freeze_panes(sheet->worksheet, FIRST_ROW, 0);
}

lxw_error report_fill_xlsx(lxw_workbook *workbook, void *context)
{
    const report_t *report = context;
    sheet_t sheet = {.worksheet = workbook_add_worksheet(workbook, _("Report"))};
    if (sheet.worksheet == NULL) return LXW_ERROR_CREATING_TMPFILE;
    shape(workbook, &sheet);
    put_head(&sheet, report);
    put_unit(&sheet, report, report->unit);
    for (size_t i = 0; i < report->n_children; i++) put_unit(&sheet, report, report->children[i]);
    put_unattached(&sheet, report);
    worksheet_autofilter(sheet.worksheet, HEAD_ROW, 0, sheet.row > FIRST_ROW ? sheet.row - 1 : HEAD_ROW,
                         ARRAY_SIZE(COLUMNS) - 1);
    keep(&sheet, report_add_pages(report, workbook, sheet.bold, sheet.decimals[1]));
    return sheet.error;
}
