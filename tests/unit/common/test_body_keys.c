// SPDX-License-Identifier: Apache-2.0
// What bodies are found by, and what they name: keys and references.
#include "proto/diagnostics.pb-c.h"
#include "proto/registry.pb-c.h"
#include "proto/routing.pb-c.h"
#include "tests/unit/common/bodies.h"

static void assert_key(const kind_rule_t *kind, const body_t *body, const char *key, const char *org)
{
    char buf[KEY_TEXT_MAX];
    slice_t got = body_key(kind, body, buf), about = body_org(kind, body, "own");
    assert_int_equal(got.size, strlen(key));
    assert_string_equal(buf, key);
    assert_true(slice_equal(about, slice_text(org)));
}

static void keys_join_their_fields_in_the_order_of_rows(void **state)
{
    (void)state;
    assert_key(&KIND_EMPLOYMENT, BODY(KIND_EMPLOYMENT, "org", "03-08-01", "number", "17"),
               "03-08-01\x1f"
               "17",
               "03-08-01");
    assert_key(&KIND_ASSIGNMENT,
               BODY(KIND_ASSIGNMENT, "from", "2024-01-01", "person", "X:1", "methodist", "M"),
               "M\x1fX:1\x1f"
               "2024-01-01",
               "X");
    assert_key(&KIND_SUPPORT_ACT,
               BODY(KIND_SUPPORT_ACT, "person", "X:1", "kind", "visit", "date", "2024-01-01"),
               "X:1\x1f\x1fvisit\x1f"
               "2024-01-01",
               "X");
    assert_key(&KIND_PROGRAMME, BODY(KIND_PROGRAMME, "code", "PK"), "PK", "own");
    assert_key(&KIND_INVITE, BODY(KIND_INVITE, "key", "00ff", "org", "X"), "00ff", "X");
}

static void a_reference_leads_to_the_id_of_its_record(void **state)
{
    (void)state;
    rid_t id, by_ref, by_person;
    body_t *absence = BODY(KIND_ABSENCE, "person", "03-08-01:17", "from", "2024-01-01");
    assert_true(body_id(&KIND_PERSON, BODY(KIND_PERSON, "org", "03-08-01", "number", "17"), &id));
    assert_true(ref_id(&KIND_PERSON, slice_text("03-08-01:17"), &by_ref));
    assert_true(rid_equal(&id, &by_ref));
    assert_true(body_id(&KIND_ABSENCE, absence, &id));
    assert_true(ref_from_person(&KIND_ABSENCE, "03-08-01:17:2024-01-01", &by_person));
    assert_true(rid_equal(&id, &by_person));
    assert_true(ref_from_person(&KIND_ABSENCE, " 03-08-01:17  2024-01-01", &by_person));
    assert_true(rid_equal(&id, &by_person));
    assert_true(
        body_id(&KIND_CERTIFICATE, BODY(KIND_CERTIFICATE, "number", "ПК № 03:17", "person", "X:1"), &id));
    assert_true(ref_from_person(&KIND_CERTIFICATE, "ПК № 03:17", &by_person));
    assert_true(rid_equal(&id, &by_person));
}

static void a_reference_of_the_wrong_shape_leads_nowhere(void **state)
{
    (void)state;
    rid_t id;
    assert_false(ref_id(&KIND_PERSON, slice_text("17"), &id));
    assert_false(ref_id(&KIND_PERSON, slice_text(""), &id));
    assert_false(ref_from_person(&KIND_ABSENCE, "2024-01-01", &id));
    assert_false(ref_from_person(&KIND_ABSENCE, "a:b:c:d", &id));
    assert_false(ref_is_shaped(&KIND_PERSON, slice_text("a:")));
    assert_false(ref_is_shaped(&KIND_COMPETENCY, slice_text("a:b:c")));
}

static void a_result_finds_its_competency_through_the_campaign(void **state)
{
    (void)state;
    rid_t wanted, found;
    size_t cursor = 0, n = 0;
    body_ref_t ref;
    body_t *result = BODY(KIND_RESULT, "campaign", "DIAG", "person", "X:1", "competency", "METH");
    assert_true(
        body_id(&KIND_COMPETENCY, BODY(KIND_COMPETENCY, "framework", "UCH", "code", "METH"), &wanted));
    for (; body_next_ref(&KIND_RESULT, result, &cursor, &ref); n++) {
        if (ref.target != &KIND_COMPETENCY) {
            assert_true(ref.complete);
            continue;
        }
        assert_false(ref.complete);
        assert_ptr_equal(ref.via_kind, &KIND_CAMPAIGN);
        assert_string_equal(KIND_CAMPAIGN.fields[ref.via_field].name, "framework");
        assert_true(ref_id(&KIND_CAMPAIGN, slice_text("DIAG"), &found));
        assert_true(rid_equal(&ref.via_id, &found));
        assert_true(ref_id_in(ref.target, slice_text("UCH"), ref.text, &found));
        assert_true(rid_equal(&wanted, &found));
    }
    assert_int_equal(n, 3);
}

static void a_competency_finds_its_parent_in_its_own_framework(void **state)
{
    (void)state;
    rid_t wanted, ids[4];
    size_t cursor = 0;
    body_ref_t ref;
    body_t *child = BODY(KIND_COMPETENCY, "framework", "UCH", "code", "METH-1", "parent", "METH");
    assert_true(
        body_id(&KIND_COMPETENCY, BODY(KIND_COMPETENCY, "framework", "UCH", "code", "METH"), &wanted));
    assert_true(body_next_ref(&KIND_COMPETENCY, child, &cursor, &ref));
    assert_true(ref.complete && rid_equal(&ref.id, &wanted));
    assert_false(body_next_ref(&KIND_COMPETENCY, child, &cursor, &ref));
    assert_int_equal(body_indexed_refs(KIND_COMPETENCY.number, packed(child), ids, 4), 1);
    assert_true(rid_equal(&ids[0], &wanted));
}

static void indexed_references_are_found_in_packed_bytes(void **state)
{
    (void)state;
    rid_t ids[4], person;
    slice_t bytes = packed(BODY(KIND_ENROLMENT, "run", "R", "person", "X:1"));
    assert_int_equal(body_indexed_refs(KIND_ENROLMENT.number, bytes, ids, 4), 2);
    assert_true(ref_id(&KIND_PERSON, slice_text("X:1"), &person));
    assert_true(rid_equal(&ids[1], &person));
    assert_int_equal(body_indexed_refs(KIND_ENROLMENT.number, bytes, ids, 1), 1);
    assert_int_equal(body_indexed_refs(9999, bytes, ids, 4), 0);
}

static void a_reference_to_any_kind_names_the_kind_first(void **state)
{
    (void)state;
    static const char *const bad[] = {"R-1",  "moon:R-1",       "route:",   "route",
                                      ":R-1", "competency:C-1", "person:17"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) assert_set_refused(&KIND_REVIEW, "of", bad[i], "BAD-REF");
    rid_t route, person, ids[2];
    assert_true(ref_id(&KIND_ROUTE, slice_text("R-1"), &route));
    assert_true(ref_id(&KIND_PERSON, slice_text("03-08-01:17"), &person));
    const body_t *of_route = BODY(KIND_REVIEW, "of", "route:R-1"),
                 *of_person = BODY(KIND_REVIEW, "of", "person:03-08-01:17");
    assert_int_equal(body_indexed_refs(N_REVIEW, packed(of_route), ids, 2), 1);
    assert_memory_equal(&ids[0], &route, sizeof route);
    assert_int_equal(body_indexed_refs(N_REVIEW, packed(of_person), ids, 2), 1);
    assert_memory_equal(&ids[0], &person, sizeof person);
    size_t at = 0;
    body_ref_t ref;
    assert_true(body_next_ref(&KIND_REVIEW, of_route, &at, &ref));
    assert_ptr_equal(ref.target, &KIND_ROUTE);
    assert_true(ref.complete && slice_equal(ref.text, slice_text("R-1")));
}

static void a_key_with_such_a_reference_is_found_by_its_pieces(void **state)
{
    (void)state;
    rid_t by_key, by_person;
    assert_true(
        body_id(&KIND_REVIEW, BODY(KIND_REVIEW, "of", "person:03-08-01:17", "office", "03-08"), &by_key));
    assert_true(ref_from_person(&KIND_REVIEW, "person:03-08-01:17:03-08", &by_person));
    assert_memory_equal(&by_key, &by_person, sizeof by_key);
    assert_true(body_id(&KIND_REVIEW, BODY(KIND_REVIEW, "of", "route:R-1", "office", "03-08"), &by_key));
    assert_true(ref_from_person(&KIND_REVIEW, "route:R-1 03-08", &by_person));
    assert_memory_equal(&by_key, &by_person, sizeof by_key);
    assert_false(ref_from_person(&KIND_REVIEW, "route:R-1", &by_person));
}

static void a_record_goes_no_further_up_than_what_it_is_about(void **state)
{
    (void)state;
    assert_int_equal(body_reach_up(&KIND_REVIEW, BODY(KIND_REVIEW, "of", "route:R-1")), UP_MUNICIPALITY);
    assert_int_equal(body_reach_up(&KIND_REVIEW, BODY(KIND_REVIEW, "of", "event:E-1")), UP_REGION);
    assert_int_equal(body_reach_up(&KIND_ROUTE, BODY(KIND_ROUTE, "code", "R-1")), UP_MUNICIPALITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_join_their_fields_in_the_order_of_rows),
        cmocka_unit_test(a_reference_leads_to_the_id_of_its_record),
        cmocka_unit_test(a_reference_of_the_wrong_shape_leads_nowhere),
        cmocka_unit_test(a_result_finds_its_competency_through_the_campaign),
        cmocka_unit_test(a_competency_finds_its_parent_in_its_own_framework),
        cmocka_unit_test(indexed_references_are_found_in_packed_bytes),
        cmocka_unit_test(a_reference_to_any_kind_names_the_kind_first),
        cmocka_unit_test(a_key_with_such_a_reference_is_found_by_its_pieces),
        cmocka_unit_test(a_record_goes_no_further_up_than_what_it_is_about),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
