// SPDX-License-Identifier: Apache-2.0
// Files that the console keeps for a while: DIR/console, open to the node's own user alone. Nothing in it
// leaves the node.
#pragma once
#include "common/base/util.h"

enum { FILES_PATH = 128 };

#define FILES_DIR "console"

// Makes the folder where it is not there. 0 or negative errno.
int files_open(void);
// A name in the folder that nobody has: prefix, random letters, suffix. 0 or negative errno.
int files_fresh(const char *prefix, const char *suffix, char ret_path[static FILES_PATH]);
