// SPDX-License-Identifier: Apache-2.0
// Single values of a body: members found through protobuf-c's descriptor, text forms and checks by the
// field's rule.
#include "common/base/date.h"
#include "common/base/text.h"
#include "common/schema/body.h"
#include "common/schema/keytext.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_TEXT = 32 };

// --- members -------------------------------------------------------------------------------------

static const ProtobufCFieldDescriptor *descriptor(const kind_rule_t *kind, size_t i)
{
    assert(i < kind->n_fields && i < kind->message->n_fields);
    return &kind->message->fields[i];
}

static void *member(const kind_rule_t *kind, const body_t *body, size_t i)
{
    return (uint8_t *)body + descriptor(kind, i)->offset;
}

static protobuf_c_boolean *presence(const kind_rule_t *kind, const body_t *body, size_t i)
{
    return (protobuf_c_boolean *)((uint8_t *)body + descriptor(kind, i)->quantifier_offset);
}

static bool is_string(const kind_rule_t *kind, size_t i)
{
    return descriptor(kind, i)->type == PROTOBUF_C_TYPE_STRING;
}

bool body_has(const kind_rule_t *kind, const body_t *body, size_t i)
{
    if (is_string(kind, i)) return *(char **)member(kind, body, i) != NULL;
    return *presence(kind, body, i) != 0;
}

void body_clear(const kind_rule_t *kind, body_t *body, size_t i)
{
    if (is_string(kind, i))
        *(char **)member(kind, body, i) = NULL;
    else
        *presence(kind, body, i) = 0;
}

const char *body_str(const kind_rule_t *kind, const body_t *body, size_t i)
{
    return is_string(kind, i) ? *(char **)member(kind, body, i) : NULL;
}

slice_t body_bytes(const kind_rule_t *kind, const body_t *body, size_t i)
{
    if (kind->fields[i].type != FIELD_BYTES || !body_has(kind, body, i)) return (slice_t){0};
    const ProtobufCBinaryData *data = member(kind, body, i);
    return slice(data->data, data->len);
}

int64_t body_int(const kind_rule_t *kind, const body_t *body, size_t i)
{
    if (is_string(kind, i) || !body_has(kind, body, i)) return 0;
    const void *m = member(kind, body, i);
    switch ((int)descriptor(kind, i)->type) {
    case PROTOBUF_C_TYPE_BOOL:
        return *(const protobuf_c_boolean *)m != 0;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
        return *(const int32_t *)m;
    case PROTOBUF_C_TYPE_UINT32:
        return *(const uint32_t *)m;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
        return *(const int64_t *)m;
    case PROTOBUF_C_TYPE_UINT64: { // beyond the largest is out of any rule's range
        uint64_t value = *(const uint64_t *)m;
        return value <= INT64_MAX ? (int64_t)value : INT64_MAX;
    }
    default:
        return 0;
    }
}

static void store_int(const kind_rule_t *kind, body_t *body, size_t i, int64_t value)
{
    void *m = member(kind, body, i);
    switch ((int)descriptor(kind, i)->type) {
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)m = value != 0;
        break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
        *(int32_t *)m = (int32_t)value;
        break;
    case PROTOBUF_C_TYPE_UINT32:
        *(uint32_t *)m = (uint32_t)value;
        break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
        *(int64_t *)m = value;
        break;
    case PROTOBUF_C_TYPE_UINT64:
        *(uint64_t *)m = (uint64_t)value;
        break;
    default:
        assert(0 && "a number in a field that holds none");
    }
    *presence(kind, body, i) = 1;
}

// --- checks by rule ------------------------------------------------------------------------------

static size_t max_bytes(const field_rule_t *f)
{
    return f->max > 0 ? (size_t)f->max : FIELD_MAX;
}

const char *decimal_text(int64_t hundredths, char *buf)
{
    uint64_t u = hundredths < 0 ? -(uint64_t)hundredths : (uint64_t)hundredths;
    const char *sign = hundredths < 0 ? "-" : "";
    unsigned part = (unsigned)(u % 100);
    if (part == 0)
        snprintf(buf, NUMBER_TEXT, "%s%" PRIu64, sign, u / 100);
    else if (part % 10 == 0)
        snprintf(buf, NUMBER_TEXT, "%s%" PRIu64 ".%u", sign, u / 100, part / 10);
    else
        snprintf(buf, NUMBER_TEXT, "%s%" PRIu64 ".%02u", sign, u / 100, part);
    return buf;
}

static const char *number_text(const field_rule_t *f, int64_t value, char *buf)
{
    if (f->type == FIELD_DECIMAL) return decimal_text(value, buf);
    if (f->type == FIELD_DATE && value >= INT32_MIN && value <= INT32_MAX && date_is_valid((int32_t)value))
        return date_text((int32_t)value, buf);
    snprintf(buf, NUMBER_TEXT, "%" PRId64, value);
    return buf;
}

static int check_int(const field_rule_t *f, int64_t value, fault_t *ret_fault)
{
    int64_t min = f->min, max = f->max;
    if (f->type == FIELD_BOOL) return 0;
    if (f->type == FIELD_DATE) {
        min = date_days(DATE_YEAR_MIN, 1, 1);
        max = date_days(DATE_YEAR_MAX, 12, 31);
    }
    if (value >= min && value <= max) return 0;
    char v[NUMBER_TEXT], low[NUMBER_TEXT], high[NUMBER_TEXT];
    fault_set(ret_fault, "RANGE", f->name, number_text(f, value, v), number_text(f, min, low),
              number_text(f, max, high));
    return BODY_E_FAULT;
}

static int bad_value(const char *code, const field_rule_t *f, slice_t value, const char *second,
                     fault_t *ret_fault)
{
    char text[FAULT_ARG + 8];
    snprintf(text, sizeof text, "%.*s", (int)(value.size < sizeof text ? value.size : sizeof text - 1),
             (const char *)value.data);
    fault_set(ret_fault, code, f->name, text, second);
    return BODY_E_FAULT;
}

// Every piece non-empty, without blanks at its ends, and one of the values where there are some.
static int check_set(const field_rule_t *f, slice_t text, fault_t *ret_fault)
{
    slice_t piece;
    bool done = false;
    while (text_next_piece(&text, ';', &done, &piece)) {
        bool ok = piece.size > 0 && text_trim(piece).size == piece.size &&
                  (f->values == NULL || word_in(f->values, piece));
        if (!ok) return bad_value("BAD-VALUE", f, piece, f->values != NULL ? f->values : ";", ret_fault);
    }
    return 0;
}

static int check_refs(const field_rule_t *f, slice_t text, fault_t *ret_fault)
{
    const kind_rule_t *target = kind_by_number(f->ref);
    slice_t piece;
    bool done = f->type == FIELD_REF;
    if (done)
        piece = text;
    else if (!text_next_piece(&text, ';', &done, &piece))
        return 0;
    do {
        if (target == NULL || !ref_is_shaped(target, piece))
            return bad_value("BAD-REF", f, piece, target != NULL ? target->name : "?", ret_fault);
    } while (f->type == FIELD_REFS && text_next_piece(&text, ';', &done, &piece));
    return 0;
}

// Of any kind, hence with nothing left out that the context of one kind would tell.
static int check_any_ref(const field_rule_t *f, slice_t text, fault_t *ret_fault)
{
    slice_t ref;
    const kind_rule_t *target = ref_target(f, text, &ref);
    size_t parts = target != NULL ? kind_ref_parts(target) : 0, pieces = 1;
    for (size_t i = 0; target != NULL && i < ref.size; i++) pieces += ref.data[i] == ':';
    bool whole = parts == 1 || (parts > 1 && pieces == parts);
    if (whole && ref_is_shaped(target, ref)) return 0;
    return bad_value("BAD-REF", f, text, "KIND:KEY", ret_fault);
}

static bool all_digits(slice_t text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9') return false;
    return true;
}

// Of what keys are made, their own and those of others that refer to them.
static bool is_key_text(const field_rule_t *f)
{
    bool ref = f->type == FIELD_REF || f->type == FIELD_REFS || f->type == FIELD_ANY_REF;
    return ref || (f->flags & (F_CODE | F_KEY)) != 0;
}

static int check_text(const field_rule_t *f, slice_t text, fault_t *ret_fault)
{
    char number[NUMBER_TEXT];
    if (text.size == 0) {
        fault_set(ret_fault, "EMPTY", f->name);
        return BODY_E_FAULT;
    }
    if (text.size > max_bytes(f)) {
        snprintf(number, sizeof number, "%zu", max_bytes(f));
        fault_set(ret_fault, "TOO-LONG", f->name, number);
        return BODY_E_FAULT;
    }
    if (is_key_text(f) && keytext_check_hidden(text, f->name, ret_fault) != 0) return BODY_E_FAULT;
    if (!text_is_clean(text) ||
        text_trim(text).size != text.size) { // blanks around a key would make it another one
        fault_set(ret_fault, "BAD-TEXT", f->name);
        return BODY_E_FAULT;
    }
    if (is_key_text(f) && keytext_check(text, f->name, ret_fault) != 0) return BODY_E_FAULT;
    if (f->type == FIELD_ENUM && !word_in(f->values, text))
        return bad_value("BAD-VALUE", f, text, f->values, ret_fault);
    if (f->type == FIELD_DIGITS && (text.size != (size_t)f->max || !all_digits(text))) {
        snprintf(number, sizeof number, "%" PRId64, f->max);
        return bad_value("BAD-DIGITS", f, text, number, ret_fault);
    }
    if (f->type == FIELD_SET) return check_set(f, text, ret_fault);
    if (f->type == FIELD_ANY_REF) return check_any_ref(f, text, ret_fault);
    if (f->type == FIELD_REF || f->type == FIELD_REFS) return check_refs(f, text, ret_fault);
    return 0;
}

static int check_bytes(const field_rule_t *f, slice_t value, fault_t *ret_fault)
{
    if (value.size <= max_bytes(f)) return 0;
    char number[NUMBER_TEXT];
    snprintf(number, sizeof number, "%zu", max_bytes(f));
    fault_set(ret_fault, "TOO-LONG", f->name, number);
    return BODY_E_FAULT;
}

static int check_field(const kind_rule_t *kind, const body_t *body, size_t i, fault_t *ret_fault)
{
    const field_rule_t *f = &kind->fields[i];
    if (!body_has(kind, body, i)) {
        if ((f->flags & F_REQUIRED) == 0) return 0;
        fault_set(ret_fault, "REQUIRED", f->name);
        return BODY_E_FAULT;
    }
    if (is_string(kind, i)) return check_text(f, slice_text(body_str(kind, body, i)), ret_fault);
    if (f->type == FIELD_BYTES) return check_bytes(f, body_bytes(kind, body, i), ret_fault);
    return check_int(f, body_int(kind, body, i), ret_fault);
}

// What a rule says beyond one value: codes that others refer to, texts that differ, the order of dates.
static const char *check_across(const kind_rule_t *kind, const body_t *body, size_t i)
{
    const field_rule_t *f = &kind->fields[i];
    if (((f->flags & F_CODE) == 0 && f->not_before == 0 && f->differs_from == 0) || !body_has(kind, body, i))
        return NULL;
    if ((f->flags & F_CODE) != 0 && strpbrk(body_str(kind, body, i), ":;") != NULL) return "BAD-CODE";
    int other = kind_field_by_number(kind, f->differs_from);
    if (other >= 0 && body_has(kind, body, (size_t)other) &&
        strcmp(body_str(kind, body, i), body_str(kind, body, (size_t)other)) == 0)
        return "SELF-REF";
    other = kind_field_by_number(kind, f->not_before);
    if (other >= 0 && body_has(kind, body, (size_t)other) &&
        body_int(kind, body, i) < body_int(kind, body, (size_t)other))
        return "DATES-ORDER";
    return NULL;
}

int body_validate(const kind_rule_t *kind, const body_t *body, fault_t *ret_fault)
{
    for (size_t i = 0; i < kind->n_fields; i++) {
        int rc = check_field(kind, body, i, ret_fault);
        if (rc != 0) return rc;
    }
    return body_check_across(kind, body, ret_fault);
}

int body_check_across(const kind_rule_t *kind, const body_t *body, fault_t *ret_fault)
{
    const char *code = NULL, *field = NULL;
    for (size_t i = 0; code == NULL && i < kind->n_fields; i++) {
        code = check_across(kind, body, i);
        field = kind->fields[i].name;
    }
    if (code == NULL && kind->check != NULL) code = kind->check(body, &field);
    if (code == NULL) return 0;
    fault_set(ret_fault, code, field);
    return BODY_E_FAULT;
}

// --- from text -----------------------------------------------------------------------------------

// "-12", "0.5", "0,25" to hundredths. A comma is what a Russian table program writes.
static bool parse_decimal(slice_t text, int64_t *ret_value)
{
    char whole[NUMBER_TEXT], part[3] = "00";
    int64_t high, low;
    bool negative = text.size > 0 && text.data[0] == '-';
    if (negative) text = slice(text.data + 1, text.size - 1);
    size_t n = 0;
    while (n < text.size && text.data[n] >= '0' && text.data[n] <= '9') n++;
    if (n == 0 || n > 15) return false;
    memcpy(whole, text.data, n);
    whole[n] = '\0';
    if (n < text.size) {
        size_t decimals = text.size - n - 1;
        if ((text.data[n] != '.' && text.data[n] != ',') || decimals < 1 || decimals > 2) return false;
        memcpy(part, text.data + n + 1, decimals);
    }
    if (!all_digits(slice(part, 2))) return false;
    low = (part[0] - '0') * 10 + (part[1] - '0');
    high = 0;
    for (size_t i = 0; i < n; i++) high = high * 10 + (whole[i] - '0');
    *ret_value = negative ? -(high * 100 + low) : high * 100 + low;
    return true;
}

static int set_number(const kind_rule_t *kind, body_t *body, size_t i, const char *text, fault_t *ret_fault)
{
    const field_rule_t *f = &kind->fields[i];
    int64_t value = 0;
    int32_t days = 0;
    bool ok;
    const char *code = "BAD-NUMBER";
    if (f->type == FIELD_DATE) {
        code = "BAD-DATE";
        ok = date_parse(text, &days);
        value = days;
    } else if (f->type == FIELD_BOOL) {
        code = "BAD-BOOL";
        value = strcmp(text, "yes") == 0;
        ok = value || strcmp(text, "no") == 0;
    } else if (f->type == FIELD_DECIMAL) {
        ok = parse_decimal(slice_text(text), &value);
    } else {
        ok = int_parse(text, INT64_MIN, INT64_MAX, &value);
    }
    if (!ok) return bad_value(code, f, slice_text(text), NULL, ret_fault);
    return body_set_int(kind, body, i, value, ret_fault);
}

static int set_hex(const kind_rule_t *kind, body_t *body, size_t i, slice_t text, arena_t *arena,
                   fault_t *ret_fault)
{
    uint8_t bytes[FIELD_LIMIT];
    int n = hex_parse(text, bytes, sizeof bytes);
    if (n < 0) return bad_value("BAD-HEX", &kind->fields[i], text, NULL, ret_fault);
    return body_set_bytes(kind, body, i, slice(bytes, (size_t)n), arena, ret_fault);
}

// Bytes of the blank or dash of any width that the text begins with; 0: it begins with none.
static size_t blank_or_dash(const char *text)
{
    const uint8_t *c = (const uint8_t *)text;
    if (c[0] == ' ' || c[0] == '-' || c[0] == '\t') return 1;
    if (c[0] == 0xc2 && (c[1] == 0xa0 || c[1] == 0xad)) return 2; // U+00A0, U+00AD
    if (c[0] != 0xe2) return 0;
    if (c[1] == 0x88) return c[2] == 0x92 ? 3 : 0; // U+2212
    bool blank = c[1] == 0x80 && ((c[2] >= 0x80 && c[2] <= 0x8a) || c[2] == 0xaf);
    bool dash = c[1] == 0x80 && c[2] >= 0x90 && c[2] <= 0x95; // U+2010 to U+2015
    return blank || dash ? 3 : 0;
}

// The canonical form in place: digits without blanks and dashes; pieces of a list without blanks around them.
static slice_t canonical(const field_rule_t *f, char *text)
{
    slice_t rest = slice_text(text), piece;
    bool done = false;
    size_t n = 0, gap;
    if (f->type == FIELD_DIGITS) {
        for (const char *c = text; *c != '\0'; c += gap > 0 ? gap : 1) {
            gap = blank_or_dash(c);
            if (gap == 0) text[n++] = *c;
        }
    } else if (f->type == FIELD_SET || f->type == FIELD_REFS) {
        while (text_next_piece(&rest, ';', &done, &piece)) {
            piece = text_trim(piece);
            if (n > 0) text[n++] = ';';
            if (piece.size > 0) memmove(text + n, piece.data, piece.size);
            n += piece.size;
        }
    } else {
        n = rest.size;
    }
    text[n] = '\0';
    return slice(text, n);
}

static int too_big(const field_rule_t *f, fault_t *ret_fault)
{
    char number[NUMBER_TEXT];
    snprintf(number, sizeof number, "%d", BODY_MAX);
    fault_set(ret_fault, "TOO-BIG", f->name, number);
    return BODY_E_FAULT;
}

int body_set_text(const kind_rule_t *kind, body_t *body, size_t i, const char *text, arena_t *arena,
                  fault_t *ret_fault)
{
    const field_rule_t *f = &kind->fields[i];
    slice_t trimmed = text_trim(slice_text(text));
    if (trimmed.size == 0) {
        body_clear(kind, body, i);
        return 0;
    }
    if (f->type == FIELD_BYTES) return set_hex(kind, body, i, trimmed, arena, ret_fault);
    char *copy = arena_text(arena, trimmed);
    if (copy != NULL && is_key_text(f) && utf8_is_valid(trimmed)) copy = keytext_form(copy, arena);
    if (copy == NULL) return too_big(f, ret_fault);
    if (!is_string(kind, i)) return set_number(kind, body, i, copy, ret_fault);
    int rc = check_text(f, canonical(f, copy), ret_fault);
    if (rc == 0) *(char **)member(kind, body, i) = copy;
    return rc;
}

int body_set_int(const kind_rule_t *kind, body_t *body, size_t i, int64_t value, fault_t *ret_fault)
{
    int rc = check_int(&kind->fields[i], value, ret_fault);
    if (rc == 0) store_int(kind, body, i, value);
    return rc;
}

int body_set_bytes(const kind_rule_t *kind, body_t *body, size_t i, slice_t value, arena_t *arena,
                   fault_t *ret_fault)
{
    int rc = check_bytes(&kind->fields[i], value, ret_fault);
    if (rc != 0) return rc;
    uint8_t *copy = arena_alloc(arena, value.size);
    if (copy == NULL) return too_big(&kind->fields[i], ret_fault);
    if (value.size > 0) memcpy(copy, value.data, value.size);
    *(ProtobufCBinaryData *)member(kind, body, i) = (ProtobufCBinaryData){.len = value.size, .data = copy};
    *presence(kind, body, i) = 1;
    return 0;
}

// --- to text -------------------------------------------------------------------------------------

const char *body_print(const kind_rule_t *kind, const body_t *body, size_t i, char *buf)
{
    const field_rule_t *f = &kind->fields[i];
    if (!body_has(kind, body, i)) return "";
    if (is_string(kind, i)) return body_str(kind, body, i);
    if (f->type == FIELD_BOOL) return body_int(kind, body, i) != 0 ? "yes" : "no";
    if (f->type != FIELD_BYTES) return number_text(f, body_int(kind, body, i), buf);
    slice_t bytes = body_bytes(kind, body, i);
    return hex_text(slice(bytes.data, bytes.size < FIELD_LIMIT ? bytes.size : FIELD_LIMIT), buf);
}
