// SPDX-License-Identifier: Apache-2.0
#include "services/console/form.h"
#include "common/base/text.h"
#include "common/base/vec.h"
#include "common/schema/ids.h"
#include <sodium.h>
#include <stdlib.h>

// UTF-8, and of control characters only those that a text of several lines has. What turns the direction of
// writing is refused where it would be kept, with a sentence.
static bool is_text(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\t')) return false;
    }
    return utf8_is_valid(slice_text(text));
}

bool form_decode(slice_t text, bool plus, char *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c == '%') {
            if (text.size - i < 3 || hex_parse(slice(text.data + i + 1, 2), &c, 1) != 1) return false;
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c == '\0') return false;
        if (c == '\n' && n > 0 && ret[n - 1] == '\r') n--;
        ret[n++] = (char)c;
    }
    ret[n] = '\0';
    return is_text(ret);
}

// Decodes a piece into the memory that *at walks through.
static bool take(slice_t piece, char **at, const char **ret_text)
{
    if (!form_decode(piece, true, *at)) return false;
    *ret_text = *at;
    *at += strlen(*at) + 1;
    return true;
}

static bool add_pair(form_t *form, slice_t piece, char **at)
{
    const uint8_t *equals = memchr(piece.data, '=', piece.size);
    size_t n = equals != NULL ? (size_t)(equals - piece.data) : piece.size;
    slice_t value = equals != NULL ? slice(equals + 1, piece.size - n - 1) : slice(piece.data, 0);
    if (form->n == FORM_PAIRS_MAX) return false;
    form_pair_t *pair = vec_add(form->pairs, form->n, form->room);
    *pair = (form_pair_t){0};
    return take(slice(piece.data, n), at, &pair->name) && strlen(pair->name) <= FORM_NAME_MAX &&
           take(value, at, &pair->value);
}

bool form_parse(slice_t text, form_t *ret_form)
{
    bool done = false, good = text.size <= FORM_BODY_MAX;
    slice_t piece;
    *ret_form = (form_t){0};
    if (!good || text.size == 0) return good;
    ret_form->size = 2 * text.size + 2; // two ends for a pair, which has a byte at least
    ret_form->memory = xmalloc(ret_form->size);
    char *at = ret_form->memory;
    while (good && text_next_piece(&text, '&', &done, &piece))
        if (piece.size > 0) good = add_pair(ret_form, piece, &at);
    if (!good) form_free(ret_form);
    return good;
}

// It may be a password.
void form_free(form_t *form)
{
    free(form->pairs);
    if (form->memory != NULL) sodium_memzero(form->memory, form->size);
    free(form->memory);
    *form = (form_t){0};
}

const char *form_value(const form_t *form, const char *name)
{
    for (size_t i = 0; i < form->n; i++)
        if (strcmp(form->pairs[i].name, name) == 0) return form->pairs[i].value;
    return NULL;
}

const char *form_text(const form_t *form, const char *name)
{
    const char *value = form_value(form, name);
    return value != NULL ? value : "";
}
