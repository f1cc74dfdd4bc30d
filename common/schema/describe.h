// SPDX-License-Identifier: Apache-2.0
// Kinds as they are told to people, in the reader's language.
#pragma once
#include "common/schema/kinds.h"
#include <stdio.h>

// One line a kind; with a kind, its fields, reach, writers, states and personal-data classes.
void kinds_describe(const kind_rule_t *kind, FILE *out);
// Who may write it, in words, without a line end.
void kind_describe_writers(const kind_rule_t *kind, FILE *out);
