// SPDX-License-Identifier: Apache-2.0
// The body of a record of any kind. A byte says which kind and how the rest is meant: as a neighbour's bytes,
// or (BUILT) as choices for each field, so that bodies of every kind come by that are nearly good. A body
// that keeps its rules survives every other form of it unchanged.
#include "common/json.h"
#include "common/text.h"
#include "tests/fuzz/fuzz.h"
#include <inttypes.h>
#include <stdlib.h>

enum { ROOM = 1024 * 1024, BUILT = 0x80 };

// --- a body by choices ---------------------------------------------------------------------------

// One of the words, or a text that is none of them.
static slice_t choose_word(const char *words, uint8_t choice)
{
    slice_t rest = slice_text(words), piece = rest;
    bool done = false;
    for (unsigned i = 0; i <= choice && text_next_piece(&rest, ' ', &done, &piece);) i++;
    return piece;
}

// Pieces of a reference that the kind may have, or one too few or too many.
static void choose_ref(const kind_rule_t *target, slice_t *in, FILE *to)
{
    uint8_t choice = fuzz_byte(in);
    size_t parts = kind_ref_parts(target) + (choice % 16 == 1) - (choice % 16 == 2);
    for (size_t i = 0; i < parts; i++) fprintf(to, "%s%02u", i > 0 ? ":" : "", fuzz_byte(in) % 100);
}

static void choose_pieces(const field_rule_t *f, slice_t *in, FILE *to)
{
    size_t n = f->type == FIELD_SET || f->type == FIELD_REFS ? 1 + fuzz_byte(in) % 4 : 1;
    for (size_t i = 0; i < n; i++) {
        if (i > 0) fputc(';', to);
        slice_t word = f->values != NULL ? choose_word(f->values, fuzz_byte(in)) : fuzz_take(in, 3);
        if (f->ref != 0)
            choose_ref(kind_by_number(f->ref), in, to);
        else
            fwrite(word.data, 1, word.size, to);
    }
}

// A text for the field, which need not keep its rule.
static void choose_text(const field_rule_t *f, slice_t *in, FILE *to)
{
    uint64_t wide = 0;
    slice_t number = fuzz_take(in, f->type == FIELD_INT || f->type == FIELD_DECIMAL ? 3 : 0);
    for (size_t i = 0; i < number.size; i++) wide = wide << 8 | number.data[i];
    switch (f->type) {
    case FIELD_DATE:
        fprintf(to, "20%02u-%02u-%02u", fuzz_byte(in) % 100, fuzz_byte(in) % 14, fuzz_byte(in) % 33);
        break;
    case FIELD_BOOL:
        fputs(fuzz_byte(in) % 2 == 0 ? "yes" : "no", to);
        break;
    case FIELD_INT:
        fprintf(to, "%" PRId64, f->min + (int64_t)wide);
        break;
    case FIELD_DECIMAL:
        fprintf(to, "%" PRId64 ".%02" PRIu64, f->min / 100 + (int64_t)(wide / 100), wide % 100);
        break;
    case FIELD_DIGITS:
        for (int64_t i = 0; i < f->max; i++) fputc('0' + fuzz_byte(in) % 10, to);
        break;
    case FIELD_BYTES:
        for (int64_t i = 0; i < f->max; i++) fprintf(to, "%02x", fuzz_byte(in));
        break;
    case FIELD_TEXT:
    case FIELD_ENUM:
    case FIELD_SET:
    case FIELD_REF:
    case FIELD_REFS:
        choose_pieces(f, in, to);
        break;
    }
}

static void choose_field(const kind_rule_t *kind, size_t i, slice_t *in, arena_t *arena, body_t *body)
{
    char *text = NULL;
    size_t size = 0;
    if (fuzz_byte(in) % 4 == 3) return; // left out
    FILE *to = open_memstream(&text, &size);
    assert(to != NULL);
    choose_text(&kind->fields[i], in, to);
    fclose(to);
    (void)body_set_text(kind, body, i, text, arena, NULL); // else it is left out
    free(text);
}

static slice_t pack(const body_t *body, arena_t *arena)
{
    slice_t bytes;
    assert(body_pack(body, arena, &bytes, NULL) == 0);
    return bytes;
}

static slice_t build(const kind_rule_t *kind, slice_t in, arena_t *arena)
{
    body_t *body = body_new(kind, arena);
    for (size_t i = 0; i < kind->n_fields; i++) choose_field(kind, i, &in, arena, body);
    return pack(body, arena);
}

// --- what must hold of it ------------------------------------------------------------------------

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
    if ((first & BUILT) != 0) in = build(kind, in, arena);
    try(kind, in);
    return 0;
}
