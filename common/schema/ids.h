// SPDX-License-Identifier: Apache-2.0
// Names of records (rid_t) and of nodes (path_t), and their text forms.
#pragma once
#include "common/base/util.h"
#include "proto/kind.h"

// --- records -------------------------------------------------------------------------------------

// Derived from the natural key where the kind has one, so that the same thing gets the same id everywhere;
// else UUIDv7.
//
//    derived:  | 6 bytes of BLAKE2b(kind, org) | 10 bytes of BLAKE2b(kind, key text) |
//
// The org part holds the records of one organisation and kind together in the store. It counts only where the
// key itself names the organisation: a reference must lead to the id without knowing more than the key.
typedef struct rid {
    uint8_t b[16];
} rid_t;

enum {
    RID_TEXT = 37,       // bytes of "0190a1b2-…" with its NUL
    KEY_TEXT_MAX = 2048, // bytes of a key text with its NUL
};

static inline bool rid_equal(const rid_t *a, const rid_t *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static inline bool rid_is_zero(const rid_t *id)
{
    static const rid_t zero;
    return rid_equal(id, &zero);
}

// Key text: the key fields in the order of rows, as printed by body_print, joined by \x1f (body_key of
// common/schema/body.h). org: the record's organisation; ignored where kind_key_names_org() is false.
void rid_derive(const kind_rule_t *kind, slice_t org, slice_t key_text, rid_t *ret_id);
// Can the id be of a record of this kind about this organisation? All that can be said of a tombstone.
bool rid_is_of(const kind_rule_t *kind, slice_t org, const rid_t *id);

// A new UUIDv7. now_ms: unix time; only sorts ids of one writer roughly by age, nothing depends on it.
// Aborts when the kernel has no randomness.
void rid_new(uint64_t now_ms, rid_t *ret_id);

// Writes the 8-4-4-4-12 form into buf of RID_TEXT bytes and returns it.
const char *rid_text(const rid_t *id, char *buf);
// Accepts that form, and 32 hex digits without dashes. False, and nothing is written, for anything else.
bool rid_parse(const char *text, rid_t *ret_id);

// --- nodes ---------------------------------------------------------------------------------------

// The way from the root: one random label of four bytes for each step. The root has one label, its own.
enum {
    PATH_LABEL = 4,
    PATH_BYTES = 32, // eight levels
    PATH_TEXT = 72,  // bytes of "a1b2c3d4.11223344" at its longest, with its NUL
};

typedef struct path {
    uint8_t len; // bytes, a multiple of PATH_LABEL
    uint8_t b[PATH_BYTES];
} path_t;

// False, and nothing is written, when the bytes are no path: of a wrong length, or with a label below 0x100
// or of ones.
bool path_from_bytes(slice_t bytes, path_t *ret_path);
bool path_equal(const path_t *a, const path_t *b);
// Is `path` at or below `prefix`?
bool path_is_prefix(const path_t *prefix, const path_t *path);
// The label of the child of `self` on the way to `path`, which must lie below it.
uint32_t path_child_label(const path_t *self, const path_t *path);
// The last label, by which the parent knows the node. The path must not be empty.
uint32_t path_own_label(const path_t *path);
// One step down. False, and nothing is written, when the tree would be too deep or the label is reserved.
bool path_child(const path_t *self, uint32_t label, path_t *ret_path);
path_t path_parent(const path_t *path); // empty for the root

// Hex labels joined by dots, into buf of PATH_TEXT bytes; returns it. Empty text for an empty path.
const char *path_text(const path_t *path, char *buf);
bool path_parse(const char *text, path_t *ret_path);

// --- hex -----------------------------------------------------------------------------------------

// Lower-case hex of the bytes and a NUL into buf of 2 * size + 1 bytes; returns it.
const char *hex_text(slice_t bytes, char *buf);
// Parses an even number of hex digits into at most `max` bytes. Returns how many bytes, or -1.
int hex_parse(slice_t text, uint8_t *buf, size_t max);
