// SPDX-License-Identifier: Apache-2.0
// Checks that the rows of kinds fit their messages. check_kinds.c runs it over KINDS[] in every build.
#pragma once
#include "proto/kind.h"
#include <stdio.h>

// Checks each row by itself and all against each other: a rule for every field of the message and a field for
// every rule; C types that fit; a personal-data class; known flags; sizes; keys, references and org_field
// that can be followed; numbers and names that are there once, ascending. Writes one line per mistake to
// `out`. Returns how many there are.
size_t rules_check(const kind_rule_t *const *kinds, size_t n_kinds, FILE *out);
