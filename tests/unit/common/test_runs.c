// SPDX-License-Identifier: Apache-2.0
// What the last message of a load wrote is kept until the next one, for whoever did not hear of it.
#include "common/store/runs.h"
#include "tests/unit/common/shelf.h"
#include <errno.h>

static int64_t now_s;

static int64_t clock_s(void)
{
    return now_s;
}

static int start(void **state)
{
    shelf_start(state);
    store_close(&shelf.store);
    now_s = 1000000000;
    assert_int_equal(store_open(shelf.kv, &shelf.place, 2, clock_s, &shelf.store), 0);
    return 0;
}

static run_id_t run_of(uint8_t n)
{
    run_id_t run = {{0}};
    run.b[0] = n;
    return run;
}

static int keep(uint8_t n, const char *wrote)
{
    run_id_t run = run_of(n);
    int rc = runs_keep(shelf_write(&shelf), &run, slice_text(wrote));
    shelf_commit(&shelf);
    return rc;
}

static void assert_end(uint8_t n, const char *wrote)
{
    run_id_t run = run_of(n);
    slice_t slice;
    assert_int_equal(runs_end(shelf_write(&shelf), &run, &slice), 0);
    assert_int_equal(slice.size, strlen(wrote));
    assert_memory_equal(slice.data, wrote, slice.size);
    shelf_commit(&shelf);
}

static void a_run_that_is_over_keeps_nothing_more(void **state)
{
    (void)state;
    assert_int_equal(keep(1, "first"), 0);
    assert_end(1, "first");
    assert_int_equal(keep(1, "second"), -EPIPE);
    assert_end(1, "first"); // who was killed when he asked asks again
}

static void one_that_ends_before_its_first_message_is_over_too(void **state)
{
    (void)state;
    assert_end(2, "");
    assert_int_equal(keep(2, "late"), -EPIPE);
}

static void the_last_message_takes_the_place_of_the_one_before(void **state)
{
    (void)state;
    assert_int_equal(keep(3, "first"), 0);
    assert_int_equal(keep(4, "another's"), 0);
    assert_int_equal(keep(3, "second"), 0);
    assert_end(3, "second");
    assert_end(4, "another's");
}

static void the_oldest_run_makes_room_when_there_are_too_many(void **state)
{
    (void)state;
    for (uint8_t n = 0; n <= RUNS_KEPT; n++, now_s++) assert_int_equal(keep((uint8_t)(100 + n), "x"), 0);
    assert_end(101, "x");
    assert_end(100, "");
}

static void what_is_older_than_a_month_goes(void **state)
{
    (void)state;
    assert_int_equal(keep(5, "old"), 0);
    now_s += (int64_t)RUNS_DAYS * 86400 + 1;
    assert_int_equal(keep(6, "new"), 0);
    assert_end(5, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_that_is_over_keeps_nothing_more, start, shelf_stop),
        cmocka_unit_test_setup_teardown(one_that_ends_before_its_first_message_is_over_too, start,
                                        shelf_stop),
        cmocka_unit_test_setup_teardown(the_last_message_takes_the_place_of_the_one_before, start,
                                        shelf_stop),
        cmocka_unit_test_setup_teardown(the_oldest_run_makes_room_when_there_are_too_many, start, shelf_stop),
        cmocka_unit_test_setup_teardown(what_is_older_than_a_month_goes, start, shelf_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
