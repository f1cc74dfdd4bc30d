// SPDX-License-Identifier: Apache-2.0
// Lookup in a compiled gettext catalogue (.mo).
//
//   0  magic 0x950412de | 4 revision | 8 count | 12 offset of originals | 16 offset of translations
//   a table: count x {length, offset}, originals ascending by bytes, each text ends in NUL (not counted)
//   a plural entry's original is "one NUL many", its translation "form0 NUL form1 NUL form2"
//
// All numbers are in the byte order of the machine that built it; a foreign order is refused, we build where
// we run.
#include "common/base/i18n.h"

#include <assert.h>
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

enum { MO_MAGIC = 0x950412de, MO_HEADER = 20, MO_MAX_BYTES = 16 << 20 };

// One per process, like the locale it stands for; written by i18n_init() before any other thread exists.
static struct {
    const char *bytes;
    size_t size;
    uint32_t count, originals, translations;
    char language[8];
} catalogue = {.language = "en"};

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

int i18n_load(const char *path)
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
    // The one before is not unmapped: its texts may still be in use.
    catalogue.bytes = bytes;
    catalogue.size = (size_t)st.st_size;
    catalogue.count = number_at(bytes, 8);
    catalogue.originals = number_at(bytes, 12);
    catalogue.translations = number_at(bytes, 16);
    return 0;
}

static const char *find(const char *msgid, size_t *ret_length)
{
    uint32_t low = 0, high = catalogue.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        size_t length;
        const char *original = text_at(catalogue.bytes, catalogue.size, catalogue.originals, middle, &length);
        int order = strcmp(msgid, original);
        if (order == 0)
            return text_at(catalogue.bytes, catalogue.size, catalogue.translations, middle, ret_length);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *i18n_text(const char *msgid)
{
    size_t length = 0;
    // The empty text is the catalogue's own header.
    const char *text = *msgid && catalogue.bytes ? find(msgid, &length) : NULL;
    return text && length > 0 ? text : msgid;
}

const char *i18n_language(void)
{
    return catalogue.language;
}

const char *i18n_of(const char *english, const char *russian)
{
    return strcmp(catalogue.language, "ru") == 0 ? russian : english;
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

static bool is_russian(const char *locale)
{
    return strncmp(locale, "ru", 2) == 0 && (locale[2] == '\0' || strchr("_.@", locale[2]));
}

void i18n_init(void)
{
    // ru_RU.UTF-8 may well be asked for and not be generated on this machine; Debian always has C.UTF-8.
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    if (!is_russian(wanted_locale())) return;
    char program[PATH_MAX], path[PATH_MAX + 64];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0) return;
    program[n] = '\0';
    char *slash = strrchr(program, '/');
    if (!slash) return;
    *slash = '\0';
    snprintf(path, sizeof path, "%s/../share/locale/ru/LC_MESSAGES/selenga.mo", program);
    if (i18n_load(path) == 0) strcpy(catalogue.language, "ru");
}
