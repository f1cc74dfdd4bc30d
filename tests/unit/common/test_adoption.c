// SPDX-License-Identifier: Apache-2.0
// A node that was lost with its seal key and replaced: until its parent has given back all, what the parent
// says is ours is ours, and afterwards only seals count (design 2.7, rule 6; proto/README.md, 4).
#include "tests/unit/common/says.h"

enum { LOST_EPOCH = 55 };

static record_t lost(uint8_t n, const char *body)
{
    return said(OURS, n, (version_t){3, 7, LOST_EPOCH}, body);
}

static int start_replaced(void **state)
{
    (void)state;
    shelf_open_replaced(&shelf, EPOCH);
    return 0;
}

static void the_parent_has_given_back_all(void)
{
    assert_int_equal(store_end_adoption(shelf_write(&shelf)), 0);
    shelf_commit(&shelf);
}

static void a_child_is_not_believed_even_then(void **state)
{
    (void)state;
    uint64_t before = head();
    assert_int_equal(brings(SCHOOL, lost(1, "lie"), UNDER_ANOTHER), APPLIED_UNSEALED);
    assert_int_equal(gives_back(SCHOOL, lost(1, "lie"), UNDER_ANOTHER), APPLIED_UNSEALED);
    assert_false(holds(1));
    assert_int_equal(head(), before);
    assert_int_equal(writes(2, "next").inc, 1);
}

static void a_node_that_was_not_replaced_believes_no_parent(void **state)
{
    (void)state;
    shelf_close(&shelf);
    shelf_open(&shelf, EPOCH);
    assert_int_equal(gives_back(PEER_PARENT, lost(1, "lie"), UNDER_ANOTHER), APPLIED_FORGED);
    assert_false(holds(1));
}

// Its store is older than its loss: the setting says nothing any more.
static void a_store_that_was_there_before_adopts_nothing(void **state)
{
    (void)state;
    shelf_close(&shelf);
    shelf_open(&shelf, EPOCH);
    shelf.place.adopt_from_parent = true;
    shelf_reopen(&shelf, EPOCH + 1);
    assert_int_equal(gives_back(PEER_PARENT, lost(1, "lie"), UNDER_ANOTHER), APPLIED_FORGED);
}

static void once_the_parent_has_given_back_all_he_is_not_believed_any_more(void **state)
{
    (void)state;
    the_parent_has_given_back_all();
    assert_int_equal(gives_back(PEER_PARENT, lost(1, "lie"), UNDER_ANOTHER), APPLIED_UNSEALED);
    shelf_reopen(&shelf, EPOCH + 1);
    assert_int_equal(gives_back(PEER_PARENT, lost(1, "lie"), UNDER_ANOTHER), APPLIED_UNSEALED);
    assert_false(holds(1));
}

static void the_last_page_ends_it_for_the_rest_of_its_transaction(void **state)
{
    (void)state;
    uint8_t wire[512];
    applied_t applied;
    record_t r = lost(1, "lie");
    record_pack(&r, wire);
    store_txn_t *txn = shelf_write(&shelf);
    assert_int_equal(store_end_adoption(txn), 0);
    assert_int_equal(store_apply(txn, &r, &(arrival_t){.peer = PEER_PARENT}, &applied), 0);
    assert_int_equal(applied, APPLIED_UNSEALED);
    shelf_commit(&shelf);
}

static void a_last_page_that_was_not_kept_ends_nothing(void **state)
{
    (void)state;
    assert_int_equal(store_end_adoption(shelf_write(&shelf)), 0);
    shelf_abort(&shelf);
    assert_int_equal(gives_back(PEER_PARENT, lost(1, "lost"), UNDER_ANOTHER), APPLIED_NEW);
}

static void what_the_parent_gives_back_is_ours_and_sealed_anew(void **state)
{
    (void)state;
    record_t held, r = lost(1, "lost");
    rid_t id = shelf_id(1);
    assert_int_equal(gives_back(PEER_PARENT, r, UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(store_get(shelf_read(&shelf), &id, &held, NULL), 0);
    assert_true(record_is_sealed(&held, shelf.place.seal_key));
    assert_true(version_cmp(&held.version, &r.version) > 0);
    assert_true(record_descends(&held, &r.version));
    assert_int_equal(held.version.boot, EPOCH);
    shelf_abort(&shelf);
    holds_body(1, "lost");
    // The parent hears of it: he holds one that is not sealed by us.
    assert_int_equal(is_served(PEER_PARENT, 1, 0), 1);
    uint64_t before = head();
    assert_int_equal(gives_back(PEER_PARENT, r, UNDER_ANOTHER), APPLIED_KNOWN);
    assert_int_equal(head(), before);
}

static void it_goes_on_through_a_restart_until_he_has_given_back_all(void **state)
{
    (void)state;
    assert_int_equal(gives_back(PEER_PARENT, lost(1, "one"), UNDER_ANOTHER), APPLIED_NEW);
    shelf_reopen(&shelf, EPOCH + 1);
    assert_int_equal(gives_back(PEER_PARENT, lost(2, "two"), UNDER_ANOTHER), APPLIED_NEW);
    holds_body(2, "two");
}

static void what_was_written_meanwhile_stays_and_the_other_is_a_conflict(void **state)
{
    (void)state;
    version_t mine = writes(1, "meanwhile");
    assert_int_equal(gives_back(PEER_PARENT, lost(1, "lost"), UNDER_ANOTHER), APPLIED_CONFLICT);
    holds_body(1, "meanwhile");
    version_t now = present(1), his = {3, 7, LOST_EPOCH};
    assert_true(version_cmp(&now, &his) > 0 && version_cmp(&now, &mine) > 0);
    assert_int_equal(conflicts(), 1);
}

static void what_a_child_handed_back_a_person_may_take(void **state)
{
    (void)state;
    uint8_t wire[512];
    record_t r = lost(1, "true");
    the_parent_has_given_back_all();
    record_pack(&r, wire);
    assert_int_equal(store_take(shelf_write(&shelf), &r), 0);
    shelf_commit(&shelf);
    holds_body(1, "true");
    assert_int_equal(brings(SCHOOL, lost(1, "true"), UNDER_ANOTHER), APPLIED_KNOWN);
    assert_int_equal(brings(SCHOOL, lost(2, "another"), UNDER_ANOTHER), APPLIED_UNSEALED);
}

// --- who holds one of our past, and is not to have the record

static record_t for_the_school(uint8_t n, version_t version, const char *body)
{
    record_t r = said(OURS, n, version, body);
    r.down = DOWN_SERVING;
    r.org = slice_text("03-08-01");
    return r;
}

static const version_t older = {3, 5, LOST_EPOCH}, newer = {3, 7, LOST_EPOCH};

// What the parent said of it became ours.
static void we_have_adopted(uint8_t n)
{
    assert_int_equal(gives_back(PEER_PARENT, for_the_school(n, newer, "newer"), UNDER_ANOTHER), APPLIED_NEW);
}

static void whoever_is_to_have_the_record_is_asked_for_no_older_one(void **state)
{
    (void)state;
    we_have_adopted(1);
    uint64_t before = head();
    assert_int_equal(gives_back(SCHOOL, for_the_school(1, older, "older"), UNDER_ANOTHER), APPLIED_KNOWN);
    assert_int_equal(head(), before);
}

// It may be true, and then he must hear that it is gone; and it may be a guess. Only a person can tell.
static void of_somebody_who_is_not_to_have_it_an_older_one_waits_for_a_person(void **state)
{
    (void)state;
    we_have_adopted(1);
    assert_int_equal(gives_back(SISTER, for_the_school(1, older, "older"), UNDER_ANOTHER), APPLIED_UNSEALED);
    assert_int_equal(brings(SISTER, for_the_school(1, older, "older"), UNDER_ANOTHER), APPLIED_UNSEALED);
    assert_false(hears_gone(SISTER, 1, 0));
    holds_body(1, "newer");
}

static void what_is_pushed_to_us_may_be_held_behind_the_bringer_and_waits_too(void **state)
{
    (void)state;
    we_have_adopted(1);
    assert_int_equal(brings(SCHOOL, for_the_school(1, older, "older"), UNDER_ANOTHER), APPLIED_UNSEALED);
}

static void the_parent_whose_word_counts_hears_at_once_what_is_not_for_him(void **state)
{
    (void)state;
    record_t before = for_the_school(1, older, "older"), now = for_the_school(1, newer, "newer");
    now.up = 0;
    assert_int_equal(gives_back(PEER_PARENT, now, UNDER_ANOTHER), APPLIED_NEW);
    uint64_t at = head();
    assert_int_equal(gives_back(PEER_PARENT, before, UNDER_ANOTHER), APPLIED_KNOWN);
    assert_true(hears_gone(PEER_PARENT, 1, at));
}

static int decides(int (*what)(store_txn_t *, const record_t *), record_t r)
{
    uint8_t wire[512];
    record_pack(&r, wire);
    int rc = what(shelf_write(&shelf), &r);
    shelf_commit(&shelf);
    return rc;
}

static void what_ours_says_already_a_person_need_not_write_again(void **state)
{
    (void)state;
    we_have_adopted(1);
    uint64_t before = head();
    assert_int_equal(decides(store_take, for_the_school(1, newer, "newer")), 0);
    assert_int_equal(head(), before);
    assert_int_equal(decides(store_take, for_the_school(1, older, "older")), 0);
    holds_body(1, "older");
}

static void note_body(void *arg, store_txn_t *txn, const record_t *old, const record_t *now)
{
    (void)txn, (void)old;
    *(bool *)arg |= now->body.size > 0;
}

// Its content was never looked at.
static void what_a_person_leaves_out_is_written_by_nobody(void **state)
{
    (void)state;
    bool written = false;
    the_parent_has_given_back_all();
    store_on_change(shelf.store, note_body, &written);
    assert_int_equal(decides(store_leave_out, lost(1, "breaks a rule")), 0);
    assert_false(written);
    version_t now = present(1), his = {3, 7, LOST_EPOCH};
    assert_true(version_cmp(&now, &his) > 0);
}

#define REPLACED(test) cmocka_unit_test_setup_teardown(test, start_replaced, shelf_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPLACED(a_child_is_not_believed_even_then),
        REPLACED(a_node_that_was_not_replaced_believes_no_parent),
        REPLACED(a_store_that_was_there_before_adopts_nothing),
        REPLACED(once_the_parent_has_given_back_all_he_is_not_believed_any_more),
        REPLACED(the_last_page_ends_it_for_the_rest_of_its_transaction),
        REPLACED(a_last_page_that_was_not_kept_ends_nothing),
        REPLACED(whoever_is_to_have_the_record_is_asked_for_no_older_one),
        REPLACED(of_somebody_who_is_not_to_have_it_an_older_one_waits_for_a_person),
        REPLACED(what_is_pushed_to_us_may_be_held_behind_the_bringer_and_waits_too),
        REPLACED(the_parent_whose_word_counts_hears_at_once_what_is_not_for_him),
        REPLACED(what_ours_says_already_a_person_need_not_write_again),
        REPLACED(what_a_person_leaves_out_is_written_by_nobody),
        REPLACED(what_the_parent_gives_back_is_ours_and_sealed_anew),
        REPLACED(it_goes_on_through_a_restart_until_he_has_given_back_all),
        REPLACED(what_was_written_meanwhile_stays_and_the_other_is_a_conflict),
        REPLACED(what_a_child_handed_back_a_person_may_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
