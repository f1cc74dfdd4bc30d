// SPDX-License-Identifier: Apache-2.0
// Aiken: a line of question, lines of options, a line with the answer. And what both readers share.
#include <stdlib.h>

#include "common/base/text.h"
#include "common/base/vec.h"
#include "common/forms/quiz_private.h"

bool quiz_line(slice_t *rest, slice_t *ret_line)
{
    if (rest->size == 0) return false;
    const uint8_t *end = memchr(rest->data, '\n', rest->size);
    size_t n = end ? (size_t)(end - rest->data) : rest->size, taken = end ? n + 1 : n;
    *ret_line = slice(rest->data, n > 0 && rest->data[n - 1] == '\r' ? n - 1 : n);
    *rest = slice(rest->data + taken, rest->size - taken);
    return true;
}

int quiz_check_file(slice_t *file, size_t *ret_line)
{
    *ret_line = 1;
    if (file->size > QUIZ_FILE_MAX) return QUIZ_E_SIZE;
    if (file->size >= 3 && memcmp(file->data, "\xEF\xBB\xBF", 3) == 0)
        *file = slice(file->data + 3, file->size - 3);
    slice_t rest = *file, line;
    for (; quiz_line(&rest, &line); ++*ret_line) {
        slice_t piece;
        bool done = false;
        while (text_next_piece(&line, '\t', &done, &piece))
            if (!text_is_clean(piece)) return QUIZ_E_CLEAN;
    }
    *ret_line = 1;
    return 0;
}

char *quiz_copy(slice_t text)
{
    char *copy = xmalloc(text.size + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.size; i++) {
        bool blank =
            text.data[i] == ' ' || text.data[i] == '\t' || text.data[i] == '\n' || text.data[i] == '\r';
        if (!blank)
            copy[n++] = (char)text.data[i];
        else if (n > 0 && copy[n - 1] != ' ')
            copy[n++] = ' ';
    }
    if (n > 0 && copy[n - 1] == ' ') n--;
    copy[n] = '\0';
    return copy;
}

quiz_question_t *quiz_add(quiz_t *quiz, size_t line)
{
    if (quiz->n == QUIZ_QUESTIONS_MAX) return NULL;
    quiz_question_t *question = vec_add(quiz->questions, quiz->n, quiz->room);
    *question = (quiz_question_t){.line = line};
    return question;
}

int quiz_add_answer(quiz_question_t *q, char *text, quiz_answer_t **ret_answer)
{
    int r = *text ? 0 : QUIZ_E_EMPTY;
    if (r == 0 && q->n == QUIZ_ANSWERS_MAX) r = QUIZ_E_ANSWERS;
    for (size_t i = 0; r == 0 && i < q->n; i++)
        if (strcmp(q->answers[i].text, text) == 0) r = QUIZ_E_TWICE;
    if (r != 0) {
        free(text);
        return r;
    }
    *ret_answer = vec_add(q->answers, q->n, q->room);
    **ret_answer = (quiz_answer_t){.text = text};
    return 0;
}

static bool is_marked_up(const char *text)
{
    static const char *const FORMATS[] = {"[plain]", "[html]", "[markdown]", "[moodle]"};
    for (size_t i = 0; text && i < ARRAY_SIZE(FORMATS); i++)
        if (strncmp(text, FORMATS[i], strlen(FORMATS[i])) == 0) return true;
    return false;
}

int quiz_check(const quiz_question_t *q)
{
    AUTO(xfree) char *key = quiz_key(q), *options = quiz_options(q);
    if (!*q->text) return QUIZ_E_TEXT;
    if (is_marked_up(q->text)) return QUIZ_E_HTML;
    for (size_t i = 0; i < q->n; i++)
        if (is_marked_up(q->answers[i].text) || is_marked_up(q->answers[i].partner)) return QUIZ_E_HTML;
    if (q->name && strlen(q->name) > QUIZ_NAME_MAX) return QUIZ_E_LONG;
    if (strlen(q->text) > QUIZ_TEXT_MAX || strlen(key) > QUIZ_TEXT_MAX) return QUIZ_E_LONG;
    if (options && strlen(options) > QUIZ_TEXT_MAX) return QUIZ_E_LONG;
    return q->ending && strlen(q->ending) > QUIZ_TEXT_MAX ? QUIZ_E_LONG : 0;
}

// ---- Aiken

typedef struct aiken {
    slice_t rest, line; // line: the one in hand
    size_t number;      // of it
    bool more;
} aiken_t;

static void next_line(aiken_t *in)
{
    in->more = quiz_line(&in->rest, &in->line);
    if (in->more) in->line = text_trim(in->line);
    in->number++;
}

// Is it an option with any letter? Cyrillic ones look like one, and are then told apart by their letter.
static bool is_option(slice_t line)
{
    size_t n = utf8_length(line);
    return n > 0 && line.size >= n + 1 && (line.data[n] == '.' || line.data[n] == ')') &&
           (n > 1 || (line.data[0] >= 'A' && line.data[0] <= 'Z'));
}

static bool is_answer(slice_t line)
{
    return line.size >= 7 && memcmp(line.data, "ANSWER:", 7) == 0;
}

static int read_options(aiken_t *in, quiz_question_t *q)
{
    for (; in->more && is_option(in->line); next_line(in)) {
        quiz_answer_t *answer;
        if (in->line.data[0] != 'A' + q->n) return QUIZ_E_AIKEN_OPTION;
        int r = quiz_add_answer(q, quiz_copy(slice(in->line.data + 2, in->line.size - 2)), &answer);
        if (r != 0) return r;
    }
    if (q->n > 0) return q->n == 1 ? QUIZ_E_AIKEN_OPTION : 0;
    return in->more && in->line.size > 0 && !is_answer(in->line) ? QUIZ_E_AIKEN_TEXT : QUIZ_E_AIKEN_OPTION;
}

static int read_answer(aiken_t *in, quiz_question_t *q)
{
    if (!in->more || !is_answer(in->line)) return QUIZ_E_AIKEN_ANSWER;
    slice_t letter = text_trim(slice(in->line.data + 7, in->line.size - 7));
    if (letter.size != 1 || letter.data[0] < 'A' || letter.data[0] >= 'A' + q->n) return QUIZ_E_AIKEN_ANSWER;
    quiz_answer_t *right = &q->answers[letter.data[0] - 'A'];
    right->right = true;
    right->weight = QUIZ_FULL;
    next_line(in);
    return 0;
}

static int read_question(aiken_t *in, quiz_t *quiz)
{
    quiz_question_t *q = quiz_add(quiz, in->number);
    if (!q) return QUIZ_E_MANY;
    q->text = quiz_copy(in->line);
    q->type = QUIZ_SINGLE;
    if (is_answer(in->line)) return QUIZ_E_AIKEN_TEXT; // what looks like an option may be somebody's initials
    next_line(in);
    int r = read_options(in, q);
    if (r == 0) r = read_answer(in, q);
    if (r != 0) return r;
    r = quiz_check(q);
    if (r != 0) in->number = q->line; // of the whole question
    return r;
}

int quiz_read_aiken(slice_t file, quiz_t *ret, size_t *ret_line)
{
    *ret = (quiz_t){0};
    int r = quiz_check_file(&file, ret_line);
    if (r != 0) return r;
    aiken_t in = {.rest = file};
    next_line(&in);
    while (r == 0 && in.more)
        if (in.line.size == 0)
            next_line(&in);
        else
            r = read_question(&in, ret);
    if (r == 0 && ret->n == 0) r = QUIZ_E_NONE;
    if (r == 0) return 0;
    *ret_line = r == QUIZ_E_NONE ? 1 : in.number;
    quiz_clear(ret);
    return r;
}
