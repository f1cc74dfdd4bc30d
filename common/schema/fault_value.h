// SPDX-License-Identifier: Apache-2.0
// Why something was refused, as a value: code, field, arguments. fault.h makes text of it.
#pragma once
#include "common/base/util.h"
#include "proto/api.pb-c.h"

enum {
    FAULT_CODE = 24, // bytes with the NUL
    FAULT_FIELD = 40,
    FAULT_ARG = 160,
    FAULT_ARGS = 4,
    FAULT_TEXT = 2048, // enough for any fault_text()
};

typedef struct fault {
    char code[FAULT_CODE];   // stable, e.g. "BAD-DATE"; a row of the table in fault.c
    char field[FAULT_FIELD]; // empty: of no field
    unsigned n_args;
    char args[FAULT_ARGS][FAULT_ARG];
} fault_t;

// Sets all of it: code, field or NULL, then up to FAULT_ARGS texts. Longer texts are cut at a whole character
// and end in an ellipsis. A NULL fault is allowed and ignored. fault_set(&fault, "RANGE", "hours", "1",
// "10000");
#define fault_set(fault, code, ...) fault_set_list(fault, code, __VA_ARGS__, (const char *)NULL)
void fault_set_list(fault_t *fault, const char *code, const char *field, ...) __attribute__((sentinel));

// The wire form points into `fault` and `args` (room for FAULT_ARGS); both must outlive it.
void fault_to_proto(const fault_t *fault, Selenga__Fault *ret_message, char **args);
// Takes outside data: cuts what is too long, drops arguments beyond FAULT_ARGS, replaces what is not text. A
// NULL message is "UNKNOWN".
void fault_from_proto(const Selenga__Fault *message, fault_t *ret_fault);
