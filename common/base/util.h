// SPDX-License-Identifier: Apache-2.0
// Small tools without a home of their own: cleanup, allocation that cannot fail, slices, big-endian numbers,
// reasons.
#pragma once
#include <endian.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// AUTO(zmsg_destroy) zmsg_t *msg = NULL;  calls zmsg_destroy(&msg) when msg goes out of scope.
// To hand the object over: *ret = msg; msg = NULL.
#define AUTO(destroy) __attribute__((cleanup(destroy)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

// Bytes that belong to somebody else; valid as long as the owner says.
typedef struct slice {
    const uint8_t *data;
    size_t size;
} slice_t;

// Why something was refused, as a translated sentence for a person. Filled by the function that refuses.
typedef struct why {
    char text[512];
} why_t;

// Writes the sentence, cut to fit at a whole UTF-8 character. A NULL why is allowed and ignored.
void why_set(why_t *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The xmalloc family aborts when memory is out: sizes that outsiders can influence are bounded before they
// get here.
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
void *xmemdup(const void *data, size_t size);
// What they do then: says so and aborts.
_Noreturn void out_of_memory(void);

// free() for AUTO(): AUTO(xfree) char *text = NULL; takes the address of the pointer, which it clears.
void xfree(void *pointer_to_pointer);
// No core file of this process holds keys or names of people; SELENGA_CORE=1 in the environment allows one.
void forbid_core_dumps(void);

// close(2) for AUTO(): AUTO(xclose) int fd = -1; takes the address of the descriptor.
void xclose(int *fd);

// Copies text into an array of `size` bytes. False, and nothing is written, when it does not fit with its
// NUL.
bool text_copy(char *to, size_t size, const char *text);

// Parses the whole of text as a decimal integer in [min, max]. False, and nothing is written, for anything
// else.
bool int_parse(const char *text, int64_t min, int64_t max, int64_t *ret_value);

static inline slice_t slice(const void *data, size_t size)
{
    return (slice_t){(const uint8_t *)data, size};
}

// A slice over the text without its NUL.
static inline slice_t slice_text(const char *text)
{
    return slice(text, strlen(text));
}

// As memcmp; of two that begin alike the shorter one comes first (the order of keys in LMDB).
static inline int slice_cmp(slice_t a, slice_t b)
{
    int cmp = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
    return cmp != 0 ? cmp : (a.size > b.size) - (a.size < b.size);
}

static inline bool slice_equal(slice_t a, slice_t b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

// Big-endian numbers at any address: such keys sort by bytes as the numbers do.
static inline void be32_store(void *to, uint32_t value)
{
    value = htobe32(value);
    memcpy(to, &value, sizeof value);
}

static inline uint32_t be32_load(const void *from)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return be32toh(value);
}

static inline void be64_store(void *to, uint64_t value)
{
    value = htobe64(value);
    memcpy(to, &value, sizeof value);
}

static inline uint64_t be64_load(const void *from)
{
    uint64_t value;
    memcpy(&value, from, sizeof value);
    return be64toh(value);
}
