// SPDX-License-Identifier: Apache-2.0
#include "services/cli/recovery.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/shell.h"
#include "common/node/phrase.h"
#include "services/cli/output.h"
#include "services/cli/typed.h"

enum { OPTION_YES = CLI_KEY };

const struct argp_option RECOVERY_PHRASE_OPTIONS[] = {
    {"yes", OPTION_YES, NULL, 0, N_("print it without asking"), 0},
    {0},
};

int recovery_root(const char *phrase_file, uint8_t ret_root[static ROOT_SIZE])
{
    why_t why;
    if (!phrase_file) {
        root_make(ret_root);
        return CLI_DONE;
    }
    AUTO(typed_wipe) char *text = NULL;
    int r = typed_file(phrase_file, PHRASE_INPUT, &text);
    if (r != CLI_DONE) return r;
    return phrase_read(slice_text(text), ret_root, &why) == 0 ? CLI_DONE : cli_refuse("%s", why.text);
}

void recovery_tell(const uint8_t root[static ROOT_SIZE])
{
    char text[PHRASE_TEXT];
    phrase_print(root, i18n_language(), text);
    cli_say(_("the recovery phrase of this node; write it on paper and keep it apart from the computer. With "
              "it a node that "
              "was lost comes back as itself; whoever else has it can be this node. It is shown again by: "
              "selenga --node DIR "
              "node key phrase"));
    fprintf(stderr, "\n    %s\n\n", text);
    sodium_memzero(text, sizeof text);
}

void recovery_add(json_t *json, const uint8_t root[static ROOT_SIZE])
{
    char text[PHRASE_TEXT];
    phrase_print(root, i18n_language(), text);
    json_object_set_new(json, "phrase", json_string(text));
    sodium_memzero(text, sizeof text);
}

static void print(const cli_t *cli, const uint8_t root[static ROOT_SIZE])
{
    char text[PHRASE_TEXT];
    if (cli->json) {
        json_t *json = json_object();
        recovery_add(json, root);
        output_json(&json);
        return;
    }
    phrase_print(root, i18n_language(), text);
    puts(text);
    sodium_memzero(text, sizeof text);
}

int recovery_phrase(const cli_t *cli)
{
    why_t why;
    uint8_t root[ROOT_SIZE];
    if (!cli->node) return cli_usage(cli, _("which node? Give --node DIR"));
    AUTO(node_conf_clear) node_conf_t conf = {0};
    if (node_conf_load(cli->node, &conf, &why) != 0) return cli_refuse("%s", why.text);
    AUTO(xfree) char *word = shell_word(cli->node);
    int r = root_load(cli->node, root, &why);
    if (r == NODE_E_ABSENT && root_check_lost(cli->node, &why) == 0)
        return cli_refuse(
            _("this node has no root secret yet; it is made at the next start: selenga node run %s"), word);
    if (r != 0) return cli_refuse("%s", why.text);
    bool agreed = cli_option(cli, OPTION_YES) != NULL ||
                  typed_yes(_("Whoever sees the recovery phrase can be this node. Show it here?"));
    if (agreed) print(cli, root);
    sodium_memzero(root, sizeof root);
    return agreed ? CLI_DONE : cli_refuse(_("nothing was shown; to show it without a question, give --yes"));
}
