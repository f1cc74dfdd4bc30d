// SPDX-License-Identifier: Apache-2.0
// Bodies by choices: every byte of the input picks one of a few values, so that bodies of every kind come by
// that are nearly good, refer to each other, and stand in the tree of rig.h.
#pragma once
#include "common/schema/body.h"
#include "tests/fuzz/fuzz.h"

// Takes choices for each field off the front; a field whose text breaks its rule is left out. In the arena.
body_t *choose_body(const kind_rule_t *kind, slice_t *in, arena_t *arena);
// One of the words that bodies here are made of.
const char *choose_word(slice_t *in);
