// SPDX-License-Identifier: Apache-2.0
// What a package says as records, and the order of its tree.
#include "common/base/date.h"
#include "common/base/dict.h"
#include "common/base/vec.h"
#include "common/forms/case_private.h"
#include "common/schema/fault.h"
#include "proto/diagnostics.pb-c.h"
#include <stdio.h>
#include <stdlib.h>

// --- the tree

static bool find_levels(case_package_t *p, why_t *why)
{
    for (size_t i = 0; i < p->n; i++) {
        size_t at = i;
        unsigned level = 0;
        while (p->items[at].parent != at && level <= CASE_LEVELS) at = p->items[at].parent, level++;
        p->items[i].level = level;
        if (level <= CASE_LEVELS) continue;
        why_set(why, _("Competencies stand above each other in a circle, or in more than %d levels: %.64s"),
                CASE_LEVELS, p->items[i].code);
        return false;
    }
    return true;
}

bool case_order(case_package_t *p, why_t *ret_why)
{
    if (!find_levels(p, ret_why)) return false;
    case_item_t *ordered = xcalloc(p->n, sizeof *ordered);
    AUTO(xfree) size_t *now = xcalloc(p->n, sizeof *now);
    size_t n = 0;
    for (unsigned level = 0; n < p->n; level++)
        for (size_t i = 0; i < p->n; i++)
            if (p->items[i].level == level) {
                now[i] = n;
                ordered[n++] = p->items[i];
            }
    for (size_t i = 0; i < p->n; i++) ordered[i].parent = now[ordered[i].parent];
    free(p->items);
    p->items = ordered;
    return true;
}

// --- bodies

typedef struct pair {
    const char *field, *value; // NULL: it is not given
} pair_t;

static body_t *fill(const kind_rule_t *kind, const pair_t *pairs, size_t n, const char *what, arena_t *arena,
                    why_t *ret_why)
{
    fault_t fault;
    char text[FAULT_TEXT];
    body_t *body = body_new(kind, arena);
    int rc = body == NULL;
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (pairs[i].value != NULL)
            rc = body_set_text(kind, body, (size_t)kind_field(kind, pairs[i].field), pairs[i].value, arena,
                               &fault);
    if (rc == 0) rc = body_validate(kind, body, &fault);
    if (rc == 0) return body;
    why_set(ret_why, "%.64s: %s", what,
            body != NULL ? fault_text_of(&fault, kind, i18n_now(), text, sizeof text) : "");
    return NULL;
}

body_t *case_framework(const case_package_t *p, const char *code, arena_t *arena, why_t *ret_why)
{
    char day[DATE_TEXT];
    const pair_t pairs[] = {{"code", code},
                            {"title", p->title},
                            {"version", p->version},
                            {"uuid", p->uuid},
                            {"publisher", p->publisher},
                            {"status", p->status},
                            {"changed_on", date_text(p->changed_on, day)}};
    return fill(&KIND_FRAMEWORK, pairs, ARRAY_SIZE(pairs), "CFDocument", arena, ret_why);
}

body_t *case_competency(const case_package_t *p, const char *code, size_t i, arena_t *arena, why_t *ret_why)
{
    const case_item_t *item = &p->items[i];
    const char *parent = item->parent != i ? p->items[item->parent].code : NULL; // of the same framework
    const pair_t pairs[] = {{"framework", code},         {"code", item->code},   {"parent", parent},
                            {"class", item->class_code}, {"title", item->title}, {"uuid", item->uuid}};
    return fill(&KIND_COMPETENCY, pairs, ARRAY_SIZE(pairs), item->code, arena, ret_why);
}

// --- from records

typedef struct above { // who is above an item, as its record says
    char code[CODE_MAX + 1];
} above_t;

struct case_gathering {
    case_package_t package;
    above_t *above;
    size_t room, above_room;
    bool full;
};

case_gathering_t *case_gather(const char *code)
{
    rid_t id;
    case_gathering_t *self = xcalloc(1, sizeof *self);
    rid_derive(&KIND_FRAMEWORK, (slice_t){0}, slice_text(code), &id);
    case_uuid_of(&id, self->package.uuid);
    self->package.title = xstrdup(code); // until its record says more
    return self;
}

void case_gathering_destroy(case_gathering_t **self_p)
{
    case_gathering_t *self = *self_p;
    if (self == NULL) return;
    case_clear(&self->package);
    free(self->above);
    free(self);
    *self_p = NULL;
}

static char *kept(const char *text)
{
    return text != NULL ? xstrdup(text) : NULL;
}

static const char *code_of(const kind_rule_t *kind, const char *field, const char *text)
{
    const field_word_t *word =
        text != NULL ? field_word(&kind->fields[kind_field(kind, field)], slice_text(text)) : NULL;
    return word != NULL ? word->code : NULL;
}

static void keep_framework(case_package_t *p, const Selenga__Framework *f)
{
    free(p->title);
    p->title = xstrdup(f->title != NULL ? f->title : "");
    p->version = kept(f->version);
    p->publisher = kept(f->publisher);
    p->status = code_of(&KIND_FRAMEWORK, "status", f->status);
    p->changed_on = f->changed_on;
    if (f->uuid != NULL) snprintf(p->uuid, sizeof p->uuid, "%.36s", f->uuid);
}

static void keep_competency(case_gathering_t *self, const rid_t *id, const Selenga__Competency *c)
{
    case_package_t *p = &self->package;
    case_item_t item = {.class_code = code_of(&KIND_COMPETENCY, "class", c->class_)};
    const char *parent = c->parent != NULL ? strrchr(c->parent, ':') : NULL;
    above_t above = {""};
    self->full |= p->n == CASE_ITEMS;
    if (p->n == CASE_ITEMS || c->code == NULL || c->title == NULL || item.class_code == NULL) return;
    snprintf(above.code, sizeof above.code, "%.64s",
             parent != NULL      ? parent + 1
             : c->parent != NULL ? c->parent
                                 : "");
    case_uuid_of(id, item.uuid);
    if (c->uuid != NULL) snprintf(item.uuid, sizeof item.uuid, "%.36s", c->uuid);
    item.code = xstrdup(c->code);
    item.title = xstrdup(c->title);
    vec_reserve(self->above, self->above_room, p->n + 1);
    self->above[p->n] = above;
    *vec_add(p->items, p->n, self->room) = item;
}

void case_gather_record(case_gathering_t *self, const kind_rule_t *kind, const Selenga__Record *record)
{
    body_t *body = NULL;
    rid_t id;
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    if (record->id.len != sizeof id.b ||
        body_unpack(kind, slice(record->body.data, record->body.len), arena, &body, NULL) != 0)
        return;
    memcpy(id.b, record->id.data, sizeof id.b);
    if (kind == &KIND_FRAMEWORK) keep_framework(&self->package, (const Selenga__Framework *)body);
    if (kind == &KIND_COMPETENCY) keep_competency(self, &id, (const Selenga__Competency *)body);
}

const case_package_t *case_gathered(case_gathering_t *self, why_t *ret_why)
{
    case_package_t *p = &self->package;
    AUTO(dict_destroy) dict_t *codes = dict_new();
    if (self->full || p->n == 0) {
        if (self->full)
            why_set(ret_why, _("The framework has more than %d competencies."), CASE_ITEMS);
        else
            why_set(ret_why, "%s", _("This node has no competencies of this framework."));
        return NULL;
    }
    for (size_t i = 0; i < p->n; i++) (void)dict_add(codes, slice_text(p->items[i].code)); // keys: none twice
    for (size_t i = 0; i < p->n; i++) {
        uint32_t above = dict_find(codes, slice_text(self->above[i].code));
        p->items[i].parent = above != DICT_NONE ? above : i;
    }
    return case_order(p, ret_why) ? p : NULL;
}
