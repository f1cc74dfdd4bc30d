// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/calls.h"
#include "common/schema/body.h"
#include "proto/message.h"
#include "proto/routing.pb-c.h"
#include "tests/bench/measure.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

void *open_gate(void *context, const char *dir)
{
    char endpoint[512];
    int zero = 0, wait = WAIT_MS;
    void *socket = zmq_socket(context, ZMQ_DEALER);
    snprintf(endpoint, sizeof endpoint, "ipc://%s/run/gate", dir);
    zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof zero);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait, sizeof wait);
    if (zmq_connect(socket, endpoint) != 0) die("%s: %s", endpoint, zmq_strerror(errno));
    return socket;
}

void ask(void *socket, uint32_t service, uint32_t type, const ProtobufCMessage *body)
{
    envelope_t e = {.type = type, .to = service, .call = 1};
    int r = msg_send(socket, &e, body);
    if (r != 0) die("cannot send: %s", strerror(-r));
}

uint32_t answer(void *socket, zmq_msg_t *frame, envelope_t *ret)
{
    zmq_msg_init(frame);
    if (zmq_msg_recv(frame, socket, 0) < 0) die("no answer: %s", zmq_strerror(errno));
    if (msg_unpack(slice(zmq_msg_data(frame), zmq_msg_size(frame)), ret) != 0) die("not an envelope");
    return ret->type;
}

puts_t *puts_new(void)
{
    puts_t *p = xcalloc(1, sizeof *p);
    selenga__put__init(&p->put);
    p->put.groups = p->group_list;
    for (uint32_t i = 0; i < FIELDS; i++) p->set[i] = i + 1;
    for (size_t i = 0; i < GROUPS_MOST; i++) {
        selenga__group__init(&p->groups[i]);
        selenga__item__init(&p->items[i]);
        p->item_list[i] = &p->items[i];
        p->group_list[i] = &p->groups[i];
        p->groups[i].items = &p->item_list[i];
        p->groups[i].n_items = 1;
        p->items[i].has_kind = p->items[i].has_body = 1;
        p->items[i].kind = N_SUPPORT_ACT;
        p->items[i].body = (ProtobufCBinaryData){.len = ACT_BODY, .data = p->bodies[i]};
        p->items[i].set = p->set;
        p->items[i].n_set = FIELDS;
    }
    return p;
}

void send_acts(void *socket, puts_t *p, const char *org, uint64_t first, size_t n)
{
    for (size_t i = 0; i < n; i++) act_body(org, "M-1", first + i, p->bodies[i]);
    p->put.n_groups = n;
    ask(socket, SERVICE_ROUTING, MSG_PUT, &p->put.base);
}

void take_acts(void *socket, size_t n)
{
    zmq_msg_t frame;
    envelope_t e;
    if (answer(socket, &frame, &e) != MSG_PUT_REPLY) die("a put was refused as a whole");
    AUTO(msg_body_free) Selenga__PutReply *m = msg_body_unpack(&selenga__put_reply__descriptor, e.body);
    if (m == NULL || m->n_outcomes != n) die("an answer to something else");
    for (size_t i = 0; i < n; i++)
        if (m->outcomes[i]->result != 1)
            die("act not new: %u %s %s", m->outcomes[i]->result,
                m->outcomes[i]->fault != NULL ? m->outcomes[i]->fault->code : "",
                m->outcomes[i]->fault != NULL && m->outcomes[i]->fault->n_args > 0
                    ? m->outcomes[i]->fault->args[0]
                    : "");
    zmq_msg_close(&frame);
}

uint64_t count_records(void *socket)
{
    zmq_msg_t frame;
    envelope_t e;
    ask(socket, SERVICE_ROUTING, MSG_STATUS, NULL);
    if (answer(socket, &frame, &e) != MSG_STATUS_REPLY) die("no status");
    AUTO(msg_body_free) Selenga__Status *m = msg_body_unpack(&selenga__status__descriptor, e.body);
    uint64_t n = m != NULL ? m->records : 0;
    zmq_msg_close(&frame);
    return n;
}

uint64_t wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void nap_us(long us)
{
    struct timespec t = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&t, NULL);
}

rid_t id_of(const char *org, uint64_t n)
{
    uint8_t body[ACT_BODY];
    rid_t id;
    act_body(org, "M-1", n, body);
    AUTO(msg_body_free)
    Selenga__SupportAct *m = msg_body_unpack(&selenga__support_act__descriptor, slice(body, ACT_BODY));
    if (m == NULL || !body_id(&KIND_SUPPORT_ACT, &m->base, &id)) die("an act without an id");
    return id;
}

static void ask_record(void *socket, const rid_t *id)
{
    Selenga__Get m = SELENGA__GET__INIT;
    m.has_id = 1;
    m.id = (ProtobufCBinaryData){.len = sizeof id->b, .data = (uint8_t *)(uintptr_t)id->b};
    ask(socket, SERVICE_ROUTING, MSG_GET, &m.base);
}

bool has_record(void *socket, const rid_t *id)
{
    zmq_msg_t frame;
    envelope_t e;
    ask_record(socket, id);
    bool found = answer(socket, &frame, &e) == MSG_RECORDS;
    zmq_msg_close(&frame);
    return found;
}
