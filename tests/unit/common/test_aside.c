// SPDX-License-Identifier: Apache-2.0
// What a child hands back of a home above us waits for that home's word, and is nothing to anybody else
// (design 2.7, rule 2; proto/README.md, 4).
#include "tests/unit/common/says.h"

enum { EPOCH_ABOVE = 44, LATER_ABOVE = 45 };

static const version_t first = {1, 5, EPOCH_ABOVE}, later = {1, 9, EPOCH_ABOVE}, apart = {1, 12, LATER_ABOVE};

static record_t theirs(version_t version, const char *body)
{
    return said(ABOVE, 1, version, body);
}

// About the school alone: its sister is outside its reach.
static record_t for_the_school(version_t version, const char *body)
{
    record_t r = theirs(version, body);
    r.down = DOWN_SERVING;
    r.org = slice_text("03-08-01");
    return r;
}

static applied_t hands_back(uint32_t peer, record_t r)
{
    return brings(peer, r, UNDER_ANOTHER); // whose seal it is, only the home can tell
}

static applied_t the_home_says(record_t r)
{
    return brings(PEER_PARENT, r, UNDER_ANOTHER);
}

static size_t listed(void)
{
    size_t n = 0;
    for (uint8_t id = 1; id < 10; id++) n += holds(id);
    return n;
}

// --- what it is not

static void it_is_no_record_and_is_shown_to_nobody_but_towards_its_home(void **state)
{
    (void)state;
    assert_int_equal(hands_back(SCHOOL, theirs(first, "true or not")), APPLIED_ASIDE);
    assert_int_equal(asides(), 1);
    assert_int_equal(listed(), 0);
    assert_int_equal(is_served(PEER_PARENT, 1, 0), 1);
    assert_int_equal(is_served(SCHOOL, 1, 0), 0);
    assert_int_equal(is_served(SISTER, 1, 0), 0);
    assert_int_equal(is_served(SERVICE_REPORTING, 1, 0), 0);
    has_taken(SCHOOL, QUOTA_ASIDE, 1);
}

static void it_does_not_stand_in_the_way_of_what_its_home_says(void **state)
{
    (void)state;
    hands_back(SCHOOL, theirs((version_t){UINT32_MAX, UINT64_MAX, 1}, "lie"));
    assert_int_equal(the_home_says(theirs(first, "true")), APPLIED_NEW);
    holds_body(1, "true");
    assert_int_equal(is_served(SCHOOL, 1, 0), 1);
    assert_int_equal(conflicts(), 0);
}

static void it_does_not_replace_what_is_held(void **state)
{
    (void)state;
    assert_int_equal(the_home_says(theirs(first, "true")), APPLIED_NEW);
    assert_int_equal(hands_back(SCHOOL, theirs(later, "lie")), APPLIED_ASIDE);
    assert_int_equal(hands_back(SCHOOL, upon(theirs(apart, "lie"), first)), APPLIED_ASIDE);
    holds_body(1, "true");
    holds_version(1, first);
    assert_int_equal(is_served(SISTER, 1, 0), 1); // the true one
}

static void what_a_child_says_of_its_sister_waits_too(void **state)
{
    (void)state;
    assert_int_equal(hands_back(SISTER, said(BELOW, 1, first, "lie")), APPLIED_ASIDE);
    assert_int_equal(listed(), 0);
    assert_int_equal(is_served(SCHOOL, 1, 0), 1); // whose it is: it is the one to judge
    assert_int_equal(is_served(PEER_PARENT, 1, 0), 0);
}

static void the_same_once_more_is_kept_and_counted_once(void **state)
{
    (void)state;
    hands_back(SCHOOL, theirs(first, "once"));
    uint64_t before = head();
    assert_int_equal(hands_back(SCHOOL, theirs(first, "once")), APPLIED_KNOWN);
    assert_int_equal(hands_back(SISTER, theirs(first, "once")), APPLIED_KNOWN); // whoever brings it
    assert_int_equal(head(), before);
    assert_int_equal(asides(), 1);
    has_taken(SCHOOL, QUOTA_ASIDE, 1);
    has_taken(SISTER, QUOTA_ASIDE, 0);
}

static void two_that_claim_one_number_wait_side_by_side(void **state)
{
    (void)state;
    hands_back(SCHOOL, theirs(first, "one"));
    assert_int_equal(hands_back(SISTER, theirs(first, "other")), APPLIED_ASIDE);
    assert_int_equal(asides(), 2);
    assert_int_equal(is_served(PEER_PARENT, 1, 0), 2);
}

// --- shares

static void past_the_share_nothing_is_kept_and_the_sister_has_hers(void **state)
{
    (void)state;
    store_txn_t *txn = shelf_write(&shelf);
    for (int i = 0; i < QUOTA_ASIDE_ITEMS; i++) assert_int_equal(quota_take(txn, SCHOOL, QUOTA_ASIDE, 1), 0);
    shelf_commit(&shelf);
    uint64_t before = head();
    assert_int_equal(hands_back(SCHOOL, theirs(first, "one more")), APPLIED_OVER);
    assert_int_equal(head(), before);
    assert_int_equal(asides(), 0);
    has_taken(SCHOOL, QUOTA_ASIDE, QUOTA_ASIDE_ITEMS);
    assert_int_equal(hands_back(SISTER, theirs(first, "one more")), APPLIED_ASIDE);
}

static void what_is_let_go_gives_all_its_room_back(void **state)
{
    (void)state;
    for (uint8_t n = 1; n < 10; n++) hands_back(SCHOOL, said(ABOVE, n, first, "waits"));
    has_taken(SCHOOL, QUOTA_ASIDE, 9);
    for (uint8_t n = 1; n < 10; n++) the_home_says(said(ABOVE, n, first, "waits"));
    assert_int_equal(asides(), 0);
    has_taken(SCHOOL, QUOTA_ASIDE, 0);
}

// --- the home's word

static void it_goes_when_the_home_says_what_descends_from_it(void **state)
{
    (void)state;
    hands_back(SCHOOL, theirs(first, "lost"));
    assert_int_equal(the_home_says(upon(theirs(apart, "later"), first)), APPLIED_NEW);
    assert_int_equal(asides(), 0);
    assert_int_equal(is_served(PEER_PARENT, 1, 0), 0);
    holds_body(1, "later");
}

static void it_goes_when_the_home_says_the_same_above_it(void **state)
{
    (void)state;
    hands_back(SCHOOL, theirs(first, "the same"));
    the_home_says(theirs(apart, "the same"));
    assert_int_equal(asides(), 0);
}

static void it_stays_when_the_home_speaks_of_something_older(void **state)
{
    (void)state;
    hands_back(SCHOOL, theirs(later, "lost"));
    the_home_says(theirs(first, "older"));
    assert_int_equal(asides(), 1);
    assert_int_equal(is_served(PEER_PARENT, 1, 0), 1);
    holds_body(1, "older");
}

// The home has written meanwhile, and has not seen this one: it could hold what nobody else has.
static void it_stays_when_the_home_says_something_else_until_the_home_says_that_it_has_seen_it(void **state)
{
    (void)state;
    hands_back(SCHOOL, theirs(first, "lost"));
    the_home_says(theirs(apart, "else"));
    assert_int_equal(asides(), 1);
    assert_int_equal(is_served(PEER_PARENT, 1, 0), 1);
    assert_int_equal(conflicts(), 0); // not ours to tell
    the_home_says(
        answering(theirs((version_t){1, 20, LATER_ABOVE}, "else"), later)); // of the same epoch, above it
    assert_int_equal(asides(), 0);
    has_taken(SCHOOL, QUOTA_ASIDE, 0);
    holds_body(1, "else");
}

// A child cannot talk the hub out of what its home has to judge.
static void a_conflict_of_another_than_the_home_answers_nothing(void **state)
{
    (void)state;
    the_home_says(theirs(apart, "now"));
    hands_back(SISTER, theirs(first, "lost"));
    assert_int_equal(finds(BELOW, SCHOOL, theirs(first, "lost"), UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(asides(), 1);
    assert_int_equal(is_served(PEER_PARENT, 1, 0), 1);
}

// Numbers are compared everywhere: one that is greater than the answer would stand above it elsewhere.
static void an_answer_with_a_smaller_number_lets_nothing_go(void **state)
{
    (void)state;
    hands_back(SCHOOL, theirs((version_t){7, 5, EPOCH_ABOVE}, "lost"));
    the_home_says(answering(theirs(apart, "else"), first));
    assert_int_equal(asides(), 1);
}

static void what_is_answered_already_is_not_kept(void **state)
{
    (void)state;
    the_home_says(theirs(later, "now"));
    uint64_t before = head();
    assert_int_equal(hands_back(SCHOOL, theirs(first, "once")), APPLIED_KNOWN);
    assert_int_equal(asides(), 0);
    assert_int_equal(head(), before);
}

// --- records that not everybody has

// Of those somebody may hold a version who is outside its reach: the home hears of it once more, and says its
// word again if it was truly there.
static void outside_the_reach_it_is_shown_once_more_and_goes_with_the_second_word(void **state)
{
    (void)state;
    record_t word = for_the_school(later, "now");
    hands_back(SISTER, for_the_school(first, "once"));
    uint64_t before = head();
    assert_int_equal(the_home_says(word), APPLIED_NEW);
    assert_int_equal(asides(), 1);
    assert_int_equal(is_served(PEER_PARENT, 1, before), 1);
    assert_false(hears_gone(SISTER, 1, 0));
    assert_int_equal(the_home_says(word), APPLIED_KNOWN);
    assert_int_equal(asides(), 0);
    has_taken(SISTER, QUOTA_ASIDE, 0);
    assert_true(hears_gone(SISTER, 1, 0));
    assert_int_equal(is_served(SISTER, 1, 0), 0);
    assert_int_equal(is_served(SCHOOL, 1, 0), 1);
}

static void who_holds_just_what_we_hold_and_is_not_to_have_it_hears_that_it_is_gone(void **state)
{
    (void)state;
    record_t r = for_the_school(first, "now");
    the_home_says(r);
    assert_int_equal(hands_back(SISTER, r), APPLIED_KNOWN);
    assert_int_equal(asides(), 0);
    assert_true(hears_gone(SISTER, 1, 0));
    uint64_t before = head();
    assert_int_equal(hands_back(SCHOOL, r), APPLIED_KNOWN); // who may have it hears nothing
    assert_int_equal(head(), before);
}

// The hub does the same whether it holds the record or not.
static void a_guess_is_kept_whether_the_record_exists_or_not(void **state)
{
    (void)state;
    the_home_says(for_the_school(later, "now"));
    record_t guess = for_the_school(first, "guess"), nothing = guess;
    nothing.id = shelf_id(2);
    assert_int_equal(hands_back(SISTER, guess), APPLIED_ASIDE);
    assert_int_equal(hands_back(SISTER, nothing), APPLIED_ASIDE);
    assert_false(hears_gone(SISTER, 1, 0) || hears_gone(SISTER, 2, 0));
    has_taken(SISTER, QUOTA_ASIDE, 2);
}

static void word_that_it_is_gone_answers_it_and_reaches_who_handed_it_over(void **state)
{
    (void)state;
    record_t r = for_the_school(first, "once");
    hands_back(SISTER, r);
    assert_int_equal(says_gone(PEER_PARENT, &r), 0);
    assert_int_equal(asides(), 0);
    has_taken(SISTER, QUOTA_ASIDE, 0);
    assert_true(hears_gone(SISTER, 1, 0));
    assert_false(hears_gone(SCHOOL, 1, 0));
    assert_false(holds(1));
}

static void word_from_another_side_answers_nothing(void **state)
{
    (void)state;
    record_t r = for_the_school(first, "once");
    hands_back(SISTER, r);
    assert_int_equal(says_gone(SCHOOL, &r), 0);
    assert_int_equal(says_gone(SISTER, &r), 0);
    assert_int_equal(asides(), 1);
    assert_false(hears_gone(SISTER, 1, 0));
}

static void another_homes_word_under_the_same_id_answers_nothing(void **state)
{
    (void)state;
    hands_back(SCHOOL, theirs(first, "above"));
    assert_int_equal(brings(SCHOOL, said(BELOW, 1, later, "above"), UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(asides(), 1);
}

// --- and later

static void it_waits_through_a_restart(void **state)
{
    (void)state;
    hands_back(SCHOOL, theirs(first, "waits"));
    shelf_reopen(&shelf, EPOCH + 1);
    assert_int_equal(asides(), 1);
    assert_int_equal(is_served(PEER_PARENT, 1, 0), 1);
    has_taken(SCHOOL, QUOTA_ASIDE, 1);
    the_home_says(theirs(first, "waits"));
    assert_int_equal(asides(), 0);
    has_taken(SCHOOL, QUOTA_ASIDE, 0);
}

static void a_load_that_is_handed_back_waits_behind_what_people_wrote(void **state)
{
    (void)state;
    lane_reader_t *reader = NULL;
    uint64_t seq;
    record_t r = theirs(first, "load");
    r.bulk = true;
    hands_back(SCHOOL, r);
    unsigned lanes = store_feed_lanes(PEER_PARENT, STREAM_PEOPLE);
    assert_int_equal(lane_open(shelf_read(&shelf), lanes, PEER_PARENT, 0, &reader), 0);
    assert_int_equal(lane_next(reader, &seq, NULL), KV_NONE);
    lane_close(&reader);
    shelf_abort(&shelf);
    assert_int_equal(is_served(PEER_PARENT, 1, 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(it_is_no_record_and_is_shown_to_nobody_but_towards_its_home),
        SHELF(it_does_not_stand_in_the_way_of_what_its_home_says),
        SHELF(it_does_not_replace_what_is_held),
        SHELF(what_a_child_says_of_its_sister_waits_too),
        SHELF(past_the_share_nothing_is_kept_and_the_sister_has_hers),
        SHELF(word_from_another_side_answers_nothing),
        SHELF(another_homes_word_under_the_same_id_answers_nothing),
        SHELF(a_guess_is_kept_whether_the_record_exists_or_not),
        SHELF(the_same_once_more_is_kept_and_counted_once),
        SHELF(two_that_claim_one_number_wait_side_by_side),
        SHELF(what_is_let_go_gives_all_its_room_back),
        SHELF(it_goes_when_the_home_says_what_descends_from_it),
        SHELF(it_goes_when_the_home_says_the_same_above_it),
        SHELF(it_stays_when_the_home_speaks_of_something_older),
        SHELF(it_stays_when_the_home_says_something_else_until_the_home_says_that_it_has_seen_it),
        SHELF(a_conflict_of_another_than_the_home_answers_nothing),
        SHELF(an_answer_with_a_smaller_number_lets_nothing_go),
        SHELF(what_is_answered_already_is_not_kept),
        SHELF(outside_the_reach_it_is_shown_once_more_and_goes_with_the_second_word),
        SHELF(who_holds_just_what_we_hold_and_is_not_to_have_it_hears_that_it_is_gone),
        SHELF(word_that_it_is_gone_answers_it_and_reaches_who_handed_it_over),
        SHELF(it_waits_through_a_restart),
        SHELF(a_load_that_is_handed_back_waits_behind_what_people_wrote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
