// SPDX-License-Identifier: Apache-2.0
// Lookup in a compiled gettext catalogue (.mo).
//
//   0  magic 0x950412de | 4 revision | 8 count | 12 offset of originals | 16 offset of translations
//   a table: count x {length, offset}, originals ascending by bytes, each text ends in NUL (not counted)
//
// All numbers are in the byte order of the machine that built it; a foreign order is refused, we build where
// we run.
#include "common/base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/date.h"
#include "common/base/util.h"

enum { MO_MAGIC = 0x950412de, MO_HEADER = 20, MO_MAX_BYTES = 16 << 20 };

typedef struct catalogue {
    const struct catalogue *before; // kept: its texts may still be in use
    const char *bytes;
    size_t size;
    uint32_t count, originals, translations;
} catalogue_t;

// What is there is never changed: a newer one takes its place. English needs none.
static const catalogue_t *_Atomic catalogues[LANG_COUNT];

static const char *const NAMES[LANG_COUNT] = {[LANG_EN] = "en", [LANG_RU] = "ru"};

// Of the process, as the locale that it stands for: written by i18n_init() before any other thread exists.
static lang_t of_process = LANG_EN;
// Of the thread: 1 + language; 0: that of the process.
static _Thread_local int of_thread;

static uint32_t number_at(const char *bytes, size_t offset)
{
    uint32_t n;
    memcpy(&n, bytes + offset, sizeof n);
    return n;
}

// The text of row `i` of the table at `table`; NULL if it lies outside of the file or is not terminated.
static const char *text_at(const char *bytes, size_t size, uint32_t table, uint32_t i, size_t *ret_length)
{
    size_t length = number_at(bytes, table + 8UL * i);
    size_t offset = number_at(bytes, table + 8UL * i + 4);
    if (offset >= size || length >= size - offset || bytes[offset + length] != '\0') return NULL;
    *ret_length = length;
    return bytes + offset;
}

// Everything a lookup relies on is checked once, here.
static bool whole(const char *bytes, size_t size)
{
    if (size < MO_HEADER || number_at(bytes, 0) != MO_MAGIC || number_at(bytes, 4) >> 16 != 0) return false;
    uint32_t count = number_at(bytes, 8);
    for (int table = 0; table < 2; table++) {
        uint32_t start = number_at(bytes, 12 + 4UL * table);
        if (start > size || count > (size - start) / 8) return false;
        for (uint32_t i = 0; i < count; i++) {
            size_t length;
            if (!text_at(bytes, size, start, i, &length)) return false;
        }
    }
    return true;
}

int i18n_load(lang_t lang, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    struct stat st;
    void *bytes = MAP_FAILED;
    if (fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size <= MO_MAX_BYTES)
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED) return -EBADMSG;
    if (!whole(bytes, (size_t)st.st_size)) {
        munmap(bytes, (size_t)st.st_size);
        return -EBADMSG;
    }
    catalogue_t *made = xmalloc(sizeof *made);
    *made = (catalogue_t){.before = catalogues[lang],
                          .bytes = bytes,
                          .size = (size_t)st.st_size,
                          .count = number_at(bytes, 8),
                          .originals = number_at(bytes, 12),
                          .translations = number_at(bytes, 16)};
    catalogues[lang] = made;
    return 0;
}

static const char *find(const catalogue_t *c, const char *msgid, size_t *ret_length)
{
    uint32_t low = 0, high = c->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        size_t length;
        const char *original = text_at(c->bytes, c->size, c->originals, middle, &length);
        int order = strcmp(msgid, original);
        if (order == 0) return text_at(c->bytes, c->size, c->translations, middle, ret_length);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *i18n_in(lang_t lang, const char *msgid)
{
    size_t length = 0;
    const catalogue_t *c = catalogues[lang];
    // The empty text is the catalogue's own header.
    const char *text = *msgid && c ? find(c, msgid, &length) : NULL;
    return text && length > 0 ? text : msgid;
}

// Which of a language's forms a count has: Plural-Forms of its catalogue.
static size_t form_of(lang_t lang, unsigned long long n)
{
    if (lang != LANG_RU) return n != 1;
    if (n % 10 == 1 && n % 100 != 11) return 0;
    return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 10 || n % 100 >= 20) ? 1 : 2;
}

// A row of the catalogue with forms has them one after the other, a NUL between them.
const char *i18n_n_in(lang_t lang, const char *one, const char *many, unsigned long long n)
{
    size_t length = 0;
    const catalogue_t *c = catalogues[lang];
    const char *text = c ? find(c, one, &length) : NULL;
    if (!text || length == 0) return form_of(LANG_EN, n) == 0 ? one : many;
    const char *end = text + length;
    for (size_t form = form_of(lang, n); form > 0; form--) {
        const char *next = text + strlen(text) + 1;
        if (next > end) break; // it has fewer
        text = next;
    }
    return text;
}

const char *i18n_n(const char *one, const char *many, unsigned long long n)
{
    return i18n_n_in(i18n_now(), one, many, n);
}

const char *i18n_text(const char *msgid)
{
    return i18n_in(i18n_now(), msgid);
}

lang_t i18n_now(void)
{
    return of_thread > 0 ? (lang_t)(of_thread - 1) : of_process;
}

lang_t i18n_use(lang_t lang)
{
    lang_t before = i18n_now();
    of_thread = 1 + (int)lang;
    return before;
}

const char *i18n_day(lang_t lang, int32_t days, char *buf)
{
    if (lang != LANG_RU || !date_is_valid(days)) return date_text(days, buf);
    civil_t day = date_civil(days);
    // The years that are valid have four digits.
    snprintf(buf, DATE_TEXT, "%02u.%02u.%04u", (unsigned)day.day % 100, (unsigned)day.month % 100,
             (unsigned)day.year % 10000);
    return buf;
}

const char *lang_name(lang_t lang)
{
    return NAMES[lang];
}

bool lang_by_name(const char *name, lang_t *ret_lang)
{
    for (int lang = 0; lang < LANG_COUNT; lang++)
        if (strcmp(NAMES[lang], name) == 0) {
            *ret_lang = (lang_t)lang;
            return true;
        }
    return false;
}

const char *i18n_language(void)
{
    return lang_name(i18n_now());
}

// POSIX order: the first that is set and not empty decides, alone.
static const char *wanted_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return value;
    }
    return "C";
}

static lang_t lang_of(const char *locale)
{
    for (int lang = 0; lang < LANG_COUNT; lang++) {
        size_t n = strlen(NAMES[lang]);
        if (strncmp(locale, NAMES[lang], n) == 0 && (locale[n] == '\0' || strchr("_.@", locale[n])))
            return (lang_t)lang;
    }
    return LANG_EN;
}

// The catalogue beside the program.
static bool load_own(lang_t lang)
{
    char program[PATH_MAX], path[PATH_MAX + 64];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0) return false;
    program[n] = '\0';
    char *slash = strrchr(program, '/');
    if (!slash) return false;
    *slash = '\0';
    snprintf(path, sizeof path, "%s/../share/locale/%s/LC_MESSAGES/selenga.mo", program, NAMES[lang]);
    return i18n_load(lang, path) == 0;
}

void i18n_init(void)
{
    // ru_RU.UTF-8 may well be asked for and not be generated on this machine; Debian always has C.UTF-8.
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    lang_t wanted = lang_of(wanted_locale());
    if (wanted == LANG_EN || load_own(wanted)) of_process = wanted;
}

int i18n_init_all(void)
{
    int there = 1; // English
    i18n_init();
    for (int lang = LANG_EN + 1; lang < LANG_COUNT; lang++)
        there += catalogues[lang] != NULL || load_own((lang_t)lang);
    return there;
}
