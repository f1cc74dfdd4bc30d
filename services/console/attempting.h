// SPDX-License-Identifier: Apache-2.0
// What pages of attempts ask diagnostics, in the name of the reader.
#pragma once
#include "proto/diagnostics.pb-c.h"
#include "services/console/page.h"

// How an attempt stands; bodies are its own.
typedef struct standing {
    const Selenga__AttemptReply *reply; // the page's
    Selenga__Attempt *attempt;          // NULL: there is none yet
    Selenga__Question *question;        // NULL: none can be answered (any more)
    Selenga__AttemptAnswer *answer;     // NULL: none to it
    fault_t fault;                      // why it was refused; code "": it was not
} standing_t;

void standing_clear(standing_t *standing);
// Asks and waits. False: return at once, as with page_ask.
bool standing_ask(page_t *page, const Selenga__AttemptAsk *ask, standing_t *ret);

// What was sent of a form of attempt_controls, as an answer is kept (common/forms/quiz_mark.h), into `ret`.
// False: it is too long.
enum { ATTEMPT_ANSWER = 2001 };
bool attempt_answer_of(const form_t *form, char ret[static ATTEMPT_ANSWER]);
// The controls for an answer to this question, with `answer` in them; NULL: empty.
void attempt_controls(html_t *html, const Selenga__Question *question, const char *answer);
