// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/ledger.h"
#include <stdlib.h>

struct ledger {
    ledger_record_t **slots; // open addressing; ids are hashes or random
    size_t n_slots;
    ledger_record_t **all;
    size_t n, room;
};

ledger_t *ledger_new(void)
{
    ledger_t *ledger = xcalloc(1, sizeof *ledger);
    ledger->n_slots = 1024;
    ledger->slots = xcalloc(ledger->n_slots, sizeof(ledger_record_t *));
    return ledger;
}

void ledger_free(ledger_t **ledger_p)
{
    ledger_t *ledger = *ledger_p;
    if (ledger == NULL) return;
    for (size_t i = 0; i < ledger->n; i++) {
        free(ledger->all[i]->versions);
        free(ledger->all[i]);
    }
    free(ledger->all);
    free(ledger->slots);
    free(ledger);
    *ledger_p = NULL;
}

static ledger_record_t **slot_of(const ledger_t *ledger, const rid_t *id)
{
    size_t i = (size_t)be64_load(id->b + 8) & (ledger->n_slots - 1);
    while (ledger->slots[i] != NULL && !rid_equal(&ledger->slots[i]->id, id))
        i = (i + 1) & (ledger->n_slots - 1);
    return &ledger->slots[i];
}

ledger_record_t *ledger_find(const ledger_t *ledger, const rid_t *id)
{
    return *slot_of(ledger, id);
}

static void widen(ledger_t *ledger)
{
    free(ledger->slots);
    ledger->n_slots *= 2;
    ledger->slots = xcalloc(ledger->n_slots, sizeof(ledger_record_t *));
    for (size_t i = 0; i < ledger->n; i++) *slot_of(ledger, &ledger->all[i]->id) = ledger->all[i];
}

ledger_record_t *ledger_make(ledger_t *ledger, const rid_t *id, uint32_t kind, int home)
{
    ledger_record_t *r = ledger_find(ledger, id);
    if (r != NULL) return r;
    if (ledger->n * 2 >= ledger->n_slots) widen(ledger);
    if (ledger->n == ledger->room) {
        ledger->room = ledger->room * 2 + 64;
        ledger->all = xrealloc(ledger->all, ledger->room * sizeof *ledger->all);
    }
    r = xcalloc(1, sizeof *r);
    *r = (ledger_record_t){.id = *id, .kind = kind, .home = home};
    ledger->all[ledger->n++] = r;
    return *slot_of(ledger, id) = r;
}

ledger_version_t *ledger_version(const ledger_record_t *r, const version_t *v)
{
    for (size_t i = r->n; i-- > 0;)
        if (r->versions[i].fate != VANISHED && version_cmp(&r->versions[i].version, v) == 0)
            return &r->versions[i];
    return NULL;
}

ledger_version_t *ledger_add(ledger_record_t *r, const version_t *v)
{
    if (r->n == r->room) {
        r->room = r->room * 2 + 4;
        r->versions = xrealloc(r->versions, r->room * sizeof *r->versions);
    }
    r->versions[r->n] = (ledger_version_t){.version = *v};
    return &r->versions[r->n++];
}

size_t ledger_count(const ledger_t *ledger)
{
    return ledger->n;
}

ledger_record_t *ledger_at(const ledger_t *ledger, size_t i)
{
    return ledger->all[i];
}

void ledger_note(ledger_open_t *open, ledger_record_t *r, const version_t *v, uint64_t past, bool own)
{
    if (open->n == open->room) {
        open->room = open->room * 2 + 8;
        open->items = xrealloc(open->items, open->room * sizeof *open->items);
    }
    open->items[open->n].record = r;
    open->items[open->n].version = *v;
    open->items[open->n].past = past;
    open->items[open->n++].own = own;
}

void ledger_close(ledger_open_t *open, bool durable)
{
    for (size_t i = 0; i < open->n; i++) {
        ledger_record_t *r = open->items[i].record;
        if (durable) r->must = open->items[i].past;
        if (!open->items[i].own) continue;
        ledger_version_t *v = ledger_version(r, &open->items[i].version);
        if (v != NULL) v->fate = durable ? DURABLE : VANISHED;
    }
    open->n = 0;
}

uint64_t wire_hash(slice_t wire)
{
    uint64_t h = 0xcbf29ce484222325ULL;
    for (size_t i = 0; i < wire.size; i++) h = (h ^ wire.data[i]) * 0x100000001b3ULL;
    return h;
}

static uint64_t mix(uint64_t h, const void *data, size_t size)
{
    const uint8_t *p = data;
    for (size_t i = 0; i < size; i++) h = (h ^ p[i]) * 0x100000001b3ULL;
    return h;
}

uint64_t content_hash(const record_t *r)
{
    uint8_t head[] = {r->deleted, r->up, r->down, r->to.len, (uint8_t)r->org.size};
    uint64_t h = mix(0xcbf29ce484222325ULL, head, sizeof head);
    h = mix(h, r->to.b, r->to.len);
    h = mix(h, r->org.data, r->org.size);
    return mix(h, r->body.data, r->body.size);
}
