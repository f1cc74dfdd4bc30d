// SPDX-License-Identifier: Apache-2.0
// JSON form of records and bodies: {"id","kind","home","version","org","deleted","body":{…}}. Dates are ISO
// text, booleans true and false, numbers exact, bytes hex. Depth and size of what comes in are bounded before
// jansson sees it.
#pragma once
#include "common/schema/body.h"
#include <jansson.h>
#include <stdio.h>

enum {
    JSON_E_FAULT = 1,
    JSON_E_END = 2,
    JSON_RECORD_MAX = 64 * 1024, // bytes of one record's text
    JSON_DEPTH_MAX = 8,          // no record needs more than two
};
// Every dump must use these flags: 0.1 prints as 0.1.
#define JSON_EXACT JSON_REAL_PRECISION(15)

// --- out -----------------------------------------------------------------------------------------

// The caller owns the result. Absent fields are left out; fields of a newer program too.
json_t *body_to_json(const kind_rule_t *kind, const body_t *body);
// From a record's wire bytes. A kind that we do not know has its number for a name and its body in hex. The
// caller owns *ret_json. 0 or JSON_E_FAULT.
int record_to_json(slice_t wire, json_t **ret_json, fault_t *ret_fault);
// The row of a kind: fields, reach, writers, personal-data classes. The caller owns the result.
json_t *kind_to_json(const kind_rule_t *kind);

// --- in ------------------------------------------------------------------------------------------

// Reads a body; null clears. ret_set has room for kind->n_fields numbers. An unknown name is a fault. 0 or
// JSON_E_FAULT.
int body_from_json(const kind_rule_t *kind, const json_t *json, arena_t *arena, body_t **ret_body,
                   uint32_t *ret_set, size_t *ret_n_set, fault_t *ret_fault);
// Reads a record in the form above, or its body alone, into an item to put; all in the arena. Of the form
// only `id` (where the kind has no key), `kind` (must fit) and `body` count. Computed fields in the form are
// passed over, so that what get printed can be put again; in a body alone they are a fault. 0 or
// JSON_E_FAULT.
int item_from_json(const kind_rule_t *kind, const json_t *json, arena_t *arena, Selenga__Item **ret_item,
                   fault_t *ret_fault);

// Reads one object, or an array of objects one by one, of any length, in memory for one.
typedef struct json_stream json_stream_t;
json_stream_t *json_stream_new(FILE *in); // in: not owned
void json_stream_destroy(json_stream_t **stream_p);
// 0: the caller owns *ret_json, an object. JSON_E_END: no more. JSON_E_FAULT: bad input; the stream has
// ended.
int json_stream_next(json_stream_t *stream, json_t **ret_json, fault_t *ret_fault);
// The line on which the last object began.
size_t json_stream_line(const json_stream_t *stream);
