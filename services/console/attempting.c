// SPDX-License-Identifier: Apache-2.0
#include "services/console/attempting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/text.h"
#include "common/forms/quiz_mark.h"
#include "common/node/msg.h"
#include "services/console/parts.h"

void standing_clear(standing_t *standing)
{
    msg_body_free(&standing->attempt);
    msg_body_free(&standing->question);
    msg_body_free(&standing->answer);
}

static void *body_of(const ProtobufCMessageDescriptor *type, bool there, ProtobufCBinaryData bytes)
{
    return there ? msg_body_unpack(type, slice(bytes.data, bytes.len)) : NULL;
}

bool standing_ask(page_t *page, const Selenga__AttemptAsk *ask, standing_t *ret)
{
    const asked_t *asked;
    const client_request_t request = {.service = SERVICE_DIAGNOSTICS,
                                      .type = MSG_ATTEMPT,
                                      .body = ask,
                                      .reply = MSG_ATTEMPT_REPLY,
                                      .descriptor = &selenga__attempt_reply__descriptor,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    if (!page_try(page, &request, &asked)) return false;
    *ret = (standing_t){0};
    if (asked->status == CLIENT_DONE) {
        const Selenga__AttemptReply *reply = ret->reply = asked->body;
        ret->attempt = body_of(&selenga__attempt__descriptor, reply->has_attempt, reply->attempt);
        ret->question = body_of(&selenga__question__descriptor, reply->has_question, reply->question);
        ret->answer = body_of(&selenga__attempt_answer__descriptor, reply->has_answer, reply->answer);
        return true;
    }
    if (asked->why.cause == CLIENT_SAID && asked->status != CLIENT_LATER) {
        ret->fault = asked->why.fault;
        return true;
    }
    page_fail(page, asked);
    return false;
}

// --- forms ---------------------------------------------------------------------------------------

// Appends a piece behind a ';'. False: it does not fit.
static bool add_piece(char ret[static ATTEMPT_ANSWER], const char *piece)
{
    size_t at = strlen(ret);
    int n = snprintf(ret + at, ATTEMPT_ANSWER - at, "%s%s", at > 0 ? ";" : "", piece);
    return n >= 0 && (size_t)n < ATTEMPT_ANSWER - at;
}

// Line breaks become blanks: an answer is one line, as a question is.
static bool take_text(const char *text, char ret[static ATTEMPT_ANSWER])
{
    slice_t all = text_trim(slice_text(text));
    if (all.size >= ATTEMPT_ANSWER) return false;
    for (size_t i = 0; i < all.size; i++) ret[i] = all.data[i] == '\n' ? ' ' : (char)all.data[i];
    ret[all.size] = '\0';
    slice_t trimmed = text_trim(slice_text(ret));
    memmove(ret, trimmed.data, trimmed.size);
    ret[trimmed.size] = '\0';
    return true;
}

bool attempt_answer_of(const form_t *form, char ret[static ATTEMPT_ANSWER])
{
    bool any = false;
    ret[0] = '\0';
    for (size_t i = 0; i < form->n; i++) {
        const char *name = form->pairs[i].name, *value = form->pairs[i].value;
        bool partner = strcmp(name, "partner") == 0;
        if (strcmp(name, "text") == 0) return take_text(value, ret);
        if (!partner && strcmp(name, "chosen") != 0) continue;
        any |= value[0] != '\0';
        if (!add_piece(ret, value[0] != '\0' ? value : "0")) return false;
    }
    if (!any) ret[0] = '\0'; // of pairs none was chosen
    return true;
}

static bool is_chosen(const char *answer, unsigned number)
{
    unsigned numbers[QUIZ_ANSWERS_MAX];
    size_t n = answer != NULL ? quiz_numbers(answer, numbers) : 0;
    for (size_t i = 0; i < n; i++)
        if (numbers[i] == number) return true;
    return false;
}

static void write_choice(html_t *html, bool several, const char *value, const char *text, bool chosen)
{
    html_raw(html, "<label><input type=\"");
    html_text(html, several ? "checkbox" : "radio");
    html_raw(html, "\"");
    html_attribute(html, "name", several || *value < 'A' ? "chosen" : "text");
    html_attribute(html, "value", value);
    if (chosen) html_raw(html, " checked");
    html_raw(html, "> ");
    html_text(html, text);
    html_raw(html, "</label>");
}

static void write_list(html_t *html, const Selenga__Question *q, bool several, const char *answer)
{
    char *texts[QUIZ_ANSWERS_MAX], value[8];
    size_t n = quiz_pieces(q->options, texts);
    for (unsigned i = 0; i < n; i++) {
        snprintf(value, sizeof value, "%u", i + 1);
        write_choice(html, several, value, texts[i], is_chosen(answer, i + 1));
        free(texts[i]);
    }
}

static void write_pairs(html_t *html, const Selenga__Question *q, const char *answer)
{
    char *left[QUIZ_ANSWERS_MAX], *right[QUIZ_ANSWERS_MAX], value[8];
    unsigned numbers[QUIZ_ANSWERS_MAX];
    size_t n_left = quiz_pieces(q->options, left), n_right = quiz_pieces(q->partners, right);
    size_t n = answer != NULL ? quiz_numbers(answer, numbers) : 0;
    for (size_t i = 0; i < n_left; i++) {
        html_raw(html, "<label>");
        html_text(html, left[i]);
        html_raw(html, " <select name=\"partner\">");
        part_option(html, "", "—", false);
        for (unsigned k = 0; k < n_right; k++) {
            snprintf(value, sizeof value, "%u", k + 1);
            part_option(html, value, right[k], i < n && numbers[i] == k + 1);
        }
        html_raw(html, "</select></label>");
        free(left[i]);
    }
    for (size_t k = 0; k < n_right; k++) free(right[k]);
}

static void write_line(html_t *html, bool number, const char *answer)
{
    html_raw(html, "<label>");
    html_text(html, _("Your answer"));
    html_raw(html, " <input name=\"text\" maxlength=\"1000\" autocomplete=\"off\"");
    if (number) html_raw(html, " inputmode=\"decimal\"");
    html_attribute(html, "value", answer != NULL ? answer : "");
    html_raw(html, "></label>");
}

void attempt_controls(html_t *html, const Selenga__Question *q, const char *answer)
{
    quiz_type_t type;
    if (!quiz_type_by_word(q->type, &type)) return;
    switch (type) {
    case QUIZ_SINGLE:
    case QUIZ_MULTIPLE:
        write_list(html, q, type == QUIZ_MULTIPLE, answer);
        return;
    case QUIZ_TRUTH:
        write_choice(html, false, "T", _("true"), answer != NULL && *answer == 'T');
        write_choice(html, false, "F", _("false"), answer != NULL && *answer == 'F');
        return;
    case QUIZ_MATCHING:
        write_pairs(html, q, answer);
        return;
    case QUIZ_SHORT:
    case QUIZ_NUMBER:
        write_line(html, type == QUIZ_NUMBER, answer);
        return;
    case QUIZ_ESSAY:
        html_raw(html, "<label class=\"wide\">");
        html_text(html, _("Your answer, in your own words; it brings no points"));
        html_raw(html, "<textarea name=\"text\" rows=\"8\" maxlength=\"1000\">\n");
        html_text(html, answer);
        html_raw(html, "</textarea></label>");
        return;
    }
}
