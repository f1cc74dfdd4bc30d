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

static void open_in_dir(shelf_t *self, uint64_t epoch)
{
    path_t school;
    assert_true(path_parse("0a0b0c0d.11223344", &self->place.path));
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &school));
    self->scope = scope_new(&self->place.path, "03-08");
    scope_set_org(self->scope, slice_text("03"), (slice_t){0});
    scope_set_org(self->scope, slice_text("03-08"), slice_text("03"));
    scope_set_org(self->scope, slice_text("03-08-01"), slice_text("03-08"));
    scope_set_org(self->scope, slice_text("03-08-02"), slice_text("03-08"));
    scope_set_node(self->scope, slice_text("03-08-01"), &school, 0);
    self->place.service = SHELF_SERVICE;
    self->place.rank = 1;
    self->place.has_parent = true;
    self->place.parent_rank = 2;
    self->place.scope = self->scope;
    assert_int_equal(kv_lmdb_open(self->dir, MAP_BYTES, &self->kv), 0);
    assert_int_equal(store_open(self->kv, &self->place, epoch, no_time, &self->store), 0);
}

static void make_dir(shelf_t *self)
{
    const char *scratch = getenv("TEST_DIR");
    *self = (shelf_t){0};
    snprintf(self->dir, sizeof self->dir, "%s/shelf.XXXXXX", scratch != NULL ? scratch : "/tmp");
    for (char *c = self->dir + 1; *c != '\0'; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(self->dir, 0755);
        *c = '/';
    }
    assert_non_null(mkdtemp(self->dir));
}

void shelf_open(shelf_t *self, uint64_t epoch)
{
    make_dir(self);
    open_in_dir(self, epoch);
}

void shelf_open_replaced(shelf_t *self, uint64_t epoch)
{
    make_dir(self);
    self->place.adopt_from_parent = true;
    open_in_dir(self, epoch);
}

void shelf_close(shelf_t *self)
{
    store_close(&self->store);
    kv_destroy(&self->kv);
    scope_destroy(&self->scope);
}

void shelf_reopen(shelf_t *self, uint64_t epoch)
{
    shelf_close(self);
    open_in_dir(self, epoch);
}

store_txn_t *shelf_write(shelf_t *self)
{
    assert_int_equal(store_begin(self->store, true, &self->txn), 0);
    return self->txn;
}

store_txn_t *shelf_read(shelf_t *self)
{
    assert_int_equal(store_begin(self->store, false, &self->txn), 0);
    return self->txn;
}

void shelf_commit(shelf_t *self)
{
    assert_int_equal(store_commit(&self->txn), 0);
}

void shelf_abort(shelf_t *self)
{
    store_abort(&self->txn);
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

shelf_t shelf;

int shelf_start(void **state)
{
    (void)state;
    shelf_open(&shelf, 101);
    return 0;
}

int shelf_stop(void **state)
{
    (void)state;
    shelf_close(&shelf);
    return 0;
}
