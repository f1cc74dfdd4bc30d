// SPDX-License-Identifier: Apache-2.0
// What stands in a store's log and in no index yet.
#include "common/store/memtable.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static rid_t number(unsigned n)
{
    rid_t id = {{0}};
    id.b[0] = (uint8_t)(n >> 8);
    id.b[1] = (uint8_t)n;
    return id;
}

static void what_was_never_put_is_not_found(void **state)
{
    (void)state;
    memtable_t *memtable = memtable_new();
    uint64_t seq;
    rid_t one = number(1), other = number(2);
    assert_false(memtable_find(memtable, &one, &seq));
    memtable_put(memtable, &other, 7, 0);
    assert_false(memtable_find(memtable, &one, &seq));
    assert_false(memtable_is_dead(memtable, 7));
    memtable_destroy(&memtable);
}

static void the_last_change_counts(void **state)
{
    (void)state;
    memtable_t *memtable = memtable_new();
    uint64_t seq = 0;
    rid_t one = number(1);
    memtable_put(memtable, &one, 7, 0);
    memtable_put(memtable, &one, 9, 0);
    assert_true(memtable_find(memtable, &one, &seq));
    assert_int_equal(seq, 9);
    assert_int_equal(memtable_records(memtable), 1);
    memtable_destroy(&memtable);
}

static void a_place_that_indexes_name_stays_dead_through_later_changes(void **state)
{
    (void)state;
    memtable_t *memtable = memtable_new();
    rid_t one = number(1);
    memtable_put(memtable, &one, 7, 3);
    memtable_put(memtable, &one, 9, 0);
    assert_true(memtable_is_dead(memtable, 3));
    assert_false(memtable_is_dead(memtable, 7));
    assert_int_equal(memtable_left(memtable, &one), 3);
    assert_int_equal(memtable_dead(memtable), 1);
    memtable_empty(memtable);
    assert_false(memtable_is_dead(memtable, 3));
    memtable_destroy(&memtable);
}

// The record of this number is put down at the seq, and refers to the target.
static void put_referring(memtable_t *memtable, unsigned record, uint64_t seq, const rid_t *target)
{
    memtable_listed_t listed = {.id = number(record), .seq = seq, .kind = 101};
    memtable_put(memtable, &listed.id, seq, 0);
    memtable_refer(memtable, target, &listed);
}

static void who_refers_is_told_latest_first(void **state)
{
    (void)state;
    memtable_t *memtable = memtable_new();
    rid_t one = number(1), other = number(2);
    size_t at = 0;
    memtable_listed_t listed;
    assert_false(memtable_next_referring(memtable, &one, &at, &listed));
    put_referring(memtable, 11, 6, &one); // it leaves this place
    put_referring(memtable, 12, 7, &one);
    put_referring(memtable, 13, 8, &other);
    put_referring(memtable, 11, 9, &one);
    assert_true(memtable_next_referring(memtable, &one, &at, &listed));
    assert_int_equal(listed.seq, 9);
    assert_int_equal(listed.kind, 101);
    assert_true(memtable_next_referring(memtable, &one, &at, &listed));
    assert_int_equal(listed.seq, 7);
    assert_false(memtable_next_referring(memtable, &one, &at, &listed));
    memtable_destroy(&memtable);
}

static void to_whom_a_place_refers_is_told_in_the_order_of_places(void **state)
{
    (void)state;
    memtable_t *memtable = memtable_new();
    rid_t one = number(1), other = number(2), ids[2];
    size_t at = 0;
    put_referring(memtable, 11, 7, &one);
    put_referring(memtable, 12, 8, &one); // left since: nobody asks for it
    put_referring(memtable, 13, 9, &one);
    put_referring(memtable, 13, 9, &other);
    assert_int_equal(memtable_refs(memtable, &at, 7, ids, 2), 1);
    assert_int_equal(memtable_refs(memtable, &at, 9, ids, 2), 2);
    assert_true(rid_equal(&ids[1], &other));
    assert_int_equal(memtable_refs(memtable, &at, 10, ids, 2), 0);
    memtable_destroy(&memtable);
}

static void it_grows(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    memtable_t *memtable = memtable_new();
    uint64_t seq = 0;
    for (unsigned n = 1; n <= MANY; n++) {
        rid_t id = number(n);
        memtable_put(memtable, &id, n, 0);
        memtable_refer(memtable, &id, &(memtable_listed_t){.id = id, .seq = n});
    }
    assert_int_equal(memtable_records(memtable), MANY);
    for (unsigned n = 1; n <= MANY; n++) {
        rid_t id = number(n);
        assert_true(memtable_find(memtable, &id, &seq));
        assert_int_equal(seq, n);
    }
    memtable_destroy(&memtable);
}

static void records_of_a_kind_are_told_where_they_stand_now(void **state)
{
    (void)state;
    memtable_t *memtable = memtable_new();
    rid_t one = number(1), two = number(2), other = number(3);
    memtable_listed_t listed = {.id = one, .seq = 7};
    size_t at = 0;
    assert_false(memtable_next_of_kind(memtable, 101, &at, &listed));
    memtable_put(memtable, &one, 7, 0);
    memtable_list(memtable, &(memtable_listed_t){.kind = 101, .id = one, .seq = 7});
    memtable_put(memtable, &two, 8, 0);
    memtable_list(memtable,
                  &(memtable_listed_t){.kind = 101, .id = two, .seq = 8, .org = 5, .deleted = true});
    memtable_put(memtable, &other, 9, 0);
    memtable_list(memtable, &(memtable_listed_t){.kind = 102, .id = other, .seq = 9});
    memtable_put(memtable, &one, 10, 0); // it has left the first place
    memtable_list(memtable, &(memtable_listed_t){.kind = 101, .id = one, .seq = 10});
    assert_true(memtable_next_of_kind(memtable, 101, &at, &listed));
    assert_int_equal(listed.seq, 10);
    assert_true(memtable_next_of_kind(memtable, 101, &at, &listed));
    assert_int_equal(listed.seq, 8);
    assert_int_equal(listed.org, 5);
    assert_true(listed.deleted);
    assert_false(memtable_next_of_kind(memtable, 101, &at, &listed));
    memtable_destroy(&memtable);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_never_put_is_not_found),
        cmocka_unit_test(the_last_change_counts),
        cmocka_unit_test(a_place_that_indexes_name_stays_dead_through_later_changes),
        cmocka_unit_test(who_refers_is_told_latest_first),
        cmocka_unit_test(to_whom_a_place_refers_is_told_in_the_order_of_places),
        cmocka_unit_test(records_of_a_kind_are_told_where_they_stand_now),
        cmocka_unit_test(it_grows),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
