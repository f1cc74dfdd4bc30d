// SPDX-License-Identifier: Apache-2.0
// What peers.c and peers_tick.c share.
#pragma once
#include "services/gate/door.h"
#include "services/gate/peers.h"
#include "services/gate/up.h"
#include "services/gate/watch.h"

enum { ENDING_MS = 2000 }; // for an answer to leave before the connection ends

struct peers {
    peers_setup_t setup;
    door_t door;
    char endpoint[256];
    connections_t connections;
    size_t most;
    size_t strangers; // of these
    up_t up;
    watch_t watch;
    uint64_t now_ms; // during peers_look
    uint64_t look_ms;
    uint8_t silent;     // services of this node
    door_frame_t frame; // last taken
    bool holds_frame;
};

// It is gone: forget it.
void peers_forget(peers_t *peers, int fd, uint64_t now_ms);
// End it now.
void peers_cut(peers_t *peers, connection_t *connection, uint64_t now_ms);
// End it when what is being sent has had time to leave.
void peers_end_soon(connection_t *connection, uint64_t now_ms);
// Connections that came and went.
void peers_take_events(peers_t *peers, uint64_t now_ms);
// Two stores speak with its key, or do so no longer.
void peers_note_clone(peers_t *peers, key_entry_t *row, bool cloned);
