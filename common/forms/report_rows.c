// SPDX-License-Identifier: Apache-2.0
// What a report says, in words, and as rows of CSV.
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/csv.h"
#include "common/forms/report_forms.h"
#include "common/schema/fault.h"
#include "common/schema/fault_value.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

char *report_notes(const indicator_t *indicator)
{
    if (indicator->n_notes == 0) return NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < indicator->n_notes; i++) {
        fault_t note;
        char words[FAULT_TEXT];
        fault_from_proto(indicator->notes[i], &note);
        fprintf(out, "%s%s", i ? " " : "", fault_text(&note, words, sizeof words));
    }
    fclose(out);
    return text;
}

const indicator_t *report_find(const Selenga__ReportUnit *unit, const char *code)
{
    for (size_t i = 0; unit != NULL && i < unit->n_indicators; i++)
        if (unit->indicators[i]->code && strcmp(unit->indicators[i]->code, code) == 0)
            return unit->indicators[i];
    return NULL;
}

const char *report_title(const report_t *report, const indicator_t *indicator)
{
    const indicator_t *titled = indicator->code ? report_find(report->unit, indicator->code) : NULL;
    return titled ? titled->title : NULL;
}

const char *report_met(const indicator_t *indicator)
{
    return !indicator->has_met ? NULL : indicator->met ? _("met") : _("not met");
}

const char *report_state(const indicator_t *indicator)
{
    if (!indicator->state || !*indicator->state) return NULL;
    return strcmp(indicator->state, "preliminary") == 0 ? _("preliminary") : _("complete");
}

// ---- CSV

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void write_unit(FILE *out, const report_t *report, const Selenga__ReportUnit *unit)
{
    for (size_t i = 0; i < unit->n_indicators; i++) {
        const indicator_t *indicator = unit->indicators[i];
        AUTO(xfree) char *note = report_notes(indicator);
        char numerator[24] = "", denominator[24] = "", received[24] = "", expected[24] = "";
        if (indicator->has_numerator) snprintf(numerator, sizeof numerator, "%" PRId64, indicator->numerator);
        if (indicator->has_denominator)
            snprintf(denominator, sizeof denominator, "%" PRId64, indicator->denominator);
        if (indicator->coverage) {
            snprintf(received, sizeof received, "%" PRIu64, indicator->coverage->received);
            snprintf(expected, sizeof expected, "%" PRIu64, indicator->coverage->expected);
        }
        const char *met = !indicator->has_met ? "" : indicator->met ? "yes" : "no";
        const char *const cells[] = {
            or_empty(unit->org),
            or_empty(report->period),
            or_empty(report->as_of),
            or_empty(indicator->code),
            or_empty(report_title(report, indicator)),
            numerator,
            denominator,
            indicator->has_value ? or_empty(indicator->value) : "",
            or_empty(indicator->unit),
            or_empty(indicator->target_op),
            or_empty(indicator->target_value),
            met,
            received,
            expected,
            or_empty(indicator->state),
            or_empty(note),
        };
        csv_write_plain(out, ',', cells, ARRAY_SIZE(cells));
    }
}

void report_write_csv(FILE *out, const report_t *report)
{
    static const char *const titles[] = {
        "org",  "period",    "as_of",  "code", "title",    "numerator", "denominator", "value",
        "unit", "target_op", "target", "met",  "received", "expected",  "state",       "note"};
    csv_write_plain(out, ',', titles, ARRAY_SIZE(titles));
    write_unit(out, report, report->unit);
    for (size_t i = 0; i < report->n_children; i++) write_unit(out, report, report->children[i]);
}
