// SPDX-License-Identifier: Apache-2.0
#include "services/gate/silence.h"
#include "common/node/msg.h"
#include "services/gate/gate_private.h"

static uint8_t bit_of(uint32_t service)
{
    return (uint8_t)(1U << service);
}

// What could not be handed over is told with the next tick.
static void tell(gate_t *gate, uint32_t peer, uint8_t silent, uint8_t *told)
{
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END && silent != *told; n++) {
        if (((silent ^ *told) & bit_of(n)) == 0 || !local_has(gate->local, n)) continue;
        Selenga__Link link = SELENGA__LINK__INIT;
        link.has_peer = link.has_silent = 1;
        link.peer = peer;
        link.silent = (silent & bit_of(n)) != 0;
        envelope_t envelope = {.type = MSG_LINK, .to = n, .from = SERVICE_GATE};
        if (local_send(gate->local, n, &envelope, &link.base) == 0) *told ^= bit_of(n);
    }
}

void silence_tick(gate_t *gate, uint64_t now_ms)
{
    uint8_t own = local_silent(gate->local, now_ms);
    if (gate->link) link_say(gate->link, own, now_ms);
    if (gate->peers) peers_say(gate->peers, own, now_ms);
    if (gate->link) tell(gate, PEER_PARENT, link_view(gate->link).silent, &gate->parent_silence_told);
    for (size_t i = 0; i < gate->keys.now.n; i++) {
        key_entry_t *row = gate->keys.now.rows[i];
        if (row->silent != row->silence_told) tell(gate, row->label, row->silent, &row->silence_told);
    }
}

void silence_forget(gate_t *gate, uint32_t service)
{
    gate->parent_silence_told &= (uint8_t)~bit_of(service);
    for (size_t i = 0; i < gate->keys.now.n; i++)
        gate->keys.now.rows[i]->silence_told &= (uint8_t)~bit_of(service);
}
