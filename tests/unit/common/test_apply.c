// SPDX-License-Identifier: Apache-2.0
// A version of our own comes back: only its seal says that it is ours, and each way in which it can stand to
// what we hold has its answer (design 2.7, rules 1 and 3; proto/README.md, 4).
#include "tests/unit/common/says.h"
#include <errno.h>

enum { OTHER_EPOCH = 55 }; // of this node, before its store was put back

static record_t ours(version_t version, const char *body)
{
    return said(OURS, 1, version, body);
}

// What we write next is above this version, and of this incarnation.
static void next_is_of(uint32_t inc)
{
    assert_int_equal(writes(200, "next").inc, inc);
}

// --- what bears another's seal

static void what_we_did_not_seal_changes_nothing_whoever_brings_it(void **state)
{
    (void)state;
    version_t mine = writes(1, "mine");
    record_t lies[] = {ours((version_t){77, 900, OTHER_EPOCH}, "lie"),
                       upon(ours((version_t){77, 900, OTHER_EPOCH}, "lie"), mine),
                       ours((version_t){77, UINT64_MAX, EPOCH}, "lie"), // as if of this very epoch
                       ours((version_t){UINT32_MAX - 1, UINT64_MAX, OTHER_EPOCH}, "lie")};
    uint64_t before = head();
    for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
        assert_int_equal(brings(SCHOOL, lies[i], UNDER_ANOTHER), APPLIED_FORGED);
        assert_int_equal(brings(PEER_PARENT, lies[i], UNDER_ANOTHER), APPLIED_FORGED);
        assert_int_equal(gives_back(SCHOOL, lies[i], UNDER_ANOTHER), APPLIED_FORGED);
        assert_int_equal(gives_back(PEER_PARENT, lies[i], UNDER_ANOTHER), APPLIED_FORGED);
    }
    assert_int_equal(head(), before);
    holds_version(1, mine);
    next_is_of(mine.inc);
}

// A lie shares its transaction with what is true.
static void nor_does_it_raise_what_is_written_in_its_transaction(void **state)
{
    (void)state;
    uint8_t wire[512];
    record_t lie = ours((version_t){77, 900, OTHER_EPOCH}, "lie"), draft = shelf_draft(2), mine;
    static const uint8_t another[SEAL_KEY] = {9};
    applied_t applied;
    record_pack_sealed(&lie, wire, another);
    store_txn_t *txn = shelf_write(&shelf);
    assert_int_equal(store_apply(txn, &lie, &(arrival_t){.peer = SCHOOL}, &applied), 0);
    assert_int_equal(applied, APPLIED_FORGED);
    assert_int_equal(store_write(txn, &draft, &mine), 0);
    assert_int_equal(mine.version.inc, 1);
    shelf_commit(&shelf);
    next_is_of(1);
}

static void what_could_be_our_past_is_not_told_to_be_forged(void **state)
{
    (void)state;
    version_t mine = writes(1, "mine");
    uint64_t before = head();
    assert_int_equal(brings(SCHOOL, ours((version_t){9, mine.seq, EPOCH}, "lie"), UNDER_ANOTHER),
                     APPLIED_KNOWN);
    assert_int_equal(head(), before);
    next_is_of(1);
}

static void a_word_that_ours_is_gone_is_nobodys_to_say(void **state)
{
    (void)state;
    record_t gone = ours(writes(1, "mine"), "");
    uint64_t before = head();
    gone.version.inc = 9;
    assert_int_equal(says_gone(SCHOOL, &gone), 0);
    assert_int_equal(says_gone(PEER_PARENT, &gone), 0);
    assert_true(holds(1));
    assert_int_equal(head(), before);
    next_is_of(1);
}

// --- sealed: each way in which it can stand to ours

static void our_present_version_is_known(void **state)
{
    (void)state;
    record_t r = ours((version_t){3, 7, OTHER_EPOCH}, "lost");
    assert_int_equal(brings(SCHOOL, r, UNDER_OURS), APPLIED_NEW);
    uint64_t before = head();
    assert_int_equal(brings(PEER_PARENT, r, UNDER_OURS), APPLIED_KNOWN);
    assert_int_equal(head(), before);
}

static void of_our_past_nothing_is_kept(void **state)
{
    (void)state;
    version_t first = writes(1, "first"), second = writes(1, "second");
    uint64_t before = head();
    assert_int_equal(brings(SCHOOL, ours(first, "first"), UNDER_OURS), APPLIED_KNOWN);
    assert_int_equal(head(), before);
    holds_version(1, second);
    assert_int_equal(conflicts(), 0);
}

// Numbers are compared everywhere else: ours would never replace that one.
static void above_a_greater_number_of_our_past_ours_is_written_again(void **state)
{
    (void)state;
    version_t mine = writes(1, "mine"), greater = {5, mine.seq, EPOCH};
    assert_int_equal(brings(SCHOOL, ours(greater, "before"), UNDER_OURS), APPLIED_KNOWN);
    version_t now = present(1);
    assert_true(version_cmp(&now, &greater) > 0);
    holds_body(1, "mine");
    assert_int_equal(conflicts(), 0);
    next_is_of(6);
}

static void what_we_lost_is_adopted_as_it_is(void **state)
{
    (void)state;
    version_t lost = {3, 7, OTHER_EPOCH};
    assert_int_equal(brings(SCHOOL, ours(lost, "lost"), UNDER_OURS), APPLIED_NEW);
    holds_version(1, lost);
    holds_body(1, "lost");
    next_is_of(4);
}

static void what_descends_from_ours_is_adopted_and_leaves_no_conflict(void **state)
{
    (void)state;
    version_t mine = writes(1, "mine"), later = {2, 700, OTHER_EPOCH};
    assert_int_equal(brings(PEER_PARENT, upon(ours(later, "later"), mine), UNDER_OURS), APPLIED_NEW);
    holds_version(1, later);
    holds_body(1, "later");
    assert_int_equal(conflicts(), 0);
    next_is_of(3);
}

static void what_descends_from_ours_with_a_smaller_number_goes_on_above_ours(void **state)
{
    (void)state;
    assert_int_equal(brings(SCHOOL, said(OURS, 2, (version_t){8, 1, OTHER_EPOCH}, "raises"), UNDER_OURS),
                     APPLIED_NEW);
    version_t mine = writes(1, "mine"), later = {2, 700, OTHER_EPOCH};
    assert_int_equal(mine.inc, 9);
    assert_int_equal(brings(SCHOOL, upon(ours(later, "later"), mine), UNDER_OURS), APPLIED_NEW);
    holds_body(1, "later");
    version_t now = present(1);
    assert_true(version_cmp(&now, &mine) > 0);
    assert_int_equal(conflicts(), 0);
    // It is in the line of both.
    uint64_t before = head();
    assert_int_equal(brings(SCHOOL, ours(mine, "mine"), UNDER_OURS), APPLIED_KNOWN);
    assert_int_equal(brings(SCHOOL, upon(ours(later, "later"), mine), UNDER_OURS), APPLIED_KNOWN);
    assert_int_equal(head(), before);
}

static void of_two_lines_ours_goes_on_above_and_the_other_is_a_conflict(void **state)
{
    (void)state;
    writes(1, "mine");
    version_t other = {4, 1, OTHER_EPOCH};
    assert_int_equal(brings(SCHOOL, ours(other, "other"), UNDER_OURS), APPLIED_CONFLICT);
    version_t now = present(1);
    assert_true(version_cmp(&now, &other) > 0);
    holds_body(1, "mine");
    assert_int_equal(conflicts(), 1);
    uint64_t before = head();
    assert_int_equal(brings(PEER_PARENT, ours(other, "other"), UNDER_OURS),
                     APPLIED_CONFLICT); // one is enough
    assert_int_equal(head(), before);
    next_is_of(5);
}

// Others who hold that one learn so that it was decided about.
static void of_two_lines_a_smaller_one_is_a_conflict_and_ours_says_that_it_was_seen(void **state)
{
    (void)state;
    record_t held;
    rid_t id = shelf_id(1);
    assert_int_equal(brings(SCHOOL, said(OURS, 2, (version_t){8, 1, OTHER_EPOCH}, "raises"), UNDER_OURS),
                     APPLIED_NEW);
    version_t mine = writes(1, "mine"), other = {4, 900, OTHER_EPOCH};
    assert_int_equal(brings(SCHOOL, ours(other, "other"), UNDER_OURS), APPLIED_CONFLICT);
    assert_int_equal(store_get(shelf_read(&shelf), &id, &held, NULL), 0);
    assert_true(record_answers(&held, &other) && record_descends(&held, &mine));
    assert_false(record_descends(&held, &other));
    shelf_abort(&shelf);
    holds_body(1, "mine");
    assert_int_equal(conflicts(), 1);
    uint64_t before = head();
    assert_int_equal(brings(PEER_PARENT, ours(other, "other"), UNDER_OURS),
                     APPLIED_CONFLICT); // once is enough
    assert_int_equal(head(), before);
}

// As cloned and restored nodes do: nobody has to choose.
static void two_lines_that_say_the_same_leave_no_conflict(void **state)
{
    (void)state;
    writes(1, "mine");
    version_t other = {4, 1, OTHER_EPOCH};
    assert_int_equal(brings(SCHOOL, ours(other, "mine"), UNDER_OURS), APPLIED_KNOWN);
    version_t now = present(1);
    assert_true(version_cmp(&now, &other) > 0);
    assert_int_equal(conflicts(), 0);
}

// After a store was lost, what was refused may be refused again before the old notice of it comes back.
static void of_notices_that_something_was_refused_no_conflict_is_kept(void **state)
{
    (void)state;
    record_t notice = shelf_draft(1);
    notice.kind = KIND_REFUSAL;
    writes_draft(&notice);
    version_t other = {4, 1, OTHER_EPOCH};
    record_t before = ours(other, "");
    before.kind = KIND_REFUSAL;
    before.deleted = true;
    assert_int_equal(brings(SCHOOL, before, UNDER_OURS), APPLIED_CONFLICT);
    version_t now = present(1);
    assert_true(version_cmp(&now, &other) > 0);
    assert_int_equal(conflicts(), 0);
}

// Two lines of a record of the school's, from where its home lies.
static void two_lines_of_the_schools(uint32_t kind, uint32_t peer)
{
    record_t one = said(BELOW, 7, (version_t){1, 1, OTHER_EPOCH}, "one"),
             other = said(BELOW, 7, (version_t){2, 1, EPOCH}, "other");
    one.kind = other.kind = kind;
    assert_int_equal(brings(peer, one, UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(brings(peer, other, UNDER_ANOTHER), APPLIED_NEW);
    holds_version(7, other.version);
}

// It may hold the last copy, where the stores of both were lost or put back.
static void who_reads_another_service_of_the_node_keeps_a_line_that_this_one_let_go(void **state)
{
    (void)state;
    two_lines_of_the_schools(199, 1);
    assert_int_equal(conflicts(), 1);
}

static void of_what_this_service_owns_each_line_is_kept(void **state)
{
    (void)state;
    two_lines_of_the_schools(SHELF_KIND, SCHOOL);
    assert_int_equal(conflicts(), 1);
}

static void an_incarnation_once_raised_outlives_the_process(void **state)
{
    (void)state;
    assert_int_equal(brings(SCHOOL, ours((version_t){3, 7, OTHER_EPOCH}, "lost"), UNDER_OURS), APPLIED_NEW);
    shelf_reopen(&shelf, EPOCH + 1);
    next_is_of(4);
}

// --- whoever shows that he held it

static record_t for_the_school(uint8_t n)
{
    record_t draft = shelf_draft(n);
    draft.down = DOWN_SERVING;
    draft.org = slice_text("03-08-01");
    return draft;
}

static record_t older_for_the_school(uint8_t n)
{
    record_t r = for_the_school(n);
    assert_true(path_parse(OURS, &r.home));
    r.body = slice_text("older");
    r.version = (version_t){1, 1, EPOCH};
    return r;
}

static void nobody_is_answered_about_a_record_that_he_cannot_have_held(void **state)
{
    (void)state;
    record_t draft = for_the_school(1), guess = older_for_the_school(1);
    writes(2, "first");
    writes_draft(&draft);
    uint64_t before = head();
    brings(SISTER, guess, UNDER_ANOTHER);
    guess.version = (version_t){9, 9, OTHER_EPOCH};
    brings(SISTER, guess, UNDER_ANOTHER);
    assert_int_equal(head(), before);
    assert_false(hears_gone(SISTER, 1, 0));
}

static void who_held_it_and_is_not_to_have_it_hears_that_it_is_gone(void **state)
{
    (void)state;
    record_t draft = for_the_school(1);
    writes(2, "first");
    writes_draft(&draft);
    uint64_t before = head();
    assert_int_equal(brings(SISTER, older_for_the_school(1), UNDER_OURS), APPLIED_KNOWN);
    assert_true(hears_gone(SISTER, 1, before));
    assert_int_equal(is_served(SISTER, 1, 0), 0);
    assert_false(hears_gone(SISTER + 1, 1, 0) || hears_gone(SCHOOL, 1, 0));
}

// Behind him somebody may hold it who is outside its reach: he hears our word again, and passes it on there.
static void who_shows_an_older_one_hears_our_word_again(void **state)
{
    (void)state;
    record_t draft = for_the_school(1);
    writes(2, "first");
    version_t mine = writes_draft(&draft);
    uint64_t before = head();
    assert_int_equal(is_served(SCHOOL, 1, before), 0);
    assert_int_equal(brings(SCHOOL, older_for_the_school(1), UNDER_OURS), APPLIED_KNOWN);
    assert_int_equal(is_served(SCHOOL, 1, before), 1);
    holds_version(1, mine); // the word is the same
}

static void what_everybody_has_is_not_said_again(void **state)
{
    (void)state;
    version_t first = writes(1, "first");
    writes(1, "second");
    uint64_t before = head();
    assert_int_equal(brings(SCHOOL, ours(first, "first"), UNDER_OURS), APPLIED_KNOWN);
    assert_int_equal(head(), before);
}

// --- a conflict that has come home

static void a_conflict_with_a_version_that_we_did_not_seal_moves_nothing(void **state)
{
    (void)state;
    version_t mine = writes(1, "mine");
    assert_int_equal(finds(BELOW, SCHOOL, ours((version_t){9, 1, OTHER_EPOCH}, "lie"), UNDER_ANOTHER),
                     APPLIED_NEW);
    holds_version(1, mine);
    next_is_of(1);
}

// Where it was found our present one could not replace it.
static void above_a_version_of_ours_that_somebody_found_ours_is_written_again(void **state)
{
    (void)state;
    writes(1, "mine");
    version_t found = {9, 1, OTHER_EPOCH};
    assert_int_equal(finds(BELOW, SCHOOL, ours(found, "found"), UNDER_OURS), APPLIED_NEW);
    version_t now = present(1);
    assert_true(version_cmp(&now, &found) > 0);
    holds_body(1, "mine");
    next_is_of(10);
}

static void a_conflict_that_came_while_its_record_was_missing_is_heeded_when_that_is_back(void **state)
{
    (void)state;
    version_t found = {9, 1, OTHER_EPOCH}, back = {2, 5, OTHER_EPOCH + 1};
    assert_int_equal(finds(BELOW, SCHOOL, ours(found, "found"), UNDER_OURS), APPLIED_NEW);
    assert_false(holds(1));
    assert_int_equal(gives_back(PEER_PARENT, ours(back, "back"), UNDER_OURS), APPLIED_NEW);
    version_t now = present(1);
    assert_true(version_cmp(&now, &found) > 0);
    holds_body(1, "back");
}

// --- what a person says

static int takes(record_t r)
{
    uint8_t wire[512];
    assert_true(record_size(&r) <= sizeof wire);
    record_pack(&r, wire);
    int rc = store_take(shelf_write(&shelf), &r);
    shelf_commit(&shelf);
    return rc;
}

static void what_a_person_takes_stands_above_both(void **state)
{
    (void)state;
    version_t mine = writes(1, "mine"), lost = {7, 3, OTHER_EPOCH};
    assert_int_equal(takes(ours(lost, "taken")), 0);
    version_t now = present(1);
    assert_true(version_cmp(&now, &lost) > 0 && version_cmp(&now, &mine) > 0);
    holds_body(1, "taken");
}

static void above_the_greatest_number_nothing_can_be_taken(void **state)
{
    (void)state;
    version_t mine = writes(1, "mine");
    assert_int_equal(takes(ours((version_t){UINT32_MAX, 3, OTHER_EPOCH}, "taken")), -ERANGE);
    holds_version(1, mine);
}

static int leaves_out(record_t r)
{
    uint8_t wire[512];
    assert_true(record_size(&r) <= sizeof wire);
    record_pack(&r, wire);
    int rc = store_leave_out(shelf_write(&shelf), &r);
    shelf_commit(&shelf);
    return rc;
}

static void above_a_number_that_nobody_counts_to_nothing_is_raised(void **state)
{
    (void)state;
    version_t mine = writes(1, "mine");
    assert_int_equal(leaves_out(ours((version_t){UINT32_MAX - 1, 3, OTHER_EPOCH}, "left out")), 0);
    holds_version(1, mine);
    next_is_of(1);
}

static void what_a_person_leaves_out_ours_stands_above(void **state)
{
    (void)state;
    version_t lost = {7, 3, OTHER_EPOCH};
    writes(1, "mine");
    assert_int_equal(leaves_out(ours(lost, "left out")), 0);
    version_t now = present(1);
    assert_true(version_cmp(&now, &lost) > 0);
    holds_body(1, "mine");
}

static void of_what_we_have_not_a_tombstone_stands_above_it(void **state)
{
    (void)state;
    record_t held;
    version_t lost = {7, 3, OTHER_EPOCH};
    record_t r = ours(lost, "left out");
    assert_int_equal(leaves_out(r), 0);
    assert_int_equal(store_get(shelf_read(&shelf), &r.id, &held, NULL), 0);
    assert_true(held.deleted && version_cmp(&held.version, &lost) > 0);
    shelf_abort(&shelf);
}

// --- two versions of another home under one number

static void under_one_number_holds_what_the_home_s_side_says_last(void **state)
{
    (void)state;
    version_t v = {1, 5, OTHER_EPOCH};
    assert_int_equal(brings(SCHOOL, said(BELOW, 1, v, "lie"), UNDER_ANOTHER), APPLIED_NEW);
    assert_int_equal(gives_back(SCHOOL, said(BELOW, 1, v, "true"), UNDER_ANOTHER), APPLIED_KNOWN);
    holds_body(1, "lie");
    assert_int_equal(brings(SCHOOL, said(BELOW, 1, v, "true"), UNDER_ANOTHER), APPLIED_NEW);
    holds_body(1, "true");
    uint64_t before = head();
    assert_int_equal(brings(SCHOOL, said(BELOW, 1, v, "true"), UNDER_ANOTHER), APPLIED_KNOWN);
    assert_int_equal(head(), before);
    assert_int_equal(conflicts(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(what_we_did_not_seal_changes_nothing_whoever_brings_it),
        SHELF(nor_does_it_raise_what_is_written_in_its_transaction),
        SHELF(what_could_be_our_past_is_not_told_to_be_forged),
        SHELF(a_word_that_ours_is_gone_is_nobodys_to_say),
        SHELF(nobody_is_answered_about_a_record_that_he_cannot_have_held),
        SHELF(a_conflict_with_a_version_that_we_did_not_seal_moves_nothing),
        SHELF(a_conflict_that_came_while_its_record_was_missing_is_heeded_when_that_is_back),
        SHELF(above_the_greatest_number_nothing_can_be_taken),
        SHELF(above_a_number_that_nobody_counts_to_nothing_is_raised),
        SHELF(what_a_person_leaves_out_ours_stands_above),
        SHELF(of_what_we_have_not_a_tombstone_stands_above_it),
        SHELF(our_present_version_is_known),
        SHELF(of_our_past_nothing_is_kept),
        SHELF(above_a_greater_number_of_our_past_ours_is_written_again),
        SHELF(what_we_lost_is_adopted_as_it_is),
        SHELF(what_descends_from_ours_is_adopted_and_leaves_no_conflict),
        SHELF(what_descends_from_ours_with_a_smaller_number_goes_on_above_ours),
        SHELF(of_two_lines_ours_goes_on_above_and_the_other_is_a_conflict),
        SHELF(of_two_lines_a_smaller_one_is_a_conflict_and_ours_says_that_it_was_seen),
        SHELF(two_lines_that_say_the_same_leave_no_conflict),
        SHELF(who_reads_another_service_of_the_node_keeps_a_line_that_this_one_let_go),
        SHELF(of_what_this_service_owns_each_line_is_kept),
        SHELF(of_notices_that_something_was_refused_no_conflict_is_kept),
        SHELF(an_incarnation_once_raised_outlives_the_process),
        SHELF(who_held_it_and_is_not_to_have_it_hears_that_it_is_gone),
        SHELF(who_shows_an_older_one_hears_our_word_again),
        SHELF(what_everybody_has_is_not_said_again),
        SHELF(above_a_version_of_ours_that_somebody_found_ours_is_written_again),
        SHELF(what_a_person_takes_stands_above_both),
        SHELF(under_one_number_holds_what_the_home_s_side_says_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
