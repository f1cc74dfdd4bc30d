// SPDX-License-Identifier: Apache-2.0
// What the children's door does by itself: deadlines, pings, who sends too much, who may no longer come.
#include "common/base/clock.h"
#include "common/base/log.h"
#include "proto/api.pb-c.h"
#include "proto/message.h"
#include "services/gate/peers_private.h"
#include "services/gate/rival.h"

enum { LOOK_MS = 500 }; // how often deadlines are looked at

static void send_ping(peers_t *peers, connection_t *connection, uint64_t now_ms)
{
    Selenga__Ping ping = SELENGA__PING__INIT;
    ping.has_sent_us = 1;
    ping.sent_us = mono_us();
    ping.has_silent = 1;
    ping.silent = peers->silent;
    envelope_t envelope = {.type = MSG_PING, .to = SERVICE_GATE, .from = SERVICE_GATE};
    (void)door_send(&peers->door, connection->routing, &envelope, &ping.base);
    connection->ping_ms = now_ms + (uint64_t)peers->setup.settings->ping_ms;
}

void peers_say(peers_t *peers, uint8_t silent, uint64_t now_ms)
{
    if (silent == peers->silent) return;
    peers->silent = silent;
    for (size_t i = 0; i < peers->up.n; i++)
        connections_get(&peers->connections, peers->up.rows[i].fd)->ping_ms = now_ms;
}

static void look_at(peers_t *peers, connection_t *connection, uint64_t now_ms)
{
    if (now_ms >= connection->deadline_ms) {
        // Shut down already, and still no event: libzmq may have lost it; forget it, whatever it was.
        if (connection->ending) connection_shutdown(connection);
        if (connection->ending && now_ms >= connection->deadline_ms + ENDING_MS)
            peers_forget(peers, connection->fd, now_ms);
        else if (!connection->ending)
            peers_cut(peers, connection, now_ms);
        return;
    }
    if (connection->ending) return;
    if (connection->greeted && connection->label && now_ms >= connection->ping_ms)
        send_ping(peers, connection, now_ms);
}

// Is more coming over it than it completes?
static uint64_t look_for_greed(void *arg, int fd)
{
    peers_t *peers = arg;
    uint64_t most = (uint64_t)peers->setup.settings->unread_max;
    connection_t *connection = connections_get(&peers->connections, fd);
    uint64_t received = connection && !connection->ending ? connection_received(connection) : 0;
    if (received == 0 || received <= connection->taken_bytes + most) return received;
    log_once(L_WARNING, "GATE-PEER-GREEDY", connection->label,
             _("a peer sent more than %lld bytes without completing a message; its connection is ended"),
             (long long)most);
    peers_cut(peers, connection, peers->now_ms);
    return 0;
}

uint64_t peers_due_ms(const peers_t *peers, uint64_t now_ms)
{
    return watch_due_ms(&peers->watch, now_ms);
}

void peers_tick(peers_t *peers, uint64_t now_ms)
{
    peers_take_events(peers, now_ms);
    peers->now_ms = now_ms;
    watch_look(&peers->watch, now_ms, look_for_greed, peers);
    if (now_ms < peers->look_ms) return;
    peers->look_ms = now_ms + LOOK_MS;
    for (size_t i = 0; i < peers->setup.table->now.n; i++) {
        key_entry_t *row = peers->setup.table->now.rows[i];
        uint64_t silence_ms = (uint64_t)peers->setup.settings->silence_ms;
        if (row->clone_told && !rival_is_cloned(row, silence_ms, now_ms)) peers_note_clone(peers, row, false);
    }
    for (size_t fd = 0; fd < peers->connections.room; fd++)
        if (peers->connections.by_fd[fd]) look_at(peers, peers->connections.by_fd[fd], now_ms);
}

void peers_enforce(peers_t *peers, uint64_t now_ms)
{
    for (size_t fd = 0; fd < peers->connections.room; fd++) {
        connection_t *connection = peers->connections.by_fd[fd];
        if (!connection || !connection->greeted) continue;
        const key_entry_t *row = keys_find(peers->setup.table, connection->key);
        bool child = connection->label != 0;
        if (row && row->role == (child ? KEY_CHILD : KEY_INVITATION) && row->label == connection->label)
            continue;
        if (child)
            peers_cut(peers, connection, now_ms);
        else
            peers_end_soon(connection, now_ms); // it has just joined: its answer may still be on the way
    }
}
