// SPDX-License-Identifier: Apache-2.0
// Routes as records: writing a proposal down as a draft, and the one way in which a draft becomes binding.
#pragma once
#include "services/routing/routing.h"

// MSG_ROUTE_PROPOSE: a draft route with its activities, each with its reason. Refused when the person has no
// open need, or a draft already. Answered by the new records.
int routes_propose(routing_t *self, store_txn_t *txn, const envelope_t *e);
// MSG_ROUTE_CONFIRM: a named person agrees to a draft, which gets its tutor. Answered by the route.
int routes_confirm(routing_t *self, store_txn_t *txn, const envelope_t *e);
