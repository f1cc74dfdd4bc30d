// SPDX-License-Identifier: Apache-2.0
// Records for people: as a list of fields, or as rows of a table. Driven by the kind's rules.
#pragma once
#include "common/forms/json.h"
#include "common/schema/kinds.h"
#include "proto/record.pb-c.h"
#include "services/cli/table.h"

// Prints one record: what it is, then its fields that are not empty, one a line. A body that cannot be read
// is said so.
void show_record(const Selenga__Record *record, FILE *out);

// The JSON form of a record of the wire; null, with a word on stderr, when it cannot be read. The caller owns
// it.
json_t *show_json(slice_t wire);

// Columns for records of a kind: the id where there is no natural key, then the fields that are declared as
// columns of lists. NULL: a kind that this program does not know; then its ids and organisations.
void show_columns(table_t *table, const kind_rule_t *kind);
// The row of a record under those columns.
void show_row(table_t *table, const kind_rule_t *kind, const Selenga__Record *record);
