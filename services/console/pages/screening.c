// SPDX-License-Identifier: Apache-2.0
// Anonymous screenings: what can be answered, the questions of one, and thanks. The form is kept in no draft,
// and whose session sent it is not noted.
#include "proto/message.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include <stdio.h>
#include <stdlib.h>

enum { QUESTIONS_MAX = 100, NAME = 24 };

static bool ask_screening(page_t *page, const char *code, const Selenga__ScreeningReply **ret_reply)
{
    Selenga__Screening request = SELENGA__SCREENING__INIT;
    request.instrument = (char *)(uintptr_t)code;
    return page_ask(page, SERVICE_DIAGNOSTICS, MSG_SCREENING, &request, MSG_SCREENING_REPLY,
                    &selenga__screening_reply__descriptor, ret_reply);
}

static void write_promise(html_t *html)
{
    html_element(
        html, "p",
        _("Answers are added up and kept only as sums of your organisation, without names. It sees a "
          "summary from ten answers on, anew at every tenth. Nobody has to answer. Answer once: what "
          "was sent cannot be taken back."));
}

void page_screenings(page_t *page)
{
    html_t *html = &page->body;
    const Selenga__ScreeningReply *reply;
    if (!ask_screening(page, NULL, &reply)) return;
    page_title(page, "%s", _("Anonymous screening"));
    if (form_value(&page->request->query, "taken") != NULL)
        part_note(html, PART_GOOD,
                  _("Thank you. Your answers are counted; nothing that leads to you was kept."));
    write_promise(html);
    if (reply->n_codes == 0) part_note(html, PART_PLAIN, _("There is nothing to answer now."));
    html_raw(html, "<ul>");
    for (size_t i = 0; i < reply->n_codes && i < reply->n_titles; i++) {
        html_raw(html, "<li><a href=\"/screening/");
        html_segment(html, reply->codes[i]);
        html_raw(html, "\">");
        html_text(html, reply->titles[i]);
        html_raw(html, "</a></li>");
    }
    html_raw(html, "</ul>");
}

// --- one of them

// Which option was chosen, from 1; 0: none.
static uint32_t chosen(const page_t *page, size_t question)
{
    char name[NAME];
    snprintf(name, sizeof name, "q%zu", question);
    const char *text = page->request->post ? form_text(&page->request->form, name) : "";
    char *end;
    unsigned long number = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
    return number > 0 && *end == '\0' && number <= UINT32_MAX ? (uint32_t)number : 0;
}

static void write_question(page_t *page, size_t at, const Selenga__ScreeningQuestion *q)
{
    html_t *html = &page->body;
    char name[NAME], value[NAME];
    snprintf(name, sizeof name, "q%zu", at);
    html_raw(html, "<fieldset><legend>");
    html_textf(html, "%lld. %s", (long long)q->number, q->text);
    html_raw(html, "</legend>");
    for (size_t i = 0; i < q->n_options; i++) {
        snprintf(value, sizeof value, "%zu", i + 1);
        html_raw(html, "<label><input type=\"radio\" required");
        html_attribute(html, "name", name);
        html_attribute(html, "value", value);
        if (chosen(page, at) == i + 1) html_raw(html, " checked");
        html_raw(html, "> ");
        html_text(html, q->options[i]);
        html_raw(html, "</label> ");
    }
    html_raw(html, "</fieldset>");
}

static void write_form(page_t *page, const Selenga__ScreeningReply *form, const char *why)
{
    html_t *html = &page->body;
    char mark[NAME];
    page_title(page, "%s", form->n_titles > 0 ? form->titles[0] : "");
    write_promise(html);
    if (why != NULL) part_note(html, PART_BAD, why);
    html_raw(html, "<form method=\"post\" autocomplete=\"off\">");
    page_token(page, html);
    snprintf(mark, sizeof mark, "%llu", (unsigned long long)form->form);
    part_hidden(html, "mark", mark);
    for (size_t i = 0; i < form->n_questions; i++) write_question(page, i, form->questions[i]);
    html_raw(html, "<p class=\"actions\"><button class=\"main\">");
    html_text(html, _("Send"));
    html_raw(html, "</button> <a aria-keyshortcuts=\"Escape\" href=\"/screening\">");
    html_text(html, _("Back"));
    html_raw(html, "</a></p></form>");
}

// False: return at once, as with page_try.
static bool send_answer(page_t *page, const Selenga__ScreeningReply *form, const asked_t **ret_asked)
{
    uint32_t choices[QUESTIONS_MAX];
    Selenga__ScreeningAnswer answer = SELENGA__SCREENING_ANSWER__INIT;
    size_t n = form->n_questions < QUESTIONS_MAX ? form->n_questions : QUESTIONS_MAX;
    for (size_t i = 0; i < n; i++) choices[i] = chosen(page, i);
    answer.instrument = (char *)(uintptr_t)page->request->segments[1];
    answer.org = page->session->account.org;
    answer.has_form = 1;
    answer.form = strtoull(form_text(&page->request->form, "mark"), NULL, 10);
    answer.choices = choices;
    answer.n_choices = n;
    const client_request_t request = {.service = SERVICE_DIAGNOSTICS,
                                      .type = MSG_SCREENING_ANSWER,
                                      .body = &answer,
                                      .reply = MSG_DONE,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    return page_try(page, &request, ret_asked);
}

void page_screening(page_t *page)
{
    const Selenga__ScreeningReply *form;
    const asked_t *asked;
    char text[CLIENT_WHY_TEXT];
    if (!ask_screening(page, page->request->segments[1], &form)) return;
    if (!page->request->post) {
        write_form(page, form, NULL);
        return;
    }
    if (!send_answer(page, form, &asked)) return;
    if (asked->status == CLIENT_DONE) {
        page_go(page, "/screening?taken=1");
        return;
    }
    client_why_text(&asked->why, ".", page->lang, text, sizeof text);
    page->status = asked->status == CLIENT_REFUSED ? 422 : 503;
    write_form(page, form, text);
}
