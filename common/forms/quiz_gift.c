// SPDX-License-Identifier: Apache-2.0
// GIFT: blocks between blank lines, each ::name:: text { answers } text. A block is read as its characters
// behind their escapes, of which `plain` says which had one: those mean themselves.
#include <stdlib.h>

#include "common/base/text.h"
#include "common/base/vec.h"
#include "common/forms/quiz_private.h"

typedef struct piece { // characters of a block
    const uint8_t *data;
    const bool *plain; // escaped: no mark
    size_t size;
} piece_t;

typedef struct block {
    uint8_t *data;
    bool *plain;
    size_t *lines; // of each character
    size_t n, room, n_plain, plain_room, n_lines, lines_room;
    size_t line; // on which it begins; 0: it has not
} block_t;

// ---- pieces

static piece_t part(piece_t p, size_t from, size_t to)
{
    return (piece_t){p.data + from, p.plain + from, to - from};
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static piece_t trim(piece_t p)
{
    while (p.size > 0 && is_blank(p.data[0])) p = part(p, 1, p.size);
    while (p.size > 0 && is_blank(p.data[p.size - 1])) p.size--;
    return p;
}

static bool stands_at(piece_t p, size_t at, const char *mark)
{
    size_t n = strlen(mark);
    if (p.size < n || at > p.size - n || memcmp(p.data + at, mark, n) != 0) return false;
    for (size_t i = at; i < at + n; i++)
        if (p.plain[i]) return false;
    return true;
}

// Where the mark stands first, from `from` on; the size where it does not.
static size_t find(piece_t p, size_t from, const char *mark)
{
    while (from < p.size && !stands_at(p, from, mark)) from++;
    return from < p.size ? from : p.size;
}

static char *copy(piece_t p)
{
    return quiz_copy(slice(p.data, p.size));
}

// Takes the word for a plain text off its front; quiz_check refuses others.
static void take_format(piece_t *p)
{
    *p = trim(*p);
    if (stands_at(*p, 0, "[plain]")) *p = trim(part(*p, strlen("[plain]"), p->size));
}

// ---- answers

// Digits with at most `decimals` behind a point or comma, as a whole number of the smallest decimal.
static bool read_decimal(piece_t p, unsigned digits, unsigned decimals, int64_t *ret_value)
{
    p = trim(p);
    bool minus = p.size > 0 && p.data[0] == '-', point = false;
    unsigned n = 0, behind = 0;
    int64_t value = 0;
    for (size_t i = minus ? 1 : 0; i < p.size; i++) {
        uint8_t c = p.data[i];
        if ((c == '.' || c == ',') && !point && n > 0) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9' || (point ? ++behind > decimals : ++n > digits)) return false;
        value = value * 10 + (c - '0');
    }
    if (n == 0 || (point && behind == 0)) return false;
    for (; behind < decimals; behind++) value *= 10;
    *ret_value = minus ? -value : value;
    return true;
}

static bool is_number(piece_t p)
{
    int64_t low, high;
    size_t dots = find(p, 0, ".."), colon = find(p, 0, ":");
    if (dots < p.size)
        return read_decimal(part(p, 0, dots), 9, 6, &low) &&
               read_decimal(part(p, dots + 2, p.size), 9, 6, &high) && low <= high;
    if (!read_decimal(part(p, 0, colon), 9, 6, &low)) return false;
    return colon == p.size || (read_decimal(part(p, colon + 1, p.size), 9, 6, &high) && high >= 0);
}

static int take_weight(piece_t *p, int32_t *weight)
{
    int64_t value;
    *p = trim(*p);
    if (!stands_at(*p, 0, "%")) return 0;
    size_t end = find(*p, 1, "%");
    if (end == p->size || !read_decimal(part(*p, 1, end), 3, 5, &value)) return QUIZ_E_WEIGHT;
    if (value > QUIZ_FULL || value < -QUIZ_FULL) return QUIZ_E_WEIGHT;
    *weight = (int32_t)value;
    *p = part(*p, end + 1, p->size);
    return 0;
}

// One answer, from behind its mark.
static int read_answer(quiz_question_t *q, piece_t p, bool right, bool pairs)
{
    int32_t weight = right ? QUIZ_FULL : 0;
    quiz_answer_t *answer;
    int r = take_weight(&p, &weight);
    if (r != 0) return r;
    size_t hash = find(p, 0, "#");
    piece_t text = part(p, 0, hash), partner = {0};
    if (pairs) {
        size_t arrow = find(text, 0, "->");
        if (arrow == text.size || hash < p.size || weight != QUIZ_FULL) return QUIZ_E_PAIRS;
        partner = part(text, arrow + 2, text.size);
        text = part(text, 0, arrow);
        take_format(&partner);
        if (partner.size == 0) return QUIZ_E_EMPTY;
    }
    take_format(&text);
    if (q->type == QUIZ_NUMBER && !is_number(text)) return QUIZ_E_NUMBER;
    r = quiz_add_answer(q, copy(text), &answer);
    if (r != 0) return r;
    answer->right = right;
    answer->weight = weight;
    if (pairs) answer->partner = copy(partner);
    if (hash < p.size) answer->feedback = copy(part(p, hash + 1, p.size));
    return 0;
}

static size_t next_mark(piece_t p, size_t from)
{
    size_t equals = find(p, from, "="), tilde = find(p, from, "~");
    return equals < tilde ? equals : tilde;
}

static int read_answers(quiz_question_t *q, piece_t p)
{
    bool pairs = q->type != QUIZ_NUMBER && find(p, 0, "~") == p.size && find(p, 0, "->") < p.size;
    size_t at = next_mark(p, 0);
    if (at == p.size && q->type == QUIZ_NUMBER)
        return read_answer(q, p, true, false); // one number needs no mark
    if (at > 0) return QUIZ_E_MARK;
    while (at < p.size) {
        size_t end = next_mark(p, at + 1);
        int r = read_answer(q, part(p, at + 1, end), p.data[at] == '=', pairs);
        if (r != 0) return r;
        at = end;
    }
    if (pairs) q->type = QUIZ_MATCHING;
    return pairs && q->n < 2 ? QUIZ_E_PAIRS : 0;
}

// T, F, TRUE or FALSE, then what is said to who is wrong and to who is right.
static bool read_truth(quiz_question_t *q, piece_t p)
{
    static const char *const WORDS[] = {"TRUE", "FALSE", "T", "F"};
    size_t hash = find(p, 0, "#");
    piece_t word = trim(part(p, 0, hash));
    for (size_t i = 0; i < ARRAY_SIZE(WORDS); i++) {
        if (word.size != strlen(WORDS[i]) || !stands_at(word, 0, WORDS[i])) continue;
        quiz_answer_t *answer = vec_add(q->answers, q->n, q->room);
        *answer =
            (quiz_answer_t){.text = xstrdup(i % 2 == 0 ? "T" : "F"), .right = true, .weight = QUIZ_FULL};
        q->type = QUIZ_TRUTH;
        if (hash == p.size) return true;
        size_t second = find(p, hash + 1, "#");
        piece_t wrong = trim(part(p, hash + 1, second));
        if (wrong.size > 0) answer->feedback = copy(wrong);
        if (second < p.size) q->right_feedback = copy(part(p, second + 1, p.size));
        return true;
    }
    return false;
}

// What the marks of all answers together make of the question.
static int read_type(quiz_question_t *q)
{
    size_t right = 0;
    int64_t sum = 0;
    int32_t most = 0, of_right = 0;
    for (size_t i = 0; i < q->n; i++) {
        right += q->answers[i].right;
        if (q->answers[i].weight > 0) sum += q->answers[i].weight;
        if (q->answers[i].weight > most) most = q->answers[i].weight;
        if (q->answers[i].right) of_right = q->answers[i].weight;
    }
    if (q->type == QUIZ_TRUTH || q->type == QUIZ_MATCHING) return 0;
    if (q->type != QUIZ_NUMBER && right == q->n) q->type = QUIZ_SHORT;
    if (q->type == QUIZ_NUMBER || q->type == QUIZ_SHORT) return most == QUIZ_FULL ? 0 : QUIZ_E_RIGHT;
    q->type = right == 1 ? QUIZ_SINGLE : QUIZ_MULTIPLE;
    if (right == 1) return of_right == QUIZ_FULL ? 0 : QUIZ_E_RIGHT;
    if (right > 1 || most == 0) return QUIZ_E_RIGHT;
    return sum >= QUIZ_FULL - 100000 && sum <= QUIZ_FULL + 100000 ? 0 : QUIZ_E_SUM; // 33.33333 three times
}

static int read_key(quiz_question_t *q, piece_t p)
{
    size_t all = find(p, 0, "####");
    if (all < p.size) q->feedback = copy(part(p, all + 4, p.size));
    p = trim(part(p, 0, all));
    q->type = p.size == 0 ? QUIZ_ESSAY : QUIZ_SINGLE;
    if (p.size == 0 || read_truth(q, p)) return 0;
    if (stands_at(p, 0, "#")) {
        q->type = QUIZ_NUMBER;
        p = trim(part(p, 1, p.size));
    }
    int r = read_answers(q, p);
    return r == 0 ? read_type(q) : r;
}

// ---- blocks

static int take_name(quiz_question_t *q, piece_t *p)
{
    *p = trim(*p);
    if (!stands_at(*p, 0, "::")) return 0;
    size_t end = find(*p, 2, "::");
    if (end == p->size) return QUIZ_E_OPEN;
    piece_t name = trim(part(*p, 2, end));
    if (name.size > 0) q->name = copy(name);
    *p = part(*p, end + 2, p->size);
    return 0;
}

static int read_block(quiz_question_t *q, const block_t *block, size_t *ret_line)
{
    piece_t p = {block->data, block->plain, block->n};
    *ret_line = block->line;
    int r = take_name(q, &p);
    if (r == 0) take_format(&p);
    size_t open = find(p, 0, "{"), close = find(p, 0, "}");
    q->text = copy(part(p, 0, open));
    if (r != 0) return r;
    if (open == p.size) return close == p.size ? QUIZ_E_OPEN : QUIZ_E_BRACES;
    *ret_line = block->lines[(size_t)(p.data - block->data) + open];
    if (close == p.size) return QUIZ_E_CLOSED;
    if (close < open || find(p, open + 1, "{") < p.size || find(p, close + 1, "}") < p.size)
        return QUIZ_E_BRACES;
    piece_t ending = trim(part(p, close + 1, p.size));
    if (ending.size > 0) q->ending = copy(ending);
    r = read_key(q, part(p, open + 1, close));
    return r == 0 ? quiz_check(q) : r;
}

static void add(block_t *block, uint8_t c, bool plain, size_t line)
{
    *vec_add(block->data, block->n, block->room) = c;
    *vec_add(block->plain, block->n_plain, block->plain_room) = plain;
    *vec_add(block->lines, block->n_lines, block->lines_room) = line;
}

// Takes a line in: \n means a break, a backslash before a mark that mark itself, any other stands for itself.
static void add_line(block_t *block, slice_t line, size_t number)
{
    if (block->line == 0) block->line = number;
    for (size_t i = 0; i < line.size; i++) {
        uint8_t c = line.data[i], next = i + 1 < line.size ? line.data[i + 1] : '\0';
        bool escapes = c == '\\' && next != '\0' && strchr("~=#{}:\\n", next) != NULL;
        if (escapes) i++;
        add(block, escapes ? (next == 'n' ? '\n' : next) : c, escapes, number);
    }
    add(block, '\n', true, number);
}

// The last part of a category's path, where it can be a code: $CATEGORY: course/subject/M-1.
static slice_t topic_of(slice_t category)
{
    slice_t rest = text_trim(category), last = {0}, part;
    bool done = false;
    while (text_next_piece(&rest, '/', &done, &part)) last = text_trim(part);
    for (size_t i = 0; i < last.size; i++)
        if (is_blank(last.data[i]) || last.data[i] == ':' || last.data[i] == ';') return (slice_t){0};
    return last.size <= QUIZ_TOPIC_MAX ? last : (slice_t){0};
}

static int end_block(block_t *block, quiz_t *quiz, slice_t topic, size_t *ret_line)
{
    if (block->line == 0) return 0;
    *ret_line = block->line;
    quiz_question_t *q = quiz_add(quiz, block->line);
    if (q && topic.size > 0) q->topic = quiz_copy(topic);
    int r = q ? read_block(q, block, ret_line) : QUIZ_E_MANY;
    block->n = block->n_plain = block->n_lines = block->line = 0;
    return r;
}

static bool begins(slice_t line, const char *word)
{
    return line.size >= strlen(word) && memcmp(line.data, word, strlen(word)) == 0;
}

int quiz_read_gift(slice_t file, quiz_t *ret, size_t *ret_line)
{
    static const char CATEGORY[] = "$CATEGORY:";
    block_t block = {0};
    slice_t line, topic = {0};
    *ret = (quiz_t){0};
    int r = quiz_check_file(&file, ret_line);
    for (size_t number = 1; r == 0 && quiz_line(&file, &line); number++) {
        slice_t text = text_trim(line);
        if (begins(text, "//")) continue;
        bool category = block.line == 0 && begins(text, CATEGORY);
        if (category)
            topic = topic_of(slice(text.data + strlen(CATEGORY), text.size - strlen(CATEGORY)));
        else if (text.size == 0)
            r = end_block(&block, ret, topic, ret_line);
        else
            add_line(&block, line, number);
    }
    if (r == 0) r = end_block(&block, ret, topic, ret_line);
    if (r == 0 && ret->n == 0) r = QUIZ_E_NONE;
    free(block.data);
    free(block.plain);
    free(block.lines);
    if (r != 0) quiz_clear(ret);
    return r;
}
