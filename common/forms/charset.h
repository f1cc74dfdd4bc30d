// SPDX-License-Identifier: Apache-2.0
// In which charset a text file is written, told from what is in it, and the file as UTF-8.
//
// UTF-8 and UTF-16 are told by their form. Eight-bit charsets all give some text: that one is taken in which
// the file reads as Russian words in sensible case, and only if no other comes near it. UTF-8 that was made
// from bytes taken for another charset is turned back where that leaves nothing over. Else the whole file is
// refused.
#pragma once
#include "common/schema/fault.h"
#include <stdio.h>

enum { CHARSET_E_FAULT = 1 };

// Looks through `in` from where it stands; a pipe is first copied to an unnamed temporary file. *ret_text is
// `in`, behind its byte order mark, or a temporary file of the caller's. *ret_name: what it was, a constant.
// 0, or CHARSET_E_FAULT.
int charset_open(FILE *in, FILE **ret_text, const char **ret_name, fault_t *ret_fault);
