// SPDX-License-Identifier: Apache-2.0
// What the files *_kinds.c share: short forms of a field's rule, and checks that several kinds need.
// Only those files include it. The C names of the arguments are those of field_rule_t.
#pragma once
#include "proto/kind.h"
#include "proto/kinds.h"
#include <string.h>

#define N_(text) text // marks a text for translation; shown through _() by who prints it

#define TEXT(NAME, PD, FLAGS, MAX, HELP)                                                                     \
    {                                                                                                        \
        .name = NAME, .pd = PD, .type = FIELD_TEXT, .flags = FLAGS, .max = MAX, .help = HELP                 \
    }
#define DIGITS(NAME, PD, FLAGS, COUNT, HELP)                                                                 \
    {                                                                                                        \
        .name = NAME, .pd = PD, .type = FIELD_DIGITS, .flags = FLAGS, .max = COUNT, .help = HELP             \
    }
#define BYTES(NAME, PD, FLAGS, MAX, HELP)                                                                    \
    {                                                                                                        \
        .name = NAME, .pd = PD, .type = FIELD_BYTES, .flags = FLAGS, .max = MAX, .help = HELP                \
    }
#define DATE(NAME, PD, FLAGS, HELP)                                                                          \
    {                                                                                                        \
        .name = NAME, .pd = PD, .type = FIELD_DATE, .flags = FLAGS, .help = HELP                             \
    }
#define YESNO(NAME, PD, FLAGS, HELP)                                                                         \
    {                                                                                                        \
        .name = NAME, .pd = PD, .type = FIELD_BOOL, .flags = FLAGS, .help = HELP                             \
    }
#define INT(NAME, PD, FLAGS, MIN, MAX, HELP)                                                                 \
    {                                                                                                        \
        .name = NAME, .pd = PD, .type = FIELD_INT, .flags = FLAGS, .min = MIN, .max = MAX, .help = HELP      \
    }
#define DECIMAL(NAME, PD, FLAGS, MIN, MAX, HELP)                                                             \
    {                                                                                                        \
        .name = NAME, .pd = PD, .type = FIELD_DECIMAL, .flags = FLAGS, .min = MIN, .max = MAX, .help = HELP  \
    }
#define ENUM(NAME, PD, FLAGS, VALUES, HELP)                                                                  \
    {                                                                                                        \
        .name = NAME, .pd = PD, .type = FIELD_ENUM, .flags = FLAGS, .values = VALUES, .help = HELP           \
    }
#define SET(NAME, PD, FLAGS, HELP)                                                                           \
    {                                                                                                        \
        .name = NAME, .pd = PD, .type = FIELD_SET, .flags = FLAGS, .help = HELP                              \
    }
#define REF(NAME, PD, FLAGS, KIND, HELP)                                                                     \
    {                                                                                                        \
        .name = NAME, .pd = PD, .type = FIELD_REF, .flags = FLAGS, .ref = KIND, .max = 200, .help = HELP     \
    }

#define FIELDS(ROWS) .fields = ROWS, .n_fields = sizeof(ROWS) / sizeof(ROWS)[0]

// A code that others refer to: ':' parts the pieces of a reference, ';' the references of a list.
static inline bool code_fits(const char *code)
{
    return code == NULL || strpbrk(code, ":;") == NULL;
}

static inline bool days_ordered(bool has_from, int32_t from, bool has_to, int32_t to)
{
    return !has_from || !has_to || from <= to;
}

// Ends a check: names the field and the fault.
static inline const char *fault_at(const char *field, const char *code, const char **ret_field)
{
    *ret_field = field;
    return code;
}
