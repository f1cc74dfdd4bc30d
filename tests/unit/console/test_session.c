// SPDX-License-Identifier: Apache-2.0
// Sessions: who made none up, and when one ends. Times are given.
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "services/console/session.h"
#include <cmocka.h>

static const account_t ANNA = {.name = "anna", .role = R_COORDINATOR, .org = "03"};
static const uint64_t T = 1000000;

static int open_sessions(void **state)
{
    sessions_t *sessions = xcalloc(1, sizeof *sessions);
    if (sodium_init() < 0) return -1;
    sessions_init(sessions, NULL);
    *state = sessions;
    return 0;
}

static int free_sessions(void **state)
{
    free(*state);
    return 0;
}

static void an_id_that_we_did_not_give_is_nobodys(void **state)
{
    char id[SESSION_ID];
    session_open(*state, &ANNA, T, id);
    assert_null(session_find(*state, "", T));
    assert_null(session_find(*state, "00", T));
    id[0] = id[0] == 'a' ? 'b' : 'a';
    assert_null(session_find(*state, id, T));
}

static void a_log_in_gives_an_id_that_nobody_has_seen(void **state)
{
    char first[SESSION_ID], second[SESSION_ID];
    const session_t *a = session_open(*state, &ANNA, T, first), *b = session_open(*state, &ANNA, T, second);
    assert_int_equal(strlen(first), 64);
    assert_string_not_equal(first, second);
    assert_string_not_equal(a->token, b->token);
    assert_string_not_equal(first, a->token);
}

static void after_twenty_idle_minutes_it_is_over(void **state)
{
    char id[SESSION_ID];
    session_open(*state, &ANNA, T, id);
    assert_non_null(session_find(*state, id, T + SESSION_IDLE_MS - 1));
    assert_non_null(session_find(*state, id, T + 2 * (SESSION_IDLE_MS - 1)));
    assert_null(session_find(*state, id, T + 3 * (uint64_t)SESSION_IDLE_MS));
    assert_null(session_find(*state, id, T)); // and does not come back
}

static void after_twelve_hours_it_is_over_however_busy(void **state)
{
    char id[SESSION_ID];
    uint64_t now = T;
    session_open(*state, &ANNA, T, id);
    for (; now - T < SESSION_LIFE_MS; now += SESSION_IDLE_MS / 2)
        assert_non_null(session_find(*state, id, now));
    assert_null(session_find(*state, id, now));
}

static void who_logged_out_is_out(void **state)
{
    char id[SESSION_ID];
    session_open(*state, &ANNA, T, id);
    session_close(session_find(*state, id, T));
    assert_null(session_find(*state, id, T));
}

static void where_there_is_no_room_the_one_used_longest_ago_ends(void **state)
{
    char ids[SESSIONS_MAX + 1][SESSION_ID];
    for (size_t i = 0; i < SESSIONS_MAX; i++) session_open(*state, &ANNA, T + i, ids[i]);
    assert_non_null(session_find(*state, ids[0], T + 1000));
    session_open(*state, &ANNA, T + 1001, ids[SESSIONS_MAX]);
    assert_non_null(session_find(*state, ids[0], T + 1002));
    assert_null(session_find(*state, ids[1], T + 1002));
    assert_non_null(session_find(*state, ids[SESSIONS_MAX], T + 1002));
}

static void a_token_fits_whole_or_not_at_all(void **state)
{
    char id[SESSION_ID], token[SESSION_ID], other[SESSION_ID];
    session_guest(id);
    session_guest_token(*state, id, token);
    session_guest(id);
    session_guest_token(*state, id, other);
    assert_true(session_token_fits(token, token));
    assert_false(session_token_fits(token, other));
    assert_false(session_token_fits(token, NULL));
    assert_false(session_token_fits(token, ""));
    assert_false(session_token_fits("", ""));
}

static void a_token_is_of_the_account_whose_session_made_it_and_of_no_other(void **state)
{
    char id[SESSION_ID], token[SESSION_ID];
    clock_freeze(0, 1700000000);
    (void)text_copy(token, sizeof token, session_open(*state, &ANNA, T, id)->token);
    assert_true(session_token_of(*state, "anna", token, wall_s()));
    assert_false(session_token_of(*state, "oleg", token, wall_s()));
    assert_false(session_token_of(*state, "", token, wall_s()));
    assert_false(session_token_of(*state, "anna", NULL, wall_s()));
    assert_false(session_token_of(*state, "anna", "", wall_s()));
    for (size_t i = 0; i < SESSION_ID - 1; i += 7) { // whatever is changed in it, also its time
        char changed[SESSION_ID];
        memcpy(changed, token, sizeof changed);
        changed[i] = changed[i] == 'f' ? '0' : 'f';
        assert_false(session_token_of(*state, "anna", changed, wall_s()));
    }
    clock_thaw();
}

static void a_token_outlives_a_restart_and_no_working_day(void **state)
{
    static const uint8_t key[SESSION_KEY] = {1, 2, 3};
    char id[SESSION_ID], token[SESSION_ID];
    const int64_t life_s = SESSION_LIFE_MS / 1000;
    clock_freeze(0, 1700000000);
    sessions_init(*state, key);
    (void)text_copy(token, sizeof token, session_open(*state, &ANNA, T, id)->token);
    sessions_init(*state, key);
    assert_true(session_token_of(*state, "anna", token, wall_s() + life_s));
    assert_false(session_token_of(*state, "anna", token, wall_s() + life_s + 1));
    sessions_init(*state, NULL);
    assert_false(session_token_of(*state, "anna", token, wall_s()));
    clock_thaw();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_id_that_we_did_not_give_is_nobodys, open_sessions, free_sessions),
        cmocka_unit_test_setup_teardown(a_log_in_gives_an_id_that_nobody_has_seen, open_sessions,
                                        free_sessions),
        cmocka_unit_test_setup_teardown(after_twenty_idle_minutes_it_is_over, open_sessions, free_sessions),
        cmocka_unit_test_setup_teardown(after_twelve_hours_it_is_over_however_busy, open_sessions,
                                        free_sessions),
        cmocka_unit_test_setup_teardown(who_logged_out_is_out, open_sessions, free_sessions),
        cmocka_unit_test_setup_teardown(where_there_is_no_room_the_one_used_longest_ago_ends, open_sessions,
                                        free_sessions),
        cmocka_unit_test_setup_teardown(a_token_is_of_the_account_whose_session_made_it_and_of_no_other,
                                        open_sessions, free_sessions),
        cmocka_unit_test_setup_teardown(a_token_outlives_a_restart_and_no_working_day, open_sessions,
                                        free_sessions),
        cmocka_unit_test_setup_teardown(a_token_fits_whole_or_not_at_all, open_sessions, free_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
