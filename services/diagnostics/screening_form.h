// SPDX-License-Identifier: Apache-2.0
// What an anonymous screening asks: the questions of an approved instrument of class `screening`, each one of
// several options.
#pragma once
#include "common/forms/quiz.h"
#include "common/schema/fault.h"
#include "common/store/store.h"
#include "proto/diagnostics.pb-c.h"

enum { SCREENING_QUESTIONS_MAX = 100 };

typedef struct screening_question {
    int64_t number;
    char *text, *held; // held: the texts of the options
    size_t before_gap; // bytes of the text, at most QUIZ_TEXT_MAX
    const char *options[QUIZ_ANSWERS_MAX];
    size_t n; // 0: it cannot be counted
} screening_question_t;

typedef struct screening_form {
    rid_t instrument;
    char code[REF_MAX + 1];
    char *title;
    screening_question_t *questions; // by their numbers
    size_t n, room;
    uint64_t mark; // of all that is asked: another one where anything of it is changed
} screening_form_t;

// Is it one that people may answer? The instrument, msg_body_free() when done; else NULL.
Selenga__Instrument *screening_of(const record_t *r);

// The form of the instrument of this code; free it. 0; SCREENING_E_FAULT with *ret_fault, where there is none
// that can be answered; or -errno.
enum { SCREENING_E_FAULT = 1 };
int screening_form_read(store_txn_t *txn, const char *code, screening_form_t *ret, fault_t *ret_fault);
void screening_form_free(screening_form_t *form);
