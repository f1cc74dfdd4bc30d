// SPDX-License-Identifier: Apache-2.0
#include "services/console/person_form.h"
#include "common/schema/fault.h"
#include "proto/kinds/registry/staff.pb-c.h"
#include "proto/message.h"
#include <stdio.h>
#include <stdlib.h>

void person_form_free(person_form_t *form)
{
    for (size_t i = 0; i < form->n; i++) {
        fields_destroy(&form->parts[i].mine);
        fields_destroy(&form->parts[i].was);
    }
    holding_free(&form->identities);
    holding_free(&form->works);
    holding_free(&form->absences);
    holding_free(&form->persons);
}

const char *person_form_name(const person_form_t *form, char *buf)
{
    const held_t *identity = form->identities.n > 0 ? &form->identities.items[0] : NULL;
    const char *name = identity != NULL ? held_title(&KIND_IDENTITY, identity->body, LANG_RU, buf) : "";
    return *name != '\0' ? name : form->ref;
}

// --- its parts

static void add(const page_t *page, person_form_t *form, const kind_rule_t *kind, const held_t *held,
                const char *prefix)
{
    person_part_t *part = &form->parts[form->n++];
    *part = (person_part_t){.kind = kind, .held = held, .mine = fields_new(kind), .was = fields_new(kind)};
    (void)text_copy(part->prefix, sizeof part->prefix, prefix);
    part->mine->prefix = part->was->prefix = part->prefix;
    bool here = form->persons.n == 0 || form->persons.items[0].ours; // what is new of him is written here
    part->may = entry_may(page, kind, ACCESS_WRITE) && (held != NULL ? held->ours : here);
    part->version = held != NULL ? held->version : "";
    fields_of_body(part->mine, held != NULL ? held->body : NULL, page->lang);
    fields_of_body(part->was, held != NULL ? held->body : NULL, page->lang);
}

static int32_t begins(const held_t *absence)
{
    return ((const Selenga__Absence *)absence->body)->from;
}

static int latest_first(const void *a, const void *b)
{
    int32_t one = begins(a), other = begins(b);
    return (one < other) - (one > other);
}

static void add_absences(const page_t *page, person_form_t *form)
{
    char day[FIELD_TEXT_MAX], prefix[PERSON_PREFIX];
    holding_t *absences = &form->absences;
    size_t from = (size_t)kind_field(&KIND_ABSENCE, "from");
    if (!entry_may(page, &KIND_ABSENCE, ACCESS_READ)) return;
    if (absences->n > 1) qsort(absences->items, absences->n, sizeof *absences->items, latest_first);
    for (size_t i = 0; i < absences->n && i < PERSON_ABSENCES; i++) {
        const held_t *held = &absences->items[i];
        snprintf(prefix, sizeof prefix, "absence-%.10s.", body_print(&KIND_ABSENCE, held->body, from, day));
        add(page, form, &KIND_ABSENCE, held, prefix);
    }
    add(page, form, &KIND_ABSENCE, NULL, "absence.");
}

bool person_form_read(page_t *page, const char *ref, person_form_t *form)
{
    rid_t identity, work, person;
    form->ref = ref;
    (void)text_copy(form->org, sizeof form->org, ref);
    form->number = strchr(form->org, ':');
    if (form->number == NULL || !ref_id(&KIND_IDENTITY, slice_text(ref), &identity) ||
        !ref_id(&KIND_EMPLOYMENT, slice_text(ref), &work) || !ref_id(&KIND_PERSON, slice_text(ref), &person))
        return true; // nobody can be called so
    *form->number++ = '\0';
    if (!holding_ids(page, &form->identities, &KIND_IDENTITY, &identity, 1) ||
        !holding_ids(page, &form->works, &KIND_EMPLOYMENT, &work, 1) ||
        !holding_ids(page, &form->persons, &KIND_PERSON, &person, 1) ||
        !holding_list(page, &form->absences, &KIND_ABSENCE, "", "person", ref))
        return false;
    form->known = form->identities.n + form->works.n + form->persons.n > 0;
    add(page, form, &KIND_IDENTITY, form->identities.items, "identity.");
    add(page, form, &KIND_EMPLOYMENT, form->works.items, "work.");
    // An absence refers to who is here already.
    if (form->persons.n > 0) add_absences(page, form);
    return true;
}

// --- what was typed

// What the address says of the person; NULL: the field is none of that.
static const char *given(const person_form_t *form, const field_rule_t *field)
{
    if ((field->flags & F_KEY) == 0) return NULL;
    if (strcmp(field->name, "org") == 0) return form->org;
    if (strcmp(field->name, "number") == 0) return form->number;
    return strcmp(field->name, "person") == 0 ? form->ref : NULL;
}

bool person_form_asks(const person_form_t *form, const person_part_t *part, size_t i)
{
    return fields_has(part->kind, i, part->held == NULL) && given(form, &part->kind->fields[i]) == NULL;
}

static bool is_of_part(const person_form_t *form, const person_part_t *part, const char *name)
{
    size_t size = strlen(part->prefix);
    if (!part->may || strncmp(name + 2, part->prefix, size) != 0) return false;
    if (name[0] == 'v') return name[2 + size] == '\0';
    int i = kind_field(part->kind, name + 2 + size);
    return i >= 0 && person_form_asks(form, part, (size_t)i);
}

// What came is of this person, and what its reader may write: nothing else is looked at.
static bool is_ours(const person_form_t *form, const form_t *typed)
{
    for (size_t i = 0; i < typed->n; i++) {
        const char *name = typed->pairs[i].name;
        bool good = strchr("fov", name[0]) == NULL || name[0] == '\0' || name[1] != '.';
        for (size_t k = 0; k < form->n && !good; k++) good = is_of_part(form, &form->parts[k], name);
        if (!good) return false;
    }
    return true;
}

static void take(page_t *page, const person_form_t *form, person_part_t *part, const form_t *typed)
{
    char name[FORM_NAME_MAX + 1];
    snprintf(name, sizeof name, "v.%s", part->prefix);
    const char *version = form_value(typed, name);
    if (!part->may || version == NULL) return;
    fields_of_form(part->mine, typed, "f.");
    fields_of_form(part->was, typed, "o.");
    for (size_t i = 0; i < part->kind->n_fields && i < FIELDS_MAX; i++)
        part->touched = part->touched || (person_form_asks(form, part, i) &&
                                          strcmp(part->mine->texts[i], part->was->texts[i]) != 0);
    part->changed = part->touched && strcmp(version, part->version) != 0;
    part->version = version;
    if (part->touched) return;
    part->version = part->held != NULL ? part->held->version : "";
    fields_of_body(part->mine, part->held != NULL ? part->held->body : NULL, page->lang);
    fields_of_body(part->was, part->held != NULL ? part->held->body : NULL, page->lang);
}

bool person_form_take(page_t *page, person_form_t *form, const form_t *typed)
{
    if (typed == NULL) return true;
    for (size_t i = 0; i < form->n; i++) take(page, form, &form->parts[i], typed);
    // Who comes has a name and a post.
    for (size_t i = 0; i < form->n && !form->known; i++)
        if (form->parts[i].kind != &KIND_ABSENCE) form->parts[i].touched = form->parts[i].may;
    return is_ours(form, typed);
}

// --- saving

typedef struct batch {
    Selenga__Item items[PERSON_PARTS + 1], *list[PERSON_PARTS + 1];
    uint32_t set[PERSON_PARTS + 1][FIELDS_MAX];
    size_t n;
} batch_t;

static Selenga__Item *next_item(batch_t *batch, const kind_rule_t *kind, const char *version)
{
    Selenga__Item *item = batch->list[batch->n] = &batch->items[batch->n];
    selenga__item__init(item);
    item->has_kind = item->has_body = 1;
    item->kind = kind->number;
    item->set = batch->set[batch->n++];
    item->expect_version = (char *)(uintptr_t)version;
    return item;
}

// What can be told of the part alone is told beside its controls.
static bool add_part(const person_form_t *form, person_part_t *part, batch_t *batch)
{
    body_t *body;
    slice_t packed;
    fault_t fault;
    fields_t *mine = part->mine;
    for (size_t i = 0; part->held == NULL && i < part->kind->n_fields && i < FIELDS_MAX; i++) {
        const char *known = given(form, &part->kind->fields[i]);
        if (known != NULL) mine->texts[i] = known;
    }
    Selenga__Item *item = next_item(batch, part->kind, part->version);
    if (!fields_body(mine, part->held != NULL ? part->held->body : NULL, &body, item->set, &item->n_set))
        return false;
    if (body_validate(part->kind, body, &fault) != 0) {
        fields_fault(mine, &fault);
        return false;
    }
    if (body_pack(body, mine->arena, &packed, &mine->fault) != 0) return false;
    item->body = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    return true;
}

// The pseudonym of who is new; the registry makes it.
static bool add_person(const person_form_t *form, arena_t *arena, batch_t *batch)
{
    slice_t packed;
    Selenga__Person person = SELENGA__PERSON__INIT;
    person.org = (char *)(uintptr_t)form->org;
    person.number = form->number;
    Selenga__Item *item = next_item(batch, &KIND_PERSON, "");
    if (body_pack(&person.base, arena, &packed, NULL) != 0) return false;
    item->set[item->n_set++] = kind_field_number(&KIND_PERSON, (size_t)kind_field(&KIND_PERSON, "org"));
    item->set[item->n_set++] = kind_field_number(&KIND_PERSON, (size_t)kind_field(&KIND_PERSON, "number"));
    item->body = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    return true;
}

saved_t person_form_save(page_t *page, person_form_t *form)
{
    AUTO(xfree) batch_t *batch = xcalloc(1, sizeof *batch);
    bool wrong = false;
    for (size_t i = 0; i < form->n; i++)
        if (form->parts[i].changed) return SAVED_CHANGED;
    for (size_t i = 0; i < form->n; i++) {
        person_part_t *part = &form->parts[i];
        if (!part->touched) continue;
        wrong = !add_part(form, part, batch) || wrong;
        if (part->kind == &KIND_IDENTITY && form->persons.n == 0)
            wrong = !add_person(form, part->mine->arena, batch) || wrong;
    }
    if (wrong) return SAVED_WRONG;
    return batch->n > 0 ? saving_together(page, batch->list, batch->n, &form->said) : SAVED;
}
