// SPDX-License-Identifier: Apache-2.0
// Checks of the words of a field, and of the states that some of them are.
#include "proto/generate/model.h"
#include <stdlib.h>
#include <string.h>

static int word_at(const Selenga__FieldOptions *says, const char *code)
{
    for (size_t i = 0; i < says->n_word; i++)
        if (says->word[i]->is != NULL && strcmp(says->word[i]->is, code) == 0) return (int)i;
    return -1;
}

static void check_word(model_t *model, const kind_t *kind, const field_t *field, size_t i)
{
    const Selenga__Word *word = field->says->word[i];
    if (word->is == NULL || word->is[0] == '\0' || strpbrk(word->is, " ;:\"\\\n") != NULL) {
        complain(model, kind, field, "a word without a code; write word: {is: \"...\"}, without blanks");
        return;
    }
    if (word->en == NULL || word->ru == NULL)
        complain(model, kind, field, "the word `%s` has no label in %s; write %s: \"...\"", word->is,
                 word->en == NULL ? "English" : "Russian", word->en == NULL ? "en" : "ru");
    if (word_at(field->says, word->is) != (int)i)
        complain(model, kind, field, "the word `%s` is there twice; take one away", word->is);
}

static void check_change(model_t *model, const kind_t *kind, const field_t *field, const Selenga__Word *from,
                         const Selenga__Change *change)
{
    const char *to = change->to != NULL ? change->to : "";
    int target = word_at(field->says, to);
    if (target < 0 || field->says->word[target] == from)
        complain(model, kind, field, "`%s` cannot become `%s`; write another of its words", from->is, to);
    for (size_t i = 0; i < change->n_needs; i++)
        if (find_field(kind, change->needs[i]) == NULL)
            complain(model, kind, field,
                     "becoming `%s` needs `%s`, which is no field; write one of this message", to,
                     change->needs[i]);
}

// Marks what can be reached from the words marked, one step further. Returns whether anything was new.
static bool spread(const Selenga__FieldOptions *says, bool *reached)
{
    bool more = false;
    for (size_t i = 0; i < says->n_word; i++)
        for (size_t n = 0; reached[i] && n < says->word[i]->n_next; n++) {
            const char *to = says->word[i]->next[n]->to;
            int target = to != NULL ? word_at(says, to) : -1;
            if (target < 0 || reached[target]) continue;
            reached[target] = more = true;
        }
    return more;
}

static void check_states(model_t *model, const kind_t *kind, const field_t *field)
{
    const Selenga__FieldOptions *says = field->says;
    bool *reached = must(calloc(says->n_word + 1, sizeof *reached)), starts = false, changes = false;
    for (size_t i = 0; i < says->n_word; i++) {
        reached[i] = says->word[i]->has_start && says->word[i]->start;
        starts = starts || reached[i];
        changes = changes || says->word[i]->n_next > 0;
    }
    if (changes && !starts)
        complain(model, kind, field, "no word in which a record may begin; write start: true");
    while (spread(says, reached)) continue;
    for (size_t i = 0; starts && i < says->n_word; i++)
        if (!reached[i])
            complain(model, kind, field, "nothing becomes `%s`; write next: {to: \"%s\"} or start: true",
                     says->word[i]->is, says->word[i]->is);
    free(reached);
}

void check_words(model_t *model, const kind_t *kind, const field_t *field)
{
    const Selenga__FieldOptions *says = field->says;
    size_t before = model->mistakes;
    for (size_t i = 0; i < says->n_word; i++) check_word(model, kind, field, i);
    if (model->mistakes > before) return;
    for (size_t i = 0; i < says->n_word; i++)
        for (size_t n = 0; n < says->word[i]->n_next; n++)
            check_change(model, kind, field, says->word[i], says->word[i]->next[n]);
    if (model->mistakes == before) check_states(model, kind, field);
}
