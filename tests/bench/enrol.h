// SPDX-License-Identifier: Apache-2.0
// Children of a hub, enrolled through real invitations and joins.
#pragma once
#include "common/node/node.h"

typedef struct pupil { // one enrolled child
    node_keys_t keys;
    path_t path;
    char org[NODE_ORG_MAX + 1];
} pupil_t;

typedef struct roll {
    node_parent_t hub;
    pupil_t *pupils;
    size_t n;
} roll_t;

// Invites and enrols `n` children of the running node in `dir`, organisations PREFIX-00001 and so on. Dies
// when it cannot.
void enrol(const char *dir, const char *prefix, size_t n, roll_t *ret_roll);
// Kept in a file between programs: where the hub is, and who the children are. Die when they cannot.
void roll_save(const roll_t *roll, const char *file);
void roll_load(const char *file, roll_t *ret_roll);
void roll_clear(roll_t *roll);
