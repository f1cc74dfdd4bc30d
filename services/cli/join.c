// SPDX-License-Identifier: Apache-2.0
// Joining: a child node from a token.
//
// The new node's key is made before the hub is asked, and kept in DIR.joining until the hub's answer is
// safely written: when the answer is lost on the way, the same command with the same token asks again with
// the same key, and the hub answers again.
#include "services/cli/birth.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/shell.h"
#include "common/base/system_error.h"
#include "common/base/text.h"
#include "common/node/caller.h"
#include "common/node/msg.h"
#include "common/node/token.h"
#include "common/schema/fault.h"
#include "common/schema/ids.h"
#include "common/schema/kinds.h"
#include "common/schema/states.h"
#include "proto/envelope.pb-c.h"
#include "services/cli/ask.h"
#include "services/cli/draft.h"
#include "services/cli/recovery.h"
#include "services/cli/supervisor.h"
#include "services/cli/typed.h"

enum {
    OPTION_LISTEN = CLI_KEY,
    OPTION_NAME,
    OPTION_TIMEOUT,
    OPTION_REPLACE,
    OPTION_PHRASE_FILE,
    JOIN_TIMEOUT_S = 20, // a slow line needs several round trips for the handshake alone
};

const struct argp_option BIRTH_JOIN_OPTIONS[] = {
    {"listen", OPTION_LISTEN, "tcp://HOST:PORT", 0, N_("where children of the new node will connect"), 0},
    {"name", OPTION_NAME, "NAME", 0, N_("name shown to people; else as the hub says"), 0},
    {"replace", OPTION_REPLACE, NULL, 0,
     N_("take the place of a lost node; the invitation must have been made with --replace, too"), 0},
    {"phrase-file", OPTION_PHRASE_FILE, "FILE", 0,
     N_("with --replace: the lost node's recovery phrase (- for standard input); without it what the hub "
        "holds of that node "
        "is taken for its own"),
     0},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0, N_("how long to wait for the hub (default 20)"), 0},
    {0},
};

enum { TOKEN_SUM = 32, TOKEN_INPUT = 8192 };

// What the new node brings along.
typedef struct secrets {
    node_keys_t keys;
    uint8_t root[ROOT_SIZE];
    bool restored;    // the root secret is one of before
    const char *name; // NULL: as the hub says
} secrets_t;

static void wipe(secrets_t *secrets)
{
    sodium_memzero(secrets, sizeof *secrets);
}

// Made for this token: kept from an earlier try?
static bool load_secrets(const char *draft, const uint8_t sum[static TOKEN_SUM], secrets_t *secrets)
{
    char path[PATH_MAX + sizeof "/token"];
    why_t why;
    snprintf(path, sizeof path, "%s/token", draft);
    AUTO(xfree) uint8_t *kept = NULL;
    size_t size = 0;
    return file_read(path, TOKEN_SUM, true, &kept, &size) == 0 && size == TOKEN_SUM &&
           memcmp(kept, sum, TOKEN_SUM) == 0 && node_keys_load(draft, &secrets->keys, &why) == 0 &&
           root_load(draft, secrets->root, &why) == 0;
}

static int make_secrets(draft_t *draft, const uint8_t sum[static TOKEN_SUM], secrets_t *secrets)
{
    char path[PATH_MAX + sizeof "/token"];
    why_t why;
    int r = draft_make(draft);
    if (r != CLI_DONE) return r;
    snprintf(path, sizeof path, "%s/token", draft->at);
    node_keys_make(&secrets->keys);
    root_make(secrets->root);
    if (node_keys_save(draft->at, &secrets->keys, &why) != 0 ||
        root_save(draft->at, secrets->root, &why) != 0)
        return cli_refuse("%s", why.text);
    int error = file_replace(path, slice(sum, TOKEN_SUM), 0600);
    return error < 0 ? cli_refuse("%s: %s", path, system_error(-error)) : CLI_DONE;
}

static int prepare_secrets(draft_t *draft, const token_t *token, const uint8_t *phrase_root,
                           secrets_t *secrets)
{
    char text[TOKEN_TEXT_MAX];
    uint8_t sum[TOKEN_SUM];
    why_t why;
    token_text(token, text);
    crypto_generichash(sum, sizeof sum, (const uint8_t *)text, strlen(text), NULL, 0);
    sodium_memzero(text, sizeof text);
    bool kept = draft_find(draft) && load_secrets(draft->at, sum, secrets);
    int r = kept ? CLI_DONE : make_secrets(draft, sum, secrets);
    if (r != CLI_DONE || !phrase_root) return r;
    memcpy(secrets->root, phrase_root, ROOT_SIZE);
    return root_save(draft->at, secrets->root, &why) == 0 ? CLI_DONE : cli_refuse("%s", why.text);
}

static int cannot_join(const token_t *token, int r)
{
    switch (r) {
    case CALLER_E_REFUSED:
        return cli_refuse(
            _("the hub at %s refuses this token: it was used already, has expired, was withdrawn, or is of "
              "another hub; ask for a new one: selenga node invite"),
            token->endpoint);
    case CALLER_E_STRANGER:
        return cli_refuse(
            _("what answers at %s is not the hub that issued this token (or the hub behind a relay is down); "
              "the token was not used"),
            token->endpoint);
    case CALLER_E_TIMEOUT:
    case CALLER_E_NOT_RUNNING:
        return cli_later(
            _("the hub at %s does not answer; is it running, and does the network let you through? The same "
              "command may be given again"),
            token->endpoint);
    case CALLER_E_BROKEN:
        return cli_refuse(_("what answers at %s is not a hub of Selenga"), token->endpoint);
    default:
        return cli_refuse("%s: %s", token->endpoint, system_error(-r));
    }
}

static int take_answer(const token_t *token, const envelope_t *answer, Selenga__JoinReply **ret_reply)
{
    if (answer->type == MSG_ERROR) {
        AUTO(msg_body_free)
        Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, answer->body);
        AUTO(xfree) char *why = ask_fault_text(error ? error->fault : NULL);
        return error && error->again ? cli_later("%s", why) : cli_refuse(_("the hub refuses: %s"), why);
    }
    if (answer->type != MSG_JOIN_REPLY) return cannot_join(token, CALLER_E_BROKEN);
    *ret_reply = msg_body_unpack(&selenga__join_reply__descriptor, answer->body);
    return *ret_reply ? CLI_DONE : cannot_join(token, CALLER_E_BROKEN);
}

// *ret_denied: the hub itself said no, so it knows nothing of our key.
static int ask_hub(const token_t *token, const secrets_t *secrets, int timeout_ms,
                   Selenga__JoinReply **ret_reply, bool *ret_denied)
{
    AUTO(caller_close) caller_t *caller = NULL;
    int r = caller_open_hub(token, &caller);
    if (r != 0) return cannot_join(token, r);
    Selenga__Join request = SELENGA__JOIN__INIT;
    uint8_t check[ROOT_CHECK_SIZE];
    root_check(secrets->root, check);
    request.has_key = request.has_root_check = request.has_restored = true;
    request.key = (ProtobufCBinaryData){NODE_KEY_SIZE, (uint8_t *)secrets->keys.public_key};
    request.root_check = (ProtobufCBinaryData){sizeof check, check};
    request.restored = secrets->restored;
    request.name = (char *)secrets->name;
    request.version = SELENGA_VERSION;
    envelope_t answer;
    r = caller_call(caller, SERVICE_REGISTRY, MSG_JOIN, &request.base, timeout_ms, &answer);
    if (r != 0) {
        *ret_denied = r == CALLER_E_REFUSED;
        return cannot_join(token, r);
    }
    r = take_answer(token, &answer, ret_reply);
    *ret_denied = r == CLI_REFUSED && answer.type == MSG_ERROR;
    return r;
}

// Texts that node.conf can hold and give back.
static bool copy_clean(char *to, size_t size, const char *text)
{
    return text_is_clean(slice_text(text)) && text_copy(to, size, text);
}

// What the hub says, checked, as our own configuration.
static bool fill_conf(const cli_t *cli, const token_t *token, const Selenga__JoinReply *reply,
                      node_conf_t *conf)
{
    const char *name = reply->name && *reply->name ? reply->name : token->org;
    const char *given = cli_option(cli, OPTION_NAME), *listen = cli_option(cli, OPTION_LISTEN);
    int rank = reply->level ? level_rank(reply->level) : -1;
    bool good =
        rank >= 0 && rank == token->rank &&
        path_from_bytes(slice(reply->path.data, reply->path.len), &conf->path) &&
        conf->path.len > PATH_LABEL && reply->org && node_is_org(reply->org) &&
        strcmp(reply->org, token->org) == 0 && reply->parent_rank <= NODE_RANK_MAX &&
        reply->parent_rank == token->hub_rank && copy_clean(conf->org, sizeof conf->org, reply->org) &&
        text_copy(conf->level, sizeof conf->level, reply->level) &&
        copy_clean(conf->name, sizeof conf->name, given ? given : name) &&
        text_copy(conf->listen, sizeof conf->listen, listen ? listen : "") &&
        copy_clean(conf->parent.endpoint, sizeof conf->parent.endpoint, token->endpoint) &&
        (!reply->parent_org || !*reply->parent_org || node_is_org(reply->parent_org)) &&
        copy_clean(conf->parent.org, sizeof conf->parent.org, reply->parent_org ? reply->parent_org : "");
    if (!good) return false;
    conf->rank = (uint32_t)rank;
    conf->replaced = reply->replaced && !cli_option(cli, OPTION_PHRASE_FILE);
    conf->parent.known = true;
    conf->parent.rank = reply->parent_rank;
    memcpy(conf->parent.key, token->hub_key, sizeof conf->parent.key);
    return true;
}

static int write_child(const cli_t *cli, const char *draft, const token_t *token,
                       const Selenga__JoinReply *reply, const uint8_t root[static ROOT_SIZE],
                       node_conf_t *conf)
{
    why_t why;
    char path[PATH_MAX + sizeof "/token"];
    node_keys_t door;
    if (!fill_conf(cli, token, reply, conf)) return cannot_join(token, CALLER_E_BROKEN);
    root_keys(root, &door);
    int r = node_door_keys_save(draft, &door, &why);
    sodium_memzero(&door, sizeof door);
    if (r != 0 || node_conf_save(draft, conf, &why) != 0) return cli_refuse("%s", why.text);
    snprintf(path, sizeof path, "%s/token", draft);
    unlink(path);
    return CLI_DONE;
}

static void tell_replacement(const node_conf_t *conf, bool by_phrase)
{
    cli_say(
        _("its hub gives back what it holds of the node; what never left it (`selenga kinds KIND` says of "
          "which kinds) comes from a backup, or is entered again"));
    if (conf->rank > 0 && !by_phrase)
        cli_say(
            _("nodes below it do not know its new key: make each an invitation, `selenga node invite --org "
              "CODE --replace`, and let them use it: `selenga node rejoin DIR @TOKEN`"));
}

static int join(const cli_t *cli, const char *dir, const token_t *token, const uint8_t *phrase_root,
                int timeout_ms)
{
    AUTO(draft_close) draft_t draft = {.fd = -1};
    AUTO(wipe) secrets_t secrets = {.restored = phrase_root != NULL, .name = cli_option(cli, OPTION_NAME)};
    int r = draft_check_free(dir);
    if (r == CLI_DONE) r = draft_place(dir, ".joining", &draft);
    if (r == CLI_DONE) r = prepare_secrets(&draft, token, phrase_root, &secrets);
    if (r != CLI_DONE) return r;
    AUTO(msg_body_free) Selenga__JoinReply *reply = NULL;
    node_conf_t conf = {0};
    bool denied = false;
    r = ask_hub(token, &secrets, timeout_ms, &reply, &denied);
    if (r == CLI_DONE) r = write_child(cli, draft.at, token, reply, secrets.root, &conf);
    if (r == CLI_DONE) r = draft_finish(&draft, dir);
    if (r == CLI_DONE) birth_print_node(cli, dir, &conf, &secrets.keys, secrets.root);
    if (r == CLI_DONE && reply->replaced && !cli->json) tell_replacement(&conf, phrase_root != NULL);
    if (denied) draft_remove(&draft);
    return r;
}

// What the token says of itself must be what the person means. A stolen or forged hub could else claim a
// level to which more is sent than to the real one.
static int check_token(const cli_t *cli, const token_t *token)
{
    AUTO(xfree) char *org = shell_word(token->org);
    bool replace = cli_option(cli, OPTION_REPLACE) != NULL;
    if (!level_name(token->rank) || !level_name(token->hub_rank))
        return cli_refuse("%s", token_fault(TOKEN_E_VERSION));
    const char *level = states_level(token->rank, i18n_now());
    const char *hub_level = states_level(token->hub_rank, i18n_now());
    if (token->hub_rank < token->rank)
        return cli_refuse(
            _("this invitation puts a node of level %s below a hub of level %s; nothing was sent"), level,
            hub_level);
    if (token->replace && !replace)
        return cli_refuse(
            _("this invitation is for a computer that takes the place of the node of %s: give --replace, and "
              "its recovery phrase by --phrase-file if there is one"),
            token->org);
    if (!token->replace && replace)
        return cli_refuse(_("this invitation is for a new node; for one that takes another's place the hub's "
                            "operator makes "
                            "it so: selenga node invite --org %s --replace"),
                          org);
    cli_say(_("joining as %s, level %s, below the hub at %s, level %s"), token->org, level, token->endpoint,
            hub_level);
    return CLI_DONE;
}

static int join_with(const cli_t *cli, const token_t *token, int timeout_ms)
{
    const char *phrase = cli_option(cli, OPTION_PHRASE_FILE);
    uint8_t root[ROOT_SIZE];
    int r = check_token(cli, token);
    if (r == CLI_DONE && phrase) r = recovery_root(phrase, root);
    if (r == CLI_DONE) r = join(cli, cli->args[0], token, phrase ? root : NULL, timeout_ms);
    sodium_memzero(root, sizeof root);
    return r;
}

static int check_options(const cli_t *cli, int64_t *ret_timeout_s)
{
    const char *timeout = cli_option(cli, OPTION_TIMEOUT), *phrase = cli_option(cli, OPTION_PHRASE_FILE);
    if (timeout && !int_parse(timeout, 1, 3600, ret_timeout_s))
        return cli_usage(cli, _("--timeout '%s' is not a number of seconds from 1 to 3600"), timeout);
    if (phrase && !cli_option(cli, OPTION_REPLACE))
        return cli_usage(cli, _("--phrase-file goes with --replace"));
    if (phrase && strcmp(phrase, "-") == 0 && strcmp(cli->args[1], "-") == 0)
        return cli_usage(cli, _("only one of the token and the phrase can come from standard input"));
    int r = birth_check_name(cli, cli_option(cli, OPTION_NAME));
    return r == CLI_DONE ? birth_check_listen(cli, "listen", cli_option(cli, OPTION_LISTEN)) : r;
}

static int read_token(const cli_t *cli, token_t *ret_token)
{
    AUTO(typed_wipe) char *text = NULL;
    int r = typed_argument(cli->args[1], TOKEN_INPUT, &text);
    if (r != CLI_DONE) return r;
    r = token_parse(text, ret_token);
    return r == 0 ? CLI_DONE : cli_refuse("%s", token_fault(r));
}

int birth_join(const cli_t *cli)
{
    int64_t timeout_s = JOIN_TIMEOUT_S;
    token_t token;
    int r = check_options(cli, &timeout_s);
    if (r == CLI_DONE) r = read_token(cli, &token);
    if (r != CLI_DONE) return r;
    r = join_with(cli, &token, (int)timeout_s * 1000);
    sodium_memzero(&token, sizeof token);
    return r;
}

// ---- rejoin: a node whose hub has another key now, or stands elsewhere

const struct argp_option BIRTH_REJOIN_OPTIONS[] = {
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0, N_("how long to wait for the hub (default 20)"), 0},
    {0},
};

static int check_same_node(const node_conf_t *conf, const token_t *token)
{
    AUTO(xfree) char *org = shell_word(conf->org);
    if (!conf->parent.known) return cli_refuse(_("this node is the root of a tree and has no hub"));
    if (!token->replace || strcmp(token->org, conf->org) != 0 || token->rank != conf->rank)
        return cli_refuse(
            _("this invitation is not for this node; its hub's operator makes one so: selenga node invite "
              "--org %s --replace"),
            org);
    if (token->hub_rank < token->rank)
        return cli_refuse(
            _("this invitation puts a node of level %s below a hub of level %s; nothing was sent"),
            states_level((int)token->rank, i18n_now()), states_level((int)token->hub_rank, i18n_now()));
    return CLI_DONE;
}

// The key first: when we are cut off between the two, the same command goes on from there.
static int follow(const cli_t *cli, const char *dir, const token_t *token, const secrets_t *secrets,
                  const Selenga__JoinReply *reply, node_conf_t *conf)
{
    why_t why;
    node_conf_t now = {0};
    AUTO(xfree) char *word = shell_word(dir);
    if (!fill_conf(cli, token, reply, &now)) return cannot_join(token, CALLER_E_BROKEN);
    if (!path_equal(&now.path, &conf->path))
        return cli_refuse(
            _("the hub gives this node another place in the tree than it has; nothing was changed. Its "
              "operator may admit it by its card: selenga node card %s"),
            word);
    conf->parent = now.parent;
    if (node_keys_save(dir, &secrets->keys, &why) != 0 || node_conf_save(dir, conf, &why) != 0)
        return cli_refuse("%s", why.text);
    cli_say(_("the node of %s belongs to the hub at %s now; its key is another one. Start it: selenga node "
              "run %s"),
            conf->org, conf->parent.endpoint, word);
    return CLI_DONE;
}

static int rejoin(const cli_t *cli, const char *dir, const token_t *token, node_conf_t *conf, int timeout_ms)
{
    why_t why;
    AUTO(draft_close) draft_t draft = {.fd = -1};
    uint8_t root[ROOT_SIZE];
    AUTO(wipe) secrets_t secrets = {.restored = true, .name = conf->name};
    int r = check_same_node(conf, token);
    if (r == CLI_DONE && root_ensure(dir, NULL, &why) != 0) r = cli_refuse("%s", why.text);
    if (r == CLI_DONE && root_load(dir, root, &why) != 0) r = cli_refuse("%s", why.text);
    if (r == CLI_DONE) r = draft_place(dir, ".joining", &draft);
    if (r == CLI_DONE) r = prepare_secrets(&draft, token, root, &secrets);
    sodium_memzero(root, sizeof root);
    if (r != CLI_DONE) return r;
    AUTO(msg_body_free) Selenga__JoinReply *reply = NULL;
    bool denied = false;
    r = ask_hub(token, &secrets, timeout_ms, &reply, &denied);
    if (r == CLI_DONE) r = follow(cli, dir, token, &secrets, reply, conf);
    if (r == CLI_DONE || denied) draft_remove(&draft);
    return r;
}

int birth_rejoin(const cli_t *cli)
{
    why_t why;
    int64_t timeout_s = JOIN_TIMEOUT_S;
    token_t token;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    AUTO(xclose) int lock = -1;
    int r = check_options(cli, &timeout_s);
    if (r != CLI_DONE) return r;
    if (node_conf_load(cli->args[0], &conf, &why) != 0) return cli_refuse("%s", why.text);
    r = supervisor_lock(cli->args[0], &lock);
    if (r == CLI_REFUSED) cli_say(_("only a stopped node can rejoin"));
    if (r == CLI_DONE) r = read_token(cli, &token);
    if (r != CLI_DONE) return r;
    r = rejoin(cli, cli->args[0], &token, &conf, (int)timeout_s * 1000);
    sodium_memzero(&token, sizeof token);
    return r;
}
