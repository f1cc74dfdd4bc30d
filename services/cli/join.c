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

#include "common/caller.h"
#include "common/file.h"
#include "common/i18n.h"
#include "common/ids.h"
#include "common/kinds.h"
#include "common/msg.h"
#include "common/text.h"
#include "common/token.h"
#include "proto/envelope.pb-c.h"
#include "services/cli/ask.h"
#include "services/cli/draft.h"

enum {
    OPTION_LISTEN = CLI_KEY,
    OPTION_NAME,
    OPTION_TIMEOUT,
    JOIN_TIMEOUT_S = 20, // a slow line needs several round trips for the handshake alone
};

const struct argp_option BIRTH_JOIN_OPTIONS[] = {
    {"listen", OPTION_LISTEN, "tcp://HOST:PORT", 0, N_("where children of the new node will connect"), 0},
    {"name", OPTION_NAME, "NAME", 0, N_("name shown to people; else as the hub says"), 0},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0, N_("how long to wait for the hub (default 20)"), 0},
    {0},
};

enum { TOKEN_SUM = 32 };

// The key made for this token: kept from an earlier try, or made now.
static int prepare_key(const char *draft, const char *token, node_keys_t *ret_keys)
{
    char path[PATH_MAX + sizeof "/token"];
    why_t why;
    uint8_t sum[TOKEN_SUM];
    crypto_generichash(sum, sizeof sum, (const uint8_t *)token, strlen(token), NULL, 0);
    snprintf(path, sizeof path, "%s/token", draft);
    AUTO(xfree) uint8_t *kept = NULL;
    size_t size = 0;
    bool same = file_read(path, sizeof sum, true, &kept, &size) == 0 && size == sizeof sum &&
                memcmp(kept, sum, sizeof sum) == 0;
    if (same && node_keys_load(draft, ret_keys, &why) == 0) return CLI_DONE;
    int r = draft_make(draft);
    if (r != CLI_DONE) return r;
    node_keys_make(ret_keys);
    if (node_keys_save(draft, ret_keys, &why) != 0) return cli_refuse("%s", why.text);
    int error = file_replace(path, slice(sum, sizeof sum), 0600);
    return error < 0 ? cli_refuse("%s: %s", path, strerror(-error)) : CLI_DONE;
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
        return cli_refuse("%s: %s", token->endpoint, strerror(-r));
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
static int ask_hub(const cli_t *cli, const token_t *token, const node_keys_t *keys, int timeout_ms,
                   Selenga__JoinReply **ret_reply, bool *ret_denied)
{
    AUTO(caller_close) caller_t *caller = NULL;
    int r = caller_open_hub(token, &caller);
    if (r != 0) return cannot_join(token, r);
    Selenga__Join request = SELENGA__JOIN__INIT;
    request.has_key = true;
    request.key = (ProtobufCBinaryData){sizeof keys->public_key, (uint8_t *)keys->public_key};
    request.name = (char *)cli_option(cli, OPTION_NAME);
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
        rank >= 0 && path_from_bytes(slice(reply->path.data, reply->path.len), &conf->path) &&
        conf->path.len > PATH_LABEL && reply->org && node_is_org(reply->org) &&
        strcmp(reply->org, token->org) == 0 && reply->parent_rank <= NODE_RANK_MAX &&
        copy_clean(conf->org, sizeof conf->org, reply->org) &&
        text_copy(conf->level, sizeof conf->level, reply->level) &&
        copy_clean(conf->name, sizeof conf->name, given ? given : name) &&
        text_copy(conf->listen, sizeof conf->listen, listen ? listen : "") &&
        copy_clean(conf->parent.endpoint, sizeof conf->parent.endpoint, token->endpoint) &&
        (!reply->parent_org || !*reply->parent_org || node_is_org(reply->parent_org)) &&
        copy_clean(conf->parent.org, sizeof conf->parent.org, reply->parent_org ? reply->parent_org : "");
    if (!good) return false;
    conf->rank = (uint32_t)rank;
    conf->parent.known = true;
    conf->parent.rank = reply->parent_rank;
    memcpy(conf->parent.key, token->hub_key, sizeof conf->parent.key);
    return true;
}

static int write_child(const cli_t *cli, const char *draft, const token_t *token,
                       const Selenga__JoinReply *reply, node_conf_t *conf)
{
    why_t why;
    char path[PATH_MAX + sizeof "/token"];
    if (!fill_conf(cli, token, reply, conf)) return cannot_join(token, CALLER_E_BROKEN);
    if (node_conf_save(draft, conf, &why) != 0) return cli_refuse("%s", why.text);
    snprintf(path, sizeof path, "%s/token", draft);
    unlink(path);
    return CLI_DONE;
}

static int join(const cli_t *cli, const char *dir, const token_t *token, int timeout_ms)
{
    char draft[PATH_MAX];
    node_keys_t keys;
    int r = draft_check_free(dir);
    if (r == CLI_DONE) r = draft_name(dir, ".joining", draft, sizeof draft);
    if (r == CLI_DONE) r = prepare_key(draft, cli->args[1], &keys);
    if (r != CLI_DONE) return r;
    AUTO(msg_body_free) Selenga__JoinReply *reply = NULL;
    node_conf_t conf = {0};
    bool denied = false;
    r = ask_hub(cli, token, &keys, timeout_ms, &reply, &denied);
    if (r == CLI_DONE) r = write_child(cli, draft, token, reply, &conf);
    if (r == CLI_DONE) r = draft_finish(draft, dir);
    if (r == CLI_DONE) birth_print_node(cli, dir, &conf, &keys);
    if (denied) draft_remove(draft);
    sodium_memzero(&keys, sizeof keys);
    return r;
}

int birth_join(const cli_t *cli)
{
    int64_t timeout_s = JOIN_TIMEOUT_S;
    const char *timeout = cli_option(cli, OPTION_TIMEOUT);
    if (timeout && !int_parse(timeout, 1, 3600, &timeout_s))
        return cli_usage(cli, _("--timeout '%s' is not a number of seconds from 1 to 3600"), timeout);
    int r = birth_check_name(cli, cli_option(cli, OPTION_NAME));
    if (r == CLI_DONE) r = birth_check_listen(cli, "listen", cli_option(cli, OPTION_LISTEN));
    if (r != CLI_DONE) return r;
    token_t token;
    r = token_parse(cli->args[1], &token);
    if (r != 0) return cli_refuse("%s", token_fault(r));
    r = join(cli, cli->args[0], &token, (int)timeout_s * 1000);
    sodium_memzero(&token, sizeof token);
    return r;
}
