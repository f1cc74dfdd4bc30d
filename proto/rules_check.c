// SPDX-License-Identifier: Apache-2.0
// See rules_check.h. It reads protobuf-c's descriptors, so that a message and its row cannot drift apart.
#include "proto/rules_check.h"
#include <stdarg.h>
#include <string.h>

enum {
    ALL_FLAGS = F_REQUIRED | F_KEY | F_INDEX | F_DERIVED,
    ALL_WRITERS = W_ANY | W_SERVING | W_ABOVE | W_PROGRAM,
    NUMBER_SIZE = 24,   // bytes of a printed number
    KEY_LIMIT = 2048,   // bytes of a key text, KEY_TEXT_MAX of common/ids.h
    FIELDS_LIMIT = 256, // fields of a message, SEEN_MAX of common/body.c
};
static const int64_t DECIMAL_LIMIT = 10000000000000; // hundredths that a double still tells apart

typedef struct checker {
    const kind_rule_t *const *kinds;
    size_t n_kinds;
    const kind_rule_t *kind; // the one in hand
    FILE *out;
    size_t mistakes;
} checker_t;

__attribute__((format(printf, 3, 4))) static void complain(checker_t *c, const char *field,
                                                           const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(c->out, "kind %s%s%s: ", c->kind->name != NULL ? c->kind->name : "(no name)",
            field != NULL ? ", field " : "", field != NULL ? field : "");
    vfprintf(c->out, format, args);
    fputc('\n', c->out);
    va_end(args);
    c->mistakes++;
}

static const kind_rule_t *find_kind(const checker_t *c, uint32_t number)
{
    for (size_t i = 0; i < c->n_kinds; i++)
        if (c->kinds[i]->number == number) return c->kinds[i];
    return NULL;
}

static const field_rule_t *find_rule(const kind_rule_t *kind, const char *name)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if (strcmp(kind->fields[i].name, name) == 0) return &kind->fields[i];
    return NULL;
}

static bool is_integer(ProtobufCType type)
{
    return type == PROTOBUF_C_TYPE_INT32 || type == PROTOBUF_C_TYPE_SINT32 ||
           type == PROTOBUF_C_TYPE_UINT32 || type == PROTOBUF_C_TYPE_INT64 ||
           type == PROTOBUF_C_TYPE_SINT64 || type == PROTOBUF_C_TYPE_UINT64;
}

static bool type_fits(field_type_t rule, ProtobufCType type)
{
    switch (rule) {
    case FIELD_DATE:
        return type == PROTOBUF_C_TYPE_SINT32;
    case FIELD_BOOL:
        return type == PROTOBUF_C_TYPE_BOOL;
    case FIELD_INT:
        return is_integer(type);
    case FIELD_DECIMAL:
        return type == PROTOBUF_C_TYPE_SINT64 || type == PROTOBUF_C_TYPE_INT64;
    case FIELD_BYTES:
        return type == PROTOBUF_C_TYPE_BYTES;
    case FIELD_TEXT:
    case FIELD_ENUM:
    case FIELD_SET:
    case FIELD_REF:
    case FIELD_REFS:
    case FIELD_DIGITS:
        return type == PROTOBUF_C_TYPE_STRING;
    }
    return false;
}

static void check_numbers(checker_t *c, const field_rule_t *rule, ProtobufCType type)
{
    if (rule->min >= rule->max) complain(c, rule->name, "min is not below max");
    if (rule->type == FIELD_DECIMAL && (rule->min < -DECIMAL_LIMIT || rule->max > DECIMAL_LIMIT))
        complain(c, rule->name, "a range that JSON cannot carry exactly");
    bool narrow = type == PROTOBUF_C_TYPE_INT32 || type == PROTOBUF_C_TYPE_SINT32;
    if (narrow && (rule->min < INT32_MIN || rule->max > INT32_MAX))
        complain(c, rule->name, "a range beyond 32 bits");
    if (type == PROTOBUF_C_TYPE_UINT32 && (rule->min < 0 || rule->max > UINT32_MAX))
        complain(c, rule->name, "a range beyond 32 bits without sign");
    if (type == PROTOBUF_C_TYPE_UINT64 && rule->min < 0)
        complain(c, rule->name, "a sign that its type has not");
}

static void check_values(checker_t *c, const field_rule_t *rule, ProtobufCType type)
{
    if (rule->type == FIELD_INT || rule->type == FIELD_DECIMAL) {
        check_numbers(c, rule, type);
        return;
    }
    if (rule->min != 0 || rule->max < 0 || rule->max > FIELD_LIMIT) complain(c, rule->name, "a wrong size");
    if (rule->type == FIELD_DIGITS && rule->max == 0) complain(c, rule->name, "no count of digits");
    if (rule->type == FIELD_ENUM && (rule->values == NULL || rule->values[0] == '\0'))
        complain(c, rule->name, "an enumeration without values");
    if (rule->values != NULL && rule->type != FIELD_ENUM && rule->type != FIELD_SET)
        complain(c, rule->name, "values that its type does not use");
}

static void check_reference(checker_t *c, const field_rule_t *rule)
{
    bool reference = rule->type == FIELD_REF || rule->type == FIELD_REFS;
    if ((rule->flags & F_INDEX) != 0 && rule->type != FIELD_REF)
        complain(c, rule->name, "an index of no reference");
    if (!reference) {
        if (rule->ref != 0) complain(c, rule->name, "a referred kind that its type does not use");
        return;
    }
    const kind_rule_t *target = find_kind(c, rule->ref);
    if (target == NULL) {
        complain(c, rule->name, "refers to kind %u, which is not there", rule->ref);
        return;
    }
    size_t keys = 0;
    for (size_t i = 0; i < target->n_fields; i++)
        if ((target->fields[i].flags & F_KEY) != 0) keys++;
    if (keys == 0) complain(c, rule->name, "refers to %s, which has no natural key", target->name);
}

static void check_rule(checker_t *c, size_t i)
{
    const field_rule_t *rule = &c->kind->fields[i];
    if (i >= c->kind->message->n_fields) {
        complain(c, rule->name, "the message has no such field");
        return;
    }
    const ProtobufCFieldDescriptor *field = &c->kind->message->fields[i];
    if (strcmp(rule->name, field->name) != 0) {
        complain(c, rule->name, "stands where the message has `%s`", field->name);
        return;
    }
    if (field->label != PROTOBUF_C_LABEL_OPTIONAL) complain(c, rule->name, "is not optional in the message");
    if (field->default_value != NULL) complain(c, rule->name, "has a default in the message");
    if (rule->pd < PD_IDENTITY || rule->pd > PD_PUBLIC) complain(c, rule->name, "no personal-data class");
    if (!type_fits(rule->type, field->type))
        complain(c, rule->name, "a type that the message's does not fit");
    if ((rule->flags & ~(unsigned)ALL_FLAGS) != 0) complain(c, rule->name, "unknown flags");
    if (rule->help == NULL || rule->help[0] == '\0') complain(c, rule->name, "no help");
    check_values(c, rule, field->type);
    check_reference(c, rule);
}

// A key is made of what prints as one piece; all together they fit a key text.
static void check_key(checker_t *c)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < c->kind->n_fields; i++) {
        const field_rule_t *rule = &c->kind->fields[i];
        if ((rule->flags & F_KEY) == 0) continue;
        bool number = rule->type == FIELD_INT || rule->type == FIELD_DECIMAL; // its max is no size
        int64_t size = number ? NUMBER_SIZE : rule->max != 0 ? rule->max : FIELD_MAX;
        bytes += rule->type == FIELD_BYTES ? 2 * size + 1 : size + 1;
        if ((rule->flags & F_DERIVED) != 0) complain(c, rule->name, "a key that nobody can know");
        if (rule->type == FIELD_SET || rule->type == FIELD_REFS || rule->type == FIELD_BOOL)
            complain(c, rule->name, "a type that makes no key");
    }
    if (bytes > KEY_LIMIT) complain(c, NULL, "a key of up to %lld bytes", (long long)bytes);
}

// The organisation: a code (text, or a reference to the kind that is itself the organisation) or ORG:NUMBER.
static void check_org_field(checker_t *c)
{
    if (c->kind->org_field == NULL) return;
    const field_rule_t *rule = find_rule(c->kind, c->kind->org_field);
    if (rule == NULL) {
        complain(c, NULL, "org_field names no field: %s", c->kind->org_field);
        return;
    }
    if (rule->type != FIELD_TEXT && rule->type != FIELD_REF)
        complain(c, rule->name, "cannot name an organisation");
    if ((rule->flags & F_REQUIRED) == 0)
        complain(c, rule->name, "names the organisation and is not required");
}

static void check_reach(checker_t *c)
{
    const kind_rule_t *k = c->kind;
    bool known = k->up == UP_HOME || k->up == UP_SCHOOL || k->up == UP_MUNICIPALITY || k->up == UP_REGION ||
                 k->up == UP_ALL;
    if (!known) complain(c, NULL, "an unknown reach upwards");
    if (k->down > DOWN_TO) complain(c, NULL, "an unknown reach downwards");
    if (k->writers == 0 || (k->writers & ~(unsigned)ALL_WRITERS) != 0)
        complain(c, NULL, "no or unknown writers");
    // Names stay near: whoever widens this must first change what the law lets travel (PD-03).
    for (size_t i = 0; i < k->n_fields; i++)
        if (k->fields[i].pd == PD_IDENTITY && (k->up > UP_MUNICIPALITY || k->down == DOWN_ALL))
            complain(c, k->fields[i].name, "names a person and would leave the municipality");
    for (size_t i = 0; i < k->n_fields; i++)
        if (k->fields[i].pd == PD_SPECIAL && (k->up != UP_HOME || k->down != DOWN_NONE))
            complain(c, k->fields[i].name, "of the special class and would leave its organisation");
}

static void check_kind(checker_t *c, size_t i)
{
    const kind_rule_t *k = c->kind = c->kinds[i];
    if (k->name == NULL || k->message == NULL || k->fields == NULL) {
        complain(c, NULL, "no name, message or fields");
        return;
    }
    if (k->n_fields > FIELDS_LIMIT) complain(c, NULL, "more than %d fields", FIELDS_LIMIT);
    if (k->number == 0) complain(c, NULL, "no number");
    if (k->help == NULL || k->help[0] == '\0') complain(c, NULL, "no help");
    if (i > 0 && c->kinds[i - 1]->number >= k->number)
        complain(c, NULL, "number %u is not ascending", k->number);
    for (size_t j = 0; j < i; j++) {
        if (c->kinds[j]->name != NULL && strcmp(c->kinds[j]->name, k->name) == 0)
            complain(c, NULL, "its name is there twice");
        if (c->kinds[j]->message == k->message) complain(c, NULL, "its message is there twice");
    }
    for (size_t j = 0; j < k->n_fields; j++) check_rule(c, j);
    for (size_t j = k->n_fields; j < k->message->n_fields; j++)
        complain(c, k->message->fields[j].name, "has no rule");
    check_key(c);
    check_org_field(c);
    check_reach(c);
}

size_t rules_check(const kind_rule_t *const *kinds, size_t n_kinds, FILE *out)
{
    checker_t c = {.kinds = kinds, .n_kinds = n_kinds, .out = out};
    for (size_t i = 0; i < n_kinds; i++) check_kind(&c, i);
    return c.mistakes;
}
