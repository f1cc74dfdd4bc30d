// SPDX-License-Identifier: Apache-2.0
#include "services/console/profile.h"
#include <stdio.h>
#include <stdlib.h>

void profile_free(profile_t *profile)
{
    holding_free(&profile->results);
    holding_free(&profile->needs);
    holding_free(&profile->disputes);
    holding_free(&profile->campaigns);
    holding_free(&profile->competencies);
    arena_destroy(&profile->arena);
    profile->n = 0;
}

// --- rows

static profile_row_t *row_of(profile_t *profile, const char *ref)
{
    for (size_t i = 0; i < profile->n; i++)
        if (strcmp(profile->rows[i].ref, ref) == 0) return &profile->rows[i];
    if (profile->n == PROFILE_ROWS) return NULL;
    profile->rows[profile->n] = (profile_row_t){.ref = ref};
    return &profile->rows[profile->n++];
}

// A result has the code within its campaign's framework. NULL: the campaign is not here, and nobody can say.
static const char *full_ref(const profile_t *profile, const Selenga__Result *result)
{
    char ref[REF_MAX + 1];
    const held_t *held = holding_key(&profile->campaigns, result->campaign);
    if (held == NULL) return NULL;
    const char *framework = ((const Selenga__Campaign *)held->body)->framework;
    int n = snprintf(ref, sizeof ref, "%s:%s", framework, result->competency);
    return n > 0 && (size_t)n < sizeof ref ? arena_text(profile->arena, slice_text(ref)) : NULL;
}

static void take_results(profile_t *profile)
{
    for (size_t i = 0; i < profile->results.n; i++) {
        const Selenga__Result *result = (const Selenga__Result *)profile->results.items[i].body;
        const char *ref = full_ref(profile, result);
        profile_row_t *row = ref != NULL ? row_of(profile, ref) : NULL;
        if (row != NULL && (row->result == NULL || row->result->taken_on < result->taken_on))
            row->result = result;
    }
}

static void take_needs(profile_t *profile)
{
    for (size_t i = 0; i < profile->needs.n; i++) {
        const Selenga__Deficit *need = (const Selenga__Deficit *)profile->needs.items[i].body;
        profile_row_t *row = row_of(profile, need->competency);
        if (row != NULL) row->need = need;
    }
    for (size_t i = 0; i < profile->disputes.n; i++) {
        const Selenga__Dispute *dispute = (const Selenga__Dispute *)profile->disputes.items[i].body;
        profile_row_t *row = row_of(profile, dispute->competency);
        if (row != NULL && (row->dispute == NULL || row->dispute->opened_on < dispute->opened_on))
            row->dispute = dispute;
    }
}

static size_t class_of(const profile_row_t *row)
{
    const field_rule_t *field = &KIND_COMPETENCY.fields[kind_field(&KIND_COMPETENCY, "class")];
    for (size_t i = 0; row->competency != NULL && i < field->n_words; i++)
        if (strcmp(field->words[i].code, row->competency->class_) == 0) return i;
    return field->n_words; // the last ones
}

static int by_class(const void *a, const void *b)
{
    size_t one = class_of(a), other = class_of(b);
    if (one != other) return one < other ? -1 : 1;
    return strcmp(((const profile_row_t *)a)->ref, ((const profile_row_t *)b)->ref);
}

// --- reading

static bool read_campaigns(page_t *page, profile_t *profile)
{
    AUTO(xfree) rid_t *ids = xcalloc(PROFILE_ROWS + 1, sizeof *ids);
    size_t n = 0;
    for (size_t i = 0; i < profile->results.n && n < PROFILE_ROWS; i++) {
        const Selenga__Result *result = (const Selenga__Result *)profile->results.items[i].body;
        bool known = !ref_id(&KIND_CAMPAIGN, slice_text(result->campaign), &ids[n]);
        for (size_t k = 0; k < n && !known; k++) known = rid_equal(&ids[k], &ids[n]);
        n += !known;
    }
    return holding_ids(page, &profile->campaigns, &KIND_CAMPAIGN, ids, n);
}

static bool read_competencies(page_t *page, profile_t *profile)
{
    AUTO(xfree) rid_t *ids = xcalloc(PROFILE_ROWS + 1, sizeof *ids);
    size_t n = 0;
    for (size_t i = 0; i < profile->n; i++)
        n += ref_id(&KIND_COMPETENCY, slice_text(profile->rows[i].ref), &ids[n]);
    if (!holding_ids(page, &profile->competencies, &KIND_COMPETENCY, ids, n)) return false;
    for (size_t i = 0; i < profile->n; i++) {
        const held_t *held = holding_key(&profile->competencies, profile->rows[i].ref);
        if (held != NULL) profile->rows[i].competency = (const Selenga__Competency *)held->body;
    }
    return true;
}

bool profile_read(page_t *page, const char *person, profile_t *profile)
{
    if (!holding_list(page, &profile->results, &KIND_RESULT, "", "person", person)) return false;
    if (!holding_list(page, &profile->needs, &KIND_DEFICIT, "", "person", person)) return false;
    if (!holding_list(page, &profile->disputes, &KIND_DISPUTE, "", "person", person)) return false;
    if (!read_campaigns(page, profile)) return false;
    profile->arena = arena_new(profile->results.n * (REF_MAX + 16) + 64);
    take_results(profile);
    take_needs(profile);
    if (!read_competencies(page, profile)) return false;
    if (profile->n > 1) qsort(profile->rows, profile->n, sizeof *profile->rows, by_class);
    return true;
}

// --- what it says

static const field_word_t *state_of(const profile_row_t *row)
{
    const field_rule_t *field = &KIND_DEFICIT.fields[kind_field(&KIND_DEFICIT, "state")];
    return row->need != NULL ? field_word(field, slice_text(row->need->state)) : NULL;
}

bool profile_is_needed(const profile_row_t *row)
{
    const char *state = row->need != NULL ? row->need->state : "closed";
    return strcmp(state, "closed") != 0 && strcmp(state, "obsolete") != 0;
}

bool profile_may_dispute(const profile_row_t *row)
{
    const field_word_t *state = state_of(row);
    if (row->dispute != NULL && strcmp(row->dispute->state, "opened") == 0) return false;
    for (size_t i = 0; state != NULL && i < state->n_next; i++)
        if (strcmp(state->next[i].to, "disputed") == 0) return profile_is_needed(row);
    return false;
}

const profile_row_t *profile_find(const profile_t *profile, const char *ref)
{
    for (size_t i = 0; i < profile->n; i++)
        if (strcmp(profile->rows[i].ref, ref) == 0) return &profile->rows[i];
    return NULL;
}

const char *profile_title(const profile_row_t *row, lang_t lang, char *buf)
{
    if (row->competency == NULL) return row->ref;
    const char *title = held_title(&KIND_COMPETENCY, &row->competency->base, lang, buf);
    return *title != '\0' ? title : row->ref;
}
