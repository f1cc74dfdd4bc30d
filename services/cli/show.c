// SPDX-License-Identifier: Apache-2.0
// Records on the terminal.
#include "services/cli/show.h"

#include "common/base/i18n.h"
#include "common/forms/view.h"
#include "common/forms/words.h"
#include "common/schema/fault.h"
#include "services/cli/cli.h"

static void print_line(void *context, const char *name, const char *value)
{
    enum { NAME_CELLS = 18 };
    FILE *out = context;
    size_t width = text_width(name);
    AUTO(xfree) char *text = text_obedient(value);
    fprintf(out, "  %s%*s %s\n", name, width < NAME_CELLS ? (int)(NAME_CELLS - width) : 0, "", text);
}

void show_record(const Selenga__Record *record, FILE *out)
{
    char id[RID_TEXT], kind[WORDS_KIND];
    fprintf(out, "%s %s%s\n", words_kind_in(record->kind, i18n_now(), kind), words_id(&record->id, id),
            record->deleted ? _(" (deleted)") : "");
    if (view_lines(record, view_for(i18n_now()), print_line, out) == VIEW_UNREADABLE)
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
