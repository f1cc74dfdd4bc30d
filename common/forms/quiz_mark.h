// SPDX-License-Identifier: Apache-2.0
// Answers of people to questions: how they are kept, which can be given, and what they are worth.
//
// Kept is, of one or several of a list, the number of each that was chosen, from 1 on, ascending, joined by
// ';'; of true or false, T or F; of pairs, for each option the number of its partner, or 0, joined by ';'; of
// all others the text.
#pragma once
#include "common/forms/quiz.h"

// The texts that quiz_options or quiz_partners joined, each to be freed. NULL and "" have none.
size_t quiz_pieces(const char *joined, char *ret_texts[static QUIZ_ANSWERS_MAX]);

// The type of a word of kind `question`. False: it is none.
bool quiz_type_by_word(const char *word, quiz_type_t *ret_type);

// Is it an answer of the form above? It is bounded by QUIZ_TEXT_MAX.
bool quiz_can_answer(quiz_type_t type, size_t n_options, size_t n_partners, const char *answer);

// The numbers in an answer: how many, 0 where it is none of numbers.
size_t quiz_numbers(const char *answer, unsigned ret_numbers[static QUIZ_ANSWERS_MAX]);

// What the answer is worth by the question with its right answers, 0 to QUIZ_FULL. Texts are compared by
// their fold (fold.h). Of several, wrong ones take away what they weigh; of pairs each counts alike. An essay
// is worth nothing here: a person judges it.
int32_t quiz_worth(const quiz_question_t *question, const char *answer);
