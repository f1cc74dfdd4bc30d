// SPDX-License-Identifier: Apache-2.0
// Two homes under one id: who had it first keeps it, also when his store was put back to an image without it
// and somebody below took the place meanwhile (proto/README.md, 4 and 5).
#include "common/store/quarantine.h"
#include "tests/unit/common/says.h"

static const char NEXT_DOOR[] = "0a0b0c0d.99999999"; // above us, on the parent's side

static const version_t lost = {3, 7, 55}, theirs = {2, 900, 77};

static record_t ours(const char *body)
{
    return said(OURS, 1, lost, body);
}

// What he says of our version with it is made up, and nothing contradicts him.
static record_t the_schools(void)
{
    return upon(said(BELOW, 1, theirs, "the school's"), lost);
}

static void expect_waiting(uint32_t peer, const record_t *r, const char *code)
{
    quarantined_t item;
    quarantine_key_t key = quarantine_key_of(r, peer);
    int rc = quarantine_get(shelf_read(&shelf), &key, &item);
    if (code == NULL) {
        assert_int_equal(rc, KV_NONE);
    } else {
        assert_int_equal(rc, 0);
        assert_string_equal(item.fault.code, code);
        assert_true(slice_equal(item.record.body, r->body));
    }
    shelf_abort(&shelf);
}

static size_t count_notices(void)
{
    size_t n = 0;
    lane_reader_t *reader = NULL;
    uint64_t seq;
    record_t r;
    assert_int_equal(
        lane_open(shelf_read(&shelf), store_feed_lanes(SCHOOL, STREAM_PEOPLE), SCHOOL, 0, &reader), 0);
    while (lane_next(reader, &seq, NULL) == 0)
        n += store_at(shelf.txn, seq, &r, NULL) == 0 && r.kind == KIND_REFUSAL;
    lane_close(&reader);
    shelf_abort(&shelf);
    return n;
}

static void nobody_takes_a_place_from_another_by_what_is_not_sealed(void **state)
{
    (void)state;
    record_t squat = the_schools();
    assert_int_equal(brings(SCHOOL, squat, UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(gives_back(PEER_PARENT, ours("lie"), UNDER_ANOTHER), APPLIED_FORGED);
    holds_body(1, "the school's");
    expect_waiting(SCHOOL, &squat, NULL);
}

static void what_a_conflict_tells_of_ours_moves_nobody_elses_record(void **state)
{
    (void)state;
    assert_int_equal(brings(SCHOOL, the_schools(), UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(finds(BELOW, SCHOOL, ours("lost"), UNDER_OURS), APPLIED_NEW);
    holds_body(1, "the school's");
    holds_version(1, theirs);
}

static void what_a_person_leaves_out_moves_nobody_elses_record(void **state)
{
    (void)state;
    uint8_t wire[512];
    record_t r = ours("left out");
    assert_int_equal(brings(SCHOOL, the_schools(), UNDER_ANOTHER), APPLIED_NEW);
    assert_true(record_size(&r) <= sizeof wire);
    record_pack(&r, wire);
    assert_int_equal(store_leave_out(shelf_write(&shelf), &r), 0);
    shelf_commit(&shelf);
    holds_version(1, theirs);
}

static void what_comes_back_of_ours_has_its_place_again_and_the_other_waits(void **state)
{
    (void)state;
    record_t squat = the_schools();
    assert_int_equal(brings(SCHOOL, squat, UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(gives_back(PEER_PARENT, ours("lost"), UNDER_OURS), APPLIED_NEW);
    holds_version(1, lost);
    holds_body(1, "lost");
    assert_int_equal(conflicts(), 0);
    expect_waiting(SCHOOL, &squat, "KEY-TAKEN");
    assert_int_equal(count_notices(), 1);
    assert_int_equal(writes(1, "next").inc, 4);
}

static void it_has_it_again_though_the_other_says_another_kind(void **state)
{
    (void)state;
    record_t squat = the_schools();
    squat.kind = SHELF_KIND - 1;
    assert_int_equal(brings(SCHOOL, squat, UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(gives_back(PEER_PARENT, ours("lost"), UNDER_OURS), APPLIED_NEW);
    holds_body(1, "lost");
    expect_waiting(SCHOOL, &squat, "KEY-TAKEN");
}

// Else he could keep us from having back what is ours.
static void past_the_share_of_whoever_took_the_place_it_has_it_again(void **state)
{
    (void)state;
    record_t squat = the_schools();
    assert_int_equal(brings(SCHOOL, squat, UNDER_ANOTHER), APPLIED_NEW);
    store_txn_t *txn = shelf_write(&shelf);
    for (int i = 0; i < QUOTA_ITEMS; i++) assert_int_equal(quota_take(txn, SCHOOL, QUOTA_QUARANTINE, 1), 0);
    shelf_commit(&shelf);
    assert_int_equal(gives_back(PEER_PARENT, ours("lost"), UNDER_OURS), APPLIED_NEW);
    holds_body(1, "lost");
    expect_waiting(SCHOOL, &squat, NULL);
}

static void what_a_person_takes_has_its_place_again_too(void **state)
{
    (void)state;
    uint8_t wire[512];
    record_t squat = the_schools(), r = ours("taken");
    assert_int_equal(brings(SCHOOL, squat, UNDER_ANOTHER), APPLIED_NEW);
    assert_true(record_size(&r) <= sizeof wire);
    record_pack(&r, wire);
    assert_int_equal(store_take(shelf_write(&shelf), &r), 0);
    shelf_commit(&shelf);
    holds_body(1, "taken");
    expect_waiting(SCHOOL, &squat, "KEY-TAKEN");
}

// A neighbour has one record under an id: what he says of another home's says that the first has given way.
static void of_two_on_one_side_the_neighbours_last_word_holds(void **state)
{
    (void)state;
    assert_int_equal(brings(PEER_PARENT, said(ABOVE, 1, theirs, "first"), UNDER_ANOTHER), APPLIED_NEW);
    version_t smaller = {1, 2, 99};
    assert_int_equal(brings(PEER_PARENT, said(NEXT_DOOR, 1, smaller, "second"), UNDER_ANOTHER), APPLIED_NEW);
    holds_body(1, "second");
    assert_int_equal(conflicts(), 1);
}

static void word_that_the_one_has_left_us_takes_the_other_that_gave_way_to_it(void **state)
{
    (void)state;
    record_t second = said(NEXT_DOOR, 1, (version_t){1, 2, 99}, "");
    assert_int_equal(brings(PEER_PARENT, said(ABOVE, 1, theirs, "first"), UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(says_gone(PEER_PARENT, &second), 0);
    assert_false(holds(1));
    assert_int_equal(conflicts(), 1);
}

// --- a person above takes the key of a record below

static const version_t above = {1, 4, 99};

static void what_a_home_above_says_of_itself_takes_no_key_that_it_was_not_shown(void **state)
{
    (void)state;
    record_t one = the_schools(), other = said(ABOVE, 1, above, "the region's");
    assert_false(record_takes_key(&other, &one));
    other = answering(other, (version_t){theirs.inc, theirs.seq - 1, theirs.boot});
    assert_false(record_takes_key(&other, &one));
}

static void nor_does_a_home_beside_or_below_take_one(void **state)
{
    (void)state;
    record_t one = the_schools(), own = answering(said(BELOW, 1, above, ""), theirs);
    record_t beside = answering(said(NEXT_DOOR, 1, above, ""), theirs);
    assert_false(record_takes_key(&own, &one) || record_takes_key(&beside, &one));
}

static void past_a_hub_the_key_is_taken_and_the_other_waits(void **state)
{
    (void)state;
    record_t squat = the_schools();
    assert_int_equal(brings(SCHOOL, squat, UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(
        brings(PEER_PARENT, answering(said(ABOVE, 1, above, "the region's"), theirs), UNDER_ANOTHER),
        APPLIED_NEW);
    holds_body(1, "the region's");
    expect_waiting(SCHOOL, &squat, "KEY-TAKEN");
    assert_int_equal(count_notices(), 1);
    assert_int_equal(conflicts(), 0);
}

static void beside_it_no_conflict_is_kept_of_what_was_decided_above(void **state)
{
    (void)state;
    assert_int_equal(brings(PEER_PARENT, said(NEXT_DOOR, 1, theirs, "squat"), UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(
        brings(PEER_PARENT, answering(said(ABOVE, 1, above, "the region's"), theirs), UNDER_ANOTHER),
        APPLIED_NEW);
    holds_body(1, "the region's");
    assert_int_equal(conflicts(), 0);
}

static void who_takes_it_says_that_it_was_shown_the_other(void **state)
{
    (void)state;
    record_t squat = the_schools(), held;
    assert_int_equal(brings(SCHOOL, squat, UNDER_ANOTHER), APPLIED_NEW);
    record_t draft = said(OURS, 1, lost, "ours");
    assert_int_equal(store_take_key(shelf_write(&shelf), &draft), 0);
    shelf_commit(&shelf);
    holds_body(1, "ours");
    expect_waiting(SCHOOL, &squat, "KEY-TAKEN");
    assert_int_equal(store_get(shelf_read(&shelf), &squat.id, &held, NULL), 0);
    assert_true(record_takes_key(&held, &squat) && held.past.size == 0);
    shelf_abort(&shelf);
    assert_int_equal(conflicts(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(nobody_takes_a_place_from_another_by_what_is_not_sealed),
        SHELF(what_a_conflict_tells_of_ours_moves_nobody_elses_record),
        SHELF(what_a_person_leaves_out_moves_nobody_elses_record),
        SHELF(what_comes_back_of_ours_has_its_place_again_and_the_other_waits),
        SHELF(it_has_it_again_though_the_other_says_another_kind),
        SHELF(past_the_share_of_whoever_took_the_place_it_has_it_again),
        SHELF(what_a_person_takes_has_its_place_again_too),
        SHELF(of_two_on_one_side_the_neighbours_last_word_holds),
        SHELF(word_that_the_one_has_left_us_takes_the_other_that_gave_way_to_it),
        SHELF(what_a_home_above_says_of_itself_takes_no_key_that_it_was_not_shown),
        SHELF(nor_does_a_home_beside_or_below_take_one),
        SHELF(past_a_hub_the_key_is_taken_and_the_other_waits),
        SHELF(beside_it_no_conflict_is_kept_of_what_was_decided_above),
        SHELF(who_takes_it_says_that_it_was_shown_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
