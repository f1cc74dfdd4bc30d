// SPDX-License-Identifier: Apache-2.0
// What a child may say of the tree itself: of nodes below it, never of its own place and level, by which its
// shares, and what it may write and ask for, are measured.
#include "common/sync/admit.h"
#include "proto/kinds.h"
#include "proto/registry.pb-c.h"
#include "tests/unit/common/shelf.h"

static const char SELF[] = "0a0b0c0d.11223344.55667788", BELOW[] = "0a0b0c0d.11223344.55667788.12121212";
static uint8_t body[512];

static int64_t no_time(void)
{
    return 0;
}

// The hub's registry, and an organisation below the school's, at which no node stands.
static int start(void **state)
{
    int rc = shelf_start(state);
    store_close(&shelf.store);
    shelf.place.service = SERVICE_REGISTRY;
    scope_set_org(shelf.scope, slice_text("03-08-01-F"), slice_text("03-08-01"));
    assert_int_equal(store_open(shelf.kv, &shelf.place, 102, no_time, &shelf.store), 0);
    return rc;
}

static const char *verdict(const record_t *r)
{
    static char code[64];
    fault_t fault = {0};
    bool good = admit(&shelf.place, shelf_read(&shelf), SCHOOL, r, &fault);
    shelf_abort(&shelf);
    assert_true(text_copy(code, sizeof code, good ? "" : fault.code));
    return code;
}

static record_t of_school(const kind_rule_t *kind, const char *org, const char *key)
{
    record_t r = {.kind = kind->number, .version = {1, 5, 7}, .up = kind->up, .org = slice_text(org)};
    assert_true(path_parse(SELF, &r.home));
    rid_derive(kind, r.org, slice_text(key), &r.id);
    return r;
}

static record_t node_at(const char *org, const char *path)
{
    Selenga__Node m = SELENGA__NODE__INIT;
    path_t place;
    uint8_t key[32] = {1};
    record_t r = of_school(&KIND_NODE, org, org);
    assert_true(path_parse(path, &place));
    m.org = (char *)(uintptr_t)org;
    m.level = (char *)(uintptr_t) "federation";
    m.state = (char *)(uintptr_t) "active";
    m.has_key = m.has_path = 1;
    m.key = (ProtobufCBinaryData){sizeof key, key};
    m.path = (ProtobufCBinaryData){place.len, place.b};
    assert_true(selenga__node__get_packed_size(&m) <= sizeof body);
    r.body = slice(body, selenga__node__pack(&m, body));
    return r;
}

static void what_it_says_of_its_own_place_and_level_is_refused(void **state)
{
    (void)state;
    record_t own = node_at("03-08-01", SELF);
    assert_string_equal(verdict(&own), "HOME-FOREIGN");
    record_t under_another_name = node_at("03-08-01-F", SELF);
    assert_string_equal(verdict(&under_another_name), "HOME-FOREIGN");
}

static void of_a_node_that_stands_elsewhere_it_says_nothing(void **state)
{
    (void)state;
    record_t brother = node_at("03-08-01-F", "0a0b0c0d.11223344.66778899");
    assert_string_equal(verdict(&brother), "HOME-FOREIGN");
    record_t too_deep = node_at("03-08-01-F", "0a0b0c0d.11223344.55667788.12121212.13131313");
    assert_string_equal(verdict(&too_deep), "HOME-FOREIGN");
}

static void of_a_node_below_it_it_may(void **state)
{
    (void)state;
    record_t below = node_at("03-08-01-F", BELOW);
    assert_string_equal(verdict(&below), "");
}

static record_t tombstone(const kind_rule_t *kind, const char *org, const char *key)
{
    record_t r = of_school(kind, org, key);
    r.deleted = true;
    return r;
}

static void no_other_id_takes_away_the_node_of_an_organisation(void **state)
{
    (void)state;
    record_t another = tombstone(&KIND_NODE, "03-08-01", "03-08-01-F"); // it begins as the true one
    assert_string_equal(verdict(&another), "ID-NOT-KEY");
    record_t own = tombstone(&KIND_NODE, "03-08-01-F", "03-08-01-F");
    assert_string_equal(verdict(&own), "");
}

static void where_the_key_says_more_than_the_organisation_a_tombstone_shows_that_alone(void **state)
{
    (void)state;
    record_t person = tombstone(&KIND_PERSON, "03-08-01",
                                "03-08-01\x1f"
                                "7");
    assert_string_equal(verdict(&person), "");
    person.org = slice_text("03-08-01-F");
    assert_string_equal(verdict(&person), "ID-NOT-KEY");
}

#define TREE(test) cmocka_unit_test_setup_teardown(test, start, shelf_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE(what_it_says_of_its_own_place_and_level_is_refused),
        TREE(of_a_node_that_stands_elsewhere_it_says_nothing),
        TREE(of_a_node_below_it_it_may),
        TREE(no_other_id_takes_away_the_node_of_an_organisation),
        TREE(where_the_key_says_more_than_the_organisation_a_tombstone_shows_that_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
