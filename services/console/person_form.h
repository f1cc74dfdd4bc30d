// SPDX-License-Identifier: Apache-2.0
// One person's identity, work and absences as one form, which is saved together or not at all. Each part has
// the version that its reader had before him; what he did not touch is not sent.
#pragma once
#include "services/console/held.h"
#include "services/console/saving.h"

enum {
    PERSON_ABSENCES = 6, // the latest, which the form has
    PERSON_PARTS = PERSON_ABSENCES + 3,
    PERSON_PREFIX = 32,
};

typedef struct person_part {
    const kind_rule_t *kind;
    const held_t *held;         // NULL: there is none yet
    char prefix[PERSON_PREFIX]; // of its names in the form
    bool may;                   // the reader may write it, and here is where it is written
    bool touched, changed;      // by him; by somebody else meanwhile
    fields_t *mine, *was;
    const char *version; // that he had before him
} person_part_t;

// All zero at first.
typedef struct person_form {
    const char *ref;                // ORG:NUMBER, as the address has it
    char org[REF_MAX + 1], *number; // its two pieces
    holding_t identities, works, absences, persons;
    person_part_t parts[PERSON_PARTS];
    size_t n;
    bool known; // anything of him is here, for this reader
    together_t said;
} person_form_t;

void person_form_free(person_form_t *form);
// False: return at once, as with page_ask.
bool person_form_read(page_t *page, const char *ref, person_form_t *form);
// What the reader typed; NULL: as it stands. False: it names what is no part of this person's card.
bool person_form_take(page_t *page, person_form_t *form, const form_t *typed);
// SAVED also where nothing was touched.
saved_t person_form_save(page_t *page, person_form_t *form);
// Does the form ask for field i of the part? What the address says already, and keys that stand, it does not.
bool person_form_asks(const person_form_t *form, const person_part_t *part, size_t i);
// The form, or the parts as lists where the reader may write none (person_controls.c).
void person_form_write(page_t *page, person_form_t *form);
// "Иванова Анна Баировна", or the reference. Into buf of VIEW_TEXT bytes.
const char *person_form_name(const person_form_t *form, char *buf);
