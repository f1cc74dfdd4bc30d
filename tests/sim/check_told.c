// SPDX-License-Identifier: Apache-2.0
// What a liar may be told.
#include "common/node/msg.h"
#include "common/sync/batch.h"
#include "proto/feed.pb-c.h"
#include "proto/message.h"
#include "tests/sim/check.h"

// A liar is told of records that are for him, and word that one has left only if it was for him once, or he
// has shown that he had it: what he guesses is met with silence.
static void check_one_told(world_t *w, const unit_t *from, const unit_t *liar, slice_t wire)
{
    record_t r;
    if (record_parse(wire, &r) != 0 || r.kind < 100 || liar_may_fool(from, &r.home)) return;
    const ledger_record_t *lr = ledger_find(w->ledger, &r.id);
    if (lr == NULL || lr->told) return;
    broken(w, "%s tells a liar %s kind %u of %s, which was never for him", unit_name(from),
           r.gone ? "the end of" : "of", r.kind, unit_name(&w->units[lr->home]));
    (void)liar;
}

void check_told(world_t *w, const unit_t *from, const unit_t *liar, uint32_t type, slice_t body)
{
    AUTO(xfree) uint8_t *owned = NULL;
    slice_t rest, wire;
    if (type != MSG_PUSH || from->node == liar->node) return;
    AUTO(msg_body_free) Selenga__Push *m = msg_body_unpack(&selenga__push__descriptor, body);
    if (m == NULL ||
        batch_open(slice(m->entries.data, m->entries.len), m->encoding, m->plain_bytes, &rest, &owned) != 0)
        return;
    while (batch_next(&rest, &wire) == 0) check_one_told(w, from, liar, wire);
}

static void note_had(unit_t *u, const rid_t *id, bool unmet)
{
    world_t *w = u->world;
    if (w->n_had == w->had_room) {
        w->had_room = w->had_room * 2 + 256;
        w->had = xrealloc(w->had, w->had_room * sizeof *w->had);
    }
    w->had[w->n_had++] = (had_t){u->index, *id, unmet};
}

void check_has(unit_t *u, store_txn_t *txn, const record_t *r)
{
    record_t in, held;
    AUTO(msg_body_free) Selenga__Conflict *conflict;
    note_had(u, &r->id, false);
    if (unwrap(r, &in, &conflict) && conflict != NULL && store_get(txn, &in.id, &held, NULL) != 0)
        note_had(u, &in.id, true);
}

bool check_had(const unit_t *u, const rid_t *id, bool unmet)
{
    const world_t *w = u->world;
    for (size_t i = 0; i < w->n_had; i++)
        if (w->had[i].unit == u->index && w->had[i].unmet == unmet && rid_equal(&w->had[i].id, id))
            return true;
    return false;
}

// Word that a record is gone is kept where the record was, and where somebody hears it who had handed it
// over. Of anything else it leaves no trace.
void check_word(unit_t *u, const record_t *r, const place_t *place)
{
    if ((place->lanes & LANE_LEFT) != 0 || check_had(u, &r->id, false)) return;
    broken(u->world, "%s keeps word of kind %u, which it never held", unit_name(u), r->kind);
}

void check_written(const unit_t *home, ledger_record_t *lr, const record_t *r)
{
    world_t *w = home->world;
    if (w->liar < 0) return;
    bool moves = (w->plan.faults & FAULT_MOVE) != 0 && r->down == DOWN_SERVING;
    lr->told |= moves || reaches(w, r, home, unit_at(w, w->liar, SERVICE_MAIN));
}
