// SPDX-License-Identifier: Apache-2.0
// Protobuf wire form of Record by hand: a hub reads millions of them and keeps the received bytes, so it
// needs neither a tree in memory nor a second encoding. Tests hold it against protobuf-c's own coder.
#include "common/store/record.h"
#include "common/base/mutant.h"
#include "common/schema/wire.h"
#include "proto/kind.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

int version_cmp(const version_t *a, const version_t *b)
{
    if (a->inc != b->inc && !MUTANT("inc_ignored")) return a->inc < b->inc ? -1 : 1;
    if (a->seq != b->seq) return a->seq < b->seq ? -1 : 1;
    if (a->boot != b->boot) return a->boot < b->boot ? -1 : 1;
    return 0;
}

static version_t past_at(slice_t past, size_t at)
{
    return (version_t){.boot = be64_load(past.data + at), .seq = be64_load(past.data + at + 8)};
}

// Does a list of epochs have the one of this version, up to it?
static bool has_epoch(slice_t epochs, const version_t *v)
{
    for (size_t at = 0; at < epochs.size; at += PAST_EPOCH) {
        version_t last = past_at(epochs, at);
        if (last.boot == v->boot && v->seq <= last.seq) return true;
    }
    return false;
}

bool record_descends(const record_t *r, const version_t *v)
{
    return v->boot == r->version.boot ? v->seq <= r->version.seq : has_epoch(r->past, v);
}

bool record_answers(const record_t *r, const version_t *v)
{
    return record_descends(r, v) || (has_epoch(r->answered, v) && !MUTANT("unanswered"));
}

bool record_takes_key(const record_t *r, const record_t *held)
{
    bool above = path_is_prefix(&r->home, &held->home) && !path_equal(&r->home, &held->home);
    return above && has_epoch(r->answered, &held->version);
}

// Two epochs may take turns, where a home's directory runs twice: each stands there once.
slice_t record_past_upon(const record_t *before, uint64_t boot, uint8_t *buf)
{
    slice_t past = before->past;
    size_t size = 0;
    if (before->version.boot == boot || MUTANT("past_untold")) return past;
    for (size_t at = 0; at < past.size; at += PAST_EPOCH) {
        uint64_t epoch = past_at(past, at).boot;
        if (epoch == boot || epoch == before->version.boot) continue;
        memcpy(buf + size, past.data + at, PAST_EPOCH);
        size += PAST_EPOCH;
    }
    if (size == PAST_MAX) { // the oldest gives way
        size -= PAST_EPOCH;
        memmove(buf, buf + PAST_EPOCH, size);
    }
    be64_store(buf + size, before->version.boot);
    be64_store(buf + size + 8, before->version.seq);
    return slice(buf, size + PAST_EPOCH);
}

// Of one epoch the greatest, behind all others.
static size_t add_epoch(uint8_t *buf, size_t size, const version_t *v)
{
    size_t at = 0;
    while (at < size && be64_load(buf + at) != v->boot) at += PAST_EPOCH;
    if (at < size && be64_load(buf + at + 8) >= v->seq) return size;
    if (at == size && size == ANSWERED_MAX) at = 0;
    if (at < size) {
        memmove(buf + at, buf + at + PAST_EPOCH, size - at - PAST_EPOCH);
        size -= PAST_EPOCH;
    }
    be64_store(buf + size, v->boot);
    be64_store(buf + size + 8, v->seq);
    return size + PAST_EPOCH;
}

static size_t add_epochs(uint8_t *buf, size_t size, slice_t epochs, const record_t *before, uint64_t boot)
{
    for (size_t at = 0; at < epochs.size; at += PAST_EPOCH) {
        version_t last = past_at(epochs, at);
        if (last.boot != boot && !record_descends(before, &last)) size = add_epoch(buf, size, &last);
    }
    return size;
}

slice_t record_answered_upon(const record_t *before, const record_t *shown, uint64_t boot, uint8_t *buf)
{
    uint8_t self[PAST_EPOCH];
    static const record_t nothing;
    if (before == NULL) before = &nothing;
    if (shown == NULL) return before->answered;
    be64_store(self, shown->version.boot);
    be64_store(self + 8, shown->version.seq);
    size_t size = add_epochs(buf, 0, before->answered, before, boot);
    size = add_epochs(buf, size, shown->answered, before, boot);
    size = add_epochs(buf, size, shown->past, before, boot);
    return slice(buf, add_epochs(buf, size, slice(self, sizeof self), before, boot));
}

const char *version_text(const version_t *v, char *buf)
{
    snprintf(buf, VERSION_TEXT, "%" PRIu32 ".%" PRIu64 ".%016" PRIx64, v->inc, v->seq, v->boot);
    return buf;
}

// --- sizes ---------------------------------------------------------------------------------------

static size_t varint_size(uint64_t value)
{
    size_t n = 1;
    while (value >= 0x80) value >>= 7, n++;
    return n;
}

static size_t bytes_size(size_t size)
{
    return 1 + varint_size(size) + size;
}

static size_t past_size(const record_t *r)
{
    size_t past = r->past.size > 0 ? 1 + bytes_size(r->past.size) : 0; // a tag of two bytes
    return past + (r->answered.size > 0 ? 1 + bytes_size(r->answered.size) : 0);
}

// --- reading -------------------------------------------------------------------------------------

static bool read_byte(const wire_field_t *f, uint8_t max, uint8_t *ret)
{
    *ret = (uint8_t)f->value;
    return f->value <= max;
}

static bool read_bool(const wire_field_t *f, bool *ret)
{
    *ret = f->value != 0;
    return f->value <= 1;
}

static bool read_u32(const wire_field_t *f, uint32_t *ret)
{
    *ret = (uint32_t)f->value;
    return f->value <= UINT32_MAX;
}

static bool read_bytes(const wire_field_t *f, size_t max, slice_t *ret)
{
    *ret = f->bytes;
    return f->bytes.size <= max;
}

static bool read_path(const wire_field_t *f, path_t *path)
{
    if (f->bytes.size > sizeof path->b || f->bytes.size % PATH_LABEL != 0) return false;
    *path = (path_t){.len = (uint8_t)f->bytes.size};
    if (f->bytes.size > 0) memcpy(path->b, f->bytes.data, f->bytes.size);
    return true;
}

static bool read_id(const wire_field_t *f, rid_t *id)
{
    if (f->bytes.size != sizeof id->b) return false;
    memcpy(id->b, f->bytes.data, sizeof id->b);
    return true;
}

#define TAG(field, wire) ((field) << 3 | (wire))

// What says where the record goes, what it descends from, and that it is its home's. rest: behind the field.
static bool read_stamp(const wire_field_t *f, slice_t rest, record_t *record)
{
    switch (TAG(f->number, f->type)) {
    case TAG(11, WIRE_VARINT):
        return read_byte(f, UINT8_MAX, &record->up);
    case TAG(12, WIRE_VARINT):
        return read_byte(f, 3, &record->down);
    case TAG(13, WIRE_BYTES):
        return read_path(f, &record->to);
    case TAG(14, WIRE_VARINT):
        return read_bool(f, &record->bulk);
    case TAG(15, WIRE_VARINT):
        return read_bool(f, &record->gone);
    case TAG(16, WIRE_BYTES):
        return read_bytes(f, PAST_MAX, &record->past) && record->past.size % PAST_EPOCH == 0;
    case TAG(18, WIRE_BYTES):
        return read_bytes(f, ANSWERED_MAX, &record->answered) && record->answered.size % PAST_EPOCH == 0;
    case TAG(17, WIRE_BYTES): // it covers what stands before it: nothing may follow
        return read_bytes(f, SEAL_SIZE, &record->seal) && record->seal.size == SEAL_SIZE && rest.size == 0;
    default:
        return f->number > 18; // a newer field: kept in wire, passed on
    }
}

// What the record says, and about what.
static bool read_field(const wire_field_t *f, slice_t rest, record_t *record)
{
    switch (TAG(f->number, f->type)) {
    case TAG(1, WIRE_BYTES):
        return read_id(f, &record->id);
    case TAG(2, WIRE_VARINT):
        return read_u32(f, &record->kind);
    case TAG(3, WIRE_BYTES):
        return read_path(f, &record->home);
    case TAG(4, WIRE_VARINT):
        return read_u32(f, &record->version.inc);
    case TAG(5, WIRE_VARINT):
        record->version.seq = f->value;
        return true;
    case TAG(6, WIRE_64):
        record->version.boot = f->value;
        return true;
    case TAG(7, WIRE_BYTES):
        return read_bytes(f, ORG_MAX, &record->org);
    case TAG(8, WIRE_BYTES):
        return read_bytes(f, 256, &record->author);
    case TAG(9, WIRE_VARINT):
        return read_bool(f, &record->deleted);
    case TAG(10, WIRE_BYTES):
        return read_bytes(f, RECORD_MAX, &record->body);
    default:
        return read_stamp(f, rest, record);
    }
}

int record_parse(slice_t wire, record_t *ret_record)
{
    if (wire.size == 0 || wire.size > RECORD_MAX) return -EBADMSG;
    record_t record = {.wire = wire};
    slice_t rest = wire;
    wire_field_t field;
    int rc;
    while ((rc = wire_next(&rest, &field)) > 0)
        if (!read_field(&field, rest, &record)) return -EBADMSG;
    bool fits = record.kind == KIND_CONFLICT || wire.size - past_size(&record) <= RECORD_MAX - RECORD_SPARE;
    bool bare =
        record.deleted &&
        record.org.size + record.author.size + record.to.len + record.up + record.down + record.seal.size ==
            0 &&
        !record.bulk;
    bool whole = record.kind != 0 && record.home.len > 0 && record.version.inc > 0 &&
                 record.version.seq > 0 && !rid_is_zero(&record.id) &&
                 (record.down == 3) == (record.to.len > 0) && !(record.deleted && record.body.size > 0) &&
                 (!record.gone || bare);
    if (rc < 0 || !whole || !fits) return -EBADMSG;
    *ret_record = record;
    return 0;
}

// --- writing -------------------------------------------------------------------------------------

static uint8_t *write_varint(uint8_t *p, uint64_t value)
{
    while (value >= 0x80) {
        *p++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *p++ = (uint8_t)value;
    return p;
}

static uint8_t *write_number(uint8_t *p, uint8_t field, uint64_t value)
{
    *p++ = (uint8_t)TAG(field, WIRE_VARINT);
    return write_varint(p, value);
}

static uint8_t *write_bytes(uint8_t *p, unsigned field, const uint8_t *data, size_t size)
{
    p = write_varint(p, TAG(field, WIRE_BYTES));
    p = write_varint(p, size);
    if (size > 0) memcpy(p, data, size);
    return p + size;
}

size_t record_size(const record_t *r)
{
    size_t n = bytes_size(sizeof r->id.b) + 1 + varint_size(r->kind) + bytes_size(r->home.len) + 1 +
               varint_size(r->version.inc) + 1 + varint_size(r->version.seq) + 9;
    if (r->org.size > 0) n += bytes_size(r->org.size);
    if (r->author.size > 0) n += bytes_size(r->author.size);
    if (r->deleted) n += 2;
    if (r->body.size > 0) n += bytes_size(r->body.size);
    if (r->up > 0) n += 1 + varint_size(r->up);
    if (r->down > 0) n += 2;
    if (r->to.len > 0) n += bytes_size(r->to.len);
    if (r->bulk) n += 2;
    if (r->gone) n += 2;
    return n + past_size(r) + (r->seal.size > 0 ? SEAL_ROOM : 0);
}

record_t record_gone(const record_t *r)
{
    return (record_t){.id = r->id,
                      .kind = r->kind,
                      .home = r->home,
                      .version = r->version,
                      .deleted = true,
                      .gone = true,
                      .past = r->past,
                      .answered = r->answered};
}

void record_pack(record_t *r, uint8_t *buf)
{
    uint8_t *p = write_bytes(buf, 1, r->id.b, sizeof r->id.b);
    p = write_number(p, 2, r->kind);
    p = write_bytes(p, 3, r->home.b, r->home.len);
    p = write_number(p, 4, r->version.inc);
    p = write_number(p, 5, r->version.seq);
    *p++ = (uint8_t)TAG(6, WIRE_64);
    for (int i = 0; i < 8; i++) *p++ = (uint8_t)(r->version.boot >> (8 * i));
    if (r->org.size > 0) p = write_bytes(p, 7, r->org.data, r->org.size);
    if (r->author.size > 0) p = write_bytes(p, 8, r->author.data, r->author.size);
    if (r->deleted) p = write_number(p, 9, 1);
    if (r->body.size > 0) p = write_bytes(p, 10, r->body.data, r->body.size);
    if (r->up > 0) p = write_number(p, 11, r->up);
    if (r->down > 0) p = write_number(p, 12, r->down);
    if (r->to.len > 0) p = write_bytes(p, 13, r->to.b, r->to.len);
    if (r->bulk) p = write_number(p, 14, 1);
    if (r->gone) p = write_number(p, 15, 1);
    if (r->past.size > 0) p = write_bytes(p, 16, r->past.data, r->past.size);
    if (r->answered.size > 0) p = write_bytes(p, 18, r->answered.data, r->answered.size);
    if (r->seal.size > 0) p = write_bytes(p, 17, r->seal.data, r->seal.size);
    r->wire = (slice_t){.data = buf, .size = (size_t)(p - buf)};
    assert(r->wire.size == record_size(r));
}

// --- the seal ------------------------------------------------------------------------------------

void record_pack_sealed(record_t *r, uint8_t *buf, const uint8_t key[static SEAL_KEY])
{
    r->seal = (slice_t){0};
    record_pack(r, buf);
    uint8_t seal[SEAL_SIZE], *end = buf + r->wire.size;
    crypto_generichash(seal, sizeof seal, buf, r->wire.size, key, SEAL_KEY);
    end = write_bytes(end, 17, seal, sizeof seal);
    r->seal = slice(end - SEAL_SIZE, SEAL_SIZE);
    r->wire.size += SEAL_ROOM;
}

bool record_is_sealed(const record_t *r, const uint8_t key[static SEAL_KEY])
{
    uint8_t seal[SEAL_SIZE];
    if (r->seal.size != SEAL_SIZE) return false;
    crypto_generichash(seal, sizeof seal, r->wire.data, r->wire.size - SEAL_ROOM, key, SEAL_KEY);
    return sodium_memcmp(seal, r->seal.data, sizeof seal) == 0;
}

bool record_says_the_same(const record_t *a, const record_t *b)
{
    return a->kind == b->kind && a->deleted == b->deleted && a->gone == b->gone && a->up == b->up &&
           a->down == b->down && path_equal(&a->to, &b->to) && slice_equal(a->org, b->org) &&
           slice_equal(a->body, b->body);
}
