// SPDX-License-Identifier: Apache-2.0
// Records for people.
#include "services/cli/show.h"

#include <inttypes.h>

#include "common/base/arena.h"
#include "common/base/i18n.h"
#include "common/schema/body.h"
#include "common/schema/ids.h"
#include "common/schema/reason.h"
#include "services/cli/cli.h"
#include "services/cli/words.h"

// The record's body, or NULL when it is a tombstone, of an unknown kind, or damaged.
static body_t *read_body(const kind_rule_t *kind, const Selenga__Record *record, arena_t *arena)
{
    body_t *body = NULL;
    if (!kind || record->deleted) return NULL;
    if (body_unpack(kind, slice(record->body.data, record->body.len), arena, &body, NULL) != 0) return NULL;
    return body;
}

// A field for a person. What a program proposed stands there in codes.
static const char *field_text(const kind_rule_t *kind, const body_t *body, size_t i, char *value, char *buf)
{
    const char *text = body_print(kind, body, i, value);
    return (kind->fields[i].flags & F_REASON) != 0 ? reason_text(text, buf) : text;
}

static void print_field(FILE *out, const char *name, const char *value)
{
    enum { NAME_CELLS = 18 };
    size_t width = text_width(name);
    fprintf(out, "  %s%*s %s\n", name, width < NAME_CELLS ? (int)(NAME_CELLS - width) : 0, "", value);
}

void show_record(const Selenga__Record *record, FILE *out)
{
    const kind_rule_t *kind = kind_by_number(record->kind);
    char home[PATH_TEXT] = "", value[FIELD_TEXT_MAX], reason[REASON_TEXT];
    path_t path;
    if (path_from_bytes(slice(record->home.data, record->home.len), &path)) path_text(&path, home);
    fprintf(out, "%s %s%s\n", words_kind(record->kind), words_id(&record->id),
            record->deleted ? _(" (deleted)") : "");
    print_field(out, _("organisation"), record->org ? record->org : "-");
    print_field(out, _("home"), home);
    snprintf(value, sizeof value, "%" PRIu32 ".%" PRIu64 ".%016" PRIx64, record->inc, record->seq,
             record->boot);
    print_field(out, _("version"), value);
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    const body_t *body = read_body(kind, record, arena);
    if (!body && !record->deleted)
        fprintf(out, "  %s\n", _("its body is of a kind or version that this program cannot read"));
    for (size_t i = 0; body && i < kind->n_fields; i++)
        if (body_has(kind, body, i))
            print_field(out, kind->fields[i].name, field_text(kind, body, i, value, reason));
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

void show_columns(table_t *table, const kind_rule_t *kind)
{
    if (!kind || !kind_has_key(kind)) table_column(table, _("id"));
    if (!kind) table_column(table, _("organisation"));
    for (size_t i = 0; kind && i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_LIST) != 0) table_column(table, kind->fields[i].name);
}

void show_row(table_t *table, const kind_rule_t *kind, const Selenga__Record *record)
{
    if (!kind || !kind_has_key(kind)) table_cell(table, words_id(&record->id));
    if (!kind) table_cell(table, record->org);
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    const body_t *body = read_body(kind, record, arena);
    char value[FIELD_TEXT_MAX], reason[REASON_TEXT];
    for (size_t i = 0; kind && i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_LIST) != 0)
            table_cell(table,
                       body && body_has(kind, body, i) ? field_text(kind, body, i, value, reason) : NULL);
}
