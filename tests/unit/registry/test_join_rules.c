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

// --- invitations

static const invite_facts_t SCHOOL = {
    .known = true, .below = true, .hub_rank = 1, .given_rank = -1, .kind_rank = 0};

static void assert_not_invited(invite_facts_t facts, const char *code)
{
    const char *got = invite_refusal(&facts);
    assert_non_null(got);
    assert_string_equal(got, code);
}

static void what_nobody_could_join_with_is_not_made(void **state)
{
    invite_facts_t facts = SCHOOL;
    (void)state;
    facts.stands = facts.active = true;
    assert_not_invited(facts, "NODE-ACTIVE");
    facts = SCHOOL;
    facts.replace = true;
    assert_not_invited(facts, "NO-CHILD");
    facts = SCHOOL;
    facts.elsewhere = true;
    assert_not_invited(facts, "NODE-ELSEWHERE");
}

static void who_is_unknown_or_of_another_hub_is_not_invited(void **state)
{
    invite_facts_t facts = SCHOOL;
    (void)state;
    facts.below = false;
    assert_not_invited(facts, "ORG-FOREIGN");
    facts.known = false;
    facts.kind_rank = -1;
    assert_not_invited(facts, "ORG-UNKNOWN");
    facts.stands =
        true; // this hub lost its store, and has its nodes back before it hears of the organisations
    assert_null(invite_refusal(&facts));
}

static void nobody_is_invited_at_a_level_that_is_not_his(void **state)
{
    invite_facts_t facts = SCHOOL;
    (void)state;
    facts.given_rank = 1; // as a municipality a school would be told names
    assert_not_invited(facts, "BAD-LEVEL");
    facts = SCHOOL;
    facts.kind_rank = 2;
    assert_not_invited(facts, "BAD-LEVEL");
    facts.given_rank = 0;
    assert_not_invited(facts, "BAD-LEVEL");
    facts.kind_rank = -1; // of a kind that tells no level: as the operator says, but not above the hub
    assert_null(invite_refusal(&facts));
    facts.given_rank = 2;
    assert_not_invited(facts, "BAD-LEVEL");
}

static void who_is_known_and_has_no_active_node_here_is_invited(void **state)
{
    invite_facts_t facts = SCHOOL;
    (void)state;
    assert_null(invite_refusal(&facts));
    facts.given_rank = 0;
    assert_null(invite_refusal(&facts));
    facts.stands = true; // revoked
    assert_null(invite_refusal(&facts));
    facts.active = facts.replace = true;
    assert_null(invite_refusal(&facts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fact_alone_forbids_it),
        cmocka_unit_test(a_revoked_node_does_not_come_back_by_what_it_has),
        cmocka_unit_test(a_replaced_node_does_not_come_back_by_what_it_has),
        cmocka_unit_test(an_active_node_whose_answer_was_lost_hears_it_again),
        cmocka_unit_test(a_new_key_may_join_where_no_active_node_is_or_one_is_replaced),
        cmocka_unit_test(what_nobody_could_join_with_is_not_made),
        cmocka_unit_test(who_is_unknown_or_of_another_hub_is_not_invited),
        cmocka_unit_test(nobody_is_invited_at_a_level_that_is_not_his),
        cmocka_unit_test(who_is_known_and_has_no_active_node_here_is_invited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
