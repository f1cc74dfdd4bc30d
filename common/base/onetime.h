// SPDX-License-Identifier: Apache-2.0
// What a person copies once from paper or a terminal: a one-time password, a code.
#pragma once
#include <stdbool.h>

enum { ONETIME_TEXT = 15 }; // with its end

// xxxx-xxxx-xxxx, 60 bits, without letters and digits that look alike.
void onetime_make(char ret[static ONETIME_TEXT]);
// Is it of that form?
bool onetime_is(const char *text);
