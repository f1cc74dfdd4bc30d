// SPDX-License-Identifier: Apache-2.0
// Writes at one node, steadily, whatever happens to it: a batch that was not acknowledged is sent again until
// it is.
#pragma once
#include "tests/faults/book.h"
#include <zmq.h>

typedef struct steady steady_t;

// `per_s`: records a second, new ones and changes of earlier ones.
steady_t *steady_new(void *context, const char *dir, shelf_t shelves[static SHELVES], uint64_t per_s);
void steady_destroy(steady_t **steady);

void *steady_socket(const steady_t *steady);
void steady_go(steady_t *steady, bool go);       // whether to begin new batches
void steady_turn(steady_t *steady);              // takes answers, sends what is due
bool steady_is_done(const steady_t *steady);     // nothing is under way
uint64_t steady_acked(const steady_t *steady);   // records written first, acknowledged
uint64_t steady_writes(const steady_t *steady);  // all acknowledged writes
uint64_t steady_again(const steady_t *steady);   // batches that were sent again
uint64_t steady_waiting(const steady_t *steady); // records written first, under way: they may be there or not
