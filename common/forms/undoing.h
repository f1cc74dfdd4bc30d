// SPDX-License-Identifier: Apache-2.0
// What a journal tells of is taken back, in three passes. The first two ask, and change nothing: is each
// record still at the version that was written, and may the new ones be deleted? Only if nothing is in the
// way the third, backwards, deletes what was new and writes again what was replaced, each under the version
// that it expects, so that nothing written meanwhile is lost. A record that stands already as it was before
// counts as taken back: an undo that was cut off goes on. It waits for nobody: it goes on from client_turn.
#pragma once
#include "common/forms/journal.h"
#include "common/node/client.h"

typedef struct undoing undoing_t;

enum { UNDOING_TOLD = 10 };

// What is in the way of a record.
typedef struct undoing_told {
    const journal_entry_t *entry;
    bool forgotten; // what it said before is not kept any more; else:
    fault_t fault;
} undoing_told_t;

// All of it is over, or it broke off: `why`. Called once, from client_turn; it may destroy the undoing.
typedef void undoing_done_t(void *context, client_status_t status, const client_why_t *why);

// Of records of one service, in the name of `account` (client_request_t); NULL: nobody's. reason: of
// deletions. The journal, the account and the reason must outlive it. The service is asked first what the
// runs of the journal wrote besides, of which nobody heard; that is entered into it. NULL with *ret_why: too
// much is under way.
undoing_t *undoing_start(client_t *client, uint32_t service, const char *account, const char *reason,
                         journal_reader_t *journal, undoing_done_t *done, void *context,
                         client_why_t *ret_why);
void undoing_destroy(undoing_t **self);

size_t undoing_removed(const undoing_t *self);
size_t undoing_restored(const undoing_t *self);
// How many are in the way, and the first of them.
size_t undoing_in_the_way(const undoing_t *self);
size_t undoing_told(const undoing_t *self, const undoing_told_t **ret_told);
// Was anything taken back? Else nothing was, for what is in the way.
bool undoing_began(const undoing_t *self);
