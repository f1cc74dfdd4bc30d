// SPDX-License-Identifier: Apache-2.0
// What each sender has under way to a service.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "services/gate/shares.h"
#include <cmocka.h>

enum { CHILD = 0x1000, OTHER = 0x2000 };

static shares_t shares;

static int clear(void **state)
{
    (void)state;
    shares_clear(&shares);
    return 0;
}

static void tell(uint32_t service, uint32_t peer, uint64_t bytes)
{
    Selenga__Taken taken = SELENGA__TAKEN__INIT;
    taken.peer = &peer;
    taken.bytes = &bytes;
    taken.n_peer = taken.n_bytes = 1;
    shares_done(&shares, service, &taken, 7);
}

static void a_word_about_more_than_was_given_changes_nothing_else(void **state)
{
    (void)state;
    shares_give(&shares, 1, CHILD, 100, 1);
    shares_give(&shares, 1, OTHER, 50, 1);
    tell(1, CHILD, 1000);
    tell(1, 0x3000, 1000); // of nobody
    tell(2, OTHER, 1000);  // of another service
    assert_int_equal(shares_owed(&shares, 1, CHILD), 0);
    assert_int_equal(shares_owed(&shares, 1, OTHER), 50);
    assert_int_equal(shares.outside[1], 50);
}

static void a_word_with_fewer_numbers_than_peers_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    uint32_t peers[] = {CHILD, OTHER};
    uint64_t bytes = 10;
    Selenga__Taken taken = SELENGA__TAKEN__INIT;
    taken.peer = peers;
    taken.n_peer = 2;
    taken.bytes = &bytes;
    taken.n_bytes = 1;
    shares_give(&shares, 3, CHILD, 10, 1);
    shares_give(&shares, 3, OTHER, 10, 1);
    shares_done(&shares, 3, &taken, 2);
    assert_int_equal(shares_owed(&shares, 3, CHILD), 0);
    assert_int_equal(shares_owed(&shares, 3, OTHER), 10);
}

static void callers_and_services_do_not_count_among_neighbours(void **state)
{
    (void)state;
    shares_give(&shares, 1, SERVICE_CLI, 100, 1);
    shares_give(&shares, 1, SERVICE_ROUTING, 100, 1);
    assert_int_equal(shares.outside[1], 0);
    shares_give(&shares, 1, SERVICE_GATE, 100, 1); // somebody joins
    shares_give(&shares, 1, PEER_PARENT, 100, 1);
    assert_int_equal(shares.outside[1], 200);
}

static void a_service_that_went_away_owes_nothing(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) shares_give(&shares, 1 + i % 4, CHILD + i, 10, 1);
    shares_forget(&shares, 1);
    assert_int_equal(shares.outside[1], 0);
    assert_int_equal(shares.outside[2], 2500);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(shares_owed(&shares, 1 + i % 4, CHILD + i), i % 4 == 0 ? 0 : 10);
}

static void rows_of_those_who_have_nothing_under_way_are_used_again(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        shares_give(&shares, 1, CHILD + i, 10, 1);
        tell(1, CHILD + i, 10);
    }
    assert_in_range(shares.room, 1, 64);
    assert_int_equal(shares.outside[1], 0);
}

#define CLEARED(test) cmocka_unit_test_teardown(test, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLEARED(a_word_about_more_than_was_given_changes_nothing_else),
        CLEARED(a_word_with_fewer_numbers_than_peers_is_read_as_far_as_it_goes),
        CLEARED(callers_and_services_do_not_count_among_neighbours),
        CLEARED(a_service_that_went_away_owes_nothing),
        CLEARED(rows_of_those_who_have_nothing_under_way_are_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
