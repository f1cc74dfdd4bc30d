// SPDX-License-Identifier: Apache-2.0
// Help pages, made from the rows of verbs.
#pragma once
#include <stdio.h>

#include "services/cli/cli.h"

// Keys of the options that every verb has.
enum { HELP_KEY_NODE = 0x101, HELP_KEY_JSON, HELP_KEY_VERSION, HELP_KEY_HELP = 'h' };

// Ended by a row without name.
extern const struct argp_option HELP_COMMON_OPTIONS[];
enum { HELP_COMMON_MAX = 8 };
// Those of them that a verb leaves as they are: an option of its own may have the same name. Returns how
// many, without the row that ends them.
size_t help_common(const verb_t *verb, struct argp_option *out);

// Prints the page of what `cli` names: all verbs, a group, or one verb.
void help_print(const cli_t *cli, FILE *out);

// Prints `text` from cell `indent` on, wrapped at `width` cells; the first line starts at cell `at`. Line
// ends of the text are kept. Ends with a line end.
void help_wrap(FILE *out, const char *text, size_t at, size_t indent, size_t width);
