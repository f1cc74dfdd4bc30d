// SPDX-License-Identifier: Apache-2.0
// Records on the terminal: names and codes, as the command line takes them.
#include "services/cli/show.h"

#include "common/base/i18n.h"
#include "common/forms/view.h"
#include "common/forms/words.h"
#include "services/cli/cli.h"

static view_t codes(void)
{
    return (view_t){VIEW_CODES, i18n_now()};
}

static void print_line(void *context, const char *name, const char *value)
{
    enum { NAME_CELLS = 18 };
    FILE *out = context;
    size_t width = text_width(name);
    fprintf(out, "  %s%*s %s\n", name, width < NAME_CELLS ? (int)(NAME_CELLS - width) : 0, "", value);
}

void show_record(const Selenga__Record *record, FILE *out)
{
    char id[RID_TEXT], kind[WORDS_KIND];
    fprintf(out, "%s %s%s\n", words_kind(record->kind, kind), words_id(&record->id, id),
            record->deleted ? _(" (deleted)") : "");
    if (view_lines(record, codes(), print_line, out) == VIEW_UNREADABLE)
        fprintf(out, "  %s\n", _("its body is of a kind or version that this program cannot read"));
}

json_t *show_json(slice_t wire)
{
    json_t *json = NULL;
    fault_t fault;
    char text[FAULT_TEXT];
    if (record_to_json(wire, &json, &fault) == 0) return json;
    cli_say("%s", fault_text(&fault, text, sizeof text));
    return json_null();
}

void show_columns(grid_t *grid, const kind_rule_t *kind)
{
    view_columns(grid, kind, codes());
}

void show_row(grid_t *grid, const kind_rule_t *kind, const Selenga__Record *record)
{
    view_row(grid, kind, record, codes());
}
