// SPDX-License-Identifier: Apache-2.0
// What a revoked node has left at its former hub goes when its organisation has left that part of the tree,
// as far as it was to come no further (design 2.3; 8, line 3).
#include "common/store/quarantine.h"
#include "tests/unit/common/says.h"

static const version_t first = {1, 5, 44};
enum { ONE_UP = 2, FURTHER = 3 };

static void school_brings(uint8_t n, uint8_t up)
{
    record_t r = said(BELOW, n, first, "b");
    r.org = slice_text("03-08-01");
    r.up = up;
    r.down = DOWN_NONE;
    assert_int_equal(brings(SCHOOL, r, UNDER_ANOTHER), APPLIED_NEW);
}

static void moves_away(void)
{
    scope_set_org(shelf.scope, slice_text("03-01"), slice_text("03"));
    scope_set_org(shelf.scope, slice_text("03-08-01"), slice_text("03-01"));
}

static void is_revoked(void)
{
    scope_end_node(shelf.scope, slice_text("03-08-01"), true);
}

static void lets_go(void)
{
    assert_int_equal(store_let_go(shelf_write(&shelf)), 0);
    shelf_commit(&shelf);
}

static void while_its_node_stands_or_it_is_still_below_nothing_leaves(void **state)
{
    (void)state;
    school_brings(1, ONE_UP);
    lets_go();
    assert_true(holds(1));
    is_revoked();
    lets_go();
    assert_true(holds(1)); // revoked, and no other hub's
    scope_end_node(shelf.scope, slice_text("03-08-01"), false);
    moves_away();
    lets_go();
    assert_true(holds(1)); // it moves, and still speaks
}

static void of_a_revoked_node_that_has_moved_what_came_no_further_leaves(void **state)
{
    (void)state;
    school_brings(1, ONE_UP);
    school_brings(2, FURTHER);
    writes(3, "ours");
    moves_away();
    is_revoked();
    uint64_t before = head();
    lets_go();
    assert_false(holds(1));
    assert_true(holds(2) && holds(3));
    assert_false(hears_gone(SCHOOL, 1, before) || hears_gone(PEER_PARENT, 1, before)); // neither had it of us
    before = head();
    lets_go();
    assert_int_equal(head(), before); // once
}

static void after_a_start_too_and_of_a_node_that_is_only_not_known_nothing_leaves(void **state)
{
    (void)state;
    school_brings(1, ONE_UP);
    shelf_reopen(&shelf, EPOCH + 1); // its topology is that of before
    moves_away();
    scope_drop_node(shelf.scope, slice_text("03-08-01"));
    lets_go();
    assert_true(holds(1)); // as of a hub that was lost: it may be the last copy
    shelf_reopen(&shelf, EPOCH + 2);
    moves_away();
    is_revoked();
    lets_go();
    assert_false(holds(1));
}

static void where_the_tree_above_it_is_not_known_nothing_leaves(void **state)
{
    (void)state;
    school_brings(1, ONE_UP);
    scope_set_org(shelf.scope, slice_text("03-08-01"), slice_text("03-99")); // of which no record came yet
    is_revoked();
    lets_go();
    assert_true(holds(1));
}

static void what_waits_in_quarantine_leaves_too(void **state)
{
    (void)state;
    uint8_t wire[512];
    fault_t fault;
    quarantined_t item;
    arrival_t came = {.peer = SCHOOL};
    record_t r = shelf_incoming(4, 9, wire);
    r.up = ONE_UP;
    fault_set(&fault, "REQUIRED", "name");
    uint8_t packed[512];
    record_pack(&r, packed);
    quarantine_key_t key = quarantine_key_of(&r, SCHOOL);
    assert_int_equal(quarantine_put(shelf_write(&shelf), &came, r.wire, &r, &fault), 0);
    shelf_commit(&shelf);
    moves_away();
    is_revoked();
    lets_go();
    assert_int_equal(quarantine_get(shelf_read(&shelf), &key, &item), KV_NONE);
    shelf_abort(&shelf);
}

static void the_topology_says_once_that_something_may_have_parted(void **state)
{
    (void)state;
    assert_true(scope_take_parted(shelf.scope)); // at a start
    assert_false(scope_take_parted(shelf.scope));
    is_revoked();
    assert_true(scope_take_parted(shelf.scope) && scope_has_ended_below(shelf.scope, SCHOOL));
    moves_away();
    assert_true(scope_take_parted(shelf.scope));
    assert_false(scope_take_parted(shelf.scope));
    assert_false(scope_has_ended_below(shelf.scope, SISTER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(while_its_node_stands_or_it_is_still_below_nothing_leaves),
        SHELF(of_a_revoked_node_that_has_moved_what_came_no_further_leaves),
        SHELF(after_a_start_too_and_of_a_node_that_is_only_not_known_nothing_leaves),
        SHELF(where_the_tree_above_it_is_not_known_nothing_leaves),
        SHELF(what_waits_in_quarantine_leaves_too),
        SHELF(the_topology_says_once_that_something_may_have_parted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
