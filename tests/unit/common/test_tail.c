// SPDX-License-Identifier: Apache-2.0
// What stands in a store's log and in no index yet.
#include "common/store/tail.h"
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
    tail_t *tail = tail_new();
    uint64_t seq;
    rid_t one = number(1), other = number(2);
    assert_false(tail_find(tail, &one, &seq));
    tail_put(tail, &other, 7, 0);
    assert_false(tail_find(tail, &one, &seq));
    assert_false(tail_is_dead(tail, 7));
    tail_destroy(&tail);
}

static void the_last_change_counts(void **state)
{
    (void)state;
    tail_t *tail = tail_new();
    uint64_t seq = 0;
    rid_t one = number(1);
    tail_put(tail, &one, 7, 0);
    tail_put(tail, &one, 9, 0);
    assert_true(tail_find(tail, &one, &seq));
    assert_int_equal(seq, 9);
    assert_int_equal(tail_records(tail), 1);
    tail_destroy(&tail);
}

static void a_place_that_indexes_name_stays_dead_through_later_changes(void **state)
{
    (void)state;
    tail_t *tail = tail_new();
    rid_t one = number(1);
    tail_put(tail, &one, 7, 3);
    tail_put(tail, &one, 9, 0);
    assert_true(tail_is_dead(tail, 3));
    assert_false(tail_is_dead(tail, 7));
    assert_int_equal(tail_left(tail, &one), 3);
    assert_int_equal(tail_dead(tail), 1);
    tail_empty(tail);
    assert_false(tail_is_dead(tail, 3));
    tail_destroy(&tail);
}

// The record of this number is put down at the seq, and refers to the target.
static void put_referring(tail_t *tail, unsigned record, uint64_t seq, const rid_t *target)
{
    tail_listed_t listed = {.id = number(record), .seq = seq, .kind = 101};
    tail_put(tail, &listed.id, seq, 0);
    tail_refer(tail, target, &listed);
}

static void who_refers_is_told_latest_first(void **state)
{
    (void)state;
    tail_t *tail = tail_new();
    rid_t one = number(1), other = number(2);
    size_t at = 0;
    tail_listed_t listed;
    assert_false(tail_next_referring(tail, &one, &at, &listed));
    put_referring(tail, 11, 6, &one); // it leaves this place
    put_referring(tail, 12, 7, &one);
    put_referring(tail, 13, 8, &other);
    put_referring(tail, 11, 9, &one);
    assert_true(tail_next_referring(tail, &one, &at, &listed));
    assert_int_equal(listed.seq, 9);
    assert_int_equal(listed.kind, 101);
    assert_true(tail_next_referring(tail, &one, &at, &listed));
    assert_int_equal(listed.seq, 7);
    assert_false(tail_next_referring(tail, &one, &at, &listed));
    tail_destroy(&tail);
}

static void to_whom_a_place_refers_is_told_in_the_order_of_places(void **state)
{
    (void)state;
    tail_t *tail = tail_new();
    rid_t one = number(1), other = number(2), ids[2];
    size_t at = 0;
    put_referring(tail, 11, 7, &one);
    put_referring(tail, 12, 8, &one); // left since: nobody asks for it
    put_referring(tail, 13, 9, &one);
    put_referring(tail, 13, 9, &other);
    assert_int_equal(tail_refs(tail, &at, 7, ids, 2), 1);
    assert_int_equal(tail_refs(tail, &at, 9, ids, 2), 2);
    assert_true(rid_equal(&ids[1], &other));
    assert_int_equal(tail_refs(tail, &at, 10, ids, 2), 0);
    tail_destroy(&tail);
}

static void it_grows(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    tail_t *tail = tail_new();
    uint64_t seq = 0;
    for (unsigned n = 1; n <= MANY; n++) {
        rid_t id = number(n);
        tail_put(tail, &id, n, 0);
        tail_refer(tail, &id, &(tail_listed_t){.id = id, .seq = n});
    }
    assert_int_equal(tail_records(tail), MANY);
    for (unsigned n = 1; n <= MANY; n++) {
        rid_t id = number(n);
        assert_true(tail_find(tail, &id, &seq));
        assert_int_equal(seq, n);
    }
    tail_destroy(&tail);
}

static void records_of_a_kind_are_told_where_they_stand_now(void **state)
{
    (void)state;
    tail_t *tail = tail_new();
    rid_t one = number(1), two = number(2), other = number(3);
    tail_listed_t listed = {.id = one, .seq = 7};
    size_t at = 0;
    assert_false(tail_next_of_kind(tail, 101, &at, &listed));
    tail_put(tail, &one, 7, 0);
    tail_list(tail, &(tail_listed_t){.kind = 101, .id = one, .seq = 7});
    tail_put(tail, &two, 8, 0);
    tail_list(tail, &(tail_listed_t){.kind = 101, .id = two, .seq = 8, .org = 5, .deleted = true});
    tail_put(tail, &other, 9, 0);
    tail_list(tail, &(tail_listed_t){.kind = 102, .id = other, .seq = 9});
    tail_put(tail, &one, 10, 0); // it has left the first place
    tail_list(tail, &(tail_listed_t){.kind = 101, .id = one, .seq = 10});
    assert_true(tail_next_of_kind(tail, 101, &at, &listed));
    assert_int_equal(listed.seq, 10);
    assert_true(tail_next_of_kind(tail, 101, &at, &listed));
    assert_int_equal(listed.seq, 8);
    assert_int_equal(listed.org, 5);
    assert_true(listed.deleted);
    assert_false(tail_next_of_kind(tail, 101, &at, &listed));
    tail_destroy(&tail);
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
