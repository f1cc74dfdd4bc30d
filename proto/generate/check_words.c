// SPDX-License-Identifier: Apache-2.0
// Checks of the words of a field, and of the states that some of them are.
#include "proto/generate/model.h"
#include <stdlib.h>
#include <string.h>

enum { CODES_LIMIT = 159 }; // bytes of codes that a refusal names: FAULT_ARG of common/schema/fault.h

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

static unsigned levels_of(const Selenga__Change *change)
{
    unsigned levels = 0;
    for (size_t i = 0; i < change->n_by_level; i++) levels |= (unsigned)change->by_level[i];
    return levels;
}

static unsigned levels_that_write(const kind_t *kind)
{
    unsigned writers = 0;
    for (size_t i = 0; i < kind->says->n_writers; i++) writers |= (unsigned)kind->says->writers[i];
    return (writers & W_ANY) != 0 ? writers & W_ANY : W_ANY;
}

static void check_needs(model_t *model, const kind_t *kind, const field_t *field, const char *to,
                        const char *name)
{
    const field_t *needed = find_field(kind, name);
    if (needed == NULL)
        complain(model, kind, field, "becoming `%s` needs `%s`, which is no field; write one of this message",
                 to, name);
    else if (needed == field)
        complain(model, kind, field, "becoming `%s` needs the state itself; take it away", to);
}

static void check_change(model_t *model, const kind_t *kind, const field_t *field, const Selenga__Word *from,
                         size_t n)
{
    const Selenga__Change *change = from->next[n];
    const char *to = change->to != NULL ? change->to : "";
    int target = word_at(field->says, to);
    if (target < 0 || field->says->word[target] == from)
        complain(model, kind, field, "`%s` cannot become `%s`; write another of its words", from->is, to);
    for (size_t i = 0; i < n; i++)
        if (from->next[i]->to != NULL && strcmp(from->next[i]->to, to) == 0)
            complain(model, kind, field, "`%s` becomes `%s` twice; write one next: with all of it", from->is,
                     to);
    if (change->n_by_level > 0 && (levels_of(change) & levels_that_write(kind)) == 0)
        complain(model, kind, field,
                 "`%s` becomes `%s` at a level that does not write the kind; write one of its writers",
                 from->is, to);
    for (size_t i = 0; i < change->n_needs; i++) check_needs(model, kind, field, to, change->needs[i]);
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

static void check_reached(model_t *model, const kind_t *kind, const field_t *field)
{
    const Selenga__FieldOptions *says = field->says;
    bool *reached = must(calloc(says->n_word + 1, sizeof *reached)), starts = false;
    for (size_t i = 0; i < says->n_word; i++) {
        reached[i] = says->word[i]->has_start && says->word[i]->start;
        starts = starts || reached[i];
    }
    if (!starts) complain(model, kind, field, "no word in which a record may begin; write start: true");
    while (spread(says, reached)) continue;
    for (size_t i = 0; starts && i < says->n_word; i++)
        if (!reached[i])
            complain(model, kind, field, "nothing becomes `%s`; write next: {to: \"%s\"} or start: true",
                     says->word[i]->is, says->word[i]->is);
    free(reached);
}

// A refusal names all that may follow.
static void check_room(model_t *model, const kind_t *kind, const field_t *field)
{
    const Selenga__FieldOptions *says = field->says;
    size_t begin = 0;
    for (size_t i = 0; i < says->n_word; i++) {
        const Selenga__Word *word = says->word[i];
        size_t follow = 0;
        if (word->has_start && word->start) begin += strlen(word->is) + 1;
        for (size_t n = 0; n < word->n_next; n++) follow += strlen(word->next[n]->to) + 1;
        if (follow > CODES_LIMIT || begin > CODES_LIMIT)
            complain(model, kind, field, "more may follow `%s` than a refusal can name; write shorter codes",
                     follow > CODES_LIMIT ? word->is : "nothing");
    }
}

// Reviews are kept by routing, and refer to what it holds.
static void check_awaits(model_t *model, const kind_t *kind, const field_t *field)
{
    bool read = strcmp(FOLDERS[kind->service > 0 ? kind->service : 0], "routing") == 0, awaits = false;
    for (size_t i = 0; i < kind->says->n_read_by; i++)
        read = read || strcmp(FOLDERS[kind->says->read_by[i]], "routing") == 0;
    for (size_t i = 0; i < field->says->n_word; i++) awaits = awaits || field->says->word[i]->n_awaits > 0;
    if (awaits && !read)
        complain(model, kind, field,
                 "awaits reviews, which routing keeps; write read_by: ROUTING, or take awaits away");
}

static const Selenga__Word *unsaid_of(const Selenga__FieldOptions *says)
{
    for (size_t i = 0; i < says->n_word; i++)
        if (says->word[i]->has_unsaid && says->word[i]->unsaid) return says->word[i];
    return NULL;
}

// Records without a state, of before the kind had one, stand in one all the same.
static bool check_unsaid(model_t *model, const kind_t *kind, const field_t *field)
{
    const Selenga__Word *word = unsaid_of(field->says);
    size_t n = 0;
    for (size_t i = 0; i < field->says->n_word; i++)
        n += field->says->word[i]->has_unsaid && field->says->word[i]->unsaid;
    if (word == NULL) return true;
    if (n > 1)
        complain(model, kind, field, "several words stand for none; write unsaid: true at one");
    else if (has_flag(field, F_REQUIRED))
        complain(model, kind, field,
                 "`%s` stands for none, and one is required; take unsaid or REQUIRED away", word->is);
    else if (!word->has_start || !word->start)
        complain(model, kind, field, "`%s` stands for none, and no record may begin in it; write start: true",
                 word->is);
    else
        return true;
    return false;
}

static void check_states(model_t *model, const kind_t *kind, const field_t *field)
{
    const Selenga__FieldOptions *says = field->says;
    size_t before = model->mistakes;
    bool states = false;
    for (size_t i = 0; i < says->n_word; i++)
        states = states || says->word[i]->n_next > 0 || (says->word[i]->has_start && says->word[i]->start);
    if (!states) return;
    if (field->type != FIELD_ENUM)
        complain(model, kind, field, "states, several at once; take set away, or start and next");
    if (!check_unsaid(model, kind, field)) return;
    if ((!has_flag(field, F_REQUIRED) && unsaid_of(says) == NULL) || has_flag(field, F_KEY))
        complain(model, kind, field, "a state that %s; write is: REQUIRED, without KEY",
                 has_flag(field, F_KEY) ? "names another record when it changes" : "may be missing");
    for (size_t i = 0; i < says->n_word; i++)
        for (size_t n = 0; n < says->word[i]->n_next; n++) check_change(model, kind, field, says->word[i], n);
    if (model->mistakes > before) return;
    check_awaits(model, kind, field);
    check_reached(model, kind, field);
    check_room(model, kind, field);
}

void check_words(model_t *model, const kind_t *kind, const field_t *field)
{
    const Selenga__FieldOptions *says = field->says;
    size_t before = model->mistakes;
    for (size_t i = 0; i < says->n_word; i++) check_word(model, kind, field, i);
    if (model->mistakes == before) check_states(model, kind, field);
}
