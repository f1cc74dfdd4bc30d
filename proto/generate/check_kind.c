// SPDX-License-Identifier: Apache-2.0
// Checks of a kind as a whole, and of all kinds against each other.
#include "proto/generate/model.h"
#include <string.h>

enum {
    NUMBER_SIZE = 24,   // bytes of a printed number
    KEY_LIMIT = 2048,   // bytes of a key text, KEY_TEXT_MAX of common/schema/ids.h
    FIELDS_LIMIT = 256, // fields of a message, SEEN_MAX of common/schema/body.c
    NAME_MAX_BYTES = 31,
    PER_SERVICE = 100,
    READ_LIMIT = 32, // KINDS_MAX of common/sync/feed.h
};

static uint32_t free_number(const model_t *model, int service)
{
    uint32_t n = (uint32_t)service * PER_SERVICE + 1;
    for (size_t i = 0; i < model->n_kinds; i++)
        if (model->kinds[i].says->number == n) n++;
    return n;
}

static void check_number(model_t *model, const kind_t *kind, const kind_t *before)
{
    uint32_t number = kind->says->number;
    if (kind->service <= 0) {
        complain(model, kind, NULL, "no service has this folder; move it into one of proto/kinds");
        return;
    }
    if (number / PER_SERVICE != (uint32_t)kind->service)
        complain(model, kind, NULL, "number %u is not of %s; write number: %u, which is free", number,
                 FOLDERS[kind->service], free_number(model, kind->service));
    if (before != NULL && before->says->number == number)
        complain(model, kind, NULL, "number %u is that of %s (%s:%d); write number: %u, which is free",
                 number, before->proto->name, before->file, before->line, free_number(model, kind->service));
}

static void check_name(model_t *model, const kind_t *kind)
{
    size_t size = strlen(kind->name);
    bool letters = strspn(kind->name, "abcdefghijklmnopqrstuvwxyz-0123456789") == size;
    if (size == 0 || size > NAME_MAX_BYTES || !letters)
        complain(model, kind, NULL,
                 "a name that is no name; write name: \"...\", at most %d small letters, digits and hyphens",
                 NAME_MAX_BYTES);
    const kind_t *first = find_kind(model, kind->name);
    if (first != kind)
        complain(model, kind, NULL, "the name %s is that of %s (%s:%d); write name: \"...\"", kind->name,
                 first->proto->name, first->file, first->line);
    if (kind->says->check != NULL && strncmp(kind->says->check, "check_", 6) != 0)
        complain(model, kind, NULL, "check names no C function; write check: \"check_%s\"", kind->c_name);
}

static void check_said(model_t *model, const kind_t *kind)
{
    const Selenga__KindOptions *says = kind->says;
    if (says->en == NULL || says->ru == NULL)
        complain(model, kind, NULL, "no label in %s; write %s: \"...\"",
                 says->en == NULL ? "English" : "Russian", says->en == NULL ? "en" : "ru");
    if (says->help == NULL || says->help_ru == NULL)
        complain(model, kind, NULL, "no help in %s; write %s: \"...\"",
                 says->help == NULL ? "English" : "Russian", says->help == NULL ? "help" : "help_ru");
    if (!says->has_up || !says->has_down)
        complain(model, kind, NULL, "no reach %s; write %s", says->has_up ? "downwards" : "upwards",
                 says->has_up ? "down: NONE, SERVING or ALL"
                              : "up: HOME, SCHOOL, MUNICIPALITY, REGION or ALL");
    if (says->n_writers == 0)
        complain(model, kind, NULL, "nobody writes it; write writers: [...] of proto/options.proto");
}

// Names stay near: whoever widens this must first change what the law lets travel (PD-03).
static void check_reach(model_t *model, const kind_t *kind)
{
    const Selenga__KindOptions *says = kind->says;
    for (size_t i = 0; i < kind->n_fields; i++) {
        const field_t *field = &kind->fields[i];
        int pd = (int)field->says->pd;
        if (!field->says->has_pd) continue;
        if (pd == PD_IDENTITY && ((int)says->up > UP_MUNICIPALITY || (int)says->down == DOWN_ALL))
            complain(model, kind, field,
                     "names a person and would leave the municipality; put it into a kind that does not");
        if (pd == PD_SPECIAL && ((int)says->up != UP_HOME || (int)says->down != DOWN_NONE))
            complain(model, kind, field,
                     "of the special class and would leave its organisation; write up: HOME down: NONE");
    }
}

// A key is made of what prints as one piece; all together they fit a key text.
static void check_key(model_t *model, const kind_t *kind)
{
    size_t bytes = 0;
    for (size_t i = 0; i < kind->n_fields; i++) {
        const field_t *field = &kind->fields[i];
        const Selenga__FieldOptions *says = field->says;
        if ((field->flags & F_KEY) == 0) continue;
        bool number = field->type == FIELD_INT || field->type == FIELD_DECIMAL;
        size_t size = number                                                     ? NUMBER_SIZE
                      : field->type == FIELD_REF || field->type == FIELD_ANY_REF ? REF_MAX
                      : says->has_bytes                                          ? says->bytes
                      : says->has_digits                                         ? says->digits
                      : (field->flags & F_CODE)                                  ? CODE_MAX
                                                                                 : FIELD_MAX;
        bytes += field->type == FIELD_BYTES ? 2 * size + 1 : size + 1;
    }
    if (bytes > KEY_LIMIT)
        complain(model, kind, NULL, "a key of up to %zu bytes; write bytes: at its texts, %d in all", bytes,
                 KEY_LIMIT);
}

// The organisation: a code (text, or a reference to the kind that is itself the organisation) or ORG:NUMBER.
static void check_org(model_t *model, const kind_t *kind)
{
    const char *name = kind->says->org;
    const field_t *field = name != NULL ? find_field(kind, name) : NULL;
    if (name == NULL) return;
    if (field == NULL) {
        complain(model, kind, NULL, "org names no field: %s; write one of this message", name);
        return;
    }
    if (field->type != FIELD_TEXT && field->type != FIELD_REF)
        complain(model, kind, field, "cannot name an organisation; org: is a string that is a code or a ref");
    if ((field->flags & F_REQUIRED) == 0)
        complain(model, kind, field, "names the organisation and may be empty; write is: REQUIRED");
}

// What is about another record: its organisation follows from that one.
static void check_about(model_t *model, const kind_t *kind)
{
    const Selenga__KindOptions *says = kind->says;
    const field_t *about = says->about != NULL ? find_field(kind, says->about) : NULL;
    const field_t *org = says->org != NULL ? find_field(kind, says->org) : NULL;
    const field_t *speaker = says->speaker != NULL ? find_field(kind, says->speaker) : NULL;
    if (says->about != NULL && (about == NULL || (about->type != FIELD_REF && about->type != FIELD_ANY_REF) ||
                                (about->flags & F_REQUIRED) == 0))
        complain(model, kind, about, "about: is a reference that is: REQUIRED; `%s` is none", says->about);
    if (says->about != NULL && (org == NULL || (org->flags & F_DERIVED) == 0))
        complain(model, kind, org,
                 "the organisation follows from about; write org: \"...\", a field that is DERIVED");
    if (says->speaker != NULL &&
        (speaker == NULL || speaker->ref == NULL || strcmp(speaker->ref->name, "organisation") != 0 ||
         (speaker->flags & F_REQUIRED) == 0))
        complain(model, kind, speaker,
                 "speaker: is a reference to an organisation that is: REQUIRED; `%s` is none", says->speaker);
    const field_t *level = says->speaker_level != NULL ? find_field(kind, says->speaker_level) : NULL;
    if (says->speaker_level != NULL && (says->speaker == NULL || level == NULL || level->type != FIELD_ENUM ||
                                        (level->flags & F_DERIVED) == 0))
        complain(model, kind, level,
                 "speaker_level: is a field of words, beside a speaker, that is: DERIVED; `%s` is none",
                 says->speaker_level);
}

static void check_end(model_t *model, const kind_t *kind)
{
    const char *name = kind->says->ends_by;
    const field_t *field = name != NULL ? find_field(kind, name) : NULL;
    if (name != NULL && (field == NULL || field->type != FIELD_DATE))
        complain(model, kind, field, "ends_by: is a date; `%s` is none", name);
}

static void check_tree(model_t *model, const kind_t *kind)
{
    const char *name = kind->says->above;
    const field_t *above = name != NULL ? find_field(kind, name) : NULL;
    if (name != NULL &&
        (above == NULL || above->ref != kind || has_flag(above, F_REQUIRED) || !has_flag(above, F_INDEX)))
        complain(model, kind, above,
                 "above: is a reference to a record of its own kind that is: INDEX; `%s` is none", name);
    if (kind->says->one_tree && name == NULL)
        complain(model, kind, NULL, "one_tree: of what? write above: \"...\"");
}

static void check_lists(model_t *model, const kind_t *kind)
{
    size_t columns = 0;
    for (size_t i = 0; i < kind->n_fields; i++) columns += has_flag(&kind->fields[i], F_LIST);
    if (columns == 0 || columns > LIST_COLUMNS_MAX)
        complain(model, kind, NULL, "%zu columns in lists; write is: LIST at 1 to %d fields", columns,
                 LIST_COLUMNS_MAX);
    if (kind->n_fields > FIELDS_LIMIT)
        complain(model, kind, NULL, "more than %d fields; make two kinds of it", FIELDS_LIMIT);
}

static void check_readers(model_t *model, const kind_t *kind)
{
    const Selenga__KindOptions *says = kind->says;
    unsigned all = 0;
    for (size_t i = 0; i < says->n_read_by + says->n_read_near_by; i++) {
        bool any = i < says->n_read_by;
        int service = (int)(any ? says->read_by[i] : says->read_near_by[i - says->n_read_by]);
        if (service == kind->service || (all & 1U << service) != 0)
            complain(model, kind, NULL, "%s reads it %s; take it away", FOLDERS[service],
                     service == kind->service ? "anyway" : "twice");
        all |= 1U << service;
    }
}

static void check_kind(model_t *model, size_t i)
{
    kind_t *kind = &model->kinds[i];
    check_number(model, kind, i > 0 ? &model->kinds[i - 1] : NULL);
    check_name(model, kind);
    check_said(model, kind);
    for (size_t f = 0; f < kind->n_fields; f++) check_field(model, kind, &kind->fields[f]);
    for (size_t f = 0; f < kind->n_fields; f++) check_across(model, kind, &kind->fields[f]);
    check_reach(model, kind);
    check_key(model, kind);
    check_org(model, kind);
    check_about(model, kind);
    check_end(model, kind);
    check_tree(model, kind);
    check_lists(model, kind);
    check_readers(model, kind);
    check_facts(model, kind);
    check_access(model, kind);
    check_calendar(model, kind);
}

// A subscription names the kinds that it wants.
static void check_room(model_t *model, const kind_t *kind, int reader)
{
    size_t any = 0, near = 0;
    for (const kind_t *k = model->kinds; k <= kind; k++) {
        if (k->service != kind->service) continue;
        for (size_t i = 0; i < k->says->n_read_by; i++) any += (int)k->says->read_by[i] == reader;
        for (size_t i = 0; i < k->says->n_read_near_by; i++) near += (int)k->says->read_near_by[i] == reader;
    }
    if (any == READ_LIMIT + 1 || near == READ_LIMIT + 1)
        complain(model, kind, NULL, "%s reads more than %d kinds of %s; take one away", FOLDERS[reader],
                 READ_LIMIT, FOLDERS[kind->service]);
}

void model_check(model_t *model)
{
    for (size_t i = 0; i < model->n_kinds; i++) check_kind(model, i);
    for (size_t i = 0; model->mistakes == 0 && i < model->n_kinds; i++) check_titles(model, &model->kinds[i]);
    for (size_t i = 0; model->mistakes == 0 && i < model->n_kinds; i++)
        for (int reader = 1; FOLDERS[reader] != NULL; reader++) check_room(model, &model->kinds[i], reader);
}
