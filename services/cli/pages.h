// SPDX-License-Identifier: Apache-2.0
// A long list, page by page.
#pragma once
#include "common/base/util.h"
#include "proto/record.pb-c.h"
#include "services/cli/ask.h"

// Takes one record, as bytes of the wire and unpacked, valid during the call. Returns CLI_DONE to go on;
// anything else ends the list and is returned.
typedef int pages_take_t(slice_t wire, const Selenga__Record *record, void *context);
// Called after each page, so that what was gathered can be shown; NULL if not needed.
typedef void pages_turn_t(void *context);

// Hands out the records of an answer in hand. Returns as pages_each.
int pages_take_all(const Selenga__Records *page, pages_take_t *take, void *context);

// Asks for the records that `request` describes, in pages, until none is left or `most` were taken (0: all).
// `limit` and `after` of the request are set here. Returns CLI_DONE, what `take` returned, or the failure
// after saying why.
int pages_each(ask_t *ask, Selenga__List *request, uint64_t most, pages_take_t *take, pages_turn_t *turn,
               void *context);
