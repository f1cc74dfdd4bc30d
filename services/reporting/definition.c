// SPDX-License-Identifier: Apache-2.0
// From the texts of an indicator record to expressions that can be counted. Everything is checked here, so
// that a definition that exists can be evaluated.
#include "services/reporting/definition.h"
#include "common/base/i18n.h"
#include "services/reporting/day.h"
#include <stdlib.h>

enum { DECIMALS_MAX = 4 };

static const char *const UNITS[] = {
    [UNIT_PERCENT] = "percent", [UNIT_RATIO] = "ratio", [UNIT_COUNT] = "count"};

const char *unit_name(unit_t unit)
{
    return UNITS[unit];
}

static bool refuse(indicator_error_t *error, const char *field, const char *what, size_t at)
{
    *error = (indicator_error_t){field, what, at};
    return false;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The part of text[*at..] up to the mark or the end, without blanks around it; *at moves behind the mark.
static slice_t part(const char *text, size_t *at, char mark)
{
    size_t from = *at, to = from;
    while (text[to] && text[to] != mark) to++;
    *at = text[to] ? to + 1 : to;
    while (from < to && blank(text[from])) from++;
    while (to > from && blank(text[to - 1])) to--;
    return slice(text + from, to - from);
}

static char *copy(slice_t text)
{
    char *to = xcalloc(1, text.size + 1);
    memcpy(to, text.data, text.size);
    return to;
}

static bool parse(const char *field, const char *base, slice_t text, expr_t **ret_expr,
                  indicator_error_t *error)
{
    expr_error_t wrong;
    *ret_expr = expr_parse((const char *)text.data, text.size, &wrong);
    if (*ret_expr) return true;
    return refuse(error, field, wrong.what, (size_t)((const char *)text.data - base) + wrong.at);
}

static bool take_unit(const Selenga__Indicator *record, definition_t *to, indicator_error_t *error)
{
    size_t unit = 0;
    while (unit < ARRAY_SIZE(UNITS) && (!record->unit || strcmp(record->unit, UNITS[unit]) != 0)) unit++;
    if (unit == ARRAY_SIZE(UNITS)) return refuse(error, "unit", N_("the unit is percent, ratio or count"), 0);
    to->unit = (unit_t)unit;
    to->decimals = record->has_decimals ? (int)record->decimals : to->unit == UNIT_COUNT ? 2 : 1;
    if (record->has_decimals && (record->decimals < 0 || record->decimals > DECIMALS_MAX))
        return refuse(error, "decimals", N_("0 to 4 decimals are possible"), 0);
    return true;
}

// So that their quotient is what it says.
static bool same_scale(definition_t *to, indicator_error_t *error)
{
    if (!expr_rescale(to->numerator, to->denominator->scale))
        return refuse(error, "numerator", N_("the expression is too long"), 0);
    return expr_rescale(to->denominator, to->numerator->scale) ||
           refuse(error, "denominator", N_("the expression is too long"), 0);
}

static bool take_formula(const Selenga__Indicator *record, definition_t *to, indicator_error_t *error)
{
    if (!record->numerator) return refuse(error, "numerator", N_("a numerator is needed"), 0);
    if ((to->unit == UNIT_COUNT) != !record->denominator)
        return refuse(error, "denominator", N_("percent and ratio need a denominator, a count has none"), 0);
    if (!parse("numerator", record->numerator, slice_text(record->numerator), &to->numerator, error))
        return false;
    if (!record->denominator) return true;
    return parse("denominator", record->denominator, slice_text(record->denominator), &to->denominator,
                 error) &&
           same_scale(to, error);
}

static bool take_target(const Selenga__Indicator *record, definition_t *to, indicator_error_t *error)
{
    if (!record->target_op) return true;
    if (strcmp(record->target_op, "<=") != 0 && strcmp(record->target_op, ">=") != 0)
        return refuse(error, "target_op", N_("a target is <= or >="), 0);
    if (!record->has_target_value) return refuse(error, "target_value", N_("the target has no value"), 0);
    to->target_op = xstrdup(record->target_op);
    to->target = record->target_value;
    to->target_from = record->has_target_from ? record->target_from : PERIOD_YEAR_MIN;
    return true;
}

static bool take_required(const Selenga__Indicator *record, definition_t *to, indicator_error_t *error)
{
    for (size_t at = 0; record->requires && record->requires[at];) {
        size_t from = at;
        slice_t code = part(record->requires, &at, ';');
        if (code.size == 0) continue;
        if (code.size > INDICATOR_CODE_MAX || to->n_required == INDICATOR_REQUIRES_MAX)
            return refuse(error, "requires", N_("too many or too long codes"), from);
        to->required[to->n_required++] = copy(code);
    }
    return true;
}

static bool note_code(slice_t code)
{
    for (size_t i = 0; i < code.size; i++) {
        char c = (char)code.data[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-') return false;
    }
    return code.size > 0 && code.size <= INDICATOR_CODE_MAX;
}

// "CODE = expression; !CODE = expression"
static bool take_notes(const Selenga__Indicator *record, definition_t *to, indicator_error_t *error)
{
    for (size_t at = 0; record->notes && record->notes[at];) {
        size_t from = at;
        slice_t text = part(record->notes, &at, ';');
        if (text.size == 0) continue;
        if (to->n_notes == INDICATOR_NOTES_MAX) return refuse(error, "notes", N_("too many notes"), from);
        const uint8_t *sign = memchr(text.data, '=', text.size);
        if (!sign) return refuse(error, "notes", N_("a note is CODE = expression"), from);
        definition_note_t *note = &to->notes[to->n_notes++];
        slice_t code = slice(text.data, (size_t)(sign - text.data));
        note->fails = code.size > 0 && code.data[0] == '!';
        if (note->fails) code = slice(code.data + 1, code.size - 1);
        while (code.size > 0 && blank((char)code.data[code.size - 1])) code.size--;
        if (!note_code(code)) return refuse(error, "notes", N_("a note's code is of A-Z, 0-9 and -"), from);
        note->code = copy(code);
        slice_t expr = slice(sign + 1, text.size - (size_t)(sign + 1 - text.data));
        if (!parse("notes", record->notes, expr, &note->expr, error)) return false;
    }
    return true;
}

static bool take_names(const Selenga__Indicator *record, definition_t *to, indicator_error_t *error)
{
    if (!record->code || !*record->code || strlen(record->code) > INDICATOR_CODE_MAX)
        return refuse(error, "code", N_("a code of 1 to 64 bytes is needed"), 0);
    if (!record->title) return refuse(error, "title", N_("a title is needed"), 0);
    if (!record->has_valid_from)
        return refuse(error, "valid_from", N_("the first day of validity is needed"), 0);
    to->code = xstrdup(record->code);
    to->title = xstrdup(record->title);
    to->title_en = xstrdup(record->title_en ? record->title_en : record->title);
    to->valid_from = record->valid_from;
    to->valid_to = record->has_valid_to ? record->valid_to : DAY_NONE;
    return true;
}

definition_t *definition_new(const Selenga__Indicator *record, indicator_error_t *ret_error)
{
    definition_t *to = xcalloc(1, sizeof *to);
    if (take_names(record, to, ret_error) && take_unit(record, to, ret_error) &&
        take_formula(record, to, ret_error) && take_target(record, to, ret_error) &&
        take_required(record, to, ret_error) && take_notes(record, to, ret_error))
        return to;
    definition_destroy(&to);
    return NULL;
}

void definition_destroy(definition_t **definition)
{
    if (!definition || !*definition) return;
    definition_t *d = *definition;
    free(d->code);
    free(d->title);
    free(d->title_en);
    expr_destroy(&d->numerator);
    expr_destroy(&d->denominator);
    free(d->target_op);
    for (size_t i = 0; i < d->n_required; i++) free(d->required[i]);
    for (size_t i = 0; i < d->n_notes; i++) {
        free(d->notes[i].code);
        expr_destroy(&d->notes[i].expr);
    }
    free(d);
    *definition = NULL;
}
