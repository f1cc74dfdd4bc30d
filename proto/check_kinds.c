// SPDX-License-Identifier: Apache-2.0
// Runs at the end of its own build and fails it when a kind's row and its message do not fit.
#include "proto/rules_check.h"

int main(void)
{
    size_t mistakes = rules_check(KINDS, N_KINDS, stderr);
    if (mistakes > 0) fprintf(stderr, "%zu mistakes in the rows of kinds\n", mistakes);
    return mistakes > 0 ? 1 : 0;
}
