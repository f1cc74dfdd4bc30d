// SPDX-License-Identifier: Apache-2.0
#include "services/console/fields.h"
#include "common/base/text.h"
#include "common/forms/value.h"
#include "common/schema/fault.h"
#include <stdio.h>
#include <stdlib.h>

enum { ARENA = 256 * 1024 };

fields_t *fields_new(const kind_rule_t *kind)
{
    fields_t *self = xcalloc(1, sizeof *self);
    self->kind = kind;
    self->prefix = "";
    self->arena = arena_new(ARENA);
    for (size_t i = 0; i < FIELDS_MAX; i++) self->texts[i] = "";
    return self;
}

void fields_destroy(fields_t **fields)
{
    if (*fields == NULL) return;
    if ((*fields)->picker != NULL) (*fields)->picker_destroy(&(*fields)->picker);
    arena_destroy(&(*fields)->arena);
    free(*fields);
    *fields = NULL;
}

bool fields_has(const kind_rule_t *kind, size_t i, bool key)
{
    const field_rule_t *field = &kind->fields[i];
    return i < FIELDS_MAX && (field->flags & F_DERIVED) == 0 && field->type != FIELD_BYTES &&
           (key || (field->flags & F_KEY) == 0);
}

static const char *keep(fields_t *fields, const char *text)
{
    const char *kept = arena_text(fields->arena, slice_text(text));
    return kept != NULL ? kept : "";
}

// A day and a decimal as the reader writes them, everything else as it is kept.
void fields_of_body(fields_t *fields, const body_t *body, lang_t lang)
{
    char value[VIEW_TEXT];
    const kind_rule_t *kind = fields->kind;
    for (size_t i = 0; body != NULL && i < kind->n_fields && i < FIELDS_MAX; i++) {
        field_type_t type = kind->fields[i].type;
        bool written = type == FIELD_DATE || type == FIELD_DECIMAL;
        const view_t view = {written ? VIEW_WORDS : VIEW_CODES, lang};
        if (body_has(kind, body, i)) fields->texts[i] = keep(fields, view_value(kind, body, i, view, value));
    }
}

// Several values of one name are those of ticks; where there is one, it may itself be several.
static const char *joined(fields_t *fields, const form_t *form, const char *name)
{
    char text[FIELD_TEXT_MAX] = "";
    size_t used = 0;
    for (size_t i = 0; i < form->n; i++) {
        const char *value = form->pairs[i].value;
        if (strcmp(form->pairs[i].name, name) != 0 || *value == '\0') continue;
        int n = snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? ";" : "", value);
        used += (size_t)n;
        if (used >= sizeof text) break;
    }
    return keep(fields, text);
}

void fields_of_form(fields_t *fields, const form_t *form, const char *mark)
{
    char name[FORM_NAME_MAX + 1];
    for (size_t i = 0; i < fields->kind->n_fields && i < FIELDS_MAX; i++) {
        const field_rule_t *field = &fields->kind->fields[i];
        snprintf(name, sizeof name, "%s%s%s", mark, fields->prefix, field->name);
        if (field->type == FIELD_SET || field->type == FIELD_REFS)
            fields->texts[i] = joined(fields, form, name);
        else
            fields->texts[i] = keep(fields, form_text(form, name));
    }
}

static void note(fields_t *fields, size_t i, const fault_t *fault)
{
    fields->faults[i] = *fault;
    fields->wrong = true;
}

static void set_one(fields_t *fields, body_t *body, size_t i)
{
    fault_t fault;
    const field_rule_t *field = &fields->kind->fields[i];
    slice_t typed = text_trim(slice_text(fields->texts[i]));
    const char *text = arena_text(fields->arena, typed);
    text = text != NULL ? value_read(field, text, fields->arena) : NULL;
    if (text == NULL || (*text == '\0' && (field->flags & F_REQUIRED) != 0))
        fault_set(&fault, text == NULL ? "TOO-BIG" : "REQUIRED", field->name, field->name);
    else if (body_set_text(fields->kind, body, i, text, fields->arena, &fault) == 0)
        return;
    note(fields, i, &fault);
}

bool fields_body(fields_t *fields, const body_t *base, body_t **ret_body, uint32_t *ret_set,
                 size_t *ret_n_set)
{
    char value[FIELD_TEXT_MAX];
    const kind_rule_t *kind = fields->kind;
    body_t *body = *ret_body = body_new(kind, fields->arena);
    *ret_n_set = 0;
    for (size_t i = 0; body != NULL && i < kind->n_fields; i++) {
        bool kept = base != NULL && (kind->fields[i].flags & F_KEY) != 0;
        if (!fields_has(kind, i, true) && !kept) continue;
        if (kept && body_has(kind, base, i))
            (void)body_set_text(kind, body, i, keep(fields, body_print(kind, base, i, value)), fields->arena,
                                NULL);
        else if (!kept)
            set_one(fields, body, i);
        ret_set[(*ret_n_set)++] = kind_field_number(kind, i);
    }
    return body != NULL && !fields->wrong;
}

bool fields_one(fields_t *fields, size_t i, body_t **ret_body)
{
    *ret_body = body_new(fields->kind, fields->arena);
    if (*ret_body != NULL) set_one(fields, *ret_body, i);
    return *ret_body != NULL && !fields->wrong;
}

void fields_fault(fields_t *fields, const fault_t *fault)
{
    int i = fault->field[0] != '\0' ? kind_field(fields->kind, fault->field) : -1;
    if (i >= 0 && i < FIELDS_MAX && fields_has(fields->kind, (size_t)i, true))
        note(fields, (size_t)i, fault);
    else
        fields->fault = *fault;
}
