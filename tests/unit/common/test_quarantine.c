// SPDX-License-Identifier: Apache-2.0
// What was refused waits with its reason, and its home hears of it.
#include "common/node/msg.h"
#include "common/store/quarantine.h"
#include "common/store/quota.h"
#include "proto/system.pb-c.h"
#include "tests/unit/common/shelf.h"

enum { REFUSAL = 2 };

static uint8_t wire[512];

static void put(const record_t *r, uint32_t peer, const char *code)
{
    fault_t fault;
    arrival_t arrival = {.peer = peer};
    fault_set(&fault, code, NULL, "03-08-01", NULL);
    assert_int_equal(quarantine_put(shelf_write(&shelf), &arrival, r->wire, r, &fault), 0);
    shelf_commit(&shelf);
}

static uint64_t waiting_of(uint32_t peer)
{
    uint64_t n = 0;
    assert_int_equal(quarantine_count(shelf_read(&shelf), peer, &n), 0);
    shelf_abort(&shelf);
    return n;
}

static int count_one(void *arg, const rid_t *id)
{
    (void)id;
    ++*(size_t *)arg;
    return 0;
}

static size_t refusals(void)
{
    size_t n = 0;
    assert_int_equal(store_list(shelf_read(&shelf), REFUSAL, (slice_t){0}, NULL, count_one, &n), 0);
    shelf_abort(&shelf);
    return n;
}

static void where_nothing_waits_nothing_is_found_or_cleared(void **state)
{
    (void)state;
    quarantined_t item;
    quarantine_key_t key = {.id = shelf_id(1), .peer = SCHOOL};
    assert_int_equal(quarantine_get(shelf_write(&shelf), &key, &item), KV_NONE);
    assert_int_equal(quarantine_next(shelf.txn, &key.id, NULL, &item), KV_NONE);
    assert_int_equal(quarantine_clear(shelf.txn, &key, NULL), KV_NONE);
    shelf_abort(&shelf);
    assert_int_equal(waiting_of(SCHOOL), 0);
}

static void an_older_version_does_not_take_a_newer_ones_place(void **state)
{
    (void)state;
    quarantined_t item;
    uint8_t older_wire[512];
    record_t newer = shelf_incoming(1, 8, wire), older = shelf_incoming(1, 7, older_wire);
    quarantine_key_t key = quarantine_key_of(&newer, SCHOOL);
    put(&newer, SCHOOL, "ORG-UNKNOWN");
    put(&older, SCHOOL, "REACH");
    assert_int_equal(quarantine_get(shelf_read(&shelf), &key, &item), 0);
    assert_int_equal(item.record.version.seq, 8);
    assert_string_equal(item.fault.code, "ORG-UNKNOWN");
    shelf_abort(&shelf);
}

static void a_version_takes_away_only_what_is_not_newer(void **state)
{
    (void)state;
    record_t r = shelf_incoming(1, 8, wire);
    quarantine_key_t key = quarantine_key_of(&r, SCHOOL);
    version_t before = {.inc = 1, .seq = 7, .boot = 7};
    put(&r, SCHOOL, "ORG-UNKNOWN");
    assert_int_equal(quarantine_clear(shelf_write(&shelf), &key, &before), KV_NONE);
    shelf_commit(&shelf);
    assert_int_equal(waiting_of(SCHOOL), 1);
    assert_int_equal(quarantine_clear(shelf_write(&shelf), &key, &r.version), 0);
    shelf_commit(&shelf);
    assert_int_equal(waiting_of(SCHOOL), 0);
}

static void what_waits_outlives_the_process_byte_for_byte_with_its_reason(void **state)
{
    (void)state;
    quarantined_t item;
    record_t r = shelf_incoming(1, 8, wire);
    quarantine_key_t key = quarantine_key_of(&r, SCHOOL);
    put(&r, SCHOOL, "ORG-UNKNOWN");
    shelf_reopen(&shelf, 102);
    assert_int_equal(quarantine_get(shelf_read(&shelf), &key, &item), 0);
    assert_true(slice_equal(item.wire, r.wire));
    assert_true(item.key.peer == SCHOOL && !item.giveback);
    assert_string_equal(item.fault.code, "ORG-UNKNOWN");
    assert_string_equal(item.fault.args[0], "03-08-01");
    shelf_abort(&shelf);
}

static void all_arguments_of_a_reason_are_kept(void **state)
{
    (void)state;
    quarantined_t item;
    fault_t fault;
    arrival_t arrival = {.peer = SCHOOL};
    record_t r = shelf_incoming(1, 8, wire);
    quarantine_key_t key = quarantine_key_of(&r, SCHOOL);
    fault_set(&fault, "RANGE", "score", "-1", "0", "", "100");
    assert_int_equal(quarantine_put(shelf_write(&shelf), &arrival, r.wire, &r, &fault), 0);
    shelf_commit(&shelf);
    assert_int_equal(quarantine_get(shelf_read(&shelf), &key, &item), 0);
    assert_int_equal(item.fault.n_args, FAULT_ARGS);
    assert_string_equal(item.fault.args[2], "");
    assert_string_equal(item.fault.args[3], "100");
    shelf_abort(&shelf);
}

static void two_homes_with_one_id_wait_side_by_side(void **state)
{
    (void)state;
    quarantined_t item;
    uint8_t other_wire[512];
    record_t one = shelf_incoming(1, 8, wire), other = shelf_incoming(1, 7, other_wire);
    quarantine_key_t key = quarantine_key_of(&one, SCHOOL);
    assert_true(path_parse("0a0b0c0d.22334455", &other.home));
    record_pack(&other, other_wire);
    put(&one, SCHOOL, "KEY-TAKEN");
    put(&other, PEER_PARENT, "KEY-TAKEN");
    assert_int_equal(waiting_of(SCHOOL), 1);
    assert_int_equal(waiting_of(PEER_PARENT), 1);
    assert_int_equal(quarantine_clear(shelf_write(&shelf), &key, NULL), 0);
    assert_int_equal(quarantine_next(shelf.txn, &key.id, NULL, &item), 0);
    assert_true(slice_equal(item.wire, other.wire));
    shelf_commit(&shelf);
}

static void two_neighbours_with_one_record_wait_side_by_side(void **state)
{
    (void)state;
    quarantined_t first, second;
    uint8_t newer_wire[512];
    record_t older = shelf_incoming(1, 7, wire), newer = shelf_incoming(1, 8, newer_wire);
    put(&older, SCHOOL, "ORG-UNKNOWN");
    put(&newer, PEER_PARENT, "ORG-UNKNOWN");
    assert_int_equal(quarantine_next(shelf_read(&shelf), &older.id, NULL, &first), 0);
    assert_int_equal(quarantine_next(shelf.txn, &older.id, &first.key, &second), 0);
    assert_int_not_equal(first.key.peer, second.key.peer);
    assert_int_equal(quarantine_next(shelf.txn, &older.id, &second.key, &first), KV_NONE);
    shelf_abort(&shelf);
}

static void items_are_counted_by_neighbour(void **state)
{
    (void)state;
    uint8_t other[512];
    record_t one = shelf_incoming(1, 8, wire), two = shelf_incoming(2, 9, other);
    put(&one, SCHOOL, "ORG-UNKNOWN");
    put(&two, PEER_PARENT, "REACH");
    assert_int_equal(waiting_of(SCHOOL), 1);
    assert_int_equal(waiting_of(PEER_PARENT), 1);
    assert_int_equal(waiting_of(0x11111111), 0);
}

static void what_cannot_be_read_waits_too(void **state)
{
    (void)state;
    quarantined_t item;
    record_t none = {.id = shelf_id(9), .wire = slice_text("no record")};
    quarantine_key_t key = quarantine_key_of(&none, SCHOOL);
    put(&none, SCHOOL, "MALFORMED");
    assert_int_equal(quarantine_get(shelf_read(&shelf), &key, &item), 0);
    assert_int_equal(item.record.kind, 0);
    assert_true(slice_equal(item.wire, slice_text("no record")));
    shelf_abort(&shelf);
    assert_int_equal(waiting_of(SCHOOL), 1);
}

static void a_home_that_no_node_can_have_is_kept_as_it_came(void **state)
{
    (void)state;
    record_t r = shelf_incoming(1, 8, wire);
    memset(r.home.b, 0xff, r.home.len); // labels that are not given to nodes
    record_pack(&r, wire);
    put(&r, SCHOOL, "HOME-FOREIGN");
    assert_int_equal(waiting_of(SCHOOL), 1);
}

static void its_home_hears_of_it_until_it_is_cleared(void **state)
{
    (void)state;
    record_t r = shelf_incoming(1, 8, wire);
    quarantine_key_t key = quarantine_key_of(&r, SCHOOL);
    put(&r, SCHOOL, "ORG-UNKNOWN");
    assert_int_equal(refusals(), 1);
    put(&r, SCHOOL, "ORG-UNKNOWN");
    assert_int_equal(refusals(), 1);
    assert_int_equal(quarantine_clear(shelf_write(&shelf), &key, NULL), 0);
    shelf_commit(&shelf);
    assert_int_equal(refusals(), 0);
}

static void a_home_in_another_direction_than_the_sender_hears_nothing(void **state)
{
    (void)state;
    record_t r = shelf_incoming(1, 8, wire);
    put(&r, 0x11111111, "HOME-FOREIGN");
    put(&r, PEER_PARENT, "HOME-FOREIGN");
    assert_int_equal(refusals(), 0);
}

static void past_the_share_nothing_more_is_kept_or_told(void **state)
{
    (void)state;
    fault_t fault;
    arrival_t arrival = {.peer = SCHOOL};
    record_t r = shelf_incoming(1, 8, wire);
    store_txn_t *txn = shelf_write(&shelf);
    for (int i = 0; i < QUOTA_ITEMS; i++) assert_int_equal(quota_take(txn, SCHOOL, QUOTA_QUARANTINE, 1), 0);
    fault_set(&fault, "REACH", NULL);
    assert_int_equal(quarantine_put(txn, &arrival, r.wire, &r, &fault), 1);
    shelf_commit(&shelf);
    assert_int_equal(waiting_of(SCHOOL), QUOTA_ITEMS);
    assert_int_equal(refusals(), 0);
}

static void bytes_taken(uint32_t peer, uint64_t items, uint64_t bytes)
{
    uint64_t has_items, has_bytes;
    assert_int_equal(quota_used(shelf_read(&shelf), peer, QUOTA_QUARANTINE, &has_items, &has_bytes), 0);
    shelf_abort(&shelf);
    assert_true(has_items == items && has_bytes == bytes);
}

static void what_an_item_takes_is_given_back_whole_when_it_is_replaced_and_cleared(void **state)
{
    (void)state;
    quarantined_t item;
    uint8_t newer_wire[512];
    record_t older = shelf_incoming(1, 8, wire), newer = shelf_incoming(1, 9, newer_wire);
    quarantine_key_t key = quarantine_key_of(&newer, SCHOOL);
    put(&older, SCHOOL, "ORG-UNKNOWN");
    put(&newer, SCHOOL, "REACH");
    assert_int_equal(quarantine_get(shelf_read(&shelf), &key, &item), 0);
    size_t size = item.size;
    assert_true(size > newer.wire.size + sizeof(rid_t));
    shelf_abort(&shelf);
    bytes_taken(SCHOOL, 1, size);
    assert_int_equal(quarantine_clear(shelf_write(&shelf), &key, NULL), 0);
    shelf_commit(&shelf);
    bytes_taken(SCHOOL, 0, 0);
}

static void a_home_hears_of_no_more_than_its_share_of_refusals(void **state)
{
    (void)state;
    record_t r = shelf_incoming(1, 8, wire);
    store_txn_t *txn = shelf_write(&shelf);
    for (int i = 0; i < QUOTA_NOTICE_ITEMS; i++)
        assert_int_equal(quota_take(txn, SCHOOL, QUOTA_NOTICES, 0), 0);
    shelf_commit(&shelf);
    put(&r, SCHOOL, "REACH");
    assert_int_equal(waiting_of(SCHOOL), 1);
    assert_int_equal(refusals(), 0);
}

static int read_code(void *arg, const rid_t *id)
{
    record_t r;
    assert_int_equal(store_get(shelf.txn, id, &r, NULL), 0);
    Selenga__Refusal *m = msg_body_unpack(&selenga__refusal__descriptor, r.body);
    assert_non_null(m);
    text_copy(arg, 24, m->code);
    msg_body_free(&m);
    return 1;
}

static void the_code_told_is(const char *expected)
{
    char code[24] = "";
    assert_int_equal(store_list(shelf_read(&shelf), REFUSAL, (slice_t){0}, NULL, read_code, code), 1);
    shelf_abort(&shelf);
    assert_string_equal(code, expected);
}

static void whoever_guesses_an_id_is_not_told_that_it_is_taken(void **state)
{
    (void)state;
    record_t r = shelf_incoming(1, 8, wire);
    put(&r, SCHOOL, "KEY-TAKEN");
    the_code_told_is("REFUSED");
}

static void of_what_everybody_may_see_the_true_reason_is_told(void **state)
{
    (void)state;
    enum { EVENT = 116 };
    record_t r = shelf_incoming(1, 8, wire);
    r.kind = EVENT;
    put(&r, SCHOOL, "KEY-TAKEN");
    the_code_told_is("KEY-TAKEN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(where_nothing_waits_nothing_is_found_or_cleared),
        SHELF(an_older_version_does_not_take_a_newer_ones_place),
        SHELF(a_version_takes_away_only_what_is_not_newer),
        SHELF(what_waits_outlives_the_process_byte_for_byte_with_its_reason),
        SHELF(all_arguments_of_a_reason_are_kept),
        SHELF(two_homes_with_one_id_wait_side_by_side),
        SHELF(two_neighbours_with_one_record_wait_side_by_side),
        SHELF(items_are_counted_by_neighbour),
        SHELF(what_cannot_be_read_waits_too),
        SHELF(a_home_that_no_node_can_have_is_kept_as_it_came),
        SHELF(its_home_hears_of_it_until_it_is_cleared),
        SHELF(a_home_in_another_direction_than_the_sender_hears_nothing),
        SHELF(past_the_share_nothing_more_is_kept_or_told),
        SHELF(what_an_item_takes_is_given_back_whole_when_it_is_replaced_and_cleared),
        SHELF(a_home_hears_of_no_more_than_its_share_of_refusals),
        SHELF(whoever_guesses_an_id_is_not_told_that_it_is_taken),
        SHELF(of_what_everybody_may_see_the_true_reason_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
