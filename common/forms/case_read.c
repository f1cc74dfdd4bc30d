// SPDX-License-Identifier: Apache-2.0
// A CASE package in.
#include "common/base/date.h"
#include "common/base/dict.h"
#include "common/base/text.h"
#include "common/forms/case_private.h"
#include "common/forms/fold.h"
#include <stdlib.h>

typedef struct reading {
    case_package_t *package;
    dict_t *ids, *codes; // of items, by their places
    const field_rule_t *classes;
    why_t *why;
} reading_t;

void case_clear(case_package_t *package)
{
    for (size_t i = 0; i < package->n; i++) {
        free(package->items[i].code);
        free(package->items[i].title);
    }
    free(package->items);
    free(package->title);
    free(package->version);
    free(package->publisher);
    *package = (case_package_t){0};
}

bool case_uuid(const json_t *json, char ret[CASE_UUID_TEXT])
{
    rid_t id;
    const char *text = json_string_value(json);
    if (text == NULL || strlen(text) != CASE_UUID_TEXT - 1 || !rid_parse(text, &id)) return false;
    rid_text(&id, ret);
    return true;
}

// A text that may be stored; NULL: there is none, or it is "".
static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL && *text != '\0' ? text : NULL;
}

// The word of the field that this is: its code, or its label in either language.
static const field_word_t *word_of(const field_rule_t *field, const char *text)
{
    char form[FOLD_MAX], own[FOLD_MAX];
    if (text == NULL) return NULL;
    fold(text, form);
    for (size_t i = 0; i < field->n_words; i++) {
        const field_word_t *word = &field->words[i];
        if (strcmp(text, word->code) == 0 || strcmp(form, fold(word->label.en, own)) == 0 ||
            strcmp(form, fold(word->label.ru, own)) == 0)
            return word;
    }
    return NULL;
}

// --- the document

static bool read_document(reading_t *r, const json_t *document)
{
    case_package_t *p = r->package;
    const field_rule_t *status = &KIND_FRAMEWORK.fields[kind_field(&KIND_FRAMEWORK, "status")];
    const char *title = text_of(document, "title"), *version = text_of(document, "version"),
               *publisher = text_of(document, "creator"), *changed = text_of(document, "lastChangeDateTime");
    const char *adopted = text_of(document, "adoptionStatus");
    const field_word_t *word = word_of(status, adopted);
    char day[DATE_TEXT] = "";
    if (!case_uuid(json_object_get(document, "identifier"), p->uuid) || title == NULL) {
        why_set(r->why, _("CFDocument has no `identifier` that is a UUID, or no `title`."));
        return false;
    }
    if (adopted != NULL && word == NULL) {
        why_set(r->why, _("CFDocument: `adoptionStatus` is none of CASE 1.1: %.60s"), adopted);
        return false;
    }
    if (changed != NULL && strlen(changed) >= sizeof day - 1) memcpy(day, changed, sizeof day - 1);
    if (!date_parse(day, &p->changed_on)) {
        why_set(r->why, _("CFDocument: `lastChangeDateTime` is no time as 2024-09-01T00:00:00+00:00."));
        return false;
    }
    p->title = xstrdup(title);
    p->version = version != NULL ? xstrdup(version) : NULL;
    p->publisher = publisher != NULL ? xstrdup(publisher) : NULL;
    p->status = word != NULL ? word->code : NULL;
    return true;
}

// --- items

static bool refuse_item(reading_t *r, size_t i, const char *what)
{
    why_set(r->why, _("CFItems, number %zu: %s"), i + 1, what);
    return false;
}

static bool read_item(reading_t *r, size_t i, const json_t *json)
{
    case_item_t *item = &r->package->items[i];
    const char *title = text_of(json, "fullStatement"), *code = text_of(json, "humanCodingScheme");
    const char *type = text_of(json, "CFItemType");
    const field_word_t *word = word_of(r->classes, type);
    if (!case_uuid(json_object_get(json, "identifier"), item->uuid))
        return refuse_item(r, i, _("`identifier` is no UUID."));
    if (title == NULL) return refuse_item(r, i, _("`fullStatement` is missing."));
    if (type != NULL && word == NULL)
        return refuse_item(r, i, _("`CFItemType` is none of the classes of competencies."));
    if (code == NULL) code = item->uuid;
    item->parent = i;
    item->class_code = word != NULL ? word->code : NULL;
    item->code = xstrdup(code);
    item->title = xstrdup(title);
    if (dict_add(r->ids, slice_text(item->uuid)) != i)
        return refuse_item(r, i, _("`identifier` stands twice."));
    if (dict_add(r->codes, slice_text(code)) != i)
        return refuse_item(r, i, _("`humanCodingScheme` stands twice."));
    return true;
}

static bool read_items(reading_t *r, const json_t *items)
{
    size_t n = json_array_size(items);
    if (!json_is_array(items) || n == 0 || n > CASE_ITEMS) {
        why_set(r->why, _("CFItems is no list of 1 to %d competencies."), CASE_ITEMS);
        return false;
    }
    r->package->items = xcalloc(n, sizeof *r->package->items);
    for (size_t i = 0; i < n; i++) {
        r->package->n = i + 1;
        if (!read_item(r, i, json_array_get(items, i))) return false;
    }
    return true;
}

// --- associations

// The place of the item that an end names; DICT_NONE: it is no item of this file.
static uint32_t end_of(const reading_t *r, const json_t *association, const char *name)
{
    char uuid[CASE_UUID_TEXT];
    const json_t *end = json_object_get(association, name);
    return case_uuid(json_object_get(end, "identifier"), uuid) ? dict_find(r->ids, slice_text(uuid))
                                                               : DICT_NONE;
}

static bool read_association(reading_t *r, size_t i, const json_t *json)
{
    char uuid[CASE_UUID_TEXT];
    const char *type = text_of(json, "associationType");
    uint32_t below = end_of(r, json, "originNodeURI"), above = end_of(r, json, "destinationNodeURI");
    bool to_document =
        case_uuid(json_object_get(json_object_get(json, "destinationNodeURI"), "identifier"), uuid) &&
        strcmp(uuid, r->package->uuid) == 0;
    if (type == NULL) {
        why_set(r->why, _("CFAssociations, number %zu: `associationType` is missing."), i + 1);
        return false;
    }
    if (strcmp(type, "isChildOf") != 0) {
        r->package->passed_over++;
        return true;
    }
    if (below == DICT_NONE || (above == DICT_NONE && !to_document)) {
        why_set(r->why, _("CFAssociations, number %zu: an end of `isChildOf` is not in this file."), i + 1);
        return false;
    }
    if (above == DICT_NONE) return true; // of the document: nothing is above it
    case_item_t *item = &r->package->items[below];
    if (item->parent != below && item->parent != above) {
        why_set(r->why, _("CFAssociations, number %zu: a competency has two above it; here it can have one."),
                i + 1);
        return false;
    }
    item->parent = above;
    if (above == below) {
        why_set(r->why, _("CFAssociations, number %zu: a competency is above itself."), i + 1);
        return false;
    }
    return true;
}

static bool read_associations(reading_t *r, const json_t *all)
{
    if (all != NULL && !json_is_array(all)) {
        why_set(r->why, _("CFAssociations is no list."));
        return false;
    }
    for (size_t i = 0; i < json_array_size(all); i++)
        if (!read_association(r, i, json_array_get(all, i))) return false;
    return true;
}

// --- all of it

static bool give_classes(reading_t *r, const char *class_code)
{
    case_package_t *p = r->package;
    for (size_t i = 0; i < p->n; i++) { // those above come first
        case_item_t *item = &p->items[i];
        if (item->class_code == NULL && item->parent != i)
            item->class_code = p->items[item->parent].class_code;
        if (item->class_code == NULL) item->class_code = class_code;
        if (item->class_code != NULL) continue;
        why_set(r->why,
                _("The competency %.64s has no `CFItemType`, nor has any above it: name a class for such."),
                item->code);
        return false;
    }
    return true;
}

static bool read_package(reading_t *r, const json_t *json, const char *class_code)
{
    return read_document(r, json_object_get(json, "CFDocument")) &&
           read_items(r, json_object_get(json, "CFItems")) &&
           read_associations(r, json_object_get(json, "CFAssociations")) && case_order(r->package, r->why) &&
           give_classes(r, class_code);
}

int case_read(slice_t text, const char *class_code, case_package_t *ret, why_t *ret_why)
{
    json_error_t error;
    *ret = (case_package_t){0};
    if (!case_is_bounded(text, ret_why)) return -1;
    json_auto_t *json = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(json)) {
        why_set(ret_why, _("The file is no JSON object (line %d)."), json == NULL ? error.line : 1);
        return -1;
    }
    reading_t r = {.package = ret,
                   .ids = dict_new(),
                   .codes = dict_new(),
                   .classes = &KIND_COMPETENCY.fields[kind_field(&KIND_COMPETENCY, "class")],
                   .why = ret_why};
    bool good = read_package(&r, json, class_code);
    dict_destroy(&r.ids);
    dict_destroy(&r.codes);
    if (!good) case_clear(ret);
    return good ? 0 : -1;
}
