// SPDX-License-Identifier: Apache-2.0
// A route proposed from a person's needs and the programmes that cover them (regulation 4.2.2). Pure: it
// reads no store and decides nothing for anybody; a proposal is a draft until a person confirms it (152-ФЗ
// ст. 16, domain PD-06).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct need {
    const char *competency; // FRAMEWORK:CODE
    const char *band;       // low, medium, high
    int64_t score, max;     // hundredths
    const char *campaign;
} need_t;

typedef struct offer {
    const char *programme; // code
    const char *title;
    const char *competencies; // codes joined by ';', with or without their framework
    int64_t hours;
    const char *kind; // pk, retraining, internship
} offer_t;

typedef struct step {
    const offer_t *offer; // NULL: no programme covers the need; it is left to mentoring
    size_t needs[32];     // indexes of the needs that it is for, most urgent first
    size_t n_needs;
} step_t;

enum { STEPS_MAX = 64, NEEDS_MAX = 64 };

// Does the offer's list name the competency, by CODE or FRAMEWORK:CODE?
bool offer_covers(const offer_t *offer, const char *competency);

// Orders needs by urgency (high, medium, low; then by competency), and covers them with the fewest programmes
// it can find greedily: at each step the programme that covers the most open needs, the shorter one, then the
// lower code. Each need stands in exactly one step. Returns the number of steps.
size_t propose(const need_t *needs, size_t n_needs, const offer_t *offers, size_t n_offers,
               step_t *ret_steps);

// Why the step stands there, for the person who is to agree: needs with level and points, and whether
// anything covers them. Codes of common/schema/reason.h: his language is not that of the node.
void step_reason(const step_t *step, const need_t *needs, char *buf, size_t size);
