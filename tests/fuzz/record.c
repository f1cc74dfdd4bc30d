// SPDX-License-Identifier: Apache-2.0
// A record from a feed: our reader against protobuf-c's, our writer against our reader, and its JSON.
#include "common/store/record.h"
#include "common/forms/json.h"
#include "proto/record.pb-c.h"
#include "tests/fuzz/fuzz.h"

static bool same_bytes(slice_t ours, ProtobufCBinaryData theirs)
{
    return slice_equal(ours, slice(theirs.data, theirs.len));
}

// What protobuf-c makes of the same bytes. Texts are left out: its own end at the first NUL.
static void compare(const record_t *r, slice_t wire)
{
    Selenga__Record *m = selenga__record__unpack(NULL, wire.size, wire.data);
    assert(m != NULL);
    assert(same_bytes(slice(r->id.b, sizeof r->id.b), m->id) && r->kind == m->kind);
    assert(same_bytes(slice(r->home.b, r->home.len), m->home) && same_bytes(r->body, m->body));
    assert(r->version.inc == m->inc && r->version.seq == m->seq && r->version.boot == m->boot);
    assert(r->deleted == m->deleted && r->up == m->up && r->down == m->down);
    assert(same_bytes(slice(r->to.b, r->to.len), m->to) && same_bytes(r->past, m->past));
    selenga__record__free_unpacked(m, NULL);
}

static void repack(const record_t *r)
{
    record_t out = *r, again;
    AUTO(xfree) uint8_t *buf = xmalloc(record_size(r));
    record_pack(&out, buf);
    assert(out.wire.size <= r->wire.size + 9); // ours is the shortest form, but always with the boot id
    assert(record_parse(out.wire, &again) == 0);
    assert(rid_equal(&again.id, &r->id) && again.kind == r->kind && path_equal(&again.home, &r->home));
    assert(version_cmp(&again.version, &r->version) == 0 && again.deleted == r->deleted);
    assert(slice_equal(again.org, r->org) && slice_equal(again.author, r->author));
    assert(slice_equal(again.body, r->body) && again.up == r->up && again.down == r->down);
    assert(path_equal(&again.to, &r->to) && slice_equal(again.past, r->past));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    record_t r;
    json_t *json;
    if (record_to_json(slice(data, size), &json, NULL) == 0) json_decref(json);
    if (record_parse(slice(data, size), &r) != 0) return 0;
    compare(&r, slice(data, size));
    repack(&r);
    return 0;
}
