// SPDX-License-Identifier: Apache-2.0
// The verbs of `selenga node`.
#include <string.h>

#include "common/i18n.h"
#include "common/node.h"
#include "services/cli/ask.h"
#include "services/cli/birth.h"
#include "services/cli/status.h"
#include "services/cli/supervisor.h"
#include "services/cli/verbs.h"

enum { OPTION_WHY = CLI_KEY };

static int run_run(const cli_t *cli)
{
    const char *dir = cli->n_args ? cli->args[0] : cli->node;
    if (!dir) return cli_usage(cli, _("which node? Give its directory"));
    // Said here, once, and not by five programs in five logs.
    why_t why;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    node_keys_t keys;
    if (node_conf_load(dir, &conf, &why) != 0 || node_keys_load(dir, &keys, &why) != 0)
        return cli_refuse("%s", why.text);
    explicit_bzero(&keys, sizeof keys);
    return supervisor_run(dir);
}

static int run_revoke(const cli_t *cli)
{
    const char *why = cli_option(cli, OPTION_WHY);
    if (!why || !*why) return cli_usage(cli, _("say why: --why TEXT"));
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    Selenga__Revoke request = SELENGA__REVOKE__INIT;
    request.name = cli->args[0];
    request.why = (char *)why;
    r = ask_call(ask, SERVICE_REGISTRY, MSG_REVOKE, &request, MSG_DONE, NULL, NULL, ASK_TIMEOUT_MS);
    if (r == CLI_DONE) cli_say(_("%s is cut off; it may come back only with a new token"), cli->args[0]);
    return r;
}

static int run_rotate_pseudonyms(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    r = ask_call(ask, SERVICE_REGISTRY, MSG_ROTATE_PSEUDONYMS, NULL, MSG_DONE, NULL, NULL, ASK_TIMEOUT_MS);
    if (r == CLI_DONE)
        cli_say(_(
            "there is a new key for pseudonyms; nodes ask for theirs anew, and figures are preliminary until "
            "all have them"));
    return r;
}

static const verb_t KEY_VERBS[] = {
    {
        .name = "rotate-pseudonyms",
        .summary = N_("at the region's node: a new key for the pseudonyms of people"),
        .text =
            N_("For when the key may have been seen: whoever has it can try all numbers against pseudonyms. "
               "Every node "
               "asks for its people's pseudonyms anew when it hears of it. Until all have, people of two "
               "organisations may "
               "be counted twice, and figures say `preliminary`. The key before is kept until nobody has a "
               "pseudonym of it."),
        .examples = "selenga --node region node key rotate-pseudonyms\n",
        .run = run_rotate_pseudonyms,
    },
    {0},
};

static const struct argp_option REVOKE_OPTIONS[] = {
    {"why", OPTION_WHY, "TEXT", 0, N_("the reason, kept with the node's record (required)"), 0},
    {0},
};

static const verb_t NODE_VERBS[] = {
    {
        .name = "init",
        .args = "DIR",
        .min_args = 1,
        .max_args = 1,
        .options = BIRTH_INIT_OPTIONS,
        .summary = N_("make the root node of a tree"),
        .text = N_("Makes keys, configuration and stores in DIR, which must not exist or be empty. The node "
                   "writes its own "
                   "organisation's record when it first runs; an organisation sheet may complete it later. "
                   "Nodes below "
                   "the root are made with `invite` and `join`."),
        .examples =
            "selenga node init region --org 03 --level region --name 'ЦНППМ' --listen tcp://0.0.0.0:7703\n"
            "selenga node run region\n",
        .run = birth_init,
    },
    {
        .name = "invite",
        .options = BIRTH_INVITE_OPTIONS,
        .summary = N_("at a running hub: print a token for an organisation's future node"),
        .text = N_(
            "The token is one line on stdout. It works once, until it expires; keep it secret until then."),
        .examples = "selenga --node region node invite --org 03-08\n"
                    "selenga --node hub node invite --org 03-08-01 --expires 14d > token\n",
        .run = birth_invite,
    },
    {
        .name = "join",
        .args = "DIR TOKEN",
        .min_args = 2,
        .max_args = 2,
        .options = BIRTH_JOIN_OPTIONS,
        .summary = N_("make a child node from a token and enrol it at its hub"),
        .text = N_("The hub must be reachable. DIR is written only when the hub has agreed; if its answer is "
                   "lost, give "
                   "the same command again. A used, expired or foreign token is refused."),
        .examples = "selenga node join school \"$(cat token)\"\n"
                    "selenga node join hub \"$(cat token)\" --listen tcp://0.0.0.0:7708\n",
        .run = birth_join,
    },
    {
        .name = "run",
        .args = "[DIR]",
        .max_args = 1,
        .summary = N_("run a node in the foreground"),
        .text = N_("Starts the gate and the four services, writes what they say to DIR/log, and starts again "
                   "one that "
                   "dies. Prints `ready` once all answer. SIGTERM or Ctrl-C stops them in order; twice means "
                   "at once."),
        .examples = "selenga node run region\n",
        .run = run_run,
    },
    {
        .name = "status",
        .summary = N_("every program of the node: up since, version, memory, store"),
        .text = N_("Exit status 0 only if all are well."),
        .examples = "selenga --node region node status\nselenga --node region --json node status\n",
        .run = status_run,
    },
    {
        .name = "list",
        .summary = N_("at a hub: the children and what is known of them"),
        .examples = "selenga --node region node list\n",
        .run = children_run,
    },
    {
        .name = "revoke",
        .args = "NAME",
        .min_args = 1,
        .max_args = 1,
        .options = REVOKE_OPTIONS,
        .summary = N_("at a hub: cut a child off now"),
        .text = N_("NAME is the child's organisation code, name or path. Its live connection ends at once "
                   "and its key is "
                   "never admitted again. What it has already handed over stays."),
        .examples = "selenga --node hub node revoke 03-08-01 --why 'the computer was stolen'\n",
        .run = run_revoke,
    },
    {
        .name = "key",
        .verbs = KEY_VERBS,
        .summary = N_("secrets of the node"),
    },
    {0},
};

const verb_t NODE_SECTION[] = {
    {
        .name = "node",
        .verbs = NODE_VERBS,
        .summary = N_("make, enrol, run and watch nodes"),
    },
    {0},
};
