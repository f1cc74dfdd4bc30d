// SPDX-License-Identifier: Apache-2.0
// Routing over a store: states hold for whoever writes, a group that breaks them is not written at all, and
// what reviews say is made of all that have come.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "common/service/subject.h"
#include "proto/routing.pb-c.h"
#include "services/routing/routing.h"

#define ROUTE(code, state) "code=" code "|person=" DESK_ORG ":1|from=2024-11-01|state=" state

#define PERSON_1 "org=" DESK_ORG "|number=1|pseudonym=000102030405060708090a0b0c0d0e0f"

static desk_t desk;

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &ROUTING);
    desk_begin(&desk);
    desk_write(&desk, &KIND_ROUTE, ROUTE("R-1", "draft"));
    desk_commit(&desk);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

// What routing itself would make of a route: "" or the code of the refusal.
static const char *try_write(const char *code, const char *state)
{
    static fault_t fault;
    author_t author = service_author(&desk.service);
    Selenga__Route m = SELENGA__ROUTE__INIT;
    fault = (fault_t){0};
    m.code = (char *)(uintptr_t)code;
    m.person = (char *)(uintptr_t)(DESK_ORG ":1");
    m.state = (char *)(uintptr_t)state;
    m.has_from = 1;
    m.from = 20000;
    m.confirmed_by = (char *)(uintptr_t) "A";
    m.has_confirmed_on = 1;
    m.confirmed_on = 20000;
    desk_begin(&desk);
    int rc = record_write_own(&author, desk.txn, &KIND_ROUTE, NULL, &m.base, &fault);
    assert_int_equal(rc, fault.code[0] != '\0' ? RECORD_E_FAULT : 0);
    desk_commit(&desk);
    return fault.code;
}

static void the_service_itself_keeps_to_the_states(void **state)
{
    (void)state;
    assert_string_equal(try_write("R-2", "active"), "STATE-CHANGE");
    assert_int_equal(desk_count(&desk, &KIND_ROUTE), 1);
    assert_string_equal(try_write("R-1", "active"), "STATE-CHANGE");
    assert_string_equal(desk_field(&desk, &KIND_ROUTE, "code=R-1", "state"), "draft");
    assert_string_equal(try_write("R-1", "agreed"), "");
    assert_string_equal(try_write("R-1", "active"), "");
    assert_string_equal(try_write("R-1", "draft"), "STATE-CHANGE");
}

typedef struct item {
    Selenga__Item m;
    Selenga__Route body;
    uint8_t bytes[256];
    uint32_t set[2];
} item_t;

static void make_item(item_t *item, const char *code, const char *state)
{
    selenga__item__init(&item->m);
    selenga__route__init(&item->body);
    item->body.code = (char *)(uintptr_t)code;
    item->body.state = (char *)(uintptr_t)state;
    item->m.has_kind = item->m.has_body = 1;
    item->m.kind = N_ROUTE;
    item->m.body = (ProtobufCBinaryData){.len = protobuf_c_message_pack(&item->body.base, item->bytes),
                                         .data = item->bytes};
    item->set[0] = 1;
    item->set[1] = 7;
    item->m.set = item->set;
    item->m.n_set = 2;
}

static void a_group_with_one_jump_is_not_written_at_all(void **state)
{
    (void)state;
    item_t good, bad;
    envelope_t answer;
    make_item(&good, "R-1", "withdrawn");
    desk_begin(&desk);
    desk_write(&desk, &KIND_ROUTE, ROUTE("R-3", "draft"));
    desk_commit(&desk);
    make_item(&bad, "R-3", "closed");
    Selenga__Item *items[] = {&good.m, &bad.m};
    Selenga__Group group = SELENGA__GROUP__INIT, *groups[] = {&group};
    group.items = items;
    group.n_items = 2;
    Selenga__Put put = SELENGA__PUT__INIT;
    put.groups = groups;
    put.n_groups = 1;
    desk_begin(&desk);
    desk_tell(&desk, &KIND_PERSON, PERSON_1);
    desk_ask(&desk, MSG_PUT, &put.base);
    desk_commit(&desk);
    assert_int_equal(desk_answers(&desk, &answer), 1);
    AUTO(msg_body_free)
    Selenga__PutReply *reply = msg_body_unpack(&selenga__put_reply__descriptor, answer.body);
    assert_non_null(reply);
    assert_int_equal(reply->outcomes[0]->result, PUT_REJECTED);
    assert_string_equal(reply->outcomes[0]->fault->code, "STATE-CHANGE");
    assert_string_equal(desk_field(&desk, &KIND_ROUTE, "code=R-1", "state"), "draft");
    assert_string_equal(desk_field(&desk, &KIND_ROUTE, "code=R-3", "state"), "draft");
}

// --- reviews -------------------------------------------------------------------------------------

static record_t get_route(void)
{
    record_t r;
    rid_t id = desk_id(&KIND_ROUTE, "code=R-1");
    assert_int_equal(store_get(desk.txn, &id, &r, NULL), 0);
    return r;
}

static reviewed_t reviewed(void)
{
    reviewed_t found;
    desk_begin(&desk);
    record_t route = get_route();
    assert_int_equal(subject_reviewed(desk.txn, &route, &found), 0);
    desk_commit(&desk);
    return found;
}

// The review of a node above comes down; old: of what the route said before.
static void tell_review(const char *office, const char *level, const char *decision, bool old)
{
    char text[400], hex[2 * STATES_MARK + 1];
    uint8_t mark[STATES_MARK] = {0};
    desk_begin(&desk);
    record_t route = get_route();
    assert_true(old || states_mark(&KIND_ROUTE, route.body, mark));
    for (size_t i = 0; i < STATES_MARK; i++) snprintf(hex + 2 * i, 3, "%02x", mark[i]);
    snprintf(text, sizeof text,
             "of=route:R-1|office=%s|level=%s|decision=%s|remarks=why|by=A|on=2024-11-02|org=" DESK_ORG
             "|seen=%s",
             office, level, decision, hex);
    desk_tell(&desk, &KIND_REVIEW, text);
    desk_commit(&desk);
}

static void submit(void)
{
    desk_begin(&desk);
    desk_write(&desk, &KIND_ROUTE, ROUTE("R-1", "submitted"));
    desk_commit(&desk);
}

static void what_is_submitted_waits_until_its_level_has_decided(void **state)
{
    (void)state;
    assert_int_equal(reviewed().state, REVIEW_NONE);
    submit();
    assert_int_equal(reviewed().state, REVIEW_WAITING);
    assert_int_equal(reviewed().awaits, W_MUNICIPALITY);
    tell_review("03", "region", "agree", false); // another level's
    assert_int_equal(reviewed().state, REVIEW_WAITING);
    tell_review("03-08", "municipality", "agree", true); // of what it said before
    assert_int_equal(reviewed().state, REVIEW_WAITING);
    tell_review("03-08", "municipality", "agree", false);
    assert_int_equal(reviewed().state, REVIEW_AGREED);
    assert_int_equal(reviewed().awaits, 0);
}

static void the_sternest_of_all_reviews_is_what_people_see(void **state)
{
    (void)state;
    tell_review("03-08", "municipality", "agree", true);
    assert_int_equal(reviewed().state, REVIEW_CHANGED);
    tell_review("03-08", "municipality", "agree", false);
    assert_int_equal(reviewed().state, REVIEW_AGREED);
    tell_review("03", "region", "return", false);
    assert_int_equal(reviewed().state, REVIEW_RETURNED);
    tell_review("03-08", "municipality", "decline", false);
    assert_int_equal(reviewed().state, REVIEW_DECLINED);
}

int main(void)
{
#define DESK(test) cmocka_unit_test_setup_teardown(test, open_desk, close_desk)
    const struct CMUnitTest tests[] = {
        DESK(the_service_itself_keeps_to_the_states),
        DESK(a_group_with_one_jump_is_not_written_at_all),
        DESK(what_is_submitted_waits_until_its_level_has_decided),
        DESK(the_sternest_of_all_reviews_is_what_people_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
