// SPDX-License-Identifier: Apache-2.0
// Messages for people, in their language. The English text in the source is the key; common/po/LANG.po holds
// the others.
//
// glibc's gettext is not used at run time: it translates nothing under C.UTF-8, the only locale of a bare
// Debian, whatever LANGUAGE says, and knows one language per process. So we look the text up ourselves in the
// compiled catalogue beside the program (../share/locale/LANG/LC_MESSAGES/selenga.mo). Text is always UTF-8.
// Anything wrong with a catalogue means English.
//
// A program of one reader calls i18n_init() and writes _("..."): that is the language of the environment. One
// that serves people of several languages calls i18n_init_all(), and either names the language in the call
// (i18n_in and all functions that take a lang_t), or gives a thread the language of those for whom it works
// now (i18n_use). Catalogues are never changed once they are there: any thread may look up at any time.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum lang {
    LANG_EN = 0,
    LANG_RU,
    LANG_COUNT,
} lang_t;

// The text in the thread's language. Keep %-marks as they are: msgfmt checks them when the catalogue is
// built.
#define _(text) i18n_text(text)
// With a count and a noun: i18n_n("%zu row", "%zu rows", n), even where English would do with one of them.
// Marks a text of a table; it is translated where it is shown: _(row->text), i18n_in(lang, row->text).
#define N_(text) text

// Chooses the language (LC_ALL, else LC_MESSAGES, else LANG) and makes character handling UTF-8. Call once,
// first in main(). Without it everything stays English.
void i18n_init(void);

// The same, and loads all languages. Returns how many are there; those that are not answer in English.
int i18n_init_all(void);

// Loads a catalogue from a file. Returns 0, or negative errno: -EBADMSG when it is not a whole .mo file.
// Replaces the one before, whose texts stay valid.
int i18n_load(lang_t lang, const char *path);

// The language of _() in this thread: what i18n_use() said, else that of the environment.
lang_t i18n_now(void);
// From now on _() in this thread speaks `lang`. Returns the language before, to be put back.
lang_t i18n_use(lang_t lang);

// Returns the translation of `msgid`, or `msgid` itself. Valid until the process ends.
const char *i18n_in(lang_t lang, const char *msgid) __attribute__((format_arg(2)));
// The same in the thread's language.
const char *i18n_text(const char *msgid) __attribute__((format_arg(1)));

// The same for a count: `one` or `many` in English, elsewhere the form that the language has for n.
const char *i18n_n_in(lang_t lang, const char *one, const char *many, unsigned long long n)
    __attribute__((format_arg(2), format_arg(3)));
const char *i18n_n(const char *one, const char *many, unsigned long long n)
    __attribute__((format_arg(1), format_arg(2)));

// A day as the language's readers write it: 10.01.2024; ISO 8601 in English. buf: DATE_TEXT bytes, which it
// returns.
const char *i18n_day(lang_t lang, int32_t days, char *buf);

// "ru", "en".
const char *lang_name(lang_t lang);
// False, and nothing is written, for a name of none.
bool lang_by_name(const char *name, lang_t *ret_lang);
// lang_name(i18n_now()).
const char *i18n_language(void);
