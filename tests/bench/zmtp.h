// SPDX-License-Identifier: Apache-2.0
// A client of a node's gate without libzmq: one connection of ZMTP 3.0, mechanism NULL, over the node's local
// socket. As clients of other servers' benchmarks are: what the client costs must not hide what the server
// does. Any failure ends the program.
#pragma once
#include "common/node/msg.h"

typedef struct zmtp {
    int fd;
    uint8_t in[64 * 1024]; // what came and was not taken yet
    size_t size, taken;
} zmtp_t;

zmtp_t *zmtp_open(const char *dir); // of the node; greeted when it returns
void zmtp_close(zmtp_t **zmtp);
void zmtp_send(zmtp_t *zmtp, const envelope_t *envelope, const ProtobufCMessage *body);
// Waits for the next message; its body lives until the next call.
envelope_t zmtp_take(zmtp_t *zmtp);
