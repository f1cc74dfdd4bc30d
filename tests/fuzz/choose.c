// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/choose.h"
#include "common/base/text.h"
#include "common/schema/kinds.h"
#include <inttypes.h>
#include <stdlib.h>

static const char *const WORDS[] = {
    "03-08-01", "03-08", "03", "03-08-02", "03-08-09", "1", "2",       "17", "18",         "FW", "FW:K1",
    "K1",       "K2",    "C1", "P1",       "M1",       "R", "teacher", "x",  "2024-09-01", "",   "Анна",
};
enum { WIDE = 3 }; // bytes of a number's choice

const char *choose_word(slice_t *in)
{
    return WORDS[fuzz_byte(in) % ARRAY_SIZE(WORDS)];
}

// One of the words of a rule.
static slice_t choose_of(const char *words, uint8_t choice)
{
    slice_t rest = slice_text(words), piece = rest;
    bool done = false;
    for (unsigned i = 0; i <= choice && text_next_piece(&rest, ' ', &done, &piece);) i++;
    return piece;
}

// As many pieces as the kind's references have, or one more or less.
static void write_ref(const kind_rule_t *target, slice_t *in, FILE *to)
{
    enum { MORE = 14, LESS = 15 };
    uint8_t choice = fuzz_byte(in) % 16;
    size_t parts = kind_ref_parts(target) + (choice == MORE) - (choice == LESS);
    for (size_t i = 0; i < parts; i++) fprintf(to, "%s%s", i > 0 ? ":" : "", choose_word(in));
}

static void write_pieces(const field_rule_t *f, slice_t *in, FILE *to)
{
    size_t n = f->type == FIELD_SET || f->type == FIELD_REFS ? 1 + fuzz_byte(in) % 4 : 1;
    for (size_t i = 0; i < n; i++) {
        if (i > 0) fputc(';', to);
        if (f->ref != 0) {
            write_ref(kind_by_number(f->ref), in, to);
        } else if (f->values != NULL) {
            slice_t word = choose_of(f->values, fuzz_byte(in));
            fwrite(word.data, 1, word.size, to);
        } else {
            fputs(choose_word(in), to);
        }
    }
}

static uint64_t choose_number(slice_t *in)
{
    slice_t bytes = fuzz_take(in, WIDE);
    uint64_t number = 0;
    for (size_t i = bytes.size; i > 0; i--) number = number << 8 | bytes.data[i - 1];
    return number;
}

static void write_text(const field_rule_t *f, slice_t *in, FILE *to)
{
    uint64_t number = f->type == FIELD_INT || f->type == FIELD_DECIMAL ? choose_number(in) : 0;
    switch (f->type) {
    case FIELD_DATE:
        fprintf(to, "20%02u-%02u-%02u", 20 + fuzz_byte(in) % 10, 1 + fuzz_byte(in) % 12,
                1 + fuzz_byte(in) % 31);
        break;
    case FIELD_BOOL:
        fputs(fuzz_byte(in) % 2 == 0 ? "yes" : "no", to);
        break;
    case FIELD_INT:
        fprintf(to, "%" PRId64, f->min + (int64_t)number);
        break;
    case FIELD_DECIMAL:
        fprintf(to, "%" PRId64 ".%02" PRIu64, f->min / 100 + (int64_t)(number / 100), number % 100);
        break;
    case FIELD_DIGITS:
        for (int64_t i = 0; i < f->max; i++) fputc('0' + fuzz_byte(in) % 10, to);
        break;
    case FIELD_BYTES:
        for (int64_t i = 0; i < f->max; i++) fprintf(to, "%02x", fuzz_byte(in));
        break;
    case FIELD_TEXT:
    case FIELD_ENUM:
    case FIELD_SET:
    case FIELD_REF:
    case FIELD_REFS:
        write_pieces(f, in, to);
        break;
    }
}

static void choose_field(const kind_rule_t *kind, size_t i, slice_t *in, arena_t *arena, body_t *body)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    assert(to != NULL);
    write_text(&kind->fields[i], in, to);
    fclose(to);
    (void)body_set_text(kind, body, i, text, arena, NULL);
    free(text);
}

body_t *choose_body(const kind_rule_t *kind, slice_t *in, arena_t *arena)
{
    enum { LEFT_OUT = 3 };
    body_t *body = body_new(kind, arena);
    for (size_t i = 0; body != NULL && i < kind->n_fields; i++)
        if (fuzz_byte(in) % 4 != LEFT_OUT) choose_field(kind, i, in, arena, body);
    return body;
}
