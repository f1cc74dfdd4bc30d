// SPDX-License-Identifier: Apache-2.0
// What a local caller of a node says and hears. Whatever goes wrong ends the program.
#pragma once
#include "common/node/msg.h"
#include "proto/api.pb-c.h"
#include "tests/bench/acts.h"

enum { WAIT_MS = 60000, GROUPS_MOST = 2000, FIELDS = 7 };

void *open_gate(void *context, const char *dir);
void ask(void *socket, uint32_t service, uint32_t type, const ProtobufCMessage *body);
// The type of the answer; its body lives in the frame, which the caller closes.
uint32_t answer(void *socket, zmq_msg_t *frame, envelope_t *ret);

typedef struct puts { // a PUT of several acts, each a group of its own
    Selenga__Put put;
    Selenga__Group groups[GROUPS_MOST], *group_list[GROUPS_MOST];
    Selenga__Item items[GROUPS_MOST], *item_list[GROUPS_MOST];
    uint32_t set[FIELDS];
    uint8_t bodies[GROUPS_MOST][ACT_BODY];
} puts_t;

puts_t *puts_new(void);                                                             // owned
void send_acts(void *socket, puts_t *p, const char *org, uint64_t first, size_t n); // at most GROUPS_MOST
void take_acts(void *socket, size_t n);                                             // all of them new

rid_t id_of(const char *org, uint64_t n);       // of an act
bool has_record(void *socket, const rid_t *id); // asks for it
uint64_t count_records(void *socket);           // that routing holds

uint64_t wall_ms(void);
void nap_us(long us);
