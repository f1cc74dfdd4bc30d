// SPDX-License-Identifier: Apache-2.0
// A real store in a scratch directory, as a municipal hub's service has it: the region above, the school
// 03-08-01 with its node below, and the school 03-08-02 that the hub serves itself.
#pragma once
#include "common/store/store.h"
#include "common/store/topology.h"
#include "proto/kind.h"
#include "proto/message.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum {
    SHELF_SERVICE = 3,
    SHELF_KIND = 399, // of that service, with no rules
    SCHOOL = 0x55667788,
};

typedef struct shelf {
    char dir[512];
    kv_t *kv;
    scope_t *scope;
    store_place_t place;
    store_t *store;
    store_txn_t *txn; // of shelf_write or shelf_read
} shelf_t;

void shelf_open(shelf_t *self, uint64_t epoch); // in a new directory
// As a node has it that was lost with its seal key and replaced.
void shelf_open_replaced(shelf_t *self, uint64_t epoch);
void shelf_reopen(shelf_t *self, uint64_t epoch);
void shelf_close(shelf_t *self);

store_txn_t *shelf_write(shelf_t *self);
store_txn_t *shelf_read(shelf_t *self);
void shelf_commit(shelf_t *self);
void shelf_abort(shelf_t *self);

rid_t shelf_id(uint8_t n);
// An own record that goes up, about 03-08-02.
record_t shelf_draft(uint8_t n);
// The school's record about itself, as it comes: `wire` of 512 bytes holds it.
record_t shelf_incoming(uint8_t n, uint64_t seq, uint8_t *wire);

// A test on a shelf of its own.
extern shelf_t shelf;
int shelf_start(void **state);
int shelf_stop(void **state);
#define SHELF(test) cmocka_unit_test_setup_teardown(test, shelf_start, shelf_stop)
