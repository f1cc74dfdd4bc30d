// SPDX-License-Identifier: Apache-2.0
// JSON on stdout: one document, or an array written element by element so that a long list needs no memory.
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/date.h"

// Prints the document with a line end and releases it.
void output_json(json_t **document);

// An array as it grows: begin, any number of elements (each released), end.
typedef struct output_array {
    size_t n;
} output_array_t;

void output_array_begin(output_array_t *self);
void output_array_add(output_array_t *self, json_t **element);
void output_array_end(output_array_t *self);

// A text, or null for NULL and "". What is not UTF-8 becomes null too: it could not be printed as JSON.
json_t *output_text(const char *text);

// Seconds since 1970 as RFC 3339; NULL beyond all calendars.
enum { OUTPUT_TIME_TEXT = MOMENT_TEXT };
const char *output_time_text(int64_t unix_s, char buf[OUTPUT_TIME_TEXT]);
// The same as JSON; null when not known.
json_t *output_time(bool known, int64_t unix_s);
// The number if `known`, else null.
json_t *output_integer(bool known, int64_t number);
