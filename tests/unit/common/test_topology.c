// SPDX-License-Identifier: Apache-2.0
// Which child serves an organisation.
#include "common/topology.h"
#include "proto/message.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { SELF = 0x101, CHILD = 0x202 };

static path_t path_of(uint32_t first, uint32_t second)
{
    path_t path = {.len = PATH_LABEL}, above;
    be32_store(path.b, first);
    above = path;
    if (second != 0) path_child(&above, second, &path);
    return path;
}

// This node serves R; its child, organisation A.
static scope_t *a_scope(void)
{
    path_t self = path_of(SELF, 0), child = path_of(SELF, CHILD);
    scope_t *scope = scope_new(&self, "R");
    scope_set_org(scope, slice_text("R"), slice_text(""));
    scope_set_org(scope, slice_text("A"), slice_text("R"));
    scope_set_node(scope, slice_text("A"), &child, 0);
    return scope;
}

static size_t count_moved(scope_t *scope)
{
    size_t n = 0, state = 0;
    slice_t org;
    while (scope_moved(scope, &state, &org)) n++;
    return n;
}

static void an_organisation_is_served_by_the_nearest_node_above_it(void **state)
{
    (void)state;
    AUTO(scope_destroy) scope_t *scope = a_scope();
    scope_set_org(scope, slice_text("A-1"), slice_text("A"));
    scope_set_org(scope, slice_text("B"), slice_text("R"));
    assert_int_equal(scope_child_for(scope, slice_text("A-1")), CHILD);
    assert_int_equal(scope_child_for(scope, slice_text("B")), PEER_SELF);
    assert_int_equal(scope_in_child(scope, CHILD, slice_text("A-1")), SCOPE_YES);
    assert_int_equal(scope_in_child(scope, CHILD, slice_text("B")), SCOPE_NO);
    assert_int_equal(scope_in_child(scope, CHILD, slice_text("C")), SCOPE_UNKNOWN);
}

static void a_ring_of_parents_is_served_by_nobody(void **state)
{
    (void)state;
    AUTO(scope_destroy) scope_t *scope = a_scope();
    scope_set_org(scope, slice_text("X"), slice_text("Y"));
    scope_set_org(scope, slice_text("Y"), slice_text("X"));
    assert_int_equal(scope_in_child(scope, CHILD, slice_text("X")), SCOPE_UNKNOWN);
    assert_int_equal(scope_serves(scope, slice_text("X")), SCOPE_UNKNOWN);
}

// One walk, not one for each: a country has so many, and a neighbour may send them at once.
static void every_organisation_that_moved_is_told_once(void **state)
{
    (void)state;
    enum { ORGS = 100000 };
    AUTO(scope_destroy) scope_t *scope = a_scope();
    path_t nowhere = {0};
    char code[16];
    assert_int_equal(count_moved(scope), 1);
    for (unsigned i = 0; i < ORGS; i++) {
        snprintf(code, sizeof code, "A-%u", i);
        scope_set_org(scope, slice_text(code), slice_text("A"));
    }
    assert_int_equal(count_moved(scope), ORGS);
    assert_int_equal(count_moved(scope), 0);
    scope_set_node(scope, slice_text("A"), &nowhere, 0);
    assert_int_equal(count_moved(scope), ORGS + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_organisation_is_served_by_the_nearest_node_above_it),
        cmocka_unit_test(a_ring_of_parents_is_served_by_nobody),
        cmocka_unit_test(every_organisation_that_moved_is_told_once),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
