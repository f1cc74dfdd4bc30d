// SPDX-License-Identifier: Apache-2.0
// A report in hand, and the forms in which it is shown. Nothing is computed or rounded in any of them: values
// come as text.
#pragma once
#include "common/base/i18n.h"
#include "common/forms/workbook.h"
#include "common/node/report.h"
#include <stdio.h>

typedef Selenga__IndicatorValue indicator_t;

// What the note of an organisation says that hangs nowhere.
#define REPORT_UNATTACHED N_("Counted nowhere, because no way leads from it up to the root of the tree.")

// The indicator of this code; NULL: none.
const indicator_t *report_find(const Selenga__ReportUnit *unit, const char *code);
// The title of an indicator, a child's too; NULL when there is none.
const char *report_title(const report_t *report, const indicator_t *indicator);
// "met", "not met" or NULL; "preliminary", "complete" or NULL: in the reader's language.
const char *report_met(const indicator_t *indicator);
const char *report_state(const indicator_t *indicator);
// How the target bounds the value: "≤" or "≥" for Russian readers, "<=" or ">=" for others; NULL: there is no
// target.
const char *report_bound(const indicator_t *indicator);
// "70,0 %" or "70.0 %": a comma for Russian readers; unit NULL: of none. Returns buffer.
const char *report_number(const char *text, const char *unit, char *buffer, size_t size);
// Its notes as one text, which the caller frees; NULL when there are none.
char *report_notes(const indicator_t *indicator);

// A row for each organisation and indicator, or that hangs nowhere; in the form of the reader's table
// program.
void report_write_csv(FILE *out, const report_t *report);
// The same rows as a workbook for people, with further pages: fill of workbook.h, of a const report_t.
lxw_error report_fill_xlsx(lxw_workbook *workbook, void *report);
// The workbook's further pages: charts, organisations side by side, what the codes mean.
lxw_error report_add_pages(const report_t *report, lxw_workbook *workbook, lxw_format *bold,
                           lxw_format *number);
// "-12.50" whatever the locale. False when it is no such number.
bool report_decimal(const char *text, double *ret_number, unsigned *ret_decimals);
