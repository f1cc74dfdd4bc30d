// SPDX-License-Identifier: Apache-2.0
// Links that lose, double, reorder, delay, cut and go half-open.
#include "common/node/msg.h"
#include "proto/feed.pb-c.h"
#include "proto/message.h"
#include "tests/sim/sim.h"
#include <stdlib.h>

static bool may(const world_t *w, unsigned fault)
{
    return !w->calm && (w->plan.faults & fault) != 0;
}

static edge_t *edge_of(world_t *w, const unit_t *u, uint32_t peer, int *ret_way)
{
    for (int i = 0; i < w->n_edges; i++) {
        edge_t *e = &w->edges[i];
        *ret_way = e->a == u->index ? 0 : 1;
        if (e->a == u->index && e->b_of_a == peer) return e;
        if (e->b == u->index && e->a_of_b == peer) return e;
    }
    return NULL;
}

static void append(edge_t *e, int way, mail_t *m)
{
    mail_t **end = &e->queue[way];
    while (*end != NULL) end = &(*end)->next;
    m->next = NULL;
    *end = m;
    e->length[way]++;
}

static mail_t *copy_of(const mail_t *m)
{
    return xmemdup(m, sizeof *m + m->size);
}

// A message may be late by longer than any process lives.
static int64_t late_ms(world_t *w)
{
    return w->now_ms + (chance(w, 50) ? below(w, 60000) : below(w, 3000));
}

const char *type_name(uint32_t type)
{
    static const char *const names[] = {"pull", "push", "giveback-ask", "giveback", "rebase", "wake"};
    return type >= MSG_PULL && type <= MSG_WAKE ? names[type - MSG_PULL] : "?";
}

// Who lies listens well.
static void note_told(edge_t *e, int way, uint32_t type, slice_t body)
{
    if (type == MSG_PULL) {
        AUTO(msg_body_free) Selenga__Pull *m = msg_body_unpack(&selenga__pull__descriptor, body);
        told_t *told = &e->told[!way];
        if (m == NULL) return;
        *told = (told_t){.session = m->session, .boot = m->boot};
        for (size_t i = 0; i < m->n_position && i < STREAMS; i++) told->position.of[i] = m->position[i];
    } else if (type == MSG_PUSH) {
        AUTO(msg_body_free) Selenga__Push *m = msg_body_unpack(&selenga__push__descriptor, body);
        told_t *told = &e->told[way];
        if (m == NULL || m->session != told->session) return;
        told->boot = m->boot;
        for (size_t i = 0; i < m->n_upto && i < STREAMS; i++) told->position.of[i] = m->upto[i];
    }
}

void net_say(world_t *w, edge_t *e, int way, uint32_t type, slice_t body)
{
    if (e->cut || e->half[way]) return;
    trace(w, "    lie: %s, %zu bytes", type_name(type), body.size);
    mail_t *m = xmalloc(sizeof *m + body.size);
    *m = (mail_t){.type = type, .size = body.size};
    if (body.size > 0) memcpy(m->bytes, body.data, body.size);
    append(e, way, m);
    w->messages++;
}

void net_send(world_t *w, unit_t *from, uint32_t peer, uint32_t type, slice_t body)
{
    int way;
    edge_t *e = edge_of(w, from, peer, &way);
    if (from->sends_left == 0) return; // killed before it got so far
    if (from->sends_left > 0) from->sends_left--;
    if (e == NULL) {
        broken(w, "%s sends to %u, which is nobody", unit_name(from), peer);
        return;
    }
    w->messages++;
    const unit_t *to = &w->units[way == 0 ? e->b : e->a];
    if (type == MSG_PUSH && !liar_at(w, e)) check_pushed(w, e, way, body);
    if (type == MSG_PULL && !liar_at(w, e)) check_pulled(w, e, way, from, body);
    if (liar_at(w, e)) note_told(e, way, type, body);
    if (liar_is(to) && !liar_is(from)) check_told(w, from, to, type, body);
    bool lost = e->cut || e->half[way] || (may(w, FAULT_LOSE) && chance(w, 8));
    trace(w, "    %s -> %s %s, %zu bytes%s", unit_name(from), unit_name(&w->units[way == 0 ? e->b : e->a]),
          type_name(type), body.size, lost ? ", lost" : "");
    if (lost) return;
    mail_t *m = xmalloc(sizeof *m + body.size);
    *m = (mail_t){.type = type, .size = body.size};
    if (body.size > 0) memcpy(m->bytes, body.data, body.size);
    if (may(w, FAULT_REORDER) && chance(w, 4)) m->due_ms = late_ms(w);
    append(e, way, m);
}

static mail_t **first_due(const world_t *w, edge_t *e, int way)
{
    mail_t **at = &e->queue[way];
    while (*at != NULL && (*at)->due_ms > w->now_ms) at = &(*at)->next;
    return at;
}

static mail_t *pick(world_t *w, edge_t *e, int way)
{
    mail_t **at = first_due(w, e, way);
    if (may(w, FAULT_REORDER) && chance(w, 20))
        for (unsigned k = below(w, (unsigned)e->length[way]); k > 0 && (*at)->next != NULL; k--)
            at = &(*at)->next;
    mail_t *m = *at;
    *at = m->next;
    e->length[way]--;
    if (may(w, FAULT_DOUBLE) && chance(w, 10)) {
        mail_t *twin = copy_of(m);
        twin->due_ms = late_ms(w);
        append(e, way, twin);
    }
    return m;
}

static int way_to(const edge_t *e, const unit_t *u)
{
    return e->b == u->index ? 0 : e->a == u->index ? 1 : -1;
}

bool net_has_mail(const world_t *w, const unit_t *u)
{
    for (int i = 0; i < w->n_edges; i++) {
        int way = way_to(&w->edges[i], u);
        if (way < 0) continue;
        for (const mail_t *m = w->edges[i].queue[way]; m != NULL; m = m->next)
            if (m->due_ms <= w->now_ms) return true;
    }
    return false;
}

bool net_is_empty(const world_t *w)
{
    for (int i = 0; i < w->n_edges; i++)
        if (w->edges[i].queue[0] != NULL || w->edges[i].queue[1] != NULL) return false;
    return true;
}

mail_t *net_take(world_t *w, unit_t *u, uint32_t *ret_peer)
{
    unsigned first = below(w, (unsigned)w->n_edges + 1);
    for (int k = 0; k < w->n_edges; k++) {
        edge_t *e = &w->edges[(first + (unsigned)k) % (unsigned)w->n_edges];
        int way = way_to(e, u);
        if (way < 0 || *first_due(w, e, way) == NULL) continue;
        *ret_peer = way == 0 ? e->a_of_b : e->b_of_a;
        mail_t *m = pick(w, e, way);
        if (liar_is(u)) liar_hear(w, m);
        return m;
    }
    return NULL;
}

void net_drop(edge_t *e, int way, world_t *w, unsigned percent)
{
    mail_t **at = &e->queue[way];
    while (*at != NULL) {
        if (!chance(w, percent)) {
            at = &(*at)->next;
            continue;
        }
        mail_t *gone = *at;
        *at = gone->next;
        e->length[way]--;
        free(gone);
    }
}

static void tell(world_t *w, int unit, uint32_t peer, bool up)
{
    unit_t *u = &w->units[unit];
    if (u->feed != NULL) feed_link(u->feed, peer, up, w->now_ms);
}

void net_cut(world_t *w, edge_t *e, bool cut)
{
    e->cut = cut;
    e->half[0] = e->half[1] = false;
    if (cut)
        for (int way = 0; way < 2; way++) net_drop(e, way, w, 50);
    // A side that was not told finds out by silence.
    if (!cut || chance(w, 70)) tell(w, e->a, e->b_of_a, !cut);
    if (!cut || chance(w, 70)) tell(w, e->b, e->a_of_b, !cut);
}

void net_clear(world_t *w)
{
    for (int i = 0; i < w->n_edges; i++)
        for (int way = 0; way < 2; way++) {
            net_drop(&w->edges[i], way, w, 100);
            free(w->edges[i].claims[way]);
        }
}
