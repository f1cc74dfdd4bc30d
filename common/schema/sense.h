// SPDX-License-Identifier: Apache-2.0
// What a record may say and hardly means: somebody born next week, 99 hours of a programme of 36. Rules of
// sense are data; whoever writes is warned, or refused where he asked for that. Receivers do not look at
// them.
//
//   condition = term { " & " term }
//   term      = value OP value | value " known" | value " missing"      OP: <= >= < > = !=
//   value     = "today" | digits (as kept: hundredths of decimals) | word' | path [ "+" digits "y" ]
//   path      = [ "own." ] { reference "." } field                      own: the record that is judged
//
// A comparison with what is not known holds: nothing is said against what nobody knows.
#pragma once
#include "common/schema/kinds.h"

typedef struct sense_rule {
    const kind_rule_t *kind;
    const char *code, *field; // of the fault; its arguments are both sides of the first term that fails
    const char *when;         // judged only where this holds; NULL: always
    const char *must;         // what should hold; NULL: it is about other records
    // Records of this kind that refer to what `of` refers to ("": to the record itself): one of them should
    // be such, or, with `none`, none.
    const kind_rule_t *among;
    const char *of, *such;
    bool none;
} sense_rule_t;

extern const sense_rule_t SENSE_RULES[];
extern const size_t N_SENSE_RULES;
