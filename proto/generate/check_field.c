// SPDX-License-Identifier: Apache-2.0
// Checks of one field by itself: that it says what every field must, and that its options fit its type.
#include "proto/generate/model.h"
#include <inttypes.h>
#include <string.h>

typedef Google__Protobuf__FieldDescriptorProto proto_t;
#define TYPE(NAME) GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_##NAME
#define LABEL(NAME) GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_##NAME

static const int64_t DECIMAL_LIMIT = 10000000000000; // hundredths that a double still tells apart

static bool is_text(const proto_t *proto)
{
    return proto->type == TYPE(STRING);
}

static field_type_t text_type(const Selenga__FieldOptions *says)
{
    if (says->has_digits) return FIELD_DIGITS;
    if (says->has_set && says->set) return FIELD_SET;
    if (says->ref != NULL) return strcmp(says->ref, "*") == 0 ? FIELD_ANY_REF : FIELD_REF;
    if (says->refs != NULL) return FIELD_REFS;
    return says->n_word > 0 ? FIELD_ENUM : FIELD_TEXT;
}

// 0: no field of a kind has such a type.
static field_type_t type_of(const field_t *field)
{
    int type = (int)field->proto->type;
    if (type == TYPE(STRING)) return text_type(field->says);
    if (type == TYPE(BYTES)) return FIELD_BYTES;
    if (type == TYPE(BOOL)) return FIELD_BOOL;
    if (type == TYPE(SINT32)) return FIELD_DATE;
    if (type == TYPE(SINT64))
        return field->says->has_decimal && field->says->decimal ? FIELD_DECIMAL : FIELD_INT;
    return (field_type_t)0;
}

static void check_shape(model_t *model, const kind_t *kind, field_t *field)
{
    if (field->proto->label != LABEL(OPTIONAL))
        complain(model, kind, field,
                 "a field of a kind is optional; write optional (is: REQUIRED is a rule)");
    if (field->proto->default_value != NULL)
        complain(model, kind, field, "a default says what nobody wrote; take [default] away");
    if (strlen(field->name) > FIELD_NAME_MAX)
        complain(model, kind, field, "a name that no fault has room for; write at most %d letters",
                 FIELD_NAME_MAX);
    field->type = type_of(field);
    if (field->type == 0)
        complain(model, kind, field,
                 "a type that no kind has; write string, bytes, bool, sint32 (a date) or sint64");
}

static void check_said(model_t *model, const kind_t *kind, const field_t *field)
{
    const Selenga__FieldOptions *says = field->says;
    if (!says->has_pd)
        complain(model, kind, field,
                 "no class of personal data; write pd: IDENTITY (names a person), SERVICE (about work), "
                 "EVALUATIVE (judges), SPECIAL (health) or PUBLIC (about nobody)");
    if (says->en == NULL || says->ru == NULL)
        complain(model, kind, field, "no label in %s; write %s: \"...\"",
                 says->en == NULL ? "English" : "Russian", says->en == NULL ? "en" : "ru");
    if (says->help == NULL || says->help_ru == NULL)
        complain(model, kind, field, "no help in %s; write %s: \"...\"",
                 says->help == NULL ? "English" : "Russian", says->help == NULL ? "help" : "help_ru");
}

// Options that belong to some types only.
static void check_fit(model_t *model, const kind_t *kind, const field_t *field)
{
    const Selenga__FieldOptions *says = field->says;
    enum { MOST = 8 };
    bool text = is_text(field->proto), number = field->proto->type == TYPE(SINT64);
    const struct {
        const char *name;
        bool there, fits;
        const char *type;
    } options[MOST] = {
        {"ref", says->ref != NULL, text, "string"},
        {"refs", says->refs != NULL, text, "string"},
        {"word", says->n_word > 0, text, "string"},
        {"set", says->has_set, text, "string"},
        {"digits", says->has_digits, text, "string"},
        {"decimal", says->has_decimal, number, "sint64"},
        {"min and max", says->has_min || says->has_max, number, "sint64"},
        {"bytes", says->has_bytes, field->type == FIELD_TEXT || field->type == FIELD_BYTES,
         "string without ref, word, set or digits, or bytes"},
    };
    for (size_t i = 0; i < MOST; i++)
        if (options[i].there && !options[i].fits)
            complain(model, kind, field, "%s does not fit its type; make it %s, or take %s away",
                     options[i].name, options[i].type, options[i].name);
    size_t sorts = (says->ref != NULL) + (says->refs != NULL) + (says->has_digits != 0);
    bool codes = says->n_word > 0 || says->has_set;
    if (sorts > 1 || (sorts == 1 && codes))
        complain(model, kind, field, "several of ref, refs, digits, and word or set; leave one of them");
}

static void check_numbers(model_t *model, const kind_t *kind, const field_t *field)
{
    const Selenga__FieldOptions *says = field->says;
    if (field->type == FIELD_INT || field->type == FIELD_DECIMAL) {
        if (!says->has_min || !says->has_max)
            complain(model, kind, field, "a number without bounds; write min: and max:");
        else if (says->min >= says->max)
            complain(model, kind, field, "min is not below max; write a smaller min");
        if (field->type == FIELD_DECIMAL && (says->min < -DECIMAL_LIMIT || says->max > DECIMAL_LIMIT))
            complain(model, kind, field,
                     "a range that JSON cannot carry exactly; write at most %" PRId64 " hundredths",
                     DECIMAL_LIMIT);
    }
    if (says->has_bytes && (says->bytes == 0 || says->bytes > FIELD_LIMIT))
        complain(model, kind, field, "bytes is 1 to %d; write how many it may have", FIELD_LIMIT);
    if (field->type == FIELD_BYTES && !says->has_bytes)
        complain(model, kind, field, "bytes without bound; write bytes: N");
    if (says->has_digits && (says->digits == 0 || says->digits > FIELD_LIMIT))
        complain(model, kind, field, "digits is 1 to %d; write how many it has", FIELD_LIMIT);
}

static void check_flags(model_t *model, const kind_t *kind, field_t *field)
{
    for (size_t i = 0; i < field->says->n_is; i++) field->flags |= (unsigned)field->says->is[i];
    if ((field->flags & F_INDEX) != 0 && field->type != FIELD_REF && field->type != FIELD_ANY_REF)
        complain(model, kind, field, "an index of no reference; write ref: \"...\", or take INDEX away");
    if ((field->flags & F_CODE) != 0 && (field->type != FIELD_TEXT || field->says->has_bytes))
        complain(model, kind, field,
                 "a code is a string of %d bytes at most; take CODE or what says "
                 "otherwise away",
                 CODE_MAX);
    if ((field->flags & F_REASON) != 0 && field->type != FIELD_TEXT)
        complain(model, kind, field, "a reason that is no text; make it string, or take REASON away");
    if ((field->flags & F_MOMENT) != 0 && field->type != FIELD_INT)
        complain(model, kind, field, "a moment that is no number; make it sint64, or take MOMENT away");
    if ((field->flags & F_EXPIRES) != 0 && field->type != FIELD_DATE && (field->flags & F_MOMENT) == 0)
        complain(model, kind, field,
                 "a term that ends at no time; make it a date, or a MOMENT, or take EXPIRES away");
    if ((field->flags & F_OPEN) != 0 && (field->type != FIELD_SET || field->says->n_word == 0))
        complain(model, kind, field,
                 "open without words to be beyond; make it a set with words, or take OPEN away");
    if ((field->flags & F_KEY) == 0) return;
    if ((field->flags & F_DERIVED) != 0)
        complain(model, kind, field, "a key that nobody can know; take KEY or DERIVED away");
    if (field->type == FIELD_SET || field->type == FIELD_REFS || field->type == FIELD_BOOL)
        complain(model, kind, field, "a type that makes no key; take KEY away");
}

static void check_reference(model_t *model, const kind_t *kind, field_t *field)
{
    const char *name = field->says->ref != NULL ? field->says->ref : field->says->refs;
    if (name == NULL || field->type == FIELD_ANY_REF) return;
    field->ref = find_kind(model, name);
    if (field->ref == NULL) {
        complain(model, kind, field, "refers to `%s`, which no kind is called; write the name of a kind",
                 name);
        return;
    }
    for (size_t i = 0; i < field->ref->n_fields; i++)
        if (has_flag(&field->ref->fields[i], F_KEY)) return;
    complain(model, kind, field, "refers to %s, which has no natural key; give it one (is: KEY)", name);
}

void check_field(model_t *model, const kind_t *kind, field_t *field)
{
    if (!field->declared) {
        complain(
            model, kind, field,
            "no rules; write [(field) = {pd: ... en: \"...\" ru: \"...\" help: \"...\" help_ru: \"...\"}]");
        return;
    }
    check_shape(model, kind, field);
    if (field->type == 0) return;
    check_said(model, kind, field);
    check_fit(model, kind, field);
    check_numbers(model, kind, field);
    check_flags(model, kind, field);
    check_reference(model, kind, field);
    check_words(model, kind, field);
}

void check_across(model_t *model, const kind_t *kind, const field_t *field)
{
    const char *before = field->says->not_before, *other = field->says->differs_from;
    const field_t *from = before != NULL ? find_field(kind, before) : NULL;
    if (before != NULL && (from == NULL || from->type != FIELD_DATE || field->type != FIELD_DATE))
        complain(model, kind, field, "not_before: both are dates of this message; `%s` and this are not",
                 before);
    from = other != NULL ? find_field(kind, other) : NULL;
    if (other != NULL && (from == NULL || !is_text(from->proto) || !is_text(field->proto)))
        complain(model, kind, field, "differs_from: both are texts of this message; `%s` and this are not",
                 other);
}
