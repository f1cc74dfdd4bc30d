// SPDX-License-Identifier: Apache-2.0
// Shows what the watchers of common/watch find. What programs read is the watcher's code.
#include "services/cli/attention.h"
#include "common/forms/grid.h"
#include "common/forms/view.h"
#include "common/node/node.h"
#include "common/schema/states.h"
#include "common/watch/attention.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"
#include <stdio.h>

enum { OPTION_ORG = CLI_KEY, OPTION_ROLE };

const struct argp_option ATTENTION_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("only of this organisation and those below it"), 0},
    {"role", OPTION_ROLE, "ROLE", 0,
     N_("only what is for this role: coordinator (a school's), methodist (a municipality's), regional, "
        "operator"),
     0},
    {0},
};

// A day, or a moment, as programs write it.
static const char *since_of(const finding_t *found, char buf[OUTPUT_TIME_TEXT])
{
    return found->since_s != 0 ? output_time_text(found->since_s, buf) : found->since;
}

// The same for people.
static const char *since_words(const finding_t *found, char buf[static VIEW_TEXT])
{
    return found->since_s != 0 ? view_moment(found->since_s, i18n_now(), buf)
                               : view_day_text(found->since, i18n_now(), buf);
}

static void print_json(const findings_t *found)
{
    json_t *all = json_array();
    for (size_t i = 0; i < found->n; i++) {
        char buf[OUTPUT_TIME_TEXT];
        const finding_t *one = &found->items[i];
        json_array_append_new(all,
                              json_pack("{s:s, s:o, s:o, s:o, s:o}", "what", one->what, "org",
                                        output_text(one->org), "ref", output_text(one->ref), "since",
                                        output_text(since_of(one, buf)), "text", output_text(one->text)));
    }
    output_json(&all);
}

static void print_table(const findings_t *found)
{
    const char *const titles[] = {N_("what"), N_("organisation"), N_("record"), N_("since"),
                                  N_("what to do")};
    AUTO(grid_destroy) grid_t *grid = grid_new();
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) grid_column(grid, _(titles[i]));
    for (size_t i = 0; i < found->n; i++) {
        char buf[VIEW_TEXT];
        const finding_t *one = &found->items[i];
        grid_cell(grid, attention_words(one->what));
        grid_cell(grid, one->org);
        grid_cell(grid, one->ref);
        grid_cell(grid, since_words(one, buf));
        grid_cell(grid, one->text);
    }
    if (grid_rows(grid) > 0)
        grid_print(grid, stdout);
    else
        puts(_("nothing needs anybody"));
}

static int choose_role(const cli_t *cli, unsigned *ret_roles)
{
    const char *role = cli_option(cli, OPTION_ROLE);
    *ret_roles = role != NULL ? states_role(role) & attention_roles() : attention_roles();
    if (*ret_roles != 0) return CLI_DONE;
    return cli_usage(cli, _("nothing is for the role '%s'; there are: %s"), role,
                     "coordinator, methodist, regional, operator");
}

int attention_run(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    AUTO(findings_clear) findings_t found = {0};
    attention_ask_t wanted = {.org = cli_option(cli, OPTION_ORG)};
    why_t why;
    client_why_t client_why;
    int r = choose_role(cli, &wanted.roles);
    if (r == CLI_DONE) r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    if (node_conf_load(cli->node, &conf, &why) != 0) return cli_refuse("%s", why.text);
    wanted.own = conf.path;
    ask_catch_up_all(ask);
    client_status_t status = attention_read(ask_client(ask), &wanted, &found, &client_why);
    if (status != CLIENT_DONE) return ask_said(ask, status, &client_why);
    if (cli->json)
        print_json(&found);
    else
        print_table(&found);
    return CLI_DONE;
}
