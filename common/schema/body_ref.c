// SPDX-License-Identifier: Apache-2.0
// Keys, organisations and references of bodies. A reference in text is the referred key's pieces joined by
// ':'; a key text has one piece a key field, joined by \x1f. A piece that is itself a reference (a person in
// an absence's key) keeps its ':'.
#include "common/base/text.h"
#include "common/schema/body.h"
#include "common/schema/wire.h"
#include <assert.h>

static const char KEY_JOINT = '\x1f';
enum { REFS_KNOWN = 512, REF_KNOWN_MAX = 40 };
enum { TEXTS_MAX = 64 }; // fields of a kind that can be indexed: the first ones

// --- key and organisation ------------------------------------------------------------------------

static void append(char *buf, size_t *n, const void *text, size_t size)
{
    assert(*n + size < KEY_TEXT_MAX); // proto/generate sums the sizes of the key's fields
    memcpy(buf + *n, text, size);
    *n += size;
}

slice_t body_key(const kind_rule_t *kind, const body_t *body, char *buf)
{
    char value[FIELD_TEXT_MAX];
    size_t n = 0, fields = 0;
    for (size_t i = 0; i < kind->n_fields; i++) {
        if ((kind->fields[i].flags & F_KEY) == 0) continue;
        const char *text = body_print(kind, body, i, value);
        size_t size = strnlen(text, FIELD_TEXT_MAX);
        if (fields++ > 0) append(buf, &n, &KEY_JOINT, 1);
        if (n + size >= KEY_TEXT_MAX) size = KEY_TEXT_MAX - 1 - n; // only a body that does not validate
        if (size > 0) append(buf, &n, text, size);
        if (n == KEY_TEXT_MAX - 1) break;
    }
    buf[n] = '\0';
    return slice(buf, n);
}

const char *body_key_shown(const kind_rule_t *kind, const body_t *body, char *buf)
{
    body_key(kind, body, buf);
    for (char *c = buf; *c != '\0'; c++)
        if (*c == KEY_JOINT) *c = ':';
    return buf;
}

static slice_t before_colon(slice_t text)
{
    const uint8_t *at = text.size > 0 ? memchr(text.data, ':', text.size) : NULL;
    return at != NULL ? slice(text.data, (size_t)(at - text.data)) : text;
}

slice_t body_org(const kind_rule_t *kind, const body_t *body, const char *own_org)
{
    if (kind->org_field == NULL) return slice_text(own_org);
    int i = kind_field(kind, kind->org_field);
    const char *text = i >= 0 ? body_str(kind, body, (size_t)i) : NULL;
    return text != NULL ? before_colon(slice_text(text)) : (slice_t){0};
}

bool body_id(const kind_rule_t *kind, const body_t *body, rid_t *ret_id)
{
    char key[KEY_TEXT_MAX];
    if (!kind_has_key(kind)) return false;
    rid_derive(kind, body_org(kind, body, ""), body_key(kind, body, key), ret_id);
    return true;
}

// --- references ----------------------------------------------------------------------------------

static size_t count_pieces(slice_t text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.size; i++) n += text.data[i] == ':';
    return n;
}

// May the first part of the key be known from elsewhere? Where it is a plain code before another one:
// framework, code.
static bool first_may_lack(const kind_rule_t *target)
{
    for (size_t i = 0; i < target->n_fields; i++)
        if ((target->fields[i].flags & F_KEY) != 0)
            return target->fields[i].type == FIELD_TEXT && kind_ref_parts(target) > 1;
    return false;
}

static const field_rule_t *first_key(const kind_rule_t *target)
{
    for (size_t i = 0; i < target->n_fields; i++)
        if ((target->fields[i].flags & F_KEY) != 0) return &target->fields[i];
    return NULL;
}

bool ref_is_shaped(const kind_rule_t *target, slice_t text)
{
    size_t parts = kind_ref_parts(target), n = count_pieces(text);
    slice_t piece;
    bool done = false;
    if (text.size == 0 || text.size >= KEY_TEXT_MAX) return false;
    if (parts == 1) return text.size <= CODE_MAX; // one piece is the whole text, whatever it holds
    if (n != parts && !(n + 1 == parts && first_may_lack(target))) return false;
    while (text_next_piece(&text, ':', &done, &piece))
        if (piece.size == 0 || piece.size > CODE_MAX) return false;
    return true;
}

const kind_rule_t *ref_target(const field_rule_t *field, slice_t text, slice_t *ret_ref)
{
    char name[REF_MAX + 1];
    *ret_ref = text;
    if (field->type != FIELD_ANY_REF) return kind_by_number(field->ref);
    slice_t kind = before_colon(text);
    if (kind.size == text.size || kind.size >= sizeof name) return NULL;
    memcpy(name, kind.data, kind.size);
    name[kind.size] = '\0';
    *ret_ref = slice(text.data + kind.size + 1, text.size - kind.size - 1);
    return kind_by_name(name);
}

uint8_t body_reach_up(const kind_rule_t *kind, const body_t *body)
{
    int i = kind->about_field != NULL ? kind_field(kind, kind->about_field) : -1;
    const char *text = i >= 0 ? body_str(kind, body, (size_t)i) : NULL;
    slice_t ref;
    const kind_rule_t *about = text != NULL ? ref_target(&kind->fields[i], slice_text(text), &ref) : NULL;
    return about != NULL && about->up < kind->up ? about->up : kind->up;
}

// Pieces of a reference that one key field takes: a person's two; of a competency two or, in its context,
// one. How many a reference to any kind has, the kind tells that stands in front of `text`.
static size_t field_pieces(const kind_rule_t *target, const field_rule_t *f, slice_t text, bool least)
{
    slice_t ref;
    if (f->type == FIELD_ANY_REF) {
        const kind_rule_t *any = ref_target(f, text, &ref);
        return 1 + (any != NULL ? kind_ref_parts(any) : 1);
    }
    const kind_rule_t *deeper = f->type == FIELD_REF ? kind_by_number(f->ref) : NULL;
    if (deeper == NULL || deeper == target) return 1;
    size_t parts = kind_ref_parts(deeper);
    return least && first_may_lack(deeper) ? parts - 1 : parts;
}

// Takes n pieces joined by ':' off the front of *rest.
static slice_t take_pieces(slice_t *rest, size_t n)
{
    slice_t all = *rest;
    for (size_t i = 0; i < all.size; i++)
        if (all.data[i] == ':' && --n == 0) {
            *rest = slice(all.data + i + 1, all.size - i - 1);
            return slice(all.data, i);
        }
    *rest = slice(all.data + all.size, 0);
    return all;
}

// Turns "A:B:2024-09-01" into the target's key text; false when pieces are too few, too many or empty.
static bool key_of_ref(const kind_rule_t *target, slice_t text, char *buf, slice_t *ret_key)
{
    size_t least = 0, most = 0, n = 0, keys = 0, pieces = count_pieces(text);
    if (text.size == 0 || text.size >= KEY_TEXT_MAX) return false;
    if (kind_ref_parts(target) == 1) {
        *ret_key = text;
        return true;
    }
    for (size_t i = 0; i < target->n_fields; i++) {
        if ((target->fields[i].flags & F_KEY) == 0) continue;
        least += field_pieces(target, &target->fields[i], text, true);
        most += field_pieces(target, &target->fields[i], text, false);
    }
    if (pieces < least || pieces > most) return false;
    size_t spare = pieces - least;
    for (size_t i = 0; i < target->n_fields; i++) {
        const field_rule_t *f = &target->fields[i];
        if ((f->flags & F_KEY) == 0) continue;
        size_t want = field_pieces(target, f, text, true), more = field_pieces(target, f, text, false) - want;
        if (more > spare) more = spare;
        spare -= more;
        slice_t value = take_pieces(&text, want + more);
        if (keys++ > 0) append(buf, &n, &KEY_JOINT, 1);
        if (value.size > 0) append(buf, &n, value.data, value.size);
    }
    *ret_key = slice(buf, n);
    return true;
}

// The organisation that the key text itself names: what stands in org_field, up to a ':'.
static slice_t org_of_key(const kind_rule_t *target, slice_t key)
{
    slice_t piece;
    bool done = false;
    if (!kind_key_names_org(target)) return (slice_t){0};
    for (size_t i = 0; i < target->n_fields; i++) {
        if ((target->fields[i].flags & F_KEY) == 0) continue;
        if (!text_next_piece(&key, KEY_JOINT, &done, &piece)) break;
        if (strcmp(target->fields[i].name, target->org_field) == 0) return before_colon(piece);
    }
    return (slice_t){0};
}

// Records about one person come together, and all name him: the last answers are remembered instead of hashed
// again. A pure function's memory, each thread its own.
typedef struct known_ref {
    uint32_t kind;
    uint32_t size;
    uint8_t text[REF_KNOWN_MAX];
    rid_t id;
} known_ref_t;

static known_ref_t *known_ref(uint32_t kind, slice_t text)
{
    static _Thread_local known_ref_t known[REFS_KNOWN];
    uint32_t h = kind;
    for (size_t i = 0; i < text.size; i++) h = h * 31 + text.data[i];
    return &known[(h * 2654435761u) >> 16 & (REFS_KNOWN - 1)];
}

static bool derive_ref(const kind_rule_t *target, slice_t text, rid_t *ret_id)
{
    char buf[KEY_TEXT_MAX];
    slice_t key;
    if (!key_of_ref(target, text, buf, &key)) return false;
    rid_derive(target, org_of_key(target, key), key, ret_id);
    return true;
}

bool ref_id(const kind_rule_t *target, slice_t text, rid_t *ret_id)
{
    if (text.size == 0 || text.size > REF_KNOWN_MAX) return derive_ref(target, text, ret_id);
    known_ref_t *known = known_ref(target->number, text);
    if (known->kind != target->number || !slice_equal(slice(known->text, known->size), text)) {
        rid_t id;
        if (!derive_ref(target, text, &id)) return false;
        known->kind = target->number;
        known->size = (uint32_t)text.size;
        memcpy(known->text, text.data, text.size);
        known->id = id;
    }
    *ret_id = known->id;
    return true;
}

bool ref_id_in(const kind_rule_t *target, slice_t first, slice_t text, rid_t *ret_id)
{
    char whole[KEY_TEXT_MAX];
    if (first.size == 0 || first.size + text.size + 2 > sizeof whole) return false;
    memcpy(whole, first.data, first.size);
    whole[first.size] = ':';
    memcpy(whole + first.size + 1, text.data, text.size);
    return ref_id(target, slice(whole, first.size + 1 + text.size), ret_id);
}

bool ref_from_person(const kind_rule_t *target, const char *text, rid_t *ret_id)
{
    char joined[KEY_TEXT_MAX];
    size_t n = 0;
    slice_t trimmed = text_trim(slice_text(text));
    if (rid_parse(text, ret_id)) return true;
    if (!kind_has_key(target) || trimmed.size >= sizeof joined) return false;
    if (kind_ref_parts(target) == 1) return ref_id(target, trimmed, ret_id);
    for (size_t i = 0; i < trimmed.size; i++) {
        bool blank = trimmed.data[i] == ' ';
        if (blank && n > 0 && joined[n - 1] == ':') continue;
        joined[n++] = blank ? ':' : (char)trimmed.data[i];
    }
    return ref_id(target, slice(joined, n), ret_id);
}

// --- references of a body ------------------------------------------------------------------------

// Where the missing first part of an incomplete reference can be found: in a field of that name of this kind,
// or of a kind that it refers to.
static bool own_first(const kind_rule_t *kind, const kind_rule_t *target, int *ret_field)
{
    *ret_field = kind_field(kind, first_key(target)->name);
    return *ret_field >= 0;
}

static void find_via(const kind_rule_t *kind, const body_t *body, body_ref_t *ref)
{
    const char *wanted = first_key(ref->target)->name;
    for (size_t i = 0; i < kind->n_fields; i++) {
        const field_rule_t *f = &kind->fields[i];
        const kind_rule_t *via = f->type == FIELD_REF && i != ref->field ? kind_by_number(f->ref) : NULL;
        const char *text = via != NULL ? body_str(kind, body, i) : NULL;
        int there = via != NULL ? kind_field(via, wanted) : -1;
        if (text == NULL || there < 0 || !ref_id(via, slice_text(text), &ref->via_id)) continue;
        ref->via_kind = via;
        ref->via_field = (size_t)there;
        return;
    }
}

static void resolve(const kind_rule_t *kind, const body_t *body, body_ref_t *ref)
{
    int own;
    size_t parts = kind_ref_parts(ref->target);
    if (parts == 1 || count_pieces(ref->text) == parts) {
        ref->complete = ref_id(ref->target, ref->text, &ref->id);
    } else if (!first_may_lack(ref->target)) {
        return;
    } else if (own_first(kind, ref->target, &own)) {
        const char *first = body_str(kind, body, (size_t)own);
        ref->complete = first != NULL && ref_id_in(ref->target, slice_text(first), ref->text, &ref->id);
    } else {
        find_via(kind, body, ref);
    }
}

// *state: index of the field above, number of the piece in a list below.
bool body_next_ref(const kind_rule_t *kind, const body_t *body, size_t *state, body_ref_t *ret_ref)
{
    for (size_t i = *state >> 16, piece = *state & 0xffff; i < kind->n_fields; i++, piece = 0) {
        const field_rule_t *f = &kind->fields[i];
        bool list = f->type == FIELD_REFS;
        bool one = f->type == FIELD_REF || f->type == FIELD_ANY_REF;
        const char *text = list || one ? body_str(kind, body, i) : NULL;
        if (text == NULL || (!list && piece > 0)) continue;
        slice_t rest = slice_text(text), at = rest;
        bool done = !list, there = true;
        for (size_t k = 0; list && k <= piece && there; k++) there = text_next_piece(&rest, ';', &done, &at);
        body_ref_t ref = {.field = i};
        ref.target = ref_target(f, at, &ref.text);
        if (!there || ref.target == NULL) continue;
        resolve(kind, body, &ref);
        *state = i << 16 | (piece + 1);
        *ret_ref = ref;
        return true;
    }
    return false;
}

// Texts of a kind's fields as they stand in packed bytes, by index; the last of several counts.
static bool find_texts(const kind_rule_t *kind, slice_t bytes, slice_t *texts)
{
    wire_field_t field;
    int rc;
    while ((rc = wire_next(&bytes, &field)) > 0) {
        int i = field.type == WIRE_BYTES ? kind_field_by_number(kind, field.number) : -1;
        if (i >= 0 && i < TEXTS_MAX) texts[i] = field.bytes;
    }
    return rc == 0;
}

static bool indexed_id(const kind_rule_t *kind, size_t i, const slice_t *texts, rid_t *ret_id)
{
    slice_t text;
    int own;
    if (texts[i].data == NULL) return false;
    const kind_rule_t *target = ref_target(&kind->fields[i], texts[i], &text);
    if (target == NULL || text.size == 0) return false;
    size_t parts = kind_ref_parts(target);
    if (parts == 1 || count_pieces(text) == parts) return ref_id(target, text, ret_id);
    return first_may_lack(target) && own_first(kind, target, &own) && own < TEXTS_MAX &&
           texts[own].data != NULL && ref_id_in(target, texts[own], text, ret_id);
}

size_t body_indexed_refs(uint32_t number, slice_t bytes, rid_t *ret_ids, size_t max)
{
    const kind_rule_t *kind = kind_by_number(number);
    slice_t texts[TEXTS_MAX] = {0};
    size_t n = 0;
    if (kind == NULL || !kind_has_index(kind) || !find_texts(kind, bytes, texts)) return 0;
    for (size_t i = 0; i < kind->n_fields && i < TEXTS_MAX && n < max; i++)
        if ((kind->fields[i].flags & F_INDEX) != 0 && indexed_id(kind, i, texts, &ret_ids[n])) n++;
    return n;
}
