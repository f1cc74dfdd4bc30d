// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/steady.h"
#include "common/base/clock.h"
#include "common/node/msg.h"
#include "proto/api.pb-c.h"
#include "proto/message.h"
#include "tests/bench/measure.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SLOTS = 8,
    BATCH = 50,
    CHANGES = 10,     // of a batch; the others are new
    EVENTS_EVERY = 5, // batches: that one goes to registry
    PATIENCE_MS = 500,
    AGAIN_MS = 20,
    DEBT_US = 100000, // a node that was away is not given at once what it missed
    FIELDS = 7,
};

typedef struct slot {
    bool busy, unsent;
    shelf_t *shelf;
    uint64_t call, due_ms; // when it is sent again
    size_t numbers[BATCH];
    uint16_t changes[BATCH];
    size_t n, n_new;
} slot_t;

struct steady {
    void *socket;
    shelf_t *shelves;
    slot_t slots[SLOTS];
    bool go;
    uint64_t batch_us, next_us, batches, call, dice;
    uint64_t acked, writes, again;
};

steady_t *steady_new(void *context, const char *dir, shelf_t shelves[static SHELVES], uint64_t per_s)
{
    char endpoint[512];
    int zero = 0, one = 1, reconnect_ms = 20;
    steady_t *steady = xcalloc(1, sizeof *steady);
    steady->shelves = shelves;
    steady->batch_us = BATCH * 1000000 / per_s;
    steady->dice = 88172645463325252ULL;
    steady->socket = zmq_socket(context, ZMQ_DEALER);
    zmq_setsockopt(steady->socket, ZMQ_LINGER, &zero, sizeof zero);
    zmq_setsockopt(steady->socket, ZMQ_IMMEDIATE, &one,
                   sizeof one); // nothing is queued for a gate that is away
    zmq_setsockopt(steady->socket, ZMQ_RECONNECT_IVL, &reconnect_ms, sizeof reconnect_ms);
    snprintf(endpoint, sizeof endpoint, "ipc://%s/run/gate", dir);
    if (zmq_connect(steady->socket, endpoint) != 0) die("%s: %s", endpoint, zmq_strerror(errno));
    return steady;
}

void steady_destroy(steady_t **steady)
{
    if (*steady == NULL) return;
    zmq_close((*steady)->socket);
    free(*steady);
    *steady = NULL;
}

// --- one batch

typedef struct put { // as it is packed
    Selenga__Put put;
    Selenga__Group groups[BATCH], *group_list[BATCH];
    Selenga__Item items[BATCH], *item_list[BATCH];
    uint8_t bodies[BATCH][BODY_MOST];
} put_t;

static void fill(const slot_t *slot, put_t *p)
{
    static uint32_t set[FIELDS] = {1, 2, 3, 4, 5, 6, 7};
    selenga__put__init(&p->put);
    p->put.groups = p->group_list;
    p->put.n_groups = slot->n;
    for (size_t i = 0; i < slot->n; i++) {
        Selenga__Item *item = p->item_list[i] = &p->items[i];
        selenga__item__init(item);
        item->has_kind = item->has_body = 1;
        item->kind = slot->shelf->rule->number;
        item->body.data = p->bodies[i];
        item->body.len = shelf_body(slot->shelf, slot->numbers[i], slot->changes[i], p->bodies[i]);
        item->set = set;
        item->n_set = FIELDS;
        selenga__group__init(&p->groups[i]);
        p->groups[i].items = &p->item_list[i];
        p->groups[i].n_items = 1;
        p->group_list[i] = &p->groups[i];
    }
}

static void send_slot(steady_t *steady, slot_t *slot)
{
    AUTO(xfree) put_t *p = xmalloc(sizeof *p);
    fill(slot, p);
    slot->call = ++steady->call;
    envelope_t e = {.type = MSG_PUT, .to = slot->shelf->service, .call = slot->call};
    slot->unsent = msg_send(steady->socket, &e, &p->put.base) != 0;
    slot->due_ms = mono_ms() + (slot->unsent ? AGAIN_MS : PATIENCE_MS);
}

// An earlier record that is not in a batch under way.
static bool pick_earlier(steady_t *steady, const shelf_t *shelf, size_t *ret_number)
{
    steady->dice ^= steady->dice << 13, steady->dice ^= steady->dice >> 7, steady->dice ^= steady->dice << 17;
    if (shelf->n == 0) return false;
    size_t number = steady->dice % shelf->n;
    *ret_number = number;
    return shelf->acked[number] != 0 && shelf->acked[number] == shelf->sent[number] &&
           shelf->sent[number] < UINT16_MAX;
}

static void begin(steady_t *steady, slot_t *slot)
{
    shelf_t *shelf = &steady->shelves[steady->batches++ % EVENTS_EVERY == EVENTS_EVERY - 1];
    *slot = (slot_t){.busy = true, .shelf = shelf};
    for (size_t i = 0, number; i < CHANGES; i++) {
        if (!pick_earlier(steady, shelf, &number)) continue;
        slot->changes[slot->n] = ++shelf->sent[number];
        slot->numbers[slot->n++] = number;
    }
    for (; slot->n < BATCH; slot->n++, slot->n_new++) {
        size_t number = slot->numbers[slot->n] = shelf_add(shelf);
        slot->changes[slot->n] = shelf->sent[number] = 1;
    }
    send_slot(steady, slot);
}

static void finish(steady_t *steady, slot_t *slot, const Selenga__PutReply *m)
{
    if (m->n_outcomes != slot->n) die("an answer to something else");
    for (size_t i = 0; i < slot->n; i++) {
        const Selenga__Outcome *o = m->outcomes[i];
        if (o->result < 1 || o->result > 3)
            die("a record was refused: %s",
                o->fault != NULL && o->fault->code != NULL ? o->fault->code : "?");
        shelf_acked(slot->shelf, slot->numbers[i], slot->changes[i]);
    }
    steady->writes += slot->n;
    steady->acked += slot->n_new;
    slot->busy = false;
}

static void take(steady_t *steady, const envelope_t *e)
{
    slot_t *slot = NULL;
    for (size_t i = 0; i < SLOTS; i++)
        if (steady->slots[i].busy && steady->slots[i].call == e->call) slot = &steady->slots[i];
    if (slot == NULL) return; // late, of a batch that was sent again
    if (e->type != MSG_PUT_REPLY) {
        slot->due_ms = mono_ms() + AGAIN_MS;
        return;
    }
    AUTO(msg_body_free) Selenga__PutReply *m = msg_body_unpack(&selenga__put_reply__descriptor, e->body);
    if (m == NULL) die("an answer that cannot be read");
    finish(steady, slot, m);
}

// --- the loop's side

void *steady_socket(const steady_t *steady)
{
    return steady->socket;
}

void steady_go(steady_t *steady, bool go)
{
    steady->go = go;
    steady->next_us = mono_us();
}

static void begin_due(steady_t *steady)
{
    uint64_t now = mono_us();
    for (size_t i = 0; i < SLOTS && steady->next_us <= now; i++) {
        if (steady->slots[i].busy) continue;
        begin(steady, &steady->slots[i]);
        steady->next_us += steady->batch_us;
    }
    if (steady->next_us + DEBT_US < now) steady->next_us = now - DEBT_US;
}

void steady_turn(steady_t *steady)
{
    zmq_msg_t frame;
    envelope_t e;
    zmq_msg_init(&frame);
    while (zmq_msg_recv(&frame, steady->socket, ZMQ_DONTWAIT) >= 0)
        if (msg_unpack(slice(zmq_msg_data(&frame), zmq_msg_size(&frame)), &e) == 0) take(steady, &e);
    zmq_msg_close(&frame);
    uint64_t now = mono_ms();
    for (size_t i = 0; i < SLOTS; i++) {
        slot_t *slot = &steady->slots[i];
        if (!slot->busy || now < slot->due_ms) continue;
        steady->again += !slot->unsent;
        send_slot(steady, slot);
    }
    if (steady->go) begin_due(steady);
}

bool steady_is_done(const steady_t *steady)
{
    for (size_t i = 0; i < SLOTS; i++)
        if (steady->slots[i].busy) return false;
    return true;
}

uint64_t steady_acked(const steady_t *steady)
{
    return steady->acked;
}

uint64_t steady_writes(const steady_t *steady)
{
    return steady->writes;
}

uint64_t steady_again(const steady_t *steady)
{
    return steady->again;
}

uint64_t steady_waiting(const steady_t *steady)
{
    uint64_t n = 0;
    for (size_t i = 0; i < SLOTS; i++) n += steady->slots[i].busy ? steady->slots[i].n_new : 0;
    return n;
}
