// SPDX-License-Identifier: Apache-2.0
// What the readers of questions share.
#pragma once
#include "common/forms/quiz.h"

// The next line of *rest without its end (LF or CR LF); false when nothing is left.
bool quiz_line(slice_t *rest, slice_t *ret_line);
// Is the file of a size and of characters that can be read? Behind a byte order mark in *file. 0 or a
// quiz_error.
int quiz_check_file(slice_t *file, size_t *ret_line);
// A copy with its runs of blanks as one, without those at its ends.
char *quiz_copy(slice_t text);
// One more question, to be filled; NULL: too many.
quiz_question_t *quiz_add(quiz_t *quiz, size_t line);
// One more answer with this text, which it takes over. 0, QUIZ_E_ANSWERS, _EMPTY or _TWICE.
int quiz_add_answer(quiz_question_t *question, char *text, quiz_answer_t **ret_answer);
// What holds of every question in whichever form it was read: lengths, and that something is asked.
int quiz_check(const quiz_question_t *question);
