// SPDX-License-Identifier: Apache-2.0
// What a hub lets in from its child, its parent and its own services, by a kind that it does not know: the
// stamp alone decides. And what becomes of what is said to be its own, or of a home for which the bringer
// does not speak.
#include "common/schema/body.h"
#include "common/sync/admit.h"
#include "proto/routing.pb-c.h"
#include "tests/unit/common/shelf.h"

static uint8_t wire[512];

// "" when it may come in, else the code of the fault.
static const char *verdict(uint32_t peer, const record_t *r)
{
    static char code[64];
    fault_t fault = {0};
    bool good = admit(&shelf.place, shelf_read(&shelf), peer, r, &fault);
    shelf_abort(&shelf);
    assert_true(text_copy(code, sizeof code, good ? "" : fault.code));
    return code;
}

static record_t of_home(const char *path)
{
    record_t r = shelf_incoming(1, 8, wire);
    assert_true(path_parse(path, &r.home));
    return r;
}

static void a_record_of_another_service_is_refused(void **state)
{
    (void)state;
    record_t r = shelf_incoming(1, 8, wire);
    r.kind = 499;
    assert_string_equal(verdict(SCHOOL, &r), "WRONG-SERVICE");
    assert_string_equal(verdict(PEER_PARENT, &r), "WRONG-SERVICE");
    assert_string_equal(verdict(1, &r), "WRONG-SERVICE"); // a service hands over its own kinds
    r.kind = 199;
    assert_string_equal(verdict(1, &r), "");
}

static void a_home_that_is_not_below_the_child_is_refused(void **state)
{
    (void)state;
    record_t brother = of_home("0a0b0c0d.11223344.66778899"), region = of_home("0a0b0c0d");
    assert_string_equal(verdict(SCHOOL, &brother), "HOME-FOREIGN");
    assert_string_equal(verdict(SCHOOL, &region), "HOME-FOREIGN");
}

static void what_does_not_reach_this_high_is_refused(void **state)
{
    (void)state;
    record_t r = shelf_incoming(1, 8, wire);
    r.up = UP_SCHOOL; // the hub's rank is that of a municipality
    assert_string_equal(verdict(SCHOOL, &r), "REACH");
    r.up = UP_MUNICIPALITY;
    assert_string_equal(verdict(SCHOOL, &r), "");
}

static void an_organisation_that_is_not_the_childs_is_refused(void **state)
{
    (void)state;
    record_t r = shelf_incoming(1, 8, wire);
    r.org = slice_text("03-08-02");
    assert_string_equal(verdict(SCHOOL, &r), "ORG-FOREIGN");
    r.org = slice_text("nobody");
    assert_string_equal(verdict(SCHOOL, &r), "ORG-UNKNOWN");
}

static void from_the_parent_comes_only_what_reaches_down(void **state)
{
    (void)state;
    record_t r = of_home("0a0b0c0d");
    r.down = DOWN_NONE;
    assert_string_equal(verdict(PEER_PARENT, &r), "REACH");
    r.down = DOWN_ALL;
    assert_string_equal(verdict(PEER_PARENT, &r), "");
    r.down = DOWN_SERVING;
    assert_string_equal(verdict(PEER_PARENT, &r), "");
    r.org = slice_text("03");
    assert_string_equal(verdict(PEER_PARENT, &r), "ORG-FOREIGN");
}

static void what_is_addressed_to_another_branch_is_refused(void **state)
{
    (void)state;
    record_t r = of_home("0a0b0c0d");
    r.down = DOWN_TO;
    assert_true(path_parse("0a0b0c0d.99887766", &r.to));
    assert_string_equal(verdict(PEER_PARENT, &r), "REACH");
    assert_true(path_parse("0a0b0c0d.11223344.55667788", &r.to));
    assert_string_equal(verdict(PEER_PARENT, &r), "");
}

// Of a home for which the neighbour does not speak, for that home to judge.
static void what_could_not_have_gone_there_is_not_kept_aside(void **state)
{
    (void)state;
    record_t region = of_home("0a0b0c0d"), school = of_home("0a0b0c0d.11223344.55667788");
    assert_string_equal(verdict(SCHOOL, &region), "HOME-FOREIGN");
    region.down = DOWN_ALL;
    assert_string_equal(verdict(SCHOOL, &region), "");
    school.up = UP_MUNICIPALITY;
    assert_string_equal(verdict(PEER_PARENT, &school), "HOME-FOREIGN");
    school.up = UP_REGION;
    assert_string_equal(verdict(PEER_PARENT, &school), "");
}

static void a_record_of_the_child_about_its_own_organisation_comes_in(void **state)
{
    (void)state;
    record_t r = shelf_incoming(1, 8, wire), below = of_home("0a0b0c0d.11223344.55667788.12121212");
    assert_string_equal(verdict(SCHOOL, &r), "");
    assert_string_equal(verdict(SCHOOL, &below), "");
}

// --- reviews: about a record of another, by an office on the bringer's side

// Of a route of the school, as its own node or the region wrote it.
static record_t of_review(const char *home, const char *office, const char *level, const char *of)
{
    static uint8_t body[512];
    Selenga__Review m = SELENGA__REVIEW__INIT;
    uint8_t seen[16] = {1};
    m.of = (char *)(uintptr_t)of;
    m.office = (char *)(uintptr_t)office;
    m.level = (char *)(uintptr_t)level;
    m.decision = (char *)(uintptr_t) "agree";
    m.by = (char *)(uintptr_t) "A";
    m.org = (char *)(uintptr_t) "03-08-01";
    m.has_on = m.has_seen = 1;
    m.seen = (ProtobufCBinaryData){.len = sizeof seen, .data = seen};
    record_t r = of_home(home);
    r.kind = N_REVIEW;
    r.up = UP_MUNICIPALITY;
    r.down = DOWN_SERVING;
    assert_true(body_id(&KIND_REVIEW, &m.base, &r.id));
    r.body = slice(body, protobuf_c_message_pack(&m.base, body));
    return r;
}

static void a_review_speaks_for_an_office_on_the_bringers_side(void **state)
{
    (void)state;
    const char *at_school = "0a0b0c0d.11223344.55667788", *at_region = "0a0b0c0d", *of = "route:R-1";
    record_t own = of_review(at_school, "03-08-01", "school", of);
    assert_string_equal(verdict(SCHOOL, &own), "");
    record_t hubs = of_review(at_school, "03-08", "school", of);
    assert_string_equal(verdict(SCHOOL, &hubs), "ORG-FOREIGN");
    record_t brothers = of_review(at_school, "03-08-02", "school", of);
    assert_string_equal(verdict(SCHOOL, &brothers), "ORG-FOREIGN");
    record_t regions = of_review(at_region, "03", "region", of);
    assert_string_equal(verdict(PEER_PARENT, &regions), "");
    record_t ours = of_review(at_region, "03-08", "region", of);
    assert_string_equal(verdict(PEER_PARENT, &ours), "ORG-FOREIGN");
    record_t schools = of_review(at_region, "03-08-01", "region", of);
    assert_string_equal(verdict(PEER_PARENT, &schools), "ORG-FOREIGN");
}

static void a_school_decides_as_nothing_higher(void **state)
{
    (void)state;
    const path_t node = of_home("0a0b0c0d.11223344.55667788").home;
    scope_set_node(shelf.scope, slice_text("03-08-01"), &node, 0);
    record_t r = of_review("0a0b0c0d.11223344.55667788", "03-08-01", "municipality", "route:R-1");
    assert_string_equal(verdict(SCHOOL, &r), "NOT-WRITER");
    r = of_review("0a0b0c0d.11223344.55667788", "03-08-01", "school", "route:R-1");
    assert_string_equal(verdict(SCHOOL, &r), "");
}

static void a_review_goes_no_further_up_than_what_it_is_about(void **state)
{
    (void)state;
    record_t r = of_review("0a0b0c0d.11223344.55667788", "03-08-01", "school", "route:R-1");
    r.up = UP_REGION; // a route stays below
    assert_string_equal(verdict(SCHOOL, &r), "REACH");
    r = of_review("0a0b0c0d.11223344.55667788", "03-08-01", "school",
                  "support-act:03-08-01:1:M-1:help:2024-01-01");
    r.up = UP_REGION;
    assert_string_equal(verdict(SCHOOL, &r), "");
    r = of_review("0a0b0c0d.11223344.55667788", "03-08-01", "school", "moon:R-1");
    assert_string_equal(verdict(SCHOOL, &r), "BAD-REF");
}

static void only_what_more_knowledge_could_change_is_tried_again(void **state)
{
    (void)state;
    fault_t fault;
    static const char *const good[] = {"ORG-UNKNOWN", "ORG-FOREIGN", "KEY-TAKEN", "NODE-ELSEWHERE"};
    static const char *const bad[] = {"REACH", "HOME-FOREIGN", "ID-NOT-KEY", "SEAL"};
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        fault_set(&fault, good[i], NULL, "03", NULL);
        assert_true(admit_may_change(&fault));
        fault_set(&fault, bad[i], NULL, "03", NULL);
        assert_false(admit_may_change(&fault));
    }
}

// --- said to be this node's own: its seal decides, whoever brings it ---

static applied_t bring(uint32_t peer, record_t *r, bool sealed)
{
    static const uint8_t others[SEAL_KEY] = {9};
    AUTO(xfree) uint8_t *buf = xmalloc(record_size(r) + SEAL_ROOM);
    applied_t applied;
    arrival_t arrival = {.peer = peer};
    record_pack_sealed(r, buf, sealed ? shelf.place.seal_key : others);
    assert_int_equal(store_apply(shelf_write(&shelf), r, &arrival, &applied), 0);
    shelf_commit(&shelf);
    return applied;
}

static bool is_held(uint8_t n)
{
    record_t held;
    rid_t id = shelf_id(n);
    int rc = store_get(shelf_read(&shelf), &id, &held, NULL);
    shelf_abort(&shelf);
    return rc == 0;
}

static void our_own_without_our_seal_is_nobodys(void **state)
{
    (void)state;
    record_t r = of_home("0a0b0c0d.11223344");
    r.version = (version_t){.inc = 77, .seq = 5, .boot = 9};
    assert_int_equal(bring(SCHOOL, &r, false), APPLIED_FORGED);
    assert_int_equal(bring(PEER_PARENT, &r, false), APPLIED_FORGED);
    assert_false(is_held(1));
    record_t mine, draft = shelf_draft(2);
    assert_int_equal(store_write(shelf_write(&shelf), &draft, &mine), 0);
    assert_int_equal(mine.version.inc, 1); // what is forged raises nothing
    shelf_commit(&shelf);
}

static void our_own_with_our_seal_is_taken_back_from_anybody(void **state)
{
    (void)state;
    record_t r = of_home("0a0b0c0d.11223344");
    r.version = (version_t){.inc = 77, .seq = 5, .boot = 9};
    assert_int_equal(bring(SCHOOL, &r, true), APPLIED_NEW);
    assert_true(is_held(1));
    record_t mine, draft = shelf_draft(2);
    assert_int_equal(store_write(shelf_write(&shelf), &draft, &mine), 0);
    assert_int_equal(mine.version.inc, 78);
    shelf_commit(&shelf);
}

static void what_is_of_a_home_above_waits_for_that_home(void **state)
{
    (void)state;
    record_t r = of_home("0a0b0c0d");
    lane_reader_t *reader = NULL;
    uint64_t seq;
    r.down = DOWN_ALL;
    assert_int_equal(bring(SCHOOL, &r, false), APPLIED_ASIDE);
    assert_int_equal(bring(SCHOOL, &r, false), APPLIED_KNOWN);
    assert_false(is_held(1));
    assert_int_equal(
        lane_open(shelf_read(&shelf), store_feed_lanes(PEER_PARENT, STREAM_PEOPLE), PEER_PARENT, 0, &reader),
        0);
    assert_int_equal(lane_next(reader, &seq, NULL), 0); // shown to the home's side
    lane_close(&reader);
    assert_int_equal(lane_open(shelf.txn, store_feed_lanes(SCHOOL, STREAM_PEOPLE), SCHOOL, 0, &reader), 0);
    assert_int_equal(lane_next(reader, &seq, NULL), KV_NONE); // and to nobody else
    lane_close(&reader);
    shelf_abort(&shelf);
    assert_int_equal(bring(PEER_PARENT, &r, false), APPLIED_NEW); // the home's word
    assert_int_equal(lane_open(shelf_read(&shelf), LANE_BACK, PEER_PARENT, 0, &reader), 0);
    assert_int_equal(lane_next(reader, &seq, NULL), KV_NONE);
    lane_close(&reader);
    shelf_abort(&shelf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(a_record_of_another_service_is_refused),
        SHELF(a_home_that_is_not_below_the_child_is_refused),
        SHELF(what_does_not_reach_this_high_is_refused),
        SHELF(an_organisation_that_is_not_the_childs_is_refused),
        SHELF(from_the_parent_comes_only_what_reaches_down),
        SHELF(what_is_addressed_to_another_branch_is_refused),
        SHELF(what_could_not_have_gone_there_is_not_kept_aside),
        SHELF(a_record_of_the_child_about_its_own_organisation_comes_in),
        SHELF(our_own_without_our_seal_is_nobodys),
        SHELF(our_own_with_our_seal_is_taken_back_from_anybody),
        SHELF(what_is_of_a_home_above_waits_for_that_home),
        SHELF(a_review_speaks_for_an_office_on_the_bringers_side),
        SHELF(a_school_decides_as_nothing_higher),
        SHELF(a_review_goes_no_further_up_than_what_it_is_about),
        SHELF(only_what_more_knowledge_could_change_is_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
