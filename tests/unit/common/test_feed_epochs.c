// SPDX-License-Identifier: Apache-2.0
// Epochs of a record: versions that do not know of each other, and words of what is gone.
#include "tests/unit/common/sides.h"

static void restart(side_t *side, uint64_t epoch)
{
    bool hub = side->peer == CHILD;
    int number = side->number;
    close_side(side);
    open_at(side, hub, epoch, number);
}

static version_t version_at(side_t *side, uint8_t n)
{
    store_txn_t *txn = NULL;
    record_t r;
    rid_t id = an_id(n);
    assert_int_equal(store_begin(side->store, false, &txn), 0);
    assert_int_equal(store_get(txn, &id, &r, NULL), 0);
    version_t version = r.version;
    store_abort(&txn);
    return version;
}

static int count_one(void *arg, const rid_t *id)
{
    (void)id;
    (*(int *)arg)++;
    return 0;
}

static int conflicts(side_t *side)
{
    enum { CONFLICT = 1 };
    store_txn_t *txn = NULL;
    int n = 0;
    assert_int_equal(store_begin(side->store, false, &txn), 0);
    assert_int_equal(store_list(txn, CONFLICT, (slice_t){0}, NULL, count_one, &n), 0);
    store_abort(&txn);
    return n;
}

static void restarts_leave_no_conflicts(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    for (uint64_t epoch = 102; epoch < 110; epoch++) { // the hub sees each second version
        write_record(&home, 1);
        if (epoch % 2 == 0) talk(&home, &hub);
        restart(&home, epoch);
        restart(&hub, epoch + 100);
    }
    talk(&home, &hub);
    version_t at_home = version_at(&home, 1), at_hub = version_at(&hub, 1);
    assert_int_equal(version_cmp(&at_home, &at_hub), 0);
    assert_int_equal(conflicts(&home) + conflicts(&hub), 0);
    close_side(&home);
    close_side(&hub);
}

// The home has lost what it wrote and wrote the record anew. Whoever holds the other version keeps it, and
// both end with the home's.
static void two_epochs_of_a_record_leave_a_conflict(void **state)
{
    (void)state;
    side_t home, put_back, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    open_side(&put_back, false, 102);
    write_body(&home, 1, slice_text("one"));
    talk(&home, &hub);
    write_body(&put_back, 1, slice_text("other"));
    talk(&put_back, &hub);
    version_t at_home = version_at(&put_back, 1), at_hub = version_at(&hub, 1);
    assert_int_equal(version_cmp(&at_home, &at_hub), 0);
    assert_true(conflicts(&put_back) > 0 && conflicts(&hub) > 0);
    close_side(&home);
    close_side(&put_back);
    close_side(&hub);
}

static applied_t take_from(side_t *side, record_t *r, arrival_t arrival)
{
    store_txn_t *txn = NULL;
    applied_t applied;
    AUTO(xfree) uint8_t *wire = xmalloc(record_size(r));
    record_pack(r, wire);
    assert_int_equal(store_begin(side->store, true, &txn), 0);
    assert_int_equal(store_apply(txn, r, &arrival, &applied), 0);
    assert_int_equal(store_commit(&txn), 0);
    return applied;
}

static applied_t take_as(side_t *side, record_t *r, bool giveback)
{
    return take_from(side, r, (arrival_t){.peer = side->peer, .giveback = giveback});
}

static void take(side_t *side, record_t *r)
{
    assert_int_equal(take_as(side, r, false), APPLIED_NEW);
}

// No neighbour of the record's home, so that it knows nothing of that home's epochs but what versions tell.
static void a_third_node_tells_two_epochs_apart(void **state)
{
    (void)state;
    side_t far;
    uint8_t past[PAST_MAX];
    open_side(&far, true, 201);
    record_t r = {.id = an_id(1), .kind = KIND, .version = {1, 5, 11}, .up = UP_ALL}, next;
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &r.home));
    take(&far, &r);
    next = r;
    next.version = (version_t){1, 9, 22};
    next.past = record_past_upon(&r, 22, past);
    take(&far, &next);
    assert_int_equal(conflicts(&far), 0);
    next.version = (version_t){1, 10, 33}; // upon the first, and it says the same: nobody has to choose
    take(&far, &next);
    assert_int_equal(conflicts(&far), 0);
    next.version = (version_t){1, 11, 44};
    next.body = slice_text("other");
    take(&far, &next);
    assert_int_equal(conflicts(&far), 1);
    close_side(&far);
}

// Its home's side was put back behind the version that is held: that goes back to it.
static void word_of_less_than_is_held_hands_it_back(void **state)
{
    (void)state;
    side_t far;
    store_txn_t *txn = NULL;
    place_t place;
    open_side(&far, true, 201);
    record_t older = {.id = an_id(1), .kind = KIND, .version = {1, 5, 11}, .up = UP_ALL}, held;
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &older.home));
    record_t r = older;
    r.version.seq = 9;
    take(&far, &r);
    hear_gone(&far, &older);
    assert_int_equal(store_begin(far.store, false, &txn), 0);
    assert_int_equal(store_get(txn, &r.id, &held, &place), 0);
    assert_false(held.gone);
    assert_true((place.lanes & LANE_BACK) != 0);
    store_abort(&txn);
    hear_gone(&far, &r);
    assert_int_equal(take_as(&far, &older, true), APPLIED_KNOWN); // an old page of what was handed back
    assert_int_equal(take_as(&far, &older, false), APPLIED_NEW);  // in reach again
    close_side(&far);
}

// A hub that could not hand a version back as such has kept it as a conflict: the home writes above it.
static void a_conflict_that_comes_home_is_written_above(void **state)
{
    (void)state;
    side_t home, put_back, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    open_side(&put_back, false, 102);
    for (int i = 0; i < 3; i++) write_record(&home, 1);
    write_record(&put_back, 1);
    version_t lost = version_at(&home, 1), before = version_at(&put_back, 1);
    assert_true(version_cmp(&before, &lost) < 0);
    store_txn_t *from = NULL, *to = NULL;
    record_t r;
    rid_t id = an_id(1);
    assert_int_equal(store_begin(home.store, false, &from), 0);
    assert_int_equal(store_get(from, &id, &r, NULL), 0);
    assert_int_equal(store_begin(hub.store, true, &to), 0);
    assert_int_equal(store_keep_conflict(to, &r), 0);
    assert_int_equal(store_commit(&to), 0);
    store_abort(&from);
    talk(&put_back, &hub);
    version_t now = version_at(&put_back, 1), at_hub = version_at(&hub, 1);
    assert_true(version_cmp(&now, &lost) > 0);
    assert_int_equal(version_cmp(&now, &at_hub), 0);
    close_side(&home);
    close_side(&put_back);
    close_side(&hub);
}

static path_t home_at(side_t *side, uint8_t n)
{
    store_txn_t *txn = NULL;
    record_t r;
    rid_t id = an_id(n);
    assert_int_equal(store_begin(side->store, false, &txn), 0);
    assert_int_equal(store_get(txn, &id, &r, NULL), 0);
    path_t home = r.home;
    store_abort(&txn);
    return home;
}

// A record from below has the id of one that the school had lost. The hub knows which was first only by what
// the school says.
static void of_two_homes_with_one_id_on_one_side_the_hub_holds_what_stands_there(void **state)
{
    (void)state;
    side_t home, put_back, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    open_side(&put_back, false, 102);
    record_t below = {.id = an_id(1), .kind = KIND, .version = {9, 5, 11}, .up = UP_ALL}, r;
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &below.home));
    assert_int_equal(take_from(&put_back, &below, (arrival_t){.peer = 0x55667788}), APPLIED_NEW);
    talk(&put_back, &hub);
    path_t at_hub = home_at(&hub, 1);
    assert_true(path_equal(&at_hub, &below.home));
    write_body(&home, 1, slice_text("first"));
    store_txn_t *txn = NULL;
    rid_t id = an_id(1);
    assert_int_equal(store_begin(home.store, false, &txn), 0);
    assert_int_equal(store_get(txn, &id, &r, NULL), 0);
    take(&put_back, &r); // somebody had kept it
    store_abort(&txn);
    talk(&put_back, &hub);
    at_hub = home_at(&hub, 1);
    assert_true(path_equal(&at_hub, &store_place(put_back.store)->path));
    close_side(&home);
    close_side(&put_back);
    close_side(&hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restarts_leave_no_conflicts),
        cmocka_unit_test(two_epochs_of_a_record_leave_a_conflict),
        cmocka_unit_test(a_third_node_tells_two_epochs_apart),
        cmocka_unit_test(word_of_less_than_is_held_hands_it_back),
        cmocka_unit_test(a_conflict_that_comes_home_is_written_above),
        cmocka_unit_test(of_two_homes_with_one_id_on_one_side_the_hub_holds_what_stands_there),
    };
    return cmocka_run_group_tests(tests, make_dir, NULL);
}
