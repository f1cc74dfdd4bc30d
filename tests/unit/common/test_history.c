// SPDX-License-Identifier: Apache-2.0
// What changes have replaced is kept for a while, and no more of it than was said.
#include "common/store/history.h"
#include "tests/unit/common/shelf.h"

static int64_t now_s;

static int64_t clock_s(void)
{
    return now_s;
}

static int start(void **state)
{
    shelf_start(state);
    store_close(&shelf.store);
    now_s = 1000000000;
    assert_int_equal(store_open(shelf.kv, &shelf.place, 2, clock_s, &shelf.store), 0);
    return 0;
}

// A change of that record as a service makes it: what stands there is kept, then replaced.
static void change(uint8_t n)
{
    record_t held, draft = shelf_draft(n);
    store_txn_t *txn = shelf_write(&shelf);
    int rc = store_get(txn, &draft.id, &held, NULL);
    assert_in_range(rc, 0, KV_NONE);
    if (rc == 0) assert_int_equal(history_keep(txn, &held), 0);
    assert_int_equal(store_write(txn, &draft, NULL), 0);
    shelf_commit(&shelf);
}

typedef struct told {
    size_t n;
    uint64_t first, last; // seqs of versions
    int64_t replaced_s;   // of the first
} told_t;

static int tell(void *arg, const record_t *record, int64_t replaced_s)
{
    told_t *told = arg;
    if (told->n == 0) told->first = record->version.seq;
    if (told->n++ == 0) told->replaced_s = replaced_s;
    told->last = record->version.seq;
    return 0;
}

static told_t history_of(uint8_t n)
{
    told_t told = {0};
    rid_t id = shelf_id(n);
    assert_int_equal(history_each(shelf_read(&shelf), &id, tell, &told), 0);
    shelf_abort(&shelf);
    return told;
}

static history_size_t size(void)
{
    history_size_t size;
    assert_int_equal(history_size(shelf_read(&shelf), &size), 0);
    shelf_abort(&shelf);
    return size;
}

static void a_record_that_was_never_changed_has_none(void **state)
{
    (void)state;
    change(1);
    assert_int_equal(history_of(1).n, 0);
    assert_int_equal(size().rows, 0);
}

static void what_was_replaced_is_told_latest_first(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) change(1);
    change(2);
    told_t told = history_of(1);
    assert_int_equal(told.n, 3);
    assert_true(told.first > told.last);
    assert_int_equal(told.replaced_s, now_s);
    assert_int_equal(history_of(2).n, 0);
    assert_int_equal(size().rows, 3);
}

static void of_one_record_no_more_is_kept_than_was_said(void **state)
{
    (void)state;
    for (int i = 0; i < HISTORY_OF_ONE + 10; i++) change(1);
    assert_int_equal(history_of(1).n, HISTORY_OF_ONE);
    assert_int_equal(size().rows, HISTORY_OF_ONE);
}

static void what_is_older_than_thirty_days_goes_with_later_changes_of_whatever_record(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) change(1);
    now_s += (int64_t)HISTORY_DAYS * 86400;
    change(2);
    change(2);
    assert_int_equal(history_of(1).n, 5); // to the day
    now_s += 1;
    change(2);
    assert_int_equal(history_of(1).n, 0);
    assert_int_equal(history_of(2).n, 2);
    assert_int_equal(size().rows, 2);
}

static void a_clock_that_is_put_back_loses_nothing_new(void **state)
{
    (void)state;
    change(1);
    change(1);
    now_s = 0; // a dead battery
    change(1);
    change(2);
    assert_int_equal(history_of(1).n, 2);
    assert_int_equal(history_of(1).replaced_s, 0);
}

static void the_sizes_that_are_kept_are_those_of_what_is_there(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) change(1);
    uint64_t bytes = size().bytes;
    assert_true(bytes > 0);
    now_s += (int64_t)(HISTORY_DAYS + 1) * 86400;
    change(1);
    assert_int_equal(size().rows, 1);
    assert_in_range(size().bytes, bytes / 2 - 16, bytes / 2 + 64);
}

#define KEPT(test) cmocka_unit_test_setup_teardown(test, start, shelf_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEPT(a_record_that_was_never_changed_has_none),
        KEPT(what_was_replaced_is_told_latest_first),
        KEPT(of_one_record_no_more_is_kept_than_was_said),
        KEPT(what_is_older_than_thirty_days_goes_with_later_changes_of_whatever_record),
        KEPT(a_clock_that_is_put_back_loses_nothing_new),
        KEPT(the_sizes_that_are_kept_are_those_of_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
