// SPDX-License-Identifier: Apache-2.0
// The run of one seed: a tree, steps of work and faults, then calm until nothing changes, then the last
// checks.
#include "proto/message.h"
#include "tests/sim/sim.h"
#include <stdio.h>
#include <stdlib.h>

const char *const FAULT_NAMES[] = {"lose", "double", "reorder", "cut",   "half", "kill", "restore", "wipe",
                                   "full", "bad",    "move",    "clone", "key",  "liar", "squat"};

// --- chance: each step has a stream of its own, so that a step left out does not shift the others ---

uint64_t rnd(world_t *w)
{
    uint64_t z = w->rng += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

unsigned below(world_t *w, unsigned n)
{
    return (unsigned)(rnd(w) >> 33) % n;
}

bool chance(world_t *w, unsigned percent)
{
    return below(w, 100) < percent;
}

static void stream(world_t *w, uint64_t number)
{
    w->rng = w->plan.seed * 0x2545f4914f6cdd1dULL ^ number * 0xd1342543de82ef95ULL;
    rnd(w);
}

bool broken(world_t *w, const char *format, ...)
{
    va_list args;
    if (w->why[0] != '\0') return false;
    int n = snprintf(w->why, sizeof w->why, "step %u: ", w->step);
    va_start(args, format);
    vsnprintf(w->why + n, sizeof w->why - (size_t)n, format, args);
    va_end(args);
    return false;
}

void trace_line(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

const char *unit_name(const unit_t *u)
{
    static char names[4][16];
    static unsigned next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%c%d/%u", "SMRF"[u->place.rank], u -> node, u -> service);
    return name;
}

const char *version_name(const version_t *v)
{
    static char names[4][VERSION_TEXT];
    static unsigned next;
    return version_text(v, names[next++ % 4]);
}

// --- faults --------------------------------------------------------------------------------------

static void keep_image(world_t *w, unit_t *u)
{
    size_t i = u->n_images < IMAGES_MAX ? u->n_images++ : below(w, IMAGES_MAX);
    kv_image_release(&u->images[i]);
    u->images[i] = kv_mem_image(u->kv);
    trace(w, "    image %zu of %s", i, unit_name(u));
}

static void put_back(world_t *w, unit_t *u, const kv_image_t *image)
{
    if (u->store != NULL) unit_stop(u);
    kv_mem_restore(u->kv, image);
    trace(w, "    %s put back to %s", unit_name(u), image != NULL ? "an image" : "nothing");
    for (size_t i = 0; i < ledger_count(w->ledger);
         i++) { // what it acknowledged since is for its neighbours to bring
        ledger_record_t *r = ledger_at(w->ledger, i);
        if (r->home == u->index) r->must = 0;
    }
    if (chance(w, 60)) unit_start(u);
}

// The same disk copied runs in two places, never at once: the gate sees to that.
static void take_turns(world_t *w, unit_t *u)
{
    kv_image_t *now = kv_mem_image(u->kv), *copy = u->copy;
    u->copy = now;
    trace(w, "    %s and its copy", unit_name(u));
    if (copy == NULL) return;
    put_back(w, u, copy);
    kv_image_release(&copy);
}

// A store of its own kept apart from its node's others: what was sealed before nobody can tell any more.
static void lose_key(world_t *w, unit_t *u)
{
    for (size_t i = 0; i < SEAL_KEY; i++) u->place.seal_key[i] = (uint8_t)rnd(w);
    u->place.adopt_from_parent = true;
    for (size_t i = 0; i < u->n_images; i++) kv_image_release(&u->images[i]);
    u->n_images = 0;
    kv_image_release(&u->copy);
    put_back(w, u, NULL);
}

static void fault_step(world_t *w)
{
    unit_t *u = &w->units[below(w, (unsigned)w->n_units)];
    edge_t *e = &w->edges[below(w, (unsigned)w->n_edges)];
    unsigned faults = w->plan.faults, kind = 1U << below(w, N_STEPS);
    if ((faults & kind) == 0) return;
    switch (kind) {
    case FAULT_CUT:
        if (!e->local) net_cut(w, e, !e->cut);
        break;
    case FAULT_HALF:
        if (!e->local) e->half[below(w, 2)] ^= true;
        break;
    case FAULT_KILL:
        if (u->store != NULL) unit_stop(u);
        if (chance(w, 50)) unit_start(u);
        break;
    case FAULT_RESTORE:
        if (u->n_images == 0 || chance(w, 60))
            keep_image(w, u);
        else
            put_back(w, u, u->images[below(w, (unsigned)u->n_images)]);
        break;
    case FAULT_WIPE:
        if (chance(w, 40)) put_back(w, u, NULL);
        break;
    case FAULT_CLONE:
        take_turns(w, u);
        break;
    case FAULT_KEY:
        if (chance(w, 20)) lose_key(w, u);
        break;
    case FAULT_FULL:
        u->full = u->full != KV_WELL ? KV_WELL : chance(w, 50) ? KV_FULL_PUT : KV_FULL_COMMIT;
        kv_mem_set_full(u->kv, u->full);
        trace(w, "    disk of %s is %s", unit_name(u), u->full != KV_WELL ? "full" : "well");
        break;
    default: // those of the links and of the work happen there
        break;
    }
}

// --- steps ---------------------------------------------------------------------------------------

static unit_t *choose(world_t *w)
{
    unit_t *u = NULL;
    for (int tries = 0; tries < 4; tries++) {
        u = &w->units[below(w, (unsigned)w->n_units)];
        if (u->store != NULL && (net_has_mail(w, u) || chance(w, 15))) return u;
    }
    return u;
}

static void work_step(world_t *w)
{
    unit_t *u = choose(w);
    kill_point_t kill = KILL_NOT;
    if (u->store == NULL) {
        if (chance(w, 50)) unit_start(u);
        return;
    }
    unsigned writes = chance(w, 35) ? 1 + below(w, 3) : 0;
    unsigned messages = chance(w, 85) ? 1 + below(w, 4) : 0;
    if ((w->plan.faults & FAULT_KILL) != 0 && chance(w, 4)) kill = (kill_point_t)(1 + below(w, 4));
    trace(w, "  turn of %s%s", unit_name(u), kill != KILL_NOT ? ", killed" : "");
    unit_turn(u, messages, writes, kill);
}

static void step(world_t *w)
{
    stream(w, w->step);
    w->now_ms += below(w, 100) < 3 ? below(w, 60000) : below(w, 500);
    trace(w, "step %u", w->step);
    if (w->liar >= 0 && chance(w, 20))
        liar_lie(w);
    else if (chance(w, w->unrest))
        fault_step(w);
    else
        work_step(w);
}

// --- calm ----------------------------------------------------------------------------------------

static uint64_t writes_of(const world_t *w)
{
    uint64_t n = 0;
    for (int i = 0; i < w->n_units; i++) n += kv_mem_writes(w->units[i].kv);
    return n;
}

static void heal(world_t *w)
{
    w->calm = true;
    for (int i = 0; i < w->n_units; i++) {
        unit_t *u = &w->units[i];
        u->full = KV_WELL;
        kv_mem_set_full(u->kv, KV_WELL);
        if (u->store == NULL) unit_start(u);
    }
    for (int i = 0; i < w->n_edges; i++) {
        edge_t *e = &w->edges[i];
        if (liar_at(w, e) && !e->local) { // who lies has fallen silent, and what stands beyond him with him
            net_cut(w, e, true);
            for (int way = 0; way < 2; way++) net_drop(e, way, w, 100);
        } else if (e->cut) {
            net_cut(w, e, false);
        }
        e->half[0] = e->half[1] = false;
    }
}

// Everything is delivered, time goes on, nothing fails: until nothing is written any more for longer than any
// timer.
static bool settle(world_t *w)
{
    enum { ROUNDS = 600, QUIET = 11, ROUND_MS = 30000, MESSAGES = 60000 };
    uint64_t last = writes_of(w), before = w->messages;
    int quiet = 0;
    for (int round = 0; round < ROUNDS && w->why[0] == '\0'; round++) {
        bool mail = false;
        stream(w, UINT64_MAX - (uint64_t)round);
        for (int i = 0; i < w->n_units; i++) unit_turn(&w->units[i], 8, 0, KILL_NOT);
        for (int i = 0; i < w->n_units; i++) mail |= net_has_mail(w, &w->units[i]);
        w->now_ms += mail ? 100 : ROUND_MS;
        uint64_t now = writes_of(w);
        quiet = now != last ? 0 : net_is_empty(w) ? quiet + 1 : quiet;
        last = now;
        if (quiet == QUIET) return true;
        if (w->messages - before > MESSAGES) break;
    }
    return broken(w, "no quiet after %llu messages", (unsigned long long)(w->messages - before));
}

static void apart(world_t *w, int (*what)(unit_t *, store_txn_t *), unit_t *u)
{
    store_txn_t *txn = NULL;
    if (store_begin(u->store, true, &txn) != 0) return;
    int rc = what(u, txn);
    if (rc == 0)
        rc = store_commit(&txn);
    else
        store_abort(&txn);
    if (rc != 0) broken(w, "%s cannot write in peace: %d", unit_name(u), rc);
    ledger_close(&u->pending, rc == 0);
}

static void each(world_t *w, int (*what)(unit_t *, store_txn_t *))
{
    for (int i = 0; i < w->n_units && w->why[0] == '\0'; i++) apart(w, what, &w->units[i]);
}

// Of what an operator has decided about neighbours may show more that stands behind it.
static bool decide_all(world_t *w)
{
    enum { ROUNDS = 8 };
    size_t before;
    int round = 0;
    if ((w->plan.faults & FAULT_KEY) == 0) return settle(w);
    do {
        before = w->decided;
        each(w, work_take);
        if (!settle(w)) return false;
    } while (w->decided > before && ++round < ROUNDS);
    return w->decided == before || broken(w, "operators have no end of versions to decide about");
}

static void end(world_t *w)
{
    stream(w, 1ULL << 40);
    heal(w);
    check_held(w);
    trace(w, "calm");
    if (!settle(w)) return;
    if (!decide_all(w)) return;
    each(w, work_repair); // operators import again what no store had any more
    if (chance(w, 70)) each(w, work_mend);
    if (!settle(w)) return;
    work_know_orgs(w);
    check_end(w);
}

// --- a run ---------------------------------------------------------------------------------------

static void begin(world_t *w)
{
    stream(w, 1ULL << 41);
    w->now_ms = 1000 + below(w, 100000);
    w->ledger = ledger_new();
    w->kinds = (uint32_t)rnd(w);
    w->load_percent = chance(w, 70) ? below(w, 100) : 0;
    w->unrest = chance(w, 40) ? 30 : 8;
    tree_make(w);
    liar_choose(w);
    w->calm = true;
    for (int i = 0; i < w->n_units; i++) unit_start(&w->units[i]);
    each(w, work_repair);
    if (chance(w, 50)) settle(w);
    w->calm = false;
}

static void close_world(world_t *w)
{
    for (int i = 0; i < w->n_units; i++) {
        unit_t *u = &w->units[i];
        unit_stop(u);
        for (size_t k = 0; k < u->n_images; k++) kv_image_release(&u->images[k]);
        kv_image_release(&u->copy);
        kv_destroy(&u->kv);
        free(u->pending.items);
    }
    net_clear(w);
    liar_forget(w);
    free(w->had);
    ledger_free(&w->ledger);
}

bool world_run(const plan_t *plan, char *why, size_t why_size, unsigned *ret_messages)
{
    world_t *w = xcalloc(1, sizeof *w);
    w->plan = *plan;
    begin(w);
    for (w->step = 1; w->step <= plan->steps && w->why[0] == '\0'; w->step++)
        if (plan->skip == NULL || plan->skip[w->step] == 0) step(w);
    if (w->why[0] == '\0') end(w);
    bool good = w->why[0] == '\0';
    if (!good) snprintf(why, why_size, "%s", w->why);
    *ret_messages = (unsigned)w->messages;
    close_world(w);
    free(w);
    return good;
}
