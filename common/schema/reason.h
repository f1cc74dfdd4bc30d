// SPDX-License-Identifier: Apache-2.0
// Why a program proposed something: codes with arguments, as they stand in a record, and the sentence that a
// person reads, in his language and not in that of whoever wrote the record.
//
//   NEED:F:C-1:high:10:D-1;NO-PROGRAMME      items parted by ';', pieces by ':', which codes do not hold
#pragma once
#include "common/base/i18n.h"
#include <stdbool.h>
#include <stddef.h>

enum { REASON_TEXT = 8192 }; // bytes of a sentence, with its NUL

// Adds an item to those in buf, whole or not at all: false when it does not fit into size bytes.
bool reason_add(char *buf, size_t size, const char *item);

// What a record says as a sentence: in buf of REASON_TEXT bytes, or, when it is no list of codes that this
// program knows, the text itself. Programs before wrote whole sentences.
const char *reason_text_in(const char *said, lang_t lang, char *buf);
// The same in the thread's language.
const char *reason_text(const char *said, char *buf);
