// SPDX-License-Identifier: Apache-2.0
// Records that a dry run has let in: a row below may refer to them, though the node does not hold them.
#pragma once
#include <stdbool.h>

#include "common/schema/fault.h"
#include "proto/api.pb-c.h"

typedef struct planned planned_t;

planned_t *planned_new(void);
void planned_destroy(planned_t **self);
void planned_add(planned_t *self, const Selenga__Outcome *outcome);
// Was the row refused only because the record that it refers to stands above it in the file?
bool planned_explains(const planned_t *self, const fault_t *fault);
