// SPDX-License-Identifier: Apache-2.0
// Small tools without a home of their own.
#include "common/base/util.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

// Moves the end back so that no UTF-8 character is cut in two.
static void trim_broken_character(char *text)
{
    size_t end = strlen(text);
    size_t start = end;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80) start--;
    if (start == 0) return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (need > end - (start - 1)) text[start - 1] = '\0';
}

void why_set(why_t *why, const char *format, ...)
{
    if (!why) return;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    if (n >= (int)sizeof why->text) trim_broken_character(why->text);
}

void out_of_memory(void)
{
    static const char text[] = "out of memory\n";
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    abort();
}

static void *checked(void *block)
{
    if (!block) out_of_memory();
    return block;
}

void *xmalloc(size_t size)
{
    return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
    return checked(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *old, size_t size)
{
    return checked(realloc(old, size ? size : 1));
}

char *xstrdup(const char *text)
{
    return checked(strdup(text));
}

void *xmemdup(const void *data, size_t size)
{
    void *copy = xmalloc(size);
    if (size) memcpy(copy, data, size);
    return copy;
}

void xfree(void *pointer_to_pointer)
{
    void *block;
    memcpy(&block, pointer_to_pointer, sizeof block);
    free(block);
    block = NULL;
    memcpy(pointer_to_pointer, &block, sizeof block);
}

void xclose(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

bool text_copy(char *to, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size) return false;
    memcpy(to, text, length + 1);
    return true;
}

bool int_parse(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
    const char *digits = *text == '-' ? text + 1 : text;
    if (*digits < '0' || *digits > '9') return false; // strtoll would take spaces and a plus
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || *end || value < min || value > max) return false;
    *ret_value = value;
    return true;
}

void forbid_core_dumps(void)
{
    const char *allowed = getenv("SELENGA_CORE");
    if (allowed != NULL && strcmp(allowed, "1") == 0) return;
    // A limit of 0 keeps the kernel from writing a file, but not from handing the memory to a program that
    // core_pattern names; 1 keeps it from both. Less than before is always granted.
    struct rlimit core = {0, 0};
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max == 0) return;
    setrlimit(RLIMIT_CORE, &(struct rlimit){1, 1});
}
