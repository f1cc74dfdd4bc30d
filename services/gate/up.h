// SPDX-License-Identifier: Apache-2.0
// Children that have greeted: label -> descriptor of the connection.
#pragma once
#include "common/base/util.h"

typedef struct up_row {
    uint32_t label;
    int fd;
} up_row_t;

typedef struct up {
    up_row_t *rows; // ascending by label
    size_t n, room;
} up_t;

void up_clear(up_t *up);
int up_find(const up_t *up, uint32_t label); // -1: not there
void up_add(up_t *up, uint32_t label, int fd);
bool up_remove(up_t *up, uint32_t label, int fd); // false: not there, or over another connection
