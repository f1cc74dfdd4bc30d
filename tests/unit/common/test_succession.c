// SPDX-License-Identifier: Apache-2.0
// Two homes claim one id, as a region sees it: below it a hub with a school of its own, and another hub to
// which that school moves.
#include "common/node/msg.h"
#include "common/store/topology.h"
#include "common/sync/succession.h"
#include "proto/kinds.h"
#include "proto/registry.pb-c.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char REGION[] = "0a0b0c0d", OLD_HUB[] = "0a0b0c0d.11111111", NEW_HUB[] = "0a0b0c0d.22222222";
static const char BEFORE[] = "0a0b0c0d.11111111.33333333", NOW[] = "0a0b0c0d.22222222.44444444";

static store_place_t place;

static path_t at(const char *text)
{
    path_t path;
    assert_true(path_parse(text, &path));
    return path;
}

static void stands(const char *org, const char *parent, const char *path)
{
    scope_set_org(place.scope, slice_text(org), slice_text(parent));
    path_t there = at(path);
    scope_set_node(place.scope, slice_text(org), &there, 0);
}

static int start(void **state)
{
    (void)state;
    place = (store_place_t){.path = at(REGION), .rank = 2};
    place.scope = scope_new(&place.path, "03");
    scope_set_org(place.scope, slice_text("03"), (slice_t){0});
    scope_set_node(place.scope, slice_text("03"), &place.path, 2);
    stands("03-08", "03", OLD_HUB);
    stands("03-01", "03", NEW_HUB);
    stands("03-08-01", "03-01", NOW);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    scope_destroy(&place.scope);
    return 0;
}

static record_t about(const char *org, const char *home)
{
    return (record_t){.kind = N_EVENT, .home = at(home), .version = {1, 2, 3}, .org = slice_text(org)};
}

static claim_t claim(const char *holds, const char *claims)
{
    record_t held = about("03-08-01", holds), newcomer = about("03-08-01", claims);
    return succession(&place, &held, &newcomer);
}

static void a_node_that_stands_gives_way_to_nobody(void **state)
{
    (void)state;
    assert_int_equal(claim(NOW, OLD_HUB), CLAIM_NONE);
    assert_int_equal(claim(NOW, NEW_HUB), CLAIM_NONE);
    assert_int_equal(claim(OLD_HUB, NOW), CLAIM_NONE); // the old hub's own word about the school
    assert_int_equal(claim(REGION, NOW), CLAIM_NONE);
}

static void who_does_not_serve_the_organisation_succeeds_nobody(void **state)
{
    (void)state;
    assert_int_equal(claim(BEFORE, NEW_HUB), CLAIM_NONE);
    assert_int_equal(claim(BEFORE, "0a0b0c0d.22222222.55555555"), CLAIM_NONE);
    record_t held = about("03-08-02", BEFORE), newcomer = about("03-08-01", NOW);
    assert_int_equal(succession(&place, &held, &newcomer), CLAIM_NONE);
    newcomer.kind = N_PERSON;
    held = about("03-08-01", BEFORE);
    assert_int_equal(succession(&place, &held, &newcomer), CLAIM_NONE);
}

// Its hub's records have not come yet: nobody knows what stands there.
static void below_a_hub_that_is_not_known_nobody_is_said_to_have_ended(void **state)
{
    (void)state;
    assert_int_equal(claim("0a0b0c0d.77777777.33333333", NOW), CLAIM_NONE);
    assert_int_equal(claim("0e0e0e0e.11111111", NOW), CLAIM_NONE); // nor of what is not below us
}

static void whoever_serves_it_now_goes_on_from_the_node_that_has_ended(void **state)
{
    (void)state;
    assert_int_equal(claim(BEFORE, NOW), CLAIM_SUCCEEDS);
    assert_int_equal(claim(NOW, BEFORE), CLAIM_PAST);
}

// --- nodes

static record_t node_of(const char *hub, const char *path, const char *state, uint8_t *body)
{
    static uint8_t key[32];
    Selenga__Node m = SELENGA__NODE__INIT;
    path_t there = at(path);
    record_t r = about("03-08-01", hub);
    m.org = (char *)(uintptr_t) "03-08-01";
    m.level = (char *)(uintptr_t) "school";
    m.state = (char *)(uintptr_t)state;
    m.has_key = m.has_path = 1;
    m.key = (ProtobufCBinaryData){sizeof key, key};
    m.path = (ProtobufCBinaryData){there.len, there.b};
    r.kind = N_NODE;
    r.body = slice(body, selenga__node__pack(&m, body));
    return r;
}

static claim_t claim_of_nodes(const char *held_state, const char *state)
{
    uint8_t a[256], b[256];
    record_t held = node_of(OLD_HUB, BEFORE, held_state, a), newcomer = node_of(NEW_HUB, NOW, state, b);
    return succession(&place, &held, &newcomer);
}

static void of_two_active_nodes_of_an_organisation_the_first_stays(void **state)
{
    (void)state;
    assert_int_equal(claim_of_nodes("active", "active"), CLAIM_NONE);
}

static void a_revoked_node_gives_way_and_comes_back_over_nobody(void **state)
{
    (void)state;
    assert_int_equal(claim_of_nodes("revoked", "active"), CLAIM_SUCCEEDS);
    assert_int_equal(claim_of_nodes("active", "revoked"), CLAIM_PAST);
    assert_int_equal(claim_of_nodes("revoked", "revoked"), CLAIM_PAST);
}

static void so_does_the_node_of_a_hub_that_was_revoked(void **state)
{
    (void)state;
    scope_end_node(place.scope, slice_text("03-08"), true);
    assert_int_equal(claim_of_nodes("active", "active"), CLAIM_SUCCEEDS);
    scope_end_node(place.scope, slice_text("03-01"), true);
    assert_int_equal(claim_of_nodes("active", "active"), CLAIM_PAST);
}

#define TREE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE(a_node_that_stands_gives_way_to_nobody),
        TREE(who_does_not_serve_the_organisation_succeeds_nobody),
        TREE(below_a_hub_that_is_not_known_nobody_is_said_to_have_ended),
        TREE(whoever_serves_it_now_goes_on_from_the_node_that_has_ended),
        TREE(of_two_active_nodes_of_an_organisation_the_first_stays),
        TREE(a_revoked_node_gives_way_and_comes_back_over_nobody),
        TREE(so_does_the_node_of_a_hub_that_was_revoked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
