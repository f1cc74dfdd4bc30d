// SPDX-License-Identifier: Apache-2.0
// `selenga put`: a byte that names the kind, then a JSON text. What is accepted prints as JSON and is
// accepted again as the same bytes.
#include "common/forms/json.h"
#include "tests/fuzz/fuzz.h"

static void print_again(const kind_rule_t *kind, const Selenga__Item *item, arena_t *arena)
{
    body_t *body, *again;
    slice_t bytes;
    uint32_t set[256];
    size_t n_set;
    fault_t fault;
    assert(body_unpack(kind, slice(item->body.data, item->body.len), arena, &body, &fault) == 0);
    json_t *json = body_to_json(kind, body);
    assert(body_from_json(kind, json, arena, &again, set, &n_set, &fault) == 0);
    assert(body_pack(again, arena, &bytes, &fault) == 0);
    assert(slice_equal(bytes, slice(item->body.data, item->body.len)));
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice_t in = slice(data, size);
    const kind_rule_t *kind = fuzz_kind(&in);
    FILE *file = fuzz_file(in);
    json_t *json;
    fault_t fault;
    if (file == NULL) return 0;
    AUTO(json_stream_destroy) json_stream_t *stream = json_stream_new(file);
    while (json_stream_next(stream, &json, &fault) == 0) {
        AUTO(arena_destroy) arena_t *arena = arena_new(JSON_RECORD_MAX);
        AUTO(arena_destroy) arena_t *more = arena_new(JSON_RECORD_MAX);
        Selenga__Item *item;
        if (item_from_json(kind, json, arena, &item, &fault) == 0) print_again(kind, item, more);
        json_decref(json);
    }
    fclose(file);
    return 0;
}
