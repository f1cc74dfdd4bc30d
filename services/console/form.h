// SPDX-License-Identifier: Apache-2.0
// What a browser sends of a form, and of a query: NAME=VALUE&..., application/x-www-form-urlencoded. Bytes of
// a stranger: all of it is bounded, and must be UTF-8 without control characters.
#pragma once
#include "common/base/util.h"

enum {
    FORM_BODY_MAX = 1024 * 1024,
    FORM_PAIRS_MAX = 1024,
    FORM_NAME_MAX = 80,
};

typedef struct form_pair {
    const char *name, *value;
} form_pair_t;

typedef struct form {
    form_pair_t *pairs;
    size_t n, room;
    char *memory;
    size_t size; // of the memory
} form_t;

// True with *ret_form for form_free; false, and it is empty, for what is not of that form or too much. Line
// ends of a browser (CR LF) become LF.
bool form_parse(slice_t text, form_t *ret_form);
void form_free(form_t *form);

// The first value of that name; NULL: there is none.
const char *form_value(const form_t *form, const char *name);
// The same, "" where there is none.
const char *form_text(const form_t *form, const char *name);

// One piece, decoded into `ret` of text.size + 1 bytes; plus: '+' is a blank. False: it is not well-formed.
bool form_decode(slice_t text, bool plus, char *ret);
