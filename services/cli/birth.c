// SPDX-License-Identifier: Apache-2.0
// Making the root of a tree, and inviting those below. Joining is in join.c.
#include "services/cli/birth.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/i18n.h"
#include "common/base/shell.h"
#include "common/forms/words.h"
#include "common/node/invitation.h"
#include "common/node/msg.h"
#include "common/node/node.h"
#include "common/schema/fault.h"
#include "common/schema/ids.h"
#include "common/schema/kinds.h"
#include "common/schema/states.h"
#include "services/cli/ask.h"
#include "services/cli/draft.h"
#include "services/cli/output.h"
#include "services/cli/recovery.h"

enum {
    OPTION_ORG = CLI_KEY,
    OPTION_LEVEL,
    OPTION_NAME,
    OPTION_LISTEN,
    OPTION_EXPIRES,
    OPTION_ENDPOINT,
    OPTION_PHRASE_FILE,
    OPTION_REPLACE,
};

const struct argp_option BIRTH_INIT_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("the organisation that the node is of (required)"), 0},
    {"level", OPTION_LEVEL, "NAME", 0, N_("school, municipality, region or federation (required)"), 0},
    {"name", OPTION_NAME, "NAME", 0, N_("name shown to people; else the organisation's code"), 0},
    {"listen", OPTION_LISTEN, "tcp://HOST:PORT", 0,
     N_("where children connect; without it there can be none"), 0},
    {"phrase-file", OPTION_PHRASE_FILE, "FILE", 0,
     N_("a lost root comes back under its path and key: its recovery phrase (- for standard input)"), 0},
    {0},
};

const struct argp_option BIRTH_INVITE_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("the organisation that gets the node (required)"), 0},
    {"level", OPTION_LEVEL, "NAME", 0, N_("level of the node; else by the organisation's kind"), 0},
    {"expires", OPTION_EXPIRES, "TIME", 0, N_("how long the token is good: 90m, 72h, 14d (default 72h)"), 0},
    {"endpoint", OPTION_ENDPOINT, "tcp://HOST:PORT", 0,
     N_("how the child reaches this hub, when that is not the address it listens on"), 0},
    {"replace", OPTION_REPLACE, NULL, 0,
     N_("for a computer that takes the place of the organisation's node, which is cut off when it joins"), 0},
    {0},
};

// ---- checks

bool birth_is_endpoint(const char *text)
{
    return node_is_endpoint(text, false);
}

static int check_org(const cli_t *cli, const char *org)
{
    if (!org) return cli_usage(cli, _("which organisation? Give --org CODE"));
    if (!node_is_org(org)) return cli_usage(cli, _("'%s' cannot be the code of an organisation"), org);
    return CLI_DONE;
}

int birth_check_listen(const cli_t *cli, const char *option, const char *endpoint)
{
    if (!endpoint || birth_is_endpoint(endpoint)) return CLI_DONE;
    return cli_usage(cli, _("--%s '%s' is not of the form tcp://HOST:PORT with a port from 1 to 65535"),
                     option, endpoint);
}

// The level's code, for whoever typed its word.
static int read_level(const cli_t *cli, const char *level, const char **ret_code)
{
    *ret_code = level_name(states_level_named(level));
    if (*ret_code) return CLI_DONE;
    return cli_usage(cli, _("there is no level '%s'; it is one of: school municipality region federation"),
                     level);
}

int birth_check_name(const cli_t *cli, const char *name)
{
    if (!name || (*name && strlen(name) <= NODE_NAME_MAX && !strpbrk(name, "\n\r\t"))) return CLI_DONE;
    return cli_usage(cli, _("a name has 1 to %d bytes in one line"), NODE_NAME_MAX);
}

void birth_print_node(const cli_t *cli, const char *dir, const node_conf_t *conf, const node_keys_t *keys,
                      const uint8_t root[static NODE_KEY_SIZE])
{
    char path[PATH_TEXT], fingerprint[NODE_FINGERPRINT_TEXT];
    node_fingerprint(keys->public_key, fingerprint);
    if (cli->json) {
        json_t *json = json_object();
        json_object_set_new(json, "dir", output_text(dir));
        json_object_set_new(json, "org", output_text(conf->org));
        json_object_set_new(json, "level", output_text(conf->level));
        json_object_set_new(json, "name", output_text(conf->name));
        json_object_set_new(json, "path", output_text(path_text(&conf->path, path)));
        json_object_set_new(json, "key_fingerprint", output_text(fingerprint));
        recovery_add(json, root);
        output_json(&json);
        return;
    }
    recovery_tell(root);
    if (conf->replaced && conf->parent.known)
        cli_say(_("the phrase of the node before is good for nothing now; destroy that paper"));
    AUTO(xfree) char *word = shell_word(dir), *file = shell_word_of(dir, "/node.conf", NULL);
    if (conf->rank > 0 && !*conf->listen)
        cli_say(_("no node can join below this one: it has no --listen; set `listen` in %s before the start"),
                file);
    cli_say(_("the node of %s is made in %s; its key is %s. Start it: selenga node run %s"), conf->org, word,
            fingerprint, word);
}

// ---- init

static int write_root(const char *draft, const node_conf_t *conf, const node_keys_t *keys,
                      const uint8_t root[static ROOT_SIZE])
{
    why_t why;
    int r = root_save(draft, root, &why);
    if (r == 0) r = node_keys_save(draft, keys, &why);
    if (r == 0) r = node_conf_save(draft, conf, &why);
    return r == 0 ? CLI_DONE : cli_refuse("%s", why.text);
}

static int make_root(const cli_t *cli, const char *dir, const node_conf_t *conf,
                     const uint8_t root[static ROOT_SIZE])
{
    AUTO(draft_close) draft_t draft = {.fd = -1};
    node_keys_t keys;
    int r = draft_check_free(dir);
    if (r == CLI_DONE) r = draft_place(dir, ".new", &draft);
    if (r == CLI_DONE) r = draft_make(&draft);
    if (r != CLI_DONE) return r;
    root_keys(root, &keys);
    r = write_root(draft.at, conf, &keys, root);
    if (r == CLI_DONE) r = draft_finish(&draft, dir);
    if (r == CLI_DONE)
        birth_print_node(cli, dir, conf, &keys, root);
    else
        draft_remove(&draft);
    if (r == CLI_DONE && conf->replaced && !cli->json)
        cli_say(
            _("is that not the key that its children see in `selenga links`, the phrase is of another node. "
              "Once it runs, it knows each child again by its card: `selenga node card` there, `selenga "
              "node admit` here; they give back what they hold"));
    sodium_memzero(&keys, sizeof keys);
    return r;
}

int birth_init(const cli_t *cli)
{
    const char *org = cli_option(cli, OPTION_ORG), *level = cli_option(cli, OPTION_LEVEL);
    const char *name = cli_option(cli, OPTION_NAME), *listen = cli_option(cli, OPTION_LISTEN);
    int r = check_org(cli, org);
    if (r == CLI_DONE && !level) r = cli_usage(cli, _("of which level? Give --level NAME"));
    if (r == CLI_DONE) r = read_level(cli, level, &level);
    if (r == CLI_DONE) r = birth_check_name(cli, name);
    if (r == CLI_DONE) r = birth_check_listen(cli, "listen", listen);
    if (r != CLI_DONE) return r;
    uint8_t root[ROOT_SIZE];
    const char *phrase = cli_option(cli, OPTION_PHRASE_FILE);
    r = recovery_root(phrase, root);
    if (r != CLI_DONE) return r;
    node_conf_t conf = {.rank = (uint32_t)level_rank(level), .replaced = phrase != NULL};
    const path_t nowhere = {0};
    path_child(&nowhere, root_label(root), &conf.path);
    text_copy(conf.org, sizeof conf.org, org);
    text_copy(conf.level, sizeof conf.level, level);
    text_copy(conf.name, sizeof conf.name, name ? name : org);
    text_copy(conf.listen, sizeof conf.listen, listen ? listen : "");
    r = make_root(cli, cli->args[0], &conf, root);
    sodium_memzero(root, sizeof root);
    return r;
}

// ---- invite

static int choose_endpoint(const cli_t *cli, const char *listen,
                           char ret_endpoint[static TOKEN_ENDPOINT_MAX + 1])
{
    const char *given = cli_option(cli, OPTION_ENDPOINT);
    int r = birth_check_listen(cli, "endpoint", given);
    if (r != CLI_DONE) return r;
    AUTO(xfree) char *file = shell_word_of(cli->node, "/node.conf", NULL);
    if (!*listen)
        return cli_refuse(_("this node takes no children: set `listen` in %s and start it again"), file);
    if (invitation_endpoint(given ? given : listen, ret_endpoint))
        cli_say(
            _("the token names this hub as %s; if it is reached otherwise, give --endpoint tcp://HOST:PORT"),
            ret_endpoint);
    return CLI_DONE;
}

static void print_token(const cli_t *cli, const token_t *token, const Selenga__InviteReply *reply)
{
    char text[TOKEN_TEXT_MAX];
    token_text(token, text);
    if (!cli->json) {
        puts(text);
        return;
    }
    json_t *json = json_object();
    json_object_set_new(json, "token", json_string(text));
    json_object_set_new(json, "org", output_text(reply->org));
    json_object_set_new(json, "level", output_text(reply->level));
    json_object_set_new(json, "endpoint", output_text(token->endpoint));
    json_object_set_new(json, "expires", output_time(true, token->expires_s));
    json_object_set_new(json, "replace", json_boolean(token->replace));
    output_json(&json);
}

static int invite(const cli_t *cli, ask_t *ask, const char *level, invitation_t *invitation)
{
    Selenga__Invite request;
    AUTO(msg_body_free) Selenga__InviteReply *reply = NULL;
    invitation_request(invitation, level, &request);
    int r = ask_call(ask, SERVICE_REGISTRY, MSG_INVITE, &request, MSG_INVITE_REPLY,
                     &selenga__invite_reply__descriptor, &reply, ASK_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    if (!invitation_granted(invitation, reply))
        return cli_refuse(_("%s gave an answer that cannot be read; are all programs of one version?"),
                          words_service(SERVICE_REGISTRY));
    print_token(cli, &invitation->token, reply);
    return CLI_DONE;
}

static int make_invitation(const cli_t *cli, const char *org, int64_t seconds, invitation_t *ret)
{
    why_t why;
    char endpoint[TOKEN_ENDPOINT_MAX + 1];
    AUTO(node_conf_clear) node_conf_t conf = {0};
    if (node_conf_load(cli->node, &conf, &why) != 0) return cli_refuse("%s", why.text);
    int r = choose_endpoint(cli, conf.listen, endpoint);
    if (r != CLI_DONE) return r;
    bool replace = cli_option(cli, OPTION_REPLACE) != NULL;
    if (invitation_make(cli->node, org, endpoint, seconds, replace, ret, &why) != 0)
        return cli_refuse("%s", why.text);
    return CLI_DONE;
}

int birth_invite(const cli_t *cli)
{
    const char *org = cli_option(cli, OPTION_ORG), *level = cli_option(cli, OPTION_LEVEL);
    const char *expires = cli_option(cli, OPTION_EXPIRES);
    int64_t seconds = INVITATION_LIFE_S;
    int r = check_org(cli, org);
    if (r == CLI_DONE && level) r = read_level(cli, level, &level);
    if (r != CLI_DONE) return r;
    if (expires && !words_duration_parse(expires, &seconds))
        return cli_usage(cli, _("--expires '%s' is not a time like 90m, 72h or 14d"), expires);
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    invitation_t invitation;
    r = make_invitation(cli, org, seconds, &invitation);
    if (r == CLI_DONE) r = invite(cli, ask, level, &invitation);
    sodium_memzero(&invitation, sizeof invitation);
    return r;
}
