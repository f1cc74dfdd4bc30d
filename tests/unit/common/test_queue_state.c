// SPDX-License-Identifier: Apache-2.0
// In what state a feed is: from which moment it counts as stuck.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/service/near.h"
#include "common/service/queue_state.h"

enum { NOW_MS = 100000000, LONG_MS = 3600000, LONG_S = 3600 };

// A feed that has stood for an hour in every respect, with records that wait.
static queue_facts_t stuck(void)
{
    return (queue_facts_t){.up = true,
                           .trouble = "",
                           .waiting = 5,
                           .now_ms = NOW_MS,
                           .progress_ms = NOW_MS - LONG_MS,
                           .started_ms = NOW_MS - 2 * LONG_MS,
                           .up_ms = NOW_MS - LONG_MS,
                           .oldest_age_s = LONG_S};
}

static void expect(queue_facts_t facts, const char *state, const char *reason)
{
    const char *got;
    assert_string_equal(queue_state(&facts, &got), state);
    assert_string_equal(got, reason);
}

static void a_feed_that_made_no_progress_since_a_restart_is_blocked(void **state)
{
    (void)state;
    queue_facts_t facts = stuck();
    facts.progress_ms = 0;
    expect(facts, "blocked", "NO-PROGRESS");
    facts.started_ms = facts.up_ms = NOW_MS - QUEUE_PATIENCE_MS + 1;
    expect(facts, "catching-up", "");
    facts.started_ms = facts.up_ms = NOW_MS - QUEUE_PATIENCE_MS;
    expect(facts, "blocked", "NO-PROGRESS");
}

static void the_first_record_after_a_long_rest_is_not_stuck(void **state)
{
    (void)state;
    queue_facts_t facts = stuck();
    facts.oldest_age_s = 2;
    expect(facts, "catching-up", "");
    facts.oldest_age_s = QUEUE_PATIENCE_MS / 1000;
    expect(facts, "blocked", "NO-PROGRESS");
}

static void a_clock_that_went_back_hides_no_stuck_feed(void **state)
{
    (void)state;
    queue_facts_t facts = stuck();
    facts.oldest_age_s = -LONG_S;
    expect(facts, "blocked", "NO-PROGRESS");
}

static void who_has_just_come_is_not_stuck_with_old_records(void **state)
{
    (void)state;
    queue_facts_t facts = stuck();
    facts.up_ms = NOW_MS - 1000;
    expect(facts, "catching-up", "");
}

static void a_silent_service_is_no_live_feed_even_when_nothing_waits(void **state)
{
    (void)state;
    queue_facts_t facts = stuck();
    facts.silent = true;
    facts.waiting = 0;
    expect(facts, "blocked", "SERVICE-SILENT");
    facts.up = false;
    expect(facts, "offline", "");
}

static void what_the_consumer_says_and_who_is_away_come_first(void **state)
{
    (void)state;
    queue_facts_t facts = stuck();
    facts.trouble = "DISK-FULL";
    expect(facts, "stopped", "DISK-FULL");
    facts.up = false;
    facts.cloned = true;
    expect(facts, "offline", "CLONE");
    facts = stuck();
    facts.waiting = 0;
    expect(facts, "live", "");
    facts.diverged = true;
    expect(facts, "catching-up", "GIVING-BACK");
}

static void neighbours_are_known_one_by_one(void **state)
{
    (void)state;
    nears_t nears = {0};
    for (uint32_t peer = 50; peer > 0; peer -= 5) nears_of(&nears, peer)->silent = peer % 10 == 0;
    nears_of(&nears, 45)->revoked = true;
    assert_int_equal(nears.n, 10);
    assert_true(nears_get(&nears, 30).silent);
    assert_false(nears_get(&nears, 35).silent);
    assert_true(nears_get(&nears, 45).revoked);
    assert_false(nears_get(&nears, 46).revoked);
    nears_clear(&nears);
}

static Selenga__Queue queue(const char *state, uint64_t waiting, uint64_t oldest_s)
{
    Selenga__Queue queue = SELENGA__QUEUE__INIT;
    queue.state = (char *)(uintptr_t)state;
    queue.waiting = waiting;
    queue.oldest_s = oldest_s;
    return queue;
}

static void expect_worse(const Selenga__Queue *a, const Selenga__Queue *b)
{
    assert_true(queue_worse(a, b) < 0);
    assert_true(queue_worse(b, a) > 0);
}

static void what_needs_somebody_comes_before_what_only_waits(void **state)
{
    (void)state;
    Selenga__Queue stopped = queue("stopped", 0, 0), blocked = queue("blocked", 9, 9);
    Selenga__Queue live = queue("live", 0, 0), refused = queue("live", 0, 0);
    refused.quarantined = 1;
    expect_worse(&stopped, &blocked);
    expect_worse(&blocked, &refused);
    expect_worse(&refused, &live);
    Selenga__Queue strange = queue(NULL, 0, 0), old = queue("offline", 1, 60), many = queue("offline", 5, 2);
    expect_worse(&old, &many);
    expect_worse(&many, &strange);
    many.oldest_s = old.oldest_s;
    expect_worse(&many, &old);
}

static void no_two_queues_are_equal_so_that_pages_do_not_overlap(void **state)
{
    (void)state;
    Selenga__Queue one = queue("live", 0, 0), other = one;
    assert_int_equal(queue_worse(&one, &other), 0);
    one.peer = UINT32_MAX - 1;
    other.peer = UINT32_MAX;
    expect_worse(&one, &other);
    other.peer = one.peer;
    other.service = 1;
    expect_worse(&one, &other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feed_that_made_no_progress_since_a_restart_is_blocked),
        cmocka_unit_test(the_first_record_after_a_long_rest_is_not_stuck),
        cmocka_unit_test(a_clock_that_went_back_hides_no_stuck_feed),
        cmocka_unit_test(who_has_just_come_is_not_stuck_with_old_records),
        cmocka_unit_test(a_silent_service_is_no_live_feed_even_when_nothing_waits),
        cmocka_unit_test(what_the_consumer_says_and_who_is_away_come_first),
        cmocka_unit_test(neighbours_are_known_one_by_one),
        cmocka_unit_test(what_needs_somebody_comes_before_what_only_waits),
        cmocka_unit_test(no_two_queues_are_equal_so_that_pages_do_not_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
