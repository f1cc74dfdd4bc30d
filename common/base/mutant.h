// SPDX-License-Identifier: Apache-2.0
// Seeded mistakes: the simulator must find each of them (tests/sim). Only its own build of the core has them;
// everywhere else MUTANT("x") is the constant false and leaves no code.
#pragma once

#ifdef SELENGA_MUTANTS
#include <stdbool.h>
#include <string.h>

extern const char *mutant_on; // NULL: none
static inline bool mutant_is(const char *name)
{
    return __builtin_expect(mutant_on != NULL, 0) && strcmp(mutant_on, name) == 0;
}
#define MUTANT(name) mutant_is(name)
#else
#define MUTANT(name) 0
#endif
