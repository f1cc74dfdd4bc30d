// SPDX-License-Identifier: Apache-2.0
// What a person gives that must not stand on the command line, where every user of the machine can read it:
// "-" is standard input, "@FILE" a file's contents, anything else the text itself.
#pragma once
#include <stdbool.h>

// At most `most` bytes of an argument as above. Returns CLI_DONE with a text for typed_wipe, or why not
// (already said). The text itself is overwritten where it stands, so that only who looks in the first moment
// sees it.
int typed_argument(char *argument, unsigned most, char **ret_text);

// The same of an option that names a file; "-": standard input. Pipes will do.
int typed_file(const char *name, unsigned most, char **ret_text);

// Overwrites and frees. For AUTO().
void typed_wipe(char **text);

// Asks on stderr and reads the answer from stdin. False for anything but yes.
bool typed_yes(const char *question);
