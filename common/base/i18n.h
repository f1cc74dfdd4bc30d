// SPDX-License-Identifier: Apache-2.0
// Messages for people, in their language. The English text in the source is the key; common/po/LANG.po holds
// the others.
//
// glibc's gettext is not used at run time: it translates nothing under C.UTF-8, the only locale of a bare
// Debian, whatever LANGUAGE says. So we look the text up ourselves in the compiled catalogue beside the
// program
// (../share/locale/LANG/LC_MESSAGES/selenga.mo). Text is always UTF-8. Anything wrong with a catalogue means
// English.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// The text in the user's language. Keep %-marks as they are: msgfmt checks them when the catalogue is built.
#define _(text) i18n_text(text)
// Marks a text of a table; it is translated where it is shown: _(row->text).
#define N_(text) text

// Chooses the language (LC_ALL, else LC_MESSAGES, else LANG) and makes character handling UTF-8. Call once,
// first in main(). Without it everything stays English.
void i18n_init(void);

// Loads a catalogue from a file. Returns 0, or negative errno: -EBADMSG when it is not a whole .mo file.
// Replaces the one before.
int i18n_load(const char *path);

// Returns the translation of `msgid`, or `msgid` itself. Valid until the process ends.
const char *i18n_text(const char *msgid) __attribute__((format_arg(1)));

// "ru" or "en": what i18n_init() chose.
const char *i18n_language(void);

// Of a text that is there in both languages, as kinds have theirs, the user's.
const char *i18n_of(const char *english, const char *russian);
