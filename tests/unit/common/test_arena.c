// SPDX-License-Identifier: Apache-2.0
// Memory of one message: the bound holds against hostile bytes, and what is handed out is clean.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "proto/api.pb-c.h"
#include <cmocka.h>
#include <stdlib.h>

static void a_mebibyte_of_empty_messages_is_refused(void **state)
{
    (void)state;
    enum { SIZE = 1024 * 1024 };
    AUTO(xfree) uint8_t *hostile = xmalloc(SIZE);
    for (size_t i = 0; i < SIZE; i += 2) { // Put{groups: [{}, {}, {} ...]}: 72 MiB without a bound
        hostile[i] = 0x0a;
        hostile[i + 1] = 0;
    }
    AUTO(arena_destroy) arena_t *arena = arena_new(SIZE);
    assert_null(selenga__put__unpack(arena_allocator(arena), SIZE, hostile));
    assert_true(arena_exhausted(arena));
}

static void nothing_beyond_the_bound_is_handed_out(void **state)
{
    (void)state;
    AUTO(arena_destroy) arena_t *arena = arena_new(0);
    assert_null(arena_alloc(arena, ARENA_MIN + 1));
    assert_null(arena_alloc(arena, 1)); // and nothing afterwards: one look at the end is enough
    arena_reset(arena, 0);
    assert_null(arena_alloc(arena, SIZE_MAX));
    arena_reset(arena, SIZE_MAX);
    assert_null(arena_alloc(arena, ARENA_LIMIT + 1));
}

static void empty_pieces_cost_something(void **state)
{
    (void)state;
    AUTO(arena_destroy) arena_t *arena = arena_new(0);
    size_t n = 0;
    while (arena_alloc(arena, 0) != NULL) n++;
    assert_in_range(n, 1, ARENA_MIN);
}

static void pieces_are_zero_and_aligned(void **state)
{
    (void)state;
    AUTO(arena_destroy) arena_t *arena = arena_new(8192);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size < 200; size += 7) {
            uint8_t *piece = arena_alloc(arena, size);
            assert_non_null(piece);
            assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++) assert_int_equal(piece[i], 0);
            memset(piece, 0xff, size);
        }
        arena_reset(arena, 8192);
    }
}

static void texts_are_copied_with_an_end(void **state)
{
    (void)state;
    AUTO(arena_destroy) arena_t *arena = arena_new(0);
    assert_string_equal(arena_text(arena, slice("школа и ещё", 10)), "школа");
    assert_string_equal(arena_text(arena, (slice_t){0}), "");
}

static void destroying_nothing_is_allowed(void **state)
{
    (void)state;
    arena_t *arena = NULL;
    arena_destroy(&arena);
    arena = arena_new(1);
    arena_destroy(&arena);
    assert_null(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mebibyte_of_empty_messages_is_refused),
        cmocka_unit_test(nothing_beyond_the_bound_is_handed_out),
        cmocka_unit_test(empty_pieces_cost_something),
        cmocka_unit_test(pieces_are_zero_and_aligned),
        cmocka_unit_test(texts_are_copied_with_an_end),
        cmocka_unit_test(destroying_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
