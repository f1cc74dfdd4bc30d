// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/common/says.h"
#include "proto/kind.h"
#include <stdio.h>
#include <stdlib.h>

const char OURS[] = "0a0b0c0d.11223344", ABOVE[] = "0a0b0c0d", BELOW[] = "0a0b0c0d.11223344.55667788";

record_t said(const char *home, uint8_t n, version_t version, const char *body)
{
    record_t r = shelf_draft(n);
    assert_true(path_parse(home, &r.home));
    r.version = version;
    r.down = DOWN_ALL;
    r.body = slice_text(body);
    return r;
}

static slice_t epoch_of(version_t version)
{
    static uint8_t epochs[16][PAST_EPOCH]; // of the last few
    static size_t next;
    uint8_t *epoch = epochs[next++ % ARRAY_SIZE(epochs)];
    be64_store(epoch, version.boot);
    be64_store(epoch + 8, version.seq);
    return slice(epoch, PAST_EPOCH);
}

record_t upon(record_t r, version_t before)
{
    r.past = epoch_of(before);
    return r;
}

record_t answering(record_t r, version_t shown)
{
    r.answered = epoch_of(shown);
    return r;
}

static uint8_t *seal(record_t *r, sealed_t sealed)
{
    static const uint8_t another[SEAL_KEY] = {9};
    uint8_t *wire = xmalloc(record_size(r) + SEAL_ROOM);
    record_pack_sealed(r, wire, sealed == UNDER_OURS ? shelf.place.seal_key : another);
    return wire;
}

static applied_t take_in(const arrival_t *arrival, slice_t wire)
{
    applied_t applied = 0;
    record_t in;
    assert_int_equal(record_parse(wire, &in), 0);
    assert_int_equal(store_apply(shelf_write(&shelf), &in, arrival, &applied), 0);
    shelf_commit(&shelf);
    return applied;
}

static applied_t apply(const arrival_t *arrival, record_t r, sealed_t sealed)
{
    AUTO(xfree) uint8_t *wire = seal(&r, sealed);
    (void)wire; // it is r.wire from now on
    return take_in(arrival, r.wire);
}

applied_t brings(uint32_t peer, record_t r, sealed_t sealed)
{
    return apply(&(arrival_t){.peer = peer}, r, sealed);
}

applied_t gives_back(uint32_t peer, record_t r, sealed_t sealed)
{
    return apply(&(arrival_t){.peer = peer, .giveback = true}, r, sealed);
}

static int64_t no_time(void)
{
    return 0;
}

static int keep_id(void *arg, const rid_t *id)
{
    *(rid_t *)arg = *id;
    return 1;
}

applied_t finds(const char *finder, uint32_t peer, record_t r, sealed_t sealed)
{
    AUTO(xfree) uint8_t *wire = seal(&r, sealed);
    (void)wire; // it is r.wire from now on
    shelf_t his = {.place = {.service = SHELF_SERVICE, .seal_key = {5}}};
    rid_t id;
    record_t conflict;
    assert_true(path_parse(finder, &his.place.path));
    assert_true((size_t)snprintf(his.dir, sizeof his.dir, "%s.XXXXXX", shelf.dir) < sizeof his.dir);
    assert_non_null(mkdtemp(his.dir));
    assert_int_equal(kv_lmdb_open(his.dir, 1 << 20, &his.kv), 0);
    assert_int_equal(store_open(his.kv, &his.place, 1, no_time, &his.store), 0);
    assert_int_equal(store_keep_conflict(shelf_write(&his), &r), 0);
    shelf_commit(&his);
    assert_int_equal(store_list(shelf_read(&his), KIND_CONFLICT, (slice_t){0}, NULL, keep_id, &id), 1);
    assert_int_equal(store_get(his.txn, &id, &conflict, NULL), 0);
    applied_t applied = take_in(&(arrival_t){.peer = peer}, conflict.wire);
    shelf_abort(&his);
    shelf_close(&his);
    return applied;
}

int says_gone(uint32_t peer, const record_t *r)
{
    uint8_t wire[RECORD_GONE_MAX];
    record_t gone = record_gone(r);
    record_pack(&gone, wire);
    int rc = store_leave(shelf_write(&shelf), &gone, peer);
    shelf_commit(&shelf);
    return rc;
}

version_t writes_draft(const record_t *draft)
{
    record_t mine;
    assert_int_equal(store_write(shelf_write(&shelf), draft, &mine), 0);
    version_t version = mine.version;
    shelf_commit(&shelf);
    return version;
}

version_t writes(uint8_t n, const char *body)
{
    record_t draft = said(OURS, n, (version_t){0}, body);
    return writes_draft(&draft);
}

// --- looks ---------------------------------------------------------------------------------------

static int look(uint8_t n, record_t *ret)
{
    rid_t id = shelf_id(n);
    return store_get(shelf_read(&shelf), &id, ret, NULL);
}

bool holds(uint8_t n)
{
    record_t r;
    bool held = look(n, &r) == 0 && !r.gone;
    shelf_abort(&shelf);
    return held;
}

version_t present(uint8_t n)
{
    record_t r;
    assert_int_equal(look(n, &r), 0);
    version_t version = r.version;
    shelf_abort(&shelf);
    return version;
}

void holds_version(uint8_t n, version_t version)
{
    version_t held = present(n);
    assert_int_equal(version_cmp(&held, &version), 0);
}

void holds_body(uint8_t n, const char *body)
{
    record_t r;
    assert_int_equal(look(n, &r), 0);
    assert_false(r.gone);
    assert_true(slice_equal(r.body, slice_text(body)));
    shelf_abort(&shelf);
}

static int count_id(void *arg, const rid_t *id)
{
    (void)id;
    ++*(size_t *)arg;
    return 0;
}

size_t conflicts(void)
{
    size_t n = 0;
    assert_int_equal(store_list(shelf_read(&shelf), KIND_CONFLICT, (slice_t){0}, NULL, count_id, &n), 0);
    shelf_abort(&shelf);
    return n;
}

static int count_aside(void *arg, const record_t *r, uint32_t peer)
{
    (void)r, (void)peer;
    ++*(size_t *)arg;
    return 0;
}

size_t asides(void)
{
    size_t n = 0;
    assert_int_equal(store_each_aside(shelf_read(&shelf), count_aside, &n), 0);
    shelf_abort(&shelf);
    return n;
}

uint64_t head(void)
{
    return store_head(shelf.store);
}

void has_taken(uint32_t peer, enum quota_sort sort, uint64_t items)
{
    uint64_t used, bytes;
    assert_int_equal(quota_used(shelf_read(&shelf), peer, sort, &used, &bytes), 0);
    shelf_abort(&shelf);
    assert_int_equal(used, items);
    assert_true(items > 0 || bytes == 0);
}

// --- feeds, as a producer reads them -------------------------------------------------------------

typedef struct served {
    size_t whole, gone;
} served_t;

static served_t serve(uint32_t peer, uint8_t n, uint64_t after)
{
    served_t served = {0};
    rid_t id = shelf_id(n);
    shelf_read(&shelf);
    for (enum stream stream = 0; stream < STREAMS; stream++) {
        lane_reader_t *reader = NULL;
        uint64_t seq;
        unsigned lanes;
        record_t r;
        place_t place;
        assert_int_equal(lane_open(shelf.txn, store_feed_lanes(peer, stream), peer, after, &reader), 0);
        while (lane_next(reader, &seq, &lanes) == 0) {
            assert_int_equal(store_at(shelf.txn, seq, &r, &place), 0);
            if (!rid_equal(&r.id, &id)) continue;
            if (lanes != LANE_LEFT)
                served.whole++;
            else if (store_has_left(&place, peer))
                served.gone++;
        }
        lane_close(&reader);
    }
    shelf_abort(&shelf);
    return served;
}

size_t is_served(uint32_t peer, uint8_t n, uint64_t after)
{
    return serve(peer, n, after).whole;
}

bool hears_gone(uint32_t peer, uint8_t n, uint64_t after)
{
    return serve(peer, n, after).gone > 0;
}
