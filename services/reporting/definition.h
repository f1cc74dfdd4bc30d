// SPDX-License-Identifier: Apache-2.0
// One definition of an indicator, compiled.
#pragma once
#include "proto/reporting.pb-c.h"
#include "services/reporting/expr.h"

enum { INDICATOR_NOTES_MAX = 8, INDICATOR_REQUIRES_MAX = 8, INDICATOR_CODE_MAX = 64 };

typedef struct indicator_error { // why a definition is refused
    const char *field;           // of message Indicator
    const char *what;            // English, msgid
    size_t at;                   // byte of the field's text
} indicator_error_t;

typedef enum unit { UNIT_PERCENT, UNIT_RATIO, UNIT_COUNT } unit_t;

typedef struct definition_note {
    char *code;
    bool fails; // above zero, the target is not met
    expr_t *expr;
} definition_note_t;

typedef struct definition {
    char *code, *title, *title_en;
    unit_t unit;
    int decimals; // printed; a count of whole things has none
    expr_t *numerator;
    expr_t *denominator; // NULL: a count
    char *target_op;     // "<=", ">=", NULL: no target
    int64_t target;      // hundredths
    int64_t target_from; // year
    char *required[INDICATOR_REQUIRES_MAX];
    size_t n_required;
    definition_note_t notes[INDICATOR_NOTES_MAX];
    size_t n_notes;
    int32_t valid_from, valid_to; // DAY_NONE: open
} definition_t;

// Compiles a record. NULL with *ret_error filled when it is refused.
definition_t *definition_new(const Selenga__Indicator *record, indicator_error_t *ret_error);
void definition_destroy(definition_t **definition);

// Name of a unit in records and reports.
const char *unit_name(unit_t unit);
