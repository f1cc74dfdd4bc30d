// SPDX-License-Identifier: Apache-2.0
// An attempt of the reader's own, one task a screen. Every answer is a request that is answered when it is
// durable; where the page is lost, its address leads back to the first task that is open.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/clock.h"
#include "services/console/attempting.h"
#include "services/console/entry.h"
#include "services/console/inputs.h"
#include "services/console/pages.h"

typedef struct test {
    char *campaign, *instrument; // as the address names them
} test_t;

static test_t test_of(const page_t *page)
{
    return (test_t){(char *)(uintptr_t)page->request->segments[1],
                    (char *)(uintptr_t)page->request->segments[2]};
}

static Selenga__AttemptAsk ask_of(const page_t *page, uint32_t what, const char *number)
{
    Selenga__AttemptAsk ask = SELENGA__ATTEMPT_ASK__INIT;
    test_t test = test_of(page);
    ask.has_what = ask.has_number = 1;
    ask.what = what;
    ask.number = number != NULL ? (uint32_t)strtoul(number, NULL, 10) : 0;
    ask.campaign = test.campaign;
    ask.instrument = test.instrument;
    return ask;
}

static void write_address(page_t *page, html_t *html)
{
    test_t test = test_of(page);
    html_raw(html, "/attempt/");
    html_segment(html, test.campaign);
    html_raw(html, "/");
    html_segment(html, test.instrument);
}

static void write_clock(html_t *html, int64_t unix_s)
{
    char text[16] = "";
    struct tm at;
    time_t moment = (time_t)unix_s;
    if (localtime_r(&moment, &at) != NULL) strftime(text, sizeof text, "%H:%M:%S", &at);
    html_text(html, text);
}

static void write_fault(page_t *page, const fault_t *fault)
{
    html_raw(&page->body, "<div class=\"note bad\" role=\"alert\">");
    inputs_fault(&page->body, &KIND_ATTEMPT, fault);
    html_raw(&page->body, "</div>");
}

// A form of one button that says what is to be done.
static void write_act(page_t *page, const char *act, const char *text)
{
    html_t *html = &page->body;
    html_raw(html, "<form method=\"post\" action=\"");
    write_address(page, html);
    html_raw(html, "\">");
    page_token(page, html);
    part_hidden(html, "act", act);
    html_raw(html, "<button class=\"main\">");
    html_text(html, text);
    html_raw(html, "</button></form>");
}

// --- the task ------------------------------------------------------------------------------------

static size_t place_of(const Selenga__AttemptReply *reply, uint32_t number)
{
    for (size_t i = 0; i < reply->n_tasks; i++)
        if (reply->tasks[i]->number == number) return i;
    return 0;
}

static void write_left(page_t *page, const Selenga__AttemptReply *reply)
{
    html_t *html = &page->body;
    if (!reply->has_left_s) return;
    html_raw(html, "<p>");
    html_textf(html, _("Time left: %u min %u s"), reply->left_s / 60, reply->left_s % 60);
    html_raw(html, ", ");
    html_text(html, _("as of "));
    write_clock(html, wall_s());
    html_raw(html, "</p>");
}

static void write_tasks(page_t *page, const Selenga__AttemptReply *reply, uint32_t now)
{
    html_t *html = &page->body;
    html_raw(html, "<nav");
    html_attribute(html, "aria-label", _("Questions"));
    html_raw(html, "><p>");
    for (size_t i = 0; i < reply->n_tasks; i++) {
        const Selenga__AttemptTask *task = reply->tasks[i];
        html_raw(html, " <a href=\"?task=");
        html_number(html, task->number);
        html_raw(html, "\"");
        if (task->number == now) html_raw(html, " aria-current=\"page\"");
        html_raw(html, ">");
        html_number(html, (int64_t)i + 1);
        if (task->answered) html_raw(html, " ✓");
        if (task->later) html_raw(html, " ?");
        html_raw(html, "</a>");
    }
    html_raw(html, "</p><p>");
    html_text(html, _("A tick: answered; a question mark: to come back to."));
    html_raw(html, "</p></nav>");
}

static void write_buttons(html_t *html)
{
    html_raw(html, "<p class=\"actions\"><button class=\"main\" name=\"act\" value=\"answer\" "
                   "aria-keyshortcuts=\"Control+S\">");
    html_text(html, _("Write down and go on"));
    html_raw(html, "</button> <button name=\"act\" value=\"later\">");
    html_text(html, _("Write down and come back later"));
    html_raw(html, "</button> <a href=\"?finish=1\">");
    html_text(html, _("Finish"));
    html_raw(html, "</a></p>");
}

// typed: what was sent and refused; NULL: what is kept.
static void write_task(page_t *page, const standing_t *s, const char *typed)
{
    html_t *html = &page->body;
    uint32_t number = (uint32_t)s->question->number;
    page_title(page, _("Question %zu of %zu"), place_of(s->reply, number) + 1, s->reply->n_tasks);
    write_left(page, s->reply);
    html_raw(html, "<form method=\"post\" class=\"record\" action=\"");
    write_address(page, html);
    html_raw(html, "\">");
    page_token(page, html);
    html_raw(html, "<input type=\"hidden\" name=\"task\" value=\"");
    html_number(html, number);
    html_raw(html, "\"><fieldset><legend>");
    html_text(html, s->question->text);
    if (s->question->ending != NULL) html_textf(html, " … %s", s->question->ending);
    html_raw(html, "</legend>");
    attempt_controls(html, s->question, typed != NULL ? typed : s->answer != NULL ? s->answer->answer : NULL);
    html_raw(html, "</fieldset>");
    if (s->answer != NULL && s->answer->answer != NULL) {
        html_raw(html, "<p>");
        html_text(html, _("written down at "));
        write_clock(html, s->answer->saved_at);
        html_raw(html, "</p>");
    }
    write_buttons(html);
    html_raw(html, "</form>");
    write_tasks(page, s->reply, number);
}

// --- before and after ----------------------------------------------------------------------------

static void write_over(page_t *page, const standing_t *s)
{
    html_t *html = &page->body;
    const Selenga__Attempt *a = s->attempt;
    char score[VIEW_TEXT];
    page_title(page, "%s", _("The attempt is over"));
    if (strcmp(a->state, "annulled") == 0)
        part_note(html, PART_PLAIN, _("This attempt was annulled."));
    else if (strcmp(a->state, "finished") == 0)
        part_note(
            html, PART_PLAIN,
            _("Your answers are written down. They are marked here when who made the test releases what "
              "is right."));
    if (strcmp(a->state, "marked") == 0) {
        html_raw(html, "<p>");
        snprintf(score, sizeof score, "%lld.%02lld", (long long)(a->score / 100),
                 (long long)(a->score % 100));
        html_textf(html, _("Points: %s of %lld."), score, (long long)(a->max / 100));
        html_raw(html, "</p>");
    }
    if (a->reason != NULL) html_element(html, "p", a->reason);
    html_raw(html, "<p class=\"actions\"><a class=\"button\" href=\"/my/profile\">");
    html_text(html, _("My profile"));
    html_raw(html, "</a> <a class=\"button\" href=\"/attempt\">");
    html_text(html, _("All tests"));
    html_raw(html, "</a></p>");
}

static void write_before_end(page_t *page, const standing_t *s)
{
    html_t *html = &page->body;
    size_t open = 0, later = 0;
    for (size_t i = 0; i < s->reply->n_tasks; i++) {
        open += !s->reply->tasks[i]->answered;
        later += s->reply->tasks[i]->later;
    }
    page_title(page, "%s", _("Finish the attempt?"));
    write_left(page, s->reply);
    html_raw(html, "<p>");
    html_textf(html,
               _("Without an answer: %zu. Marked to come back to: %zu. Afterwards nothing can be changed."),
               open, later);
    html_raw(html, "</p>");
    write_act(page, "finish", _("Finish"));
    html_raw(html, "<p><a href=\"?\">");
    html_text(html, _("Back to the questions"));
    html_raw(html, "</a></p>");
}

static void write_before(page_t *page)
{
    page_title(page, "%s", _("Take a test"));
    html_element(
        &page->body, "p",
        _("Each answer is kept at once on this node's disk, and stays there: whatever is switched off, "
          "you go on where you were. Time runs while the node's computer is on."));
    write_act(page, "begin", _("Begin"));
}

// What was written just now, on the page that follows it.
static bool write_saved(page_t *page)
{
    const char *saved = form_value(&page->request->query, "saved");
    standing_t before = {0};
    if (saved == NULL) return true;
    Selenga__AttemptAsk ask = ask_of(page, SELENGA__ATTEMPT_ASK__WHAT__LOOK, saved);
    if (!standing_ask(page, &ask, &before)) return false;
    if (before.answer != NULL) {
        html_raw(&page->body, "<p class=\"note good\" role=\"status\">");
        html_text(&page->body, _("written down at "));
        write_clock(&page->body, before.answer->saved_at);
        html_raw(&page->body, "</p>");
    }
    standing_clear(&before);
    return true;
}

static void show(page_t *page, const standing_t *s)
{
    bool begun = s->attempt != NULL && strcmp(s->attempt->state, "begun") == 0;
    if (form_value(&page->request->query, "late") != NULL)
        part_note(
            &page->body, PART_BAD,
            _("The time was over: what you sent last was not taken. All that was written down before is."));
    if (s->attempt == NULL)
        write_before(page);
    else if (!begun)
        write_over(page, s);
    else if (form_value(&page->request->query, "finish") != NULL)
        write_before_end(page, s);
    else if (s->question != NULL)
        write_task(page, s, NULL);
    else
        page_refuse(page, 404, _("There is no such question"), _("Go back to the questions."));
}

static void look(page_t *page)
{
    standing_t s;
    Selenga__AttemptAsk ask =
        ask_of(page, SELENGA__ATTEMPT_ASK__WHAT__LOOK, form_value(&page->request->query, "task"));
    if (!standing_ask(page, &ask, &s)) return;
    if (s.fault.code[0] != '\0') {
        page->status = 404;
        page_title(page, "%s", _("Take a test"));
        write_fault(page, &s.fault);
    } else if (write_saved(page)) {
        show(page, &s);
    }
    standing_clear(&s);
}

// --- what is sent --------------------------------------------------------------------------------

static void go(page_t *page, const char *query)
{
    html_t address = {0};
    write_address(page, &address);
    page_go(page, "%.*s%s", (int)address.size, address.bytes, query);
    html_free(&address);
}

static void go_on(page_t *page, const standing_t *s, uint32_t number)
{
    char query[64];
    size_t next = place_of(s->reply, number) + 1;
    bool last = next >= s->reply->n_tasks;
    if (s->reply->late)
        snprintf(query, sizeof query, "?late=1");
    else if (last)
        snprintf(query, sizeof query, "?finish=1&saved=%u", number);
    else
        snprintf(query, sizeof query, "?task=%u&saved=%u", s->reply->tasks[next]->number, number);
    go(page, query);
}

// A refused answer stays in the form that is shown again.
static void refuse_answer(page_t *page, const fault_t *fault, const char *task, const char *typed)
{
    standing_t s;
    Selenga__AttemptAsk ask = ask_of(page, SELENGA__ATTEMPT_ASK__WHAT__LOOK, task);
    if (!standing_ask(page, &ask, &s)) return;
    page->status = 422;
    write_fault(page, fault);
    if (s.attempt != NULL && strcmp(s.attempt->state, "begun") == 0 && s.question != NULL)
        write_task(page, &s, typed);
    else if (s.attempt != NULL)
        write_over(page, &s);
    standing_clear(&s);
}

static void send_answer(page_t *page, bool later)
{
    const char *task = form_text(&page->request->form, "task");
    char answer[ATTEMPT_ANSWER];
    standing_t s;
    fault_t fault;
    Selenga__AttemptAsk ask = ask_of(page, SELENGA__ATTEMPT_ASK__WHAT__ANSWER, task);
    if (!attempt_answer_of(&page->request->form, answer)) {
        fault_set(&fault, "BAD-ANSWER", NULL, task);
        refuse_answer(page, &fault, task, NULL);
        return;
    }
    ask.answer = answer;
    ask.has_later = 1;
    ask.later = later;
    if (!standing_ask(page, &ask, &s)) return;
    if (s.fault.code[0] != '\0')
        refuse_answer(page, &s.fault, task, answer);
    else
        go_on(page, &s, ask.number);
    standing_clear(&s);
}

static void send_act(page_t *page, uint32_t what)
{
    standing_t s;
    Selenga__AttemptAsk ask = ask_of(page, what, NULL);
    if (!standing_ask(page, &ask, &s)) return;
    if (s.fault.code[0] == '\0') {
        go(page, "");
    } else {
        page->status = 422;
        page_title(page, "%s", _("Take a test"));
        write_fault(page, &s.fault);
        html_raw(&page->body, "<p><a href=\"/attempt\">");
        html_text(&page->body, _("All tests"));
        html_raw(&page->body, "</a></p>");
    }
    standing_clear(&s);
}

void page_attempt(page_t *page)
{
    const char *act = form_text(&page->request->form, "act");
    if (!page->request->post)
        look(page);
    else if (strcmp(act, "begin") == 0)
        send_act(page, SELENGA__ATTEMPT_ASK__WHAT__BEGIN);
    else if (strcmp(act, "finish") == 0)
        send_act(page, SELENGA__ATTEMPT_ASK__WHAT__FINISH);
    else
        send_answer(page, strcmp(act, "later") == 0);
}
