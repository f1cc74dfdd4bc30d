// SPDX-License-Identifier: Apache-2.0
// A report as CSV, in the form of the reader's table program: for Russian readers with `;`, a byte order
// mark, words and a decimal comma; else for programs, with the codes of JSON.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/csv.h"
#include "services/cli/report_forms.h"

enum { COLUMNS = 16, NUMBER = 24, VALUE = 64 };

// Msgids are the words of report_xlsx.c, where a column says the same.
static const struct {
    const char *name, *title;
} HEAD[COLUMNS] = {
    {"org", N_("organisation")},
    {"period", N_("period")},
    {"as_of", N_("as of")},
    {"code", N_("code")},
    {"title", N_("indicator")},
    {"numerator", N_("numerator")},
    {"denominator", N_("denominator")},
    {"value", N_("value")},
    {"unit", N_("unit")},
    {"target_op", N_("condition")},
    {"target", N_("target")},
    {"met", N_("target met")},
    {"received", N_("received")},
    {"expected", N_("expected")},
    {"state", N_("state")},
    {"note", N_("note")},
};

static bool is_for_programs(void)
{
    return i18n_now() == LANG_EN;
}

static void write_row(const char *const *cells)
{
    csv_write_plain(stdout, is_for_programs() ? ',' : ';', cells, COLUMNS);
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static const char *with_comma(const char *text, char *buf)
{
    return is_for_programs() ? or_empty(text) : report_number(text, NULL, buf, VALUE);
}

static const char *unit_word(const indicator_t *indicator)
{
    bool percent = indicator->unit != NULL && strcmp(indicator->unit, "percent") == 0;
    return is_for_programs() ? or_empty(indicator->unit) : percent ? "%" : "";
}

static const char *met_word(const indicator_t *indicator)
{
    if (!is_for_programs()) return or_empty(report_met(indicator));
    return !indicator->has_met ? "" : indicator->met ? "yes" : "no";
}

static void print_unit(const report_t *report, const Selenga__ReportUnit *unit)
{
    for (size_t i = 0; i < unit->n_indicators; i++) {
        const indicator_t *indicator = unit->indicators[i];
        AUTO(xfree) char *note = report_notes(indicator);
        char numerator[NUMBER] = "", denominator[NUMBER] = "", received[NUMBER] = "", expected[NUMBER] = "";
        char value[VALUE], target[VALUE];
        if (indicator->has_numerator) snprintf(numerator, NUMBER, "%" PRId64, indicator->numerator);
        if (indicator->has_denominator) snprintf(denominator, NUMBER, "%" PRId64, indicator->denominator);
        if (indicator->coverage) {
            snprintf(received, NUMBER, "%" PRIu64, indicator->coverage->received);
            snprintf(expected, NUMBER, "%" PRIu64, indicator->coverage->expected);
        }
        const char *const cells[COLUMNS] = {
            or_empty(unit->org),
            or_empty(report->period),
            or_empty(report->as_of),
            or_empty(indicator->code),
            or_empty(report_title(report, indicator)),
            numerator,
            denominator,
            indicator->has_value ? with_comma(indicator->value, value) : "",
            unit_word(indicator),
            or_empty(indicator->target_op),
            with_comma(indicator->target_value, target),
            met_word(indicator),
            received,
            expected,
            or_empty(is_for_programs() ? indicator->state : report_state(indicator)),
            or_empty(note),
        };
        write_row(cells);
    }
}

// Whoever hangs nowhere has a row without an indicator, and why as its note.
static void print_unattached(const report_t *report)
{
    const Selenga__ReportReply *first = report->pages[0];
    for (size_t i = 0; i < first->n_unattached; i++) {
        const char *cells[COLUMNS] = {first->unattached[i], or_empty(report->period),
                                      or_empty(report->as_of)};
        for (size_t k = 3; k + 1 < COLUMNS; k++) cells[k] = "";
        cells[COLUMNS - 1] = _(REPORT_UNATTACHED);
        write_row(cells);
    }
}

void report_print_csv(const report_t *report)
{
    const char *heading[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) heading[i] = is_for_programs() ? HEAD[i].name : _(HEAD[i].title);
    if (!is_for_programs()) fputs("\xef\xbb\xbf", stdout);
    write_row(heading);
    print_unit(report, report->unit);
    for (size_t i = 0; i < report->n_children; i++) print_unit(report, report->children[i]);
    print_unattached(report);
}
