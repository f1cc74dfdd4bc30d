// SPDX-License-Identifier: Apache-2.0
// A long list, page by page, for a verb.
#pragma once
#include "common/base/util.h"
#include "proto/record.pb-c.h"
#include "services/cli/ask.h"

// Takes one record, as bytes of the wire and unpacked, valid during the call. Returns CLI_DONE to go on;
// anything else ends the list and is returned.
typedef int ask_take_t(slice_t wire, const Selenga__Record *record, void *context);
// Called after each page, so that what was gathered can be shown; NULL if not needed.
typedef void ask_turn_t(void *context);

// Hands out the records of an answer in hand. Returns as ask_each.
int ask_take_all(const ask_t *ask, const Selenga__Records *page, ask_take_t *take, void *context);

// Asks for the records that `request` describes, in pages, until none is left or `most` were taken (0: all).
// Returns CLI_DONE, what `take` returned, or the failure after saying why.
int ask_each(ask_t *ask, const Selenga__List *request, uint64_t most, ask_take_t *take, ask_turn_t *turn,
             void *context);
