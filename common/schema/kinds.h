// SPDX-License-Identifier: Apache-2.0
// Looking things up in the rows of kinds, and telling people about them.
#pragma once
#include "common/base/i18n.h"
#include "common/schema/fault_value.h"
#include "common/schema/services.h"
#include "proto/kind.h"
#include "proto/kinds.h"
#include <stdio.h>

// NULL when there is none.
const kind_rule_t *kind_by_number(uint32_t number);
const kind_rule_t *kind_by_name(const char *name);

// Index of a field in kind->fields (and in the message's descriptor), or -1.
int kind_field(const kind_rule_t *kind, const char *name);
int kind_field_by_number(const kind_rule_t *kind, uint32_t number);
// The field's number in the message, as Item.set names it.
uint32_t kind_field_number(const kind_rule_t *kind, size_t index);

bool kind_has_key(const kind_rule_t *kind);   // else its records have random ids
bool kind_has_index(const kind_rule_t *kind); // has a field with F_INDEX
// Does the natural key itself name the record's organisation?
bool kind_key_names_org(const kind_rule_t *kind);
// Does it name nothing else, so that an organisation has one record of the kind?
bool kind_key_is_org(const kind_rule_t *kind);
// How many pieces, parted by ':', a reference to this kind has: 2 for people (ORG:NUMBER), 1 for codes.
size_t kind_ref_parts(const kind_rule_t *kind);

// May a record of `kind` refer to one of `target`: by a field, or because it is about that organisation? What
// is derived from other records follows them, and refers to nothing.
bool kind_refers(const kind_rule_t *kind, const kind_rule_t *target);
// The same for the kinds of a service.
bool kinds_refer(uint32_t service, const kind_rule_t *target);
// The index by which the store finds references in this field to a record of `target`.
typedef enum found_by { FOUND_NO_REF, FOUND_BY_REF, FOUND_BY_ORG, FOUND_BY_LOOKING } found_by_t;
found_by_t kind_ref_found(const kind_rule_t *kind, size_t field, const kind_rule_t *target);
// The date by which its records end: KIND.FIELD, of this kind or one that is written from the same row of a
// sheet, in buf of 2 * (FIELD_NAME_MAX + 1) bytes. "": none has one.
const char *kind_end(const kind_rule_t *kind, char *buf);

// How a home stands to a record that somebody wants to write there.
typedef struct writer {
    int rank;     // of the home's level
    bool serving; // the home serves the record's organisation
    bool above;   // the home is the root, or stands above the record's organisation
    bool root;
    bool program;   // the service itself writes, not somebody outside
    unsigned roles; // R_ of the person who writes; of no account where the program does
} writer_t;

// May this home write a record of this kind? 0, or KIND_E_FAULT with the reason in ret_fault.
enum { KIND_E_FAULT = 1 };
int kind_may_write(const kind_rule_t *kind, const writer_t *writer, fault_t *ret_fault);

// --- names ---------------------------------------------------------------------------------------

// Ranks: school 0, municipality 1, region 2, federation 3. -1 or NULL for what is none.
int level_rank(const char *name);
const char *level_name(int rank);

// X_in: in the language named. X_text: in that of the thread (common/base/i18n.h).
const char *bilingual_in(const bilingual_t *text, lang_t lang);
const char *bilingual_text(const bilingual_t *text);

// The word of the code in a field of words, e.g. of a state. NULL: no word of this field.
const field_word_t *field_word(const field_rule_t *field, slice_t code);

// Names for programs; the same in the language named.
const char *pd_class_name(pd_class_t pd);
const char *pd_class_in(pd_class_t pd, lang_t lang);
const char *field_type_name(field_type_t type);
const char *field_type_in(field_type_t type, lang_t lang);
// The levels of W_ flags, blanks between them: "school municipality".
void levels_codes(unsigned writers, char *buf, size_t size);
// "stays at its home", "up to a school" ...
const char *reach_up_in(uint8_t up, lang_t lang);
const char *reach_up_text(uint8_t up);
const char *reach_down_in(uint8_t down, lang_t lang);
const char *reach_down_text(uint8_t down);
