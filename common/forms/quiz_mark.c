// SPDX-License-Identifier: Apache-2.0
#include "common/forms/quiz_mark.h"

#include <stdlib.h>

#include "common/base/text.h"
#include "common/forms/fold.h"

enum {
    ONE_PERCENT = QUIZ_FULL / 100,
    DIGITS_MAX = 9,
    DECIMALS = 6,
    FOLD_SIZE = QUIZ_TEXT_MAX + FOLD_ROOM,
};

size_t quiz_pieces(const char *joined, char *ret_texts[static QUIZ_ANSWERS_MAX])
{
    size_t n = 0, size = 0;
    for (const char *p = joined ? joined : ""; *p; p++) {
        if (*p == '~') {
            if (n > 0 && size > 0) ret_texts[n - 1][size - 1] = '\0'; // the blank before the mark
            if (n == QUIZ_ANSWERS_MAX) break;
            ret_texts[n++] = xcalloc(strlen(p), 1);
            size = 0;
            continue;
        }
        if (*p == '\\' && p[1] != '\0') p++;
        if (n > 0) ret_texts[n - 1][size++] = *p;
    }
    return n;
}

bool quiz_type_by_word(const char *word, quiz_type_t *ret_type)
{
    for (quiz_type_t type = QUIZ_SINGLE; type <= QUIZ_ESSAY; type++)
        if (word && strcmp(word, quiz_type_word(type)) == 0) {
            *ret_type = type;
            return true;
        }
    return false;
}

size_t quiz_numbers(const char *answer, unsigned ret_numbers[static QUIZ_ANSWERS_MAX])
{
    slice_t rest = slice_text(answer), piece;
    bool done = false;
    size_t n = 0;
    while (text_next_piece(&rest, ';', &done, &piece)) {
        if (n == QUIZ_ANSWERS_MAX || piece.size == 0 || piece.size > 2) return 0;
        unsigned number = 0;
        for (size_t i = 0; i < piece.size; i++) {
            if (piece.data[i] < '0' || piece.data[i] > '9') return 0;
            number = number * 10 + (unsigned)(piece.data[i] - '0');
        }
        ret_numbers[n++] = number;
    }
    return n;
}

// Numbers of a list, ascending.
static bool are_chosen(const char *answer, size_t n_options, size_t most)
{
    unsigned numbers[QUIZ_ANSWERS_MAX];
    size_t n = quiz_numbers(answer, numbers);
    for (size_t i = 0; i < n; i++)
        if (numbers[i] < 1 || numbers[i] > n_options || (i > 0 && numbers[i] <= numbers[i - 1])) return false;
    return n > 0 && n <= most;
}

static bool are_partners(const char *answer, size_t n_options, size_t n_partners)
{
    unsigned numbers[QUIZ_ANSWERS_MAX];
    size_t n = quiz_numbers(answer, numbers);
    for (size_t i = 0; i < n; i++)
        if (numbers[i] > n_partners) return false;
    return n > 0 && n == n_options;
}

bool quiz_can_answer(quiz_type_t type, size_t n_options, size_t n_partners, const char *answer)
{
    size_t size = strlen(answer);
    if (size == 0 || size > QUIZ_TEXT_MAX) return false;
    switch (type) {
    case QUIZ_SINGLE:
        return are_chosen(answer, n_options, 1);
    case QUIZ_MULTIPLE:
        return are_chosen(answer, n_options, n_options);
    case QUIZ_MATCHING:
        return are_partners(answer, n_options, n_partners);
    case QUIZ_TRUTH:
        return strcmp(answer, "T") == 0 || strcmp(answer, "F") == 0;
    case QUIZ_SHORT:
    case QUIZ_NUMBER:
    case QUIZ_ESSAY:
        break;
    }
    return text_is_clean(slice_text(answer));
}

// ---- worth

static int32_t within(int64_t weight)
{
    if (weight < 0) return 0;
    // three times 33.33333 is all
    return weight >= QUIZ_FULL - ONE_PERCENT ? QUIZ_FULL : (int32_t)weight;
}

// In millionths. False: it is no number of at most DIGITS_MAX digits.
static bool read_number(slice_t text, int64_t *ret)
{
    text = text_trim(text);
    bool minus = text.size > 0 && text.data[0] == '-', point = false;
    int digits = 0, behind = 0;
    int64_t value = 0;
    for (size_t i = minus; i < text.size; i++) {
        uint8_t c = text.data[i];
        if ((c == '.' || c == ',') && !point && digits > 0) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9' || (point ? ++behind > DECIMALS : ++digits > DIGITS_MAX)) return false;
        value = value * 10 + (c - '0');
    }
    for (int i = behind; i < DECIMALS; i++) value *= 10;
    *ret = minus ? -value : value;
    return digits > 0 && (!point || behind > 0);
}

// By 3, 3:0.1 or 1..5.
static bool is_number_in(const char *range, int64_t number)
{
    const char *dots = strstr(range, ".."), *colon = strchr(range, ':');
    int64_t low, high;
    size_t first = dots ? (size_t)(dots - range) : colon ? (size_t)(colon - range) : strlen(range);
    if (!read_number(slice(range, first), &low)) return false;
    high = low;
    if (dots && !read_number(slice_text(dots + 2), &high)) return false;
    if (!dots && colon) {
        int64_t around;
        if (!read_number(slice_text(colon + 1), &around)) return false;
        low -= around;
        high += around;
    }
    return low <= number && number <= high;
}

static int32_t worth_of_text(const quiz_question_t *q, const char *answer)
{
    char *said = xmalloc(FOLD_SIZE), *right = xmalloc(FOLD_SIZE);
    int32_t best = 0;
    int64_t number = 0;
    bool is_number = q->type == QUIZ_NUMBER && read_number(slice_text(answer), &number);
    fold_into(answer, said, FOLD_SIZE);
    for (size_t i = 0; i < q->n; i++) {
        bool fits = q->type == QUIZ_NUMBER
                        ? is_number && is_number_in(q->answers[i].text, number)
                        : strcmp(said, fold_into(q->answers[i].text, right, FOLD_SIZE)) == 0;
        if (fits && q->answers[i].weight > best) best = q->answers[i].weight;
    }
    free(said);
    free(right);
    return best;
}

static int32_t worth_of_chosen(const quiz_question_t *q, const char *answer)
{
    unsigned numbers[QUIZ_ANSWERS_MAX];
    int64_t sum = 0;
    size_t n = quiz_numbers(answer, numbers);
    for (size_t i = 0; i < n; i++) sum += q->answers[numbers[i] - 1].weight;
    return within(sum);
}

static int32_t worth_of_pairs(const quiz_question_t *q, const char *partners, const char *answer)
{
    unsigned numbers[QUIZ_ANSWERS_MAX];
    char *texts[QUIZ_ANSWERS_MAX];
    size_t n = quiz_numbers(answer, numbers), n_texts = quiz_pieces(partners, texts);
    int64_t right = 0;
    if (quiz_can_answer(QUIZ_MATCHING, q->n, n_texts, answer))
        for (size_t i = 0; i < n; i++)
            right += numbers[i] > 0 && strcmp(texts[numbers[i] - 1], q->answers[i].partner) == 0;
    for (size_t i = 0; i < n_texts; i++) free(texts[i]);
    return (int32_t)(right * QUIZ_FULL / (int64_t)q->n);
}

int32_t quiz_worth(const quiz_question_t *q, const char *answer)
{
    if (q->type == QUIZ_MATCHING) {
        AUTO(xfree) char *partners = quiz_partners(q);
        return worth_of_pairs(q, partners, answer);
    }
    if (!quiz_can_answer(q->type, q->n, 0, answer)) return 0;
    switch (q->type) {
    case QUIZ_SINGLE:
    case QUIZ_MULTIPLE:
        return worth_of_chosen(q, answer);
    case QUIZ_TRUTH:
        return strcmp(answer, q->answers[0].text) == 0 ? QUIZ_FULL : 0;
    case QUIZ_SHORT:
    case QUIZ_NUMBER:
        return worth_of_text(q, answer);
    case QUIZ_MATCHING:
    case QUIZ_ESSAY:
        break;
    }
    return 0;
}
