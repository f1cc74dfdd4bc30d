// SPDX-License-Identifier: Apache-2.0
// Titles: which fields say what people call a record, and which kind has them for those of its sheet.
#include "proto/generate/model.h"
#include <string.h>

static bool has_title(const kind_t *kind)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if (has_flag(&kind->fields[i], F_TITLE)) return true;
    return false;
}

static bool same_sheet(const kind_t *a, const kind_t *b)
{
    const char *of_a = sheet_name_of(a), *of_b = sheet_name_of(b);
    return of_a != NULL && of_b != NULL && strcmp(of_a, of_b) == 0;
}

const kind_t *titled_kind(const model_t *model, const kind_t *kind)
{
    if (has_title(kind)) return kind;
    for (size_t k = 0; k < model->n_kinds; k++)
        if (same_sheet(&model->kinds[k], kind) && has_title(&model->kinds[k])) return &model->kinds[k];
    return NULL;
}

bool is_named(const model_t *model, const field_t *field)
{
    return field->type == FIELD_ANY_REF || (field->ref != NULL && titled_kind(model, field->ref) != NULL);
}

unsigned title_class(const model_t *model, const kind_t *kind)
{
    const kind_t *titled = kind != NULL ? titled_kind(model, kind) : NULL;
    unsigned class = PD_PUBLIC;
    if (titled == NULL) return PD_IDENTITY; // of any kind, perhaps of people
    for (size_t i = 0; i < titled->n_fields; i++) {
        const field_t *field = &titled->fields[i];
        if (!has_flag(field, F_TITLE)) continue;
        unsigned its = field->ref != NULL ? title_class(model, field->ref) : (unsigned)field->says->pd;
        if (its < class) class = its;
    }
    return class;
}

static const kind_t *referred(const kind_t *titled)
{
    for (size_t i = 0; i < titled->n_fields; i++)
        if (has_flag(&titled->fields[i], F_TITLE)) return titled->fields[i].ref;
    return NULL;
}

// A title that is another's title ends somewhere.
static bool ends(const model_t *model, const kind_t *kind)
{
    for (size_t steps = 0; steps < TITLE_STEPS; steps++) {
        const kind_t *next = referred(kind);
        if (next == NULL) return true;
        kind = titled_kind(model, next);
        if (kind == NULL) return false;
    }
    return false;
}

static void check_title(model_t *model, const kind_t *kind, const field_t *field, size_t n)
{
    if (field->type != FIELD_TEXT && field->type != FIELD_REF)
        complain(model, kind, field, "a title that is no text; make it string, or take TITLE away");
    else if (field->type == FIELD_REF && n > 1)
        complain(model, kind, field, "a title of its own beside another's; leave TITLE at one of them");
    else if (!ends(model, kind))
        complain(model, kind, field,
                 "a title that leads to none; refer to a kind that has one, or take TITLE away");
}

void check_titles(model_t *model, const kind_t *kind)
{
    size_t n = 0;
    for (size_t i = 0; i < kind->n_fields; i++) n += has_flag(&kind->fields[i], F_TITLE);
    for (size_t i = 0; i < kind->n_fields; i++)
        if (has_flag(&kind->fields[i], F_TITLE)) check_title(model, kind, &kind->fields[i], n);
    for (const kind_t *other = model->kinds; n > 0 && other < kind; other++)
        if (same_sheet(other, kind) && has_title(other))
            complain(model, kind, NULL, "%s has the titles of this sheet; leave TITLE at one of them",
                     other->proto->name);
}
