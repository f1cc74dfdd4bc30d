// SPDX-License-Identifier: Apache-2.0
// What a fault says: it becomes text only where a person reads it, in that person's language.
#pragma once
#include "common/base/i18n.h"
#include "common/schema/fault_value.h"
#include "common/schema/kinds.h"

// What the reader knows of what a fault is about; NULL: as the fault has it.
typedef struct fault_about {
    const char *name; // of the field, in his words
    const char *list; // of what is allowed instead
} fault_about_t;

// Is there a row for this code?
bool fault_is_known(const char *code);
// Writes what is wrong and what to do into buf, in the language; returns buf. A code of a newer program
// prints as itself with its arguments.
const char *fault_text_in(const fault_t *fault, lang_t lang, char *buf, size_t size);
// The same in the thread's language.
const char *fault_text(const fault_t *fault, char *buf, size_t size);

// The same, with what the reader knows of the field.
const char *fault_text_about(const fault_t *fault, const fault_about_t *about, lang_t lang, char *buf,
                             size_t size);
// The same, of a record of the kind: its field by its label, where that is in another language than names,
// and the words that may be written. NULL: of no kind that is known.
const char *fault_text_of(const fault_t *fault, const kind_rule_t *kind, lang_t lang, char *buf, size_t size);
// The same for who typed names of fields (JSON): the name stands beside the label.
const char *fault_text_typed(const fault_t *fault, const kind_rule_t *kind, lang_t lang, char *buf,
                             size_t size);
