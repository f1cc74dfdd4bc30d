// SPDX-License-Identifier: Apache-2.0
// A node that nobody can log in to yet, and a computer that has none: what is told on the terminal, and where
// the browser comes in.
#pragma once
#include <stdbool.h>

// url: of the console; "": the node has none, and nothing is said.
void first_say(const char *dir, const char *url);

// Is this a folder for a first start: may a node be made there, or was one made whose recovery phrase nobody
// has printed yet? *ret_is; returns CLI_DONE, or why neither it nor a node can be there (already said).
int first_is_due(const char *dir, bool *ret_is);

// This process becomes the console's page of the first start; only when it cannot, it returns why (already
// said).
int first_setup(const char *dir);
