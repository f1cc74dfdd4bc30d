// SPDX-License-Identifier: Apache-2.0
// Two things on one day that need the same organisation, place or person. Nothing is forbidden by it: who
// plans is told.
#include "common/base/vec.h"
#include "common/forms/calendar_private.h"
#include <stdio.h>
#include <stdlib.h>

enum { MET_MOST = 200000, WHAT = 600 };

bool calendar_same_days(const calendar_entry_t *a, const calendar_entry_t *b)
{
    return a->from <= b->to && b->from <= a->to;
}

bool calendar_in_the_way(const calendar_entry_t *a, const calendar_entry_t *b)
{
    enum clash_with one = a->kind->calendar->clashes, other = b->kind->calendar->clashes;
    if (a->off || b->off || !calendar_same_days(a, b)) return false;
    if (one == CLASH_NONE || other == CLASH_NONE) return false;
    return (one == CLASH_ALL && other == CLASH_ALL) || a->kind == b->kind;
}

void calendar_claim(calendar_t *self, enum claim_of of, const char *what, size_t entry)
{
    char key[WHAT];
    snprintf(key, sizeof key, "%d%s", of, what);
    *vec_add(self->claims, self->n_claims, self->claims_room) =
        (claim_t){dict_add(self->resources, slice_text(key)), (uint32_t)entry};
}

// --- whom to ask

static void ask_about(calendar_t *self, const kind_rule_t *kind, const rid_t *id, const char *value)
{
    for (size_t k = 0; k < N_KINDS; k++) {
        const calendar_rule_t *rule = KINDS[k]->calendar;
        int field = rule != NULL && rule->of != NULL ? kind_field(KINDS[k], rule->of) : -1;
        if (field < 0 || KINDS[k]->fields[field].ref != kind->number) continue;
        for (size_t i = 0; i < self->n_asks; i++)
            if (self->asks[i].kind == KINDS[k] && rid_equal(&self->asks[i].id, id)) return;
        if (self->n_asks == CALENDAR_ASKS) {
            self->more = true;
            return;
        }
        question_busy_t *ask = vec_add(self->asks, self->n_asks, self->asks_room);
        *ask = (question_busy_t){.kind = KINDS[k], .field = (size_t)field, .id = *id};
        snprintf(ask->value, sizeof ask->value, "%s", value);
    }
}

// Who is busy with what stands alone on its days is of no interest: a question for each would be many.
void calendar_find_crowded(calendar_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        calendar_entry_t *a = &self->entries[i];
        for (size_t k = i + 1; k < self->n && self->entries[k].from <= a->to; k++) {
            calendar_entry_t *b = &self->entries[k];
            if (!calendar_in_the_way(a, b) || (!a->shown && !b->shown)) continue;
            a->crowded = b->crowded = true;
        }
    }
    for (size_t i = 0; i < self->n; i++) {
        const calendar_entry_t *entry = &self->entries[i];
        if (!entry->crowded) continue;
        ask_about(self, entry->kind, &entry->id, entry->ref);
        if (entry->has_with)
            ask_about(
                self,
                kind_by_number(entry->kind->fields[kind_field(entry->kind, entry->kind->calendar->with)].ref),
                &entry->with, entry->with_ref);
    }
}

// --- who meets whom

typedef struct met { // two entries in one claim
    uint32_t a, b, what;
} met_t;

static int by_what(const void *a, const void *b)
{
    const claim_t *x = a, *y = b;
    if (x->what != y->what) return x->what < y->what ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

static int by_pair(const void *a, const void *b)
{
    const met_t *x = a, *y = b;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    if (x->b != y->b) return x->b < y->b ? -1 : 1;
    return (x->what > y->what) - (x->what < y->what);
}

// Claims of one thing stand together, by the first days of their entries.
static met_t *find_met(calendar_t *self, size_t *ret_n)
{
    met_t *met = NULL;
    size_t n = 0, room = 0;
    if (self->n_claims > 0) qsort(self->claims, self->n_claims, sizeof *self->claims, by_what);
    for (size_t i = 0; i < self->n_claims; i++) {
        const claim_t *one = &self->claims[i];
        const calendar_entry_t *a = &self->entries[one->entry];
        for (size_t k = i + 1; k < self->n_claims && self->claims[k].what == one->what; k++) {
            const calendar_entry_t *b = &self->entries[self->claims[k].entry];
            if (b->from > a->to) break;
            if (a == b || !calendar_in_the_way(a, b) || (!a->shown && !b->shown)) continue;
            if (n == MET_MOST) {
                self->more = true;
                break;
            }
            *vec_add(met, n, room) = (met_t){one->entry, self->claims[k].entry, one->what};
        }
    }
    if (n > 0) qsort(met, n, sizeof *met, by_pair);
    *ret_n = n;
    return met;
}

static void add_reason(calendar_t *self, calendar_clash_t *clash, uint32_t what)
{
    const char *key = dict_key(self->resources, what);
    if (key[0] == '0' + CLAIM_PERSON) {
        clash->people++;
    } else if (key[0] == '0' + CLAIM_PLACE) {
        clash->place = true;
        clash->common = self->entries[clash->a].place;
    } else {
        clash->org = true;
        if (!clash->place) clash->common = key + 1;
    }
}

const calendar_clash_t *calendar_clashes(calendar_t *self, size_t *ret_n)
{
    size_t n;
    AUTO(xfree) met_t *met = find_met(self, &n);
    self->n_clashes = 0;
    for (size_t i = 0; i < n; i++) {
        calendar_clash_t *last = self->n_clashes > 0 ? &self->clashes[self->n_clashes - 1] : NULL;
        bool same = last != NULL && last->a == met[i].a && last->b == met[i].b;
        if (same && i > 0 && met[i].what == met[i - 1].what) continue; // one person, told twice
        if (!same && self->n_clashes == CALENDAR_CLASHES) {
            self->more = true;
            break;
        }
        if (!same) {
            last = vec_add(self->clashes, self->n_clashes, self->clashes_room);
            *last = (calendar_clash_t){.a = met[i].a, .b = met[i].b, .common = ""};
        }
        add_reason(self, last, met[i].what);
    }
    *ret_n = self->n_clashes;
    return self->clashes;
}

void calendar_common_days(const calendar_t *self, const calendar_clash_t *clash, int32_t *ret_from,
                          int32_t *ret_to)
{
    const calendar_entry_t *a = &self->entries[clash->a], *b = &self->entries[clash->b];
    *ret_from = a->from > b->from ? a->from : b->from;
    *ret_to = a->to < b->to ? a->to : b->to;
}

const char *calendar_why(const calendar_clash_t *clash, char *buf)
{
    char people[VIEW_TEXT / 2] = "", other[VIEW_TEXT / 2] = "";
    if (clash->people > 0)
        snprintf(people, sizeof people,
                 i18n_n("%zu person is busy with both", "%zu people are busy with both", clash->people),
                 clash->people);
    if (clash->place)
        snprintf(other, sizeof other, _("the same place: %s"), clash->common);
    else if (clash->org)
        snprintf(other, sizeof other, _("the same organisation: %s"), clash->common);
    snprintf(buf, VIEW_TEXT, "%s%s%s", people, *people != '\0' && *other != '\0' ? "; " : "", other);
    return buf;
}
