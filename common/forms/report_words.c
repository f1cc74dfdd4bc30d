// SPDX-License-Identifier: Apache-2.0
// What a report says, in words.
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/report_forms.h"
#include "common/schema/fault.h"
#include "common/schema/fault_value.h"
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

const char *report_bound(const indicator_t *indicator)
{
    const char *op = indicator->target_op;
    if (op == NULL || *op == '\0') return NULL;
    if (strcmp(i18n_language(), "ru") != 0) return op;
    return strcmp(op, "<=") == 0 ? "≤" : strcmp(op, ">=") == 0 ? "≥" : op;
}

const char *report_number(const char *text, const char *unit, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s%s", text ? text : "", unit && strcmp(unit, "percent") == 0 ? " %" : "");
    char *point = strchr(buffer, '.');
    if (point && strcmp(i18n_language(), "ru") == 0) *point = ',';
    return buffer;
}
