// SPDX-License-Identifier: Apache-2.0
// Children join a node that has many: whose key is known, and what it costs to find out.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "common/base/clock.h"
#include "proto/envelope.pb-c.h"
#include "services/registry/registry.h"
#include "tests/unit/registry/keys.h"
#include <stdio.h>

enum { FEW = 8, MANY = 60 };

static desk_t desk;
static char code[64]; // of the answer; "" where it is no refusal

static int open_desk(void **arg)
{
    (void)arg;
    clock_freeze(5000000, 1700000000);
    desk_open(&desk, &REGISTRY);
    snprintf(desk.service.node.listen, sizeof desk.service.node.listen, "tcp://127.0.0.1:7700");
    return 0;
}

static int close_desk(void **arg)
{
    (void)arg;
    desk_close(&desk);
    clock_thaw();
    return 0;
}

static void reopen(void)
{
    desk_reopen(&desk);
    snprintf(desk.service.node.listen, sizeof desk.service.node.listen, "tcp://127.0.0.1:7700");
}

static const char *org_of(unsigned n)
{
    static char text[32];
    snprintf(text, sizeof text, DESK_ORG "-%04u", n);
    return text;
}

static void know_org(unsigned n)
{
    char fields[128];
    snprintf(fields, sizeof fields, "code=%s|parent=" DESK_ORG "|kind=school|name=School", org_of(n));
    desk_begin(&desk);
    desk_tell(&desk, &KIND_ORGANISATION, fields);
    desk_commit(&desk);
    scope_set_org(desk.service.scope, slice_text(org_of(n)), slice_text(DESK_ORG));
}

// A key that tells its number. sort: of an invitation, or of a node.
static void key_of(char sort, unsigned n, uint8_t *ret)
{
    memset(ret, sort, NODE_KEY_SIZE);
    be32_store(ret, n);
}

// The transaction of what is said stays open.
static void say(uint32_t type, const char *principal, const ProtobufCMessage *body)
{
    uint8_t bytes[1024];
    envelope_t last, e = {.type = type, .to = SERVICE_REGISTRY, .from = SERVICE_CLI, .call = 1};
    e.body = slice(bytes, protobuf_c_message_pack(body, bytes));
    text_copy(e.principal, sizeof e.principal, principal);
    assert_int_equal(REGISTRY.message(desk.service.self, desk.txn, &e), 0);
    assert_true(desk_answers(&desk, &last) > 0); // keys for the gate go before it
    code[0] = '\0';
    if (last.type != MSG_ERROR) return;
    AUTO(msg_body_free) Selenga__Error *m = msg_body_unpack(&selenga__error__descriptor, last.body);
    assert_non_null(m);
    snprintf(code, sizeof code, "%s", m->fault->code);
}

static void invite(unsigned n, bool replace)
{
    uint8_t key[NODE_KEY_SIZE];
    Selenga__Invite m = SELENGA__INVITE__INIT;
    key_of('i', n + (replace ? 1000000 : 0), key);
    m.org = (char *)(uintptr_t)org_of(n);
    m.has_key = m.has_expires_s = m.has_replace = 1;
    m.key = (ProtobufCBinaryData){.len = sizeof key, .data = key};
    m.expires_s = wall_s() + 3600;
    m.replace = replace;
    desk_begin(&desk);
    say(MSG_INVITE, "uid:0", &m.base);
    desk_commit(&desk);
    assert_string_equal(code, "");
}

// With the invitation of that number, and any key.
static void join_with(unsigned n, uint8_t *key)
{
    uint8_t token[NODE_KEY_SIZE];
    char principal[PRINCIPAL_MAX + 1];
    Selenga__Join m = SELENGA__JOIN__INIT;
    key_of('i', n, token);
    size_t at = (size_t)snprintf(principal, sizeof principal, "invite:");
    hex_text(slice(token, sizeof token), principal + at);
    m.has_key = 1;
    m.key = (ProtobufCBinaryData){.len = NODE_KEY_SIZE, .data = key};
    m.version = (char *)(uintptr_t) "1";
    say(MSG_JOIN, principal, &m.base);
}

static void join(unsigned n)
{
    uint8_t key[NODE_KEY_SIZE];
    key_of('n', n, key);
    desk_begin(&desk);
    join_with(n, key);
    desk_commit(&desk);
    assert_string_equal(code, "");
}

static void enrol(unsigned from, unsigned to)
{
    for (unsigned n = from; n < to; n++) {
        know_org(n);
        invite(n, false);
        join(n);
    }
}

static void assert_known(char sort, unsigned of, unsigned invitation)
{
    uint8_t key[NODE_KEY_SIZE];
    key_of(sort, of, key);
    desk_begin(&desk);
    join_with(invitation, key);
    desk_commit(&desk);
    assert_string_equal(code, "NODE-KEY-KNOWN");
}

static void a_key_of_somebody_else_here_is_refused(void **arg)
{
    (void)arg;
    enrol(0, 2);
    know_org(2);
    invite(2, false);
    assert_known('n', 1, 2); // a node's
    assert_known('i', 1, 2); // a used invitation's
    assert_known('i', 2, 2); // one that nobody has used
    join(2);
}

// Its record names the new key; the invitation that let it in still tells the old one.
static void a_key_that_was_replaced_is_refused(void **arg)
{
    uint8_t key[NODE_KEY_SIZE];
    (void)arg;
    enrol(0, 2);
    invite(1, true);
    key_of('n', 7, key);
    desk_begin(&desk);
    join_with(1000001, key);
    desk_commit(&desk);
    assert_string_equal(code, "");
    know_org(3);
    invite(3, false);
    assert_known('n', 1, 3);
    assert_known('n', 7, 3);
}

static void keys_of_before_a_restart_are_refused(void **arg)
{
    (void)arg;
    enrol(0, 2);
    know_org(2);
    invite(2, false);
    reopen();
    scope_set_org(desk.service.scope, slice_text(org_of(2)), slice_text(DESK_ORG));
    assert_known('n', 0, 2);
    join(2);
}

// What was not committed is known to nobody: who tries again with the same key is let in.
static void a_key_of_a_join_that_was_not_kept_is_let_in(void **arg)
{
    uint8_t key[NODE_KEY_SIZE];
    (void)arg;
    enrol(0, 1);
    know_org(1);
    invite(1, false);
    key_of('n', 1, key);
    desk_begin(&desk);
    join_with(1, key);
    assert_string_equal(code, "");
    store_abort(&desk.txn);
    join(1);
}

static desk_work_t work_of_next(unsigned n)
{
    know_org(n);
    invite(n, false);
    desk_work();
    join(n);
    return desk_work();
}

static void what_a_join_costs_does_not_grow_with_the_children(void **arg)
{
    (void)arg;
    enrol(0, FEW);
    desk_work_t few = work_of_next(FEW);
    enrol(FEW + 1, MANY);
    desk_work_t many = work_of_next(MANY);
    assert_true(many.gets + many.steps < 2 * (few.gets + few.steps) + FEW);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_of_somebody_else_here_is_refused),
        TEST(a_key_that_was_replaced_is_refused),
        TEST(keys_of_before_a_restart_are_refused),
        TEST(a_key_of_a_join_that_was_not_kept_is_let_in),
        TEST(what_a_join_costs_does_not_grow_with_the_children),
    };
    return cmocka_run_group_tests(tests, keys_make, NULL);
}
