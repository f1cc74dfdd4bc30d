// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/node/oprf.h"
#include "common/schema/ids.h"
#include <sodium.h>

static const char KEY[] = "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e";

static void read_hex(const char *hex, uint8_t *ret, size_t size)
{
    assert_int_equal(hex_parse(slice_text(hex), ret, size), size);
}

// --- refused ---------------------------------------------------------------------------------------

static void a_point_that_is_none_is_refused(void **state)
{
    // not canonical; a negative field element; not a square; the field's order; all from RFC 9496, A.3
    static const char *const bad[] = {
        "0000000000000000000000000000000000000000000000000000000000000000", // the identity
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    uint8_t key[OPRF_SCALAR], point[OPRF_POINT], result[OPRF_POINT] = {7}, output[OPRF_OUTPUT];
    (void)state;
    read_hex(KEY, key, sizeof key);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        read_hex(bad[i], point, sizeof point);
        assert_false(oprf_is_point(point));
        assert_false(oprf_evaluate(key, point, result));
        assert_false(oprf_finalize(slice_text("x"), key, point, output));
    }
    assert_int_equal(result[0], 7); // nothing was written
}

static void a_scalar_that_is_not_reduced_or_zero_is_refused(void **state)
{
    static const char *const bad[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", // the order
        "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", // and one more
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    uint8_t key[OPRF_SCALAR], good[OPRF_SCALAR], point[OPRF_POINT], output[OPRF_OUTPUT];
    uint8_t mark[OPRF_MARK];
    (void)state;
    assert_true(oprf_blind(slice_text("x"), good, point));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        read_hex(bad[i], key, sizeof key);
        assert_false(oprf_is_key(key));
        assert_false(oprf_evaluate(key, point, output));
        assert_false(oprf_blind_with(slice_text("x"), key, output));
        assert_false(oprf_finalize(slice_text("x"), key, point, output));
        assert_false(oprf_direct(key, slice_text("x"), output));
        assert_false(oprf_mark(key, mark));
    }
}

static void an_input_that_is_too_long_is_refused(void **state)
{
    static const uint8_t long_one[OPRF_INPUT_MAX + 1];
    uint8_t blind[OPRF_SCALAR], point[OPRF_POINT];
    (void)state;
    assert_false(oprf_blind(slice(long_one, sizeof long_one), blind, point));
    assert_true(oprf_blind(slice(long_one, sizeof long_one - 1), blind, point));
}

// --- right -----------------------------------------------------------------------------------------

typedef struct vector {
    const char *input, *blind, *blinded, *evaluated, *output;
} vector_t;

// RFC 9497, A.1.1: mode OPRF, ristretto255-SHA512.
static const vector_t VECTORS[] = {
    {"00", "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706",
     "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
     "7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e",
     "527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3"
     "ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6"},
    {"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706",
     "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418",
     "b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25",
     "f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4"
     "f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73"},
};

static void the_vectors_of_rfc_9497_come_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(VECTORS); i++) {
        const vector_t *v = &VECTORS[i];
        uint8_t key[OPRF_SCALAR], blind[OPRF_SCALAR], input[32], point[OPRF_POINT], expected[OPRF_OUTPUT];
        uint8_t output[OPRF_OUTPUT];
        int size = hex_parse(slice_text(v->input), input, sizeof input);
        read_hex(KEY, key, sizeof key);
        read_hex(v->blind, blind, sizeof blind);
        assert_true(oprf_blind_with(slice(input, (size_t)size), blind, point));
        read_hex(v->blinded, expected, OPRF_POINT);
        assert_memory_equal(point, expected, OPRF_POINT);
        assert_true(oprf_evaluate(key, point, point));
        read_hex(v->evaluated, expected, OPRF_POINT);
        assert_memory_equal(point, expected, OPRF_POINT);
        assert_true(oprf_finalize(slice(input, (size_t)size), blind, point, output));
        read_hex(v->output, expected, OPRF_OUTPUT);
        assert_memory_equal(output, expected, OPRF_OUTPUT);
        assert_true(oprf_direct(key, slice(input, (size_t)size), output));
        assert_memory_equal(output, expected, OPRF_OUTPUT);
    }
}

static void the_key_of_the_vectors_comes_of_their_seed(void **state)
{
    uint8_t seed[OPRF_SCALAR], key[OPRF_SCALAR], expected[OPRF_SCALAR];
    (void)state;
    memset(seed, 0xa3, sizeof seed);
    read_hex(KEY, expected, sizeof expected);
    assert_true(oprf_key_of_seed(seed, slice_text("test key"), key));
    assert_memory_equal(key, expected, sizeof key);
    assert_true(oprf_key_of_seed(seed, slice_text("another"), key));
    assert_memory_not_equal(key, expected, sizeof key);
}

static void blinding_hides_the_input_and_does_not_change_the_result(void **state)
{
    uint8_t key[OPRF_SCALAR], blind[2][OPRF_SCALAR], point[2][OPRF_POINT], output[2][OPRF_OUTPUT];
    slice_t input = slice_text("snils:11223344595");
    (void)state;
    oprf_key_make(key);
    for (int i = 0; i < 2; i++) {
        assert_true(oprf_blind(input, blind[i], point[i]));
        assert_true(oprf_is_point(point[i]));
        uint8_t evaluated[OPRF_POINT];
        assert_true(oprf_evaluate(key, point[i], evaluated));
        assert_true(oprf_finalize(input, blind[i], evaluated, output[i]));
    }
    assert_memory_not_equal(point[0], point[1], OPRF_POINT);
    assert_memory_equal(output[0], output[1], OPRF_OUTPUT);
    assert_true(oprf_direct(key, input, output[1]));
    assert_memory_equal(output[0], output[1], OPRF_OUTPUT);
}

static void another_key_or_input_gives_another_result_and_another_mark(void **state)
{
    uint8_t key[2][OPRF_SCALAR], output[3][OPRF_OUTPUT], mark[2][OPRF_MARK];
    (void)state;
    for (int i = 0; i < 2; i++) {
        oprf_key_make(key[i]);
        assert_true(oprf_is_key(key[i]));
        assert_true(oprf_direct(key[i], slice_text("a"), output[i]));
        assert_true(oprf_mark(key[i], mark[i]));
    }
    assert_true(oprf_direct(key[0], slice_text("b"), output[2]));
    assert_memory_not_equal(output[0], output[1], OPRF_OUTPUT);
    assert_memory_not_equal(output[0], output[2], OPRF_OUTPUT);
    assert_memory_not_equal(mark[0], mark[1], OPRF_MARK);
}

int main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_that_is_none_is_refused),
        cmocka_unit_test(a_scalar_that_is_not_reduced_or_zero_is_refused),
        cmocka_unit_test(an_input_that_is_too_long_is_refused),
        cmocka_unit_test(the_vectors_of_rfc_9497_come_out),
        cmocka_unit_test(the_key_of_the_vectors_comes_of_their_seed),
        cmocka_unit_test(blinding_hides_the_input_and_does_not_change_the_result),
        cmocka_unit_test(another_key_or_input_gives_another_result_and_another_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
