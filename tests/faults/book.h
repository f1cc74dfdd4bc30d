// SPDX-License-Identifier: Apache-2.0
// What the load knows from outside: which records it wrote, and what was acknowledged of each. A record has a
// number and a change: 1 as first written, and one more for each time that it was written again. Key and
// content follow from them, so that anybody can say later what a record must be.
#pragma once
#include "common/schema/kinds.h"
#include "common/store/record.h"

enum { SHELVES = 2, BODY_MOST = 600 };

typedef struct shelf { // records of one kind at one service
    const kind_rule_t *rule;
    uint32_t service;
    const char *org;
    uint16_t *acked; // by number: the change that was acknowledged last, 0: none yet
    uint16_t *sent;  // by number: the change that was sent last
    size_t n, room;
    size_t n_acked; // of them: numbers with an acknowledged change
} shelf_t;

// Acts of support at routing, events at registry. `org` must outlive them.
void shelves_open(shelf_t shelves[static SHELVES], const char *org);
void shelves_close(shelf_t shelves[static SHELVES]);

size_t shelf_add(shelf_t *shelf); // a number for a new record
void shelf_acked(shelf_t *shelf, size_t number, uint16_t change);

// Packs the body into buf of BODY_MOST bytes; returns its size.
size_t shelf_body(const shelf_t *shelf, size_t number, uint16_t change, uint8_t *buf);
rid_t shelf_id(const shelf_t *shelf, size_t number);
