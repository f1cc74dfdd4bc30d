// SPDX-License-Identifier: Apache-2.0
// The table of access, and whose records an account holds; that services follow it, e2e.access tries.
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "common/base/i18n.h"
#include "common/schema/access.h"
#include "common/schema/fault.h"
#include "common/service/principal.h"
#include "proto/registry.pb-c.h"
#include <stdio.h>

static scope_t *scope;
static const principal_t unlimited, school = {.limited = true, .role = R_COORDINATOR, .org = "03-08-01"};
static const principal_t teacher = {
    .limited = true, .role = R_TEACHER, .org = "03-08-01", .person = "03-08-01:17"};
static const principal_t nobody = {.limited = true, .org = "03-08-01"};

static int open_scope(void **state)
{
    path_t self;
    (void)state;
    assert_true(path_parse("0a0b0c0d", &self));
    scope = scope_new(&self, "03");
    scope_set_org(scope, slice_text("03"), (slice_t){0});
    scope_set_org(scope, slice_text("03-08"), slice_text("03"));
    scope_set_org(scope, slice_text("03-08-01"), slice_text("03-08"));
    scope_set_org(scope, slice_text("03-08-02"), slice_text("03-08"));
    return 0;
}

static int close_scope(void **state)
{
    (void)state;
    scope_destroy(&scope);
    return 0;
}

static void what_stands_in_no_row_is_nobodys(void **state)
{
    (void)state;
    for (uint32_t message = 0; message < 4000; message++)
        if (access_is_of_records(message)) assert_null(access_row(message));
    assert_null(access_row(MSG_PULL));
    assert_null(access_row(MSG_KEYS));
    assert_null(access_row(4000));
    assert_int_equal(role_by_name("king"), 0);
    assert_int_equal(role_by_name(""), 0);
    assert_null(role_name(0));
    assert_null(role_name(R_OFFICES));
}

static void messages_of_one_name_have_the_same_roles(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ACCESS_ROWS; i++) {
        const access_row_t *first = access_row_by_name(ACCESS_ROWS[i].name);
        assert_int_equal(first->roles, ACCESS_ROWS[i].roles);
        assert_int_equal(first->about, ACCESS_ROWS[i].about);
        assert_null(kind_by_name(ACCESS_ROWS[i].name)); // a fault names either
    }
}

static void roles_without_names_read_no_kind_that_has_any(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_KINDS; i++)
        for (size_t k = 0; k < KINDS[i]->n_fields; k++)
            if (KINDS[i]->fields[k].pd == PD_IDENTITY || KINDS[i]->fields[k].pd == PD_SPECIAL)
                assert_int_equal(KINDS[i]->access.read & (R_ANALYST | R_OPERATOR), 0);
}

static void a_refusal_is_said_in_russian(void **state)
{
    char text[FAULT_TEXT];
    (void)state;
    for (unsigned role = 1; role <= R_ANY; role <<= 1)
        for (size_t i = 0; i < N_KINDS; i++)
            for (access_action_t action = 0; action < ACCESS_ACTIONS; action++) {
                fault_t fault = {0};
                principal_t who = {.limited = true, .role = role};
                bool may = principal_may(&who, KINDS[i], action, &fault);
                assert_int_equal(may, (access_roles(KINDS[i], action) & role) != 0);
                if (may) continue;
                assert_string_equal(fault.code, "ACCESS-DENIED");
                fault_text_in(&fault, LANG_RU, text, sizeof text);
                assert_non_null(strstr(text, KINDS[i]->label.ru));
                char *table = strstr(text, "`selenga access`");
                assert_non_null(table);
                memset(table, ' ', strlen("`selenga access`"));
                for (const char *c = text; *c != '\0'; c++)
                    if ((*c >= 'a' && *c <= 'z') || *c == '{' || *c == '?') fail_msg("%s", text);
            }
}

static record_t a_record(uint32_t kind, const char *org, uint8_t down)
{
    return (record_t){.kind = kind, .org = slice_text(org), .down = down};
}

static void an_account_sees_its_own_organisation_and_what_everybody_gets(void **state)
{
    (void)state;
    record_t own = a_record(N_IDENTITY, "03-08-01", DOWN_NONE), other = a_record(N_IDENTITY, "03-08-02", 0);
    record_t above = a_record(N_IDENTITY, "03-08", 0), strange = a_record(N_IDENTITY, "99", 0);
    record_t public = a_record(N_PROGRAMME, "03", DOWN_ALL), unknown = a_record(999, "03-08-01", DOWN_ALL);
    assert_true(principal_sees(&school, scope, &own));
    assert_false(principal_sees(&school, scope, &other));
    assert_false(principal_sees(&school, scope, &above));
    assert_false(principal_sees(&school, scope, &strange));
    assert_true(principal_sees(&school, scope, &public));
    assert_false(principal_sees(&school, scope, &unknown)); // of a kind whose readers nobody here knows
    assert_false(principal_sees(&nobody, scope, &public));
    assert_true(principal_sees(&unlimited, scope, &unknown));
}

// What says down: ALL of itself, and is not of a kind that goes there.
static void the_reach_that_counts_is_the_kinds_own(void **state)
{
    (void)state;
    record_t r = a_record(N_IDENTITY, "03-08-02", DOWN_ALL);
    assert_false(principal_sees(&school, scope, &r));
}

static slice_t pack(const ProtobufCMessage *m, uint8_t buf[static 256])
{
    return slice(buf, protobuf_c_message_pack(m, buf));
}

static void a_teacher_holds_what_names_him(void **state)
{
    uint8_t buf[256];
    fault_t fault;
    Selenga__Identity m = SELENGA__IDENTITY__INIT;
    Selenga__MentoringPair pair = SELENGA__MENTORING_PAIR__INIT;
    (void)state;
    slice_t org = slice_text("03-08-01");
    m.org = (char *)(uintptr_t) "03-08-01";
    m.number = (char *)(uintptr_t) "17";
    assert_true(principal_holds(&teacher, scope, &KIND_IDENTITY, org, pack(&m.base, buf), &fault));
    assert_false(
        principal_holds(&teacher, scope, &KIND_IDENTITY, slice_text("03-08-02"), pack(&m.base, buf), &fault));
    assert_string_equal(fault.code, "ACCESS-SCOPE");
    m.number = (char *)(uintptr_t) "1";
    assert_false(principal_holds(&teacher, scope, &KIND_IDENTITY, org, pack(&m.base, buf), &fault));
    assert_false(principal_holds(&teacher, scope, &KIND_IDENTITY, org, (slice_t){0}, &fault));
    pair.mentor = (char *)(uintptr_t) "03-08-02:5";
    pair.mentee = (char *)(uintptr_t) "03-08-01:17";
    assert_true(principal_holds(&teacher, scope, &KIND_MENTORING_PAIR, org, pack(&pair.base, buf), &fault));
    pair.mentee = (char *)(uintptr_t) "03-08-01:170";
    assert_false(principal_holds(&teacher, scope, &KIND_MENTORING_PAIR, org, pack(&pair.base, buf), &fault));
    principal_t stranger = teacher;
    stranger.person[0] = '\0';
    assert_false(principal_holds(&stranger, scope, &KIND_IDENTITY, org, pack(&m.base, buf), &fault));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scope, close_scope)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_stands_in_no_row_is_nobodys),
        TEST(messages_of_one_name_have_the_same_roles),
        TEST(roles_without_names_read_no_kind_that_has_any),
        TEST(a_refusal_is_said_in_russian),
        TEST(an_account_sees_its_own_organisation_and_what_everybody_gets),
        TEST(the_reach_that_counts_is_the_kinds_own),
        TEST(a_teacher_holds_what_names_him),
    };
    if (i18n_init_all() != LANG_COUNT) return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
