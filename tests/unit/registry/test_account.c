// SPDX-License-Identifier: Apache-2.0
// Accounts at their registry: who gets in, who does not, and what that tells.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "common/base/clock.h"
#include "proto/registry.pb-c.h"
#include "services/registry/guard.h"
#include "services/registry/password.h"
#include "services/registry/registry.h"
#include "tests/unit/registry/keys.h"
#include <stdio.h>

enum { ADD = SELENGA__ACCOUNT_ACT__WHAT__ADD, LOCK, RESET };

static desk_t desk;
static char code[64], state[32], password[64]; // of the answer; "" where it has none

static int open_desk(void **arg)
{
    (void)arg;
    clock_freeze(5000000, 1700000000);
    desk_open(&desk, &REGISTRY);
    return 0;
}

static int close_desk(void **arg)
{
    (void)arg;
    desk_close(&desk);
    clock_thaw();
    return 0;
}

static void keep(char *ret, size_t size, const char *text)
{
    snprintf(ret, size, "%s", text != NULL ? text : "");
}

static void read_answer(void)
{
    envelope_t e;
    code[0] = state[0] = password[0] = '\0';
    assert_int_equal(desk_answers(&desk, &e), 1);
    if (e.type == MSG_ERROR) {
        AUTO(msg_body_free) Selenga__Error *m = msg_body_unpack(&selenga__error__descriptor, e.body);
        assert_non_null(m);
        keep(code, sizeof code, m->fault->code);
        return;
    }
    assert_int_equal(e.type, MSG_ACCOUNT_REPLY);
    AUTO(msg_body_free)
    Selenga__AccountReply *m = msg_body_unpack(&selenga__account_reply__descriptor, e.body);
    assert_non_null(m);
    keep(state, sizeof state, m->state);
    keep(password, sizeof password, m->password);
}

static void ask(uint32_t type, const ProtobufCMessage *body)
{
    uint8_t bytes[1024];
    size_t size = protobuf_c_message_pack(body, bytes);
    envelope_t e = {
        .type = type, .to = SERVICE_REGISTRY, .from = SERVICE_CLI, .call = 1, .body = slice(bytes, size)};
    desk_begin(&desk);
    assert_int_equal(REGISTRY.message(desk.service.self, desk.txn, &e), 0);
    desk_commit(&desk);
    read_answer();
}

static void act(uint32_t what, const char *name, const char *role, const char *org)
{
    Selenga__AccountAct m = SELENGA__ACCOUNT_ACT__INIT;
    m.has_what = 1;
    m.what = what;
    m.name = (char *)(uintptr_t)name;
    m.role = (char *)(uintptr_t)role;
    m.org = (char *)(uintptr_t)org;
    ask(MSG_ACCOUNT_ACT, &m.base);
}

static void login(const char *name, const char *with, const char *next)
{
    Selenga__Login m = SELENGA__LOGIN__INIT;
    m.name = (char *)(uintptr_t)name;
    m.password = (char *)(uintptr_t)with;
    m.new_password = (char *)(uintptr_t)next;
    ask(MSG_LOGIN, &m.base);
}

// An account that has chosen its password.
static void settle_in(const char *name, const char *chosen)
{
    char one_time[64];
    act(ADD, name, "coordinator", NULL);
    snprintf(one_time, sizeof one_time, "%s", password);
    login(name, one_time, chosen);
    assert_string_equal(state, "active");
}

static void an_account_that_breaks_a_rule_is_not_made(void **arg)
{
    (void)arg;
    act(ADD, "anna", "king", NULL);
    assert_string_equal(code, "BAD-VALUE");
    act(ADD, "anna", NULL, NULL);
    assert_string_equal(code, "REQUIRED");
    act(ADD, "an:na", "operator", NULL);
    assert_string_equal(code, "BAD-CODE");
    act(ADD, "anna", "teacher", NULL); // nobody knows who that is
    assert_string_equal(code, "REQUIRED");
    act(ADD, "anna", "operator", "03-08");
    assert_string_equal(code, "ORG-FOREIGN");
    act(ADD, "anna", "operator", "99");
    assert_string_equal(code, "ORG-UNKNOWN");
    assert_int_equal(desk_count(&desk, &KIND_ACCOUNT), 0);
}

static void a_name_is_given_once(void **arg)
{
    (void)arg;
    act(ADD, "anna", "operator", NULL);
    assert_string_equal(state, "one-time");
    act(ADD, "anna", "coordinator", NULL);
    assert_string_equal(code, "ACCOUNT-EXISTS");
    assert_string_equal(desk_field(&desk, &KIND_ACCOUNT, "name=anna", "role"), "operator");
}

static void what_is_not_there_is_neither_locked_nor_reset(void **arg)
{
    (void)arg;
    act(LOCK, "anna", NULL, NULL);
    assert_string_equal(code, "NOT-FOUND");
    act(RESET, "anna", NULL, NULL);
    assert_string_equal(code, "NOT-FOUND");
}

static void a_wrong_password_and_an_unknown_name_are_told_alike(void **arg)
{
    (void)arg;
    settle_in("anna", "long enough");
    login("anna", "wrong", NULL);
    assert_string_equal(code, "LOGIN-WRONG");
    login("boris", "wrong", NULL);
    assert_string_equal(code, "LOGIN-WRONG");
    act(LOCK, "anna", NULL, NULL);
    login("anna", "wrong", NULL); // nor how it stands
    assert_string_equal(code, "LOGIN-WRONG");
}

static void a_name_of_nobody_costs_the_same_work(void **arg)
{
    char hash[PASSWORD_HASH];
    (void)arg;
    assert_int_equal(password_hash("some password", hash), 0);
    assert_true(password_is_current(hash));
    assert_true(password_is_current(PASSWORD_NOBODY));
    assert_int_equal(strlen(PASSWORD_NOBODY), strlen(hash));
    assert_true(password_fits(hash, "some password"));
    assert_false(password_fits(hash, "some passwore"));
    assert_false(password_fits(NULL, "some password"));
}

static void a_one_time_password_opens_nothing_but_the_choice_of_another(void **arg)
{
    char one_time[64];
    (void)arg;
    act(ADD, "anna", "coordinator", NULL);
    assert_int_equal(strlen(password), ONETIME_TEXT - 1);
    snprintf(one_time, sizeof one_time, "%s", password);
    login("anna", one_time, NULL);
    assert_string_equal(code, "PASSWORD-ONE-TIME");
    login("anna", one_time, "short");
    assert_string_equal(code, "PASSWORD-SHORT");
    login("anna", one_time, "пароль7"); // seven letters, more bytes
    assert_string_equal(code, "PASSWORD-SHORT");
    login("anna", one_time, one_time);
    assert_string_equal(code, "PASSWORD-SAME");
    login("anna", one_time, "пароль78");
    assert_string_equal(state, "active");
    assert_string_equal(password, "");
    login("anna", one_time, NULL);
    assert_string_equal(code, "LOGIN-WRONG");
    login("anna", "пароль78", NULL);
    assert_string_equal(state, "active");
}

static void a_locked_account_stays_shut_until_it_is_reset(void **arg)
{
    char one_time[64];
    (void)arg;
    settle_in("anna", "long enough");
    act(LOCK, "anna", NULL, NULL);
    assert_string_equal(state, "locked");
    login("anna", "long enough", NULL);
    assert_string_equal(code, "LOGIN-LOCKED");
    login("anna", "long enough", "another password");
    assert_string_equal(code, "LOGIN-LOCKED");
    act(RESET, "anna", NULL, NULL);
    snprintf(one_time, sizeof one_time, "%s", password);
    login("anna", "long enough", NULL);
    assert_string_equal(code, "LOGIN-WRONG");
    login("anna", one_time, "another password");
    assert_string_equal(state, "active");
}

static void after_some_failures_the_right_password_has_to_wait_too(void **arg)
{
    (void)arg;
    settle_in("anna", "long enough");
    for (int i = 0; i <= GUARD_FREE; i++) login("anna", "wrong", NULL);
    assert_string_equal(code, "LOGIN-WRONG");
    login("anna", "long enough", NULL);
    assert_string_equal(code, "LOGIN-WAIT");
    clock_advance_ms(1000);
    login("anna", "long enough", NULL);
    assert_string_equal(state, "active");
}

static void a_restart_forgets_no_password(void **arg)
{
    (void)arg;
    settle_in("anna", "long enough");
    desk_reopen(&desk);
    login("anna", "long enough", NULL);
    assert_string_equal(state, "active");
}

static void no_record_holds_anything_of_a_password(void **arg)
{
    (void)arg;
    settle_in("anna", "long enough");
    for (size_t i = 0; i < KIND_ACCOUNT.n_fields; i++) {
        const char *shown = desk_field(&desk, &KIND_ACCOUNT, "name=anna", KIND_ACCOUNT.fields[i].name);
        assert_null(strstr(shown, "argon2"));
        assert_null(strstr(shown, "long enough"));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_account_that_breaks_a_rule_is_not_made),
        TEST(a_name_is_given_once),
        TEST(what_is_not_there_is_neither_locked_nor_reset),
        TEST(a_wrong_password_and_an_unknown_name_are_told_alike),
        TEST(a_name_of_nobody_costs_the_same_work),
        TEST(a_one_time_password_opens_nothing_but_the_choice_of_another),
        TEST(a_locked_account_stays_shut_until_it_is_reset),
        TEST(after_some_failures_the_right_password_has_to_wait_too),
        TEST(a_restart_forgets_no_password),
        TEST(no_record_holds_anything_of_a_password),
    };
    return cmocka_run_group_tests(tests, keys_make, NULL);
}
