// SPDX-License-Identifier: Apache-2.0
// Protobuf wire form of Record by hand: a hub reads millions of them and keeps the received bytes, so it
// needs neither a tree in memory nor a second encoding. Tests hold it against protobuf-c's own coder.
#include "common/store/record.h"
#include "common/base/mutant.h"
#include "proto/kind.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

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

// Does a list of lives have the one of this version, up to it?
static bool has_life(slice_t lives, const version_t *v)
{
    for (size_t at = 0; at < lives.size; at += PAST_LIFE) {
        version_t last = past_at(lives, at);
        if (last.boot == v->boot && v->seq <= last.seq) return true;
    }
    return false;
}

bool record_descends(const record_t *r, const version_t *v)
{
    return v->boot == r->version.boot ? v->seq <= r->version.seq : has_life(r->past, v);
}

bool record_answers(const record_t *r, const version_t *v)
{
    return record_descends(r, v) || (has_life(r->answered, v) && !MUTANT("unanswered"));
}

// Two lives may take turns, where a home's directory runs twice: each stands there once.
slice_t record_past_upon(const record_t *before, uint64_t boot, uint8_t *buf)
{
    slice_t past = before->past;
    size_t size = 0;
    if (before->version.boot == boot || MUTANT("past_untold")) return past;
    for (size_t at = 0; at < past.size; at += PAST_LIFE) {
        uint64_t life = past_at(past, at).boot;
        if (life == boot || life == before->version.boot) continue;
        memcpy(buf + size, past.data + at, PAST_LIFE);
        size += PAST_LIFE;
    }
    if (size == PAST_MAX) { // the oldest gives way
        size -= PAST_LIFE;
        memmove(buf, buf + PAST_LIFE, size);
    }
    be64_store(buf + size, before->version.boot);
    be64_store(buf + size + 8, before->version.seq);
    return slice(buf, size + PAST_LIFE);
}

// Of one life the greatest, behind all others.
static size_t add_life(uint8_t *buf, size_t size, const version_t *v)
{
    size_t at = 0;
    while (at < size && be64_load(buf + at) != v->boot) at += PAST_LIFE;
    if (at < size && be64_load(buf + at + 8) >= v->seq) return size;
    if (at == size && size == ANSWERED_MAX) at = 0;
    if (at < size) {
        memmove(buf + at, buf + at + PAST_LIFE, size - at - PAST_LIFE);
        size -= PAST_LIFE;
    }
    be64_store(buf + size, v->boot);
    be64_store(buf + size + 8, v->seq);
    return size + PAST_LIFE;
}

static size_t add_lives(uint8_t *buf, size_t size, slice_t lives, const record_t *before, uint64_t boot)
{
    for (size_t at = 0; at < lives.size; at += PAST_LIFE) {
        version_t last = past_at(lives, at);
        if (last.boot != boot && !record_descends(before, &last)) size = add_life(buf, size, &last);
    }
    return size;
}

slice_t record_answered_upon(const record_t *before, const record_t *shown, uint64_t boot, uint8_t *buf)
{
    uint8_t self[PAST_LIFE];
    if (shown == NULL) return before->answered;
    be64_store(self, shown->version.boot);
    be64_store(self + 8, shown->version.seq);
    size_t size = add_lives(buf, 0, before->answered, before, boot);
    size = add_lives(buf, size, shown->answered, before, boot);
    size = add_lives(buf, size, shown->past, before, boot);
    return slice(buf, add_lives(buf, size, slice(self, sizeof self), before, boot));
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

typedef struct {
    const uint8_t *p, *end;
    bool bad;
} reader_t;

static uint64_t read_varint(reader_t *r)
{
    uint64_t value = 0;
    if (r->p < r->end && *r->p < 0x80) return *r->p++; // most are of one byte
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (r->p == r->end || (shift == 63 && *r->p > 1)) break;
        uint8_t byte = *r->p++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) return value;
    }
    r->bad = true;
    return 0;
}

static uint64_t read_fixed(reader_t *r, size_t size)
{
    uint64_t value = 0;
    if ((size_t)(r->end - r->p) < size) {
        r->bad = true;
        return 0;
    }
    for (size_t i = 0; i < size; i++) value |= (uint64_t)r->p[i] << (8 * i);
    r->p += size;
    return value;
}

static slice_t read_bytes(reader_t *r, size_t max)
{
    uint64_t size = read_varint(r);
    if (r->bad || size > (uint64_t)(r->end - r->p) || size > max) {
        r->bad = true;
        return (slice_t){0};
    }
    slice_t s = {.data = r->p, .size = (size_t)size};
    r->p += size;
    return s;
}

static void skip(reader_t *r, unsigned wire)
{
    switch (wire) {
    case WIRE_VARINT:
        read_varint(r);
        break;
    case WIRE_FIXED64:
        read_fixed(r, 8);
        break;
    case WIRE_BYTES:
        read_bytes(r, RECORD_MAX);
        break;
    case WIRE_FIXED32:
        read_fixed(r, 4);
        break;
    default: // groups have no place here
        r->bad = true;
    }
}

static uint64_t read_small(reader_t *r, uint64_t max)
{
    uint64_t value = read_varint(r);
    if (value > max) r->bad = true;
    return value;
}

static void read_path(reader_t *r, path_t *path)
{
    slice_t s = read_bytes(r, sizeof path->b);
    if (r->bad || s.size % PATH_LABEL != 0) {
        r->bad = true;
        return;
    }
    path->len = (uint8_t)s.size;
    memset(path->b, 0, sizeof path->b);
    if (s.size > 0) memcpy(path->b, s.data, s.size);
}

static void read_id(reader_t *r, rid_t *id)
{
    slice_t s = read_bytes(r, sizeof id->b);
    if (r->bad || s.size != sizeof id->b)
        r->bad = true;
    else
        memcpy(id->b, s.data, sizeof id->b);
}

#define TAG(field, wire) ((field) << 3 | (wire))

// What says where the record goes, what it descends from, and that it is its home's.
static void read_stamp(reader_t *r, uint64_t tag, record_t *record)
{
    switch (tag) {
    case TAG(11, WIRE_VARINT):
        record->up = (uint8_t)read_small(r, UINT8_MAX);
        break;
    case TAG(12, WIRE_VARINT):
        record->down = (uint8_t)read_small(r, 3);
        break;
    case TAG(13, WIRE_BYTES):
        read_path(r, &record->to);
        break;
    case TAG(14, WIRE_VARINT):
        record->bulk = read_small(r, 1) != 0;
        break;
    case TAG(15, WIRE_VARINT):
        record->gone = read_small(r, 1) != 0;
        break;
    case TAG(16, WIRE_BYTES):
        record->past = read_bytes(r, PAST_MAX);
        if (record->past.size % PAST_LIFE != 0) r->bad = true;
        break;
    case TAG(18, WIRE_BYTES):
        record->answered = read_bytes(r, ANSWERED_MAX);
        if (record->answered.size % PAST_LIFE != 0) r->bad = true;
        break;
    case TAG(17, WIRE_BYTES): // it covers what stands before it: nothing may follow
        record->seal = read_bytes(r, SEAL_SIZE);
        if (record->seal.size != SEAL_SIZE || r->p != r->end) r->bad = true;
        break;
    default:                                                   // a newer field: kept in wire, passed on
        if (tag >> 3 <= 18 || tag > UINT32_MAX) r->bad = true; // no reader of protobuf takes a larger one
        skip(r, (unsigned)(tag & 7));
    }
}

// What the record says, and about what.
static void read_field(reader_t *r, record_t *record)
{
    uint64_t tag = read_varint(r);
    switch (tag) {
    case TAG(1, WIRE_BYTES):
        read_id(r, &record->id);
        break;
    case TAG(2, WIRE_VARINT):
        record->kind = (uint32_t)read_small(r, UINT32_MAX);
        break;
    case TAG(3, WIRE_BYTES):
        read_path(r, &record->home);
        break;
    case TAG(4, WIRE_VARINT):
        record->version.inc = (uint32_t)read_small(r, UINT32_MAX);
        break;
    case TAG(5, WIRE_VARINT):
        record->version.seq = read_varint(r);
        break;
    case TAG(6, WIRE_FIXED64):
        record->version.boot = read_fixed(r, 8);
        break;
    case TAG(7, WIRE_BYTES):
        record->org = read_bytes(r, ORG_MAX);
        break;
    case TAG(8, WIRE_BYTES):
        record->author = read_bytes(r, 256);
        break;
    case TAG(9, WIRE_VARINT):
        record->deleted = read_small(r, 1) != 0;
        break;
    case TAG(10, WIRE_BYTES):
        record->body = read_bytes(r, RECORD_MAX);
        break;
    default:
        read_stamp(r, tag, record);
    }
}

int record_parse(slice_t wire, record_t *ret_record)
{
    if (wire.size == 0 || wire.size > RECORD_MAX) return -EBADMSG;
    record_t record = {.wire = wire};
    reader_t r = {.p = wire.data, .end = wire.data + wire.size};
    while (!r.bad && r.p < r.end) read_field(&r, &record);
    bool fits = record.kind == KIND_STRAY || wire.size - past_size(&record) <= RECORD_MAX - RECORD_SPARE;
    bool bare =
        record.deleted &&
        record.org.size + record.author.size + record.to.len + record.up + record.down + record.seal.size ==
            0 &&
        !record.bulk;
    bool whole = record.kind != 0 && record.home.len > 0 && record.version.inc > 0 &&
                 record.version.seq > 0 && !rid_is_zero(&record.id) &&
                 (record.down == 3) == (record.to.len > 0) && !(record.deleted && record.body.size > 0) &&
                 (!record.gone || bare);
    if (r.bad || !whole || !fits) return -EBADMSG;
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
    *p++ = (uint8_t)TAG(6, WIRE_FIXED64);
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
