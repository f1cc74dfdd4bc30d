// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/common/shelf.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAP_BYTES = 16 << 20 };

static int64_t no_time(void)
{
    return 0;
}

static void open_in_dir(shelf_t *shelf, uint64_t life)
{
    path_t school;
    assert_true(path_parse("0a0b0c0d.11223344", &shelf->place.path));
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &school));
    shelf->scope = scope_new(&shelf->place.path, "03-08");
    scope_set_org(shelf->scope, slice_text("03"), (slice_t){0});
    scope_set_org(shelf->scope, slice_text("03-08"), slice_text("03"));
    scope_set_org(shelf->scope, slice_text("03-08-01"), slice_text("03-08"));
    scope_set_org(shelf->scope, slice_text("03-08-02"), slice_text("03-08"));
    scope_set_node(shelf->scope, slice_text("03-08-01"), &school, 0);
    shelf->place.service = SHELF_SERVICE;
    shelf->place.rank = 1;
    shelf->place.has_parent = true;
    shelf->place.parent_rank = 2;
    shelf->place.scope = shelf->scope;
    assert_int_equal(kv_lmdb_open(shelf->dir, MAP_BYTES, &shelf->kv), 0);
    assert_int_equal(store_open(shelf->kv, &shelf->place, life, no_time, &shelf->store), 0);
}

void shelf_open(shelf_t *shelf, uint64_t life)
{
    const char *scratch = getenv("TEST_DIR");
    *shelf = (shelf_t){0};
    snprintf(shelf->dir, sizeof shelf->dir, "%s/shelf.XXXXXX", scratch != NULL ? scratch : "/tmp");
    for (char *c = shelf->dir + 1; *c != '\0'; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(shelf->dir, 0755);
        *c = '/';
    }
    assert_non_null(mkdtemp(shelf->dir));
    open_in_dir(shelf, life);
}

void shelf_close(shelf_t *shelf)
{
    store_close(&shelf->store);
    kv_destroy(&shelf->kv);
    scope_destroy(&shelf->scope);
}

void shelf_reopen(shelf_t *shelf, uint64_t life)
{
    shelf_close(shelf);
    open_in_dir(shelf, life);
}

store_txn_t *shelf_write(shelf_t *shelf)
{
    assert_int_equal(store_begin(shelf->store, true, &shelf->txn), 0);
    return shelf->txn;
}

store_txn_t *shelf_read(shelf_t *shelf)
{
    assert_int_equal(store_begin(shelf->store, false, &shelf->txn), 0);
    return shelf->txn;
}

void shelf_commit(shelf_t *shelf)
{
    assert_int_equal(store_commit(&shelf->txn), 0);
}

void shelf_abort(shelf_t *shelf)
{
    store_abort(&shelf->txn);
}

rid_t shelf_id(uint8_t n)
{
    return (rid_t){.b = {1, [15] = n}};
}

record_t shelf_draft(uint8_t n)
{
    return (record_t){.id = shelf_id(n),
                      .kind = SHELF_KIND,
                      .org = slice_text("03-08-02"),
                      .body = slice_text("body"),
                      .up = UP_ALL};
}

record_t shelf_incoming(uint8_t n, uint64_t seq, uint8_t *wire)
{
    record_t r = shelf_draft(n);
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &r.home));
    r.org = slice_text("03-08-01");
    r.version = (version_t){.inc = 1, .seq = seq, .boot = 7};
    assert_true(record_size(&r) <= 512);
    record_pack(&r, wire);
    return r;
}
