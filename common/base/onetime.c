// SPDX-License-Identifier: Apache-2.0
#include "common/base/onetime.h"
#include <sodium.h>
#include <string.h>

enum { GROUP = 4 };

static const char LETTERS[] = "abcdefghijkmnpqrstuvwxyz23456789";
_Static_assert(sizeof LETTERS - 1 == 32, "five bits each");

static bool is_gap(size_t at)
{
    return at % (GROUP + 1) == GROUP;
}

void onetime_make(char ret[static ONETIME_TEXT])
{
    for (size_t i = 0; i < ONETIME_TEXT - 1; i++)
        ret[i] = is_gap(i) ? '-' : LETTERS[randombytes_uniform(sizeof LETTERS - 1)];
    ret[ONETIME_TEXT - 1] = '\0';
}

bool onetime_is(const char *text)
{
    if (strlen(text) != ONETIME_TEXT - 1) return false;
    for (size_t i = 0; i < ONETIME_TEXT - 1; i++)
        if (is_gap(i) ? text[i] != '-' : strchr(LETTERS, text[i]) == NULL) return false;
    return true;
}
