// SPDX-License-Identifier: Apache-2.0
// Questions of a file: GIFT, or behind a NUL Aiken. What was read is written as GIFT and read again as the
// same.
#include <stdlib.h>

#include "common/base/text.h"
#include "common/forms/quiz.h"
#include "tests/fuzz/fuzz.h"

static char *written(const quiz_t *quiz)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert(out != NULL);
    for (size_t i = 0; i < quiz->n; i++) {
        const quiz_question_t *q = &quiz->questions[i];
        AUTO(xfree) char *key = quiz_key(q), *options = quiz_options(q), *partners = quiz_partners(q);
        assert(text_is_clean(slice(q->text, strlen(q->text))) && text_is_clean(slice(key, strlen(key))));
        assert(strlen(key) <= QUIZ_TEXT_MAX && (!options || strlen(options) <= QUIZ_TEXT_MAX));
        assert(!partners || options);
        quiz_write(out, q->name, q->text, key, q->ending);
    }
    assert(fclose(out) == 0);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    quiz_t quiz, again;
    size_t line;
    bool aiken = size > 0 && data[0] == '\0';
    slice_t in = aiken ? slice(data + 1, size - 1) : slice(data, size);
    int r = aiken ? quiz_read_aiken(in, &quiz, &line) : quiz_read_gift(in, &quiz, &line);
    if (r != 0) {
        assert(*quiz_fault(r) && quiz.n == 0 && line > 0);
        return 0;
    }
    AUTO(xfree) char *first = written(&quiz);
    assert(quiz_read_gift(slice(first, strlen(first)), &again, &line) == 0);
    assert(again.n == quiz.n);
    for (size_t i = 0; i < quiz.n; i++) assert(again.questions[i].type == quiz.questions[i].type);
    AUTO(xfree) char *second = written(&again);
    assert(strcmp(first, second) == 0);
    quiz_clear(&quiz);
    quiz_clear(&again);
    return 0;
}
