// SPDX-License-Identifier: Apache-2.0
// Bodies for tests, made of texts.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/schema/body.h"
#include "common/schema/fault.h"
#include <cmocka.h>

static arena_t *arena;

static inline int setup(void **state)
{
    (void)state;
    arena = arena_new(64 * 1024);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static inline body_t *a_body(const kind_rule_t *kind, const char *const *pairs)
{
    fault_t fault;
    char text[FAULT_TEXT];
    body_t *body = body_new(kind, arena);
    for (; *pairs != NULL; pairs += 2) {
        int i = kind_field(kind, pairs[0]);
        if (i < 0) fail_msg("no field %s", pairs[0]);
        if (body_set_text(kind, body, (size_t)i, pairs[1], arena, &fault) != 0)
            fail_msg("%s", fault_text(&fault, text, sizeof text));
    }
    return body;
}
#define BODY(kind, ...) a_body(&(kind), (const char *const[]){__VA_ARGS__, NULL})

static inline slice_t packed(const body_t *body)
{
    slice_t bytes = {0};
    assert_int_equal(body_pack(body, arena, &bytes, NULL), 0);
    return bytes;
}

// Setting `text` is refused with `code` and leaves the field as it was.
static inline void assert_set_refused(const kind_rule_t *kind, const char *field, const char *text,
                                      const char *code)
{
    fault_t fault;
    body_t *body = body_new(kind, arena);
    int i = kind_field(kind, field);
    if (body_set_text(kind, body, (size_t)i, text, arena, &fault) == 0) fail_msg("%s took `%s`", field, text);
    assert_string_equal(fault.code, code);
    assert_string_equal(fault.field, field);
    assert_false(body_has(kind, body, (size_t)i));
    arena_reset(arena, 64 * 1024);
}
