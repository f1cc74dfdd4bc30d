// SPDX-License-Identifier: Apache-2.0
// The children's door.
//
// A connection is known by its descriptor from libzmq's ACCEPTED event on. Its first message binds libzmq's
// routing number and the key that was proved to it. Events reach us before the messages that follow them, so
// the monitor is emptied before a descriptor's number is believed.
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/node/outgoing.h"
#include "common/schema/fault.h"
#include "proto/api.pb-c.h"
#include "proto/message.h"
#include "services/gate/curve.h"
#include "services/gate/peers_private.h"
#include "services/gate/ping.h"
#include "services/gate/rival.h"
#include "services/gate/tcp.h"
#include "services/gate/up.h"
#include "services/gate/watch.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    JOIN_MS = 60000,    // an invitation's connection in all
    NETWORK_PART = 8,   // of the strangers may come from one address before it makes room itself
    PING_BODY_MAX = 64, // longer ones are not answered
    RETURN_MS = 2,      // times those who may come: when all have lost us, they come back spread over this
    RETURN_LEAST_MS = 50,
};

// --- children that are up

static connection_t *connection_of(const peers_t *peers, uint32_t label)
{
    return connections_get(&peers->connections, up_find(&peers->up, label));
}

static void note_link(peers_t *peers, const uint8_t *key, uint32_t label, bool up, uint64_t now_ms)
{
    key_entry_t *row = keys_find(peers->setup.table, key);
    if (row) {
        row->up = up;
        row->silent = 0;
        row->since_ms = now_ms;
    }
    peers->setup.changed(peers->setup.arg, label, row, up);
}

static void remove_up(peers_t *peers, const connection_t *connection, uint64_t now_ms)
{
    if (up_remove(&peers->up, connection->label, connection->fd))
        note_link(peers, connection->key, connection->label, false, now_ms);
}

// --- ending connections

// It is gone: forget it.
void peers_forget(peers_t *peers, int fd, uint64_t now_ms)
{
    connection_t *connection = connections_get(&peers->connections, fd);
    if (!connection) return;
    if (connection->greeted && connection->label) remove_up(peers, connection, now_ms);
    connections_remove(&peers->connections, fd);
}

// End it now. Its record stays until libzmq says that it is gone, so that nothing late of it is taken for a
// new one.
void peers_cut(peers_t *peers, connection_t *connection, uint64_t now_ms)
{
    if (connection->greeted && connection->label) remove_up(peers, connection, now_ms);
    connections_know(&peers->connections, connection);
    connection->ending = true;
    connection->deadline_ms = now_ms + ENDING_MS;
    connection_shutdown(connection);
    counters_add(peers->setup.counters, COUNT_CUT, 1);
}

// End it when what is being sent has had time to leave.
void peers_end_soon(connection_t *connection, uint64_t now_ms)
{
    if (connection->ending) return;
    connection->ending = true;
    connection->deadline_ms = now_ms + ENDING_MS;
}

// --- events

// Who has not said who it is makes room for who comes later: an honest child says it soon.
static void make_room(peers_t *peers, connection_t *newest, uint64_t now_ms)
{
    const connections_t *all = &peers->connections;
    bool full = all->n > peers->most;
    if (!full && all->n_strangers <= peers->strangers) return;
    connection_t *out = connections_pick(all, peers->strangers / NETWORK_PART);
    size_t most = full ? peers->most : peers->strangers;
    log_once(L_WARNING, full ? "GATE-FULL" : "GATE-STRANGERS", 0,
             full ? i18n_n("more than %zu connection from outside; some are ended",
                           "more than %zu connections from outside; some are ended", most)
                  : i18n_n("more than %zu connection that has not proved a key; old ones are ended",
                           "more than %zu connections that have not proved a key; old ones are ended", most),
             most);
    counters_add(peers->setup.counters, COUNT_STRANGERS_ENDED, 1);
    peers_cut(peers, out ? out : newest, now_ms);
}

static void on_accepted(peers_t *peers, int fd, uint64_t now_ms)
{
    peers_forget(peers, fd, now_ms);
    tcp_retry_steadily(fd);
    uint64_t deadline_ms = now_ms + (uint64_t)peers->setup.settings->greeting_ms;
    connection_t *connection = connections_add(&peers->connections, fd, deadline_ms);
    if (!connection) return;
    watch_add(&peers->watch, fd);
    make_room(peers, connection, now_ms);
}

void peers_take_events(peers_t *peers, uint64_t now_ms)
{
    door_event_t event;
    while (door_next_event(peers->door.monitor, &event)) {
        if (event.event == ZMQ_EVENT_ACCEPTED) on_accepted(peers, event.value, now_ms);
        if (event.event == ZMQ_EVENT_DISCONNECTED || event.event == ZMQ_EVENT_CLOSED)
            peers_forget(peers, event.value, now_ms);
    }
}

// --- who speaks

static key_entry_t *key_of(const peers_t *peers, const door_frame_t *frame)
{
    uint8_t key[NODE_KEY_SIZE];
    if (hex_parse(slice_text(frame->user), key, sizeof key) != NODE_KEY_SIZE) return NULL;
    return keys_find(peers->setup.table, key);
}

// A neighbour of whose messages too much had to be dropped is shut out for a while: also dropping costs time.
static void waste(peers_t *peers, key_entry_t *row, int fd, size_t bytes, uint64_t now_ms)
{
    const gate_settings_t *settings = peers->setup.settings;
    connection_t *connection = connections_get(&peers->connections, fd);
    if (!row || !key_wastes(row, bytes + SHARE_ENVELOPE, (uint64_t)settings->wasted_max, now_ms)) return;
    row->shut_until_ms = now_ms + (uint64_t)settings->shut_ms;
    counters_add(peers->setup.counters, COUNT_FLOODS, 1);
    log_once(L_WARNING, "GATE-PEER-FLOODS", row->label,
             _("a peer sends what has to be dropped; it is shut out for %lld ms: label %08x, key %.8s"),
             (long long)settings->shut_ms, row->label,
             node_fingerprint(row->key, (char[NODE_FINGERPRINT_TEXT]){0}));
    if (connection && !connection->ending) peers_cut(peers, connection, now_ms);
}

static void drop(peers_t *peers, const door_frame_t *frame, enum gate_counter counter, const char *what,
                 uint64_t now_ms)
{
    counters_add(peers->setup.counters, counter, 1);
    waste(peers, key_of(peers, frame), frame->fd, frame->wire_bytes, now_ms);
    uint64_t who = 0;
    for (const char *c = frame->user; *c; c++) who = who * 31 + (uint8_t)*c;
    log_once(L_WARNING, "GATE-PEER-DROPPED", who, _("dropped a message of the peer with key %.16s: %s"),
             frame->user, what);
}

// The connection that a message came over, or NULL when it is gone.
static connection_t *find_connection(peers_t *peers, const door_frame_t *frame, uint64_t now_ms)
{
    connection_t *connection = connections_get(&peers->connections, frame->fd);
    if (!connection || connection->routing != frame->routing) {
        peers_take_events(peers, now_ms);
        connection = connections_get(&peers->connections, frame->fd);
    }
    if (!connection || (connection->routing && connection->routing != frame->routing)) return NULL;
    return connection;
}

static void name_connection(peers_t *peers, connection_t *connection, const door_frame_t *frame,
                            const key_entry_t *row)
{
    char path[PATH_TEXT];
    connections_know(&peers->connections, connection);
    connection->routing = frame->routing;
    connection->greeted = true;
    connection->label = row->role == KEY_CHILD ? row->label : 0;
    memcpy(connection->key, row->key, NODE_KEY_SIZE);
    if (row->role == KEY_CHILD)
        snprintf(connection->principal, sizeof connection->principal, "node:%s", path_text(&row->path, path));
    else
        snprintf(connection->principal, sizeof connection->principal, "invite:%s", frame->user);
}

static int send_welcome(peers_t *peers, const door_frame_t *hello)
{
    Selenga__Hello body = SELENGA__HELLO__INIT;
    body.version = SELENGA_VERSION;
    body.has_pid = 1;
    body.pid = (uint32_t)getpid();
    size_t return_ms = RETURN_MS * peers->setup.table->now.n;
    body.has_return_ms = 1;
    body.return_ms = (uint32_t)(return_ms > RETURN_LEAST_MS ? return_ms : RETURN_LEAST_MS);
    envelope_t welcome = {
        .type = MSG_WELCOME, .to = SERVICE_GATE, .from = SERVICE_GATE, .call = hello->envelope.call};
    return door_send(&peers->door, hello->routing, &welcome, &body.base);
}

void peers_note_clone(peers_t *peers, key_entry_t *row, bool cloned)
{
    row->clone_told = cloned;
    if (peers->setup.cloned) peers->setup.cloned(peers->setup.arg, row->label, cloned);
}

// Says why it is not let in, and ends the connection.
static void turn_away(peers_t *peers, connection_t *connection, const door_frame_t *frame, const char *code,
                      const char *words, uint64_t now_ms)
{
    fault_t fault;
    Selenga__Error error = SELENGA__ERROR__INIT;
    Selenga__Fault message;
    char *args[FAULT_ARGS];
    fault_set(&fault, code, NULL, words);
    fault_to_proto(&fault, &message, args);
    error.fault = &message;
    envelope_t answer = {.type = MSG_ERROR, .to = SERVICE_GATE, .from = SERVICE_GATE};
    (void)door_send(&peers->door, frame->routing, &answer, &error.base);
    peers_end_soon(connection, now_ms);
}

// Two computers with one node's directory: the first goes on, the second hears why it does not.
static void turn_clone_away(peers_t *peers, connection_t *connection, const door_frame_t *frame,
                            key_entry_t *row, uint64_t now_ms)
{
    turn_away(peers, connection, frame, "CLONE", row->org, now_ms);
    connections_know(&peers->connections, connection);
    peers_note_clone(peers, row, true);
}

// Nothing of it is taken. A revoked child that greets hears why, and stays among the strangers, who are few.
static void refuse_key(peers_t *peers, connection_t *connection, const door_frame_t *frame,
                       const key_entry_t *row, uint64_t now_ms)
{
    drop(peers, frame, COUNT_UNKNOWN_KEY, _("its key is not known, or no longer"), now_ms);
    if (connection->ending) return;
    if (row && *row->why && frame->envelope.type == MSG_HELLO && now_ms >= row->shut_until_ms)
        turn_away(peers, connection, frame, "PARENT-REVOKED", row->why, now_ms);
    else
        peers_cut(peers, connection, now_ms);
}

// Does another start of the child's gate have its place, and live? Then this connection ends here.
static bool yields_to_another(peers_t *peers, connection_t *connection, const door_frame_t *frame,
                              key_entry_t *row, uint64_t now_ms)
{
    bool ask;
    uint64_t silence_ms = (uint64_t)peers->setup.settings->silence_ms;
    connection_t *standing = connection_of(peers, row->label);
    // Bytes may come late, of one that is dead by now: only an answer tells that it lives.
    uint64_t heard_ms = standing ? standing->answered_ms + 1 : 0;
    rival_t rival =
        rival_judge(row, rival_instance(frame->envelope.body), heard_ms, silence_ms, now_ms, &ask);
    if (ask) standing->ping_ms = now_ms;
    if (rival == RIVAL_WAITS) peers_cut(peers, connection, now_ms);
    if (rival == RIVAL_CLONE) turn_clone_away(peers, connection, frame, row, now_ms);
    return rival != RIVAL_NONE;
}

// A child's HELLO on a new connection, or again on its present one.
static void greet_child(peers_t *peers, connection_t *connection, const door_frame_t *frame, key_entry_t *row,
                        uint64_t now_ms)
{
    if (!connection->greeted && yields_to_another(peers, connection, frame, row, now_ms)) return;
    // Not sent: the connection that greeted is gone, and its descriptor may be another's by now.
    if (send_welcome(peers, frame) || connection->greeted) return;
    connection_t *older = connection_of(peers, row->label);
    if (older) peers_cut(peers, older, now_ms);
    name_connection(peers, connection, frame, row);
    key_note_version(row, frame->envelope.body);
    connection->deadline_ms = now_ms + (uint64_t)peers->setup.settings->silence_ms;
    connection->ping_ms = now_ms;
    up_add(&peers->up, connection->label, connection->fd);
    note_link(peers, row->key, row->label, true, now_ms);
}

// One connection for an invitation.
static void end_others(peers_t *peers, const uint8_t *key, uint64_t now_ms)
{
    for (size_t fd = 0; fd < peers->connections.room; fd++) {
        connection_t *connection = peers->connections.by_fd[fd];
        if (connection && connection->greeted && !connection->ending &&
            memcmp(connection->key, key, NODE_KEY_SIZE) == 0)
            peers_cut(peers, connection, now_ms);
    }
}

// True: the message is an invitation's join and goes on.
static bool admit_invitation(peers_t *peers, connection_t *connection, const door_frame_t *frame,
                             const key_entry_t *row, uint64_t now_ms)
{
    const envelope_t *envelope = &frame->envelope;
    if (envelope->type != MSG_JOIN || envelope->to != SERVICE_REGISTRY) {
        drop(peers, frame, COUNT_NOT_ALLOWED, _("an invitation may only join"), now_ms);
        return false;
    }
    if (!connection->greeted) {
        end_others(peers, row->key, now_ms);
        name_connection(peers, connection, frame, row);
        connection->deadline_ms = now_ms + JOIN_MS;
    }
    return true;
}

static void answer_ping(peers_t *peers, const connection_t *connection, const envelope_t *ping)
{
    if (ping->body.size > PING_BODY_MAX) return;
    envelope_t pong = {.type = MSG_PONG, .to = SERVICE_GATE, .from = SERVICE_GATE, .body = ping->body};
    (void)door_send(&peers->door, connection->routing, &pong, NULL);
}

static void take_pong(peers_t *peers, connection_t *connection, slice_t body)
{
    AUTO(msg_body_free) Selenga__Ping *ping = msg_body_unpack(&selenga__ping__descriptor, body);
    key_entry_t *row = keys_find(peers->setup.table, connection->key);
    if (!ping || !row || ping->sent_us > mono_us()) return;
    row->rtt_us = (int64_t)(mono_us() - ping->sent_us);
    connection->answered_ms = ping->sent_us / 1000;
}

// True: a feed's message, which goes on to its service.
static bool admit_child(peers_t *peers, connection_t *connection, const door_frame_t *frame, key_entry_t *row,
                        uint64_t now_ms)
{
    const envelope_t *envelope = &frame->envelope;
    if (envelope->type == MSG_HELLO) {
        greet_child(peers, connection, frame, row, now_ms);
        return false;
    }
    if (!connection->greeted) {
        drop(peers, frame, COUNT_NOT_ALLOWED, _("it did not greet first"), now_ms);
        return false;
    }
    connection->deadline_ms = now_ms + (uint64_t)peers->setup.settings->silence_ms;
    if (envelope->type == MSG_PING) {
        answer_ping(peers, connection, envelope);
        row->silent = ping_silent(envelope->body, row->silent);
    } else if (envelope->type == MSG_PONG)
        take_pong(peers, connection, envelope->body);
    else if (message_is_neighbourly(envelope->type, envelope->to) && envelope->from == envelope->to)
        return true;
    else
        drop(peers, frame, COUNT_NOT_ALLOWED, _("a neighbour may only feed"), now_ms);
    return false;
}

static bool admit(peers_t *peers, connection_t *connection, const door_frame_t *frame, uint64_t now_ms)
{
    if (connection->ending) return false;
    connection->taken_bytes += frame->wire_bytes;
    key_entry_t *row = key_of(peers, frame);
    if (!row || row->role == KEY_REVOKED) {
        refuse_key(peers, connection, frame, row, now_ms);
        return false;
    }
    if (now_ms < row->shut_until_ms && !connection->greeted) { // libzmq's own reconnecting
        peers_cut(peers, connection, now_ms);
        return false;
    }
    if (row->role == KEY_INVITATION) return admit_invitation(peers, connection, frame, row, now_ms);
    return admit_child(peers, connection, frame, row, now_ms);
}

bool peers_take(peers_t *peers, envelope_t *ret_envelope, const connection_t **ret_from, uint64_t now_ms)
{
    if (peers->holds_frame) door_done(&peers->frame);
    peers->holds_frame = false;
    for (;;) {
        int r = door_take(&peers->door, &peers->frame);
        if (r == DOOR_E_EMPTY) return false;
        if (r) { // whole, whatever it says: it does not make its sender one that completes nothing
            connection_t *from = find_connection(peers, &peers->frame, now_ms);
            if (from) from->taken_bytes += peers->frame.wire_bytes;
            drop(peers, &peers->frame, COUNT_MALFORMED, _("it is no envelope"), now_ms);
            continue;
        }
        connection_t *connection = find_connection(peers, &peers->frame, now_ms);
        if (connection && admit(peers, connection, &peers->frame, now_ms)) {
            peers->holds_frame = true;
            *ret_envelope = peers->frame.envelope;
            *ret_from = connection;
            return true;
        }
        door_done(&peers->frame);
    }
}

// --- sending

int peers_send(peers_t *peers, uint32_t label, const envelope_t *envelope)
{
    connection_t *connection = connection_of(peers, label);
    if (!connection) return -EHOSTUNREACH;
    if (!connection_has_room(connection, (uint64_t)peers->setup.settings->unsent_max)) return -EAGAIN;
    int r = door_send(&peers->door, connection->routing, envelope, NULL);
    if (!r) connection->given_bytes += door_wire_bytes(msg_size(envelope));
    return r;
}

void peers_wasted(peers_t *peers, uint32_t label, size_t bytes, uint64_t now_ms)
{
    const connection_t *from = connection_of(peers, label);
    if (from) waste(peers, keys_find(peers->setup.table, from->key), from->fd, bytes, now_ms);
}

int peers_answer(peers_t *peers, uint32_t routing, const envelope_t *envelope, uint64_t now_ms)
{
    int r = door_send(&peers->door, routing, envelope, NULL);
    for (size_t fd = 0; fd < peers->connections.room; fd++) {
        connection_t *connection = peers->connections.by_fd[fd];
        if (connection && connection->routing == routing) peers_end_soon(connection, now_ms);
    }
    return r;
}

// --- the door

int peers_open(const peers_setup_t *setup, peers_t **ret_peers)
{
    AUTO(peers_close) peers_t *peers = xcalloc(1, sizeof *peers);
    peers->setup = *setup;
    peers->watch.epoll = -1;
    peers->most = setup->most;
    peers->strangers = (size_t)setup->settings->strangers_max;
    if (peers->strangers > peers->most / 2) peers->strangers = peers->most / 2;
    int r = watch_open(&peers->watch);
    if (!r) r = door_open(&peers->door, setup->context, "children", DOOR_OUTSIDE);
    if (!r)
        r = curve_serve(peers->door.socket, setup->keys, (int)setup->settings->handshake_ms, setup->at_once);
    if (r) return r;
    if (zmq_bind(peers->door.socket, setup->listen)) return -errno;
    size_t size = sizeof peers->endpoint;
    if (zmq_getsockopt(peers->door.socket, ZMQ_LAST_ENDPOINT, peers->endpoint, &size)) return -errno;
    *ret_peers = peers;
    peers = NULL;
    return 0;
}

int peers_pause(peers_t *peers)
{
    return zmq_unbind(peers->door.socket, peers->endpoint) ? -errno : 0;
}

int peers_listen(peers_t *peers)
{
    return zmq_bind(peers->door.socket, peers->endpoint) ? -errno : 0;
}

void peers_close(peers_t **peers)
{
    if (!*peers) return;
    if ((*peers)->holds_frame) door_done(&(*peers)->frame);
    door_close(&(*peers)->door);
    connections_clear(&(*peers)->connections);
    watch_close(&(*peers)->watch);
    up_clear(&(*peers)->up);
    free(*peers);
    *peers = NULL;
}

const char *peers_endpoint(const peers_t *peers)
{
    return peers->endpoint;
}

void peers_poll_items(const peers_t *peers, bool read, zmq_pollitem_t ret_items[static PEERS_ITEMS])
{
    ret_items[0] = (zmq_pollitem_t){peers->door.monitor, 0, ZMQ_POLLIN, 0};
    ret_items[1] = (zmq_pollitem_t){NULL, watch_poll_fd(&peers->watch), ZMQ_POLLIN, 0};
    ret_items[2] = (zmq_pollitem_t){read ? peers->door.socket : NULL, -1, ZMQ_POLLIN, 0};
}
