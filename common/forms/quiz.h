// SPDX-License-Identifier: Apache-2.0
// Questions with their answers as other programs write them: GIFT and Aiken of Moodle
// (docs.moodle.org/en/GIFT_format, /Aiken_format). Strict: what cannot be kept whole is refused with its
// line, so that what was read and written again is read as the same.
//
// Not taken: texts in HTML or Markdown, descriptions without an answer, a question with several right answers
// beside wrong ones and no weights. Of a category its last part is kept where it is a code; comments are
// passed over. Line breaks in a text become blanks.
#pragma once
#include "common/base/util.h"
#include <stdio.h>

enum {
    QUIZ_FILE_MAX = 1024 * 1024,
    QUIZ_QUESTIONS_MAX = 1000,
    QUIZ_ANSWERS_MAX = 64,
    QUIZ_TEXT_MAX = 2000, // bytes of each text of a question, and of all its answers together
    QUIZ_NAME_MAX = 400,
    QUIZ_TOPIC_MAX = 64,      // as codes have
    QUIZ_FULL = 100 * 100000, // weights: 100000 are one percent
};

typedef enum quiz_type {
    QUIZ_SINGLE,
    QUIZ_MULTIPLE,
    QUIZ_TRUTH,
    QUIZ_SHORT,
    QUIZ_NUMBER,
    QUIZ_MATCHING,
    QUIZ_ESSAY,
} quiz_type_t;

enum quiz_error {
    QUIZ_E_SIZE = 1, // the file
    QUIZ_E_MANY,     // questions
    QUIZ_E_NONE,     // no question in it
    QUIZ_E_CLEAN,    // no UTF-8, or control characters
    QUIZ_E_LONG,     // a question
    QUIZ_E_TEXT,     // nothing is asked
    QUIZ_E_OPEN,     // no { ... } in a question
    QUIZ_E_CLOSED,   // { without }
    QUIZ_E_BRACES,   // a second { or a } too many
    QUIZ_E_HTML,     // a text that is not plain
    QUIZ_E_MARK,     // an answer without = or ~
    QUIZ_E_EMPTY,    // an answer without a text
    QUIZ_E_ANSWERS,  // too many
    QUIZ_E_TWICE,    // the same answer
    QUIZ_E_WEIGHT,   // no percentage
    QUIZ_E_RIGHT,    // which answers are right?
    QUIZ_E_SUM,      // weights of right ones are not 100 percent
    QUIZ_E_NUMBER,   // no number, or no bounds
    QUIZ_E_PAIRS,    // pairs that are none
    QUIZ_E_AIKEN_TEXT,
    QUIZ_E_AIKEN_OPTION,
    QUIZ_E_AIKEN_ANSWER,
    QUIZ_ERRORS
};

typedef struct quiz_answer {
    char *text;     // of truth: T or F; of a number as it is written: 3, 3:0.1, 1..5
    char *partner;  // of pairs: what belongs to it
    char *feedback; // NULL: none
    int32_t weight; // QUIZ_FULL: right, 0: wrong
    bool right;     // stands behind a =
} quiz_answer_t;

typedef struct quiz_question {
    size_t line; // on which it begins
    quiz_type_t type;
    char *name;   // NULL: none
    char *topic;  // last part of the category in which it stands; NULL: none, or one that is no code
    char *text;   // what stands before the answers
    char *ending; // what stands behind them; NULL: nothing
    char *feedback;
    char *right_feedback; // of truth: to who is right; the first answer has what is said to who is wrong
    quiz_answer_t *answers;
    size_t n, room;
} quiz_question_t;

typedef struct quiz {
    quiz_question_t *questions;
    size_t n, room;
} quiz_t;

// Read a whole file in UTF-8. 0, or a quiz_error with the line on which it is; then *ret is empty. The caller
// clears what was read.
int quiz_read_gift(slice_t file, quiz_t *ret, size_t *ret_line);
int quiz_read_aiken(slice_t file, quiz_t *ret, size_t *ret_line);
void quiz_clear(quiz_t *quiz);
// The sentence, in the thread's language.
const char *quiz_fault(int error);

// The word of kind `question` for a type.
const char *quiz_type_word(quiz_type_t type);

// Each for the caller to free. What stands between the braces; what can be chosen, each behind a ~ (of pairs
// the left halves), or NULL where nothing is; of pairs the right halves in the order of their bytes, each
// once, or NULL.
char *quiz_key(const quiz_question_t *question);
char *quiz_options(const quiz_question_t *question);
char *quiz_partners(const quiz_question_t *question);

// The options of a question one by one, as they are read: their texts go into buf, of strlen(options) + 1
// bytes. How many; 0: none, or more than there may be.
size_t quiz_options_each(const char *options, char *buf, const char *ret_texts[static QUIZ_ANSWERS_MAX]);

// The category in which the next questions stand; NULL: none.
void quiz_write_topic(FILE *out, const char *topic);
// Writes one question as GIFT, with a blank line behind it. name, ending: NULL or "" where there is none;
// key: as quiz_key gave it.
void quiz_write(FILE *out, const char *name, const char *text, const char *key, const char *ending);
