// SPDX-License-Identifier: Apache-2.0
// The programs of a node as a table; the rows follow from the list in proto/message.h.
#pragma once
#include "proto/message.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct service_row {
    uint32_t number;     // in envelopes
    const char *name;    // "registry": its section of node.conf, its store, what people type
    const char *program; // "selenga-registry"
    bool keeps;          // has a store in DIR/store/NAME; the gate and the console have none
} service_row_t;

// The gate, then the services, then the console, in the order in which they are started.
enum { PROGRAMS_N = 2 + SERVICES_END - SERVICES_FIRST };
extern const service_row_t PROGRAMS[PROGRAMS_N];

// The row of a program with this number, or name; NULL: there is none.
const service_row_t *program_by_number(uint32_t number);
const service_row_t *program_by_name(const char *name);

// "registry", "gate", and "cli" for callers; NULL for another number. -1 for a name that is none.
const char *service_name(uint32_t service);
int service_by_name(const char *name);
