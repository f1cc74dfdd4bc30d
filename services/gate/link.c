// SPDX-License-Identifier: Apache-2.0
// The link to the parent.
#include "services/gate/link.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/schema/fault.h"
#include "proto/api.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"
#include "services/gate/connections.h"
#include "services/gate/door.h"
#include "services/gate/ping.h"
#include "services/gate/tcp.h"
#include "services/gate/watch.h"
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    SEND_QUEUE = 1000,
    RECEIVE_QUEUE = 64,
    TCP_IDLE_S = 60, // keepalive: the system's own would be two hours
    TCP_INTERVAL_S = 20,
    TCP_COUNT = 4,
    TCP_UNSENT_MS = 60000, // give up on unacknowledged bytes
    HEARTBEAT_MS = 15000,
    HEARTBEAT_TIMEOUT_MS = 45000,
    PING_BODY_MAX = 64,
    HEARTBEAT_TTL_MS = 60000, // must stay below 6553.6 s, which overflows
    EVENTS = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
             ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
             ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL,
};

struct link {
    void *context, *socket, *monitor; // the sockets are NULL while waiting
    node_parent_t parent;
    node_keys_t keys;
    link_times_t times;
    uint64_t instance; // of this start; rival.h
    fault_t told;      // why the parent does not let us in, by its own words; no code: it did not say
    link_core_t core;
    uint64_t ping_ms, next_ping_ms;
    int64_t rtt_us;
    char version[32];
    uint8_t silent, parent_silent; // services of this node, and of the parent
    zmq_msg_t frame;               // the envelope last taken; always initialised
    watch_t watch;
    connection_t connection; // of this try, once TCP is connected: fd -1 before
    uint64_t unread_max, unsent_max;
    bool greedy; // the parent sends without end: this try is to be ended
    link_changed_fn *changed;
    void *arg;
    unsigned tries; // names monitors apart
};

link_t *link_new(void *context, const node_parent_t *parent, const node_keys_t *keys,
                 const gate_settings_t *settings, link_changed_fn *changed, void *arg)
{
    link_t *link = xcalloc(1, sizeof *link);
    link->context = context;
    link->parent = *parent;
    link->keys = *keys;
    link->times = (link_times_t){
        .connect_ms = (uint64_t)(2 * settings->handshake_ms),
        .greeting_ms = (uint64_t)settings->greeting_ms,
        .silence_ms = (uint64_t)settings->silence_ms,
        .backoff_base_ms = (uint64_t)settings->backoff_base_ms,
        .backoff_max_ms = (uint64_t)settings->backoff_max_ms,
    };
    link->ping_ms = (uint64_t)settings->ping_ms;
    link->unread_max = (uint64_t)settings->unread_max;
    link->unsent_max = (uint64_t)settings->unsent_max;
    link->connection.fd = -1;
    randombytes_buf(&link->instance, sizeof link->instance);
    link->instance |= 1;                   // 0: none is said
    if (watch_open(&link->watch)) abort(); // no descriptor is left at the start
    link->core = link_core_start(mono_ms());
    link->rtt_us = -1;
    link->changed = changed;
    link->arg = arg;
    zmq_msg_init(&link->frame);
    return link;
}

static void close_socket(link_t *link)
{
    door_unwatch(link->socket, &link->monitor);
    if (link->socket) zmq_close(link->socket);
    link->socket = NULL;
    link->connection = (connection_t){.fd = -1};
    link->greedy = false;
}

void link_destroy(link_t **link)
{
    if (!*link) return;
    close_socket(*link);
    zmq_msg_close(&(*link)->frame);
    watch_close(&(*link)->watch);
    sodium_memzero(&(*link)->keys, sizeof(*link)->keys);
    free(*link);
    *link = NULL;
}

// --- one try

static int set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

static int set_options(const link_t *link)
{
    void *s = link->socket;
    int64_t most = MAX_FRAME;
    int bad = door_thread(link->context, s, DOOR_OUTSIDE);
    bad |= set_int(s, ZMQ_LINGER, 0) | set_int(s, ZMQ_RECONNECT_IVL, -1) | set_int(s, ZMQ_IMMEDIATE, 1);
    bad |=
        set_int(s, ZMQ_SNDHWM, SEND_QUEUE) | set_int(s, ZMQ_RCVHWM, RECEIVE_QUEUE) | set_int(s, ZMQ_IPV6, 1);
    bad |= set_int(s, ZMQ_HANDSHAKE_IVL, (int)link->times.connect_ms);
    bad |= set_int(s, ZMQ_CONNECT_TIMEOUT, (int)link->times.connect_ms);
    bad |= set_int(s, ZMQ_TCP_KEEPALIVE, 1) | set_int(s, ZMQ_TCP_KEEPALIVE_IDLE, TCP_IDLE_S);
    bad |= set_int(s, ZMQ_TCP_KEEPALIVE_INTVL, TCP_INTERVAL_S) | set_int(s, ZMQ_TCP_KEEPALIVE_CNT, TCP_COUNT);
    bad |= set_int(s, ZMQ_TCP_MAXRT, TCP_UNSENT_MS) | set_int(s, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS);
    bad |= set_int(s, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS) |
           set_int(s, ZMQ_HEARTBEAT_TTL, HEARTBEAT_TTL_MS);
    bad |= zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &most, sizeof most);
    bad |= zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, link->parent.key, NODE_KEY_SIZE);
    bad |= zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, link->keys.public_key, NODE_KEY_SIZE);
    bad |= zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, link->keys.secret_key, NODE_KEY_SIZE);
    return bad ? -errno : 0;
}

static int connect_socket(link_t *link)
{
    char name[48]; // unlike any other link's of this context
    snprintf(name, sizeof name, "parent-%" PRIxPTR "-%u", (uintptr_t)link, link->tries++);
    link->socket = zmq_socket(link->context, ZMQ_DEALER);
    if (!link->socket) return -errno;
    int r = set_options(link);
    if (r) return r;
    link->monitor = door_watch(link->context, link->socket, name, EVENTS);
    if (!link->monitor) return -errno;
    return zmq_connect(link->socket, link->parent.endpoint) ? -errno : 0;
}

static void send_hello(link_t *link)
{
    Selenga__Hello hello = SELENGA__HELLO__INIT;
    hello.version = SELENGA_VERSION;
    hello.has_pid = 1;
    hello.pid = (uint32_t)getpid();
    hello.has_instance = 1;
    hello.instance = link->instance;
    envelope_t envelope = {.type = MSG_HELLO, .to = SERVICE_GATE, .from = SERVICE_GATE};
    (void)msg_send(link->socket, &envelope, &hello.base); // not sent: the greeting's deadline ends the try
}

static void send_ping(link_t *link, uint64_t now_ms)
{
    Selenga__Ping ping = SELENGA__PING__INIT;
    ping.has_sent_us = 1;
    ping.sent_us = mono_us();
    ping.has_silent = 1;
    ping.silent = link->silent;
    envelope_t envelope = {.type = MSG_PING, .to = SERVICE_GATE, .from = SERVICE_GATE};
    (void)msg_send(link->socket, &envelope, &ping.base);
    link->next_ping_ms = now_ms + link->ping_ms;
}

void link_say(link_t *link, uint8_t silent, uint64_t now_ms)
{
    if (silent == link->silent) return;
    link->silent = silent;
    if (link->core.state == LINK_UP) send_ping(link, now_ms);
}

static void log_refused(void)
{
    fault_t fault;
    char text[FAULT_TEXT];
    fault_set(&fault, "PARENT-REFUSED", NULL);
    log_once(L_WARNING, "PARENT-REFUSED", 0, "%s", fault_text(&fault, text, sizeof text));
}

static void step(link_t *link, link_event_t event, uint64_t now_ms)
{
    bool was_up = link->core.state == LINK_UP, was_refused = link->core.refused;
    switch (link_core_step(&link->core, &link->times, event, now_ms, randombytes_random())) {
    case LINK_DO_NOTHING:
        break;
    case LINK_DO_CONNECT:
        if (connect_socket(link)) step(link, LINK_EV_LOST, now_ms); // into waiting: no deeper than this
        break;
    case LINK_DO_GREET:
        send_hello(link);
        break;
    case LINK_DO_OPEN:
        send_ping(link, now_ms);
        link->changed(link->arg, true);
        break;
    case LINK_DO_CLOSE:
        close_socket(link);
        link->parent_silent = 0;
        if (was_up) link->changed(link->arg, false);
        break;
    }
    if (!was_refused && link->core.refused) log_refused();
}

static void take_events(link_t *link, uint64_t now_ms)
{
    door_event_t event;
    while (link->monitor && door_next_event(link->monitor, &event)) {
        if (event.event == ZMQ_EVENT_CONNECTED) {
            tcp_retry_steadily(event.value);
            if (connection_is(&link->connection, event.value)) watch_add(&link->watch, event.value);
            step(link, LINK_EV_REACHED, now_ms);
        } else if (event.event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
            step(link, LINK_EV_HANDSHAKE, now_ms);
        else if (event.event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
            step(link, LINK_EV_REFUSED, now_ms);
        else
            step(link, LINK_EV_LOST, now_ms);
    }
}

// --- the loop's side

int link_poll_items(const link_t *link, bool read, zmq_pollitem_t ret_items[static LINK_ITEMS])
{
    if (!link->socket) return 0;
    ret_items[0] = (zmq_pollitem_t){link->monitor, 0, ZMQ_POLLIN, 0};
    ret_items[1] = (zmq_pollitem_t){read ? link->socket : NULL, -1, ZMQ_POLLIN, 0};
    ret_items[2] = (zmq_pollitem_t){NULL, watch_poll_fd(&link->watch), ZMQ_POLLIN, 0};
    return LINK_ITEMS;
}

uint64_t link_due_ms(const link_t *link, uint64_t now_ms)
{
    uint64_t due = link->core.deadline_ms;
    if (link->core.state == LINK_UP && link->next_ping_ms < due) due = link->next_ping_ms;
    uint64_t wait = due > now_ms ? due - now_ms : 0, look = watch_due_ms(&link->watch, now_ms);
    return look < wait ? look : wait;
}

// Is more coming from the parent than it completes?
static uint64_t look_for_greed(void *arg, int fd)
{
    link_t *link = arg;
    uint64_t received = link->connection.fd == fd ? connection_received(&link->connection) : 0;
    link->greedy |= received > link->connection.taken_bytes + link->unread_max;
    return received;
}

static void end_if_greedy(link_t *link, uint64_t now_ms)
{
    if (!link->greedy) return;
    log_once(L_WARNING, "GATE-PEER-GREEDY", 0,
             _("a peer sent more than %lld bytes without completing a message; its connection is ended"),
             (long long)link->unread_max);
    step(link, LINK_EV_LOST, now_ms);
}

void link_tick(link_t *link, uint64_t now_ms)
{
    take_events(link, now_ms);
    watch_look(&link->watch, now_ms, look_for_greed, link);
    end_if_greedy(link, now_ms);
    if (link->core.state == LINK_UP && now_ms >= link->next_ping_ms) send_ping(link, now_ms);
    if (now_ms >= link->core.deadline_ms) step(link, LINK_EV_TIMER, now_ms);
}

static void answer_ping(link_t *link, const envelope_t *ping)
{
    if (ping->body.size > PING_BODY_MAX) return;
    envelope_t pong = {.type = MSG_PONG, .to = SERVICE_GATE, .from = SERVICE_GATE, .body = ping->body};
    zmq_msg_t frame;
    msg_pack(&pong, &frame);
    if (zmq_msg_send(&frame, link->socket, ZMQ_DONTWAIT) < 0) zmq_msg_close(&frame);
}

static void take_pong(link_t *link, slice_t body)
{
    AUTO(msg_body_free) Selenga__Ping *ping = msg_body_unpack(&selenga__ping__descriptor, body);
    if (ping && ping->sent_us <= mono_us()) link->rtt_us = (int64_t)(mono_us() - ping->sent_us);
}

static void take_welcome(link_t *link, slice_t body, uint64_t now_ms)
{
    AUTO(msg_body_free) Selenga__Hello *hello = msg_body_unpack(&selenga__hello__descriptor, body);
    if (!hello || !hello->version || !text_copy(link->version, sizeof link->version, hello->version))
        link->version[0] = '\0';
    link->core.return_ms = hello ? hello->return_ms : 0;
    link->told = (fault_t){0};
    step(link, LINK_EV_WELCOMED, now_ms);
}

// The parent does not let us in, and says why.
static void take_refusal(link_t *link, slice_t body, uint64_t now_ms)
{
    AUTO(msg_body_free) Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, body);
    fault_t told;
    char text[FAULT_TEXT];
    if (!error || link->core.state != LINK_GREETING) return;
    fault_from_proto(error->fault, &told);
    if (strcmp(told.code, "CLONE") != 0 && strcmp(told.code, "PARENT-REVOKED") != 0) return;
    if (strcmp(told.code, link->told.code) != 0)
        log_at(L_ERROR, told.code, "%s", fault_text(&told, text, sizeof text));
    link->told = told;
    step(link, LINK_EV_LOST, now_ms);
}

// True: the envelope is between the gates and done.
static bool take_own(link_t *link, const envelope_t *envelope, uint64_t now_ms)
{
    if (envelope->type == MSG_WELCOME)
        take_welcome(link, envelope->body, now_ms);
    else if (envelope->type == MSG_ERROR)
        take_refusal(link, envelope->body, now_ms);
    else if (envelope->type == MSG_PING) {
        answer_ping(link, envelope);
        link->parent_silent = ping_silent(envelope->body, link->parent_silent);
    } else if (envelope->type == MSG_PONG)
        take_pong(link, envelope->body);
    else
        return false;
    return true;
}

bool link_take(link_t *link, envelope_t *ret_envelope, counters_t *counters, uint64_t now_ms)
{
    while (link->socket && zmq_msg_recv(&link->frame, link->socket, ZMQ_DONTWAIT) >= 0) {
        bool single = !zmq_msg_more(&link->frame);
        while (zmq_msg_more(&link->frame) && zmq_msg_recv(&link->frame, link->socket, 0) >= 0) {}
        envelope_t envelope;
        if (!single || msg_unpack(slice(zmq_msg_data(&link->frame), zmq_msg_size(&link->frame)), &envelope)) {
            counters_add(counters, COUNT_MALFORMED, 1);
            continue;
        }
        link->connection.taken_bytes += door_wire_bytes(zmq_msg_size(&link->frame));
        step(link, LINK_EV_HEARD, now_ms);
        if (take_own(link, &envelope, now_ms) || link->core.state != LINK_UP) continue;
        *ret_envelope = envelope;
        return true;
    }
    return false;
}

int link_send(link_t *link, const envelope_t *envelope)
{
    if (link->core.state != LINK_UP) return -EHOSTUNREACH;
    if (!connection_has_room(&link->connection, link->unsent_max)) return -EAGAIN;
    zmq_msg_t frame;
    msg_pack(envelope, &frame);
    size_t size = zmq_msg_size(&frame);
    int r = zmq_msg_send(&frame, link->socket, ZMQ_DONTWAIT) < 0 ? -errno : 0;
    if (r)
        zmq_msg_close(&frame);
    else
        link->connection.given_bytes += door_wire_bytes(size);
    return r;
}

link_view_t link_view(const link_t *link)
{
    const char *state = link_core_word(&link->core), *reason = "";
    if (strcmp(state, "refused") == 0) reason = "PARENT-REFUSED";
    if (link->core.state != LINK_UP && *link->told.code) { // what was said outlasts the tries between
        state = strcmp(link->told.code, "CLONE") == 0 ? "clone" : "refused";
        reason = link->told.code;
    }
    return (link_view_t){.state = state,
                         .since_ms = link->core.since_ms,
                         .rtt_us = link->rtt_us,
                         .version = link->version,
                         .silent = link->parent_silent,
                         .reason = reason,
                         .words = strcmp(reason, "PARENT-REVOKED") == 0 ? link->told.args[0] : ""};
}
