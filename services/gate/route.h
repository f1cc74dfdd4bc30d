// SPDX-License-Identifier: Apache-2.0
// Where each envelope goes, and what is stamped on it. Everything that is not named here is dropped or
// refused.
#pragma once
#include "services/gate/gate_private.h"

// From a registered service: a reply (by its route), a neighbour's feed, another service's, or the gate's own
// business.
void route_from_service(gate_t *gate, uint32_t service, const envelope_t *envelope);
// From a local caller: a request for a service or the gate. Always answered.
void route_from_caller(gate_t *gate, const door_frame_t *frame);
// From outside, after peers_take and link_take have admitted it.
void route_from_child(gate_t *gate, const envelope_t *envelope, const connection_t *from);
void route_from_parent(gate_t *gate, const envelope_t *envelope);
// It could not be handed to that service (errors of local_send): counted, and its asker is told.
void route_undelivered(gate_t *gate, uint32_t service, const envelope_t *envelope, int error);

// Tells all services that a neighbour came or went; *untold (NULL: nobody remembers) are those that did not
// take it.
void route_link(gate_t *gate, uint32_t peer, bool up, uint8_t *untold);
// Tells all services that a copy of this child is being turned away, or no more.
void route_clone(gate_t *gate, uint32_t peer, bool cloned);
// Some time soon a service is to be told how every neighbour stands.
void route_links_due(gate_t *gate, uint32_t service);
// A service is to be told how every neighbour stands, as far as its queue takes it now. The rest is for
// later.
void route_links_to(gate_t *gate, uint32_t service);
// Tells services that have not heard of all links of those that are left. Does one here still have to hear?
bool route_links_left(gate_t *gate);
// Asks the registry for the keys.
void route_ask_keys(gate_t *gate, uint64_t now_ms);
