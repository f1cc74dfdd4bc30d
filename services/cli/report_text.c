// SPDX-License-Identifier: Apache-2.0
// A report as JSON for programs, and as tables for people.
#include "services/cli/report_forms.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/grid.h"
#include "common/forms/view.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"

// ---- JSON

static json_t *indicator_json(const report_t *report, const indicator_t *indicator)
{
    AUTO(xfree) char *note = report_notes(indicator);
    const Selenga__Coverage *coverage = indicator->coverage;
    json_t *json = json_object();
    json_object_set_new(json, "code", output_text(indicator->code));
    json_object_set_new(json, "title", output_text(report_title(report, indicator)));
    json_object_set_new(json, "numerator", output_integer(indicator->has_numerator, indicator->numerator));
    json_object_set_new(json, "denominator",
                        output_integer(indicator->has_denominator, indicator->denominator));
    json_object_set_new(json, "value", indicator->has_value ? output_text(indicator->value) : json_null());
    json_object_set_new(json, "unit", output_text(indicator->unit));
    bool targeted = indicator->target_op && *indicator->target_op;
    json_object_set_new(json, "target",
                        targeted ? json_pack("{s:o, s:o}", "op", output_text(indicator->target_op), "value",
                                             output_text(indicator->target_value))
                                 : json_null());
    json_object_set_new(json, "met", indicator->has_met ? json_boolean(indicator->met) : json_null());
    json_object_set_new(json, "coverage",
                        coverage ? json_pack("{s:I, s:I, s:I}", "received", (json_int_t)coverage->received,
                                             "expected", (json_int_t)coverage->expected, "provisional",
                                             (json_int_t)coverage->provisional)
                                 : json_null());
    json_object_set_new(json, "state", output_text(indicator->state));
    json_object_set_new(json, "note", output_text(note));
    return json;
}

static json_t *indicators_json(const report_t *report, const Selenga__ReportUnit *unit)
{
    json_t *array = json_array();
    for (size_t i = 0; i < unit->n_indicators; i++)
        json_array_append_new(array, indicator_json(report, unit->indicators[i]));
    return array;
}

static json_t *unattached_json(const report_t *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->pages[0]->n_unattached; i++)
        json_array_append_new(array, output_text(report->pages[0]->unattached[i]));
    return array;
}

void report_print_json(const report_t *report)
{
    json_t *children = json_array();
    for (size_t i = 0; i < report->n_children; i++) {
        json_t *child = json_object();
        json_object_set_new(child, "org", output_text(report->children[i]->org));
        json_object_set_new(child, "indicators", indicators_json(report, report->children[i]));
        json_array_append_new(children, child);
    }
    json_t *json = json_object();
    json_object_set_new(json, "org", output_text(report->unit->org));
    json_object_set_new(json, "period", output_text(report->period));
    json_object_set_new(json, "as_of", output_text(report->as_of));
    json_object_set_new(json, "indicators", indicators_json(report, report->unit));
    json_object_set_new(json, "children", children);
    json_object_set_new(json, "unattached", unattached_json(report));
    output_json(&json);
}

// ---- tables

static const char *value_text(const indicator_t *indicator, char *buffer, size_t size)
{
    if (!indicator->has_value) return _("n/a");
    return report_number(indicator->value, indicator->unit, buffer, size);
}

static void indicator_row(grid_t *grid, const indicator_t *indicator)
{
    char text[64], target[80];
    bool english = strcmp(i18n_language(), "ru") != 0 && indicator->title_en && *indicator->title_en;
    grid_cell(grid, indicator->code);
    grid_cell(grid, value_text(indicator, text, sizeof text));
    if (indicator->has_numerator && indicator->has_denominator)
        grid_cellf(grid, "%" PRId64 "/%" PRId64, indicator->numerator, indicator->denominator);
    else if (indicator->has_numerator)
        grid_cellf(grid, "%" PRId64, indicator->numerator);
    else
        grid_cell(grid, NULL);
    const char *bound = report_bound(indicator);
    if (bound != NULL) {
        report_number(indicator->target_value, indicator->unit, text, sizeof text);
        snprintf(target, sizeof target, "%s %s", bound, text);
        grid_cell(grid, target);
    } else {
        grid_cell(grid, NULL);
    }
    grid_cell(grid, report_met(indicator));
    if (indicator->coverage)
        grid_cellf(grid, "%" PRIu64 "/%" PRIu64, indicator->coverage->received,
                   indicator->coverage->expected);
    else
        grid_cell(grid, NULL);
    grid_cell(grid, report_state(indicator));
    grid_cell(grid, english ? indicator->title_en : indicator->title);
}

static void print_unit(const report_t *report)
{
    const Selenga__ReportUnit *unit = report->unit;
    const char *name = unit->name ? unit->name : "";
    char day[VIEW_TEXT];
    printf(_("%s %s\nperiod %s, as of %s\n\n"), unit->org, name, report->period,
           view_day_text(report->as_of, i18n_now(), day));
    AUTO(grid_destroy) grid_t *grid = grid_new();
    grid_column(grid, _("code"));
    grid_column_right(grid, _("value"));
    grid_column_right(grid, _("num/den"));
    grid_column_right(grid, _("target"));
    grid_column(grid, _("target met"));
    grid_column_right(grid, _("coverage"));
    grid_column(grid, _("state"));
    grid_column(grid, _("indicator"));
    for (size_t i = 0; i < unit->n_indicators; i++) indicator_row(grid, unit->indicators[i]);
    grid_print(grid, stdout);
    for (size_t i = 0; i < unit->n_indicators; i++) {
        AUTO(xfree) char *note = report_notes(unit->indicators[i]);
        if (note) printf("%s: %s\n", unit->indicators[i]->code, note);
    }
}

// The regulation's own indicators fit side by side; the neighbours are in each child's own report.
static bool is_shown_side_by_side(const indicator_t *indicator)
{
    return indicator->code && strncmp(indicator->code, "I-", 2) == 0;
}

static void print_children(const report_t *report)
{
    if (report->n_children == 0) return;
    const Selenga__ReportUnit *unit = report->unit;
    const char *codes[GRID_COLUMNS];
    size_t n = 0;
    AUTO(grid_destroy) grid_t *grid = grid_new();
    grid_column(grid, _("organisation"));
    for (size_t i = 0; i < unit->n_indicators && n + 2 < GRID_COLUMNS; i++) {
        if (!is_shown_side_by_side(unit->indicators[i])) continue;
        grid_column_right(grid, unit->indicators[i]->code);
        codes[n++] = unit->indicators[i]->code;
    }
    grid_column(grid, _("name"));
    for (size_t i = 0; i < report->n_children; i++) {
        grid_cell(grid, report->children[i]->org);
        for (size_t k = 0; k < n; k++) {
            char text[64];
            const indicator_t *indicator = report_find(report->children[i], codes[k]);
            grid_cell(grid, indicator ? value_text(indicator, text, sizeof text) : NULL);
        }
        grid_cell(grid, report->children[i]->name);
    }
    putchar('\n');
    grid_print(grid, stdout);
}

static void print_unattached(const report_t *report)
{
    const Selenga__ReportReply *first = report->pages[0];
    if (first->n_unattached == 0) return;
    printf("\n%s", _("Counted nowhere, because no way leads from them up to the root of the tree:"));
    for (size_t i = 0; i < first->n_unattached; i++) printf(" %s", first->unattached[i]);
    putchar('\n');
}

void report_print_tables(const report_t *report)
{
    print_unit(report);
    print_children(report);
    print_unattached(report);
}
