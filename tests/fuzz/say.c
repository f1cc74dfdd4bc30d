// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/say.h"
#include "common/store/record.h"
#include "proto/api.pb-c.h"
#include "proto/message.h"
#include "tests/fuzz/choose.h"
#include <sodium.h>
#include <stdlib.h>

enum { ROOM = 64 * 1024, ITEMS_MAX = 9 }; // one more than a group may have

static uint8_t *pack(const ProtobufCMessage *message, size_t *ret_size)
{
    uint8_t *bytes = xmalloc(protobuf_c_message_get_packed_size(message) + 1);
    *ret_size = protobuf_c_message_pack(message, bytes);
    return bytes;
}

static slice_t take_choices(slice_t *in)
{
    return fuzz_take(in, fuzz_byte(in));
}

// --- put -----------------------------------------------------------------------------------------

// One of the service's own kinds; now and then one of another's.
static const kind_rule_t *choose_kind(slice_t *in, uint32_t service)
{
    uint8_t choice = fuzz_byte(in);
    size_t n = 0;
    for (size_t i = 0; i < N_KINDS; i++) n += KINDS[i]->number / 100 == service;
    if (choice >= 0xf0 || n == 0) return KINDS[choice % N_KINDS];
    size_t left = choice % n;
    for (size_t i = 0;; i++)
        if (KINDS[i]->number / 100 == service && left-- == 0) return KINDS[i];
}

static void name_fields(const kind_rule_t *kind, const body_t *body, arena_t *arena, Selenga__Item *item)
{
    item->set = arena_alloc(arena, kind->n_fields * sizeof *item->set);
    for (size_t i = 0; item->set != NULL && i < kind->n_fields; i++)
        if (body_has(kind, body, i)) item->set[item->n_set++] = kind_field_number(kind, i);
}

static ProtobufCBinaryData keep(arena_t *arena, const void *data, size_t size)
{
    uint8_t *copy = arena_alloc(arena, size);
    assert(copy != NULL);
    memcpy(copy, data, size);
    return (ProtobufCBinaryData){.len = size, .data = copy};
}

static Selenga__Item *choose_item(slice_t *in, uint32_t service, arena_t *arena)
{
    enum { DELETED = 1, NONE_SET = 2 };
    Selenga__Item *item = arena_alloc(arena, sizeof *item);
    const kind_rule_t *kind = choose_kind(in, service);
    uint8_t flags = fuzz_byte(in);
    slice_t choices = take_choices(in), bytes;
    body_t *body = choose_body(kind, &choices, arena);
    rid_t id = {.b = {1}};
    assert(item != NULL && body != NULL && body_pack(body, arena, &bytes, NULL) == 0);
    selenga__item__init(item);
    item->has_kind = item->has_body = 1;
    item->kind = kind->number;
    item->body = (ProtobufCBinaryData){.len = bytes.size, .data = (uint8_t *)(uintptr_t)bytes.data};
    item->has_deleted = item->deleted = (flags & DELETED) != 0;
    item->has_id = item->deleted || !kind_has_key(kind);
    (void)body_id(kind, body, &id);
    if (item->has_id) item->id = keep(arena, id.b, sizeof id.b);
    if ((flags & NONE_SET) == 0) name_fields(kind, body, arena, item);
    return item;
}

uint8_t *say_put(slice_t choices, uint32_t service, size_t *ret_size)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(ROOM);
    Selenga__Item *items[ITEMS_MAX];
    Selenga__Group group = SELENGA__GROUP__INIT, *groups[] = {&group};
    Selenga__Put put = SELENGA__PUT__INIT;
    put.groups = groups;
    put.n_groups = 1;
    group.items = items;
    while (choices.size > 0 && group.n_items < ITEMS_MAX)
        items[group.n_items++] = choose_item(&choices, service, arena);
    return pack(&put.base, ret_size);
}

void say_seal_key(const path_t *home, uint8_t ret_key[static SEAL_KEY])
{
    crypto_generichash(ret_key, SEAL_KEY, home->b, home->len, NULL, 0);
}

// --- records -------------------------------------------------------------------------------------

static void add_garbage(slice_t *in, batch_t *batch)
{
    slice_t bytes = take_choices(in);
    if (bytes.size > 0) batch_add(batch, bytes);
}

void say_content(const kind_rule_t *kind, const struct say_node *home, slice_t *in, arena_t *arena,
                 record_t *r)
{
    slice_t choices = take_choices(in);
    body_t *body = choose_body(kind, &choices, arena);
    assert(body != NULL && body_pack(body, arena, &r->body, NULL) == 0);
    r->org = body_org(kind, body, home->org);
    r->id.b[0] = fuzz_byte(in);
    r->id.b[1] = 1;
    (void)body_id(kind, body, &r->id);
}

static const uint64_t EPOCHS[] = {7, 8};

static void choose_version(uint8_t flags, uint8_t seq, version_t *ret)
{
    enum { OTHER_EPOCH = 2, OTHER_INC = 4 };
    *ret = (version_t){
        .inc = (flags & OTHER_INC) != 0 ? 2 : 1, .seq = 1U + seq, .boot = EPOCHS[(flags & OTHER_EPOCH) != 0]};
}

// One earlier epoch: of the neighbours', or the store's own.
static slice_t choose_past(slice_t *in, uint64_t own, uint8_t buf[static PAST_EPOCH])
{
    size_t epoch = fuzz_byte(in) % (ARRAY_SIZE(EPOCHS) + 1);
    be64_store(buf, epoch < ARRAY_SIZE(EPOCHS) ? EPOCHS[epoch] : own);
    be64_store(buf + 8, fuzz_byte(in));
    return slice(buf, PAST_EPOCH);
}

static void add_record(slice_t *in, const say_tree_t *tree, batch_t *batch)
{
    enum { DELETED = 1, STAYS = 8, BULK = 16, GONE = 32, GARBAGE = 64, DESCENDS = 128 };
    AUTO(arena_destroy) arena_t *arena = arena_new(ROOM);
    const kind_rule_t *kind = KINDS[fuzz_byte(in) % N_KINDS];
    const struct say_node *home = &tree->nodes[fuzz_byte(in) % SAY_NODES];
    uint8_t past[PAST_EPOCH];
    uint8_t flags = fuzz_byte(in), seq = fuzz_byte(in);
    if ((flags & GARBAGE) != 0) {
        add_garbage(in, batch);
        return;
    }
    record_t r = {.kind = kind->number, .home = home->path, .up = kind->up, .down = kind->down};
    choose_version(flags, seq, &r.version);
    say_content(kind, home, in, arena, &r);
    if ((flags & DESCENDS) != 0) r.past = choose_past(in, tree->boot, past);
    if ((flags & STAYS) != 0) r.up = r.down = 0;
    r.bulk = (flags & BULK) != 0;
    r.deleted = (flags & DELETED) != 0;
    if (r.deleted) r.body = (slice_t){0};
    if ((flags & GONE) != 0) r = record_gone(&r);
    AUTO(xfree) uint8_t *wire = xmalloc(record_size(&r));
    record_pack(&r, wire);
    batch_add(batch, r.wire);
}

static uint8_t *pack_giveback(const link_t *link, uint8_t step, uint32_t encoding, uint32_t plain,
                              ProtobufCBinaryData entries, size_t *ret_size)
{
    Selenga__Giveback m = SELENGA__GIVEBACK__INIT;
    m.has_session = m.has_after = m.has_upto = m.has_done = m.has_encoding = m.has_plain_bytes =
        m.has_entries = 1;
    m.session = link->out.session;
    m.after = link->out.given;
    m.upto = link->out.given + step;
    m.done = step % 2 == 0;
    m.encoding = encoding;
    m.plain_bytes = plain;
    m.entries = entries;
    return pack(&m.base, ret_size);
}

static uint8_t *pack_push(const link_t *link, bool new_epoch, uint8_t step, uint32_t encoding, uint32_t plain,
                          ProtobufCBinaryData entries, size_t *ret_size)
{
    Selenga__Push m = SELENGA__PUSH__INIT;
    Selenga__Witness witness = SELENGA__WITNESS__INIT;
    position_t after = link->in.expected, upto = after;
    for (size_t i = 0; i < STREAMS; i++) {
        upto.of[i] += step >> (4 * i) & 15;
        if (upto.of[i] > witness.head) witness.head = upto.of[i];
    }
    witness.has_head = witness.has_epochs = witness.has_digest = 1;
    witness.epochs = new_epoch ? 2 : 1;
    witness.digest = new_epoch ? 8 : 7;
    m.has_session = m.has_boot = m.has_encoding = m.has_plain_bytes = m.has_entries = 1;
    m.session = link->in.session;
    m.boot = link->in.boot != 0 ? link->in.boot : 1;
    m.after = after.of;
    m.upto = upto.of;
    m.n_after = m.n_upto = STREAMS;
    m.witness = &witness;
    m.encoding = encoding;
    m.plain_bytes = plain;
    m.entries = entries;
    return pack(&m.base, ret_size);
}

uint8_t *say_batch(uint8_t flags, uint8_t step, batch_t *batch, const link_t *link, uint32_t *ret_type,
                   size_t *ret_size)
{
    enum { GIVEBACK = 1, NEW_EPOCH = 2 };
    uint32_t encoding, plain;
    batch_pack(batch, &encoding, &plain);
    ProtobufCBinaryData entries = {.len = batch->size, .data = batch->data};
    *ret_type = (flags & GIVEBACK) != 0 ? MSG_GIVEBACK : MSG_PUSH;
    if ((flags & GIVEBACK) != 0) return pack_giveback(link, step, encoding, plain, entries, ret_size);
    return pack_push(link, (flags & NEW_EPOCH) != 0, step, encoding, plain, entries, ret_size);
}

uint8_t *say_records(slice_t choices, const link_t *link, const say_tree_t *tree, uint32_t *ret_type,
                     size_t *ret_size)
{
    AUTO(batch_clear) batch_t batch = {0};
    uint8_t flags = fuzz_byte(&choices), step = fuzz_byte(&choices);
    while (choices.size > 0) add_record(&choices, tree, &batch);
    return say_batch(flags, step, &batch, link, ret_type, ret_size);
}
