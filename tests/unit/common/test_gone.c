// SPDX-License-Identifier: Apache-2.0
// Word that a record has left our reach: it counts from its home's side alone and of what is held alone, and
// keeps no place that is another's (design 2.7, rule 3).
#include "tests/unit/common/says.h"

static const version_t first = {1, 5, 44}, later = {1, 9, 44}, apart = {1, 12, 45};

static void nothing_has_changed_since(uint64_t before, uint64_t records)
{
    assert_int_equal(head(), before);
    assert_int_equal(store_records(shelf.store), records);
}

// --- what it may not

static void of_what_nobody_holds_nothing_is_kept_or_passed_on(void **state)
{
    (void)state;
    writes(9, "something");
    uint64_t before = head(), records = store_records(shelf.store);
    for (uint8_t n = 1; n < 8; n++) {
        record_t above = said(ABOVE, n, first, ""), below = said(BELOW, n, first, ""),
                 ours = said(OURS, n, first, "");
        assert_int_equal(says_gone(PEER_PARENT, &above), 0);
        assert_int_equal(says_gone(SCHOOL, &below), 0);
        assert_int_equal(says_gone(SCHOOL, &above), 0);
        assert_int_equal(says_gone(SCHOOL, &ours), 0);
    }
    nothing_has_changed_since(before, records);
    for (uint8_t n = 1; n < 8; n++)
        assert_false(hears_gone(SISTER, n, 0) || hears_gone(PEER_PARENT, n, 0) || hears_gone(SCHOOL, n, 0));
}

static void from_another_side_than_the_homes_it_changes_nothing(void **state)
{
    (void)state;
    record_t above = said(ABOVE, 1, first, "a"), below = said(BELOW, 2, first, "b");
    brings(PEER_PARENT, above, UNDER_ANOTHER);
    brings(SCHOOL, below, UNDER_ANOTHER);
    uint64_t before = head(), records = store_records(shelf.store);
    above.version = below.version = (version_t){UINT32_MAX, 1, 1};
    assert_int_equal(says_gone(SCHOOL, &above), 0);
    assert_int_equal(says_gone(SISTER, &below), 0);
    assert_int_equal(says_gone(PEER_PARENT, &below), 0);
    nothing_has_changed_since(before, records);
    assert_true(holds(1) && holds(2));
}

static void of_another_home_or_kind_under_the_same_id_it_says_nothing(void **state)
{
    (void)state;
    brings(SCHOOL, said(BELOW, 1, first, "b"), UNDER_ANOTHER);
    record_t above = said(ABOVE, 1, later, ""), kind = said(BELOW, 1, later, "");
    uint64_t before = head();
    kind.kind = SHELF_KIND - 1;
    assert_int_equal(says_gone(PEER_PARENT, &above), 0);
    assert_int_equal(says_gone(SCHOOL, &kind), 0);
    assert_int_equal(head(), before);
    holds_body(1, "b");
}

static void it_keeps_no_place_that_another_home_has_yet_to_fill(void **state)
{
    (void)state;
    record_t above = said(ABOVE, 1, first, "a");
    brings(PEER_PARENT, above, UNDER_ANOTHER);
    above.version = (version_t){UINT32_MAX, UINT64_MAX, UINT64_MAX};
    says_gone(PEER_PARENT, &above);
    assert_false(holds(1));
    assert_int_equal(brings(SCHOOL, said(BELOW, 1, (version_t){1, 1, 1}, "b"), UNDER_ANOTHER), APPLIED_NEW);
    holds_body(1, "b");
}

static void a_conflict_that_it_makes_necessary_and_that_has_no_room_stops_it(void **state)
{
    (void)state;
    brings(SCHOOL, said(BELOW, 1, first, "b"), UNDER_ANOTHER);
    store_txn_t *txn = shelf_write(&shelf);
    for (int i = 0; i < QUOTA_ITEMS; i++) assert_int_equal(quota_take(txn, SCHOOL, QUOTA_CONFLICTS, 1), 0);
    shelf_commit(&shelf);
    record_t other = said(BELOW, 1, apart, "");
    uint64_t before = head();
    assert_int_equal(says_gone(SCHOOL, &other), 1);
    assert_int_equal(head(), before);
    holds_body(1, "b");
    assert_int_equal(quota_free(shelf_write(&shelf), SCHOOL, QUOTA_CONFLICTS, 1), 0);
    shelf_commit(&shelf);
    assert_int_equal(says_gone(SCHOOL, &other), 0);
    assert_false(holds(1));
    assert_int_equal(conflicts(), 1);
}

// --- what it does

static void from_the_homes_side_it_takes_our_copy_and_who_had_it_hears_the_same(void **state)
{
    (void)state;
    record_t r = said(ABOVE, 1, first, "a");
    brings(PEER_PARENT, r, UNDER_ANOTHER);
    assert_int_equal(says_gone(PEER_PARENT, &r), 0);
    assert_false(holds(1));
    assert_int_equal(is_served(SCHOOL, 1, 0), 0);
    assert_true(hears_gone(SCHOOL, 1, 0) && hears_gone(SISTER, 1, 0));
    assert_false(hears_gone(PEER_PARENT, 1, 0));
    assert_int_equal(conflicts(), 0);
}

static void nobody_hears_it_who_never_had_the_record(void **state)
{
    (void)state;
    record_t r = said(ABOVE, 1, first, "a");
    r.down = DOWN_SERVING;
    r.org = slice_text("03-08-01");
    brings(PEER_PARENT, r, UNDER_ANOTHER);
    says_gone(PEER_PARENT, &r);
    assert_true(hears_gone(SCHOOL, 1, 0));
    assert_false(hears_gone(SISTER, 1, 0));
}

static void said_again_it_changes_nothing(void **state)
{
    (void)state;
    record_t r = said(ABOVE, 1, first, "a");
    brings(PEER_PARENT, r, UNDER_ANOTHER);
    says_gone(PEER_PARENT, &r);
    uint64_t before = head();
    assert_int_equal(says_gone(PEER_PARENT, &r), 0);
    assert_int_equal(head(), before);
}

static void what_its_side_sends_afterwards_is_in_reach_again(void **state)
{
    (void)state;
    record_t r = said(ABOVE, 1, first, "a");
    brings(PEER_PARENT, r, UNDER_ANOTHER);
    says_gone(PEER_PARENT, &r);
    assert_int_equal(brings(PEER_PARENT, r, UNDER_ANOTHER), APPLIED_NEW);
    assert_true(holds(1));
    assert_int_equal(is_served(SISTER, 1, 0), 1);
    assert_false(hears_gone(SISTER, 1, 0));
}

// --- conflicts count against him because of whom they are kept

static void past_his_share_of_conflicts_a_version_that_needs_one_is_not_taken(void **state)
{
    (void)state;
    brings(SCHOOL, said(BELOW, 1, first, "b"), UNDER_ANOTHER);
    store_txn_t *txn = shelf_write(&shelf);
    for (int i = 0; i < QUOTA_ITEMS; i++) assert_int_equal(quota_take(txn, SCHOOL, QUOTA_CONFLICTS, 1), 0);
    shelf_commit(&shelf);
    uint64_t before = head();
    assert_int_equal(brings(SCHOOL, said(BELOW, 1, apart, "else"), UNDER_ANOTHER), APPLIED_OVER);
    assert_int_equal(gives_back(SCHOOL, said(BELOW, 1, apart, "else"), UNDER_ANOTHER), APPLIED_OVER);
    assert_int_equal(head(), before);
    holds_body(1, "b");
    // what needs none comes in, and so does another's
    assert_int_equal(brings(SCHOOL, said(BELOW, 1, later, "descends"), UNDER_ANOTHER), APPLIED_NEW);
    brings(PEER_PARENT, said(ABOVE, 2, first, "a"), UNDER_ANOTHER);
    assert_int_equal(brings(PEER_PARENT, said(ABOVE, 2, apart, "else"), UNDER_ANOTHER), APPLIED_NEW);
    has_taken(PEER_PARENT, QUOTA_CONFLICTS, 1);
}

static int delete_one(void *arg, const rid_t *id)
{
    record_t r, *draft = arg;
    assert_int_equal(store_get(shelf.txn, id, &r, NULL), 0);
    *draft = (record_t){.id = r.id, .kind = r.kind, .deleted = true};
    return 1;
}

static void a_conflict_that_is_discarded_gives_its_room_back(void **state)
{
    (void)state;
    record_t draft;
    brings(SCHOOL, said(BELOW, 1, first, "b"), UNDER_ANOTHER);
    brings(SCHOOL, said(BELOW, 1, apart, "else"), UNDER_ANOTHER);
    assert_int_equal(conflicts(), 1);
    has_taken(SCHOOL, QUOTA_CONFLICTS, 1);
    assert_int_equal(store_list(shelf_read(&shelf), 1, (slice_t){0}, NULL, delete_one, &draft), 1);
    shelf_abort(&shelf);
    writes_draft(&draft);
    assert_int_equal(conflicts(), 0);
    has_taken(SCHOOL, QUOTA_CONFLICTS, 0);
    writes_draft(&draft); // once more: nothing is there that could be given back
    has_taken(SCHOOL, QUOTA_CONFLICTS, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(of_what_nobody_holds_nothing_is_kept_or_passed_on),
        SHELF(from_another_side_than_the_homes_it_changes_nothing),
        SHELF(of_another_home_or_kind_under_the_same_id_it_says_nothing),
        SHELF(it_keeps_no_place_that_another_home_has_yet_to_fill),
        SHELF(a_conflict_that_it_makes_necessary_and_that_has_no_room_stops_it),
        SHELF(past_his_share_of_conflicts_a_version_that_needs_one_is_not_taken),
        SHELF(from_the_homes_side_it_takes_our_copy_and_who_had_it_hears_the_same),
        SHELF(nobody_hears_it_who_never_had_the_record),
        SHELF(said_again_it_changes_nothing),
        SHELF(what_its_side_sends_afterwards_is_in_reach_again),
        SHELF(a_conflict_that_is_discarded_gives_its_room_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
