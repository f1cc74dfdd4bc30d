// SPDX-License-Identifier: Apache-2.0
// The console among the programs of its node: the gate knows it, and who asks how it is gets an answer.
#pragma once
#include "common/base/util.h"

typedef struct presence presence_t;

// url: what the status names; it must outlive this. 0, or negative errno.
int presence_open(const char *url, presence_t **ret_presence);
void presence_close(presence_t **presence);
void *presence_socket(const presence_t *presence);
// Answers what has come. False: the gate says that another console of this node is there; *why says so.
bool presence_turn(presence_t *presence, why_t *why);
// Every second or two: a gate that was started anew learns of us by it.
void presence_greet(presence_t *presence);
