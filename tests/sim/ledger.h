// SPDX-License-Identifier: Apache-2.0
// The checker's own memory of every version that was ever written, and of what each descends from. It knows
// nothing of lanes, cursors and lineage.
#pragma once
#include "common/store/record.h"

enum { WRITES_MAX = 64 }; // of one record: ancestry is a set of bits

typedef enum fate { PENDING, DURABLE, VANISHED } fate_t;

typedef struct ledger_version {
    version_t version;
    uint64_t past; // bits of the writes it descends from, its own included
    uint64_t hash; // of its wire form
    uint64_t
        content; // hash of what it says, whatever its number: two that say the same are one thing to decide
    fate_t fate;
    bool bad;
} ledger_version_t;

typedef struct ledger_record {
    rid_t id;
    uint32_t kind;
    int home; // unit
    unsigned n_writes;
    uint64_t must; // what the home has acknowledged and must still descend from
    bool told;     // a liar was shown a version of it
    uint64_t held; // what existed somewhere when the faults stopped
    ledger_version_t *versions;
    size_t n, room;
} ledger_record_t;

typedef struct ledger ledger_t;

// Changes of one open transaction.
typedef struct ledger_open {
    struct {
        ledger_record_t *record;
        version_t version;
        uint64_t past;
        bool own; // written here now
    } * items;
    size_t n, room;
} ledger_open_t;

ledger_t *ledger_new(void);
void ledger_free(ledger_t **ledger_p);
ledger_record_t *ledger_find(const ledger_t *ledger, const rid_t *id);
ledger_record_t *ledger_make(ledger_t *ledger, const rid_t *id, uint32_t kind, int home);
// Not one that vanished.
ledger_version_t *ledger_version(const ledger_record_t *r, const version_t *v);
ledger_version_t *ledger_add(ledger_record_t *r, const version_t *v);
size_t ledger_count(const ledger_t *ledger);
ledger_record_t *ledger_at(const ledger_t *ledger, size_t i);

void ledger_note(ledger_open_t *open, ledger_record_t *r, const version_t *v, uint64_t past, bool own);
void ledger_close(ledger_open_t *open, bool durable);

uint64_t wire_hash(slice_t wire);
uint64_t content_hash(const record_t *r);
