// SPDX-License-Identifier: Apache-2.0
// A node that lies. It runs the real core, and between its turns says to its neighbours whatever it likes,
// with perfect knowledge of all that it was ever told: old versions, changed copies, ids of records that
// others are to write, in sessions and at places that the neighbour takes for current.
#include "common/node/msg.h"
#include "common/sync/batch.h"
#include "proto/feed.pb-c.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/system.pb-c.h"
#include "tests/sim/sim.h"
#include <sodium.h>
#include <stdlib.h>

enum { ROOM = 4096 };

// --- who ------------------------------------------------------------------------------------------

static bool has_children(const world_t *w, int node)
{
    for (int i = 0; i < w->n_nodes; i++)
        if (w->nodes[i].parent == node) return true;
    return false;
}

// Parts of the tree that the liar keeps apart: 0 is the one above him, a child of his leads one of its own.
static int part_of(const world_t *w, int node)
{
    if (node == w->liar) return PART_LIAR;
    int child = tree_is_above(w, w->liar, node) ? tree_child_towards(w, w->liar, node) : -1;
    return child < 0 ? PART_LIT : child;
}

void liar_choose(world_t *w)
{
    unsigned way = below(w, 100);
    w->liar = -1;
    if ((w->plan.faults & FAULT_LIAR) == 0) return;
    for (int tries = 0; tries < 20; tries++) {
        int node = (int)below(w, (unsigned)w->n_nodes);
        bool leaf = !has_children(w, node), root = w->nodes[node].parent < 0;
        w->liar = node;
        if (way < 70 ? leaf : way < 90 ? !leaf && !root : root) break;
    }
    for (int i = 0; i < w->n_nodes; i++) w->nodes[i].part = part_of(w, i);
}

bool liar_is(const unit_t *u)
{
    return u->node == u->world->liar;
}

bool liar_at(const world_t *w, const edge_t *e)
{
    return liar_is(&w->units[e->a]) || liar_is(&w->units[e->b]);
}

bool liar_may_fool(const unit_t *u, const path_t *home)
{
    const world_t *w = u->world;
    if (w->liar < 0) return false;
    if (liar_is(u) || path_is_prefix(&w->nodes[w->liar].path, home) != tree_is_above(w, w->liar, u->node))
        return true;
    for (int i = 0; i < w->n_nodes; i++)
        if (path_equal(&w->nodes[i].path, home)) return w->nodes[i].part != w->nodes[u->node].part;
    // Nobody's: one below a child of his is that child's to tell of.
    for (int at = u->node; at >= 0; at = w->nodes[at].parent)
        if (w->nodes[at].parent == w->liar) return !path_is_prefix(&w->nodes[at].path, home);
    return false;
}

bool liar_spares(const unit_t *u)
{
    return u->world->liar < 0 || u->world->nodes[u->node].part == PART_LIT;
}

// --- what he knows ---------------------------------------------------------------------------------

void liar_remember(world_t *w, slice_t wire)
{
    record_t r;
    if (record_parse(wire, &r) != 0) return;
    ledger_record_t *lr = ledger_find(w->ledger, &r.id);
    const ledger_version_t *v = lr != NULL ? ledger_version(lr, &r.version) : NULL;
    if (v != NULL && v->hash == wire_hash(wire)) lr->told = true;
    size_t i = w->n_memory < MEMORY_MAX ? w->n_memory++ : below(w, MEMORY_MAX);
    free(w->memory[i].data);
    w->memory[i] = (wire_t){xmemdup(wire.data, wire.size), wire.size};
}

static void remember_all(world_t *w, const ProtobufCBinaryData *entries, uint32_t encoding, uint32_t plain)
{
    AUTO(xfree) uint8_t *owned = NULL;
    slice_t rest, wire;
    if (batch_open(slice(entries->data, entries->len), encoding, plain, &rest, &owned) != 0) return;
    while (batch_next(&rest, &wire) == 0) liar_remember(w, wire);
}

void liar_hear(world_t *w, const mail_t *m)
{
    slice_t body = slice(m->bytes, m->size);
    if (m->type == MSG_PUSH) {
        AUTO(msg_body_free) Selenga__Push *push = msg_body_unpack(&selenga__push__descriptor, body);
        if (push != NULL) remember_all(w, &push->entries, push->encoding, push->plain_bytes);
    } else if (m->type == MSG_GIVEBACK) {
        AUTO(msg_body_free) Selenga__Giveback *give = msg_body_unpack(&selenga__giveback__descriptor, body);
        if (give != NULL) remember_all(w, &give->entries, give->encoding, give->plain_bytes);
    }
}

void liar_forget(world_t *w)
{
    for (size_t i = 0; i < w->n_memory; i++) free(w->memory[i].data);
}

// --- what he makes up ------------------------------------------------------------------------------

typedef struct draft {
    record_t r;
    uint8_t body[ROOM], past[PAST_MAX], seal[SEAL_SIZE], to_pack[2 * ROOM];
} draft_t;

static unit_t *anybody(world_t *w)
{
    return &w->units[below(w, (unsigned)w->n_units)];
}

static void fill(world_t *w, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)rnd(w);
}

static bool take_copy(draft_t *d, const record_t *r)
{
    if (r->body.size > ROOM || r->past.size > PAST_MAX) return false;
    d->r = *r;
    if (r->body.size > 0) memcpy(d->body, r->body.data, r->body.size);
    if (r->past.size > 0) memcpy(d->past, r->past.data, r->past.size);
    if (r->seal.size > 0) memcpy(d->seal, r->seal.data, SEAL_SIZE);
    d->r.body.data = d->body;
    d->r.past.data = d->past;
    d->r.seal.data = d->seal;
    return true;
}

// Versions that stand above all others, or just above this one.
static void lie_version(world_t *w, version_t *v)
{
    const uint32_t incs[] = {v->inc, v->inc + 1, UINT32_MAX - 1, 1};
    const uint64_t seqs[] = {v->seq, v->seq + 1 + below(w, 1000), UINT64_MAX - 1, 1};
    v->inc = incs[below(w, ARRAY_SIZE(incs))];
    v->seq = seqs[below(w, ARRAY_SIZE(seqs))];
    if (chance(w, 40)) v->boot = rnd(w) | 1;
}

// That it stands upon the version that he knows, and upon any other.
static void lie_past(world_t *w, draft_t *d, const version_t *known)
{
    size_t n = chance(w, 30) ? 0 : d->r.past.size / PAST_EPOCH * PAST_EPOCH;
    if (n + PAST_EPOCH <= PAST_MAX && known->boot != d->r.version.boot) {
        be64_store(d->past + n, known->boot);
        be64_store(d->past + n + 8, chance(w, 50) ? known->seq : UINT64_MAX - 2);
        n += PAST_EPOCH;
    }
    d->r.past = slice(d->past, n);
}

static void lie_body(world_t *w, draft_t *d)
{
    d->r.deleted = chance(w, 25);
    if (d->r.deleted) d->r.body.size = 0;
    if (!d->r.deleted && d->r.body.size == 0) d->r.body = slice(d->body, 4);
    if (d->r.body.size > 0 && chance(w, 60)) d->body[below(w, (unsigned)d->r.body.size)] ^= 1;
}

static void lie_reach(world_t *w, draft_t *d)
{
    d->r.up = (uint8_t)below(w, UP_ALL + 1);
    d->r.down = (uint8_t)below(w, DOWN_TO + 1);
    d->r.to = (path_t){0};
    if (d->r.down == DOWN_TO) d->r.to = anybody(w)->place.path;
}

static void lie_seal(world_t *w, draft_t *d)
{
    if (chance(w, 40)) return; // as it was
    d->r.seal = (slice_t){0};
    if (chance(w, 50)) return;
    fill(w, d->seal, SEAL_SIZE);
    d->r.seal = slice(d->seal, SEAL_SIZE);
}

static void twist(world_t *w, draft_t *d)
{
    version_t known = d->r.version;
    if (chance(w, 70)) lie_version(w, &d->r.version);
    if (chance(w, 60)) lie_past(w, d, &known);
    if (chance(w, 60)) lie_body(w, d);
    if (chance(w, 15)) lie_reach(w, d);
    if (chance(w, 15)) d->r.home = anybody(w)->place.path;
    if (chance(w, 10)) d->r.org = slice_text(w->orgs[below(w, (unsigned)w->n_orgs)].code);
    if (chance(w, 10)) d->r.bulk = !d->r.bulk;
    lie_seal(w, d);
}

// What somebody may have written, or is to write some day: its id follows from what it is about.
static bool guess(world_t *w, draft_t *d)
{
    record_t r;
    uint8_t buf[ROOM];
    unit_t *u = anybody(w);
    if (!work_draft(u, buf, &r)) return false;
    bool squats = (w->plan.faults & FAULT_SQUAT) != 0 &&
                  slice_equal(r.org, slice_text(w->orgs[w->nodes[w->liar].org].code));
    r.home = squats ? w->nodes[w->liar].path : u->place.path;
    r.version = (version_t){1 + below(w, 3), 1 + below(w, 300), rnd(w) | 1};
    return take_copy(d, &r);
}

static bool recall(world_t *w, draft_t *d)
{
    record_t r;
    if (w->n_memory == 0) return false;
    const wire_t *wire = &w->memory[below(w, (unsigned)w->n_memory)];
    return record_parse(slice(wire->data, wire->size), &r) == 0 && take_copy(d, &r);
}

static bool wrap(world_t *w, draft_t *d);

static void make_gone(draft_t *d)
{
    record_t word = record_gone(&d->r);
    d->r = word;
}

// One record, packed. False: nothing came to his mind.
static bool invent(world_t *w, draft_t *d, bool plain)
{
    if (!(chance(w, 60) ? recall(w, d) || guess(w, d) : guess(w, d))) return false;
    if (chance(w, 75)) twist(w, d);
    if (!plain && chance(w, 8)) return wrap(w, d);
    if (!plain && chance(w, 12)) make_gone(d);
    if (record_size(&d->r) > sizeof d->to_pack) return false;
    record_pack(&d->r, d->to_pack);
    return true;
}

// A conflict of anybody, with a made-up version inside; or a refusal of anything.
static bool wrap(world_t *w, draft_t *d)
{
    draft_t *in = xcalloc(1, sizeof *in);
    Selenga__Conflict conflict = SELENGA__CONFLICT__INIT;
    Selenga__Refusal refusal = SELENGA__REFUSAL__INIT;
    bool made = invent(w, in, true) && in->r.wire.size < ROOM / 2;
    unit_t *finder = anybody(w);
    if (made) {
        d->r = (record_t){.kind = chance(w, 80) ? KIND_CONFLICT : KIND_REFUSAL, .home = finder->place.path};
        d->r.version = in->r.version;
        d->r.up = UP_ALL;
        d->r.down = chance(w, 70) ? DOWN_TO : DOWN_ALL;
        if (d->r.down == DOWN_TO) d->r.to = in->r.home;
        fill(w, d->r.id.b, sizeof d->r.id.b);
        conflict.has_record = refusal.has_record_id = refusal.has_kind = 1;
        conflict.record = (ProtobufCBinaryData){.len = in->r.wire.size, .data = in->to_pack};
        refusal.record_id = (ProtobufCBinaryData){.len = sizeof in->r.id.b, .data = in->r.id.b};
        refusal.kind = in->r.kind;
        size_t size = d->r.kind == KIND_CONFLICT ? selenga__conflict__pack(&conflict, d->body)
                                                 : selenga__refusal__pack(&refusal, d->body);
        d->r.body = slice(d->body, size);
        record_pack(&d->r, d->to_pack);
    }
    free(in);
    return made;
}

static ProtobufCBinaryData entries(world_t *w, batch_t *batch)
{
    draft_t *d = xcalloc(1, sizeof *d);
    for (unsigned n = 1 + below(w, 4); n > 0; n--) {
        if (!invent(w, d, false)) continue;
        trace(w, "    lie: kind %u %02x%02x%02x of %s, %s%s", d->r.kind, d->r.id.b[0], d->r.id.b[1],
              d->r.id.b[15], path_text(&d->r.home, (char[PATH_TEXT]){0}), version_name(&d->r.version),
              d->r.gone ? ", gone" : "");
        batch_add(batch, d->r.wire);
        memset(d, 0, sizeof *d);
    }
    free(d);
    return (ProtobufCBinaryData){.len = batch->size, .data = batch->data};
}

// --- what he says ------------------------------------------------------------------------------------

typedef struct ear { // of one neighbour
    edge_t *e;
    int way; // towards it
    unit_t *liar, *to;
} ear_t;

static void say(world_t *w, const ear_t *ear, uint32_t type, const ProtobufCMessage *m)
{
    size_t size = protobuf_c_message_get_packed_size(m);
    uint8_t *buf = xmalloc(size + 1);
    protobuf_c_message_pack(m, buf);
    net_say(w, ear->e, ear->way, type, slice(buf, size));
    free(buf);
}

static Selenga__Witness witness_of(world_t *w, const ear_t *ear)
{
    Selenga__Witness m = SELENGA__WITNESS__INIT;
    m.has_head = m.has_epochs = m.has_digest = 1;
    witness_t true_one = ear->liar->store != NULL ? store_witness(ear->liar->store) : (witness_t){0};
    if (chance(w, 70)) {
        m.head = true_one.head;
        m.epochs = true_one.epochs;
        m.digest = true_one.digest;
    } else {
        m.head = chance(w, 30) ? UINT64_MAX - 1 : below(w, 500);
        m.epochs = 1 + below(w, 3);
        m.digest = rnd(w);
    }
    return m;
}

// In its present session, behind what it took last.
static void push(world_t *w, const ear_t *ear)
{
    told_t *at = &ear->e->told[ear->way];
    batch_t batch = {0};
    Selenga__Push m = SELENGA__PUSH__INIT;
    Selenga__Witness witness = witness_of(w, ear);
    position_t upto = at->position;
    m.has_session = m.has_boot = m.has_entries = m.has_plain_bytes = 1;
    m.session = at->session;
    m.boot = at->boot != 0 ? at->boot : ear->liar->store != NULL ? store_boot(ear->liar->store) : 1;
    if (chance(w, 20)) upto.of[STREAM_PEOPLE] += below(w, 50);
    for (size_t i = 0; i < STREAMS; i++)
        if (witness.head < upto.of[i]) witness.head = upto.of[i];
    m.after = at->position.of;
    m.upto = upto.of;
    m.n_after = m.n_upto = STREAMS;
    m.witness = &witness;
    m.entries = entries(w, &batch);
    m.plain_bytes = (uint32_t)batch.size;
    say(w, ear, MSG_PUSH, &m.base);
    at->position = upto;
    at->boot = m.boot;
    batch_clear(&batch);
}

static uint64_t pull(world_t *w, const ear_t *ear)
{
    Selenga__Pull m = SELENGA__PULL__INIT;
    Selenga__Witness witness = witness_of(w, ear);
    uint64_t position[STREAMS] = {0};
    m.has_session = m.has_credit = 1;
    m.session = rnd(w);
    m.credit = chance(w, 80) ? 1 << 20 : UINT32_MAX;
    m.restart = m.has_restart = chance(w, 85);
    if (!m.restart) m.session = ear->e->session[!ear->way];
    for (size_t i = 0; i < STREAMS; i++)
        if (chance(w, 30))
            position[i] = m.restart && witness.head < 500 ? below(w, 1 + (unsigned)witness.head) : UINT64_MAX;
    m.position = position;
    m.n_position = STREAMS;
    if (m.restart && chance(w, 70)) m.witness = &witness;
    say(w, ear, MSG_PULL, &m.base);
    return m.session;
}

static void give_back(world_t *w, const ear_t *ear)
{
    batch_t batch = {0};
    Selenga__Giveback m = SELENGA__GIVEBACK__INIT;
    m.has_session = m.has_upto = m.has_after = m.has_done = m.has_entries = m.has_plain_bytes = 1;
    m.session = pull(w, ear);
    m.upto = below(w, 1000);
    m.done = chance(w, 70);
    m.entries = entries(w, &batch);
    m.plain_bytes = (uint32_t)batch.size;
    say(w, ear, MSG_GIVEBACK, &m.base);
    batch_clear(&batch);
}

static void ask_back(world_t *w, const ear_t *ear)
{
    Selenga__GivebackAsk m = SELENGA__GIVEBACK_ASK__INIT;
    m.has_session = m.has_after = 1;
    m.session = ear->e->told[ear->way].session;
    m.after = chance(w, 70) ? 0 : rnd(w);
    say(w, ear, MSG_GIVEBACK_ASK, &m.base);
}

static void rebase(world_t *w, const ear_t *ear)
{
    Selenga__Rebase m = SELENGA__REBASE__INIT;
    Selenga__Witness witness = witness_of(w, ear);
    m.has_session = 1;
    m.session = ear->e->told[ear->way].session;
    m.witness = &witness;
    say(w, ear, MSG_REBASE, &m.base);
}

static void garbage(world_t *w, const ear_t *ear)
{
    uint8_t bytes[40];
    fill(w, bytes, sizeof bytes);
    net_say(w, ear->e, ear->way, MSG_PULL + below(w, 6), slice(bytes, below(w, sizeof bytes)));
}

void liar_lie(world_t *w)
{
    edge_t *edges[EDGES_MAX];
    unsigned n = 0, what = below(w, 100);
    for (int i = 0; i < w->n_edges; i++)
        if (liar_at(w, &w->edges[i]) && !w->edges[i].local) edges[n++] = &w->edges[i];
    if (n == 0) return;
    edge_t *e = edges[below(w, n)];
    int way = liar_is(&w->units[e->a]) ? 0 : 1;
    ear_t ear = {.e = e, .way = way, .liar = &w->units[way == 0 ? e->a : e->b]};
    ear.to = &w->units[way == 0 ? e->b : e->a];
    trace(w, "  %s lies to %s", unit_name(ear.liar), unit_name(ear.to));
    if (what < 60)
        push(w, &ear);
    else if (what < 68)
        pull(w, &ear);
    else if (what < 85)
        give_back(w, &ear);
    else if (what < 90)
        ask_back(w, &ear);
    else if (what < 94)
        rebase(w, &ear);
    else if (what < 97)
        net_say(w, e, way, MSG_WAKE, (slice_t){0});
    else
        garbage(w, &ear);
}
