// SPDX-License-Identifier: Apache-2.0
// Two real stores joined by hand: a school that is the home, and its hub. What the lines do, each test does
// itself.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/store/topology.h"
#include "common/sync/feed.h"
#include "proto/feed.pb-c.h"
#include "proto/message.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { KIND = 399, SERVICE = 3, LETTERS_MAX = 16, CHILD = 0x11223344 };

typedef struct {
    uint32_t type;
    uint8_t *data;
    size_t size;
} letter_t;

typedef struct {
    kv_t *kv;
    store_t *store;
    feed_t *feed;
    scope_t *scope;
    int number;
    uint32_t peer; // the other one
    letter_t out[LETTERS_MAX];
    size_t n_out;
} side_t;

static char dir[512];
static int n_stores;
static int64_t now_ms;
static size_t n_letters; // that were sent

static inline int make_dir(void **state)
{
    (void)state;
    const char *scratch = getenv("TEST_DIR");
    char parent[400];
    snprintf(parent, sizeof parent, "%s", scratch != NULL ? scratch : "/tmp");
    for (char *c = parent + 1; *c != '\0'; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(parent, 0755);
        *c = '/';
    }
    mkdir(parent, 0755);
    snprintf(dir, sizeof dir, "%s/feed.XXXXXX", parent);
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static inline int64_t no_time(void)
{
    return 0;
}

static inline bool admit_all(void *arg, store_txn_t *txn, uint32_t peer, const record_t *record,
                             fault_t *ret_fault)
{
    (void)arg, (void)txn, (void)peer, (void)record, (void)ret_fault;
    return true;
}

static inline uint8_t *copy_of(slice_t s)
{
    uint8_t *copy = xmalloc(s.size + 1);
    if (s.size > 0) memcpy(copy, s.data, s.size);
    return copy;
}

static inline void keep_letter(void *arg, uint32_t peer, uint32_t type, slice_t body)
{
    side_t *side = arg;
    assert_int_equal(peer, side->peer);
    assert_true(side->n_out < LETTERS_MAX);
    n_letters++;
    side->out[side->n_out++] = (letter_t){type, copy_of(body), body.size};
}

// Opens the store of this number: a new one, or that of a side that has ended, in a new epoch.
static inline void open_at(side_t *side, bool hub, uint64_t epoch, int number)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%d", dir, number);
    *side = (side_t){.peer = hub ? CHILD : PEER_PARENT, .number = number};
    store_place_t place = {.service = SERVICE, .rank = hub ? 1 : 0, .has_parent = !hub, .parent_rank = 1};
    assert_true(path_parse(hub ? "0a0b0c0d" : "0a0b0c0d.11223344", &place.path));
    side->scope = scope_new(&place.path, hub ? "03-08" : "03-08-01");
    place.scope = side->scope;
    assert_int_equal(kv_lmdb_open(path, 64 << 20, &side->kv), 0);
    assert_int_equal(store_open(side->kv, &place, epoch, no_time, &side->store), 0);
    feed_hooks_t hooks = {.arg = side, .admit = admit_all, .send = keep_letter};
    side->feed = feed_new(side->store, &hooks, epoch);
    feed_link(side->feed, side->peer, true, now_ms);
}

static inline void open_side(side_t *side, bool hub, uint64_t epoch)
{
    open_at(side, hub, epoch, n_stores++);
}

static inline void burn_letters(side_t *side)
{
    for (size_t i = 0; i < side->n_out; i++) free(side->out[i].data);
    side->n_out = 0;
}

static inline void close_side(side_t *side)
{
    burn_letters(side);
    feed_destroy(&side->feed);
    store_close(&side->store);
    kv_destroy(&side->kv);
    scope_destroy(&side->scope);
}

static inline rid_t an_id(uint8_t n)
{
    return (rid_t){.b = {1, [15] = n}};
}

static inline void write_body(side_t *home, uint8_t n, slice_t body)
{
    store_txn_t *txn = NULL;
    record_t draft = {
        .id = an_id(n), .kind = KIND, .org = slice_text("03-08-01"), .up = UP_ALL, .body = body};
    assert_int_equal(store_begin(home->store, true, &txn), 0);
    assert_int_equal(store_write(txn, &draft, NULL), 0);
    assert_int_equal(store_commit(&txn), 0);
}

static inline void write_record(side_t *home, uint8_t n)
{
    write_body(home, n, (slice_t){0});
}

static inline bool holds(side_t *side, uint8_t n)
{
    store_txn_t *txn = NULL;
    record_t r;
    rid_t id = an_id(n);
    assert_int_equal(store_begin(side->store, false, &txn), 0);
    int rc = store_get(txn, &id, &r, NULL);
    store_abort(&txn);
    return rc == 0;
}

static inline void hear(side_t *side, const letter_t *letter, bool commit)
{
    store_txn_t *txn = NULL;
    assert_int_equal(store_begin(side->store, true, &txn), 0);
    slice_t body = slice(letter->data, letter->size);
    assert_int_equal(feed_message(side->feed, txn, side->peer, letter->type, body, now_ms), 0);
    if (commit)
        assert_int_equal(store_commit(&txn), 0);
    else
        store_abort(&txn);
}

static inline void flush(side_t *side)
{
    assert_int_equal(feed_flush(side->feed, now_ms), 0);
}

// The first letter of a type that waits to be sent. The caller frees its data.
static inline letter_t a_letter(side_t *side, uint32_t type)
{
    for (size_t i = 0; i < side->n_out; i++) {
        const letter_t *l = &side->out[i];
        if (l->type == type) return (letter_t){type, copy_of(slice(l->data, l->size)), l->size};
    }
    fail_msg("no message of type %u was sent", type);
    return (letter_t){0};
}

// Hands over all that waits, until nobody has anything to say.
static inline void talk(side_t *a, side_t *b)
{
    for (int turn = 0; turn < 100; turn++) {
        side_t *from = turn % 2 == 0 ? a : b, *to = turn % 2 == 0 ? b : a;
        flush(from);
        for (size_t i = 0; i < from->n_out; i++) hear(to, &from->out[i], true);
        burn_letters(from);
        flush(to);
    }
    assert_int_equal(a->n_out + b->n_out, 0);
}

static inline uint64_t acked(side_t *home)
{
    feed_row_t rows[4];
    size_t n = feed_rows(home->feed, rows, ARRAY_SIZE(rows)), i = 0;
    while (i < n && rows[i].peer != home->peer) i++;
    assert_true(i < n);
    return rows[i].acked.of[STREAM_PEOPLE];
}

static inline void hear_gone(side_t *side, const record_t *r)
{
    store_txn_t *txn = NULL;
    uint8_t wire[RECORD_GONE_MAX];
    record_t gone = record_gone(r);
    record_pack(&gone, wire);
    assert_int_equal(store_begin(side->store, true, &txn), 0);
    assert_int_equal(store_leave(txn, &gone, side->peer), 0);
    assert_int_equal(store_commit(&txn), 0);
}
