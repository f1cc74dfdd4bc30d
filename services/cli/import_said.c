// SPDX-License-Identifier: Apache-2.0
// See import_said.h.
#include "services/cli/import_said.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/forms/plan.h"
#include "services/cli/cli.h"
#include "services/cli/output.h"

void said_begin(said_t *said, const sheet_t *sheet, bool json)
{
    *said = (said_t){.sheet = sheet,
                     .json = json,
                     .rejects = json_array(),
                     .warnings = json_array(),
                     .changes = json_array(),
                     .missing = json_array()};
}

void said_end(said_t *said)
{
    json_decref(said->rejects);
    json_decref(said->warnings);
    json_decref(said->changes);
    json_decref(said->missing);
}

static json_t *reason(const sheet_t *sheet, const fault_t *fault)
{
    char text[FAULT_TEXT];
    if (sheet)
        sheet_fault_text(sheet, fault, i18n_now(), text, sizeof text);
    else
        fault_text(fault, text, sizeof text);
    return json_pack("{s:o, s:s, s:o}", "field", output_text(fault->field), "code", fault->code, "text",
                     output_text(text));
}

json_t *said_reasons(const sheet_t *sheet, const fault_t *faults, size_t n)
{
    json_t *reasons = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(reasons, reason(sheet, &faults[i]));
    return reasons;
}

char *said_text(const json_t *reasons)
{
    char *text = NULL;
    size_t size = 0, i;
    json_t *one;
    FILE *out = open_memstream(&text, &size);
    json_array_foreach(reasons, i, one)
    {
        const char *sentence = json_string_value(json_object_get(one, "text"));
        fprintf(out, "%s%s", i > 0 ? " " : "", sentence ? sentence : "");
    }
    fclose(out);
    return text;
}

static void say_row(size_t row, const json_t *reasons)
{
    AUTO(xfree) char *text = said_text(reasons);
    if (row > 0)
        cli_say(_("row %zu: %s"), row, text);
    else
        cli_say("%s", text);
}

void said_reject(said_t *said, size_t row, json_t *reasons, bool all)
{
    said->n_rejects++;
    if (all || (!said->json && said->n_rejects <= SAID_ROWS_MAX)) say_row(row, reasons);
    if (json_array_size(said->rejects) < SAID_JSON_MAX)
        json_array_append_new(said->rejects,
                              json_pack("{s:I, s:O}", "row", (json_int_t)row, "reasons", reasons));
    json_decref(reasons);
}

void said_warnings(said_t *said, size_t row, const fault_t *warnings, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_auto_t *one = said_reasons(said->sheet, &warnings[i], 1);
        said->n_warnings++;
        if (!said->json && said->n_warnings <= SAID_ROWS_MAX) say_row(row, one);
        if (json_array_size(said->warnings) == SAID_JSON_MAX) continue;
        json_t *warning = json_incref(json_array_get(one, 0));
        json_object_set_new(warning, "row", json_integer((json_int_t)row));
        json_array_append_new(said->warnings, warning);
    }
}

static void add_change(void *context, const char *field, const char *label, const char *before,
                       const char *after)
{
    json_array_append_new(context, json_pack("{s:s, s:s, s:o, s:o}", "field", field, "label", label, "before",
                                             output_text(before), "after", output_text(after)));
}

static char *changes_text(const json_t *fields)
{
    char *text = NULL;
    size_t size = 0, i;
    json_t *one;
    FILE *out = open_memstream(&text, &size);
    json_array_foreach(fields, i, one)
    {
        const char *before = json_string_value(json_object_get(one, "before"));
        const char *after = json_string_value(json_object_get(one, "after"));
        fprintf(out, "%s%s: %s → %s", i > 0 ? "; " : "", json_string_value(json_object_get(one, "label")),
                before != NULL ? before : "—", after != NULL ? after : "—");
    }
    fclose(out);
    return text;
}

void said_change(said_t *said, size_t row, const Selenga__Outcome *outcome)
{
    json_t *fields = json_array();
    plan_changes(outcome, i18n_now(), add_change, fields);
    said->n_changes++;
    if (!said->json && said->n_changes <= SAID_ROWS_MAX) {
        AUTO(xfree) char *text = changes_text(fields);
        cli_say(_("row %zu: %s"), row, text);
    }
    json_t *change = json_pack("{s:I, s:o}", "row", (json_int_t)row, "fields", fields);
    if (json_array_size(said->changes) < SAID_JSON_MAX) json_array_append(said->changes, change);
    json_decref(change);
}

void said_missing(said_t *said, const char *ref)
{
    said->n_missing++;
    if (json_array_size(said->missing) < SAID_JSON_MAX)
        json_array_append_new(said->missing, output_text(ref));
}

static void tell_missing(const said_t *said)
{
    size_t i;
    json_t *one;
    if (said->n_missing == 0) return;
    cli_say(_("here and not in the file, nothing was done about them: %llu"),
            (unsigned long long)said->n_missing);
    json_array_foreach(said->missing, i, one) if (i < SAID_ROWS_MAX) cli_say("  %s", json_string_value(one));
}

void said_rest(const said_t *said)
{
    if (said->json) return;
    if (said->n_changes > SAID_ROWS_MAX)
        cli_say(i18n_n("%llu more row would change something; --json has it",
                       "%llu more rows would change something; --json has them",
                       said->n_changes - SAID_ROWS_MAX),
                (unsigned long long)(said->n_changes - SAID_ROWS_MAX));
    tell_missing(said);
    if (said->n_warnings > SAID_ROWS_MAX)
        cli_say(i18n_n("%llu more warning; --json has it", "%llu more warnings; --json has them",
                       said->n_warnings - SAID_ROWS_MAX),
                (unsigned long long)(said->n_warnings - SAID_ROWS_MAX));
}
