// SPDX-License-Identifier: Apache-2.0
#include "common/forms/quiz.h"

#include <stdlib.h>

#include "common/base/i18n.h"
#include "common/forms/quiz_private.h"

static void clear_question(quiz_question_t *q)
{
    for (size_t i = 0; i < q->n; i++) {
        free(q->answers[i].text);
        free(q->answers[i].partner);
        free(q->answers[i].feedback);
    }
    free(q->answers);
    free(q->name);
    free(q->topic);
    free(q->text);
    free(q->ending);
    free(q->feedback);
    free(q->right_feedback);
}

void quiz_clear(quiz_t *quiz)
{
    for (size_t i = 0; i < quiz->n; i++) clear_question(&quiz->questions[i]);
    free(quiz->questions);
    *quiz = (quiz_t){0};
}

const char *quiz_fault(int error)
{
    static const char *const SAID[QUIZ_ERRORS] = {
        [QUIZ_E_SIZE] = N_("the file has more than 1 MiB"),
        [QUIZ_E_MANY] = N_("there are more than 1000 questions: make two instruments of them"),
        [QUIZ_E_NONE] = N_("there is no question in the file"),
        [QUIZ_E_CLEAN] = N_("there are characters that cannot be shown"),
        [QUIZ_E_LONG] =
            N_("the question is too long: each of its texts, and all its answers together, have at "
               "most 2000 bytes, its name 400"),
        [QUIZ_E_TEXT] = N_("nothing is asked: a question has a text before its answers"),
        [QUIZ_E_OPEN] = N_("the question has no answers in braces: {=right ~wrong}"),
        [QUIZ_E_CLOSED] = N_("a { has no } before the next blank line"),
        [QUIZ_E_BRACES] = N_("a brace too many: one that belongs to the text is written \\{ or \\}"),
        [QUIZ_E_HTML] = N_("only plain texts are taken, no HTML and no Markdown"),
        [QUIZ_E_MARK] = N_("answers begin with = where they are right, and with ~ where they are wrong"),
        [QUIZ_E_EMPTY] = N_("an answer has no text"),
        [QUIZ_E_ANSWERS] = N_("there are more than 64 answers"),
        [QUIZ_E_TWICE] = N_("an answer is there twice"),
        [QUIZ_E_WEIGHT] = N_("a weight is a percentage from -100 to 100, as in %50%"),
        [QUIZ_E_RIGHT] =
            N_("which answer is right? One has a =, or several have a ~ and a weight, and one at "
               "least is wrong"),
        [QUIZ_E_SUM] = N_("the weights of the right answers must make 100 percent"),
        [QUIZ_E_NUMBER] = N_("a number is written as 3, 3:0.1 or 1..5, with at most 9 digits and 6 decimals"),
        [QUIZ_E_PAIRS] = N_("pairs are written =this -> that, two at least, without weights"),
        [QUIZ_E_AIKEN_TEXT] = N_("a question is one line, followed by its options"),
        [QUIZ_E_AIKEN_OPTION] = N_("options are two at least, each a line as A. text or A) text, with Latin "
                                   "capital letters from A on"),
        [QUIZ_E_AIKEN_ANSWER] = N_("behind the options stands a line ANSWER: with the letter of one of them"),
    };
    return error > 0 && error < QUIZ_ERRORS ? _(SAID[error]) : "";
}

const char *quiz_type_word(quiz_type_t type)
{
    static const char *const WORDS[] = {
        [QUIZ_SINGLE] = "single", [QUIZ_MULTIPLE] = "multiple", [QUIZ_TRUTH] = "truth",
        [QUIZ_SHORT] = "short",   [QUIZ_NUMBER] = "number",     [QUIZ_MATCHING] = "matching",
        [QUIZ_ESSAY] = "essay",
    };
    return WORDS[type];
}

// ---- writing

static void put_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("~=#{}:\\", *text)) fputc('\\', out);
        fputc(*text, out);
    }
}

static void put_feedback(FILE *out, const char *feedback)
{
    if (!feedback) return;
    fputc('#', out);
    put_text(out, feedback);
}

static void put_weight(FILE *out, const quiz_answer_t *a)
{
    if (a->weight == (a->right ? QUIZ_FULL : 0) && a->text[0] != '%')
        return; // a text's own % would be taken for one
    int size = abs(a->weight);
    fprintf(out, "%%%s%d.%05d%%", a->weight < 0 ? "-" : "", size / 100000, size % 100000);
}

static void put_answer(FILE *out, const quiz_question_t *q, const quiz_answer_t *a)
{
    fputc(a->right ? '=' : '~', out);
    put_weight(out, a);
    if (q->type == QUIZ_NUMBER)
        fputs(a->text, out); // its colon parts it
    else
        put_text(out, a->text);
    if (a->partner) {
        fputs(" -> ", out);
        put_text(out, a->partner);
    }
    put_feedback(out, a->feedback);
}

static void put_truth(FILE *out, const quiz_question_t *q)
{
    fputs(q->answers[0].text, out);
    if (!q->answers[0].feedback && !q->right_feedback) return;
    fputc('#', out);
    if (q->answers[0].feedback) put_text(out, q->answers[0].feedback);
    put_feedback(out, q->right_feedback);
}

char *quiz_key(const quiz_question_t *q)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) out_of_memory();
    if (q->type == QUIZ_NUMBER) fputc('#', out);
    if (q->type == QUIZ_TRUTH)
        put_truth(out, q);
    else
        for (size_t i = 0; i < q->n; i++) {
            if (i > 0) fputc(' ', out);
            put_answer(out, q, &q->answers[i]);
        }
    if (q->feedback) {
        fputs(q->n > 0 ? " ####" : "####", out);
        put_text(out, q->feedback);
    }
    if (fclose(out) != 0) out_of_memory();
    return text;
}

static char *listed(const char *const *texts, size_t n)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) out_of_memory();
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && strcmp(texts[i], texts[i - 1]) == 0) continue; // sorted: of two equal ones one
        fputs(i > 0 ? " ~" : "~", out);
        put_text(out, texts[i]);
    }
    if (fclose(out) != 0) out_of_memory();
    return text;
}

char *quiz_options(const quiz_question_t *q)
{
    const char *texts[QUIZ_ANSWERS_MAX];
    if (q->type != QUIZ_SINGLE && q->type != QUIZ_MULTIPLE && q->type != QUIZ_MATCHING) return NULL;
    for (size_t i = 0; i < q->n; i++) texts[i] = q->answers[i].text;
    return listed(texts, q->n);
}

static void end_option(char *begin, char **at)
{
    while (*at > begin && (*at)[-1] == ' ') (*at)--;
    *(*at)++ = '\0';
}

size_t quiz_options_each(const char *options, char *buf, const char *ret_texts[static QUIZ_ANSWERS_MAX])
{
    size_t n = 0;
    char *at = buf, *begin = NULL; // NULL: before the first option
    for (const char *from = options; *from; from++) {
        if (*from == '~') {
            if (n == QUIZ_ANSWERS_MAX) return 0;
            if (begin) end_option(begin, &at);
            ret_texts[n++] = begin = at;
            continue;
        }
        if (*from == '\\' && from[1]) from++;
        if (begin && (at > begin || *from != ' ')) *at++ = *from;
    }
    if (begin) end_option(begin, &at);
    return n;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *quiz_partners(const quiz_question_t *q)
{
    const char *texts[QUIZ_ANSWERS_MAX];
    if (q->type != QUIZ_MATCHING) return NULL;
    for (size_t i = 0; i < q->n; i++) texts[i] = q->answers[i].partner;
    qsort(texts, q->n, sizeof *texts, by_bytes); // in the order of the pairs they would be the key
    return listed(texts, q->n);
}

void quiz_write_topic(FILE *out, const char *topic)
{
    fprintf(out, "$CATEGORY: %s\n\n", topic ? topic : "");
}

void quiz_write(FILE *out, const char *name, const char *text, const char *key, const char *ending)
{
    if (name && *name) {
        fputs("::", out);
        put_text(out, name);
        fputs("::", out);
    } else if (strchr("/$", text[0])) { // a comment, a category
        fputs("[plain]", out);
    }
    put_text(out, text);
    if (*text) fputc(' ', out);
    fprintf(out, "{%s}", key);
    if (ending && *ending) {
        fputc(' ', out);
        put_text(out, ending);
    }
    fputs("\n\n", out);
}
