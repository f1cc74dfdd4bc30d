// SPDX-License-Identifier: Apache-2.0
// `selenga attempt` and `selenga instrument release`: what organisers of a campaign do beside the attempts.
#include "services/cli/attempt.h"

#include <stdio.h>

#include "common/base/i18n.h"
#include "common/node/msg.h"
#include "proto/api.pb-c.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"

enum { OPTION_WHY = CLI_KEY, OPTION_EARLY };

// Sends the act until all of it is done.
static int act(const cli_t *cli, Selenga__AttemptAct *request, uint64_t *ret_done, uint64_t *ret_kept)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    bool more = true;
    *ret_done = 0;
    request->has_what = 1;
    request->code = (char *)(uintptr_t)cli->args[0];
    while (r == CLI_DONE && more) {
        AUTO(msg_body_free) Selenga__AttemptActReply *reply = NULL;
        r = ask_call(ask, SERVICE_DIAGNOSTICS, MSG_ATTEMPT_ACT, request, MSG_ATTEMPT_ACT_REPLY,
                     &selenga__attempt_act_reply__descriptor, &reply, ASK_TIMEOUT_MS);
        if (r != CLI_DONE) return r;
        more = reply->more;
        *ret_done += reply->done;
        *ret_kept = reply->kept;
    }
    return r;
}

static int with_reason(const cli_t *cli, uint32_t what, uint64_t *ret_done, uint64_t *ret_kept)
{
    Selenga__AttemptAct request = SELENGA__ATTEMPT_ACT__INIT;
    request.what = what;
    request.reason = (char *)(uintptr_t)cli_option(cli, OPTION_WHY);
    if (request.reason == NULL) return cli_usage(cli, _("say why: --why TEXT"));
    return act(cli, &request, ret_done, ret_kept);
}

static int run_annul(const cli_t *cli)
{
    uint64_t done, kept;
    int r = with_reason(cli, SELENGA__ATTEMPT_ACT__WHAT__ANNUL, &done, &kept);
    if (r != CLI_DONE) return r;
    if (cli->json) {
        json_t *json = json_pack("{s:s}", "annulled", cli->args[0]);
        output_json(&json);
    } else {
        printf(_("attempt %s is annulled; its results no longer count\n"), cli->args[0]);
    }
    return CLI_DONE;
}

static int run_erase(const cli_t *cli)
{
    uint64_t done, kept;
    int r = with_reason(cli, SELENGA__ATTEMPT_ACT__WHAT__ERASE, &done, &kept);
    if (r != CLI_DONE) return r;
    if (cli->json) {
        json_t *json = json_pack("{s:I, s:I}", "erased", (json_int_t)done, "kept", (json_int_t)kept);
        output_json(&json);
        return CLI_DONE;
    }
    printf(_("answers erased: %llu\n"), (unsigned long long)done);
    if (kept > 0)
        printf(_("attempts whose answers stay, because they are not marked or annulled yet: %llu\n"),
               (unsigned long long)kept);
    return CLI_DONE;
}

int attempt_run_release(const cli_t *cli)
{
    Selenga__AttemptAct request = SELENGA__ATTEMPT_ACT__INIT;
    uint64_t done, kept;
    request.what = SELENGA__ATTEMPT_ACT__WHAT__RELEASE;
    request.has_early = 1;
    request.early = cli_option(cli, OPTION_EARLY) != NULL;
    int r = act(cli, &request, &done, &kept);
    if (r != CLI_DONE) return r;
    if (cli->json) {
        json_t *json = json_pack("{s:I}", "released", (json_int_t)done);
        output_json(&json);
    } else {
        printf(_("keys released to the nodes below: %llu\n"), (unsigned long long)done);
    }
    return CLI_DONE;
}

// ---- table

const struct argp_option ATTEMPT_RELEASE_OPTIONS[] = {
    {"early", OPTION_EARLY, NULL, 0, N_("also while a campaign with the instrument is not over"), 0},
    {0},
};

static const struct argp_option WHY[] = {
    {"why", OPTION_WHY, "TEXT", 0, N_("why; it stands in the attempt"), 0},
    {0},
};

const verb_t ATTEMPT_VERBS[] = {
    {
        .name = "annul",
        .args = "CODE",
        .min_args = 1,
        .max_args = 1,
        .options = WHY,
        .summary = N_("annul an attempt: its results go, and it does not count as used"),
        .text =
            N_("The attempt stays, with the reason; the person may try once more. What his other attempts "
               "of the campaign say counts again, as long as their answers are not erased."),
        .examples = "selenga --node school attempt annul A-1f0c5a72d3b94e60 --why 'power cut'\n",
        .run = run_annul,
    },
    {
        .name = "erase",
        .args = "CAMPAIGN",
        .min_args = 1,
        .max_args = 1,
        .options = WHY,
        .summary = N_("erase the answers of a campaign's attempts when nobody can appeal any more"),
        .text =
            N_("Points and results stay. Answers of attempts that are not marked or annulled yet stay, too. "
               "It is done at each node where people took part, for answers leave none."),
        .examples = "selenga --node school attempt erase C-1 --why 'appeals ended, order 12'\n",
        .run = run_erase,
    },
    {0},
};
