// SPDX-License-Identifier: Apache-2.0
// What a hub lets in from its child, its parent and its own services, by a kind that it does not know: the
// stamp alone decides. And what becomes of what is said to be its own, or of a home for which the bringer
// does not speak.
#include "common/sync/admit.h"
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

static void only_what_more_knowledge_could_change_is_tried_again(void **state)
{
    (void)state;
    fault_t fault;
    static const char *const good[] = {"ORG-UNKNOWN", "ORG-FOREIGN"}, *const bad[] = {"REACH",
                                                                                      "HOME-FOREIGN"};
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
        SHELF(only_what_more_knowledge_could_change_is_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
