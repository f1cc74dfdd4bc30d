// SPDX-License-Identifier: Apache-2.0
// The body of a record of any kind. A byte says which kind and how the rest is meant: as a neighbour's bytes,
// or (BUILT) as choices of choose.h. A body
// that keeps its rules survives every other form of it unchanged.
#include "common/forms/json.h"
#include "common/schema/fault.h"
#include "tests/fuzz/choose.h"

enum { ROOM = 1024 * 1024, BUILT = 0x80 };

static slice_t pack(const body_t *body, arena_t *arena)
{
    slice_t bytes;
    assert(body_pack(body, arena, &bytes, NULL) == 0);
    return bytes;
}

static bool is_derived(const kind_rule_t *kind, size_t i)
{
    return (kind->fields[i].flags & F_DERIVED) != 0;
}

// Every field printed and set again from its text, as a sheet does, gives the same body.
static void through_text(const kind_rule_t *kind, const body_t *body, arena_t *arena)
{
    char text[FIELD_TEXT_MAX];
    body_t *copy = body_new(kind, arena);
    for (size_t i = 0; i < kind->n_fields; i++)
        if (body_has(kind, body, i))
            assert(body_set_text(kind, copy, i, body_print(kind, body, i, text), arena, NULL) == 0);
    for (size_t i = 0; i < kind->n_fields; i++) {
        char other[FIELD_TEXT_MAX];
        assert(strcmp(body_print(kind, body, i, text), body_print(kind, copy, i, other)) == 0);
    }
}

static void through_json(const kind_rule_t *kind, const body_t *body, arena_t *arena)
{
    uint32_t set[256];
    size_t n_set;
    body_t *again;
    fault_t fault;
    json_t *json = body_to_json(kind, body);
    for (size_t i = 0; i < kind->n_fields; i++)
        if (is_derived(kind, i)) json_object_del(json, kind->fields[i].name);
    assert(body_from_json(kind, json, arena, &again, set, &n_set, &fault) == 0);
    json_decref(json);
}

// Laid over nothing with all its fields, and over itself with none.
static void through_merge(const kind_rule_t *kind, const body_t *body, slice_t bytes, arena_t *arena)
{
    uint32_t set[256];
    body_t *merged;
    for (size_t i = 0; i < kind->n_fields; i++) set[i] = kind_field_number(kind, i);
    assert(body_merge(kind, slice("", 0), body, set, kind->n_fields, false, arena, &merged, NULL) == 0);
    assert(body_validate(kind, merged, NULL) == 0);
    assert(body_merge(kind, bytes, body, NULL, 0, true, arena, &merged, NULL) == 0);
    assert(slice_equal(pack(merged, arena), pack(body, arena)));
}

static void name(const kind_rule_t *kind, const body_t *body, slice_t bytes)
{
    char key[KEY_TEXT_MAX];
    rid_t id, refs[64];
    body_ref_t ref;
    size_t state = 0;
    assert(body_key(kind, body, key).size < KEY_TEXT_MAX);
    assert(body_id(kind, body, &id) == kind_has_key(kind));
    assert(body_org(kind, body, "03").size <= 64);
    while (body_next_ref(kind, body, &state, &ref)) assert(ref.target != NULL);
    assert(body_indexed_refs(kind->number, bytes, refs, ARRAY_SIZE(refs)) <= ARRAY_SIZE(refs));
}

static void try(const kind_rule_t *kind, slice_t bytes)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(ROOM);
    fault_t fault;
    body_t *body;
    char text[FAULT_TEXT];
    rid_t refs[4];
    body_indexed_refs(kind->number, bytes, refs, ARRAY_SIZE(refs));
    if (body_check(kind, bytes, &fault) != 0) {
        assert(fault_is_known(fault.code));
        fault_text(&fault, text, sizeof text);
        return;
    }
    assert(body_unpack(kind, bytes, arena, &body, NULL) == 0);
    name(kind, body, bytes);
    through_text(kind, body, arena);
    through_json(kind, body, arena);
    through_merge(kind, body, bytes, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice_t in = slice(data, size);
    uint8_t first = fuzz_byte(&in);
    const kind_rule_t *kind = KINDS[(first & (BUILT - 1)) % N_KINDS];
    AUTO(arena_destroy) arena_t *arena = arena_new(ROOM);
    if ((first & BUILT) != 0) in = pack(choose_body(kind, &in, arena), arena);
    try(kind, in);
    return 0;
}
