// SPDX-License-Identifier: Apache-2.0
// Records as a liar makes them: of what the store under test holds, changed in any of their parts, under the
// seal of their home (an earlier epoch of it may have said anything), of another, an old one, or none.
#include "proto/kind.h"
#include "proto/system.pb-c.h"
#include "tests/fuzz/choose.h"
#include "tests/fuzz/say.h"
#include <sodium.h>
#include <stdlib.h>

enum { ROOM = 64 * 1024, HELD_MAX = 64, RECORDS_MAX = 64, NEW = 200 };
enum { VERSION = 1, HOME = 2, SEAL = 4, LINEAGE = 8, REACH = 16, SHAPE = 32, WRAP = 64, NAMES = 128 };

typedef struct liar {
    const say_tree_t *tree;
    store_txn_t *txn;
    arena_t *arena;
    rid_t held[HELD_MAX];
    size_t n;
} liar_t;

static int note(void *arg, const rid_t *id)
{
    liar_t *liar = arg;
    if (liar->n == HELD_MAX) return 1;
    liar->held[liar->n++] = *id;
    return 0;
}

// The system's own first: what is to be handed back is among them.
static void look_around(liar_t *liar)
{
    for (uint32_t kind = 1; kind <= 3; kind++)
        assert(store_list(liar->txn, kind, (slice_t){0}, NULL, note, liar) >= 0);
    for (size_t i = 0; i < N_KINDS && liar->n < HELD_MAX; i++)
        assert(store_list(liar->txn, KINDS[i]->number, (slice_t){0}, NULL, note, liar) >= 0);
}

static slice_t keep(liar_t *liar, slice_t bytes)
{
    uint8_t *copy = arena_alloc(liar->arena, bytes.size + 1);
    assert(copy != NULL);
    if (bytes.size > 0) memcpy(copy, bytes.data, bytes.size);
    return slice(copy, bytes.size);
}

// Of no labels; one of the tree's; below a school; of another region.
static path_t choose_home(liar_t *liar, slice_t *in)
{
    enum { NOBODY = 0xff, DEEPER = 0x10, ELSEWHERE = 0x20, LABEL = 0x505 };
    uint8_t choice = fuzz_byte(in);
    path_t path = liar->tree->nodes[choice % SAY_NODES].path, above = path;
    if (choice == NOBODY) return (path_t){0};
    if ((choice & DEEPER) != 0) path_child(&above, LABEL, &path);
    if ((choice & ELSEWHERE) != 0) path.b[0] ^= 1;
    return path;
}

// --- parts of a record ---------------------------------------------------------------------------

static uint64_t choose_epoch(const liar_t *liar, uint8_t choice, uint64_t now)
{
    const uint64_t epochs[] = {now, 7, 8, liar->tree->boot, UINT64_MAX, 0};
    return epochs[choice % ARRAY_SIZE(epochs)];
}

static void change_version(liar_t *liar, slice_t *in, version_t *v)
{
    uint8_t which = fuzz_byte(in), how = fuzz_byte(in);
    const uint32_t incs[] = {v->inc, 1, 2, v->inc + 1, v->inc - 1, UINT32_MAX - 1, UINT32_MAX, 0};
    const uint64_t seqs[] = {v->seq, v->seq + 1, v->seq - 1, which, UINT64_MAX, UINT64_MAX - 1, 0, 1};
    v->inc = incs[how % ARRAY_SIZE(incs)];
    v->seq = seqs[how / ARRAY_SIZE(incs) % ARRAY_SIZE(seqs)];
    v->boot = choose_epoch(liar, which, v->boot);
}

// The present version itself, or any other, as in the past of what follows it.
static slice_t choose_epochs(liar_t *liar, slice_t *in, const version_t *v, size_t most)
{
    size_t n = fuzz_byte(in) % most;
    uint8_t *buf = arena_alloc(liar->arena, n * PAST_EPOCH + 1);
    assert(buf != NULL);
    for (size_t i = 0; i < n; i++) {
        uint8_t which = fuzz_byte(in);
        be64_store(buf + i * PAST_EPOCH, choose_epoch(liar, which, v->boot) + (i > 3 ? i : 0));
        be64_store(buf + i * PAST_EPOCH + 8, which >= 0x80 ? v->seq : fuzz_byte(in));
    }
    return slice(buf, n * PAST_EPOCH);
}

static void change_reach(liar_t *liar, slice_t *in, record_t *r)
{
    uint8_t choice = fuzz_byte(in);
    r->up = choice % 4 == 3 ? 15 : choice % 4;
    r->down = choice / 4 % 4;
    r->to = r->down == DOWN_TO ? choose_home(liar, in) : (path_t){0};
}

static void change_shape(slice_t *in, record_t *r)
{
    enum { DELETED = 1, GONE = 2, BULK = 4 };
    uint8_t choice = fuzz_byte(in);
    r->bulk = (choice & BULK) != 0;
    r->deleted = (choice & DELETED) != 0;
    if (r->deleted) r->body = (slice_t){0};
    if ((choice & GONE) != 0) *r = record_gone(r);
}

static void change_names(liar_t *liar, slice_t *in, record_t *r)
{
    uint8_t choice = fuzz_byte(in);
    if (choice % 2 == 0)
        r->org = slice_text(liar->tree->nodes[choice / 2 % SAY_NODES].org);
    else if (liar->n > 0)
        r->id = liar->held[choice / 2 % liar->n];
}

static void change(liar_t *liar, slice_t *in, uint8_t what, record_t *r)
{
    version_t before = r->version;
    if ((what & HOME) != 0) r->home = choose_home(liar, in);
    if ((what & VERSION) != 0) change_version(liar, in, &r->version);
    if ((what & LINEAGE) != 0) {
        r->past = choose_epochs(liar, in, &before, 6);
        r->answered = choose_epochs(liar, in, &before, 4);
    }
    if ((what & REACH) != 0) change_reach(liar, in, r);
    if ((what & NAMES) != 0) change_names(liar, in, r);
    if ((what & SHAPE) != 0) change_shape(in, r);
}

// As it goes over the line. What is as it was keeps its seal.
static slice_t pack(liar_t *liar, slice_t *in, uint8_t what, record_t *r)
{
    enum { RIGHT, FOREIGN, OLD, NONE, SEALS };
    static const uint8_t old[SEAL_SIZE] = {1};
    uint8_t key[SEAL_KEY], how = (what & SEAL) != 0 ? fuzz_byte(in) % SEALS : OLD;
    path_t home = how == FOREIGN ? choose_home(liar, in) : r->home;
    if (r->seal.size == 0) r->seal = slice(old, sizeof old);
    if (r->gone || how == NONE) r->seal = (slice_t){0};
    uint8_t *wire = arena_alloc(liar->arena, record_size(r) + SEAL_ROOM);
    assert(wire != NULL);
    say_seal_key(&home, key);
    if (!r->gone && how <= FOREIGN)
        record_pack_sealed(r, wire, key);
    else
        record_pack(r, wire);
    return r->wire;
}

// --- records that tell of others -----------------------------------------------------------------

static slice_t pack_body(liar_t *liar, const ProtobufCMessage *body)
{
    uint8_t *bytes = arena_alloc(liar->arena, protobuf_c_message_get_packed_size(body) + 1);
    assert(bytes != NULL);
    return slice(bytes, protobuf_c_message_pack(body, bytes));
}

static ProtobufCBinaryData binary(slice_t bytes)
{
    return (ProtobufCBinaryData){.len = bytes.size, .data = (uint8_t *)(uintptr_t)bytes.data};
}

static slice_t refusal_of(liar_t *liar, slice_t *in, const record_t *r)
{
    static const char *const codes[] = {"REACH", "KEY-TAKEN", "SEAL", "\033[2J", ""};
    Selenga__Refusal m = SELENGA__REFUSAL__INIT;
    char *args[] = {(char *)(uintptr_t)choose_word(in), (char *)(uintptr_t) "2"};
    m.has_record_id = m.has_kind = m.has_inc = m.has_seq = m.has_boot = m.has_came_s = 1;
    m.record_id = binary(slice(r->id.b, sizeof r->id.b));
    m.kind = r->kind;
    m.inc = r->version.inc;
    m.seq = r->version.seq;
    m.boot = r->version.boot;
    m.code = (char *)(uintptr_t)codes[fuzz_byte(in) % ARRAY_SIZE(codes)];
    m.args = args;
    m.n_args = ARRAY_SIZE(args);
    return pack_body(liar, &m.base);
}

static slice_t verdict_on(liar_t *liar, slice_t *in, const record_t *r)
{
    Selenga__Verdict m = SELENGA__VERDICT__INIT;
    uint8_t choice = fuzz_byte(in);
    const rid_t *subject = liar->n > 0 && choice < 0x80 ? &liar->held[choice % liar->n] : &r->id;
    m.has_subject = m.has_decision = 1;
    m.subject = binary(slice(subject->b, sizeof subject->b));
    m.decision = 1 + (choice & 1) * (choice >= 0xf0);
    m.why = (char *)(uintptr_t)choose_word(in);
    return pack_body(liar, &m.base);
}

static slice_t conflict_of(liar_t *liar, const record_t *r)
{
    Selenga__Conflict m = SELENGA__CONFLICT__INIT;
    m.has_record = 1;
    m.record = binary(r->wire);
    return pack_body(liar, &m.base);
}

static void wrap(liar_t *liar, slice_t *in, record_t *r)
{
    uint8_t choice = fuzz_byte(in);
    record_t inner = *r;
    *r = (record_t){.id = inner.id, .kind = KIND_CONFLICT + choice % 3, .org = inner.org, .down = DOWN_TO};
    r->id.b[0] ^= 0x80 | choice;
    r->home = choose_home(liar, in);
    r->to = choose_home(liar, in);
    r->version = (version_t){.inc = 1, .seq = 1U + choice, .boot = 7};
    r->up = inner.up;
    r->body = r->kind == KIND_CONFLICT       ? conflict_of(liar, &inner)
              : r->kind == KIND_CONFLICT + 1 ? refusal_of(liar, in, &inner)
                                             : verdict_on(liar, in, &inner);
}

// --- all together --------------------------------------------------------------------------------

static void choose_new(liar_t *liar, slice_t *in, record_t *r)
{
    const kind_rule_t *kind = fuzz_kind(in);
    const struct say_node *home = &liar->tree->nodes[fuzz_byte(in) % SAY_NODES];
    *r = (record_t){.kind = kind->number, .home = home->path, .up = kind->up, .down = kind->down};
    r->version = (version_t){.inc = 1, .seq = 9, .boot = 7};
    say_content(kind, home, in, liar->arena, r);
}

static slice_t choose_record(liar_t *liar, slice_t *in)
{
    uint8_t base = fuzz_byte(in), what = fuzz_byte(in);
    record_t r;
    if (base >= NEW || liar->n == 0 || store_get(liar->txn, &liar->held[base % liar->n], &r, NULL) != 0)
        choose_new(liar, in, &r);
    change(liar, in, what, &r);
    if ((what & WRAP) != 0) {
        pack(liar, in, what, &r);
        wrap(liar, in, &r);
        what = fuzz_byte(in);
        change(liar, in, what, &r);
    }
    return keep(liar, pack(liar, in, what, &r));
}

uint8_t *liar_records(slice_t choices, store_t *store, const link_t *link, const say_tree_t *tree,
                      uint32_t *ret_type, size_t *ret_size)
{
    AUTO(batch_clear) batch_t batch = {0};
    liar_t liar = {.tree = tree};
    uint8_t flags = fuzz_byte(&choices), step = fuzz_byte(&choices);
    assert(store_begin(store, false, &liar.txn) == 0);
    look_around(&liar);
    while (choices.size > 0 && batch.count < RECORDS_MAX && batch.size < BATCH_MAX) {
        AUTO(arena_destroy) arena_t *arena = arena_new(8 * ROOM);
        liar.arena = arena;
        batch_add(&batch, choose_record(&liar, &choices));
    }
    store_abort(&liar.txn);
    return say_batch(flags, step, &batch, link, ret_type, ret_size);
}
