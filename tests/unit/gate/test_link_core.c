// SPDX-License-Identifier: Apache-2.0
// The parent link's state machine, in virtual time.
#include "services/gate/link_core.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const link_times_t TIMES = {.connect_ms = 20000,
                                   .greeting_ms = 10000,
                                   .silence_ms = 60000,
                                   .backoff_base_ms = 1000,
                                   .backoff_max_ms = 60000};

static link_core_t core;
static uint64_t now;

static int start(void **state)
{
    (void)state;
    now = 1000000;
    core = link_core_start(now);
    return 0;
}

static link_action_t event(link_event_t what)
{
    return link_core_step(&core, &TIMES, what, now, UINT32_MAX); // the longest wait
}

static void bring_up(void)
{
    now = core.deadline_ms;
    assert_int_equal(event(LINK_EV_TIMER), LINK_DO_CONNECT);
    assert_int_equal(event(LINK_EV_HANDSHAKE), LINK_DO_GREET);
    assert_int_equal(event(LINK_EV_WELCOMED), LINK_DO_OPEN);
    assert_int_equal(core.state, LINK_UP);
}

static void events_that_a_state_does_not_expect_change_nothing(void **state)
{
    (void)state;
    static const link_event_t WAITING[] = {LINK_EV_HANDSHAKE, LINK_EV_REFUSED, LINK_EV_LOST, LINK_EV_WELCOMED,
                                           LINK_EV_HEARD};
    for (size_t i = 0; i < sizeof WAITING / sizeof *WAITING; i++) {
        assert_int_equal(event(WAITING[i]), LINK_DO_NOTHING);
        assert_int_equal(core.state, LINK_WAITING);
    }
    event(LINK_EV_TIMER);
    assert_int_equal(event(LINK_EV_WELCOMED), LINK_DO_NOTHING); // before the keys are proved
    assert_int_equal(core.state, LINK_CONNECTING);
    event(LINK_EV_HANDSHAKE);
    assert_int_equal(event(LINK_EV_HANDSHAKE), LINK_DO_NOTHING);
    assert_int_equal(core.state, LINK_GREETING);
}

static void a_refusal_is_shown_until_the_keys_are_proved_again(void **state)
{
    (void)state;
    event(LINK_EV_TIMER);
    assert_int_equal(event(LINK_EV_REFUSED), LINK_DO_CLOSE);
    assert_string_equal(link_core_word(&core), "refused");
    now = core.deadline_ms;
    event(LINK_EV_TIMER);
    assert_string_equal(link_core_word(&core), "refused");
    event(LINK_EV_HANDSHAKE);
    assert_string_equal(link_core_word(&core), "down");
    event(LINK_EV_WELCOMED);
    assert_string_equal(link_core_word(&core), "up");
}

static void every_unfinished_step_has_its_deadline(void **state)
{
    (void)state;
    event(LINK_EV_TIMER);
    now += TIMES.connect_ms - 1;
    assert_int_equal(event(LINK_EV_TIMER), LINK_DO_NOTHING);
    now += 1;
    assert_int_equal(event(LINK_EV_TIMER), LINK_DO_CLOSE);
    now = core.deadline_ms;
    event(LINK_EV_TIMER);
    event(LINK_EV_HANDSHAKE);
    now += TIMES.greeting_ms;
    assert_int_equal(event(LINK_EV_TIMER), LINK_DO_CLOSE);
    assert_int_equal(core.state, LINK_WAITING);
}

// The wait after one more try.
static uint64_t wait_after(bool reached)
{
    now = core.deadline_ms;
    event(LINK_EV_TIMER);
    if (reached) event(LINK_EV_REACHED);
    event(LINK_EV_LOST);
    return core.deadline_ms - now;
}

static void the_wait_doubles_up_to_its_bound_when_the_parent_was_reached(void **state)
{
    (void)state;
    static const uint64_t EXPECTED[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++)
        assert_int_equal(wait_after(true), EXPECTED[i]);
    for (int i = 0; i < 1000; i++) wait_after(true);
    assert_int_equal(wait_after(true), 60000);
}

static void while_nobody_listens_the_wait_is_a_part_of_the_time_without_a_link(void **state)
{
    (void)state;
    bring_up();
    now += LINK_STEADY_MS;
    uint64_t lost_ms = now;
    event(LINK_EV_LOST);
    assert_int_equal(core.deadline_ms - now, 1000);
    while (now < lost_ms + 2000 * 1000) {
        uint64_t wait = wait_after(false), part = (now - lost_ms) / LINK_AWAY_PART;
        assert_int_equal(wait, part < 1000 ? 1000 : part > 60000 ? 60000 : part);
    }
    assert_int_equal(wait_after(false), 60000);
}

static void the_first_wait_is_the_one_that_the_parent_asked_for(void **state)
{
    (void)state;
    core.return_ms = 100;
    bring_up();
    now += LINK_STEADY_MS;
    event(LINK_EV_LOST);
    assert_int_equal(core.deadline_ms - now, 100);
    assert_int_equal(wait_after(true), 100);
    assert_int_equal(wait_after(true), 200);
    core.return_ms = 9000;
    assert_int_equal(wait_after(false), 36000);
    core.return_ms = UINT32_MAX;
    assert_int_equal(wait_after(false), 60000);
}

static void the_wait_is_a_random_part_of_it(void **state)
{
    (void)state;
    event(LINK_EV_TIMER);
    link_core_step(&core, &TIMES, LINK_EV_LOST, now, 0);
    assert_int_equal(core.deadline_ms, now);
    event(LINK_EV_TIMER);
    link_core_step(&core, &TIMES, LINK_EV_LOST, now, UINT32_MAX / 2);
    assert_in_range(core.deadline_ms - now, 490, 500);
}

static void a_link_that_falls_at_once_keeps_backing_off_and_a_steady_one_does_not(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        bring_up();
        now += 5;
        event(LINK_EV_LOST);
    }
    assert_int_equal(core.deadline_ms - now, 8000);
    bring_up();
    now += LINK_STEADY_MS;
    assert_int_equal(event(LINK_EV_LOST), LINK_DO_CLOSE);
    assert_int_equal(core.deadline_ms - now, 1000);
}

static void a_line_that_is_cut_every_few_seconds_is_tried_again_after_the_first_wait(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        bring_up();
        now += 2000;
        event(LINK_EV_LOST);
        assert_int_equal(core.deadline_ms - now, 1000);
    }
}

static void silence_ends_a_link_and_any_sign_of_life_keeps_it(void **state)
{
    (void)state;
    bring_up();
    for (int i = 0; i < 10; i++) {
        now += TIMES.silence_ms - 1;
        assert_int_equal(event(LINK_EV_TIMER), LINK_DO_NOTHING);
        event(LINK_EV_HEARD);
    }
    now += TIMES.silence_ms;
    assert_int_equal(event(LINK_EV_TIMER), LINK_DO_CLOSE);
    assert_int_equal(core.since_ms, now);
}

#define IN_TIME(test) cmocka_unit_test_setup(test, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TIME(events_that_a_state_does_not_expect_change_nothing),
        IN_TIME(a_refusal_is_shown_until_the_keys_are_proved_again),
        IN_TIME(every_unfinished_step_has_its_deadline),
        IN_TIME(the_wait_doubles_up_to_its_bound_when_the_parent_was_reached),
        IN_TIME(while_nobody_listens_the_wait_is_a_part_of_the_time_without_a_link),
        IN_TIME(the_first_wait_is_the_one_that_the_parent_asked_for),
        IN_TIME(the_wait_is_a_random_part_of_it),
        IN_TIME(a_link_that_falls_at_once_keeps_backing_off_and_a_steady_one_does_not),
        IN_TIME(a_line_that_is_cut_every_few_seconds_is_tried_again_after_the_first_wait),
        IN_TIME(silence_ends_a_link_and_any_sign_of_life_keeps_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
