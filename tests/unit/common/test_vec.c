// SPDX-License-Identifier: Apache-2.0
// Arrays that grow.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/util.h"
#include "common/base/vec.h"
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

// The status of a process that wants so much; what it says goes nowhere.
static int status_of_wanting(size_t room, size_t need, size_t size)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        forbid_core_dumps();
        close(STDERR_FILENO);
        _exit(vec_grow(NULL, &room, need, size) == NULL);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void bytes_that_cannot_be_counted_end_the_program(void **state)
{
    (void)state;
    const size_t sizes[] = {2, 3, 8, 4096};
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        int status = status_of_wanting(0, SIZE_MAX / sizes[i] + 1, sizes[i]);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGABRT);
    }
    // A product that wraps around to a few bytes would be granted.
    int status = status_of_wanting(0, SIZE_MAX / 16 + 2, 16);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_int_equal(status_of_wanting(0, 16, 16), 0);
}

static void what_was_added_stays_while_it_grows(void **state)
{
    (void)state;
    uint32_t *items = NULL;
    size_t n = 0, room = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        *vec_add(items, n, room) = i * 7;
        assert_int_equal(n, i + 1);
        assert_true(room >= n);
    }
    for (uint32_t i = 0; i < 10000; i++) assert_int_equal(items[i], i * 7);
    free(items);
}

static void it_moves_seldom(void **state)
{
    (void)state;
    uint8_t *bytes = NULL;
    size_t n = 0, room = 0, moves = 0;
    for (size_t i = 0; i < 1u << 20; i++) {
        size_t before = room;
        *vec_add(bytes, n, room) = 0;
        moves += room != before;
    }
    assert_true(moves <= 20);
    free(bytes);
}

static void room_that_is_there_is_not_asked_for_again(void **state)
{
    (void)state;
    uint64_t *items = NULL;
    size_t room = 0;
    vec_reserve(items, room, 0);
    assert_null(items);
    vec_reserve(items, room, 1000);
    assert_int_equal(room, 1000);
    uint64_t *before = items;
    vec_reserve(items, room, 1000);
    vec_reserve(items, room, 3);
    assert_ptr_equal(items, before);
    assert_int_equal(room, 1000);
    free(items);
}

static void a_number_s_place_is_where_it_stands_or_would(void **state)
{
    (void)state;
    const struct row {
        uint32_t number, other;
    } rows[] = {{2, 0}, {5, 0}, {UINT32_MAX, 0}};
    assert_int_equal(vec_place_number(rows, 0, sizeof *rows, 7), 0);
    assert_int_equal(vec_place_number(rows, 3, sizeof *rows, 0), 0);
    assert_int_equal(vec_place_number(rows, 3, sizeof *rows, 2), 0);
    assert_int_equal(vec_place_number(rows, 3, sizeof *rows, 3), 1);
    assert_int_equal(vec_place_number(rows, 3, sizeof *rows, UINT32_MAX), 2);
    assert_int_equal(vec_place_number(rows, 2, sizeof *rows, 6), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_cannot_be_counted_end_the_program),
        cmocka_unit_test(what_was_added_stays_while_it_grows),
        cmocka_unit_test(it_moves_seldom),
        cmocka_unit_test(room_that_is_there_is_not_asked_for_again),
        cmocka_unit_test(a_number_s_place_is_where_it_stands_or_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
