// SPDX-License-Identifier: Apache-2.0
// State machines of kinds, as they are declared with their words (proto/options.proto): where a record may
// begin, what may follow, who may make the change, which fields it needs. They hold where a record is written
// at its home. A replica is not judged by them: its home did that, and the version between may never have
// come.
#pragma once
#include "common/schema/body.h"
#include "common/schema/kinds.h"

enum { STATES_TEXT = 1024 }; // bytes for the words of one argument of a fault

// Is the field a state?
bool states_is_one(const field_rule_t *field);

// Does the record stand in a state of its that nothing follows?
bool states_is_final(const kind_rule_t *kind, const body_t *body);

// May a record of this kind that says `before` say `after` next? before: the packed body that stands there;
// empty: none, or a deleted one. A state may stay as it is, and so must what a change into it needed. A word
// that is none (any more) may become any. 0, or KIND_E_FAULT with the reason in ret_fault, which names what
// may follow.
int states_check(const kind_rule_t *kind, slice_t before, const body_t *after, const writer_t *writer,
                 fault_t *ret_fault);

// Codes of a state, separated by blanks, in words of the language: «черновик» (draft), ... `of` is
// KIND.FIELD, as faults name it; what cannot be found stays a code. No codes: `none`. Returns buf of
// STATES_TEXT bytes.
const char *states_words(const char *of, const char *codes, const char *none, lang_t lang, char *buf);
// All words of a field, in its order: what may be written there. As labels alone, sheets take them.
const char *states_all_words(const field_rule_t *field, lang_t lang, char *buf);
const char *states_labels(const field_rule_t *field, lang_t lang, char *buf);
// The same for names of levels and roles: "school regional".
const char *states_who(const char *codes, lang_t lang, char *buf);
// The level of this rank as people know it; "?" for none. And back, from its code or its word; -1 for none.
const char *states_level(int rank, lang_t lang);
int states_level_named(const char *text);

// Mark of what a record says apart from its states, what they need, and what is computed: it stays the same
// while a record only goes on its way. False for what is no body of the kind.
enum { STATES_MARK = 16 };
bool states_mark(const kind_rule_t *kind, slice_t body, uint8_t *ret_mark);
// Levels (W_) whose review a record of this body waits for.
unsigned states_awaits(const kind_rule_t *kind, slice_t body);
// Are there any such for this kind?
bool states_are_reviewed(const kind_rule_t *kind);

// Draws the machines of a kind in the reader's language; nothing where it has none.
void states_draw(const kind_rule_t *kind, FILE *out);

// Codes of the levels (W_) and roles (R_) of a change, separated by blanks; "": all that may write the kind.
const char *states_who_codes(const state_change_t *change, char *buf, size_t size);
// The role (R_) of this code; 0: there is none.
unsigned states_role(const char *code);
