// SPDX-License-Identifier: Apache-2.0
// Numbers for keys.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/base/hash.h"
#include <cmocka.h>
#include <stdio.h>

enum { KEYS = 5000 };

static char keys[KEYS][16];

static slice_t key_of(const void *owner, uint32_t number)
{
    assert_ptr_equal(owner, keys);
    assert_true(number < KEYS);
    return slice_text(keys[number]);
}

static uint32_t add(hash_t *hash, const char *key)
{
    uint32_t before = hash->n, number = hash_add(hash, slice_text(key));
    if (number == before) snprintf(keys[number], sizeof keys[number], "%s", key);
    return number;
}

static void what_was_never_added_is_not_found(void **state)
{
    (void)state;
    hash_t hash;
    hash_init(&hash, key_of, keys);
    assert_int_equal(hash_find(&hash, slice_text("a")), HASH_NONE);
    assert_int_equal(add(&hash, "a"), 0);
    assert_int_equal(hash_find(&hash, slice_text("b")), HASH_NONE);
    assert_int_equal(hash_find(&hash, (slice_t){0}), HASH_NONE);
    assert_int_equal(hash_find(&hash, slice_text("aa")), HASH_NONE);
    hash_empty(&hash);
    assert_int_equal(hash_find(&hash, slice_text("a")), HASH_NONE);
    assert_int_equal(add(&hash, "b"), 0); // and begins anew
    hash_empty(&hash);
    hash_empty(&hash);
}

static void each_key_keeps_its_number_while_the_table_grows(void **state)
{
    (void)state;
    hash_t hash;
    char text[16];
    hash_init(&hash, key_of, keys);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < KEYS; i++) {
            snprintf(text, sizeof text, "key %u", i * 7919u);
            assert_int_equal(add(&hash, text), i);
        }
    assert_int_equal(hash.n, KEYS);
    for (uint32_t i = 0; i < KEYS; i++) {
        snprintf(text, sizeof text, "key %u", i * 7919u);
        assert_int_equal(hash_find(&hash, slice_text(text)), i);
    }
    hash_empty(&hash);
}

static void two_tables_put_the_same_keys_in_other_places(void **state)
{
    (void)state;
    hash_t a, b;
    hash_init(&a, key_of, keys);
    hash_init(&b, key_of, keys);
    assert_memory_not_equal(a.seed, b.seed, sizeof a.seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_never_added_is_not_found),
        cmocka_unit_test(each_key_keeps_its_number_while_the_table_grows),
        cmocka_unit_test(two_tables_put_the_same_keys_in_other_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
