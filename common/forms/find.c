// SPDX-License-Identifier: Apache-2.0
#include "common/forms/find.h"
#include "common/forms/fold.h"
#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORDS_MAX = FIND_MAX / 2 + 1,
    STEM_MIN = 4, // bytes: two letters, as of Анна; one is the stem of too much
};

typedef struct sought {
    const char *word; // folded; of an initial its letter
    const char *stem; // NULL: it has no other forms
    bool initial;     // the А of «А. П.»: a field begins with it, and the next one's comes behind
    bool met;         // in the row that is looked at
} sought_t;

struct find {
    char text[FIND_MAX + FOLD_ROOM]; // folded, NUL after each word
    char stems[FIND_MAX + WORDS_MAX + FOLD_ROOM];
    sought_t sought[WORDS_MAX];
    size_t n;
    bool keys; // some word may be a whole key: ORG:NUMBER
    struct sb_stemmer *stemmer;
    char folded[KEY_TEXT_MAX + FIELD_TEXT_MAX + FOLD_ROOM];
};

// ---- words --------------------------------------------------------------------------------------

// Letters of Russian take two bytes, the first of which is one of these.
static size_t russian_letter(const char *at)
{
    return (uint8_t)at[0] == 0xd0 || (uint8_t)at[0] == 0xd1 ? 2 : 0;
}

static size_t russian_word(const char *at)
{
    size_t n = 0;
    while (russian_letter(at + n) > 0) n += 2;
    return n;
}

// The stem of a Russian word, which always begins it; valid until the next one. 0: it has none.
static size_t stem_of(find_t *self, const char *word, size_t size, const char **ret_stem)
{
    const sb_symbol *stem = sb_stemmer_stem(self->stemmer, (const sb_symbol *)word, (int)size);
    if (stem == NULL) out_of_memory();
    *ret_stem = (const char *)stem;
    return (size_t)sb_stemmer_length(self->stemmer);
}

static void add_word(find_t *self, const char *word, char **stems)
{
    const char *stem;
    size_t size = strlen(word), n = 0;
    if (size > 0 && russian_word(word) == size) n = stem_of(self, word, size, &stem);
    sought_t *sought = &self->sought[self->n++];
    *sought = (sought_t){.word = word};
    self->keys |= strchr(word, ':') != NULL;
    if (n < STEM_MIN || memcmp(stem, word, n) != 0) return;
    memcpy(*stems, stem, n);
    (*stems)[n] = '\0';
    sought->stem = *stems;
    *stems += n + 1;
}

// «а.п.»: each letter with its point is an initial. False, and nothing is added: it is no such word.
static bool add_initials(find_t *self, char *word)
{
    for (const char *at = word; *at != '\0'; at += 3)
        if (russian_letter(at) == 0 || at[2] != '.') return false;
    for (char *at = word; *at != '\0'; at += 3) {
        at[2] = '\0';
        self->sought[self->n++] = (sought_t){.word = at, .initial = true};
        if (self->n == WORDS_MAX) break;
    }
    return true;
}

// «А.П.Иванова», as it is written without a blank.
static char *split_initials(find_t *self, char *word)
{
    size_t n = 0;
    while (russian_letter(word + n) > 0 && word[n + 2] == '.') n += 3;
    if (n == 0 || word[n] == '\0') return word;
    for (size_t i = 0; i < n && self->n < WORDS_MAX; i += 3) {
        word[i + 2] = '\0';
        self->sought[self->n++] = (sought_t){.word = word + i, .initial = true};
    }
    return word + n;
}

find_t *find_new(const char *words)
{
    find_t *self = xcalloc(1, sizeof *self);
    char *rest = NULL, *stems = self->stems;
    self->stemmer = sb_stemmer_new("russian", NULL);
    if (self->stemmer == NULL) out_of_memory();
    fold_into(words, self->text, sizeof self->text);
    for (char *word = strtok_r(self->text, " ", &rest); word != NULL && self->n < WORDS_MAX;
         word = strtok_r(NULL, " ", &rest)) {
        if (add_initials(self, word)) continue;
        word = split_initials(self, word);
        if (self->n < WORDS_MAX) add_word(self, word, &stems);
    }
    return self;
}

void find_destroy(find_t **self_p)
{
    if (*self_p != NULL) sb_stemmer_delete((*self_p)->stemmer);
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

// ---- looking ------------------------------------------------------------------------------------

// Another form of the word: one that has the same stem.
static bool has_form(find_t *self, const char *text, const char *stem)
{
    size_t n = strlen(stem);
    const char *other;
    for (const char *at = strstr(text, stem); at != NULL; at = strstr(at + n, stem)) {
        if (at - text >= 2 && russian_letter(at - 2) > 0) continue; // within a word
        if (stem_of(self, at, russian_word(at), &other) == n) return true;
    }
    return false;
}

static size_t look_into(find_t *self, const char *text)
{
    size_t found = 0;
    bool begins = false; // one initial was met here already
    fold_into(text, self->folded, sizeof self->folded);
    for (size_t w = 0; w < self->n; w++) {
        sought_t *s = &self->sought[w];
        if (s->met) continue;
        if (s->initial) {
            bool in_turn = w == 0 || !self->sought[w - 1].initial || self->sought[w - 1].met;
            s->met = in_turn && !begins && strncmp(self->folded, s->word, 2) == 0;
            begins |= s->met;
        } else {
            s->met = strstr(self->folded, s->word) != NULL ||
                     (s->stem != NULL && has_form(self, self->folded, s->stem));
        }
        found += s->met;
    }
    return found;
}

static size_t look_into_key(find_t *self, const kind_rule_t *kind, const body_t *body)
{
    char key[KEY_TEXT_MAX];
    return self->keys ? look_into(self, body_key_shown(kind, body, key)) : 0;
}

bool find_matches(find_t *self, const kind_rule_t *const *kinds, body_t *const *bodies, size_t n)
{
    size_t left = self->n;
    for (size_t w = 0; w < self->n; w++) self->sought[w].met = false;
    for (size_t k = 0; k < n && left > 0; k++) {
        if (bodies[k] == NULL) continue;
        left -= look_into_key(self, kinds[k], bodies[k]);
        for (size_t i = 0; i < kinds[k]->n_fields && left > 0; i++)
            if (is_text(&kinds[k]->fields[i]) && body_has(kinds[k], bodies[k], i))
                left -= look_into(self, body_str(kinds[k], bodies[k], i));
    }
    return left == 0;
}
