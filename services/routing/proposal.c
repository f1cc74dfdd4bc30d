// SPDX-License-Identifier: Apache-2.0
#include "services/routing/proposal.h"
#include "common/schema/reason.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int urgency(const char *band)
{
    return strcmp(band, "high") == 0 ? 0 : strcmp(band, "medium") == 0 ? 1 : 2;
}

static const char *code_of(const char *competency)
{
    const char *colon = strchr(competency, ':');
    return colon != NULL ? colon + 1 : competency;
}

bool offer_covers(const offer_t *offer, const char *competency)
{
    const char *code = code_of(competency);
    const char *p = offer->competencies != NULL ? offer->competencies : "";
    while (*p != '\0') {
        size_t n = strcspn(p, ";");
        if ((strlen(competency) == n && memcmp(p, competency, n) == 0) ||
            (strlen(code) == n && memcmp(p, code, n) == 0))
            return true;
        p += n + (p[n] == ';');
    }
    return false;
}

static int more_urgent(const need_t *needs, size_t a, size_t b)
{
    int by_band = urgency(needs[a].band) - urgency(needs[b].band);
    return by_band != 0 ? by_band : strcmp(needs[a].competency, needs[b].competency);
}

static size_t order(const need_t *needs, size_t n, size_t *ret_order)
{
    size_t used = 0;
    for (size_t i = 0; i < n && i < NEEDS_MAX; i++) { // insertion: a person has a handful
        size_t at = used++;
        for (; at > 0 && more_urgent(needs, i, ret_order[at - 1]) < 0; at--)
            ret_order[at] = ret_order[at - 1];
        ret_order[at] = i;
    }
    return used;
}

static size_t covers_open(const offer_t *offer, const need_t *needs, const size_t *open, size_t n_open)
{
    size_t n = 0;
    for (size_t i = 0; i < n_open; i++) n += offer_covers(offer, needs[open[i]].competency);
    return n;
}

static bool is_better(const offer_t *a, size_t covers_a, const offer_t *b, size_t covers_b)
{
    if (b == NULL || covers_a != covers_b) return b == NULL || covers_a > covers_b;
    if (a->hours != b->hours) return a->hours < b->hours;
    return strcmp(a->programme, b->programme) < 0;
}

// The best offer for what is open; NULL when none covers any of it.
static const offer_t *choose(const need_t *needs, const size_t *open, size_t n_open, const offer_t *offers,
                             size_t n_offers)
{
    const offer_t *best = NULL;
    size_t best_covers = 0;
    for (size_t i = 0; i < n_offers; i++) {
        size_t covers = covers_open(&offers[i], needs, open, n_open);
        if (covers == 0 || !is_better(&offers[i], covers, best, best_covers)) continue;
        best = &offers[i];
        best_covers = covers;
    }
    return best;
}

// Moves the needs of a step out of `open`.
static size_t take(step_t *step, const need_t *needs, size_t *open, size_t n_open)
{
    size_t left = 0;
    for (size_t i = 0; i < n_open; i++) {
        bool mine =
            step->offer == NULL ? step->n_needs == 0 : offer_covers(step->offer, needs[open[i]].competency);
        if (mine && step->n_needs < sizeof step->needs / sizeof step->needs[0])
            step->needs[step->n_needs++] = open[i];
        else
            open[left++] = open[i];
    }
    return left;
}

size_t propose(const need_t *needs, size_t n_needs, const offer_t *offers, size_t n_offers, step_t *ret_steps)
{
    size_t open[NEEDS_MAX], n_open = order(needs, n_needs, open), n = 0;
    while (n_open > 0 && n < STEPS_MAX) {
        step_t *step = &ret_steps[n++];
        *step = (step_t){.offer = choose(needs, open, n_open, offers, n_offers)};
        n_open = take(step, needs, open, n_open);
    }
    return n;
}

// Room that the last items may take: how many needs are not named, and that no programme covers them.
enum { LAST_ITEMS = 40 };

void step_reason(const step_t *step, const need_t *needs, char *buf, size_t size)
{
    char item[1000];
    size_t room = size > LAST_ITEMS ? size - LAST_ITEMS : 0, named = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < step->n_needs; i++) {
        const need_t *need = &needs[step->needs[i]];
        int percent = (int)(need->score * 100 / need->max);
        snprintf(item, sizeof item, "NEED:%s:%s:%d:%s", need->competency, need->band, percent,
                 need->campaign);
        named += reason_add(buf, room, item);
    }
    snprintf(item, sizeof item, "MORE:%zu", step->n_needs - named);
    if (named < step->n_needs) reason_add(buf, size, item);
    if (step->offer == NULL) reason_add(buf, size, "NO-PROGRAMME");
}
