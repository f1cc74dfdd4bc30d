// SPDX-License-Identifier: Apache-2.0
// See json.h: records and bodies. The stream of objects is in json_stream.c.
#include "common/forms/json.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include "common/schema/describe.h"
#include "common/schema/states.h"
#include "proto/record.pb-c.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>

// --- out -----------------------------------------------------------------------------------------

static json_t *decimal_to_json(int64_t hundredths)
{
    if (hundredths % 100 == 0) return json_integer(hundredths / 100);
    return json_real((double)hundredths /
                     100.0); // the double nearest to it, which prints back as it (JSON_EXACT)
}

static json_t *field_to_json(const kind_rule_t *kind, const body_t *body, size_t i)
{
    char text[FIELD_TEXT_MAX];
    switch (kind->fields[i].type) {
    case FIELD_BOOL:
        return json_boolean(body_int(kind, body, i) != 0);
    case FIELD_INT:
        return json_integer(body_int(kind, body, i));
    case FIELD_DECIMAL:
        return decimal_to_json(body_int(kind, body, i));
    case FIELD_TEXT:
    case FIELD_DATE:
    case FIELD_ENUM:
    case FIELD_SET:
    case FIELD_REF:
    case FIELD_REFS:
    case FIELD_ANY_REF:
    case FIELD_BYTES:
    case FIELD_DIGITS:
        break;
    }
    const char *value = body_print(kind, body, i, text);
    json_t *json = json_string(value);
    return json != NULL ? json : json_string("?"); // not UTF-8: only in a body that was never checked
}

json_t *body_to_json(const kind_rule_t *kind, const body_t *body)
{
    json_t *json = json_object();
    for (size_t i = 0; i < kind->n_fields; i++)
        if (body_has(kind, body, i))
            json_object_set_new(json, kind->fields[i].name, field_to_json(kind, body, i));
    return json;
}

static json_t *hex_to_json(const void *data, size_t size)
{
    char *text = xmalloc(2 * size + 1);
    json_t *json = json_string(hex_text(slice(data, size), text));
    xfree(&text);
    return json;
}

static json_t *bytes_to_json(const ProtobufCBinaryData *data)
{
    rid_t id;
    path_t path;
    char text[PATH_TEXT];
    if (data->len == sizeof id.b) {
        memcpy(id.b, data->data, sizeof id.b);
        return json_string(rid_text(&id, text));
    }
    if (path_from_bytes(slice(data->data, data->len), &path)) return json_string(path_text(&path, text));
    return hex_to_json(data->data, data->len);
}

static json_t *path_to_json(const ProtobufCBinaryData *data)
{
    path_t path;
    char text[PATH_TEXT];
    if (path_from_bytes(slice(data->data, data->len), &path)) return json_string(path_text(&path, text));
    return hex_to_json(data->data, data->len);
}

static json_t *version_to_json(const Selenga__Record *r)
{
    char text[64];
    snprintf(text, sizeof text, "%" PRIu32 ".%" PRIu64 ".%016" PRIx64, r->inc, r->seq, r->boot);
    return json_string(text);
}

static int record_body(const Selenga__Record *r, arena_t *arena, json_t *json, fault_t *ret_fault)
{
    const kind_rule_t *kind = kind_by_number(r->kind);
    body_t *body;
    if (r->deleted) {
        json_object_set_new(json, "body", json_object());
    } else if (kind == NULL) {
        json_object_set_new(json, "body", hex_to_json(r->body.data, r->body.len));
    } else {
        if (body_unpack(kind, slice(r->body.data, r->body.len), arena, &body, ret_fault) != 0)
            return JSON_E_FAULT;
        json_object_set_new(json, "body", body_to_json(kind, body));
    }
    return 0;
}

int record_to_json(slice_t wire, json_t **ret_json, fault_t *ret_fault)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(2 * wire.size);
    Selenga__Record *r = selenga__record__unpack(arena_allocator(arena), wire.size, wire.data);
    if (r == NULL || r->kind == 0) {
        fault_set(ret_fault, "MALFORMED", NULL);
        return JSON_E_FAULT;
    }
    const kind_rule_t *kind = kind_by_number(r->kind);
    json_auto_t *json = json_object();
    json_object_set_new(json, "id", bytes_to_json(&r->id));
    json_object_set_new(json, "kind", kind != NULL ? json_string(kind->name) : json_integer(r->kind));
    json_object_set_new(json, "home", path_to_json(&r->home));
    json_object_set_new(json, "version", version_to_json(r));
    json_t *org = json_string(r->org != NULL ? r->org : "");
    json_object_set_new(json, "org", org != NULL ? org : json_string("?"));
    json_object_set_new(json, "deleted", json_boolean(r->deleted));
    if (record_body(r, arena, json, ret_fault) != 0) return JSON_E_FAULT;
    *ret_json = json_incref(json);
    return 0;
}

static json_t *codes_to_json(const char *codes)
{
    json_t *array = json_array();
    slice_t rest = slice_text(codes), code;
    bool done = false;
    while (text_next_piece(&rest, ' ', &done, &code))
        if (code.size > 0) json_array_append_new(array, json_stringn((const char *)code.data, code.size));
    return array;
}

static json_t *change_to_json(const state_change_t *change)
{
    char codes[FAULT_ARG];
    json_t *json = json_object();
    json_object_set_new(json, "to", json_string(change->to));
    json_object_set_new(json, "by", codes_to_json(states_who_codes(change, codes, sizeof codes)));
    json_object_set_new(json, "needs", codes_to_json(change->needs));
    return json;
}

// The words of a state, each with what may follow it.
static json_t *states_to_json(const field_rule_t *f)
{
    json_t *array = json_array();
    for (size_t i = 0; i < f->n_words; i++) {
        const field_word_t *word = &f->words[i];
        json_t *json = json_object(), *next = json_array();
        json_object_set_new(json, "is", json_string(word->code));
        json_object_set_new(json, "label", json_string(bilingual_text(&word->label)));
        json_object_set_new(json, "start", json_boolean(word->start));
        for (size_t n = 0; n < word->n_next; n++) json_array_append_new(next, change_to_json(&word->next[n]));
        json_object_set_new(json, "next", next);
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *rule_to_json(const field_rule_t *f)
{
    const kind_rule_t *target = f->ref != 0 ? kind_by_number(f->ref) : NULL;
    json_t *json = json_object();
    json_object_set_new(json, "name", json_string(f->name));
    json_object_set_new(json, "type", json_string(field_type_name(f->type)));
    json_object_set_new(json, "required", json_boolean((f->flags & F_REQUIRED) != 0));
    json_object_set_new(json, "key", json_boolean((f->flags & F_KEY) != 0));
    json_object_set_new(json, "computed", json_boolean((f->flags & F_DERIVED) != 0));
    json_object_set_new(json, "pd_class", json_string(pd_class_name(f->pd)));
    if (f->values != NULL) json_object_set_new(json, "values", json_string(f->values));
    if (target != NULL) json_object_set_new(json, "refers_to", json_string(target->name));
    if (f->type == FIELD_ANY_REF) json_object_set_new(json, "refers_to", json_string("*"));
    if (states_is_one(f)) json_object_set_new(json, "states", states_to_json(f));
    json_object_set_new(json, "help", json_string(bilingual_text(&f->help)));
    return json;
}

json_t *kind_to_json(const kind_rule_t *kind)
{
    char *writers = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&writers, &size);
    if (memory != NULL) {
        kind_describe_writers(kind, memory);
        fclose(memory);
    }
    json_t *json = json_object(), *fields = json_array();
    json_object_set_new(json, "kind", json_string(kind->name));
    json_object_set_new(json, "number", json_integer(kind->number));
    json_object_set_new(json, "service", json_string(service_name(kind->number / 100)));
    json_object_set_new(json, "up", json_string(reach_up_text(kind->up)));
    json_object_set_new(json, "down", json_string(reach_down_text(kind->down)));
    json_object_set_new(json, "writers", json_string(writers != NULL ? writers : ""));
    json_object_set_new(json, "help", json_string(bilingual_text(&kind->help)));
    for (size_t i = 0; i < kind->n_fields; i++) json_array_append_new(fields, rule_to_json(&kind->fields[i]));
    json_object_set_new(json, "fields", fields);
    xfree(&writers);
    return json;
}

// --- in ------------------------------------------------------------------------------------------

static int refuse(fault_t *ret_fault, const char *code, const char *field, const char *first,
                  const char *second)
{
    fault_set(ret_fault, code, field, first, second);
    return JSON_E_FAULT;
}

// The hundredths whose nearest double this is; none for 0.125, which was not meant to have two decimals.
static bool hundredths_of(double value, int64_t *ret_hundredths)
{
    if (!(fabs(value) < 1e13)) return false;
    int64_t h = llround(value * 100.0);
    if ((double)h / 100.0 != value) return false;
    *ret_hundredths = h;
    return true;
}

static int number_from_json(const kind_rule_t *kind, size_t i, const json_t *value, body_t *body,
                            fault_t *ret_fault)
{
    const field_rule_t *f = &kind->fields[i];
    bool decimal = f->type == FIELD_DECIMAL;
    int64_t number = 0;
    if (f->type == FIELD_BOOL) {
        if (!json_is_boolean(value)) return refuse(ret_fault, "BAD-TYPE", f->name, "true, false", NULL);
        number = json_is_true(value);
    } else if (json_is_integer(value)) {
        number = json_integer_value(value);
        if (decimal && __builtin_mul_overflow(number, 100, &number)) number = INT64_MAX; // out of any range
    } else if (decimal && json_is_real(value)) {
        char text[40];
        snprintf(text, sizeof text, "%.15g", json_real_value(value));
        if (!hundredths_of(json_real_value(value), &number))
            return refuse(ret_fault, "BAD-NUMBER", f->name, text, NULL);
    } else {
        return refuse(ret_fault, "BAD-TYPE", f->name, decimal ? "0.25" : "123", NULL);
    }
    return body_set_int(kind, body, i, number, ret_fault) == 0 ? 0 : JSON_E_FAULT;
}

static int field_from_json(const kind_rule_t *kind, size_t i, const json_t *value, arena_t *arena,
                           body_t *body, fault_t *ret_fault)
{
    const field_rule_t *f = &kind->fields[i];
    if (json_is_null(value)) return 0; // stays cleared
    if (f->type == FIELD_BOOL || f->type == FIELD_INT || f->type == FIELD_DECIMAL)
        return number_from_json(kind, i, value, body, ret_fault);
    if (!json_is_string(value)) return refuse(ret_fault, "BAD-TYPE", f->name, "\"…\"", NULL);
    if (strlen(json_string_value(value)) != json_string_length(value))
        return refuse(ret_fault, "BAD-TEXT", f->name, NULL, NULL);
    return body_set_text(kind, body, i, json_string_value(value), arena, ret_fault) == 0 ? 0 : JSON_E_FAULT;
}

static int read_body(const kind_rule_t *kind, const json_t *json, bool skip_derived, arena_t *arena,
                     body_t **ret_body, uint32_t *ret_set, size_t *ret_n_set, fault_t *ret_fault)
{
    const char *name;
    json_t *value;
    size_t n = 0;
    if (!json_is_object(json)) return refuse(ret_fault, "JSON-SHAPE", "body", NULL, NULL);
    body_t *body = body_new(kind, arena);
    if (body == NULL) return refuse(ret_fault, "TOO-BIG", NULL, "32768", NULL);
    json_object_foreach((json_t *)json, name, value)
    {
        int i = kind_field(kind, name);
        if (i < 0) return refuse(ret_fault, "UNKNOWN-FIELD", NULL, name, kind->name);
        bool derived = (kind->fields[i].flags & F_DERIVED) != 0;
        if (derived && skip_derived) continue;
        if (derived) return refuse(ret_fault, "DERIVED-FIELD", name, NULL, NULL);
        int rc = field_from_json(kind, (size_t)i, value, arena, body, ret_fault);
        if (rc != 0) return rc;
        ret_set[n++] = kind_field_number(kind, (size_t)i); // each name once: jansson has refused doubles
    }
    *ret_body = body;
    *ret_n_set = n;
    return 0;
}

int body_from_json(const kind_rule_t *kind, const json_t *json, arena_t *arena, body_t **ret_body,
                   uint32_t *ret_set, size_t *ret_n_set, fault_t *ret_fault)
{
    return read_body(kind, json, false, arena, ret_body, ret_set, ret_n_set, ret_fault);
}

// Is the name one of the record form's?
static bool is_form_name(const char *name)
{
    static const char *const names[] = {"id",      "kind", "home",   "version", "org",
                                        "deleted", "body", "review", "names",   "expect_version"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static int check_form(const kind_rule_t *kind, const json_t *json, fault_t *ret_fault)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)json, name, value)
    {
        if (!is_form_name(name)) return refuse(ret_fault, "UNKNOWN-FIELD", NULL, name, kind->name);
    }
    value = json_object_get(json, "kind");
    const char *given = json_string_value(value);
    if (value != NULL && (given == NULL || strcmp(given, kind->name) != 0))
        return refuse(ret_fault, "BAD-VALUE", "kind", given != NULL ? given : "?", kind->name);
    value = json_object_get(json, "deleted");
    if (value != NULL && !json_is_false(value))
        return refuse(ret_fault, "BAD-VALUE", "deleted", "true", "false");
    return 0;
}

// Key fields decide which record it is, so they must be there; an id beside them must be theirs.
static int take_id(const kind_rule_t *kind, const json_t *value, const body_t *body, arena_t *arena,
                   Selenga__Item *item, fault_t *ret_fault)
{
    const char *text = json_string_value(value);
    rid_t given, derived;
    for (size_t i = 0; i < kind->n_fields; i++)
        if ((kind->fields[i].flags & (F_KEY | F_REQUIRED)) == (F_KEY | F_REQUIRED) &&
            !body_has(kind, body, i))
            return refuse(ret_fault, "REQUIRED", kind->fields[i].name, NULL, NULL);
    if (value == NULL || json_is_null(value)) return 0;
    if (text == NULL || !rid_parse(text, &given))
        return refuse(ret_fault, "BAD-ID", "id", text != NULL ? text : "?", NULL);
    if (body_id(kind, body, &derived)) {
        if (!rid_equal(&given, &derived)) return refuse(ret_fault, "ID-NOT-KEY", "id", NULL, NULL);
        return 0;
    }
    item->has_id = 1;
    item->id = (ProtobufCBinaryData){.len = sizeof given.b, .data = arena_alloc(arena, sizeof given.b)};
    if (item->id.data == NULL) return refuse(ret_fault, "TOO-BIG", NULL, "32768", NULL);
    memcpy(item->id.data, given.b, sizeof given.b);
    return 0;
}

// The version that the writer has read; null: there was none.
static int take_expected(const json_t *value, arena_t *arena, Selenga__Item *item, fault_t *ret_fault)
{
    const char *text = json_is_null(value) ? "" : json_string_value(value);
    if (value == NULL) return 0;
    if (text == NULL)
        return refuse(ret_fault, "BAD-TYPE", "expect_version", "\"1.42.9f3a5c0102030405\"", NULL);
    item->expect_version = arena_text(arena, slice_text(text));
    return item->expect_version != NULL ? 0 : refuse(ret_fault, "TOO-BIG", NULL, "32768", NULL);
}

int item_from_json(const kind_rule_t *kind, const json_t *json, arena_t *arena, Selenga__Item **ret_item,
                   fault_t *ret_fault)
{
    const json_t *form = json_object_get(json, "body");
    Selenga__Item *item = arena_alloc(arena, sizeof *item);
    uint32_t *set = arena_alloc(arena, kind->n_fields * sizeof *set);
    size_t n_set;
    body_t *body;
    slice_t bytes;
    if (!json_is_object(json)) return refuse(ret_fault, "JSON-SHAPE", NULL, NULL, NULL);
    if (item == NULL || set == NULL) return refuse(ret_fault, "TOO-BIG", NULL, "32768", NULL);
    if (form != NULL && check_form(kind, json, ret_fault) != 0) return JSON_E_FAULT;
    if (read_body(kind, form != NULL ? form : json, form != NULL, arena, &body, set, &n_set, ret_fault) != 0)
        return JSON_E_FAULT;
    selenga__item__init(item);
    if (take_id(kind, form != NULL ? json_object_get(json, "id") : NULL, body, arena, item, ret_fault) != 0)
        return JSON_E_FAULT;
    if (body_pack(body, arena, &bytes, ret_fault) != 0) return JSON_E_FAULT;
    if (form != NULL && take_expected(json_object_get(json, "expect_version"), arena, item, ret_fault) != 0)
        return JSON_E_FAULT;
    item->has_kind = 1;
    item->kind = kind->number;
    item->has_body = 1;
    item->body = (ProtobufCBinaryData){.len = bytes.size, .data = (uint8_t *)bytes.data};
    item->set = set;
    item->n_set = n_set;
    *ret_item = item;
    return 0;
}
