// SPDX-License-Identifier: Apache-2.0
// Who may join: each fact that forbids it, alone, then what is allowed.
#include "services/registry/join_rules.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_refused(join_facts_t facts, const char *code)
{
    bool again = true;
    const char *got = join_refusal(&facts, &again);
    assert_false(again);
    assert_non_null(got);
    assert_string_equal(got, code);
}

static void assert_allowed(join_facts_t facts, bool expect_again)
{
    bool again = !expect_again;
    assert_null(join_refusal(&facts, &again));
    assert_int_equal(again, expect_again);
}

static void each_fact_alone_forbids_it(void **state)
{
    (void)state;
    assert_refused((join_facts_t){.has_key = false}, "MALFORMED");
    assert_refused((join_facts_t){.has_key = true, .used = true}, "TOKEN-USED");
    assert_refused((join_facts_t){.has_key = true, .withdrawn = true}, "TOKEN-REVOKED");
    assert_refused((join_facts_t){.has_key = true, .expired = true}, "TOKEN-EXPIRED");
    assert_refused((join_facts_t){.has_key = true, .elsewhere = true}, "NODE-ELSEWHERE");
    assert_refused((join_facts_t){.has_key = true, .active = true}, "NODE-ACTIVE");
    assert_refused((join_facts_t){.has_key = true, .key_known = true}, "NODE-KEY-KNOWN");
    assert_refused((join_facts_t){.has_key = true, .replace = true, .other_root = true}, "PHRASE-OTHER");
}

// Its token, its key, both: nothing but a new invitation.
static void a_revoked_node_does_not_come_back_by_what_it_has(void **state)
{
    (void)state;
    join_facts_t revoked = {.has_key = true, .used = true, .used_by_it = true, .its_key = true};
    assert_refused(revoked, "TOKEN-USED");
    revoked.replace = true;
    assert_refused(revoked, "TOKEN-USED");
    assert_refused((join_facts_t){.has_key = true, .its_key = true, .key_known = true}, "NODE-KEY-KNOWN");
}

// The organisation is active again, but with another computer.
static void a_replaced_node_does_not_come_back_by_what_it_has(void **state)
{
    (void)state;
    join_facts_t replaced = {.has_key = true, .used = true, .used_by_it = true, .active = true};
    assert_refused(replaced, "TOKEN-USED");
    replaced.replace = true;
    assert_refused(replaced, "TOKEN-USED");
}

static void an_active_node_whose_answer_was_lost_hears_it_again(void **state)
{
    (void)state;
    join_facts_t same = {.has_key = true, .used = true, .used_by_it = true, .active = true, .its_key = true};
    assert_allowed(same, true);
    same.expired = true; // between its two tries
    assert_allowed(same, true);
    same.used_by_it = false; // another invitation's
    assert_refused(same, "TOKEN-USED");
}

static void a_new_key_may_join_where_no_active_node_is_or_one_is_replaced(void **state)
{
    (void)state;
    assert_allowed((join_facts_t){.has_key = true}, false);
    assert_allowed((join_facts_t){.has_key = true, .replace = true}, false);
    assert_allowed((join_facts_t){.has_key = true, .replace = true, .active = true}, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fact_alone_forbids_it),
        cmocka_unit_test(a_revoked_node_does_not_come_back_by_what_it_has),
        cmocka_unit_test(a_replaced_node_does_not_come_back_by_what_it_has),
        cmocka_unit_test(an_active_node_whose_answer_was_lost_hears_it_again),
        cmocka_unit_test(a_new_key_may_join_where_no_active_node_is_or_one_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
