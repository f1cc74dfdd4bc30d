// SPDX-License-Identifier: Apache-2.0
// Text of which keys are made: codes, numbers, and references to them. One thing that people write in two
// ways must not become two keys, so it is in normal form C with single blanks inside, and nothing in it is
// invisible.
#pragma once
#include "common/base/arena.h"
#include "common/schema/fault.h"

enum { KEYTEXT_MAX = 2049 }; // bytes with the NUL; longer text is of no field

// The text in that form: itself, or in the arena. NULL: the arena is exhausted, or it is no UTF-8.
char *keytext_form(char *text, arena_t *arena);
// Does all of it show? 0, or 1 with KEY-INVISIBLE: the character's name, its place from 1.
int keytext_check_hidden(slice_t text, const char *field, fault_t *ret_fault);
// Is it in that form? 0, or 1 with KEY-FORM.
int keytext_check(slice_t text, const char *field, fault_t *ret_fault);
