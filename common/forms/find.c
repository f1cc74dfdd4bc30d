// SPDX-License-Identifier: Apache-2.0
#include "common/forms/find.h"
#include "common/forms/fold.h"
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = FIND_MAX / 2 + 1 };

struct find {
    char text[FIND_MAX + FOLD_ROOM]; // folded, NUL after each word
    const char *words[WORDS_MAX];
    size_t n;
    bool met[WORDS_MAX]; // in the row that is looked at
    char folded[FIELD_TEXT_MAX + FOLD_ROOM];
};

find_t *find_new(const char *words)
{
    find_t *self = xcalloc(1, sizeof *self);
    fold_into(words, self->text, sizeof self->text);
    char *rest = NULL;
    for (char *word = strtok_r(self->text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        self->words[self->n++] = word;
    return self;
}

void find_destroy(find_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

static bool is_text(const field_rule_t *field)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_REF:
    case FIELD_REFS:
    case FIELD_ANY_REF:
    case FIELD_DIGITS:
        return true;
    case FIELD_DATE:
    case FIELD_BOOL:
    case FIELD_INT:
    case FIELD_DECIMAL:
    case FIELD_ENUM:
    case FIELD_SET:
    case FIELD_BYTES:
        break;
    }
    return false;
}

static size_t look_into(find_t *self, const char *text)
{
    size_t found = 0;
    fold_into(text, self->folded, sizeof self->folded);
    for (size_t w = 0; w < self->n; w++) {
        if (self->met[w] || strstr(self->folded, self->words[w]) == NULL) continue;
        self->met[w] = true;
        found++;
    }
    return found;
}

bool find_matches(find_t *self, const kind_rule_t *const *kinds, body_t *const *bodies, size_t n)
{
    size_t left = self->n;
    memset(self->met, 0, sizeof self->met);
    for (size_t k = 0; k < n && left > 0; k++)
        for (size_t i = 0; bodies[k] != NULL && i < kinds[k]->n_fields && left > 0; i++)
            if (is_text(&kinds[k]->fields[i]) && body_has(kinds[k], bodies[k], i))
                left -= look_into(self, body_str(kinds[k], bodies[k], i));
    return left == 0;
}
