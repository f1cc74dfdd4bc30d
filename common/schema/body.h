// SPDX-License-Identifier: Apache-2.0
// Bodies of any kind, driven by its row of rules: reading, setting, printing, checking, merging, keys and
// references.
//
// A body_t is the kind's own protobuf-c message; code that knows the kind may cast it and use its members.
// All memory is an arena's. `i` is the index of a field in kind->fields (kind_field()). Functions that can
// refuse return 0 or BODY_E_FAULT with the reason in ret_fault (NULL allowed); nothing else is written then.
#pragma once
#include "common/base/arena.h"
#include "common/schema/fault_value.h"
#include "common/schema/ids.h"
#include "common/schema/kinds.h"

typedef ProtobufCMessage body_t;

enum {
    BODY_E_FAULT = 1,
    BODY_MAX = 32 * 1024,  // bytes of a packed body
    FIELD_TEXT_MAX = 4104, // bytes that body_print needs: hex of FIELD_LIMIT, or text of it, with its NUL
};

// An empty body; NULL when the arena is exhausted.
body_t *body_new(const kind_rule_t *kind, arena_t *arena);
// Reads outside bytes: well-formed, no field twice, no NUL hidden in a text. It does not look at values:
// body_validate. Unknown fields are kept and packed again.
int body_unpack(const kind_rule_t *kind, slice_t bytes, arena_t *arena, body_t **ret_body,
                fault_t *ret_fault);
// The bytes live in the arena. Only for bodies that validate.
int body_pack(const body_t *body, arena_t *arena, slice_t *ret_bytes, fault_t *ret_fault);

// --- fields --------------------------------------------------------------------------------------

bool body_has(const kind_rule_t *kind, const body_t *body, size_t i);
void body_clear(const kind_rule_t *kind, body_t *body, size_t i);
// Text-like fields; NULL when absent. Belongs to the body.
const char *body_str(const kind_rule_t *kind, const body_t *body, size_t i);
// Dates, booleans, integers, decimals; 0 when absent.
int64_t body_int(const kind_rule_t *kind, const body_t *body, size_t i);
slice_t body_bytes(const kind_rule_t *kind, const body_t *body, size_t i);

// Set one field, checked by its rule.
int body_set_int(const kind_rule_t *kind, body_t *body, size_t i, int64_t value, fault_t *ret_fault);
int body_set_bytes(const kind_rule_t *kind, body_t *body, size_t i, slice_t value, arena_t *arena,
                   fault_t *ret_fault);
// From its outside form: ISO date, yes/no, "0.25" (or "0,25"), hex, text. Empty text clears the field.
int body_set_text(const kind_rule_t *kind, body_t *body, size_t i, const char *text, arena_t *arena,
                  fault_t *ret_fault);
// To its outside form, into buf of FIELD_TEXT_MAX bytes; returns buf or a text of the body. "" when absent.
const char *body_print(const kind_rule_t *kind, const body_t *body, size_t i, char *buf);
// The same for a value in hand, e.g. an argument of a fault.
const char *decimal_text(int64_t hundredths, char *buf); // buf of 32 bytes

// --- the whole body ------------------------------------------------------------------------------

// Required fields, each value by its rule, then the kind's own check. Derived fields must be set before.
int body_validate(const kind_rule_t *kind, const body_t *body, fault_t *ret_fault);
// The last two of these: what is said across fields.
int body_check_across(const kind_rule_t *kind, const body_t *body, fault_t *ret_fault);
// body_unpack and body_validate with memory of its own: what a receiver asks of a record that came in.
int body_check(const kind_rule_t *kind, slice_t bytes, fault_t *ret_fault);

// The old body (empty: none) with the fields named in `set` taken from `change`; a field named there and
// absent in `change` is cleared; others, also those we do not know, stay. from_outside: derived fields are
// refused. The result is not validated yet.
int body_merge(const kind_rule_t *kind, slice_t old, const body_t *change, const uint32_t *set, size_t n_set,
               bool from_outside, arena_t *arena, body_t **ret_body, fault_t *ret_fault);

// --- key, organisation, references ---------------------------------------------------------------

// Writes the key text into buf of KEY_TEXT_MAX bytes; empty when the kind has no key.
slice_t body_key(const kind_rule_t *kind, const body_t *body, char *buf);
// The same as people write it, its pieces joined by ':'; "" where there is none. Returns buf.
const char *body_key_shown(const kind_rule_t *kind, const body_t *body, char *buf);
// The organisation that the record is about: `own_org` where the kind says so. Belongs to the body or the
// caller.
slice_t body_org(const kind_rule_t *kind, const body_t *body, const char *own_org);
// The id derived from the key. False, and nothing is written, when the kind has none.
bool body_id(const kind_rule_t *kind, const body_t *body, rid_t *ret_id);

typedef struct body_ref {
    size_t field;              // index of the field that refers
    const kind_rule_t *target; // kind referred to
    slice_t text;              // as it stands in the body
    // The text alone may lack the first part of the target's key: a result names a competency by its code,
    // and the framework stands in the campaign. Then `complete` is false, id is zero, and the missing part is
    // the value of the field `via_field` of the record `via_id` of kind `via_kind`; see ref_id_in. via_kind
    // NULL: nobody can tell.
    bool complete;
    rid_t id;
    const kind_rule_t *via_kind;
    rid_t via_id;
    size_t via_field;
} body_ref_t;

// Hands out the references of a body one by one; *state begins at 0. False at the end.
bool body_next_ref(const kind_rule_t *kind, const body_t *body, size_t *state, body_ref_t *ret_ref);
// Ids that the fields with F_INDEX of packed bytes refer to, at most `max`; returns how many. Allocates
// nothing. Unknown kinds and malformed bytes have none.
size_t body_indexed_refs(uint32_t kind, slice_t bytes, rid_t *ret_ids, size_t max);

// The kind to which a reference in this field leads, and in *ret_ref the reference as that kind has it: the
// text itself, or, where any kind may be meant, what stands behind the kind's name. NULL: to none.
const kind_rule_t *ref_target(const field_rule_t *field, slice_t text, slice_t *ret_ref);
// How far up a record of this body may go: as its kind says, and no further than what it is about.
uint8_t body_reach_up(const kind_rule_t *kind, const body_t *body);
// Has the text the pieces of a reference to this kind, none of them empty?
bool ref_is_shaped(const kind_rule_t *target, slice_t text);
// The id of a record by its reference in text, ORG:NUMBER or a code. False when it has the wrong number of
// parts.
bool ref_id(const kind_rule_t *target, slice_t text, rid_t *ret_id);
// The same where the first part of the key is known from elsewhere.
bool ref_id_in(const kind_rule_t *target, slice_t first, slice_t text, rid_t *ret_id);
// The id that a person means on the command line: an id itself, or the natural key, its parts joined by ':'
// or blanks
// ("03-08-01:17", "M-1:03-08-01:17:2024-09-01"). False when it is neither.
bool ref_from_person(const kind_rule_t *target, const char *text, rid_t *ret_id);
