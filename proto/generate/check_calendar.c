// SPDX-License-Identifier: Apache-2.0
// Checks of how a kind stands in the calendar. A calendar is handed on to programs that know nothing of who
// may read what: what is about a person is in none.
#include "proto/generate/model.h"
#include <string.h>

static bool is_date(const field_t *field)
{
    return field->type == FIELD_DATE;
}

static bool is_text(const field_t *field)
{
    return field->type == FIELD_TEXT;
}

static bool is_refs(const field_t *field)
{
    return field->type == FIELD_REFS && field->ref != NULL && strcmp(field->ref->name, "organisation") == 0;
}

static bool is_person(const field_t *field)
{
    return field->type == FIELD_REF && field->ref != NULL && strcmp(field->ref->name, "person") == 0;
}

// An indexed reference: who is busy with what is found by it.
static bool is_with(const field_t *field)
{
    return field->type == FIELD_REF && has_flag(field, F_INDEX);
}

static void check_named(model_t *model, const kind_t *kind, const char *member, const char *name,
                        bool fits(const field_t *), const char *what)
{
    const field_t *field = name != NULL ? find_field(kind, name) : NULL;
    if (name != NULL && (field == NULL || !fits(field)))
        complain(model, kind, field, "calendar: %s: is %s; `%s` is none", member, what, name);
}

static void check_public(model_t *model, const kind_t *kind, const char *name)
{
    const field_t *field = name != NULL ? find_field(kind, name) : NULL;
    if (field != NULL && (int)field->says->pd != PD_PUBLIC)
        complain(model, kind, field, "calendar: about a person, and shown to anybody; take it out");
}

static bool has_word(const field_t *field, const char *word)
{
    for (size_t i = 0; i < field->says->n_word; i++)
        if (field->says->word[i]->is != NULL && strcmp(field->says->word[i]->is, word) == 0) return true;
    return false;
}

static void check_off(model_t *model, const kind_t *kind, const char *off)
{
    char name[NAME_SIZE];
    const char *word = strchr(off, '=');
    size_t size = word != NULL ? (size_t)(word - off) : 0;
    const field_t *field = NULL;
    if (size > 0 && size < sizeof name) {
        memcpy(name, off, size);
        name[size] = '\0';
        field = find_field(kind, name);
    }
    if (field == NULL || !has_word(field, word + 1))
        complain(model, kind, field, "calendar: off: is FIELD=WORD, one of its words; `%s` is none", off);
}

void check_calendar(model_t *model, const kind_t *kind)
{
    const Selenga__Calendar *says = kind->says->calendar;
    if (says == NULL) return;
    if ((says->from == NULL && says->of == NULL) || (says->of != NULL && says->who == NULL))
        complain(model, kind, NULL, "calendar: neither days nor who is busy; write from: or of: and who:");
    check_named(model, kind, "from", says->from, is_date, "a date");
    check_named(model, kind, "to", says->to, is_date, "a date");
    check_named(model, kind, "place", says->place, is_text, "a text");
    check_named(model, kind, "also", says->also, is_refs, "refs to organisations");
    check_named(model, kind, "with", says->with, is_with, "a ref that is INDEX");
    check_named(model, kind, "of", says->of, is_with, "a ref that is INDEX");
    check_named(model, kind, "who", says->who, is_person, "a ref to a person");
    for (size_t i = 0; i < says->n_off; i++) check_off(model, kind, says->off[i]);
    if (says->of != NULL) return;
    check_public(model, kind, says->from);
    check_public(model, kind, says->to);
    check_public(model, kind, says->place);
    for (size_t i = 0; i < kind->n_fields; i++)
        if (has_flag(&kind->fields[i], F_TITLE)) check_public(model, kind, kind->fields[i].name);
}
