// SPDX-License-Identifier: Apache-2.0
// What every target has in common. A target is one function that hands outside bytes to the function that the
// programs hand them to, and asserts what must hold of whatever was accepted.
#pragma once
#include "common/base/util.h"
#include "proto/kind.h"
#include <assert.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Takes up to `size` bytes off the front.
static inline slice_t fuzz_take(slice_t *in, size_t size)
{
    slice_t taken = slice(in->data, size < in->size ? size : in->size);
    *in = slice(in->data + taken.size, in->size - taken.size);
    return taken;
}

// One byte off the front, 0 when there is none left.
static inline uint8_t fuzz_byte(slice_t *in)
{
    slice_t taken = fuzz_take(in, 1);
    return taken.size > 0 ? taken.data[0] : 0;
}

// A kind by one byte off the front.
static inline const kind_rule_t *fuzz_kind(slice_t *in)
{
    return KINDS[fuzz_byte(in) % N_KINDS];
}

// The rest as a text with its NUL; the caller frees.
static inline char *fuzz_text(slice_t in)
{
    char *text = xcalloc(1, in.size + 1);
    if (in.size > 0) memcpy(text, in.data, in.size);
    return text;
}

// The bytes as a file to read; the caller closes. NULL when there are none: fmemopen wants some.
static inline FILE *fuzz_file(slice_t in)
{
    return in.size > 0 ? fmemopen((void *)(uintptr_t)in.data, in.size, "r") : NULL;
}
