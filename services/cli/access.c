// SPDX-License-Identifier: Apache-2.0
#include "services/cli/access.h"
#include "common/base/i18n.h"
#include "common/forms/grid.h"
#include "common/schema/access.h"
#include "services/cli/output.h"
#include <string.h>

enum { OPTION_ROLE = CLI_KEY };

const struct argp_option ACCESS_OPTIONS[] = {
    {"role", OPTION_ROLE, "ROLE", 0, N_("only what this role may"), 0},
    {0},
};

typedef struct shown {
    output_array_t json;
    grid_t *grid; // NULL: as JSON
} shown_t;

// --- JSON: every cell, also those that are refused

static void add_cell(shown_t *shown, unsigned role, const char *kind, const char *action, bool allowed)
{
    json_t *cell = json_object();
    json_object_set_new(cell, "role", json_string(role_name(role)));
    json_object_set_new(cell, "kind", output_text(kind));
    json_object_set_new(cell, "action", json_string(action));
    json_object_set_new(cell, "allowed", json_boolean(allowed));
    output_array_add(&shown->json, &cell);
}

static void add_kind(shown_t *shown, unsigned role, const kind_rule_t *kind)
{
    for (access_action_t action = 0; action < ACCESS_ACTIONS; action++)
        add_cell(shown, role, kind->name, access_action_name(action),
                 (access_roles(kind, action) & role) != 0);
}

// --- text: what is allowed

static void say_kind(shown_t *shown, unsigned role, const kind_rule_t *kind)
{
    char may[64] = "";
    for (access_action_t action = 0; action < ACCESS_ACTIONS; action++) {
        size_t used = strlen(may);
        if ((access_roles(kind, action) & role) != 0)
            snprintf(may + used, sizeof may - used, "%s%s", used > 0 ? ", " : "", access_action_name(action));
    }
    if (may[0] == '\0') return;
    grid_cell(shown->grid, role_name(role));
    grid_cell(shown->grid, kind->name);
    grid_cellf(shown->grid, "%s%s%s", may, role == R_TEACHER && kind->access.own[0] != '\0' ? ": " : "",
               role == R_TEACHER && kind->access.own[0] != '\0' ? _("his own") : "");
    grid_cell(shown->grid, bilingual_text(&kind->label));
}

static void say_action(shown_t *shown, unsigned role, const access_row_t *row)
{
    if ((row->roles & role) == 0) return;
    grid_cell(shown->grid, role_name(role));
    grid_cell(shown->grid, "-");
    grid_cell(shown->grid, row->name);
    grid_cell(shown->grid, bilingual_text(&row->label));
}

// ---

static void show_role(shown_t *shown, unsigned role)
{
    for (size_t i = 0; i < N_KINDS; i++) {
        if (shown->grid != NULL)
            say_kind(shown, role, KINDS[i]);
        else
            add_kind(shown, role, KINDS[i]);
    }
    for (size_t i = 0; i < N_ACCESS_ROWS; i++) {
        const access_row_t *row = &ACCESS_ROWS[i];
        if (access_row_by_name(row->name) != row) continue; // several messages are one action
        if (shown->grid != NULL)
            say_action(shown, role, row);
        else
            add_cell(shown, role, NULL, row->name, (row->roles & role) != 0);
    }
}

int access_run(const cli_t *cli)
{
    const char *name = cli_option(cli, OPTION_ROLE);
    unsigned only = name ? role_by_name(name) : R_ANY;
    shown_t shown = {0};
    if (only == 0) return cli_usage(cli, _("there is no role `%s`"), name);
    if (!cli->json) {
        const char *const titles[] = {N_("role"), N_("kind"), N_("may"), N_("what")};
        shown.grid = grid_new();
        for (size_t i = 0; i < ARRAY_SIZE(titles); i++) grid_column(shown.grid, _(titles[i]));
    } else {
        output_array_begin(&shown.json);
    }
    for (unsigned role = 1; role <= R_ANY; role <<= 1)
        if ((role & only) != 0) show_role(&shown, role);
    if (cli->json)
        output_array_end(&shown.json);
    else
        grid_print(shown.grid, stdout);
    grid_destroy(&shown.grid);
    return CLI_DONE;
}
