// SPDX-License-Identifier: Apache-2.0
// Making nodes. Everything is built in a folder beside the final one and renamed at the end, so a crash or a
// refusal leaves no half-made node.
//
// A joining node makes its key before it asks, and keeps it in DIR.joining until the hub's answer is safely
// written: when the answer is lost on the way, the same command with the same token asks again with the same
// key, and the hub answers again.
#include "services/cli/birth.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/caller.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/i18n.h"
#include "common/ids.h"
#include "common/kinds.h"
#include "common/msg.h"
#include "common/node.h"
#include "common/token.h"
#include "proto/envelope.pb-c.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"
#include "services/cli/words.h"

enum {
    OPTION_ORG = CLI_KEY,
    OPTION_LEVEL,
    OPTION_NAME,
    OPTION_LISTEN,
    OPTION_EXPIRES,
    OPTION_ENDPOINT,
    OPTION_TIMEOUT,
    JOIN_TIMEOUT_S = 20, // a slow line needs several round trips for the handshake alone
};

const struct argp_option BIRTH_INIT_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("the organisation that the node is of (required)"), 0},
    {"level", OPTION_LEVEL, "NAME", 0, N_("school, municipality, region or federation (required)"), 0},
    {"name", OPTION_NAME, "NAME", 0, N_("name shown to people; else the organisation's code"), 0},
    {"listen", OPTION_LISTEN, "tcp://HOST:PORT", 0,
     N_("where children connect; without it there can be none"), 0},
    {0},
};

const struct argp_option BIRTH_INVITE_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("the organisation that gets the node (required)"), 0},
    {"level", OPTION_LEVEL, "NAME", 0, N_("level of the node; else by the organisation's kind"), 0},
    {"expires", OPTION_EXPIRES, "TIME", 0, N_("how long the token is good: 90m, 72h, 14d (default 72h)"), 0},
    {"endpoint", OPTION_ENDPOINT, "tcp://HOST:PORT", 0,
     N_("how the child reaches this hub, when that is not the address it listens on"), 0},
    {0},
};

const struct argp_option BIRTH_JOIN_OPTIONS[] = {
    {"listen", OPTION_LISTEN, "tcp://HOST:PORT", 0, N_("where children of the new node will connect"), 0},
    {"name", OPTION_NAME, "NAME", 0, N_("name shown to people; else as the hub says"), 0},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0, N_("how long to wait for the hub (default 20)"), 0},
    {0},
};

// ---- checks

bool birth_is_endpoint(const char *text)
{
    static const char scheme[] = "tcp://";
    if (strncmp(text, scheme, sizeof scheme - 1) != 0 || strlen(text) > NODE_ENDPOINT_MAX) return false;
    const char *host = text + sizeof scheme - 1, *colon = strrchr(host, ':');
    int64_t port;
    if (!colon || colon == host || !int_parse(colon + 1, 1, 65535, &port)) return false;
    for (const char *c = host; c < colon; c++)
        if (*c <= ' ' || *c >= 0x7f || *c == '/' || *c == '"' || *c == '\'') return false;
    return true;
}

bool birth_is_org(const char *text)
{
    size_t n = strlen(text);
    if (n == 0 || n > NODE_ORG_MAX) return false;
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == ':' || *c == ';' || *c == '"' || *c == '\'')
            return false;
    return true;
}

static int check_org(const cli_t *cli, const char *org)
{
    if (!org) return cli_usage(cli, _("which organisation? Give --org CODE"));
    if (!birth_is_org(org)) return cli_usage(cli, _("'%s' cannot be the code of an organisation"), org);
    return CLI_DONE;
}

static int check_listen(const cli_t *cli, const char *option, const char *endpoint)
{
    if (!endpoint || birth_is_endpoint(endpoint)) return CLI_DONE;
    return cli_usage(cli, _("--%s '%s' is not of the form tcp://HOST:PORT"), option, endpoint);
}

static int check_level(const cli_t *cli, const char *level)
{
    if (level_rank(level) >= 0) return CLI_DONE;
    return cli_usage(cli, _("there is no level '%s'; it is one of: school municipality region federation"),
                     level);
}

static int check_name(const cli_t *cli, const char *name)
{
    if (!name || (*name && strlen(name) <= NODE_NAME_MAX && !strpbrk(name, "\n\r\t"))) return CLI_DONE;
    return cli_usage(cli, _("a name has 1 to %d bytes in one line"), NODE_NAME_MAX);
}

// ---- directories

// Removes what a making that was broken off has left; nothing else, so a folder with anything more in it
// stays.
static void remove_draft(const char *draft)
{
    static const char *const names[] = {
        "node.conf",
        "node.conf.new",
        "secret/node.key",
        "secret/node.key.new",
        "secret/person.key",
        "secret/person.key.new",
        "token",
        // folders, inner ones first
        "secret",
        "run",
        "log",
        "store/registry",
        "store/diagnostics",
        "store/routing",
        "store/reporting",
        "store",
    };
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", draft, names[i]);
        if (unlink(path) != 0) rmdir(path);
    }
    rmdir(draft);
}

// "DIR" without slashes at its end and `suffix`.
static int draft_name(const char *dir, const char *suffix, char *ret_draft, size_t size)
{
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/') n--;
    int length = snprintf(ret_draft, size, "%.*s%s", (int)n, dir, suffix);
    if (length < 0 || (size_t)length >= size) return cli_refuse("%s: %s", dir, strerror(ENAMETOOLONG));
    return CLI_DONE;
}

// DIR may be absent, or an empty folder.
static int check_free(const char *dir)
{
    struct stat st;
    if (lstat(dir, &st) != 0) return errno == ENOENT ? CLI_DONE : cli_refuse("%s: %s", dir, strerror(errno));
    if (S_ISDIR(st.st_mode) && rmdir(dir) == 0)
        return mkdir(dir, st.st_mode & 07777) == 0 ? CLI_DONE : CLI_REFUSED;
    return cli_refuse(_("%s exists and is not empty; nothing was changed"), dir);
}

static int make_draft(const char *draft)
{
    why_t why;
    remove_draft(draft);
    if (node_make_dirs(draft, &why) == 0) return CLI_DONE;
    return cli_refuse("%s", why.text);
}

// The draft becomes the node, durably.
static int finish_draft(const char *draft, const char *dir)
{
    if (rename(draft, dir) != 0) return cli_refuse("%s: %s", dir, strerror(errno));
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s/..", dir);
    AUTO(xclose) int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) fsync(fd);
    return CLI_DONE;
}

static void print_node(const cli_t *cli, const char *dir, const node_conf_t *conf, const node_keys_t *keys)
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
        output_json(&json);
        return;
    }
    cli_say(_("the node of %s is made in %s; its key is %s. Start it: selenga node run %s"), conf->org, dir,
            fingerprint, dir);
}

// ---- init

static uint32_t random_label(void)
{
    uint32_t label;
    do {
        label = randombytes_random();
    } while (label < PEER_LABEL_MIN || label == PEER_PARENT);
    return label;
}

static int write_root(const char *draft, const node_conf_t *conf, const node_keys_t *keys)
{
    why_t why;
    uint8_t person_key[NODE_KEY_SIZE];
    randombytes_buf(person_key, sizeof person_key);
    int r = node_keys_save(draft, keys, &why);
    if (r == 0) r = node_person_key_save(draft, person_key, &why);
    if (r == 0) r = node_conf_save(draft, conf, &why);
    sodium_memzero(person_key, sizeof person_key);
    return r == 0 ? CLI_DONE : cli_refuse("%s", why.text);
}

static int make_root(const cli_t *cli, const char *dir, const node_conf_t *conf)
{
    char draft[PATH_MAX];
    node_keys_t keys;
    node_keys_make(&keys);
    int r = check_free(dir);
    if (r == CLI_DONE) r = draft_name(dir, ".new", draft, sizeof draft);
    if (r == CLI_DONE) r = make_draft(draft);
    if (r != CLI_DONE) return r;
    r = write_root(draft, conf, &keys);
    if (r == CLI_DONE) r = finish_draft(draft, dir);
    if (r == CLI_DONE)
        print_node(cli, dir, conf, &keys);
    else
        remove_draft(draft);
    return r;
}

int birth_init(const cli_t *cli)
{
    const char *org = cli_option(cli, OPTION_ORG), *level = cli_option(cli, OPTION_LEVEL);
    const char *name = cli_option(cli, OPTION_NAME), *listen = cli_option(cli, OPTION_LISTEN);
    int r = check_org(cli, org);
    if (r == CLI_DONE && !level) r = cli_usage(cli, _("of which level? Give --level NAME"));
    if (r == CLI_DONE) r = check_level(cli, level);
    if (r == CLI_DONE) r = check_name(cli, name);
    if (r == CLI_DONE) r = check_listen(cli, "listen", listen);
    if (r != CLI_DONE) return r;
    node_conf_t conf = {.rank = (uint32_t)level_rank(level)};
    const path_t nowhere = {0};
    path_child(&nowhere, random_label(), &conf.path);
    text_copy(conf.org, sizeof conf.org, org);
    text_copy(conf.level, sizeof conf.level, level);
    text_copy(conf.name, sizeof conf.name, name ? name : org);
    text_copy(conf.listen, sizeof conf.listen, listen ? listen : "");
    return make_root(cli, cli->args[0], &conf);
}

// ---- invite

// How a child reaches us. An address that means "all of this machine's" is no address for others.
static int choose_endpoint(const cli_t *cli, const node_conf_t *conf, char *ret_endpoint, size_t size)
{
    const char *given = cli_option(cli, OPTION_ENDPOINT);
    int r = check_listen(cli, "endpoint", given);
    if (r != CLI_DONE) return r;
    if (!*conf->listen)
        return cli_refuse(_("this node takes no children: set `listen` in %s/node.conf and start it again"),
                          cli->node);
    const char *endpoint = given ? given : conf->listen, *port = strrchr(endpoint, ':');
    bool everywhere = strncmp(endpoint, "tcp://0.0.0.0:", 14) == 0 || strncmp(endpoint, "tcp://*:", 8) == 0 ||
                      strncmp(endpoint, "tcp://[::]:", 11) == 0;
    if (!everywhere) {
        snprintf(ret_endpoint, size, "%s", endpoint);
        return CLI_DONE;
    }
    char host[128] = "localhost";
    gethostname(host, sizeof host - 1);
    snprintf(ret_endpoint, size, "tcp://%s%s", host, port);
    cli_say(_("the token names this hub as %s; if it is reached otherwise, give --endpoint tcp://HOST:PORT"),
            ret_endpoint);
    return CLI_DONE;
}

static int request_invite(ask_t *ask, const token_t *token, const char *level,
                          Selenga__InviteReply **ret_reply)
{
    node_keys_t once;
    node_keys_of_secret(token->secret, &once);
    Selenga__Invite request = SELENGA__INVITE__INIT;
    request.org = (char *)token->org;
    request.level = (char *)level;
    request.has_expires_s = true;
    request.expires_s = token->expires_s;
    request.has_key = true;
    request.key = (ProtobufCBinaryData){sizeof once.public_key, once.public_key};
    return ask_call(ask, SERVICE_REGISTRY, MSG_INVITE, &request, MSG_INVITE_REPLY,
                    &selenga__invite_reply__descriptor, ret_reply, ASK_TIMEOUT_MS);
}

// A warning comes as a fault's code, about the organisation.
static void say_warning(const Selenga__InviteReply *reply)
{
    Selenga__Fault fault = SELENGA__FAULT__INIT;
    fault.code = reply->warning;
    fault.field = "org";
    fault.args = (char **)&reply->org;
    fault.n_args = reply->org ? 1 : 0;
    AUTO(xfree) char *text = ask_fault_text(&fault);
    cli_say("%s", text);
}

static void print_token(const cli_t *cli, const token_t *token, const Selenga__InviteReply *reply)
{
    char text[TOKEN_TEXT_MAX];
    token_text(token, text);
    if (reply->warning && *reply->warning) say_warning(reply);
    if (!cli->json) {
        puts(text);
        return;
    }
    json_t *json = json_object();
    json_object_set_new(json, "token", json_string(text));
    json_object_set_new(json, "org", output_text(reply->org));
    json_object_set_new(json, "level", output_text(reply->level));
    json_object_set_new(json, "endpoint", output_text(token->endpoint));
    json_object_set_new(json, "expires_s", json_integer(token->expires_s));
    output_json(&json);
}

static int invite(const cli_t *cli, ask_t *ask, token_t *token)
{
    why_t why;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    node_keys_t keys;
    if (node_conf_load(cli->node, &conf, &why) != 0 || node_keys_load(cli->node, &keys, &why) != 0)
        return cli_refuse("%s", why.text);
    int r = choose_endpoint(cli, &conf, token->endpoint, sizeof token->endpoint);
    if (r != CLI_DONE) return r;
    memcpy(token->hub_key, keys.public_key, sizeof token->hub_key);
    sodium_memzero(&keys, sizeof keys);
    randombytes_buf(token->secret, sizeof token->secret);
    AUTO(msg_body_free) Selenga__InviteReply *reply = NULL;
    r = request_invite(ask, token, cli_option(cli, OPTION_LEVEL), &reply);
    if (r == CLI_DONE) print_token(cli, token, reply);
    return r;
}

int birth_invite(const cli_t *cli)
{
    const char *org = cli_option(cli, OPTION_ORG), *level = cli_option(cli, OPTION_LEVEL);
    const char *expires = cli_option(cli, OPTION_EXPIRES);
    int64_t seconds;
    int r = check_org(cli, org);
    if (r == CLI_DONE && level) r = check_level(cli, level);
    if (r != CLI_DONE) return r;
    if (!words_duration_parse(expires ? expires : "72h", &seconds))
        return cli_usage(cli, _("--expires '%s' is not a time like 90m, 72h or 14d"), expires);
    token_t token = {.expires_s = wall_s() + seconds};
    text_copy(token.org, sizeof token.org, org);
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(cli, &ask);
    if (r == CLI_DONE) r = invite(cli, ask, &token);
    sodium_memzero(&token, sizeof token);
    return r;
}

// ---- join

enum { TOKEN_SUM = 32 };

// The key made for this token: kept from an earlier try, or made now.
static int prepare_key(const char *draft, const char *token, node_keys_t *ret_keys)
{
    char path[PATH_MAX];
    why_t why;
    uint8_t sum[TOKEN_SUM];
    crypto_generichash(sum, sizeof sum, (const uint8_t *)token, strlen(token), NULL, 0);
    snprintf(path, sizeof path, "%s/token", draft);
    AUTO(xfree) uint8_t *kept = NULL;
    size_t size = 0;
    bool same = file_read(path, sizeof sum, true, &kept, &size) == 0 && size == sizeof sum &&
                memcmp(kept, sum, sizeof sum) == 0;
    if (same && node_keys_load(draft, ret_keys, &why) == 0) return CLI_DONE;
    int r = make_draft(draft);
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

// What the hub says, checked, as our own configuration.
static bool fill_conf(const cli_t *cli, const token_t *token, const Selenga__JoinReply *reply,
                      node_conf_t *conf)
{
    const char *name = reply->name && *reply->name ? reply->name : token->org;
    const char *given = cli_option(cli, OPTION_NAME), *listen = cli_option(cli, OPTION_LISTEN);
    int rank = reply->level ? level_rank(reply->level) : -1;
    bool good =
        rank >= 0 && path_from_bytes(slice(reply->path.data, reply->path.len), &conf->path) &&
        conf->path.len > PATH_LABEL && reply->person_key.len == NODE_KEY_SIZE && reply->org &&
        strcmp(reply->org, token->org) == 0 && reply->parent_rank <= NODE_RANK_MAX &&
        text_copy(conf->org, sizeof conf->org, reply->org) &&
        text_copy(conf->level, sizeof conf->level, reply->level) &&
        text_copy(conf->name, sizeof conf->name, given ? given : name) &&
        text_copy(conf->listen, sizeof conf->listen, listen ? listen : "") &&
        text_copy(conf->parent.endpoint, sizeof conf->parent.endpoint, token->endpoint) &&
        text_copy(conf->parent.org, sizeof conf->parent.org, reply->parent_org ? reply->parent_org : "");
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
    char path[PATH_MAX];
    if (!fill_conf(cli, token, reply, conf)) return cannot_join(token, CALLER_E_BROKEN);
    if (node_person_key_save(draft, reply->person_key.data, &why) != 0 ||
        node_conf_save(draft, conf, &why) != 0)
        return cli_refuse("%s", why.text);
    snprintf(path, sizeof path, "%s/token", draft);
    unlink(path);
    return CLI_DONE;
}

static int join(const cli_t *cli, const char *dir, const token_t *token, int timeout_ms)
{
    char draft[PATH_MAX];
    node_keys_t keys;
    int r = check_free(dir);
    if (r == CLI_DONE) r = draft_name(dir, ".joining", draft, sizeof draft);
    if (r == CLI_DONE) r = prepare_key(draft, cli->args[1], &keys);
    if (r != CLI_DONE) return r;
    AUTO(msg_body_free) Selenga__JoinReply *reply = NULL;
    node_conf_t conf = {0};
    bool denied = false;
    r = ask_hub(cli, token, &keys, timeout_ms, &reply, &denied);
    if (r == CLI_DONE) r = write_child(cli, draft, token, reply, &conf);
    if (r == CLI_DONE) r = finish_draft(draft, dir);
    if (r == CLI_DONE) print_node(cli, dir, &conf, &keys);
    if (denied) remove_draft(draft);
    sodium_memzero(&keys, sizeof keys);
    return r;
}

int birth_join(const cli_t *cli)
{
    int64_t timeout_s = JOIN_TIMEOUT_S;
    const char *timeout = cli_option(cli, OPTION_TIMEOUT);
    if (timeout && !int_parse(timeout, 1, 3600, &timeout_s))
        return cli_usage(cli, _("--timeout '%s' is not a number of seconds from 1 to 3600"), timeout);
    int r = check_name(cli, cli_option(cli, OPTION_NAME));
    if (r == CLI_DONE) r = check_listen(cli, "listen", cli_option(cli, OPTION_LISTEN));
    if (r != CLI_DONE) return r;
    token_t token;
    r = token_parse(cli->args[1], &token);
    if (r != 0) return cli_refuse("%s", token_fault(r));
    r = join(cli, cli->args[0], &token, (int)timeout_s * 1000);
    sodium_memzero(&token, sizeof token);
    return r;
}
