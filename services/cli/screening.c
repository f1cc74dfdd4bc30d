// SPDX-License-Identifier: Apache-2.0
// `selenga screening`: anonymous screenings, answered at the terminal. Of who answers nothing is asked.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/forms/table.h"
#include "common/node/msg.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"
#include "services/cli/terminal.h"
#include "services/cli/verbs.h"

enum { OPTION_ORG = CLI_KEY, QUESTIONS_MAX = 100, LINE = 32 };

static int ask_screening(ask_t *ask, const char *code, Selenga__ScreeningReply **ret_reply)
{
    Selenga__Screening request = SELENGA__SCREENING__INIT;
    request.instrument = (char *)(uintptr_t)code;
    return ask_call(ask, SERVICE_DIAGNOSTICS, MSG_SCREENING, &request, MSG_SCREENING_REPLY,
                    &selenga__screening_reply__descriptor, ret_reply, ASK_TIMEOUT_MS);
}

// ---- what there is

static int run_list(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(msg_body_free) Selenga__ScreeningReply *reply = NULL;
    int r = ask_open(cli, &ask);
    if (r == CLI_DONE) r = ask_screening(ask, NULL, &reply);
    if (r != CLI_DONE) return r;
    if (cli->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < reply->n_codes && i < reply->n_titles; i++)
            json_array_append_new(array, json_pack("{s:o, s:o}", "code", output_text(reply->codes[i]),
                                                   "title", output_text(reply->titles[i])));
        output_json(&array);
        return CLI_DONE;
    }
    if (reply->n_codes == 0) puts(_("no screening can be answered here now"));
    for (size_t i = 0; i < reply->n_codes && i < reply->n_titles; i++)
        printf("%s  %s\n", reply->codes[i], reply->titles[i]);
    return CLI_DONE;
}

static json_t *question_json(const Selenga__ScreeningQuestion *q)
{
    json_t *options = json_array();
    for (size_t i = 0; i < q->n_options; i++) json_array_append_new(options, output_text(q->options[i]));
    return json_pack("{s:I, s:o, s:o}", "number", (json_int_t)q->number, "text", output_text(q->text),
                     "options", options);
}

static void print_question(const Selenga__ScreeningQuestion *q)
{
    printf("%lld. %s\n", (long long)q->number, q->text);
    for (size_t i = 0; i < q->n_options; i++) printf("   %zu  %s\n", i + 1, q->options[i]);
}

static int run_show(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(msg_body_free) Selenga__ScreeningReply *reply = NULL;
    int r = ask_open(cli, &ask);
    if (r == CLI_DONE) r = ask_screening(ask, cli->args[0], &reply);
    if (r != CLI_DONE) return r;
    json_t *array = json_array();
    for (size_t i = 0; i < reply->n_questions; i++)
        if (cli->json)
            json_array_append_new(array, question_json(reply->questions[i]));
        else
            print_question(reply->questions[i]);
    if (cli->json)
        output_json(&array);
    else
        json_decref(array);
    return CLI_DONE;
}

// ---- answering

// The number of an option; 0: it is none.
static uint32_t choice_of(const char *text, const Selenga__ScreeningQuestion *q)
{
    char *end;
    if (*text < '0' || *text > '9') return 0;
    unsigned long number = strtoul(text, &end, 10);
    end += strspn(end, " \t\r\n");
    return *end == '\0' && number >= 1 && number <= q->n_options ? (uint32_t)number : 0;
}

static int refuse_choice(const Selenga__ScreeningQuestion *q)
{
    return cli_refuse(_("question %lld has answers 1 to %zu. Nothing was taken"), (long long)q->number,
                      q->n_options);
}

static int read_choice(const Selenga__ScreeningQuestion *q, uint32_t *ret_choice)
{
    char line[LINE];
    print_question(q);
    fputs("> ", stdout);
    fflush(stdout);
    *ret_choice = fgets(line, sizeof line, stdin) ? choice_of(line, q) : 0;
    return *ret_choice > 0 ? CLI_DONE : refuse_choice(q);
}

static int gather(const cli_t *cli, const Selenga__ScreeningReply *form,
                  uint32_t choices[static QUESTIONS_MAX])
{
    size_t given = cli->n_args - 1;
    int r = CLI_DONE;
    if (form->n_questions > QUESTIONS_MAX) return cli_refuse(_("too many questions"));
    if (given > 0 && given != form->n_questions)
        return cli_usage(cli, _("questions: %zu, answers given: %zu"), form->n_questions, given);
    for (size_t i = 0; i < form->n_questions && r == CLI_DONE; i++) {
        const Selenga__ScreeningQuestion *q = form->questions[i];
        if (given == 0) {
            r = read_choice(q, &choices[i]);
            continue;
        }
        choices[i] = choice_of(cli->args[i + 1], q);
        if (choices[i] == 0) r = refuse_choice(q);
    }
    return r;
}

static int run_answer(const cli_t *cli)
{
    uint32_t choices[QUESTIONS_MAX];
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(msg_body_free) Selenga__ScreeningReply *form = NULL;
    Selenga__ScreeningAnswer answer = SELENGA__SCREENING_ANSWER__INIT;
    int r = ask_open(cli, &ask);
    if (r == CLI_DONE) r = ask_screening(ask, cli->args[0], &form);
    if (r == CLI_DONE) r = gather(cli, form, choices);
    if (r != CLI_DONE) return r;
    answer.instrument = cli->args[0];
    answer.org = (char *)(uintptr_t)cli_option(cli, OPTION_ORG);
    answer.has_form = true;
    answer.form = form->form;
    answer.choices = choices;
    answer.n_choices = form->n_questions;
    r = ask_call(ask, SERVICE_DIAGNOSTICS, MSG_SCREENING_ANSWER, &answer, MSG_DONE, NULL, NULL,
                 ASK_TIMEOUT_MS);
    if (r == CLI_DONE)
        cli_say(_("thank you: the answers are counted, and nothing that leads to you was kept"));
    return r;
}

// ---- table

static const struct argp_option ANSWER_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("organisation where whoever answers works (default: the node's own)"),
     0},
    {0},
};

static const verb_t SCREENING_VERBS[] = {
    {
        .name = "list",
        .summary = N_("list the screenings that can be answered"),
        .text =
            N_("These are instruments of class `screening` that are approved. How the answers came out is "
               "shown by `selenga list screening-count`."),
        .examples = "selenga --node school screening list\n",
        .run = run_list,
    },
    {
        .name = "show",
        .args = "CODE",
        .min_args = 1,
        .max_args = 1,
        .summary = N_("print the questions of a screening with the numbers of their answers"),
        .examples = "selenga --node school screening show W-1\n",
        .run = run_show,
    },
    {
        .name = "answer",
        .args = "CODE [NUMBER]...",
        .min_args = 1,
        .max_args = 1 + QUESTIONS_MAX,
        .options = ANSWER_OPTIONS,
        .summary = N_("answer a screening, one number for each question"),
        .text =
            N_("Without numbers the questions are asked one by one: what is typed then stands in no history "
               "of the shell. Answers are added up; nothing says who gave them, so that nobody can take "
               "them back, and who answers twice counts twice. A summary is made at every tenth answer of "
               "an organisation."),
        .examples = "selenga --node school screening answer W-1\n"
                    "selenga --node school screening answer W-1 2 1 3\n",
        .run = run_answer,
    },
    {0},
};

const verb_t SCREENING_SECTION[] = {
    {
        .name = "screening",
        .verbs = SCREENING_VERBS,
        .summary = N_("anonymous screenings: what is asked, and answers without names"),
    },
    {0},
};
