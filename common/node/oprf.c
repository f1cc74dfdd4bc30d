// SPDX-License-Identifier: Apache-2.0
#include "common/node/oprf.h"
#include <assert.h>
#include <sodium.h>
#include <string.h>

// RFC 9497, 3.1 and 3.2.1: what for, and contextString, "OPRFV1-" ‖ mode 0 ‖ "-" ‖ suite. Its NUL is part of
// it.
#define CONTEXT "OPRFV1-\0-ristretto255-SHA512"
static const char POINT_DST[] = "HashToGroup-" CONTEXT, KEY_DST[] = "DeriveKeyPair" CONTEXT;
enum { HASH = crypto_hash_sha512_BYTES, HASH_BLOCK = 128, MARK_HASH = 32 };

static_assert(OPRF_POINT == crypto_core_ristretto255_BYTES, "points are points");
static_assert(OPRF_SCALAR == crypto_core_ristretto255_SCALARBYTES, "scalars are scalars");
static_assert(HASH == crypto_core_ristretto255_HASHBYTES, "one hash makes one point");

static void add(crypto_hash_sha512_state *state, const void *data, size_t size)
{
    crypto_hash_sha512_update(state, data, size);
}

// expand_message_xmd of RFC 9380, 5.3.1, for the one length that is needed: one hash.
static void expand(slice_t input, slice_t dst, uint8_t ret[static HASH])
{
    static const uint8_t zeros[HASH_BLOCK], length[] = {0, HASH, 0}, one = 1;
    const uint8_t dst_size = (uint8_t)dst.size;
    uint8_t first[HASH];
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    add(&state, zeros, sizeof zeros);
    add(&state, input.data, input.size);
    add(&state, length, sizeof length);
    add(&state, dst.data, dst.size);
    add(&state, &dst_size, 1);
    crypto_hash_sha512_final(&state, first);
    crypto_hash_sha512_init(&state);
    add(&state, first, sizeof first);
    add(&state, &one, 1);
    add(&state, dst.data, dst.size);
    add(&state, &dst_size, 1);
    crypto_hash_sha512_final(&state, ret);
    sodium_memzero(first, sizeof first);
    sodium_memzero(&state, sizeof state);
}

static bool point_of(slice_t input, uint8_t ret_point[static OPRF_POINT])
{
    uint8_t uniform[HASH];
    if (input.size > OPRF_INPUT_MAX) return false;
    expand(input, slice(POINT_DST, sizeof POINT_DST - 1), uniform);
    crypto_core_ristretto255_from_hash(ret_point, uniform);
    sodium_memzero(uniform, sizeof uniform);
    return !sodium_is_zero(ret_point, OPRF_POINT);
}

bool oprf_is_point(const uint8_t point[static OPRF_POINT])
{
    return !sodium_is_zero(point, OPRF_POINT) && crypto_core_ristretto255_is_valid_point(point) == 1;
}

// Reduced modulo the group's order, and not zero. Adding zero reduces it.
bool oprf_is_key(const uint8_t key[static OPRF_SCALAR])
{
    static const uint8_t zero[OPRF_SCALAR];
    uint8_t reduced[OPRF_SCALAR];
    crypto_core_ristretto255_scalar_add(reduced, key, zero);
    bool good = sodium_memcmp(reduced, key, OPRF_SCALAR) == 0 && !sodium_is_zero(key, OPRF_SCALAR);
    sodium_memzero(reduced, sizeof reduced);
    return good;
}

void oprf_key_make(uint8_t ret_key[static OPRF_SCALAR])
{
    crypto_core_ristretto255_scalar_random(ret_key);
}

bool oprf_key_of_seed(const uint8_t seed[static OPRF_SCALAR], slice_t info,
                      uint8_t ret_key[static OPRF_SCALAR])
{
    uint8_t input[OPRF_SCALAR + 2 + OPRF_INPUT_MAX + 1], uniform[HASH];
    size_t size = OPRF_SCALAR + 2 + info.size;
    if (info.size > OPRF_INPUT_MAX) return false;
    memcpy(input, seed, OPRF_SCALAR);
    input[OPRF_SCALAR] = (uint8_t)(info.size >> 8);
    input[OPRF_SCALAR + 1] = (uint8_t)info.size;
    memcpy(input + OPRF_SCALAR + 2, info.data, info.size);
    bool made = false;
    for (unsigned counter = 0; counter <= UINT8_MAX && !made; counter++) { // the first, but for one in 2^252
        input[size] = (uint8_t)counter;
        expand(slice(input, size + 1), slice(KEY_DST, sizeof KEY_DST - 1), uniform);
        crypto_core_ristretto255_scalar_reduce(ret_key, uniform);
        made = !sodium_is_zero(ret_key, OPRF_SCALAR);
    }
    sodium_memzero(input, sizeof input);
    sodium_memzero(uniform, sizeof uniform);
    return made;
}

bool oprf_blind_with(slice_t input, const uint8_t blind[static OPRF_SCALAR],
                     uint8_t ret_point[static OPRF_POINT])
{
    uint8_t point[OPRF_POINT];
    bool done = oprf_is_key(blind) && point_of(input, point) &&
                crypto_scalarmult_ristretto255(ret_point, blind, point) == 0;
    sodium_memzero(point, sizeof point);
    return done;
}

bool oprf_blind(slice_t input, uint8_t ret_blind[static OPRF_SCALAR], uint8_t ret_point[static OPRF_POINT])
{
    oprf_key_make(ret_blind);
    return oprf_blind_with(input, ret_blind, ret_point);
}

bool oprf_evaluate(const uint8_t key[static OPRF_SCALAR], const uint8_t point[static OPRF_POINT],
                   uint8_t ret_point[static OPRF_POINT])
{
    uint8_t result[OPRF_POINT];
    if (!oprf_is_key(key) || !oprf_is_point(point) || crypto_scalarmult_ristretto255(result, key, point) != 0)
        return false;
    memcpy(ret_point, result, OPRF_POINT);
    return true;
}

// Hash(length ‖ input ‖ length ‖ element ‖ "Finalize"), lengths of two bytes.
static void finish(slice_t input, const uint8_t element[static OPRF_POINT],
                   uint8_t ret_output[static OPRF_OUTPUT])
{
    static const char label[] = "Finalize";
    const uint8_t input_size[] = {(uint8_t)(input.size >> 8), (uint8_t)input.size};
    const uint8_t element_size[] = {0, OPRF_POINT};
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    add(&state, input_size, sizeof input_size);
    add(&state, input.data, input.size);
    add(&state, element_size, sizeof element_size);
    add(&state, element, OPRF_POINT);
    add(&state, label, sizeof label - 1);
    crypto_hash_sha512_final(&state, ret_output);
    sodium_memzero(&state, sizeof state);
}

bool oprf_finalize(slice_t input, const uint8_t blind[static OPRF_SCALAR],
                   const uint8_t evaluated[static OPRF_POINT], uint8_t ret_output[static OPRF_OUTPUT])
{
    uint8_t inverse[OPRF_SCALAR], element[OPRF_POINT];
    bool done = input.size <= OPRF_INPUT_MAX && oprf_is_key(blind) && oprf_is_point(evaluated) &&
                crypto_core_ristretto255_scalar_invert(inverse, blind) == 0 &&
                crypto_scalarmult_ristretto255(element, inverse, evaluated) == 0;
    if (done) finish(input, element, ret_output);
    sodium_memzero(inverse, sizeof inverse);
    sodium_memzero(element, sizeof element);
    return done;
}

bool oprf_direct(const uint8_t key[static OPRF_SCALAR], slice_t input, uint8_t ret_output[static OPRF_OUTPUT])
{
    uint8_t element[OPRF_POINT];
    bool done = oprf_blind_with(input, key, element); // a key multiplies as a blind does
    if (done) finish(input, element, ret_output);
    sodium_memzero(element, sizeof element);
    return done;
}

bool oprf_mark(const uint8_t key[static OPRF_SCALAR], uint8_t ret_mark[static OPRF_MARK])
{
    uint8_t public[OPRF_POINT], sum[MARK_HASH];
    if (!oprf_is_key(key) || crypto_scalarmult_ristretto255_base(public, key) != 0) return false;
    crypto_generichash(sum, sizeof sum, public, sizeof public, NULL, 0);
    memcpy(ret_mark, sum, OPRF_MARK);
    return true;
}
