// SPDX-License-Identifier: Apache-2.0
// What a hub lets in from its child, its parent and its own services. By a kind that it does not know: the
// stamp alone decides. By kinds that it knows: what a neighbour hands back as the hub's own.
#include "common/admit.h"
#include "common/body.h"
#include "proto/kinds.h"
#include "proto/registry.pb-c.h"
#include "tests/unit/common/shelf.h"

static uint8_t wire[512];

// "" when it may come in, else the code of the fault.
static const char *verdict(uint32_t peer, const record_t *r)
{
    static char code[64];
    fault_t fault = {0};
    bool plain = admit(&shelf.place, shelf_read(&shelf), peer, r, &fault);
    bool honest = admit(&shelf.place, shelf.txn, peer, r, &fault);
    shelf_abort(&shelf);
    assert_int_equal(plain, honest); // what differs is in bodies, and of this kind none is read
    assert_true(text_copy(code, sizeof code, plain ? "" : fault.code));
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

static void our_own_come_back_only_from_where_they_went(void **state)
{
    (void)state;
    record_t r = of_home("0a0b0c0d.11223344");
    r.up = UP_MUNICIPALITY;
    assert_string_equal(verdict(PEER_PARENT, &r), "HOME-FOREIGN");
    assert_string_equal(verdict(SCHOOL, &r), "HOME-FOREIGN");
    r.up = UP_REGION;
    assert_string_equal(verdict(PEER_PARENT, &r), "");
    r.down = DOWN_ALL;
    assert_string_equal(verdict(SCHOOL, &r), "");
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

// --- handed back as this node's own, by a child ---

static bool comes_back(const kind_rule_t *kind, const body_t *body, uint8_t down, fault_t *ret_fault)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_MAX);
    store_place_t place = shelf.place;
    record_t r = {.kind = kind->number,
                  .home = shelf.place.path,
                  .version = {.inc = 1, .seq = 5, .boot = 9},
                  .org = body_org(kind, body, ""),
                  .up = kind->up,
                  .down = down};
    assert_int_equal(body_pack(body, arena, &r.body, NULL), 0);
    assert_true(body_id(kind, body, &r.id));
    place.service = SERVICE_REGISTRY;
    bool good = admit(&place, shelf_read(&shelf), SCHOOL, &r, ret_fault);
    shelf_abort(&shelf);
    return good;
}

static Selenga__Organisation an_organisation(void)
{
    Selenga__Organisation m = SELENGA__ORGANISATION__INIT;
    m.code = (char *)"03-08-03";
    m.parent = (char *)"03-08";
    m.kind = (char *)"school";
    m.name = (char *)"School 3";
    return m;
}

static void what_goes_down_may_come_back(void **state)
{
    (void)state;
    fault_t fault;
    Selenga__Organisation m = an_organisation();
    assert_true(comes_back(&KIND_ORGANISATION, &m.base, DOWN_ALL, &fault));
}

// Else a child could have any key admitted as a node of its hub.
static void what_never_goes_down_does_not_come_back(void **state)
{
    (void)state;
    fault_t fault;
    uint8_t key[32] = {1};
    path_t path;
    Selenga__Node m = SELENGA__NODE__INIT;
    assert_true(path_child(&shelf.place.path, 0x7777, &path));
    m.org = (char *)"03-08-03";
    m.level = (char *)"school";
    m.state = (char *)"active";
    m.has_key = m.has_path = 1;
    m.key = (ProtobufCBinaryData){sizeof key, key};
    m.path = (ProtobufCBinaryData){path.len, path.b};
    for (uint8_t down = DOWN_NONE; down <= DOWN_ALL; down++)
        assert_false(comes_back(&KIND_NODE, &m.base, down, &fault));
}

static void what_comes_back_has_the_fields_that_its_kind_needs(void **state)
{
    (void)state;
    fault_t fault;
    Selenga__Organisation m = an_organisation();
    m.kind = NULL;
    assert_false(comes_back(&KIND_ORGANISATION, &m.base, DOWN_ALL, &fault));
    assert_string_equal(fault.code, "REQUIRED");
    assert_string_equal(fault.field, "kind");
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
        SHELF(our_own_come_back_only_from_where_they_went),
        SHELF(a_record_of_the_child_about_its_own_organisation_comes_in),
        SHELF(what_goes_down_may_come_back),
        SHELF(what_never_goes_down_does_not_come_back),
        SHELF(what_comes_back_has_the_fields_that_its_kind_needs),
        SHELF(only_what_more_knowledge_could_change_is_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
