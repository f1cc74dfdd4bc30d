// SPDX-License-Identifier: Apache-2.0
// What an import, or a change of many records, wrote, so that it can be taken back: a file of the node's own.
//
//   SHEET <TAB> FILE <TAB> when it began
//   run NUMBER                                     in hex: of each process that wrote, before its first
//   message KIND-NUMBER <blank> ID <blank> VERSION or - <blank> VERSION-BEFORE or -      a line for each
//   record, in order
//
// While it is at work the file is PATH.new. One that was cut off leaves it, and the next import of
// that sheet goes on with it. What the last message of a run wrote, the service knows too (Put.run): what was
// not heard of it is asked for by the run's number.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/base/hash.h"
#include "common/schema/ids.h"
#include "common/store/record.h"
#include "proto/api.pb-c.h"

enum { JOURNAL_SOURCE = 1024, JOURNAL_RUN = 16 };

typedef struct journal journal_t;

// The file is made and says the run's number, before anything is sent. path NULL: no journal is kept.
journal_t *journal_new(const char *path, const char *sheet, const char *source);
void journal_destroy(journal_t **self);
// Number of this run; valid while the journal is.
const uint8_t *journal_run(const journal_t *self);
// Records that the outcome tells.
void journal_add(journal_t *self, const Selenga__Outcome *outcome);
// Records that were deleted: their version is "-", there is none.
void journal_add_deleted(journal_t *self, const Selenga__Outcome *outcome);
// What was added is on the disk: before the next message is sent.
void journal_flush(journal_t *self);
// whole: all answers were heard. 0, or negative errno: then the import cannot be taken back. Where nothing
// was written, what the import before wrote can still be.
int journal_finish(journal_t *self, bool whole);

typedef struct journal_entry {
    uint32_t kind;
    rid_t id;
    char version[VERSION_TEXT], replaced[VERSION_TEXT]; // replaced: "" when it was new
} journal_entry_t;

typedef struct journal_reader {
    char sheet[64], source[JOURNAL_SOURCE], began[32];
    journal_entry_t *entries; // one for each record
    size_t n, room;
    uint8_t (*runs)[JOURNAL_RUN];
    size_t n_runs, runs_room;
    hash_t ids;   // of the entries
    bool cut_off; // it did not come to its end
    int fd;       // of one that was cut off: no import goes on with it meanwhile
} journal_reader_t;

// What the file at `path` tells; with runs whose last message may have written more, see journal_merge. 0;
// -ENOENT: none; -EBUSY: one is under way; -EBADMSG: the file is damaged; or another negative errno.
// journal_clear afterwards; the reader must not move.
int journal_read(const char *path, journal_reader_t *ret);
// What else was written: an entry of its own, or a version of one that is there.
void journal_merge(journal_reader_t *reader, const journal_entry_t *entry);
bool journal_entry_of(const Selenga__ItemOutcome *item, journal_entry_t *ret); // false: it was not written
void journal_clear(journal_reader_t *reader);
// It was taken back, or wrote nothing. 0 or negative errno.
int journal_forget(const char *path, const journal_reader_t *reader);
