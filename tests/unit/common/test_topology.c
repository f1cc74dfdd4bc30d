// SPDX-License-Identifier: Apache-2.0
// Who serves whom, as one node knows it.
#include "common/store/record.h"
#include "common/store/topology.h"
#include "proto/message.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { WEST = 0x55667788, EAST = 0x66778899 };

static scope_t *scope;

static path_t a_path(const char *text)
{
    path_t path;
    assert_true(path_parse(text, &path));
    return path;
}

static void set_node(const char *org, const char *path)
{
    path_t node = a_path(path);
    assert_true(scope_set_node(scope, slice_text(org), &node, 0));
}

static void settle(void)
{
    slice_t org;
    size_t state = 0;
    while (scope_moved(scope, &state, &org)) {}
}

static bool moved(slice_t *ret_org)
{
    size_t state = 0;
    return scope_moved(scope, &state, ret_org);
}

// A hub at 03-08 with two schools that have nodes, one that has none, and a branch of the first.
static int start(void **state)
{
    (void)state;
    path_t self = a_path("0a0b0c0d.11223344");
    scope = scope_new(&self, "03-08");
    scope_set_org(scope, slice_text("03"), (slice_t){0});
    scope_set_org(scope, slice_text("03-08"), slice_text("03"));
    scope_set_org(scope, slice_text("west"), slice_text("03-08"));
    scope_set_org(scope, slice_text("west-branch"), slice_text("west"));
    scope_set_org(scope, slice_text("east"), slice_text("03-08"));
    scope_set_org(scope, slice_text("without"), slice_text("03-08"));
    set_node("west", "0a0b0c0d.11223344.55667788");
    set_node("east", "0a0b0c0d.11223344.66778899");
    settle();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    scope_destroy(&scope);
    return 0;
}

static void codes_that_are_none_are_refused(void **state)
{
    (void)state;
    char much[ORG_MAX + 2];
    memset(much, 'x', sizeof much);
    assert_false(scope_set_org(scope, (slice_t){0}, (slice_t){0}));
    assert_false(scope_set_org(scope, slice(much, ORG_MAX + 1), (slice_t){0}));
    assert_false(scope_set_org(scope, slice("a\0b", 3), (slice_t){0}));
    assert_true(scope_set_org(scope, slice(much, ORG_MAX), (slice_t){0}));
    assert_true(scope_drop_org(scope, slice(much, ORG_MAX)));
}

static void of_an_organisation_that_nobody_named_nothing_is_known(void **state)
{
    (void)state;
    slice_t nobody = slice_text("nobody");
    assert_int_equal(scope_serves(scope, nobody), SCOPE_UNKNOWN);
    assert_int_equal(scope_in_self(scope, nobody), SCOPE_UNKNOWN);
    assert_int_equal(scope_in_child(scope, WEST, nobody), SCOPE_UNKNOWN);
    assert_int_equal(scope_child_for(scope, nobody), PEER_SELF);
    assert_false(scope_drop_org(scope, nobody) || scope_drop_node(scope, nobody));
}

static void below_a_parent_that_is_not_known_nothing_is_known(void **state)
{
    (void)state;
    scope_set_org(scope, slice_text("lost"), slice_text("nobody"));
    assert_int_equal(scope_in_self(scope, slice_text("lost")), SCOPE_UNKNOWN);
    assert_int_equal(scope_in_child(scope, WEST, slice_text("lost")), SCOPE_UNKNOWN);
}

static void a_ring_of_parents_ends_as_unknown(void **state)
{
    (void)state;
    scope_set_org(scope, slice_text("a"), slice_text("b"));
    scope_set_org(scope, slice_text("b"), slice_text("a"));
    assert_int_equal(scope_in_self(scope, slice_text("a")), SCOPE_UNKNOWN);
    assert_int_equal(scope_serves(scope, slice_text("a")), SCOPE_UNKNOWN);
    assert_int_equal(scope_in_child(scope, WEST, slice_text("a")), SCOPE_UNKNOWN);
}

static void the_nearest_node_at_or_above_serves(void **state)
{
    (void)state;
    assert_int_equal(scope_serves(scope, slice_text("without")), SCOPE_YES);
    assert_int_equal(scope_serves(scope, slice_text("west")), SCOPE_NO);
    assert_int_equal(scope_child_for(scope, slice_text("west-branch")), WEST);
    assert_int_equal(scope_child_for(scope, slice_text("east")), EAST);
    assert_int_equal(scope_child_for(scope, slice_text("without")), PEER_SELF);
}

static void a_child_has_its_organisation_and_what_is_below(void **state)
{
    (void)state;
    assert_int_equal(scope_in_child(scope, WEST, slice_text("west")), SCOPE_YES);
    assert_int_equal(scope_in_child(scope, WEST, slice_text("west-branch")), SCOPE_YES);
    assert_int_equal(scope_in_child(scope, EAST, slice_text("west-branch")), SCOPE_NO);
    assert_int_equal(scope_in_child(scope, WEST, slice_text("03-08")), SCOPE_NO);
}

static void an_organisation_is_below_itself_and_all_above(void **state)
{
    (void)state;
    assert_int_equal(scope_is_below(scope, slice_text("west"), slice_text("west")), SCOPE_YES);
    assert_int_equal(scope_is_below(scope, slice_text("west-branch"), slice_text("03")), SCOPE_YES);
    assert_int_equal(scope_is_below(scope, slice_text("03"), slice_text("west")), SCOPE_NO);
    assert_int_equal(scope_in_self(scope, slice_text("west")), SCOPE_YES);
    assert_int_equal(scope_in_self(scope, slice_text("03")), SCOPE_NO);
}

static void saying_the_same_again_is_no_change(void **state)
{
    (void)state;
    path_t node = a_path("0a0b0c0d.11223344.55667788");
    assert_false(scope_set_org(scope, slice_text("west"), slice_text("03-08")));
    assert_false(scope_set_node(scope, slice_text("west"), &node, 0));
    assert_true(scope_set_org(scope, slice_text("west"), slice_text("east")));
}

static void what_changed_hands_is_told_once(void **state)
{
    (void)state;
    slice_t org;
    scope_set_org(scope, slice_text("west-branch"), slice_text("east"));
    assert_true(moved(&org));
    assert_true(slice_equal(org, slice_text("west-branch")));
    assert_false(moved(&org));
}

static void what_changed_hands_and_back_is_told_if_somebody_asked_meanwhile(void **state)
{
    (void)state;
    slice_t org;
    scope_set_org(scope, slice_text("west-branch"), slice_text("east"));
    assert_int_equal(scope_child_for(scope, slice_text("west-branch")), EAST);
    scope_set_org(scope, slice_text("west-branch"), slice_text("west"));
    assert_true(moved(&org));
    assert_true(slice_equal(org, slice_text("west-branch")));
    assert_false(moved(&org));
}

static void a_node_that_goes_leaves_its_organisation_to_the_one_above(void **state)
{
    (void)state;
    assert_true(scope_drop_node(scope, slice_text("west")));
    assert_int_equal(scope_serves(scope, slice_text("west-branch")), SCOPE_YES);
    assert_false(scope_has_child(scope, WEST));
    assert_false(scope_drop_node(scope, slice_text("03-08"))); // our own stays
}

static void each_child_is_handed_out_once(void **state)
{
    (void)state;
    uint32_t child;
    size_t place = 0, west = 0, east = 0;
    set_node("west-branch", "0a0b0c0d.11223344.55667788.12121212"); // no child of ours: a grandchild
    while ((child = scope_next_child(scope, &place)) != PEER_SELF) {
        west += child == WEST;
        east += child == EAST;
    }
    assert_true(west == 1 && east == 1);
    assert_string_equal(scope_child_org(scope, WEST), "west");
    assert_null(scope_child_org(scope, 0x77777777));
    assert_int_equal(scope_child_rank(scope, WEST), 0);
    assert_int_equal(scope_child_rank(scope, 0x77777777), -1);
    assert_true(scope_drop_node(scope, slice_text("west")));
    assert_null(scope_child_org(scope, WEST));
    set_node("north", "0a0b0c0d.11223344.77777777");
    assert_string_equal(scope_child_org(scope, 0x77777777), "north");
}

// One walk, not one for each: a neighbour may send so many at once.
static void all_that_changed_hands_are_told_in_one_walk(void **state)
{
    (void)state;
    enum { ORGS = 100000 };
    char code[16];
    slice_t org;
    size_t n = 0, at = 0;
    for (unsigned i = 0; i < ORGS; i++) {
        snprintf(code, sizeof code, "n-%u", i);
        scope_set_org(scope, slice_text(code), slice_text("west"));
    }
    while (scope_moved(scope, &at, &org)) n++;
    assert_int_equal(n, ORGS);
    assert_false(moved(&org));
}

static void ten_thousand_organisations_are_all_found(void **state)
{
    (void)state;
    char code[16];
    for (int i = 0; i < 10000; i++) {
        snprintf(code, sizeof code, "n-%d", i);
        assert_true(scope_set_org(scope, slice_text(code), slice_text("west")));
    }
    for (int i = 0; i < 10000; i++) {
        snprintf(code, sizeof code, "n-%d", i);
        assert_int_equal(scope_child_for(scope, slice_text(code)), WEST);
    }
}

#define SCOPE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCOPE(codes_that_are_none_are_refused),
        SCOPE(of_an_organisation_that_nobody_named_nothing_is_known),
        SCOPE(below_a_parent_that_is_not_known_nothing_is_known),
        SCOPE(a_ring_of_parents_ends_as_unknown),
        SCOPE(the_nearest_node_at_or_above_serves),
        SCOPE(a_child_has_its_organisation_and_what_is_below),
        SCOPE(an_organisation_is_below_itself_and_all_above),
        SCOPE(saying_the_same_again_is_no_change),
        SCOPE(what_changed_hands_is_told_once),
        SCOPE(what_changed_hands_and_back_is_told_if_somebody_asked_meanwhile),
        SCOPE(a_node_that_goes_leaves_its_organisation_to_the_one_above),
        SCOPE(each_child_is_handed_out_once),
        SCOPE(all_that_changed_hands_are_told_in_one_walk),
        SCOPE(ten_thousand_organisations_are_all_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
