// SPDX-License-Identifier: Apache-2.0
// The children's door.
//
// A connection is known by its descriptor from libzmq's ACCEPTED event on. Its first message binds libzmq's
// routing number and the key that was proved to it. Events reach us before the messages that follow them, so
// the monitor is emptied before a descriptor's number is believed.
#include "services/gate/peers.h"
#include "common/clock.h"
#include "common/log.h"
#include "proto/message.h"
#include "services/gate/tcp.h"
#include "services/gate/zap.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    SPARE_FILES = 64,   // descriptors that connections must leave for all else
    ENDING_MS = 2000,   // for an answer to leave before the connection ends
    JOIN_MS = 60000,    // an invitation's connection in all
    LOOK_MS = 500,      // how often deadlines, and what a peer has sent, are looked at
    PING_BODY_MAX = 64, // longer ones are not answered
    BACKLOG = 1024,     // of listen(2)
    TCP_IDLE_S = 60,    // keepalive
    TCP_INTERVAL_S = 20,
    TCP_COUNT = 4,
    TCP_UNSENT_MS = 60000,
    RETURN_MS = 2, // times those who may come: when all have lost us, they come back spread over this
    RETURN_LEAST_MS = 50,
};

// A greeted child, for finding its connection by label.
typedef struct up {
    uint32_t label;
    int fd;
} up_t;

struct peers {
    peers_setup_t setup;
    door_t door;
    char endpoint[256];
    connections_t connections;
    size_t most;
    up_t *up; // ascending by label
    size_t n_up, room_up;
    uint64_t look_ms;
    door_frame_t frame; // last taken
    bool holds_frame;
};

// --- children that are up

static size_t find_up(const peers_t *peers, uint32_t label)
{
    size_t low = 0, high = peers->n_up;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (peers->up[middle].label < label)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static connection_t *connection_of(const peers_t *peers, uint32_t label)
{
    size_t at = find_up(peers, label);
    if (at == peers->n_up || peers->up[at].label != label) return NULL;
    return connections_get(&peers->connections, peers->up[at].fd);
}

static void insert_up(peers_t *peers, uint32_t label, int fd)
{
    size_t at = find_up(peers, label);
    if (peers->n_up == peers->room_up) {
        peers->room_up = peers->room_up ? 2 * peers->room_up : 16;
        peers->up = xrealloc(peers->up, peers->room_up * sizeof *peers->up);
    }
    memmove(&peers->up[at + 1], &peers->up[at], (peers->n_up - at) * sizeof *peers->up);
    peers->up[at] = (up_t){label, fd};
    peers->n_up++;
}

static void note_link(peers_t *peers, const uint8_t *key, uint32_t label, bool up, uint64_t now_ms)
{
    key_entry_t *row = keys_find(peers->setup.table, key);
    if (row) {
        row->up = up;
        row->since_ms = now_ms;
    }
    peers->setup.changed(peers->setup.arg, label, row, up);
}

static void remove_up(peers_t *peers, const connection_t *connection, uint64_t now_ms)
{
    size_t at = find_up(peers, connection->label);
    if (at == peers->n_up || peers->up[at].label != connection->label || peers->up[at].fd != connection->fd)
        return;
    peers->n_up--;
    memmove(&peers->up[at], &peers->up[at + 1], (peers->n_up - at) * sizeof *peers->up);
    note_link(peers, connection->key, connection->label, false, now_ms);
}

// --- ending connections

// It is gone: forget it.
static void forget(peers_t *peers, int fd, uint64_t now_ms)
{
    connection_t *connection = connections_get(&peers->connections, fd);
    if (!connection) return;
    if (connection->greeted && connection->label) remove_up(peers, connection, now_ms);
    connections_remove(&peers->connections, fd);
}

// End it now. Its record stays until libzmq says that it is gone, so that nothing late of it is taken for a
// new one.
static void cut(peers_t *peers, connection_t *connection, uint64_t now_ms)
{
    if (connection->greeted && connection->label) remove_up(peers, connection, now_ms);
    connection->ending = true;
    connection->deadline_ms = now_ms + ENDING_MS;
    connection_shutdown(connection);
    counters_add(peers->setup.counters, COUNT_CUT, 1);
}

// End it when what is being sent has had time to leave.
static void end_soon(connection_t *connection, uint64_t now_ms)
{
    if (connection->ending) return;
    connection->ending = true;
    connection->deadline_ms = now_ms + ENDING_MS;
}

// --- events

static void on_accepted(peers_t *peers, int fd, uint64_t now_ms)
{
    forget(peers, fd, now_ms);
    tcp_retry_steadily(fd);
    uint64_t deadline_ms = now_ms + (uint64_t)peers->setup.settings->greeting_ms;
    connection_t *connection = connections_add(&peers->connections, fd, deadline_ms);
    if (connection && peers->connections.n > peers->most) {
        log_once(L_WARNING, "GATE-FULL", 0,
                 _("more than %zu connections from outside; further ones are ended"), peers->most);
        cut(peers, connection, now_ms);
    }
}

static void take_events(peers_t *peers, uint64_t now_ms)
{
    door_event_t event;
    while (door_next_event(peers->door.monitor, &event)) {
        if (event.event == ZMQ_EVENT_ACCEPTED) on_accepted(peers, event.value, now_ms);
        if (event.event == ZMQ_EVENT_DISCONNECTED || event.event == ZMQ_EVENT_CLOSED)
            forget(peers, event.value, now_ms);
    }
}

// --- who speaks

static void drop(peers_t *peers, const door_frame_t *frame, enum gate_counter counter, const char *what)
{
    counters_add(peers->setup.counters, counter, 1);
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
        take_events(peers, now_ms);
        connection = connections_get(&peers->connections, frame->fd);
    }
    if (!connection || (connection->routing && connection->routing != frame->routing)) return NULL;
    return connection;
}

static key_entry_t *key_of(const peers_t *peers, const door_frame_t *frame)
{
    uint8_t key[NODE_KEY_SIZE];
    if (hex_parse(slice_text(frame->user), key, sizeof key) != NODE_KEY_SIZE) return NULL;
    return keys_find(peers->setup.table, key);
}

static void name_connection(connection_t *connection, const door_frame_t *frame, const key_entry_t *row)
{
    char path[PATH_TEXT];
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

static void read_version(const door_frame_t *frame, key_entry_t *row)
{
    AUTO(msg_body_free)
    Selenga__Hello *hello = msg_body_unpack(&selenga__hello__descriptor, frame->envelope.body);
    if (!hello || !hello->version || !text_copy(row->version, sizeof row->version, hello->version))
        row->version[0] = '\0';
}

// A child's HELLO on a new connection, or again on its present one.
static void greet_child(peers_t *peers, connection_t *connection, const door_frame_t *frame, key_entry_t *row,
                        uint64_t now_ms)
{
    // Not sent: the connection that greeted is gone, and its descriptor may be another's by now.
    if (send_welcome(peers, frame) || connection->greeted) return;
    connection_t *older = connection_of(peers, row->label);
    if (older) cut(peers, older, now_ms);
    name_connection(connection, frame, row);
    read_version(frame, row);
    connection->deadline_ms = now_ms + (uint64_t)peers->setup.settings->silence_ms;
    connection->ping_ms = now_ms;
    insert_up(peers, connection->label, connection->fd);
    note_link(peers, row->key, row->label, true, now_ms);
}

// True: the message is an invitation's join and goes on.
static bool admit_invitation(peers_t *peers, connection_t *connection, const door_frame_t *frame,
                             const key_entry_t *row, uint64_t now_ms)
{
    const envelope_t *envelope = &frame->envelope;
    if (envelope->type != MSG_JOIN || envelope->to != SERVICE_REGISTRY) {
        drop(peers, frame, COUNT_NOT_ALLOWED, _("an invitation may only join"));
        return false;
    }
    if (!connection->greeted) {
        name_connection(connection, frame, row);
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

static void take_pong(peers_t *peers, const connection_t *connection, slice_t body)
{
    AUTO(msg_body_free) Selenga__Ping *ping = msg_body_unpack(&selenga__ping__descriptor, body);
    key_entry_t *row = keys_find(peers->setup.table, connection->key);
    if (ping && row && ping->sent_us <= mono_us()) row->rtt_us = (int64_t)(mono_us() - ping->sent_us);
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
        drop(peers, frame, COUNT_NOT_ALLOWED, _("it did not greet first"));
        return false;
    }
    connection->deadline_ms = now_ms + (uint64_t)peers->setup.settings->silence_ms;
    if (envelope->type == MSG_PING)
        answer_ping(peers, connection, envelope);
    else if (envelope->type == MSG_PONG)
        take_pong(peers, connection, envelope->body);
    else if (message_is_neighbourly(envelope->type, envelope->to) && envelope->from == envelope->to)
        return true;
    else
        drop(peers, frame, COUNT_NOT_ALLOWED, _("a neighbour may only feed"));
    return false;
}

static bool admit(peers_t *peers, connection_t *connection, const door_frame_t *frame, uint64_t now_ms)
{
    if (connection->ending) return false;
    connection->taken_bytes += frame->wire_bytes;
    key_entry_t *row = key_of(peers, frame);
    if (!row || row->role == KEY_REVOKED) {
        drop(peers, frame, COUNT_UNKNOWN_KEY, _("its key is not known, or no longer"));
        cut(peers, connection, now_ms);
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
        if (r) {
            drop(peers, &peers->frame, COUNT_MALFORMED, _("it is no envelope"));
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
    return connection ? door_send(&peers->door, connection->routing, envelope, NULL) : -EHOSTUNREACH;
}

int peers_answer(peers_t *peers, uint32_t routing, const envelope_t *envelope, uint64_t now_ms)
{
    int r = door_send(&peers->door, routing, envelope, NULL);
    for (size_t fd = 0; fd < peers->connections.room; fd++) {
        connection_t *connection = peers->connections.by_fd[fd];
        if (connection && connection->routing == routing) end_soon(connection, now_ms);
    }
    return r;
}

// --- timers and the table

static void send_ping(peers_t *peers, connection_t *connection, uint64_t now_ms)
{
    Selenga__Ping ping = SELENGA__PING__INIT;
    ping.has_sent_us = 1;
    ping.sent_us = mono_us();
    envelope_t envelope = {.type = MSG_PING, .to = SERVICE_GATE, .from = SERVICE_GATE};
    (void)door_send(&peers->door, connection->routing, &envelope, &ping.base);
    connection->ping_ms = now_ms + (uint64_t)peers->setup.settings->ping_ms;
}

static void look_at(peers_t *peers, connection_t *connection, uint64_t now_ms)
{
    if (now_ms >= connection->deadline_ms) {
        // Shut down already, and still no event: libzmq may have lost it; forget it, whatever it was.
        if (connection->ending) connection_shutdown(connection);
        if (connection->ending && now_ms >= connection->deadline_ms + ENDING_MS)
            forget(peers, connection->fd, now_ms);
        else if (!connection->ending)
            cut(peers, connection, now_ms);
        return;
    }
    if (connection->ending) return;
    if (connection_is_greedy(connection, (uint64_t)peers->setup.settings->unread_max)) {
        log_once(L_WARNING, "GATE-PEER-GREEDY", connection->label,
                 _("a peer sent more than %lld bytes without completing a message; its connection is ended"),
                 (long long)peers->setup.settings->unread_max);
        cut(peers, connection, now_ms);
        return;
    }
    if (connection->greeted && connection->label && now_ms >= connection->ping_ms)
        send_ping(peers, connection, now_ms);
}

void peers_tick(peers_t *peers, uint64_t now_ms)
{
    take_events(peers, now_ms);
    if (now_ms < peers->look_ms) return;
    peers->look_ms = now_ms + LOOK_MS;
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
            cut(peers, connection, now_ms);
        else
            end_soon(connection, now_ms); // it has just joined: its answer may still be on the way
    }
}

// --- the door

static int set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

static int set_options(peers_t *peers)
{
    void *s = peers->door.socket;
    int bad = set_int(s, ZMQ_IPV6, 1) | set_int(s, ZMQ_CURVE_SERVER, 1) | set_int(s, ZMQ_BACKLOG, BACKLOG);
    bad |= zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, peers->setup.keys->secret_key, NODE_KEY_SIZE);
    bad |= zmq_setsockopt(s, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN));
    // Without it libzmq lets everybody in as soon as the handler is missing. The number, because headers hide
    // the name.
    bad |= set_int(s, PEERS_ZAP_ENFORCE_DOMAIN, 1);
    bad |= set_int(s, ZMQ_HANDSHAKE_IVL, (int)peers->setup.settings->handshake_ms);
    bad |= set_int(s, ZMQ_TCP_KEEPALIVE, 1) | set_int(s, ZMQ_TCP_KEEPALIVE_IDLE, TCP_IDLE_S);
    bad |= set_int(s, ZMQ_TCP_KEEPALIVE_INTVL, TCP_INTERVAL_S) | set_int(s, ZMQ_TCP_KEEPALIVE_CNT, TCP_COUNT);
    bad |= set_int(s, ZMQ_TCP_MAXRT, TCP_UNSENT_MS);
    return bad ? -errno : 0;
}

static size_t most_connections(const gate_settings_t *settings)
{
    struct rlimit files = {.rlim_cur = 1024};
    getrlimit(RLIMIT_NOFILE, &files);
    size_t room = files.rlim_cur > 2 * SPARE_FILES ? (size_t)files.rlim_cur - SPARE_FILES : SPARE_FILES;
    return (size_t)settings->connections_max < room ? (size_t)settings->connections_max : room;
}

int peers_open(const peers_setup_t *setup, peers_t **ret_peers)
{
    AUTO(peers_close) peers_t *peers = xcalloc(1, sizeof *peers);
    peers->setup = *setup;
    peers->most = most_connections(setup->settings);
    int r = door_open(&peers->door, setup->context, "children");
    if (!r) r = set_options(peers);
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
    free((*peers)->up);
    free(*peers);
    *peers = NULL;
}

const char *peers_endpoint(const peers_t *peers)
{
    return peers->endpoint;
}

void peers_poll_items(const peers_t *peers, zmq_pollitem_t ret_items[static 2])
{
    ret_items[0] = (zmq_pollitem_t){peers->door.socket, 0, ZMQ_POLLIN, 0};
    ret_items[1] = (zmq_pollitem_t){peers->door.monitor, 0, ZMQ_POLLIN, 0};
}
