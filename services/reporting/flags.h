// SPDX-License-Identifier: Apache-2.0
// What a fact cell says of one person in one organisation and one period: a word of flags. Numbers are on the
// wire and in stores: never reused. Only these flags travel above the home of an employment, no date of birth
// does.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum fact_flag {
    FACT_PEDAGOGUE = 1 << 0,     // in the snapshot, in a pedagogical post at the main place
    FACT_MANAGER = 1 << 1,       // in the snapshot, head, deputy or head of a unit at the main place
    FACT_EXT_PEDAGOGUE = 1 << 2, // the same posts held only as an external part-timer
    FACT_EXT_MANAGER = 1 << 3,
    FACT_YOUNG_AGE = 1 << 4, // up to 35: age <= 34 on the snapshot date
    FACT_OVER_AGE = 1 << 5,  // known to be 35 or more
    FACT_YOUNG_EXP = 1 << 6, // less than three full years of pedagogical work
    FACT_OVER_EXP = 1 << 7,  // known to have three or more
    FACT_LONG_LEAVE = 1 << 8,
    FACT_LEAVE_OVER_30 = 1 << 9,
    FACT_SUPPORT_A = 1 << 10, // mentored
    FACT_SUPPORT_B = 1 << 11, // worked on a route with a tutor
    FACT_SUPPORT_C = 1 << 12, // finished a programme for young teachers
    FACT_SUPPORT_D = 1 << 13, // came to the school of young teachers
    FACT_SUPPORT_E = 1 << 14, // helped by a methodist
    FACT_LEFT = 1 << 15,      // left a pedagogical post during the period
    FACT_NO_DATA = 1 << 16,   // young or not cannot be told: birth date or start of work is missing
    FACT_FORMER_A = 1 << 17,  // SUPPORT_A to E, at an organisation that he left before the end of the period
    FACT_FORMER_B = 1 << 18,
    FACT_FORMER_C = 1 << 19,
    FACT_FORMER_D = 1 << 20,
    FACT_FORMER_E = 1 << 21,
    FACT_IN_SCHOOL = 1 << 22, // PEDAGOGUE of a school
    FACT_IN_SYSTEM = 1 << 23, // PEDAGOGUE or MANAGER of general, additional or secondary vocational education
    FACT_CNPPM_STAFF = 1 << 24,    // in the snapshot at a centre of professional mastery, in whatever post
    FACT_DOC_PK = 1 << 25,         // got a document of advanced training
    FACT_DOC_CNPPM = 1 << 26,      // one that a centre of professional mastery issued
    FACT_DOC_RETRAINING = 1 << 27, // of retraining
    FACT_DOC_INTERNSHIP = 1 << 28, // of an internship
    FACT_DOC_FEDERAL = 1 << 29, // has a document of the federal operator that is valid on the snapshot date
    FACT_MEASURED = 1 << 30,    // his competencies were measured
};
enum { FACT_FORMER_SHIFT = 7 }; // from SUPPORT_X to FORMER_X

// Set while a table is read, never in a record: assigned to a methodist on the snapshot date.
static const uint32_t FACT_ASSIGNED = 1u << 31;

typedef struct flag_name {
    const char *name; // in expressions
    uint32_t flag;
    const char *help; // English, msgid
} flag_name_t;

extern const flag_name_t FACT_FLAGS[];
extern const size_t N_FACT_FLAGS;

// Brings the union of cells of one person (or a cell from outside) to one meaning: what is known against wins
// over what is known for, who is still in a post has not left, and NO_DATA follows from the rest.
uint32_t fact_normal(uint32_t flags);
