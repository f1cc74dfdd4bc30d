// SPDX-License-Identifier: Apache-2.0
// An oblivious pseudorandom function: RFC 9497, mode OPRF, suite ristretto255-SHA512. One side has an input,
// the other a key. The first gets F(key, input) and learns nothing of the key; the second learns nothing of
// the input, nor of the result.
//
//   asker                                              holder of the key
//     oprf_blind(input) -> blind (secret), point ─▶      oprf_evaluate(key, point)
//     oprf_finalize(input, blind, evaluated) ◀─          evaluated
//
// Everything that comes from outside is checked: a point that is not canonical, or the identity, and a scalar
// that is not reduced, or zero, are refused. Constant in time as far as libsodium is. The caller wipes blinds
// and keys.
#pragma once
#include "common/base/util.h"
#include <stdbool.h>

enum {
    OPRF_POINT = 32,  // bytes of a point
    OPRF_SCALAR = 32, // of a key or a blind
    OPRF_OUTPUT = 64,
    OPRF_INPUT_MAX = 512,
};

// A fresh random blind, and the input's point hidden by it. False: the input is too long.
bool oprf_blind(slice_t input, uint8_t ret_blind[static OPRF_SCALAR], uint8_t ret_point[static OPRF_POINT]);
// The same with a given blind: for one that is asked again, and for tests.
bool oprf_blind_with(slice_t input, const uint8_t blind[static OPRF_SCALAR],
                     uint8_t ret_point[static OPRF_POINT]);
// False, and nothing is written: no point, or no key.
bool oprf_evaluate(const uint8_t key[static OPRF_SCALAR], const uint8_t point[static OPRF_POINT],
                   uint8_t ret_point[static OPRF_POINT]);
// False, and nothing is written: what came back is no point, or the blind is none.
bool oprf_finalize(slice_t input, const uint8_t blind[static OPRF_SCALAR],
                   const uint8_t evaluated[static OPRF_POINT], uint8_t ret_output[static OPRF_OUTPUT]);
// What the two sides get together, by who has both the key and the input.
bool oprf_direct(const uint8_t key[static OPRF_SCALAR], slice_t input,
                 uint8_t ret_output[static OPRF_OUTPUT]);

void oprf_key_make(uint8_t ret_key[static OPRF_SCALAR]);
// RFC 9497's DeriveKeyPair: the same key for the same seed of 32 bytes and info of at most OPRF_INPUT_MAX.
// False: none.
bool oprf_key_of_seed(const uint8_t seed[static OPRF_SCALAR], slice_t info,
                      uint8_t ret_key[static OPRF_SCALAR]);
bool oprf_is_key(const uint8_t key[static OPRF_SCALAR]);
bool oprf_is_point(const uint8_t point[static OPRF_POINT]); // canonical, and not the identity

// Tells keys apart without telling anything else: the first bytes of BLAKE2b-256 of the public point.
enum { OPRF_MARK = 8 };
bool oprf_mark(const uint8_t key[static OPRF_SCALAR], uint8_t ret_mark[static OPRF_MARK]);
