// SPDX-License-Identifier: Apache-2.0
// A person's deletion waits for what the node's other services say: who refers, who is silent, what a lost
// turn takes with it; and who has said that nobody refers lets nobody refer until it is decided.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "common/base/clock.h"
#include "proto/diagnostics.pb-c.h"
#include "services/diagnostics/diagnostics.h"

#define CAMPAIGN "code=D-1|title=T|framework=F|org=" DESK_ORG "|from=2024-10-01|to=2024-10-31"
#define PERSON "org=" DESK_ORG "|number=1|pseudonym=000102030405060708090a0b0c0d0e0f"

static desk_t desk;

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &DIAGNOSTICS);
    desk_begin(&desk);
    desk_write(&desk, &KIND_CAMPAIGN, CAMPAIGN);
    desk_tell(&desk, &KIND_PERSON, PERSON);
    desk_tell(&desk, &KIND_COMPETENCY, "framework=F|code=C|class=it|title=T");
    desk_commit(&desk);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    deletions_forget(&desk.service);
    leaving_clear(&desk.service.leaving);
    desk_close(&desk);
    return 0;
}

// The command line asks to delete the campaign.
static void ask_to_delete(void)
{
    rid_t id = desk_id(&KIND_CAMPAIGN, "code=D-1");
    Selenga__Item item = SELENGA__ITEM__INIT, *items[] = {&item};
    Selenga__Group group = SELENGA__GROUP__INIT, *groups[] = {&group};
    Selenga__Put put = SELENGA__PUT__INIT;
    item.has_kind = item.has_id = item.has_deleted = item.deleted = 1;
    item.kind = N_CAMPAIGN;
    item.why = "entered twice";
    item.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    group.items = items;
    group.n_items = 1;
    put.groups = groups;
    put.n_groups = 1;
    desk_begin(&desk);
    desk_ask(&desk, MSG_PUT, &put.base);
    desk_commit(&desk);
}

static void expect_asked(bool over)
{
    envelope_t e;
    assert_int_equal(desk_answers(&desk, &e), 2); // registry's kinds that refer to any, and routing's
    assert_int_equal(e.type, MSG_REFERRING);
    assert_int_equal(e.to, SERVICE_ROUTING);
    AUTO(msg_body_free) Selenga__Referring *m = msg_body_unpack(&selenga__referring__descriptor, e.body);
    assert_non_null(m);
    assert_int_equal(m->over, over);
    assert_int_equal(m->kinds[0], N_CAMPAIGN);
}

static void say_referred_by(uint32_t service, uint64_t n)
{
    uint8_t bytes[256];
    rid_t id = desk_id(&KIND_CAMPAIGN, "code=D-1");
    Selenga__Reference found = SELENGA__REFERENCE__INIT, *all[] = {&found};
    Selenga__Referred m = SELENGA__REFERRED__INIT;
    found.has_id = found.has_n = 1;
    found.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    found.n = n;
    found.example = (char *)(uintptr_t) "review:R";
    m.has_ask = 1;
    m.ask = desk.service.deletions_asked;
    m.found = all;
    m.n_found = n > 0;
    envelope_t e = {.type = MSG_REFERRED, .from = service, .peer = service};
    e.body = slice(bytes, selenga__referred__pack(&m, bytes));
    assert_int_equal(deletions_answered(&desk.service, desk.txn, &e), 0);
}

// The registry has none, and routing says how many there are.
static void say_referred(uint64_t n)
{
    desk_begin(&desk);
    say_referred_by(SERVICE_REGISTRY, 0);
    say_referred_by(SERVICE_ROUTING, n);
}

static void expect_outcome(const envelope_t *e, put_result_t result, const char *code)
{
    assert_int_equal(e->type, MSG_PUT_REPLY);
    AUTO(msg_body_free) Selenga__PutReply *reply = msg_body_unpack(&selenga__put_reply__descriptor, e->body);
    assert_non_null(reply);
    assert_int_equal(reply->outcomes[0]->result, result);
    if (code != NULL) assert_string_equal(reply->outcomes[0]->fault->code, code);
}

// The other services have heard that it is over, and then the person.
static void expect_error(const char *code)
{
    envelope_t e;
    assert_int_equal(desk_answers(&desk, &e), 3);
    assert_int_equal(e.type, MSG_ERROR);
    AUTO(msg_body_free) Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, e.body);
    assert_non_null(error);
    assert_string_equal(error->fault->code, code);
    assert_true(error->again);
}

static void what_another_service_refers_to_stays(void **state)
{
    (void)state;
    envelope_t e;
    ask_to_delete();
    expect_asked(false);
    say_referred(2);
    desk_commit(&desk);
    deletions_decided(&desk.service, NULL);
    assert_int_equal(desk_answers(&desk, &e), 3); // the person hears it, and both that it is over
    assert_int_equal(e.type, MSG_REFERRING);
    assert_int_equal(desk_count(&desk, &KIND_CAMPAIGN), 1);
}

static void the_refusal_counts_all_who_refer_in_whatever_service(void **state)
{
    (void)state;
    fault_t fault;
    desk_begin(&desk);
    desk_write(&desk, &KIND_RESULT,
               "campaign=D-1|person=" DESK_ORG ":1|competency=C|score=1|max=2|taken_on=2024-10-05");
    referred_t what = {.kind = &KIND_CAMPAIGN, .id = desk_id(&KIND_CAMPAIGN, "code=D-1")};
    referred_t said = {.n = 2, .example = "review:R"};
    assert_int_equal(referring_count(desk.txn, SERVICE_DIAGNOSTICS, &what), 0);
    referring_add(&what, &said);
    referring_fault(&what, &fault);
    desk_commit(&desk);
    assert_string_equal(fault.code, "REFERRED-TO");
    assert_string_equal(fault.args[0], "3"); // the result and two of routing's
    assert_string_equal(fault.args[1], "result:D-1:" DESK_ORG ":1:C");
}

static void silence_is_no_consent(void **state)
{
    (void)state;
    ask_to_delete();
    expect_asked(false);
    deletions_tick(&desk.service, mono_ms());
    assert_non_null(desk.service.deletions);
    deletions_tick(&desk.service, mono_ms() + LEAVING_MS);
    assert_null(desk.service.deletions);
    expect_error("SERVICE-DOWN");
    say_referred(0); // too late
    desk_commit(&desk);
    assert_int_equal(desk_count(&desk, &KIND_CAMPAIGN), 1);
}

static void when_nobody_refers_it_goes(void **state)
{
    (void)state;
    envelope_t e;
    ask_to_delete();
    expect_asked(false);
    assert_int_equal(desk_count(&desk, &KIND_CAMPAIGN), 1);
    say_referred(0);
    desk_commit(&desk);
    deletions_decided(&desk.service, NULL);
    assert_int_equal(desk_answers(&desk, &e), 1);
    expect_outcome(&e, PUT_CHANGED, NULL);
    assert_int_equal(desk_count(&desk, &KIND_CAMPAIGN), 0);
}

static void a_turn_that_is_lost_deletes_nothing_and_says_so(void **state)
{
    (void)state;
    fault_t full;
    ask_to_delete();
    expect_asked(false);
    say_referred(0);
    store_abort(&desk.txn);
    outgoing_drop(&desk.service.replies);
    fault_set(&full, "STORE-FULL", NULL, "");
    deletions_decided(&desk.service, &full);
    expect_error("STORE-FULL");
    assert_null(desk.service.deletions);
    assert_int_equal(desk_count(&desk, &KIND_CAMPAIGN), 1);
}

// --- being asked ---------------------------------------------------------------------------------

static void hear_of_person(bool over)
{
    uint8_t bytes[256];
    rid_t id = desk_id(&KIND_PERSON, "org=" DESK_ORG "|number=1");
    ProtobufCBinaryData ids[] = {{sizeof id.b, id.b}};
    uint32_t kinds[] = {N_PERSON};
    char *orgs[] = {(char *)(uintptr_t) ""};
    Selenga__Referring m = SELENGA__REFERRING__INIT;
    m.has_ask = m.has_over = 1;
    m.over = over;
    m.ids = ids;
    m.kinds = kinds;
    m.orgs = orgs;
    m.n_ids = m.n_kinds = m.n_orgs = 1;
    envelope_t e = {.type = MSG_REFERRING, .from = SERVICE_REGISTRY, .peer = SERVICE_REGISTRY};
    e.body = slice(bytes, selenga__referring__pack(&m, bytes));
    desk_begin(&desk);
    assert_int_equal(deletions_asked(&desk.service, desk.txn, &e), 0);
    desk_commit(&desk);
}

static put_result_t put_result_of_person(fault_t *fault)
{
    static const uint32_t set[] = {1, 2, 3, 4, 5, 6};
    uint8_t bytes[256];
    Selenga__Result m = SELENGA__RESULT__INIT;
    m.campaign = (char *)(uintptr_t) "D-1";
    m.person = (char *)(uintptr_t)(DESK_ORG ":1");
    m.competency = (char *)(uintptr_t) "C";
    m.has_score = m.has_max = m.has_taken_on = 1;
    m.score = m.max = 100;
    m.taken_on = 20000;
    Selenga__Item item = SELENGA__ITEM__INIT, *items[] = {&item};
    Selenga__Group group = SELENGA__GROUP__INIT;
    item.has_kind = item.has_body = 1;
    item.kind = N_RESULT;
    item.body = (ProtobufCBinaryData){protobuf_c_message_pack(&m.base, bytes), bytes};
    item.set = (uint32_t *)(uintptr_t)set;
    item.n_set = ARRAY_SIZE(set);
    group.items = items;
    group.n_items = 1;
    author_t author = service_author(&desk.service);
    author.program = false;
    author.leaving = &desk.service.leaving;
    put_result_t result;
    rid_t id;
    desk_begin(&desk);
    arena_reset(desk.service.arena, 64 * 1024);
    assert_int_equal(record_put_group(&author, desk.txn, &group, desk.service.arena, &result, fault, &id), 0);
    desk_commit(&desk);
    return result;
}

static void what_is_being_deleted_is_not_referred_to_until_that_is_over(void **state)
{
    (void)state;
    envelope_t e;
    fault_t fault = {0};
    hear_of_person(false);
    assert_int_equal(desk_answers(&desk, &e), 1);
    assert_int_equal(e.type, MSG_REFERRED);
    assert_int_equal(put_result_of_person(&fault), PUT_REJECTED);
    assert_string_equal(fault.code, "REF-LEAVING");
    hear_of_person(true);
    assert_int_equal(desk_answers(&desk, &e), 0);
    assert_int_equal(put_result_of_person(&fault), PUT_NEW);
}

static void who_is_referred_to_is_told_with_one_of_them_and_not_held(void **state)
{
    (void)state;
    envelope_t e;
    fault_t fault = {0};
    assert_int_equal(put_result_of_person(&fault), PUT_NEW);
    hear_of_person(false);
    assert_int_equal(desk_answers(&desk, &e), 1);
    AUTO(msg_body_free) Selenga__Referred *m = msg_body_unpack(&selenga__referred__descriptor, e.body);
    assert_non_null(m);
    assert_int_equal(m->n_found, 1);
    assert_string_equal(m->found[0]->example, "result:D-1:" DESK_ORG ":1:C");
    assert_int_equal(desk.service.leaving.n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_another_service_refers_to_stays),
        TEST(the_refusal_counts_all_who_refer_in_whatever_service),
        TEST(silence_is_no_consent),
        TEST(when_nobody_refers_it_goes),
        TEST(a_turn_that_is_lost_deletes_nothing_and_says_so),
        TEST(what_is_being_deleted_is_not_referred_to_until_that_is_over),
        TEST(who_is_referred_to_is_told_with_one_of_them_and_not_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
