// SPDX-License-Identifier: Apache-2.0
// What somebody meant who typed with the other keyboard layout: bdfyjd for иванов.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// The text as the same keys give it in the Russian layout, if it has Latin letters; or in the Latin one, if
// it has Russian ones. Whatever has no place on both stays. False, and nothing useful in `ret`: it has
// neither, both, or does not fit.
bool layout_other(const char *text, char *ret, size_t size);
