// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/child.h"
#include "common/base/clock.h"
#include "common/sync/feed.h"
#include "proto/feed.pb-c.h"
#include "proto/message.h"
#include "tests/bench/acts.h"
#include "tests/bench/measure.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

enum { FIRST = SERVICES_FIRST, LAST = SERVICES_END - 1, FLIGHT = 64 };

typedef struct flow { // both halves of one service's feed with the hub
    // what we pull
    uint64_t pulling, head;
    position_t position;
    Selenga__Push *last; // whose witness we hold
    uint64_t heard_ms, asked_ms, patience_ms;
    // what the hub pulls
    uint64_t session, acked, sent;
    uint32_t credit;
    bool open, answer;
} flow_t;

struct child {
    child_setup_t setup;
    link_t *link;
    counters_t counters;
    uint64_t counts[N_GATE_COUNTERS];
    bool up;
    uint64_t boot, session;
    flow_t flows[LAST + 1];
    // records of routing: entries as they stand in a push, and where each ends
    uint8_t *entries;
    size_t *ends;
    uint64_t first, n, in_push, released;
};

// --- sending

static void send_feed(child_t *child, uint32_t service, uint32_t type, const ProtobufCMessage *body)
{
    size_t size = protobuf_c_message_get_packed_size(body);
    AUTO(xfree) uint8_t *buf = xmalloc(size + 1);
    protobuf_c_message_pack(body, buf);
    envelope_t e = {.type = type, .to = service, .from = service, .body = slice(buf, size)};
    (void)link_send(child->link, &e); // feeds recover from what is lost
}

static void send_pull(child_t *child, uint32_t service, bool restart, uint64_t now_ms)
{
    flow_t *flow = &child->flows[service];
    Selenga__Pull m = SELENGA__PULL__INIT;
    Selenga__Witness none = SELENGA__WITNESS__INIT;
    if (restart) flow->pulling = ++child->session;
    if (restart) flow->patience_ms = KEEPALIVE_MS;
    m.has_session = m.has_credit = m.has_held = m.has_quarantined = 1;
    m.session = flow->pulling;
    m.position = flow->position.of;
    m.n_position = STREAMS;
    m.credit = WINDOW_BYTES;
    none.has_head = 1;
    m.has_restart = m.restart = restart;
    if (restart) m.witness = flow->last != NULL ? flow->last->witness : &none;
    if (restart && flow->last != NULL) m.witness->head = flow->head;
    send_feed(child, service, MSG_PULL, &m.base);
    flow->asked_ms = now_ms;
}

static size_t end_of(const child_t *child, uint64_t position)
{
    return position == child->first ? 0 : child->ends[position - child->first - 1];
}

static void send_push(child_t *child, uint32_t service, uint64_t upto)
{
    flow_t *flow = &child->flows[service];
    Selenga__Push m = SELENGA__PUSH__INIT;
    Selenga__Witness witness = SELENGA__WITNESS__INIT;
    size_t from = upto > flow->sent ? end_of(child, flow->sent) : 0,
           to = upto > flow->sent ? end_of(child, upto) : 0;
    m.has_session = m.has_count = m.has_encoding = m.has_plain_bytes = m.has_entries = 1;
    m.session = flow->session;
    m.after = &flow->sent; // all that we write is people's: the other stream stays at zero
    m.upto = &upto;
    m.n_after = m.n_upto = 1;
    m.count = (uint32_t)(upto - flow->sent);
    m.plain_bytes = (uint32_t)(to - from);
    m.entries = (ProtobufCBinaryData){.len = to - from, .data = child->entries + from};
    witness.has_head = 1;
    // What waits behind this push shows in the head, and lets the hub's window grow.
    witness.head = service == SERVICE_ROUTING && child->released > upto ? child->released : upto;
    witness.has_epochs = witness.has_digest = witness.head > 0;
    witness.epochs = 1;
    witness.digest = child->boot;
    m.witness = &witness;
    send_feed(child, service, MSG_PUSH, &m.base);
    flow->sent = upto;
    flow->answer = false;
}

// What the credit and PUSH_BYTES allow, in pushes of at most in_push records.
static void push(child_t *child)
{
    flow_t *flow = &child->flows[SERVICE_ROUTING];
    while (flow->open && child->up && flow->sent < child->released) {
        size_t begin = end_of(child, flow->sent);
        size_t flight = flow->acked >= child->first ? begin - end_of(child, flow->acked) : 0;
        uint64_t upto = flow->sent;
        if (flight > 0 && flight >= flow->credit) return;
        while (upto < child->released && upto - flow->sent < child->in_push &&
               (upto == flow->sent || (end_of(child, upto + 1) - begin <= PUSH_BYTES &&
                                       end_of(child, upto + 1) - begin + flight <= flow->credit)))
            upto++;
        send_push(child, SERVICE_ROUTING, upto);
    }
}

// --- what comes in

// A program before this one was the same child: go on with its epoch, as a store that was kept would.
static void resume(child_t *child, const Selenga__Pull *m)
{
    if (child->n > 0 || m->n_position == 0 || m->position[0] <= child->first || m->witness == NULL ||
        m->witness->epochs == 0)
        return;
    child->first = child->released = m->position[0];
    child->boot = m->witness->digest;
}

static void take_pull(child_t *child, uint32_t service, slice_t body)
{
    flow_t *flow = &child->flows[service];
    AUTO(msg_body_free) Selenga__Pull *m = msg_body_unpack(&selenga__pull__descriptor, body);
    if (m == NULL) die("a pull that is none");
    uint64_t position = m->n_position > 0 ? m->position[0] : 0;
    if (m->restart) {
        flow->session = m->session;
        flow->open = flow->answer = true;
        flow->sent = position;
        if (service == SERVICE_ROUTING) resume(child, m);
    } else if (m->session != flow->session) {
        return;
    } else if (position == flow->sent && position == flow->acked) {
        flow->answer = true;
    }
    flow->credit = m->credit;
    bool moved = position > flow->acked;
    flow->acked = position;
    if (service == SERVICE_ROUTING && moved && child->setup.acked != NULL)
        child->setup.acked(child->setup.arg, child, flow->acked);
    if (service == SERVICE_ROUTING) push(child);
    if (flow->answer) send_push(child, service, flow->sent);
}

static bool same(const uint64_t *numbers, size_t n, const position_t *position)
{
    for (size_t i = 0; i < STREAMS; i++)
        if ((i < n ? numbers[i] : 0) != position->of[i]) return false;
    return true;
}

static void take_push(child_t *child, uint32_t service, slice_t body, uint64_t now_ms)
{
    flow_t *flow = &child->flows[service];
    AUTO(msg_body_free) Selenga__Push *m = msg_body_unpack(&selenga__push__descriptor, body);
    if (m == NULL || m->witness == NULL) die("a push that is none");
    flow->heard_ms = now_ms;
    if (m->session != flow->pulling) return;
    if (!same(m->after, m->n_after, &flow->position)) {
        send_pull(child, service, true, now_ms);
        return;
    }
    bool moved = !same(m->upto, m->n_upto, &flow->position) || m->witness->head != flow->head;
    flow->patience_ms = moved ? KEEPALIVE_MS : 2 * flow->patience_ms;
    if (flow->patience_ms > KEEPALIVE_MOST_MS) flow->patience_ms = KEEPALIVE_MOST_MS;
    for (size_t i = 0; i < STREAMS; i++) flow->position.of[i] = i < m->n_upto ? m->upto[i] : 0;
    flow->head = m->witness->head;
    if (m->witness->epochs > 0) {
        Selenga__Push *before = flow->last;
        flow->last = m;
        m = before;
    }
    if (moved) send_pull(child, service, false, now_ms);
}

static void take(child_t *child, const envelope_t *e, uint64_t now_ms)
{
    if (e->to < FIRST || e->to > LAST) return;
    if (e->type == MSG_PULL) take_pull(child, e->to, e->body);
    if (e->type == MSG_PUSH) take_push(child, e->to, e->body, now_ms);
    if (e->type == MSG_WAKE) send_pull(child, e->to, true, now_ms);
    if (e->type == MSG_GIVEBACK_ASK || e->type == MSG_REBASE) die("the hub takes a child for restored");
}

static void on_link(void *arg, bool up)
{
    child_t *child = arg;
    child->up = up;
    for (uint32_t s = FIRST; s <= LAST; s++) {
        child->flows[s].open = false;
        child->flows[s].heard_ms = mono_ms();
        if (up) send_pull(child, s, true, mono_ms());
    }
}

static void keep_alive(child_t *child, uint64_t now_ms)
{
    for (uint32_t s = FIRST; s <= LAST && child->up; s++) {
        flow_t *flow = &child->flows[s];
        if (now_ms - flow->heard_ms >= flow->patience_ms && now_ms - flow->asked_ms >= KEEPALIVE_MS)
            send_pull(child, s, false, now_ms);
    }
}

void child_turn(child_t *child, uint64_t now_ms)
{
    envelope_t e;
    link_tick(child->link, now_ms);
    keep_alive(child, now_ms);
    while (link_take(child->link, &e, &child->counters, now_ms)) take(child, &e, now_ms);
}

int child_poll_items(const child_t *child, zmq_pollitem_t ret_items[static LINK_ITEMS])
{
    return link_poll_items(child->link, true, ret_items);
}

// --- records

void child_load(child_t *child, uint64_t n, uint64_t in_push)
{
    const pupil_t *pupil = child->setup.pupil;
    size_t size = 0, room = 0;
    child->first += child->n;
    if (child->flows[SERVICE_ROUTING].acked != child->first) die("records before are not acknowledged");
    child->n = n;
    child->in_push = in_push;
    child->ends = xrealloc(child->ends, (n + 1) * sizeof *child->ends);
    for (uint64_t i = 0; i < n; i++) {
        slice_t wire = act_record(&pupil->path, child->boot, pupil->org, "M-1", child->first + i);
        if (size + 4 + wire.size > room) {
            room = 2 * room + 4096;
            child->entries = xrealloc(child->entries, room);
        }
        be32_store(child->entries + size, (uint32_t)wire.size);
        memcpy(child->entries + size + 4, wire.data, wire.size);
        size += 4 + wire.size;
        child->ends[i] = size;
        free((void *)(uintptr_t)wire.data);
    }
    child->released = child->first;
}

void child_release(child_t *child, uint64_t position)
{
    child->released = position;
    push(child);
}

uint64_t child_head(const child_t *child)
{
    return child->first + child->n;
}

uint64_t child_acked(const child_t *child)
{
    return child->flows[SERVICE_ROUTING].acked;
}

bool child_is_up(const child_t *child)
{
    return child->up;
}

bool child_is_open(const child_t *child)
{
    return child->flows[SERVICE_ROUTING].open;
}

// --- making

child_t *child_new(const child_setup_t *setup)
{
    child_t *child = xcalloc(1, sizeof *child);
    child->setup = *setup;
    child->counters = counters_of(GATE_COUNTERS, child->counts, N_GATE_COUNTERS);
    randombytes_buf(&child->boot, sizeof child->boot);
    child->session = child->boot >> 1;
    child->link = link_new(setup->context, setup->hub, &setup->pupil->keys, setup->settings, on_link, child);
    return child;
}

void child_destroy(child_t **child_p)
{
    child_t *child = *child_p;
    if (child == NULL) return;
    link_destroy(&child->link);
    for (uint32_t s = FIRST; s <= LAST; s++) msg_body_free(&child->flows[s].last);
    free(child->entries);
    free(child->ends);
    free(child);
    *child_p = NULL;
}
