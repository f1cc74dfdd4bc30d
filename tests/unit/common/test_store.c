// SPDX-License-Identifier: Apache-2.0
// Records, their lanes and lists, over a real disk.
#include "tests/unit/common/shelf.h"
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_draft(const record_t *draft)
{
    assert_int_equal(store_write(shelf_write(&shelf), draft, NULL), 0);
    shelf_commit(&shelf);
}

static void write_one(uint8_t n)
{
    record_t draft = shelf_draft(n);
    write_draft(&draft);
}

static version_t version_of(uint8_t n)
{
    record_t r;
    rid_t id = shelf_id(n);
    assert_int_equal(store_get(shelf_read(&shelf), &id, &r, NULL), 0);
    version_t version = r.version;
    shelf_abort(&shelf);
    return version;
}

// Last bytes of the ids on these lanes, in the order of reading.
static const char *on(unsigned lanes, uint32_t peer)
{
    static char text[64];
    char *to = text;
    lane_reader_t *reader = NULL;
    uint64_t seq;
    record_t r;
    assert_int_equal(lane_open(shelf_read(&shelf), lanes, peer, 0, &reader), 0);
    while (lane_next(reader, &seq, NULL) == 0) {
        assert_int_equal(store_at(shelf.txn, seq, &r, NULL), 0);
        *to++ = (char)('0' + r.id.b[15]);
    }
    *to = '\0';
    lane_close(&reader);
    shelf_abort(&shelf);
    return text;
}

static int list_one(void *arg, const rid_t *id)
{
    char **to = arg;
    *(*to)++ = (char)('0' + id->b[15]);
    return 0;
}

static const char *listed(uint32_t kind, const char *org)
{
    static char text[64];
    char *to = text;
    assert_int_equal(store_list(shelf_read(&shelf), kind, slice_text(org), NULL, list_one, &to), 0);
    *to = '\0';
    shelf_abort(&shelf);
    return text;
}

// Where a walk stops, and with what.
typedef struct steps {
    char text[16];
    size_t n, most;
    int rc;
    list_mark_t mark;
} steps_t;

static int step(void *arg, const record_t *r, const place_t *place)
{
    steps_t *steps = arg;
    if (steps->n == steps->most) return steps->rc;
    steps->text[steps->n++] = (char)('0' + r->id.b[15]);
    steps->mark = store_list_mark(r, place);
    return 0;
}

static void a_walk_tells_of_a_record_that_its_index_names_and_that_is_gone(void **state)
{
    (void)state;
    steps_t steps = {.most = 9};
    rid_t id = shelf_id(2);
    for (uint8_t n = 1; n <= 3; n++) write_one(n);
    assert_int_equal(store_index(shelf_write(&shelf)), 0);
    shelf_commit(&shelf);
    assert_int_equal(kv_del(store_kv(shelf_write(&shelf)), KV_RECORDS, slice(id.b, sizeof id.b)), 0);
    assert_int_equal(store_each(shelf.txn, SHELF_KIND, (slice_t){0}, NULL, step, &steps), -EUCLEAN);
    assert_string_equal(steps.text, "1");
    shelf_abort(&shelf);
}

static void a_walk_stops_with_what_its_reader_says_and_goes_on_behind_a_mark(void **state)
{
    (void)state;
    for (uint8_t n = 1; n <= 4; n++) write_one(n);
    steps_t steps = {.most = 2, .rc = -EIO};
    assert_int_equal(store_each(shelf_read(&shelf), SHELF_KIND, (slice_t){0}, NULL, step, &steps), -EIO);
    assert_string_equal(steps.text, "12");
    list_mark_t after = steps.mark;
    steps = (steps_t){.most = 1, .rc = 1};
    assert_int_equal(store_each(shelf.txn, SHELF_KIND, (slice_t){0}, &after, step, &steps), 1);
    assert_string_equal(steps.text, "3");
    steps = (steps_t){.most = 9};
    assert_int_equal(store_each(shelf.txn, SHELF_KIND, (slice_t){0}, &after, step, &steps), 0);
    assert_string_equal(steps.text, "34");
    shelf_abort(&shelf);
}

static void what_nobody_wrote_is_not_found(void **state)
{
    (void)state;
    record_t r;
    rid_t id = shelf_id(1);
    assert_int_equal(store_get(shelf_read(&shelf), &id, &r, NULL), KV_NONE);
    assert_int_equal(store_at(shelf.txn, 77, &r, NULL), -EUCLEAN);
    shelf_abort(&shelf);
}

static void a_store_says_which_program_wrote_it(void **state)
{
    (void)state;
    store_mark_t mark;
    kv_txn_t *txn = NULL;
    store_t *refused = NULL;
    assert_int_equal(store_mark(shelf.kv, &mark), 0);
    assert_int_equal(mark.format, 9);
    assert_string_equal(mark.version, SELENGA_VERSION);
    assert_int_equal(kv_begin(shelf.kv, true, &txn), 0);
    assert_int_equal(kv_put(txn, KV_META, slice("F", 1), slice("\x0a", 1)), 0);
    assert_int_equal(kv_put(txn, KV_META, slice("V", 1), slice_text("7.5")), 0);
    assert_int_equal(kv_commit(&txn), 0);
    assert_int_equal(store_open(shelf.kv, &shelf.place, 9, NULL, &refused), -EPROTONOSUPPORT);
    assert_int_equal(store_mark(shelf.kv, &mark), 0); // and nothing was written by the refusal
    assert_int_equal(mark.format, 10);
    assert_string_equal(mark.version, "7.5");
}

static void say_format(uint8_t format)
{
    kv_txn_t *txn = NULL;
    assert_int_equal(kv_begin(shelf.kv, true, &txn), 0);
    assert_int_equal(kv_put(txn, KV_META, slice("F", 1), slice(&format, 1)), 0);
    assert_int_equal(kv_commit(&txn), 0);
}

static void a_store_of_two_formats_before_is_refused(void **state)
{
    (void)state;
    store_mark_t mark;
    store_t *refused = NULL;
    say_format(7);
    assert_int_equal(store_open(shelf.kv, &shelf.place, 9, NULL, &refused), -ENOTSUP);
    assert_int_equal(store_mark(shelf.kv, &mark), 0);
    assert_int_equal(mark.format, 7);
}

// A process that opens the store is killed after so many microseconds, if it has not done so by then.
static void open_and_be_killed(long us)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGALRM, SIG_DFL);
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = us}, NULL);
        shelf_reopen(&shelf, 7);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
}

static void a_store_of_the_format_before_is_upgraded_whenever_its_opening_is_killed(void **state)
{
    (void)state;
    store_mark_t mark;
    record_t r;
    rid_t id = shelf_id(1);
    write_one(1);
    for (long us = 50; us < 6400; us *= 2) {
        say_format(8);
        store_close(&shelf.store);
        kv_destroy(&shelf.kv);
        open_and_be_killed(us);
        assert_int_equal(kv_lmdb_open(shelf.dir, 16 << 20, &shelf.kv), 0);
        assert_int_equal(store_mark(shelf.kv, &mark), 0);
        assert_true(mark.format == 8 || mark.format == 9);
        shelf_reopen(&shelf, (uint64_t)us);
        assert_int_equal(store_mark(shelf.kv, &mark), 0);
        assert_int_equal(mark.format, 9);
        assert_int_equal(store_get(shelf_read(&shelf), &id, &r, NULL), 0);
        shelf_abort(&shelf);
    }
}

static void nothing_of_an_aborted_transaction_is_kept(void **state)
{
    (void)state;
    record_t draft = shelf_draft(1), r;
    rid_t id = shelf_id(1);
    uint64_t head = store_head(shelf.store);
    assert_int_equal(store_write(shelf_write(&shelf), &draft, NULL), 0);
    assert_true(store_txn_dirty(shelf.txn));
    shelf_abort(&shelf);
    assert_int_equal(store_head(shelf.store), head);
    assert_int_equal(store_get(shelf_read(&shelf), &id, &r, NULL), KV_NONE);
    shelf_abort(&shelf);
    assert_string_equal(on(LANE_UP, PEER_SELF), "");
}

static void a_witness_of_another_past_is_not_ours(void **state)
{
    (void)state;
    write_one(1);
    witness_t mine = store_witness(shelf.store), other = mine;
    assert_true(store_check_witness(shelf.store, &mine));
    other.digest++;
    assert_false(store_check_witness(shelf.store, &other));
    other = mine;
    other.head++; // more than we ever wrote: we were put back
    assert_false(store_check_witness(shelf.store, &other));
}

static void our_past_stays_ours_in_later_epochs(void **state)
{
    (void)state;
    write_one(1);
    witness_t mine = store_witness(shelf.store);
    shelf_reopen(&shelf, 102);
    write_one(2);
    assert_true(store_check_witness(shelf.store, &mine));
}

static void what_was_committed_outlives_the_process_byte_for_byte(void **state)
{
    (void)state;
    record_t draft = shelf_draft(1), r;
    rid_t id = shelf_id(1);
    uint8_t kept[512];
    assert_int_equal(store_write(shelf_write(&shelf), &draft, &r), 0);
    size_t size = r.wire.size;
    assert_true(size <= sizeof kept);
    memcpy(kept, r.wire.data, size);
    shelf_commit(&shelf);
    shelf_reopen(&shelf, 102);
    assert_int_equal(store_get(shelf_read(&shelf), &id, &r, NULL), 0);
    assert_true(slice_equal(r.wire, slice(kept, size)));
    assert_true(path_equal(&r.home, &shelf.place.path));
    assert_true(slice_equal(r.body, slice_text("body")));
    shelf_abort(&shelf);
}

static void each_version_is_greater_than_the_one_before_in_the_next_epoch_too(void **state)
{
    (void)state;
    write_one(1);
    version_t first = version_of(1);
    write_one(1);
    version_t second = version_of(1);
    shelf_reopen(&shelf, 55); // a smaller boot id than the first epoch's
    write_one(1);
    version_t third = version_of(1);
    assert_true(version_cmp(&second, &first) > 0 && version_cmp(&third, &second) > 0);
    assert_true(first.boot == 101 && third.boot == 55);
}

static void a_lane_has_each_record_once_in_order_of_its_last_change(void **state)
{
    (void)state;
    for (uint8_t n = 1; n <= 3; n++) write_one(n);
    write_one(1);
    assert_string_equal(on(LANE_UP, PEER_SELF), "231");
    assert_string_equal(on(LANE_ALL, PEER_SELF), "231");
    uint64_t n = 0;
    assert_int_equal(lane_count(shelf_read(&shelf), LANE_UP, PEER_SELF, 0, 100, &n), 0);
    shelf_abort(&shelf);
    assert_int_equal(n, 3);
}

static void what_stays_at_home_is_on_no_neighbours_lane(void **state)
{
    (void)state;
    record_t draft = shelf_draft(1);
    draft.up = UP_MUNICIPALITY;
    write_draft(&draft);
    assert_string_equal(on(LANE_UP, PEER_SELF), "");
    assert_string_equal(on(LANE_PUBLIC, PEER_SELF), "");
    assert_string_equal(on(LANE_CHILD, SCHOOL), "");
    assert_string_equal(on(LANE_ALL, PEER_SELF), "1");
}

static void a_load_stands_beside_what_people_write(void **state)
{
    (void)state;
    record_t draft = shelf_draft(1);
    draft.bulk = true;
    write_draft(&draft);
    write_one(2);
    assert_string_equal(on(store_feed_lanes(PEER_PARENT, STREAM_PEOPLE), PEER_PARENT), "2");
    assert_string_equal(on(store_feed_lanes(PEER_PARENT, STREAM_BULK), PEER_PARENT), "1");
}

static void what_is_about_a_childs_organisation_moves_with_it(void **state)
{
    (void)state;
    record_t draft = shelf_draft(1);
    draft.down = DOWN_SERVING;
    draft.org = slice_text("03-08-01");
    write_draft(&draft);
    assert_string_equal(on(LANE_CHILD, SCHOOL), "1");
    scope_drop_node(shelf.scope, slice_text("03-08-01"));
    assert_int_equal(store_relane_org(shelf_write(&shelf), slice_text("03-08-01")), 0);
    shelf_commit(&shelf);
    assert_string_equal(on(LANE_CHILD, SCHOOL), "");
    assert_string_equal(on(LANE_LEFT, PEER_SELF), "1"); // who had it hears that it left
}

static void a_childs_record_goes_on_up_and_not_back(void **state)
{
    (void)state;
    uint8_t wire[512];
    applied_t applied;
    record_t r = shelf_incoming(1, 8, wire);
    arrival_t arrival = {.peer = SCHOOL};
    assert_int_equal(store_apply(shelf_write(&shelf), &r, &arrival, &applied), 0);
    assert_int_equal(applied, APPLIED_NEW);
    assert_int_equal(store_apply(shelf.txn, &r, &arrival, &applied), 0);
    assert_int_equal(applied, APPLIED_KNOWN);
    shelf_commit(&shelf);
    assert_string_equal(on(LANE_UP, PEER_SELF), "1");
    assert_string_equal(on(LANE_CHILD, SCHOOL), "");
    assert_string_equal(on(LANE_BACK, SCHOOL), "");
    assert_string_equal(on(LANE_IN, SCHOOL), "1"); // if the school loses it
}

static void lists_are_by_kind_and_organisation(void **state)
{
    (void)state;
    record_t draft = shelf_draft(3);
    draft.org = slice_text("03-08-01");
    write_one(1);
    write_one(2);
    write_draft(&draft);
    assert_string_equal(listed(SHELF_KIND, "03-08-02"), "12");
    assert_string_equal(listed(SHELF_KIND, "03-08-01"), "3");
    assert_string_equal(listed(SHELF_KIND, "03"), "");
    assert_string_equal(listed(SHELF_KIND - 1, "03-08-02"), "");
}

static void a_deleted_record_travels_but_is_not_listed(void **state)
{
    (void)state;
    record_t draft = shelf_draft(1);
    write_draft(&draft);
    draft.deleted = true;
    draft.body = (slice_t){0};
    write_draft(&draft);
    assert_string_equal(listed(SHELF_KIND, "03-08-02"), "");
    assert_string_equal(on(LANE_UP, PEER_SELF), "1");
    assert_int_equal(store_records(shelf.store), 1);
}

// --- before and after records are in the indexes

static void index_all(void)
{
    assert_int_equal(store_index(shelf_write(&shelf)), 0);
    shelf_commit(&shelf);
}

static uint64_t indexed(void)
{
    uint64_t n = 0;
    assert_int_equal(kv_count(store_kv(shelf_read(&shelf)), KV_RECORDS, &n), 0);
    shelf_abort(&shelf);
    return n;
}

// What a reader sees of records 1, 2, 3, written in this order and then 2 again, is the same everywhere.
static void assert_read_in_order(void)
{
    assert_string_equal(listed(SHELF_KIND, "03-08-02"), "132");
    assert_string_equal(on(LANE_UP, PEER_SELF), "132");
    assert_string_equal(on(LANE_ALL, PEER_SELF), "132");
    assert_int_equal(store_records(shelf.store), 3);
    assert_int_equal(version_of(2).seq, 4);
}

static void what_no_index_has_yet_is_read_like_the_rest(void **state)
{
    (void)state;
    for (uint8_t n = 1; n <= 3; n++) write_one(n);
    write_one(2);
    assert_int_equal(indexed(), 0);
    assert_read_in_order();
    index_all();
    assert_int_equal(indexed(), 3);
    assert_read_in_order();
}

static void a_place_that_indexes_still_name_is_passed_over(void **state)
{
    (void)state;
    for (uint8_t n = 1; n <= 3; n++) write_one(n);
    index_all();
    write_one(2);
    assert_read_in_order();
    index_all();
    assert_read_in_order();
}

static void a_new_process_reads_what_no_index_has_from_the_log(void **state)
{
    (void)state;
    for (uint8_t n = 1; n <= 2; n++) write_one(n);
    index_all();
    write_one(3);
    write_one(2);
    shelf_reopen(&shelf, 102);
    assert_read_in_order();
    index_all();
    assert_read_in_order();
}

static void an_aborted_change_leaves_the_place_that_indexes_name(void **state)
{
    (void)state;
    record_t draft = shelf_draft(1);
    write_one(1);
    write_one(2);
    index_all();
    assert_int_equal(store_write(shelf_write(&shelf), &draft, NULL), 0);
    assert_int_equal(store_index(shelf.txn), 0);
    shelf_abort(&shelf);
    assert_string_equal(listed(SHELF_KIND, "03-08-02"), "12");
    assert_string_equal(on(LANE_UP, PEER_SELF), "12");
    assert_int_equal(version_of(1).seq, 1);
}

static void what_changes_again_and_again_is_indexed_in_time(void **state)
{
    (void)state;
    enum { TIMES = 10, EACH = 1000 };
    record_t draft = shelf_draft(1);
    for (int i = 0; i < TIMES; i++) {
        store_txn_t *txn = shelf_write(&shelf);
        for (int k = 0; k < EACH; k++) assert_int_equal(store_write(txn, &draft, NULL), 0);
        shelf_commit(&shelf);
    }
    assert_int_equal(indexed(), 1);
    assert_string_equal(listed(SHELF_KIND, "03-08-02"), "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(a_walk_tells_of_a_record_that_its_index_names_and_that_is_gone),
        SHELF(a_walk_stops_with_what_its_reader_says_and_goes_on_behind_a_mark),
        SHELF(what_nobody_wrote_is_not_found),
        SHELF(a_store_says_which_program_wrote_it),
        SHELF(a_store_of_two_formats_before_is_refused),
        SHELF(a_store_of_the_format_before_is_upgraded_whenever_its_opening_is_killed),
        SHELF(nothing_of_an_aborted_transaction_is_kept),
        SHELF(a_witness_of_another_past_is_not_ours),
        SHELF(our_past_stays_ours_in_later_epochs),
        SHELF(what_was_committed_outlives_the_process_byte_for_byte),
        SHELF(each_version_is_greater_than_the_one_before_in_the_next_epoch_too),
        SHELF(a_lane_has_each_record_once_in_order_of_its_last_change),
        SHELF(what_stays_at_home_is_on_no_neighbours_lane),
        SHELF(a_load_stands_beside_what_people_write),
        SHELF(what_is_about_a_childs_organisation_moves_with_it),
        SHELF(a_childs_record_goes_on_up_and_not_back),
        SHELF(lists_are_by_kind_and_organisation),
        SHELF(a_deleted_record_travels_but_is_not_listed),
        SHELF(what_no_index_has_yet_is_read_like_the_rest),
        SHELF(a_place_that_indexes_still_name_is_passed_over),
        SHELF(a_new_process_reads_what_no_index_has_from_the_log),
        SHELF(an_aborted_change_leaves_the_place_that_indexes_name),
        SHELF(what_changes_again_and_again_is_indexed_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
