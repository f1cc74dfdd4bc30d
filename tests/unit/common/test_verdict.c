// SPDX-License-Identifier: Apache-2.0
// A person above decides of what a node below found: only from above, only once, and there it is obeyed. And
// what he takes of this node's own stands above all that was seen of it.
#include "common/service/verdict.h"
#include "common/service/waiting.h"
#include "common/sync/admit.h"
#include "proto/system.pb-c.h"
#include "tests/unit/common/shelf.h"
#include <errno.h>
#include <stdio.h>

enum { CONFLICT = 1, REFUSAL = 2, VERDICT = 3 };

static uint8_t wire[1024];
static size_t n_told;
static char told_why[64];

static void note_told(const rid_t *subject, const char *who, const char *why)
{
    (void)subject;
    n_told++;
    snprintf(told_why, sizeof told_why, "%s: %s", who, why);
}

static void on_change(void *arg, store_txn_t *txn, const record_t *old, const record_t *now)
{
    (void)arg, (void)old;
    verdict_changed(txn, now, note_told);
}

static int start(void **state)
{
    int rc = shelf_start(state);
    n_told = 0;
    store_on_change(shelf.store, on_change, NULL);
    return rc;
}

static path_t path_of(const char *text)
{
    path_t path;
    assert_true(path_parse(text, &path));
    return path;
}

static size_t pack_conflict(uint8_t *buf, size_t room)
{
    uint8_t inner[512];
    record_t r = shelf_incoming(9, 9, inner);
    Selenga__Conflict m = SELENGA__CONFLICT__INIT;
    m.has_record = 1;
    m.record = (ProtobufCBinaryData){.len = r.wire.size, .data = inner};
    assert_true(selenga__conflict__get_packed_size(&m) <= room);
    return selenga__conflict__pack(&m, buf);
}

// A conflict that the school found, as it comes.
static record_t conflict_of_school(uint64_t seq, bool deleted)
{
    static uint8_t body[600];
    record_t r = {.id = shelf_id(50),
                  .kind = CONFLICT,
                  .home = path_of("0a0b0c0d.11223344.55667788"),
                  .org = slice_text("03-08-01"),
                  .version = {.inc = 1, .seq = seq, .boot = 7},
                  .up = UP_ALL,
                  .deleted = deleted,
                  .down = DOWN_TO};
    r.to = r.home;
    if (!deleted) r.body = slice(body, pack_conflict(body, sizeof body));
    assert_true(record_size(&r) <= sizeof wire);
    record_pack(&r, wire);
    return r;
}

static void take(const record_t *r, uint32_t peer)
{
    applied_t applied;
    arrival_t arrival = {.peer = peer};
    assert_int_equal(store_apply(shelf_write(&shelf), r, &arrival, &applied), 0);
    shelf_commit(&shelf);
}

static int count_one(void *arg, const waiting_t *w)
{
    (void)w;
    ++*(size_t *)arg;
    return 0;
}

static size_t shown(void)
{
    const waiting_query_t any = {0};
    waiting_mark_t mark = {0};
    size_t n = 0;
    bool more;
    assert_int_equal(waiting_each(shelf_read(&shelf), &any, &mark, count_one, &n, &more), 0);
    shelf_abort(&shelf);
    return n;
}

static bool stands(const rid_t *subject)
{
    bool yes;
    assert_int_equal(verdict_stands(shelf_read(&shelf), subject, 0, &yes), 0);
    shelf_abort(&shelf);
    return yes;
}

static void decide_about(const rid_t *id)
{
    record_t held;
    assert_int_equal(store_get(shelf_write(&shelf), id, &held, NULL), 0);
    assert_int_equal(verdict_write(shelf.txn, &held, slice_text("anna"), "no use"), 0);
    shelf_commit(&shelf);
}

static void what_is_decided_is_no_longer_shown_and_goes_to_its_finder(void **state)
{
    (void)state;
    record_t r = conflict_of_school(5, false);
    lane_reader_t *reader = NULL;
    uint64_t seq;
    take(&r, SCHOOL);
    assert_int_equal(shown(), 1);
    decide_about(&r.id);
    assert_int_equal(shown(), 0);
    assert_true(stands(&r.id));
    assert_int_equal(
        lane_open(shelf_read(&shelf), store_feed_lanes(SCHOOL, STREAM_PEOPLE), SCHOOL, 0, &reader), 0);
    record_t found = {0};
    while (lane_next(reader, &seq, NULL) == 0) assert_int_equal(store_at(shelf.txn, seq, &found, NULL), 0);
    assert_int_equal(found.kind, VERDICT);
    assert_true(path_equal(&found.to, &r.home));
    lane_close(&reader);
    shelf_abort(&shelf);
}

static void a_verdict_that_was_obeyed_is_withdrawn(void **state)
{
    (void)state;
    record_t r = conflict_of_school(5, false);
    take(&r, SCHOOL);
    decide_about(&r.id);
    record_t gone = conflict_of_school(6, true);
    take(&gone, SCHOOL);
    assert_false(stands(&r.id));
}

// A verdict as it comes from the parent.
static record_t verdict_of(const char *home, const rid_t *subject)
{
    Selenga__Verdict m = SELENGA__VERDICT__INIT;
    static uint8_t body[128], id[16];
    memcpy(id, subject->b, sizeof id);
    m.has_subject = m.has_decision = 1;
    m.subject = (ProtobufCBinaryData){.len = sizeof id, .data = id};
    m.decision = 1;
    m.why = "no use";
    record_t r = {.id = shelf_id(60),
                  .kind = VERDICT,
                  .home = path_of(home),
                  .org = slice_text("03-08"),
                  .author = slice_text("anna"),
                  .version = {.inc = 1, .seq = 5, .boot = 7},
                  .down = DOWN_TO,
                  .to = shelf.place.path};
    r.body = slice(body, selenga__verdict__pack(&m, body));
    record_pack(&r, wire);
    return r;
}

static int find_one(void *arg, const rid_t *id)
{
    *(rid_t *)arg = *id;
    return 1;
}

static rid_t own_conflict(void)
{
    uint8_t inner[512];
    static rid_t id;
    record_t r = shelf_incoming(9, 9, inner);
    assert_int_equal(store_keep_conflict(shelf_write(&shelf), &r), 0);
    shelf_commit(&shelf);
    assert_int_equal(store_list(shelf_read(&shelf), CONFLICT, (slice_t){0}, NULL, find_one, &id), 1);
    shelf_abort(&shelf);
    return id;
}

static void nobody_but_those_above_is_obeyed(void **state)
{
    (void)state;
    rid_t id = own_conflict();
    record_t sideways = verdict_of("0a0b0c0d.99887766", &id);
    take(&sideways, PEER_PARENT);
    assert_int_equal(shown(), 1);
    assert_int_equal(n_told, 0);
}

static void a_verdict_is_admitted_from_above_alone(void **state)
{
    (void)state;
    fault_t fault;
    rid_t id = shelf_id(1);
    record_t above = verdict_of("0a0b0c0d", &id);
    assert_true(admit(&shelf.place, shelf_read(&shelf), PEER_PARENT, &above, &fault));
    record_t sideways = verdict_of("0a0b0c0d.99887766", &id);
    assert_false(admit(&shelf.place, shelf.txn, PEER_PARENT, &sideways, &fault));
    record_t below = verdict_of("0a0b0c0d.11223344.55667788", &id);
    assert_false(admit(&shelf.place, shelf.txn, SCHOOL, &below, &fault));
    assert_string_equal(fault.code, "HOME-FOREIGN");
    shelf_abort(&shelf);
}

static void its_finder_obeys_and_tells_why(void **state)
{
    (void)state;
    rid_t id = own_conflict();
    record_t r = verdict_of("0a0b0c0d", &id);
    take(&r, PEER_PARENT);
    assert_int_equal(shown(), 0);
    assert_int_equal(n_told, 1);
    assert_string_equal(told_why, "anna: no use");
}

static void what_was_refused_here_is_discarded_from_above(void **state)
{
    (void)state;
    fault_t fault;
    rid_t id;
    arrival_t arrival = {.peer = PEER_PARENT};
    record_t r = shelf_incoming(1, 8, wire);
    r.home = path_of("0a0b0c0d");
    record_pack(&r, wire);
    fault_set(&fault, "REACH", NULL);
    assert_int_equal(quarantine_put(shelf_write(&shelf), &arrival, r.wire, &r, &fault), 0);
    shelf_commit(&shelf);
    assert_int_equal(store_list(shelf_read(&shelf), REFUSAL, (slice_t){0}, NULL, find_one, &id), 1);
    shelf_abort(&shelf);
    record_t verdict = verdict_of("0a0b0c0d", &id);
    take(&verdict, PEER_PARENT);
    assert_int_equal(shown(), 0);
    assert_int_equal(n_told, 1);
}

// --- taking --------------------------------------------------------------------------------------

static record_t said_to_be_ours(uint32_t inc, uint64_t seq)
{
    record_t r = shelf_draft(1);
    r.home = shelf.place.path;
    r.version = (version_t){.inc = inc, .seq = seq, .boot = 99};
    r.body = slice_text("theirs");
    record_pack(&r, wire);
    return r;
}

static void what_is_taken_stands_above_it_and_above_ours(void **state)
{
    (void)state;
    record_t draft = shelf_draft(1), held;
    assert_int_equal(store_write(shelf_write(&shelf), &draft, NULL), 0);
    shelf_commit(&shelf);
    record_t r = said_to_be_ours(7, 900);
    assert_int_equal(store_take(shelf_write(&shelf), &r), 0);
    shelf_commit(&shelf);
    assert_int_equal(store_get(shelf_read(&shelf), &r.id, &held, NULL), 0);
    assert_true(slice_equal(held.body, slice_text("theirs")));
    assert_true(version_cmp(&held.version, &r.version) > 0);
    assert_true(path_equal(&held.home, &shelf.place.path));
    shelf_abort(&shelf);
}

static void nothing_is_taken_above_which_nothing_could_stand(void **state)
{
    (void)state;
    record_t r = said_to_be_ours(UINT32_MAX, 1);
    assert_int_equal(store_take(shelf_write(&shelf), &r), -ERANGE);
    shelf_abort(&shelf);
}

#define OBEYING(test) cmocka_unit_test_setup_teardown(test, start, shelf_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OBEYING(nobody_but_those_above_is_obeyed),
        OBEYING(a_verdict_is_admitted_from_above_alone),
        OBEYING(nothing_is_taken_above_which_nothing_could_stand),
        OBEYING(what_is_decided_is_no_longer_shown_and_goes_to_its_finder),
        OBEYING(a_verdict_that_was_obeyed_is_withdrawn),
        OBEYING(its_finder_obeys_and_tells_why),
        OBEYING(what_was_refused_here_is_discarded_from_above),
        OBEYING(what_is_taken_stands_above_it_and_above_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
