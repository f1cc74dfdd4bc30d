// SPDX-License-Identifier: Apache-2.0
// Cells as people write them, in the outside form of their field: days as 01.09.2015, 1.9.15, 010915 or the
// numbers that Excel keeps; да, нет, + and 1; words of an enumeration by their labels; decimal commas and
// blanks between thousands; texts with line breaks.
#pragma once
#include "common/base/arena.h"
#include "common/schema/body.h"

// The value in the form that body_set_text takes: the cell itself, a constant, or a text in the arena. What
// cannot be read stays as it is, so that body_set_text says what is wrong with it. NULL: the arena is
// exhausted.
const char *value_read(const field_rule_t *field, const char *cell, arena_t *arena);

// Days of 1900-01-01 and on as Excel counts them. False for what is no day of 1900 to 2099.
bool value_serial(const char *text, int32_t *ret_days);

// A day in any of the forms in which a cell may have it, also 2015-09-01. False: it is none, and *ret_days
// may hold anything.
bool value_day(const char *text, int32_t *ret_days);
