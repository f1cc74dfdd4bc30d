// SPDX-License-Identifier: Apache-2.0
// Numbers for names: each distinct key gets the next number, 0, 1, 2 … and keeps it. Keys are never taken
// out.
#pragma once
#include "common/base/util.h"

typedef struct dict dict_t;

static const uint32_t DICT_NONE = UINT32_MAX;

// Hashing is keyed at random, so nobody outside can choose keys that collide.
dict_t *dict_new(void);
void dict_destroy(dict_t **dict);

// The key's number, or DICT_NONE.
uint32_t dict_find(const dict_t *dict, slice_t key);
// The key's number, given now if it is new. The key is copied.
uint32_t dict_add(dict_t *dict, slice_t key);

uint32_t dict_count(const dict_t *dict);
// The key with its bytes and a NUL behind them. Valid until the next dict_add().
const char *dict_key(const dict_t *dict, uint32_t number);
