// SPDX-License-Identifier: Apache-2.0
// The verbs of `selenga account`.
#include <sodium.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/forms/slips.h"
#include "common/node/msg.h"
#include "services/cli/access.h"
#include "services/cli/ask.h"
#include "services/cli/list.h"
#include "services/cli/output.h"
#include "services/cli/slips.h"
#include "services/cli/verbs.h"

enum { OPTION_ROLE = CLI_KEY, OPTION_ORG, OPTION_PERSON };

static void print_json(const Selenga__AccountReply *reply)
{
    json_t *json = json_object();
    json_object_set_new(json, "name", output_text(reply->name));
    json_object_set_new(json, "role", output_text(reply->role));
    json_object_set_new(json, "org", output_text(reply->org));
    json_object_set_new(json, "person", output_text(reply->person));
    json_object_set_new(json, "state", output_text(reply->state));
    if (reply->password) json_object_set_new(json, "password", output_text(reply->password));
    output_json(&json);
}

static int act(const cli_t *cli, Selenga__AccountAct *request)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    request->has_what = 1;
    request->name = cli->args[0];
    AUTO(msg_body_free) Selenga__AccountReply *reply = NULL;
    r = ask_call(ask, SERVICE_REGISTRY, MSG_ACCOUNT_ACT, request, MSG_ACCOUNT_REPLY,
                 &selenga__account_reply__descriptor, &reply, ASK_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    if (cli->json)
        print_json(reply);
    else if (reply->password)
        printf("%s\n", reply->password);
    if (reply->password) sodium_memzero(reply->password, strlen(reply->password));
    return r;
}

static int run_add(const cli_t *cli)
{
    const char *role = cli_option(cli, OPTION_ROLE);
    if (!role || !*role) return cli_usage(cli, _("say which role: --role ROLE"));
    Selenga__AccountAct request = SELENGA__ACCOUNT_ACT__INIT;
    request.what = SELENGA__ACCOUNT_ACT__WHAT__ADD;
    request.role = (char *)role;
    request.org = (char *)cli_option(cli, OPTION_ORG);
    request.person = (char *)cli_option(cli, OPTION_PERSON);
    return act(cli, &request);
}

static int run_lock(const cli_t *cli)
{
    Selenga__AccountAct request = SELENGA__ACCOUNT_ACT__INIT;
    request.what = SELENGA__ACCOUNT_ACT__WHAT__LOCK;
    return act(cli, &request);
}

static int run_reset(const cli_t *cli)
{
    Selenga__AccountAct request = SELENGA__ACCOUNT_ACT__INIT;
    request.what = SELENGA__ACCOUNT_ACT__WHAT__RESET;
    return act(cli, &request);
}

static int run_list(const cli_t *cli)
{
    char *kind[] = {(char[]){"account"}};
    cli_t list = *cli;
    list.args = kind;
    list.n_args = 1;
    return list_run(&list);
}

static const struct argp_option ADD_OPTIONS[] = {
    {"role", OPTION_ROLE, "ROLE", 0,
     N_("teacher, coordinator, methodist, regional, analyst, operator or privacy (required)"), 0},
    {"org", OPTION_ORG, "CODE", 0, N_("with which organisation, and those below it; else the node's own"), 0},
    {"person", OPTION_PERSON, "ORG:NUMBER", 0, N_("who it is on the staff list; a teacher needs it"), 0},
    {0},
};

static const verb_t ACCOUNT_VERBS[] = {
    {
        .name = "add",
        .args = "NAME",
        .min_args = 1,
        .max_args = 1,
        .options = ADD_OPTIONS,
        .summary = N_("make an account and print its one-time password"),
        .text = N_("The password is one line on stdout and is told nowhere else. It opens nothing but the "
                   "choice of another one. Accounts never leave their node."),
        .examples = "selenga --node school account add ivanova --role teacher --person 03-08-01:17\n"
                    "selenga --node hub account add petrov --role methodist\n",
        .run = run_add,
    },
    {
        .name = "list",
        .options = LIST_OPTIONS,
        .summary = N_("accounts of the node: role, organisation, person, state"),
        .examples = "selenga --node school account list\n",
        .run = run_list,
    },
    {
        .name = "lock",
        .args = "NAME",
        .min_args = 1,
        .max_args = 1,
        .summary = N_("let nobody log in under this name"),
        .text = N_("Until `account reset` gives it a new password."),
        .examples = "selenga --node school account lock ivanova\n",
        .run = run_lock,
    },
    {
        .name = "reset",
        .args = "NAME",
        .min_args = 1,
        .max_args = 1,
        .summary = N_("print a new one-time password; the old one is void"),
        .text = N_("For who has forgotten his password, and for an account that was locked."),
        .examples = "selenga --node school account reset ivanova\n",
        .run = run_reset,
    },
    {
        .name = "slips",
        .args = "ORG:NUMBER...",
        .min_args = 1,
        .max_args = SLIPS_AT_ONCE,
        .summary = N_("accounts for teachers, and a slip with a one-time password for each"),
        .text =
            N_("At most 40 people of the staff list at once. The slips are for printing and cutting: where "
               "to open the console, the name for the log-in, the password, which is told nowhere else. "
               "Who has not used his slip yet gets another, and the first is void; who has chosen a "
               "password gets none. Exit status 1 if somebody got none; why stands on stderr, and the "
               "others have theirs."),
        .examples = "selenga --node school account slips 03-08-01:17 03-08-01:18 > slips.txt\n"
                    "selenga --node school --json account slips 03-08-01:17\n",
        .run = slips_run,
    },
    {0},
};

const verb_t ACCOUNT_SECTION[] = {
    {
        .name = "account",
        .verbs = ACCOUNT_VERBS,
        .summary = N_("who works with this node, and in which role"),
    },
    {
        .name = "audit",
        .verbs = AUDIT_VERBS,
        .summary = N_("who did what: the audit logs"),
    },
    {
        .name = "access",
        .options = ACCESS_OPTIONS,
        .summary = N_("what each role may do through an account: role, kind, action"),
        .text = N_("An account works with records of its organisation and those below it, a teacher with his "
                   "own; what goes down to everybody is read by everybody. Whatever is not in the table is "
                   "refused. The command line of the node's own user is not bound by it."),
        .examples = "selenga access\nselenga --json access --role analyst\n",
        .run = access_run,
    },
    {0},
};
