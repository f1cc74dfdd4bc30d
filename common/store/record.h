// SPDX-License-Identifier: Apache-2.0
// A record as it travels (proto/record.proto), read in place: no field is copied, nothing is allocated.
#pragma once
#include "common/base/util.h"
#include "common/schema/ids.h"
#include <stdbool.h>

enum {
    RECORD_MAX = 48 * 1024, // bytes of one record on the wire: one fits any batch of any line
    RECORD_SPARE = 2048,    // less for all but conflicts, so that a conflict can hold any other record whole
    ORG_MAX = 64,           // bytes of an organisation's code
    PAST_EPOCHS = 64,       // earlier epochs of its home that a version can name
    PAST_EPOCH = 16,        // bytes of each
    PAST_MAX = PAST_EPOCHS * PAST_EPOCH,
    ANSWERED_MAX = 16 * PAST_EPOCH,
    SEAL_SIZE = 16,
    SEAL_KEY = 32,
};

typedef struct version {
    uint32_t inc;  // incarnation of the home's store
    uint64_t seq;  // the home store's seq at the write
    uint64_t boot; // epoch of the home's store that wrote it; breaks ties
} version_t;

typedef struct record {
    rid_t id;
    uint32_t kind;
    path_t home;
    version_t version;
    slice_t org;
    slice_t author;
    bool deleted;
    slice_t body;
    uint8_t up;       // enum reach_up, as stamped by the home
    uint8_t down;     // enum reach_down
    path_t to;        // only with DOWN_TO
    bool bulk;        // of a load that may wait: read in the stream of its own
    bool gone;        // word that up to this version the record has left the receiver's reach; deleted too
    slice_t past;     // what this version descends from: see record_descends; not counted in RECORD_MAX -
                      // RECORD_SPARE
    slice_t answered; // what its home decided about beside it: see record_answers; not counted either
    slice_t seal;     // of SEAL_SIZE bytes, or none; the last field on the wire
    slice_t wire;     // all of it, byte for byte as received; set by record_parse and record_pack
} record_t;

// <0, 0, >0 as a is older, the same, newer. incarnation, then seq, then boot.
int version_cmp(const version_t *a, const version_t *b);

// Is this version in the past of the record, or its present one? Told exactly from the record alone: the home
// stamps each version with the last one of every earlier epoch of its store that it descends from, and within
// an epoch a record has one line of versions. Only what is older than the last PAST_EPOCHS epochs in which
// the record changed counts as foreign.
bool record_descends(const record_t *record, const version_t *version);
// Has the home of the record been shown this version when it wrote the record? It descends from it, or the
// home has decided about it. One that was answered may be asked about no more; it may still be the last copy.
bool record_answers(const record_t *record, const version_t *version);
// Two records of one id: does the first one's home stand above the other's, and has it decided about that
// version? Then a person there has taken the key from below.
bool record_takes_key(const record_t *record, const record_t *held);
// The past of a version that epoch `boot` writes upon `before`. buf of PAST_MAX bytes; the result points into
// it or into `before`.
slice_t record_past_upon(const record_t *before, uint64_t boot, uint8_t *buf);
// What that version answers besides: what `before` (NULL: nothing) does, and `shown` with all that it was
// written upon. buf of ANSWERED_MAX bytes; the oldest give way.
slice_t record_answered_upon(const record_t *before, const record_t *shown, uint64_t boot, uint8_t *buf);

// "3.1042.9f3a5c0102030405"; buf of VERSION_TEXT bytes.
enum { VERSION_TEXT = 48 };
const char *version_text(const version_t *v, char *buf);

// Reads outside bytes. 0, or -EBADMSG when they are not a well-formed record: the slices then mean nothing.
// On success slices point into `wire`, which must outlive ret_record.
int record_parse(slice_t wire, record_t *ret_record);

// Writes the wire form into buf (fields in order of number) and sets record->wire. buf_size >=
// record_size(record).
size_t record_size(const record_t *record);
// What is told of a record to a neighbour whose reach it has left: which one it was, and no more.
record_t record_gone(const record_t *record);
enum { RECORD_GONE_MAX = 128 + PAST_MAX + ANSWERED_MAX }; // bytes of such a one
void record_pack(record_t *record, uint8_t *buf);

// The seal: keyed BLAKE2b-128 of all that stands on the wire before its field, under a key that only the home
// has (design 2.7, rule 1). By it a home knows its own versions when a neighbour hands them back. Packs the
// record with its seal; buf_size >= record_size(record) + SEAL_ROOM.
enum { SEAL_ROOM = 3 + SEAL_SIZE };
void record_pack_sealed(record_t *record, uint8_t *buf, const uint8_t key[static SEAL_KEY]);
// Does the record, as parsed or packed, bear this key's seal?
bool record_is_sealed(const record_t *record, const uint8_t key[static SEAL_KEY]);
// Do both say the same, whoever wrote which when? Where they do, nobody has to choose between them.
bool record_says_the_same(const record_t *a, const record_t *b);
