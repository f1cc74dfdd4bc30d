// SPDX-License-Identifier: Apache-2.0
// A neighbour that goes past its share or its credit holds up its own feed, and nothing else. A hub's feed,
// to which a school pushes by hand.
#include "common/store/quota.h"
#include "common/sync/batch.h"
#include "common/sync/feed.h"
#include "proto/feed.pb-c.h"
#include "tests/unit/common/shelf.h"
#include <stdlib.h>

enum { OTHER = 0x11111111, BAD = 0x80 };

static feed_t *feed;
static int64_t now_ms;
static struct {
    size_t pulls, asks;
    uint64_t session, position;
    uint32_t credit;
    bool restart, troubled;
} heard;

// Records whose number has the upper bit break a rule.
static bool admit_good(void *arg, store_txn_t *txn, uint32_t peer, const record_t *r, fault_t *ret_fault)
{
    (void)arg, (void)txn, (void)peer;
    if ((r->id.b[15] & BAD) == 0) return true;
    fault_set(ret_fault, "REACH", NULL, "03-08-01");
    return false;
}

static void note_letter(void *arg, uint32_t peer, uint32_t type, slice_t body)
{
    (void)arg;
    heard.asks += type == MSG_GIVEBACK_ASK;
    if (peer != SCHOOL || type != MSG_PULL) return;
    Selenga__Pull *m = selenga__pull__unpack(NULL, body.size, body.data);
    assert_non_null(m);
    heard.pulls++;
    heard.session = m->session;
    heard.position = m->n_position > 0 ? m->position[0] : 0;
    heard.credit = m->credit;
    heard.restart = m->restart;
    heard.troubled = m->trouble != NULL && strcmp(m->trouble, "PEER-QUOTA") == 0;
    selenga__pull__free_unpacked(m, NULL);
}

static void flush(void)
{
    assert_int_equal(feed_flush(feed, now_ms), 0);
}

static int start(void **state)
{
    int rc = shelf_start(state);
    feed_hooks_t hooks = {.admit = admit_good, .send = note_letter};
    now_ms = 1000;
    memset(&heard, 0, sizeof heard);
    feed = feed_new(shelf.store, &hooks, 7);
    feed_link(feed, SCHOOL, true, now_ms);
    flush();
    return rc;
}

static int stop(void **state)
{
    feed_destroy(&feed);
    return shelf_stop(state);
}

static bool answered = true; // the hub has time to answer each message

static void hear(uint32_t peer, uint32_t type, const ProtobufCMessage *m)
{
    size_t size = protobuf_c_message_get_packed_size(m);
    AUTO(xfree) uint8_t *buf = xmalloc(size + 1);
    protobuf_c_message_pack(m, buf);
    assert_int_equal(feed_message(feed, shelf_write(&shelf), peer, type, slice(buf, size), now_ms), 0);
    shelf_commit(&shelf);
    if (answered) flush();
}

// The records first..first + n - 1 of the school, behind the position that it was asked for.
static void push(const batch_t *batch, uint64_t after)
{
    Selenga__Push m = SELENGA__PUSH__INIT;
    Selenga__Witness witness = SELENGA__WITNESS__INIT;
    uint64_t upto = after + batch->count;
    witness.has_head = witness.has_epochs = witness.has_digest = 1;
    witness.head = 1000000;
    witness.epochs = 1;
    witness.digest = 7;
    m.has_session = m.has_encoding = m.has_plain_bytes = m.has_entries = m.has_boot = 1;
    m.session = heard.session;
    m.boot = 7;
    m.after = &after;
    m.upto = &upto;
    m.n_after = m.n_upto = 1;
    m.witness = &witness;
    m.plain_bytes = (uint32_t)batch->size;
    m.entries = (ProtobufCBinaryData){.len = batch->size, .data = batch->data};
    hear(SCHOOL, MSG_PUSH, &m.base);
}

static void add(batch_t *batch, uint8_t n)
{
    uint8_t wire[512];
    record_t r = shelf_incoming(n, n, wire);
    batch_add(batch, r.wire);
}

static void push_numbers(const uint8_t *numbers, size_t n, uint64_t after)
{
    AUTO(batch_clear) batch_t batch = {0};
    for (size_t i = 0; i < n; i++) add(&batch, numbers[i]);
    push(&batch, after);
}

static void leave_room_for(unsigned items)
{
    store_txn_t *txn = shelf_write(&shelf);
    for (unsigned i = items; i < QUOTA_ITEMS; i++)
        assert_int_equal(quota_take(txn, SCHOOL, QUOTA_QUARANTINE, 1), 0);
    shelf_commit(&shelf);
}

static bool is_held(uint8_t n)
{
    record_t r;
    rid_t id = shelf_id(n);
    int rc = store_get(shelf_read(&shelf), &id, &r, NULL);
    shelf_abort(&shelf);
    return rc == 0;
}

static const char *paused(void)
{
    feed_row_t row;
    assert_int_equal(feed_rows(feed, &row, 1), 1);
    return row.paused;
}

static void a_push_stops_before_the_record_that_has_no_room_and_its_position_stays(void **state)
{
    (void)state;
    const uint8_t numbers[] = {1, BAD | 2, BAD | 3, 4};
    leave_room_for(1);
    push_numbers(numbers, 4, 0);
    assert_true(is_held(1) && !is_held(4));
    assert_true(heard.troubled && !heard.restart);
    assert_int_equal(heard.position, 0);
    assert_int_equal(heard.credit, 0);
    assert_string_equal(paused(), "PEER-QUOTA");
}

static void while_it_is_held_up_nothing_is_asked_or_taken_however_it_knocks(void **state)
{
    (void)state;
    const uint8_t numbers[] = {BAD | 2, 3}, more[] = {4};
    leave_room_for(0);
    push_numbers(numbers, 2, 0);
    size_t pulls = heard.pulls;
    push_numbers(more, 1, 0);
    feed_link(feed, SCHOOL, false, now_ms);
    feed_link(feed, SCHOOL, true, now_ms);
    assert_int_equal(feed_message(feed, shelf_write(&shelf), SCHOOL, MSG_WAKE, (slice_t){0}, now_ms), 0);
    shelf_commit(&shelf);
    for (now_ms += 1000; now_ms < HOLD_UP_MS; now_ms += 1000) {
        feed_tick(feed, now_ms);
        flush();
    }
    assert_int_equal(heard.pulls, pulls);
    assert_false(is_held(4));
}

static void it_is_asked_again_after_a_while_and_goes_on_where_there_is_room(void **state)
{
    (void)state;
    const uint8_t numbers[] = {BAD | 2, 3};
    leave_room_for(0);
    push_numbers(numbers, 2, 0);
    now_ms += HOLD_UP_MS;
    feed_tick(feed, now_ms);
    flush();
    assert_true(heard.restart && heard.troubled && heard.credit > 0);
    assert_int_equal(quota_free(shelf_write(&shelf), SCHOOL, QUOTA_QUARANTINE, 1), 0);
    shelf_commit(&shelf);
    push_numbers(numbers, 2, 0);
    assert_true(is_held(3));
    assert_int_equal(heard.position, 2);
    assert_false(heard.troubled);
    assert_null(paused());
}

static void whoever_makes_room_need_not_wait(void **state)
{
    (void)state;
    const uint8_t numbers[] = {BAD | 2, 3};
    leave_room_for(0);
    push_numbers(numbers, 2, 0);
    feed_go_on(feed, SCHOOL);
    flush();
    assert_true(heard.restart);
}

static void what_was_taken_before_is_witnessed(void **state)
{
    (void)state;
    const uint8_t numbers[] = {1, BAD | 2};
    leave_room_for(0);
    push_numbers(numbers, 2, 0);
    feed_destroy(&feed);
    feed_hooks_t hooks = {.admit = admit_good, .send = note_letter};
    feed = feed_new(shelf.store, &hooks, 8);
    feed_link(feed, SCHOOL, true, now_ms);
    flush();
    assert_true(heard.restart);
    assert_int_equal(heard.position, 0);
    uint8_t value[64];
    slice_t v, key = slice(value, 5);
    be32_store(value, SCHOOL);
    value[4] = 'c';
    assert_int_equal(kv_get(store_kv(shelf_read(&shelf)), KV_PEERS, key, &v), 0);
    assert_int_equal(be64_load(v.data + (size_t)8 * STREAMS), 1000000);
    shelf_abort(&shelf);
}

static void more_records_than_a_push_may_bring_are_none(void **state)
{
    (void)state;
    AUTO(batch_clear) batch_t batch = {0};
    for (unsigned i = 0; i <= PUSH_RECORDS; i++) add(&batch, 1);
    push(&batch, 0);
    assert_int_equal(feed_malformed(feed), 1);
    assert_false(is_held(1));
}

static void push_bytes(size_t bytes, uint64_t after)
{
    AUTO(batch_clear) batch_t batch = {0};
    AUTO(xfree) uint8_t *big = xcalloc(1, 40000);
    while (batch.size < bytes) batch_add(&batch, slice(big, 40000));
    push(&batch, after);
}

static uint64_t in_quarantine(void)
{
    uint64_t n;
    assert_int_equal(quarantine_count(shelf_read(&shelf), SCHOOL, &n), 0);
    shelf_abort(&shelf);
    return n;
}

static void a_push_that_is_larger_than_any_is_dropped(void **state)
{
    (void)state;
    push_bytes(PUSH_BYTES, 0); // its last record goes beyond
    assert_int_equal(feed_overrun(feed), 1);
    assert_string_equal(paused(), "PEER-CREDIT");
    assert_int_equal(in_quarantine(), 0);
}

static void more_bytes_than_the_credit_are_dropped_and_asked_for_later(void **state)
{
    (void)state;
    answered = false;
    for (uint64_t n = 0; paused() == NULL && n < 10; n++) push_bytes(80000, 2 * n);
    answered = true;
    flush();
    assert_int_equal(feed_overrun(feed), 1);
    assert_string_equal(paused(), "PEER-CREDIT");
    assert_in_range(heard.position, 1, (STREAMS * WINDOW_FIRST_BYTES + PUSH_BYTES) / 40000);
    now_ms += HOLD_UP_MS;
    feed_tick(feed, now_ms);
    flush();
    assert_true(heard.restart);
}

// The school's cursor is not of our past: it is asked for what it holds.
static void ask_for_giveback(void)
{
    Selenga__Pull pull = SELENGA__PULL__INIT;
    Selenga__Witness witness = SELENGA__WITNESS__INIT;
    witness.has_head = witness.has_epochs = witness.has_digest = pull.has_session = pull.has_restart =
        pull.has_credit = 1;
    witness.head = 9, witness.epochs = 4, witness.digest = 1;
    pull.session = 5, pull.restart = 1, pull.credit = 1000, pull.witness = &witness;
    hear(SCHOOL, MSG_PULL, &pull.base);
    assert_int_equal(heard.asks, 1);
}

static void hand_back(const uint8_t *numbers, size_t n)
{
    AUTO(batch_clear) batch_t batch = {0};
    for (size_t i = 0; i < n; i++) add(&batch, numbers[i]);
    Selenga__Giveback page = SELENGA__GIVEBACK__INIT;
    page.has_session = page.has_after = page.has_upto = page.has_done = page.has_encoding =
        page.has_plain_bytes = page.has_entries = 1;
    page.session = 5, page.upto = 9, page.done = 1, page.plain_bytes = (uint32_t)batch.size;
    page.entries = (ProtobufCBinaryData){.len = batch.size, .data = batch.data};
    hear(SCHOOL, MSG_GIVEBACK, &page.base);
}

static void a_page_that_finds_no_room_is_asked_for_again(void **state)
{
    (void)state;
    const uint8_t numbers[] = {BAD | 2};
    ask_for_giveback();
    leave_room_for(0);
    hand_back(numbers, 1);
    assert_int_equal(heard.asks, 1);
    assert_string_equal(paused(), "PEER-QUOTA");
    now_ms += HOLD_UP_MS;
    feed_tick(feed, now_ms);
    flush();
    assert_int_equal(heard.asks, 2);
}

static void until_then_no_page_is_taken_that_nobody_asked_for(void **state)
{
    (void)state;
    const uint8_t numbers[] = {BAD | 2}, more[] = {4};
    ask_for_giveback();
    leave_room_for(0);
    hand_back(numbers, 1);
    hand_back(more, 1);
    assert_false(is_held(4));
    now_ms += HOLD_UP_MS;
    feed_tick(feed, now_ms);
    flush();
    hand_back(more, 1);
    assert_true(is_held(4));
}

#define FEED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FEED(a_push_stops_before_the_record_that_has_no_room_and_its_position_stays),
        FEED(while_it_is_held_up_nothing_is_asked_or_taken_however_it_knocks),
        FEED(it_is_asked_again_after_a_while_and_goes_on_where_there_is_room),
        FEED(whoever_makes_room_need_not_wait),
        FEED(what_was_taken_before_is_witnessed),
        FEED(more_records_than_a_push_may_bring_are_none),
        FEED(a_push_that_is_larger_than_any_is_dropped),
        FEED(more_bytes_than_the_credit_are_dropped_and_asked_for_later),
        FEED(a_page_that_finds_no_room_is_asked_for_again),
        FEED(until_then_no_page_is_taken_that_nobody_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
