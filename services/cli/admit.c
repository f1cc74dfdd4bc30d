// SPDX-License-Identifier: Apache-2.0
#include "services/cli/admit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/node/card.h"
#include "common/node/msg.h"
#include "common/schema/kinds.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"
#include "services/cli/typed.h"

enum { CARD_INPUT = 8192 };

static void print(const cli_t *cli, const card_t *card, const char *text)
{
    char path[PATH_TEXT], fingerprint[NODE_FINGERPRINT_TEXT];
    node_fingerprint(card->key, fingerprint);
    path_text(&card->path, path);
    if (cli->json) {
        json_t *json = json_object();
        if (text) json_object_set_new(json, "card", json_string(text));
        json_object_set_new(json, "org", output_text(card->org));
        json_object_set_new(json, "name", output_text(card->name));
        json_object_set_new(json, "level", output_text(level_name(card->rank)));
        json_object_set_new(json, "path", output_text(path));
        json_object_set_new(json, "key_fingerprint", output_text(fingerprint));
        output_json(&json);
        return;
    }
    if (text) puts(text);
    cli_say(_("%s, %s, path %s, key %s"), card->org, card->name, path, fingerprint);
}

int admit_card(const cli_t *cli)
{
    const char *dir = cli->n_args ? cli->args[0] : cli->node;
    if (!dir) return cli_usage(cli, _("which node? Give its directory"));
    why_t why;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    node_keys_t keys;
    uint8_t root[ROOT_SIZE];
    char text[CARD_TEXT_MAX];
    if (node_conf_load(dir, &conf, &why) != 0 || node_keys_load(dir, &keys, &why) != 0)
        return cli_refuse("%s", why.text);
    card_t card = {.rank = (uint8_t)conf.rank, .path = conf.path};
    strcpy(card.org, conf.org);
    strcpy(card.name, conf.name);
    memcpy(card.key, keys.public_key, sizeof card.key);
    sodium_memzero(&keys, sizeof keys);
    if (root_load(dir, root, &why) != 0) return cli_refuse("%s", why.text);
    root_check(root, card.root_check);
    sodium_memzero(root, sizeof root);
    card_text(&card, text);
    print(cli, &card, text);
    return CLI_DONE;
}

static int admit(const cli_t *cli, const card_t *card)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    Selenga__Admit request = SELENGA__ADMIT__INIT;
    request.org = (char *)card->org;
    request.name = (char *)card->name;
    request.level = (char *)level_name(card->rank);
    request.has_path = request.has_key = request.has_root_check = true;
    request.path = (ProtobufCBinaryData){card->path.len, (uint8_t *)card->path.b};
    request.key = (ProtobufCBinaryData){sizeof card->key, (uint8_t *)card->key};
    request.root_check = (ProtobufCBinaryData){sizeof card->root_check, (uint8_t *)card->root_check};
    r = ask_call(ask, SERVICE_REGISTRY, MSG_ADMIT, &request, MSG_DONE, NULL, NULL, ASK_TIMEOUT_MS);
    if (r == CLI_DONE) print(cli, card, NULL);
    return r;
}

int admit_run(const cli_t *cli)
{
    AUTO(typed_wipe) char *text = NULL;
    card_t card;
    int r = typed_argument(cli->args[0], CARD_INPUT, &text);
    if (r != CLI_DONE) return r;
    if (!card_parse(text, &card) || !level_name(card.rank))
        return cli_refuse(_("this is not a node's card, or it is damaged; copy the whole line that `selenga "
                            "node card` prints"));
    return admit(cli, &card);
}
