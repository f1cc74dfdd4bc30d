// SPDX-License-Identifier: Apache-2.0
// What neighbours say to the shelf, and what it has of it afterwards.
#pragma once
#include "common/store/quota.h"
#include "tests/unit/common/shelf.h"

enum { EPOCH = 101, SISTER = 0x66778899 }; // EPOCH: of a shelf that shelf_start opened; SISTER: another child

extern const char OURS[], ABOVE[], BELOW[]; // homes: the shelf's node, the region, the school

// Version {inc, seq, boot} of record n of this home, for everybody.
record_t said(const char *home, uint8_t n, version_t version, const char *body);
// It descends from that version, and from nothing else.
record_t upon(record_t r, version_t before);
// Its home was shown that version, and decided about it beside this one.
record_t answering(record_t r, version_t shown);

// How a version reaches us: under whose seal.
typedef enum sealed { UNDER_OURS, UNDER_ANOTHER } sealed_t;
applied_t brings(uint32_t peer, record_t r, sealed_t sealed);
applied_t gives_back(uint32_t peer, record_t r, sealed_t sealed);
// A node at this path keeps the version as a conflict, and that conflict comes to us.
applied_t finds(const char *finder, uint32_t peer, record_t r, sealed_t sealed);
// Word that it is gone. Returns what store_leave does.
int says_gone(uint32_t peer, const record_t *r);
// Our own, by its draft; returns its version.
version_t writes(uint8_t n, const char *body);
version_t writes_draft(const record_t *draft);

// What stands here now.
bool holds(uint8_t n);
void holds_version(uint8_t n, version_t version);
void holds_body(uint8_t n, const char *body);
version_t present(uint8_t n); // of a record that is held
size_t conflicts(void);
size_t asides(void);
uint64_t head(void);
void has_taken(uint32_t peer, enum quota_sort sort, uint64_t items);

// What the feed to a neighbour brings of record n behind this place: how many versions whole, and whether it
// hears that it is gone.
size_t is_served(uint32_t peer, uint8_t n, uint64_t after);
bool hears_gone(uint32_t peer, uint8_t n, uint64_t after);
