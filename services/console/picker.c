// SPDX-License-Identifier: Apache-2.0
#include "services/console/picker.h"
#include "common/base/text.h"
#include "common/forms/find.h"
#include "common/node/names.h"
#include "proto/message.h"
#include "services/console/keeping.h"
#include <stdio.h>
#include <stdlib.h>

enum {
    ARENA = 256 * 1024,
    LENDERS = 10, // whose title others have, that are followed
    LENT = 5,     // of each
};

struct picker {
    arena_t *arena;
    names_t *names;
    const kind_rule_t *kind;
    const char *words[FIELDS_MAX];
    bool picked[FIELDS_MAX];
    int answered; // the field whose search has hits; -1: none
    const char *hits[PICKER_HITS];
    size_t n;
    bool more, exact; // the first hit is what was typed
};

// --- what the form says

bool picker_has(const page_t *page, const kind_rule_t *kind, size_t i)
{
    const field_rule_t *field = &kind->fields[i];
    if (field->type != FIELD_REF && field->type != FIELD_REFS) return false;
    const kind_rule_t *target = kind_by_number(field->ref);
    return target != NULL && entry_may(page, target, ACCESS_READ);
}

static const char *typed(const form_t *form, const fields_t *fields, size_t i, const char *mark)
{
    char name[FORM_NAME_MAX + 1];
    snprintf(name, sizeof name, "%s%s%s", mark, fields->prefix, fields->kind->fields[i].name);
    return form_value(form, name);
}

static bool is_pressed(const form_t *form, const fields_t *fields, size_t i)
{
    char name[FORM_NAME_MAX + 1];
    snprintf(name, sizeof name, "%s%s", fields->prefix, fields->kind->fields[i].name);
    return strcmp(form_text(form, "find"), name) == 0;
}

// Something is sought, and was not answered yet, or nothing was chosen of the answer.
static bool is_open(const form_t *form, const fields_t *fields, size_t i)
{
    const char *words = typed(form, fields, i, "q."), *answered = typed(form, fields, i, "w.");
    if (words == NULL || text_trim(slice_text(words)).size == 0) return is_pressed(form, fields, i);
    return is_pressed(form, fields, i) || answered == NULL || strcmp(words, answered) != 0 ||
           typed(form, fields, i, "f.") == NULL;
}

bool picker_seeks(const page_t *page, const fields_t *fields)
{
    const form_t *form = &page->request->form;
    for (size_t i = 0; i < fields->kind->n_fields; i++)
        if (fields_has(fields->kind, i, true) && picker_has(page, fields->kind, i) &&
            is_open(form, fields, i))
            return true;
    return false;
}

// --- hits

static bool ask(page_t *page, Selenga__List *list, const kind_rule_t *kind, const Selenga__Records **ret)
{
    const asked_t *asked = NULL;
    *ret = NULL;
    if (entry_may(page, kind, ACCESS_READ) && entry_try_list(page, kind, list, &asked) &&
        asked->status == CLIENT_DONE)
        *ret = asked->body;
    return *ret != NULL;
}

static bool ask_find(page_t *page, const kind_rule_t *kind, const char *words, const Selenga__Records **ret)
{
    Selenga__List list = SELENGA__LIST__INIT;
    list.has_limit = 1;
    list.limit = PICKER_HITS;
    list.find = (char *)(uintptr_t)words;
    return ask(page, &list, kind, ret);
}

static bool ask_exact(page_t *page, const kind_rule_t *kind, const char *words, const Selenga__Records **ret)
{
    Selenga__List list = SELENGA__LIST__INIT;
    rid_t id;
    *ret = NULL;
    if (!ref_is_shaped(kind, slice_text(words)) || !ref_id(kind, slice_text(words), &id)) return false;
    ProtobufCBinaryData one = {sizeof id.b, id.b};
    list.ids = &one;
    list.n_ids = 1;
    return ask(page, &list, kind, ret);
}

static const char *ref_of(picker_t *picker, const kind_rule_t *kind, const ProtobufCBinaryData *wire)
{
    char key[KEY_TEXT_MAX];
    const char *ref = NULL;
    body_t *body;
    AUTO(arena_destroy) arena_t *arena = arena_new(4 * wire->len + 4096);
    const Selenga__Record *r = selenga__record__unpack(arena_allocator(arena), wire->len, wire->data);
    if (r == NULL || r->deleted ||
        body_unpack(kind, slice(r->body.data, r->body.len), arena, &body, NULL) != 0)
        return NULL;
    ref = body_key_shown(kind, body, key);
    return *ref != '\0' ? arena_text(picker->arena, slice_text(ref)) : NULL;
}

// Records of the kind, or of one with the same natural key.
static void take(picker_t *picker, const kind_rule_t *kind, const Selenga__Records *reply)
{
    if (reply == NULL) return;
    picker->more |= reply->has_next;
    for (size_t i = 0; i < reply->n_records; i++) {
        const char *ref = ref_of(picker, kind, &reply->records[i]);
        bool known = ref == NULL;
        for (size_t k = 0; k < picker->n && !known; k++) known = strcmp(picker->hits[k], ref) == 0;
        if (known) continue;
        picker->more |= picker->n == PICKER_HITS;
        if (picker->n < PICKER_HITS) picker->hits[picker->n++] = ref;
    }
}

// The field whose title a record of the kind has as its own: that of a person for a methodist. NULL: none.
static const field_rule_t *lent_by(const kind_rule_t *kind)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if (kind->fields[i].type == FIELD_REF && (kind->fields[i].flags & F_TITLE) != 0)
            return &kind->fields[i];
    return NULL;
}

static const kind_rule_t *titled_of(uint32_t number)
{
    const kind_rule_t *kind = kind_by_number(number);
    const kind_rule_t *titled = kind != NULL ? kind_by_number(kind->titled) : NULL;
    return titled != NULL ? titled : kind;
}

static void take_lent(page_t *page, picker_t *picker, const kind_rule_t *kind, const field_rule_t *field,
                      const Selenga__Records *lenders)
{
    const Selenga__Records *reply;
    const kind_rule_t *lender = titled_of(field->ref);
    picker->more |= lenders->has_next || lenders->n_records > LENDERS;
    for (size_t i = 0; i < lenders->n_records && i < LENDERS; i++) {
        Selenga__List list = SELENGA__LIST__INIT;
        Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
        match.field = (char *)(uintptr_t)field->name;
        match.value = (char *)(uintptr_t)ref_of(picker, lender, &lenders->records[i]);
        list.where = where;
        list.n_where = 1;
        list.has_limit = 1;
        list.limit = LENT;
        if (match.value != NULL && ask(page, &list, kind, &reply)) take(picker, kind, reply);
    }
}

// By its code, by what stands in it, by what people call it: its own title, or one that it has of another.
static bool seek(page_t *page, picker_t *picker, size_t i)
{
    const Selenga__Records *exact, *part, *named = NULL, *lenders = NULL;
    const kind_rule_t *target = kind_by_number(picker->kind->fields[i].ref);
    const kind_rule_t *titled = titled_of(target->number);
    const field_rule_t *lent = lent_by(titled);
    const char *words = picker->words[i];
    picker->answered = (int)i;
    if (*words == '\0' || strlen(words) > FIND_MAX) return true;
    ask_exact(page, target, words, &exact);
    ask_find(page, target, words, &part);
    if (titled != target) ask_find(page, titled, words, &named);
    if (lent != NULL) ask_find(page, titled_of(lent->ref), words, &lenders);
    if (page->waiting) return false;
    take(picker, target, exact);
    picker->exact = picker->n == 1;
    if (lenders != NULL) take_lent(page, picker, titled, lent, lenders);
    if (page->waiting) return false;
    take(picker, titled, named);
    take(picker, target, part);
    return true;
}

// --- names

const char *picker_name(const picker_t *picker, size_t i, const char *ref, char *buf)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(4096);
    body_t *body = body_new(picker->kind, arena);
    buf[0] = '\0';
    if (body == NULL || body_set_text(picker->kind, body, i, ref, arena, NULL) != 0) return buf;
    return names_of(picker->names, picker->kind, body, i, buf, VIEW_TEXT);
}

static void note(picker_t *picker, const fields_t *fields)
{
    char name[VIEW_TEXT], ref[REF_MAX + 1];
    for (size_t i = 0; i < picker->kind->n_fields && i < FIELDS_MAX; i++) {
        slice_t rest = slice_text(fields->texts[i]), piece;
        bool done = false;
        size_t n = 0;
        while (picker->picked[i] && n++ < PICKER_HELD && text_next_piece(&rest, ';', &done, &piece)) {
            if (piece.size == 0 || piece.size > REF_MAX) continue;
            memcpy(ref, piece.data, piece.size);
            ref[piece.size] = '\0';
            picker_name(picker, i, ref, name);
        }
    }
    for (size_t k = 0; k < picker->n; k++)
        picker_name(picker, (size_t)picker->answered, picker->hits[k], name);
}

static bool ask_names(page_t *page, picker_t *picker, const fields_t *fields)
{
    Selenga__List list;
    const Selenga__Records *reply;
    for (note(picker, fields); names_wants(picker->names); note(picker, fields)) {
        while (names_next(picker->names, &list)) {
            ask(page, &list, kind_by_number(list.kind), &reply);
            for (size_t i = 0; reply != NULL && i < reply->n_records; i++) {
                const ProtobufCBinaryData *wire = &reply->records[i];
                AUTO(arena_destroy) arena_t *arena = arena_new(4 * wire->len + 4096);
                const Selenga__Record *r =
                    selenga__record__unpack(arena_allocator(arena), wire->len, wire->data);
                if (r != NULL) names_take(picker->names, r);
            }
        }
        if (page->waiting) return false;
    }
    return true;
}

typedef struct called {
    const char *ref;
    char name[VIEW_TEXT];
} called_t;

static int by_name(const void *a, const void *b)
{
    const called_t *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : strcmp(x->ref, y->ref);
}

static void sort(picker_t *picker)
{
    size_t from = picker->exact, n = picker->n - from;
    if (n < 2) return;
    AUTO(xfree) called_t *all = xcalloc(n, sizeof *all);
    for (size_t k = 0; k < n; k++) {
        all[k].ref = picker->hits[from + k];
        picker_name(picker, (size_t)picker->answered, all[k].ref, all[k].name);
    }
    qsort(all, n, sizeof *all, by_name);
    for (size_t k = 0; k < n; k++) picker->hits[from + k] = all[k].ref;
}

// --- all of it

void picker_destroy(picker_t **picker)
{
    if (*picker == NULL) return;
    names_destroy(&(*picker)->names);
    arena_destroy(&(*picker)->arena);
    free(*picker);
    *picker = NULL;
}

static picker_t *begin(fields_t *fields)
{
    picker_destroy(&fields->picker);
    picker_t *picker = fields->picker = xcalloc(1, sizeof *picker);
    fields->picker_destroy = picker_destroy;
    picker->kind = fields->kind;
    picker->names = names_new();
    picker->arena = arena_new(ARENA);
    picker->answered = -1;
    for (size_t i = 0; i < FIELDS_MAX; i++) picker->words[i] = "";
    return picker;
}

static const char *keep(picker_t *picker, const char *words)
{
    const char *kept = words != NULL ? arena_text(picker->arena, text_trim(slice_text(words))) : NULL;
    return kept != NULL ? kept : "";
}

bool picker_read(page_t *page, fields_t *fields, bool key)
{
    picker_t *picker = begin(fields);
    const form_t *form = keeping_typed(page);
    int wanted = -1;
    for (size_t i = 0; i < fields->kind->n_fields && i < FIELDS_MAX; i++) {
        picker->picked[i] = fields_has(fields->kind, i, key) && picker_has(page, fields->kind, i);
        if (!picker->picked[i] || form == NULL) continue;
        if (!is_open(form, fields, i)) continue;
        picker->words[i] = keep(picker, typed(form, fields, i, "q."));
        if (page->request->post && (wanted < 0 || is_pressed(form, fields, i))) wanted = (int)i;
    }
    if (wanted >= 0 && !seek(page, picker, (size_t)wanted)) return false;
    if (!ask_names(page, picker, fields)) return false;
    sort(picker);
    return true;
}

bool picker_seek(page_t *page, fields_t *fields, size_t i, const char *words)
{
    picker_t *picker = begin(fields);
    picker->picked[i] = true;
    picker->words[i] = keep(picker, words);
    if (!seek(page, picker, i) || !ask_names(page, picker, fields)) return false;
    sort(picker);
    return true;
}

bool picker_is(const picker_t *picker, size_t i)
{
    return picker != NULL && picker->picked[i];
}

const char *picker_words(const picker_t *picker, size_t i)
{
    return picker->words[i];
}

bool picker_answers(const picker_t *picker, size_t i, size_t *ret_n, bool *ret_more)
{
    *ret_n = picker->n;
    *ret_more = picker->more;
    return picker->answered == (int)i;
}

bool picker_sure(const picker_t *picker)
{
    return picker->exact || (picker->n == 1 && !picker->more);
}

const char *picker_hit(const picker_t *picker, size_t k)
{
    return picker->hits[k];
}
