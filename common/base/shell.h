// SPDX-License-Identifier: Apache-2.0
// Words of commands that people paste into a shell.
#pragma once

// The text as one word that sh takes for it: as it is where it can stand so, else in quotation marks. The
// caller frees it.
char *shell_word(const char *text);
// The same of several texts one after the other, such as a directory and a file in it; NULL ends them.
char *shell_word_of(const char *first, ...) __attribute__((sentinel));
