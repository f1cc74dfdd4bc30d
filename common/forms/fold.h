// SPDX-License-Identifier: Apache-2.0
// Words as people write them, brought to one form so that they can be compared: small letters, ё as е, blanks
// of any kind joined to one, marks that do not show and quotation marks dropped.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { FOLD_MAX = 256 }; // bytes of what is compared, with the NUL; longer text is cut

// Writes the form into buf and returns it.
const char *fold(const char *text, char buf[static FOLD_MAX]);
// The same of longer text, into `size` bytes; FOLD_ROOM more than the text has are enough for all of it.
enum { FOLD_ROOM = 6 };
const char *fold_into(const char *text, char *buf, size_t size);

// The character at `text` (UTF-8) and its bytes; a byte that begins none is taken for itself.
uint32_t fold_character(const char *text, size_t *ret_bytes);
