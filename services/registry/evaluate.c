// SPDX-License-Identifier: Apache-2.0
// Answering the children. Where the key is, by multiplying; elsewhere by asking the parent in one's own name
// and handing its answer down. Each child is held to its allowance at every hub on the way, so that nobody
// uses up what is another's. Nothing that waits here need survive: who hears nothing asks again.
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/node/msg.h"
#include "services/registry/pseudonym_private.h"
#include <sodium.h>

enum {
    BUDGET = 2 * EVALUATE_MAX, // points of one transaction: about a tenth of a second
    RELAYED_MS = 60000,        // an answer that takes longer is asked for again by the child
    REPEAT_MS = 1500,          // what is asked again sooner is not asked on again
};

static void answer(pseudonyms_t *self, uint32_t peer, uint64_t call, const uint8_t *mark, slice_t points,
                   const char *refused)
{
    Selenga__Evaluated m = SELENGA__EVALUATED__INIT;
    m.has_call = 1;
    m.call = call;
    m.has_mark = mark != NULL;
    m.mark = (ProtobufCBinaryData){mark != NULL ? OPRF_MARK : 0, (uint8_t *)(uintptr_t)mark};
    m.has_points = points.size > 0;
    m.points = (ProtobufCBinaryData){points.size, (uint8_t *)(uintptr_t)points.data};
    m.refused = (char *)(uintptr_t)refused;
    service_send_peer(self->service, peer, MSG_EVALUATED, &m.base);
}

static void refuse(pseudonyms_t *self, uint32_t peer, uint64_t call, const char *code)
{
    const char *org = scope_child_org(service_scope(self->service), peer);
    log_once(L_WARNING, code, peer, _("no pseudonyms for the child of %s: %s"), org != NULL ? org : "?",
             code);
    answer(self, peer, call, NULL, (slice_t){0}, code);
}

static bool points_are_good(const uint8_t *points, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!oprf_is_point(points + i * OPRF_POINT)) return false;
    return true;
}

// --- here ----------------------------------------------------------------------------------------

// The key before is still there for who has not heard of the present one.
static void evaluate_here(pseudonyms_t *self, uint32_t peer, const Selenga__Evaluate *m, size_t n)
{
    uint8_t result[EVALUATE_MAX * OPRF_POINT];
    bool before = self->has_previous && m->mark.len == OPRF_MARK &&
                  memcmp(m->mark.data, self->previous, OPRF_MARK) == 0;
    const uint8_t *key = before ? self->keys + NODE_KEY_SIZE : self->keys;
    bool good = true;
    for (size_t i = 0; i < n && good; i++)
        good = oprf_evaluate(key, m->points.data + i * OPRF_POINT, result + i * OPRF_POINT);
    if (good)
        answer(self, peer, m->call, before ? self->previous : self->mark, slice(result, n * OPRF_POINT),
               NULL);
    else
        refuse(self, peer, m->call, "MALFORMED");
}

// --- at the parent's -----------------------------------------------------------------------------

static void forget_relayed(pseudonyms_t *self, size_t i)
{
    allowance_child_t *child = allowance_of(&self->allowance, self->relayed[i].peer);
    child->under_way -= self->relayed[i].n < child->under_way ? self->relayed[i].n : child->under_way;
    self->relayed[i] = self->relayed[--self->n_relayed];
}

static relayed_t *find_same(pseudonyms_t *self, uint32_t peer, uint64_t call)
{
    for (size_t i = 0; i < self->n_relayed; i++)
        if (self->relayed[i].peer == peer && self->relayed[i].theirs == call) return &self->relayed[i];
    return NULL;
}

static bool has_room(const pseudonyms_t *self, uint32_t peer)
{
    size_t of_child = 0;
    for (size_t i = 0; i < self->n_relayed; i++) of_child += self->relayed[i].peer == peer;
    return self->n_relayed < RELAYED_MAX && of_child < RELAYED_OF_CHILD;
}

static void send_on(pseudonyms_t *self, const relayed_t *relayed, const Selenga__Evaluate *m)
{
    Selenga__Evaluate on = SELENGA__EVALUATE__INIT;
    on.has_call = on.has_points = 1;
    on.call = relayed->ours;
    on.has_mark = m->has_mark && m->mark.len == OPRF_MARK;
    on.mark = m->mark;
    on.points = (ProtobufCBinaryData){(size_t)relayed->n * OPRF_POINT, m->points.data};
    service_send_peer(self->service, PEER_PARENT, MSG_EVALUATE, &on.base);
}

// What finds no room, or no line, is asked again.
static void ask_on(pseudonyms_t *self, uint32_t peer, const Selenga__Evaluate *m, size_t n)
{
    if (!self->asking.link_up || !has_room(self, peer)) return;
    relayed_t *relayed = &self->relayed[self->n_relayed++];
    *relayed = (relayed_t){.peer = peer, .n = (uint32_t)n, .theirs = m->call, .sent_ms = mono_ms()};
    relayed->until_ms = relayed->sent_ms + RELAYED_MS;
    randombytes_buf(&relayed->ours, sizeof relayed->ours);
    allowance_of(&self->allowance, peer)->under_way += relayed->n;
    send_on(self, relayed, m);
}

// It has waited for long: whichever answer comes first. The parent counts it once more, and so do we.
static void ask_again(pseudonyms_t *self, relayed_t *same, allowance_child_t *child,
                      const Selenga__Evaluate *m, size_t n)
{
    uint64_t now_ms = mono_ms();
    if (n < same->n || self->budget < same->n || now_ms - same->sent_ms < REPEAT_MS) return;
    self->budget -= same->n;
    same->sent_ms = now_ms;
    allowance_spend(child, same->n);
    if (self->asking.link_up && points_are_good(m->points.data, same->n)) send_on(self, same, m);
}

// The child pays for what it gets.
void evaluate_answered(pseudonyms_t *self, const Selenga__Evaluated *m)
{
    size_t i = 0, n = m->points.len / OPRF_POINT;
    while (i < self->n_relayed && self->relayed[i].ours != m->call) i++;
    if (i == self->n_relayed) return; // too late, or of nobody
    relayed_t relayed = self->relayed[i];
    forget_relayed(self, i);
    bool refused = m->refused != NULL && m->refused[0] != '\0';
    bool good = n > 0 && n <= relayed.n && m->points.len % OPRF_POINT == 0 && m->mark.len == OPRF_MARK;
    if (refused)
        answer(self, relayed.peer, relayed.theirs, NULL, (slice_t){0},
               strcmp(m->refused, "PSEUDONYM-QUOTA") == 0 ? "PSEUDONYM-QUOTA" : "MALFORMED");
    if (refused || !good) return;
    allowance_spend(allowance_of(&self->allowance, relayed.peer), (uint32_t)n);
    answer(self, relayed.peer, relayed.theirs, m->mark.data, slice(m->points.data, m->points.len), NULL);
}

// --- asked ---------------------------------------------------------------------------------------

void evaluate_asked(pseudonyms_t *self, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Evaluate *m = msg_body_unpack(&selenga__evaluate__descriptor, e->body);
    size_t n = m != NULL ? m->points.len / OPRF_POINT : 0;
    if (!self->seen) return; // how much the child may ask for is not known yet: it asks again
    if (m == NULL || n == 0 || n > EVALUATE_MAX || m->points.len % OPRF_POINT != 0) return;
    allowance_child_t *child = allowance_of(&self->allowance, e->peer);
    child->school = scope_child_rank(service_scope(self->service), e->peer) <= 0; // not known: the least
    uint32_t left = allowance_left(&self->allowance, child, self->mark);
    relayed_t *same = find_same(self, e->peer, m->call);
    if (same != NULL) {
        ask_again(self, same, child, m, n < left ? n : left);
        return;
    }
    if (left == 0) {
        refuse(self, e->peer, m->call, "PSEUDONYM-QUOTA");
        return;
    }
    if (n > left) n = left;
    if (n > self->budget) return; // too much for one transaction: asked again
    self->budget -= n;
    bool good = points_are_good(m->points.data, n);
    if (!good || self->maker) allowance_spend(child, (uint32_t)n); // looking costs, too
    if (!good)
        refuse(self, e->peer, m->call, "MALFORMED");
    else if (self->maker)
        evaluate_here(self, e->peer, m, n);
    else
        ask_on(self, e->peer, m, n);
}

// What was under way is lost, and is not counted.
void evaluate_link(pseudonyms_t *self)
{
    while (self->n_relayed > 0) forget_relayed(self, self->n_relayed - 1);
}

void evaluate_tick(pseudonyms_t *self, uint64_t now_ms)
{
    self->budget = BUDGET;
    for (size_t i = self->n_relayed; i-- > 0;)
        if (self->relayed[i].until_ms <= now_ms) forget_relayed(self, i);
}
