// SPDX-License-Identifier: Apache-2.0
// A report in hand, and the forms in which it is shown. Nothing is computed or rounded in any of them: values
// come as text.
#pragma once
#include "common/base/i18n.h"
#include "common/forms/workbook.h"
#include "common/node/report.h"

typedef Selenga__IndicatorValue indicator_t;

// What the note of an organisation says that hangs nowhere.
#define REPORT_UNATTACHED N_("Counted nowhere, because no way leads from it up to the root of the tree.")

// The title of an indicator, a child's too; NULL when there is none.
const char *report_title(const report_t *report, const indicator_t *indicator);
// "met", "not met" or NULL; "preliminary", "complete" or NULL: in the reader's language.
const char *report_met(const indicator_t *indicator);
const char *report_state(const indicator_t *indicator);
// "70,0 %" or "70.0 %": a comma for Russian readers; unit NULL: of none. Returns buffer.
const char *report_number(const char *text, const char *unit, char *buffer, size_t size);
// Its notes as one text, which the caller frees; NULL when there are none.
char *report_notes(const indicator_t *indicator);

void report_print_json(const report_t *report);
void report_print_csv(
    const report_t *report); // a row for each organisation and indicator, or that hangs nowhere
void report_print_tables(const report_t *report); // the organisation's, and its children side by side

// The rows of the CSV as a workbook for people, written beside `file` and renamed. Returns CLI_DONE, or
// CLI_REFUSED after saying why; then `file` is as it was.
int report_write_xlsx(const report_t *report, const char *file);
// The workbook's further pages: charts, organisations side by side, what the codes mean.
lxw_error report_add_pages(const report_t *report, lxw_workbook *workbook, lxw_format *bold,
                           lxw_format *number);
// "-12.50" whatever the locale. False when it is no such number.
bool report_decimal(const char *text, double *ret_number, unsigned *ret_decimals);
