// SPDX-License-Identifier: Apache-2.0
// Records as the command line shows them (common/forms/view.h): with names and codes.
#pragma once
#include "common/forms/json.h"
#include "common/schema/kinds.h"
#include "proto/record.pb-c.h"

// Prints one record: what it is, then its fields that are not empty, one a line. A body that cannot be read
// is said so.
void show_record(const Selenga__Record *record, FILE *out);

// The JSON form of a record of the wire; null, with a word on stderr, when it cannot be read. The caller owns
// it.
json_t *show_json(slice_t wire);
