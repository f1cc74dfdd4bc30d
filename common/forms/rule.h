// SPDX-License-Identifier: Apache-2.0
// Why a person is not counted, in words: services name flags, their words are messages.
#pragma once
#include "proto/api.pb-c.h"

enum { RULE_FLAGS = 32 };

typedef struct rule_words { // of each flag, in the reader's language
    char *of[RULE_FLAGS];
} rule_words_t;

// Takes the words that the first page of an explanation has.
void rule_words_take(rule_words_t *words, const Selenga__ReportReply *reply);
void rule_words_free(rule_words_t *words);

// What would have this person counted, as a sentence that the caller frees.
char *rule_text(const rule_words_t *words, const Selenga__Explained *person);
