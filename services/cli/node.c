// SPDX-License-Identifier: Apache-2.0
// The verbs of `selenga node`.
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/shell.h"
#include "common/node/msg.h"
#include "common/node/node.h"
#include "services/cli/admit.h"
#include "services/cli/ask.h"
#include "services/cli/birth.h"
#include "services/cli/draft.h"
#include "services/cli/first.h"
#include "services/cli/output.h"
#include "services/cli/recovery.h"
#include "services/cli/status.h"
#include "services/cli/supervisor.h"
#include "services/cli/tls.h"
#include "services/cli/verbs.h"

enum { OPTION_WHY = CLI_KEY, OPTION_SETTINGS, OPTION_DRY_RUN };

static int run_node(const char *dir)
{
    // Said here, once, and not by five programs in five logs.
    why_t why;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    node_keys_t keys;
    supervisor_settings_t settings;
    if (node_conf_load(dir, &conf, &why) != 0 ||
        node_settings(&conf, &SUPERVISOR_SETTINGS, &settings, sizeof settings, &why) != 0 ||
        node_keys_load(dir, &keys, &why) != 0)
        return cli_refuse("%s", why.text);
    explicit_bzero(&keys, sizeof keys);
    int r = draft_check_filesystem(dir);
    if (r != CLI_DONE) return r;
    bool made = false;
    AUTO(xfree) char *word = shell_word(dir);
    if (root_ensure(dir, &made, &why) != 0) return cli_refuse("%s", why.text);
    if (made)
        cli_say(_("this node had no root secret and has one now; keep its recovery phrase on paper: selenga "
                  "--node %s node "
                  "key phrase"),
                word);
    return supervisor_run(dir, &conf, &settings);
}

static void print_with_it(const Selenga__RevokeReply *reply)
{
    if (reply->revoked) puts(_("it was cut off before"));
    if (reply->below > 0)
        printf(i18n_n("with it: %u node below it\n", "with it: %u nodes below it\n", reply->below),
               reply->below);
    if (reply->invites > 0)
        printf(i18n_n("with it: %u unused invitation\n", "with it: %u unused invitations\n", reply->invites),
               reply->invites);
}

static int run_run(const cli_t *cli)
{
    if (cli_option(cli, OPTION_SETTINGS)) {
        settings_print(&SUPERVISOR_SETTINGS, stdout);
        return CLI_DONE;
    }
    const char *dir = cli->n_args ? cli->args[0] : cli->node;
    if (!dir) return cli_usage(cli, _("which node? Give its directory"));
    return run_node(dir);
}

static int run_setup(const cli_t *cli)
{
    bool due = false;
    int r = first_is_due(cli->args[0], &due);
    if (r != CLI_DONE) return r;
    return due ? first_setup(cli->args[0]) : run_node(cli->args[0]);
}

// To be compared with what was meant.
static void print_revoked(const cli_t *cli, const Selenga__RevokeReply *reply, bool dry_run)
{
    path_t path;
    char shown[PATH_TEXT] = "", fingerprint[NODE_FINGERPRINT_TEXT] = "";
    if (path_from_bytes(slice(reply->path.data, reply->path.len), &path)) path_text(&path, shown);
    if (reply->key.len == NODE_KEY_SIZE) node_fingerprint(reply->key.data, fingerprint);
    if (cli->json) {
        json_t *json = json_object();
        json_object_set_new(json, "org", output_text(reply->org));
        json_object_set_new(json, "name", output_text(reply->name));
        json_object_set_new(json, "path", output_text(shown));
        json_object_set_new(json, "key_fingerprint", output_text(fingerprint));
        json_object_set_new(json, "state", output_text(!dry_run || reply->revoked ? "revoked" : "active"));
        json_object_set_new(json, "dry_run", json_boolean(dry_run));
        json_object_set_new(json, "nodes_below", json_integer(reply->below));
        json_object_set_new(json, "invitations", json_integer(reply->invites));
        output_json(&json);
        return;
    }
    printf(dry_run ? _("would be cut off: %s, %s, path %s, key %s\n")
                   : _("cut off: %s, %s, path %s, key %s\n"),
           reply->org, reply->name, shown, fingerprint);
    print_with_it(reply);
    if (dry_run) return;
    AUTO(xfree) char *org = shell_word(reply->org ? reply->org : "");
    cli_say(_("it may come back only with a new invitation: selenga node invite --org %s --replace"), org);
}

static int run_revoke(const cli_t *cli)
{
    const char *why = cli_option(cli, OPTION_WHY);
    bool dry_run = cli_option(cli, OPTION_DRY_RUN) != NULL;
    if (!dry_run && (!why || !*why)) return cli_usage(cli, _("say why: --why TEXT"));
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    Selenga__Revoke request = SELENGA__REVOKE__INIT;
    request.name = cli->args[0];
    request.why = (char *)why;
    request.has_dry_run = true;
    request.dry_run = dry_run;
    AUTO(msg_body_free) Selenga__RevokeReply *reply = NULL;
    r = ask_call(ask, SERVICE_REGISTRY, MSG_REVOKE, &request, MSG_REVOKE_REPLY,
                 &selenga__revoke_reply__descriptor, &reply, ASK_TIMEOUT_MS);
    if (r == CLI_DONE) print_revoked(cli, reply, dry_run);
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

static const struct argp_option RUN_OPTIONS[] = {
    {"settings", OPTION_SETTINGS, NULL, 0,
     N_("print the settings of section supervisor in node.conf, and end"), 0},
    {0},
};

static const struct argp_option REVOKE_OPTIONS[] = {
    {"why", OPTION_WHY, "TEXT", 0,
     N_("the reason, kept with the node's record and shown at the node itself (required)"), 0},
    {"dry-run", OPTION_DRY_RUN, NULL, 0, N_("only say what would be cut off; nothing is done"), 0},
    {0},
};

static const verb_t KEY_VERBS[] = {
    {
        .name = "phrase",
        .options = RECOVERY_PHRASE_OPTIONS,
        .summary = N_("print the node's recovery phrase"),
        .text = N_(
            "One line of words on stdout, after a question; the node need not run. Keep it on paper, apart "
            "from the computer: with "
            "it a node "
            "that was lost comes back as itself (`node join --replace --phrase-file`, a root by `node init "
            "--phrase-file`), and whoever else has it can be this node. A phrase is read in Russian and in "
            "English, "
            "whatever the language of the system."),
        .examples = "selenga --node hub node key phrase\n",
        .run = recovery_phrase,
    },
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

static const verb_t NODE_VERBS[] = {
    {
        .name = "init",
        .args = "DIR",
        .min_args = 1,
        .max_args = 1,
        .options = BIRTH_INIT_OPTIONS,
        .summary = N_("make the root node of a tree"),
        .text =
            N_("Makes keys, configuration and stores in DIR, which must not exist or be empty. The node "
               "writes its own "
               "organisation's record when it first runs; an organisation sheet may complete it later. "
               "Nodes below "
               "the root are made with `invite` and `join`. The recovery phrase is printed once: keep it on "
               "paper. With it a root that was lost is made again under its path and key; give the same "
               "--listen, for its children look for it there, and let it know them again by `card` and "
               "`admit`."),
        .examples =
            "selenga node init region --org 03 --level region --name 'ЦНППМ' --listen tcp://0.0.0.0:7703\n"
            "selenga node run region\n"
            "selenga node init region --org 03 --level region --listen tcp://0.0.0.0:7703 --phrase-file "
            "phrase.txt\n",
        .run = birth_init,
    },
    {
        .name = "invite",
        .options = BIRTH_INVITE_OPTIONS,
        .summary = N_("at a running hub: print a token for an organisation's future node"),
        .text = N_(
            "The token is one line on stdout. It works once, until it expires; keep it secret until then. An "
            "organisation has one node: a computer that takes the place of another, whether that one is "
            "lost, revoked or "
            "still at work, is invited with --replace. Once it has joined, the other one is refused, and so "
            "is every "
            "invitation of that organisation that was not used."),
        .examples = "selenga --node region node invite --org 03-08\n"
                    "selenga --node hub node invite --org 03-08-01 --expires 14d > token\n"
                    "selenga --node hub node invite --org 03-08-01 --replace > token\n",
        .run = birth_invite,
    },
    {
        .name = "join",
        .args = "DIR TOKEN",
        .min_args = 2,
        .max_args = 2,
        .options = BIRTH_JOIN_OPTIONS,
        .summary = N_("make a child node from a token and enrol it at its hub"),
        .text = N_(
            "The hub must be reachable. DIR is written only when the hub has agreed; if its answer is lost, "
            "give the same command again. A used, expired or foreign token is refused. TOKEN is best given "
            "as "
            "`-` (standard input) or `@FILE`: what stands on a command line stays in the shell's history, "
            "and "
            "all users of the computer see it until the command has read it. The recovery phrase is printed "
            "once: keep it on paper. A node that takes the place of a lost one gets back what its hub holds "
            "of "
            "it; what never left the old computer, such as absences and results, comes from a backup or is "
            "entered again. A hub needs the --listen that it had: its children look for it there."),
        .examples = "selenga node join school - < token\n"
                    "selenga node join hub @token --listen tcp://0.0.0.0:7708\n"
                    "selenga node join school @token --replace --phrase-file phrase.txt\n",
        .run = birth_join,
    },
    {
        .name = "rejoin",
        .args = "DIR TOKEN",
        .min_args = 2,
        .max_args = 2,
        .options = BIRTH_REJOIN_OPTIONS,
        .summary = N_("let a node follow its hub, whose key is another one now"),
        .text = N_("For a stopped node whose hub was replaced without its recovery phrase, or moved. The "
                   "hub's operator makes "
                   "the token: node invite --org CODE --replace. The node keeps its place, its records and "
                   "its root secret, "
                   "and gets a new key. If the hub's answer is lost, give the same command again."),
        .examples = "selenga node rejoin school @token\n",
        .run = birth_rejoin,
    },
    {
        .name = "run",
        .args = "[DIR]",
        .max_args = 1,
        .options = RUN_OPTIONS,
        .summary = N_("run a node in the foreground"),
        .text =
            N_("Starts the gate, the four services and the console, writes what they say to DIR/log, and "
               "starts again "
               "one that dies or hangs: whose loop has not turned for `hang_ms` of section `supervisor` in "
               "node.conf, 20 s. Prints `ready` once all answer. SIGTERM or Ctrl-C stops them in order; "
               "twice means "
               "at once."),
        .examples = "selenga node run region\n",
        .run = run_run,
    },
    {
        .name = "setup",
        .args = "DIR",
        .min_args = 1,
        .max_args = 1,
        .summary = N_("make a node in a browser, then run it"),
        .text =
            N_("For a computer that has no node in DIR yet: says which address to open in a browser of this "
               "computer, and a code. There a new region is made, or a node that joins by a token, as by "
               "`init` and "
               "`join`, and its recovery phrase is shown to be printed; then this process runs the node as "
               "`run` does. "
               "Where there is a node already, it is `run` at once, so that the same command may start the "
               "computer's "
               "node each time."),
        .examples = "selenga node setup school\n",
        .run = run_setup,
    },
    {
        .name = "status",
        .summary = N_("every program of the node: up since, version, memory, store"),
        .text = N_("Exit status 0 only if all are well; 1: somebody should look at one; 2: one gives no "
                   "answer. What "
                   "it is and what to do stands below the table. 75: the node does not run."),
        .examples = "selenga --node region node status\nselenga --node region --json node status\n",
        .run = status_run,
    },
    {
        .name = "list",
        .summary = N_("at a hub: the children and what is known of them"),
        .text = N_("The states are those of `links`, which see; a child's path and its organisation's code "
                   "are what `revoke` takes."),
        .examples = "selenga --node region node list\n",
        .run = children_run,
    },
    {
        .name = "tls",
        .args = "[DIR]",
        .max_args = 1,
        .summary = N_("a sheet to print: how other computers open this node's console"),
        .text = N_("For a node whose console has `names` in node.conf. The sheet has the addresses, the "
                   "fingerprint of the certificate that each of those computers needs once, and the way it "
                   "gets there. The certificate speaks for these names alone; where a name is added, the "
                   "console makes another one within seconds, and the sheet is to be followed anew."),
        .examples = "selenga node tls school\n",
        .run = tls_run,
    },
    {
        .name = "card",
        .args = "[DIR]",
        .max_args = 1,
        .summary = N_("one line that tells this node's hub who it is"),
        .text = N_("For a hub that came back by its recovery phrase and does not know its children any more; "
                   "see `node "
                   "admit`. Nothing in the line is secret."),
        .examples = "selenga node card school\n",
        .run = admit_card,
    },
    {
        .name = "admit",
        .args = "CARD",
        .min_args = 1,
        .max_args = 1,
        .summary = N_("at a hub that lost everything: know a child of before again"),
        .text = N_("A hub that came back by its recovery phrase has its old path and key, but neither it nor "
                   "a neighbour may "
                   "know whom it had admitted. Each child's operator sends the line that `node card` prints; "
                   "compare the "
                   "key's fingerprint with him. The child keeps its path, key and store and connects by "
                   "itself. CARD may be "
                   "`-` (standard input) or `@FILE`."),
        .examples = "selenga --node region node admit @hub.card\n",
        .run = admit_run,
    },
    {
        .name = "key",
        .verbs = KEY_VERBS,
        .summary = N_("the node's secrets"),
    },
    {
        .name = "revoke",
        .args = "CODE|PATH",
        .min_args = 1,
        .max_args = 1,
        .options = REVOKE_OPTIONS,
        .summary = N_("at a hub: cut a child off now"),
        .text = N_(
            "CODE is the child's organisation code, PATH its path; its name does not count, for it chose "
            "that itself. What was cut off is printed. Its live connection ends at once, and neither its "
            "key, nor "
            "its token, nor an invitation made before brings it back. What it has handed over stays. "
            "Afterwards: `node invite --org CODE --replace`, and at a clean computer `node join DIR @TOKEN "
            "--replace`, without the phrase if that was stolen, too."),
        .examples = "selenga --node hub node revoke 03-08-01 --dry-run\n"
                    "selenga --node hub node revoke 03-08-01 --why 'the computer was stolen'\n",
        .run = run_revoke,
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
