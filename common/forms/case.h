// SPDX-License-Identifier: Apache-2.0
// Frameworks of competencies as CASE 1.1 packages (1EdTech): a CFDocument, its CFItems, and CFAssociations of
// type isChildOf between them, which are the tree. Other associations mean nothing here and are counted.
//
//    framework   CFDocument            competency   CFItem
//    uuid        identifier            uuid         identifier
//    title       title                 code         humanCodingScheme; none: the identifier
//    version     version               title        fullStatement
//    publisher   creator               class        CFItemType: the word, its code or label
//    status      adoptionStatus        parent       isChildOf
//    changed_on  lastChangeDateTime
//
// A file is a stranger's: its size, the number of its values and their depth are bounded before jansson sees
// it, everything that is kept is checked by the kinds' own rules, and one fault refuses the whole file.
#pragma once
#include "common/schema/body.h"
#include "proto/record.pb-c.h"
#include <stdio.h>

enum {
    CASE_BYTES = 16 << 20, // of a file
    CASE_VALUES = 400000,  // in it, names of members among them
    CASE_DEPTH = 8,
    CASE_ITEMS = 20000,
    CASE_LEVELS = 16,   // of the tree
    CASE_UUID_TEXT = 37 // with its NUL
};

typedef struct case_item {
    char uuid[CASE_UUID_TEXT];
    char *code, *title;
    const char *class_code; // a word of the field; NULL: none was said
    size_t parent;          // place in the items; itself: none
    unsigned level;         // 0: nothing above it
} case_item_t;

typedef struct case_package {
    char uuid[CASE_UUID_TEXT];
    char *title, *version, *publisher; // NULL: none
    const char *status;                // a word of the field; NULL: none
    int32_t changed_on;
    case_item_t *items; // whatever is above one stands before it
    size_t n;
    size_t passed_over; // associations that are not kept
} case_package_t;

// All zero at first.
void case_clear(case_package_t *package);

// class_code: of items that say none themselves or by those above them; NULL: such are refused. 0, or -1 with
// a sentence in the thread's language: then nothing is to be cleared.
int case_read(slice_t text, const char *class_code, case_package_t *ret, why_t *ret_why);

// Bodies of kinds framework and competency, of the framework of this code. NULL with a sentence: a rule of
// the kind is not kept.
body_t *case_framework(const case_package_t *package, const char *code, arena_t *arena, why_t *ret_why);
body_t *case_competency(const case_package_t *package, const char *code, size_t i, arena_t *arena,
                        why_t *ret_why);

// The other way: of records of these kinds, of the framework of this code. What a record lacks stays out; an
// item whose record has no UUID has one made of its id.
typedef struct case_gathering case_gathering_t;
case_gathering_t *case_gather(const char *code);
void case_gathering_destroy(case_gathering_t **self);
void case_gather_record(case_gathering_t *self, const kind_rule_t *kind, const Selenga__Record *record);
// Belongs to `self`; call it once. NULL with a sentence.
const case_package_t *case_gathered(case_gathering_t *self, why_t *ret_why);

// now_s: unix time, where the framework does not say when it was changed. Fails as fprintf does: look at the
// stream.
void case_write(const case_package_t *package, int64_t now_s, FILE *out);
// A UUID for what has none of its own: made of its id, always the same.
const char *case_uuid_of(const rid_t *id, char buf[CASE_UUID_TEXT]);
