// SPDX-License-Identifier: Apache-2.0
// What an import, or a change of many records, wrote, so that it can be taken back: a file of the node's own.
//
//   SHEET <TAB> FILE <TAB> when it began
//   KIND-NUMBER <blank> ID <blank> VERSION or - <blank> VERSION-BEFORE or -   a line for each record, in
//   order
//
// While it is at work the file is PATH.new. What was cut off leaves it, and the next import of that sheet
// goes on with it.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/schema/ids.h"
#include "common/store/record.h"
#include "proto/api.pb-c.h"

enum { JOURNAL_SOURCE = 1024 };

typedef struct journal journal_t;

// Nothing is made before the first record. path NULL: no journal is kept.
journal_t *journal_new(const char *path, const char *sheet, const char *source);
void journal_destroy(journal_t **self);
// Records that the outcome tells.
void journal_add(journal_t *self, const Selenga__Outcome *outcome);
// Records that were deleted: their version is "-", there is none.
void journal_add_deleted(journal_t *self, const Selenga__Outcome *outcome);
// What was added is on its way to the disk.
void journal_flush(journal_t *self);
// 0, or negative errno: then the import cannot be taken back. Where nothing was written, what the import
// before wrote can still be.
int journal_finish(journal_t *self);

typedef struct journal_entry {
    uint32_t kind;
    rid_t id;
    char version[VERSION_TEXT], replaced[VERSION_TEXT]; // replaced: "" when it was new; version: "-" deleted
} journal_entry_t;

typedef struct journal_reader {
    char sheet[64], source[JOURNAL_SOURCE], began[32];
    journal_entry_t *entries;
    size_t n, room;
} journal_reader_t;

// What the file at `path` tells. 0; -ENOENT: none; -EBUSY: one was cut off since, or is under way;
// -EBADMSG: the file is damaged; or another negative errno. journal_clear afterwards.
int journal_read(const char *path, journal_reader_t *ret);
void journal_clear(journal_reader_t *reader);
// It was taken back. 0 or negative errno.
int journal_forget(const char *path);
// What was cut off, up to where it came, takes the place of a whole one. 0 or negative errno; -ENOENT: none
// was.
int journal_adopt(const char *path);
