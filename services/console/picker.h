// SPDX-License-Identifier: Apache-2.0
// References by name: what a field holds is shown as name and code, and another record is found by a part of
// either and chosen; nobody has to know a code. Names of controls: "q." before the field's is what is sought,
// "w." what the choices below it answer, "find" the field whose search button was pressed.
#pragma once
#include "services/console/fields.h"

enum {
    PICKER_HITS = 20, // that are offered
    PICKER_HELD = 40, // of a field of several references, that have names
};

typedef struct picker picker_t;

// Is field i picked by name? A reference to records of a kind that the reader may see.
bool picker_has(const page_t *page, const kind_rule_t *kind, size_t i);
// Does the form that was sent seek something that nobody has chosen yet? Then it is not to be saved.
bool picker_seeks(const page_t *page, const fields_t *fields);
// Before the controls are written: names of what they hold, and what fits the first open search. key: as in
// fields_write. Where it was not called, references are lines of text. False: return at once, as with
// page_ask.
bool picker_read(page_t *page, fields_t *fields, bool key);
// The same for field i alone and these words, as the script asks it.
bool picker_seek(page_t *page, fields_t *fields, size_t i, const char *words);
void picker_destroy(picker_t **picker);

// --- what was read

// Of field i, by picker_read; picker NULL: no.
bool picker_is(const picker_t *picker, size_t i);
// What is sought in field i; "": nothing.
const char *picker_words(const picker_t *picker, size_t i);
// Is it the one whose search is answered, with how many hits, and are there others?
bool picker_answers(const picker_t *picker, size_t i, size_t *ret_n, bool *ret_more);
// Can only the first hit be meant?
bool picker_sure(const picker_t *picker);
// Hit k as a reference.
const char *picker_hit(const picker_t *picker, size_t k);
// "Иванова Анна Баировна", "" where no name is known. Into buf of VIEW_TEXT bytes.
const char *picker_name(const picker_t *picker, size_t i, const char *ref, char *buf);
