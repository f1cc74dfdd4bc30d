// SPDX-License-Identifier: Apache-2.0
// The node's own door.
#include "services/gate/local.h"
#include "common/base/clock.h"
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/node/node.h"
#include "common/node/outgoing.h"
#include "common/schema/fault.h"
#include "common/schema/kinds.h"
#include "proto/envelope.pb-c.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PING_BODY_MAX = 64,
    CALLERS_BYTES = 32 * 1024 * 1024, // of requests that a service has not decided
    OWN_SHARES = 4,                   // another service of the node has as much room as so many neighbours
    STUCK_MS = 2000,                  // services say each second what they have done
    SILENT_MS = 5000,                 // and greet
};

typedef struct registrant {
    uint32_t routing; // 0: not there
    int fd;
    int64_t pid;       // 0: unknown
    uint64_t heard_ms; // greeted last
} registrant_t;

struct local {
    door_t door;
    registrant_t services[SERVICES_END];
    registrant_t console;
    outgoing_t passed[SERVICES_END]; // to each service, until the next flush
    shares_t shares;
    const gate_settings_t *settings;
    counters_t *counters;
    local_hooks_t hooks;
    door_frame_t frame; // last taken
    bool holds_frame;
    slice_t rest; // of the bundle in `frame`
};

int local_open(void *context, const gate_settings_t *settings, counters_t *counters,
               const local_hooks_t *hooks, local_t **ret_local)
{
    AUTO(local_close) local_t *local = xcalloc(1, sizeof *local);
    local->settings = settings;
    local->counters = counters;
    local->hooks = *hooks;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        local->passed[n] = (outgoing_t){.from = SERVICE_GATE, .to = n};
        local->services[n].heard_ms = mono_ms(); // it may take as long to come as to be heard again
    }
    int r = door_open(&local->door, context, "local", DOOR_INSIDE);
    if (r) return r;
    if (zmq_bind(local->door.socket, NODE_GATE_ENDPOINT)) return -errno;
    *ret_local = local;
    local = NULL;
    return 0;
}

void local_close(local_t **local)
{
    if (!*local) return;
    if ((*local)->holds_frame) door_done(&(*local)->frame);
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) outgoing_clear(&(*local)->passed[n]);
    door_close(&(*local)->door);
    shares_clear(&(*local)->shares);
    free(*local);
    *local = NULL;
}

void local_poll_items(const local_t *local, zmq_pollitem_t ret_items[static 2])
{
    ret_items[0] = (zmq_pollitem_t){local->door.socket, 0, ZMQ_POLLIN, 0};
    ret_items[1] = (zmq_pollitem_t){local->door.monitor, 0, ZMQ_POLLIN, 0};
}

bool local_has(const local_t *local, uint32_t service)
{
    return service_keeps(service) && local->services[service].routing != 0;
}

uint8_t local_silent(const local_t *local, uint64_t now_ms)
{
    uint8_t silent = 0;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        if (now_ms - local->services[n].heard_ms >= (uint64_t)local->settings->service_silence_ms)
            silent |= (uint8_t)(1U << n);
    return silent;
}

static void note_gone(local_t *local, uint32_t service)
{
    local->services[service].routing = 0;
    shares_forget(&local->shares, service);
    log_at(L_WARNING, "GATE-SERVICE-DOWN", _("%s went away"), service_name(service));
}

void local_take_events(local_t *local)
{
    door_event_t event;
    while (door_next_event(local->door.monitor, &event)) {
        if (event.event == ZMQ_EVENT_ACCEPTED) continue;
        for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
            if (local->services[n].routing && local->services[n].fd == event.value) note_gone(local, n);
        if (local->console.fd == event.value) local->console.routing = 0;
    }
}

// --- sending

int local_answer(local_t *local, uint32_t routing, const envelope_t *envelope, const ProtobufCMessage *body)
{
    return door_send(&local->door, routing, envelope, body);
}

typedef struct delivery {
    local_t *local;
    uint32_t service;
} delivery_t;

static void tell_one_undelivered(const delivery_t *d, const envelope_t *e, int error)
{
    const local_hooks_t *hooks = &d->local->hooks;
    if (share_counts(e)) shares_take_back(&d->local->shares, d->service, share_of(e), share_cost(e));
    hooks->undelivered(hooks->arg, d->service, e, error);
}

static void tell_undelivered(const delivery_t *d, zmq_msg_t *frame, int error)
{
    envelope_t e;
    if (msg_unpack(slice(zmq_msg_data(frame), zmq_msg_size(frame)), &e) != 0) return;
    slice_t rest = e.body;
    if (e.type != MSG_BUNDLE)
        tell_one_undelivered(d, &e, error);
    else
        while (bundle_next(&rest, &e) == 0) tell_one_undelivered(d, &e, error);
}

static bool deliver(void *arg, zmq_msg_t *frame)
{
    const delivery_t *d = arg;
    int r = -EHOSTUNREACH;
    if (local_has(d->local, d->service))
        r = door_send_frame(&d->local->door, d->local->services[d->service].routing, frame);
    if (r == -EHOSTUNREACH && local_has(d->local, d->service)) note_gone(d->local, d->service);
    if (r != 0) tell_undelivered(d, frame, r);
    return r == 0;
}

static uint64_t most_of(const local_t *local, uint32_t of)
{
    uint64_t share = (uint64_t)local->settings->neighbour_max;
    if (of == SERVICE_CLI) return CALLERS_BYTES;
    return share_is_outside(of) ? share : OWN_SHARES * share;
}

static bool is_full(const local_t *local, uint32_t service)
{
    return local->shares.outside[service] >= (uint64_t)local->settings->neighbours_max;
}

bool local_crowded(const local_t *local, uint64_t now_ms)
{
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        if (is_full(local, n) && now_ms - local->shares.moved_ms[n] < STUCK_MS) return true;
    return false;
}

int local_pass(local_t *local, uint32_t service, const envelope_t *envelope)
{
    if (!local_has(local, service)) return -EHOSTUNREACH;
    if (share_counts(envelope)) {
        uint32_t of = share_of(envelope);
        if (shares_owed(&local->shares, service, of) >= most_of(local, of)) return -EDQUOT;
        if (share_is_outside(of) && is_full(local, service)) return -EAGAIN;
        shares_give(&local->shares, service, of, share_cost(envelope), mono_ms());
    }
    outgoing_add(&local->passed[service], envelope, NULL);
    return 0;
}

static void flush_one(local_t *local, uint32_t service)
{
    delivery_t d = {local, service};
    outgoing_flush(&local->passed[service], deliver, &d);
}

void local_flush(local_t *local)
{
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) flush_one(local, n);
}

int local_send(local_t *local, uint32_t service, const envelope_t *envelope, const ProtobufCMessage *body)
{
    if (!local_has(local, service)) return -EHOSTUNREACH;
    flush_one(local, service);
    if (!local_has(local, service)) return -EHOSTUNREACH;
    int r = door_send(&local->door, local->services[service].routing, envelope, body);
    if (r == -EHOSTUNREACH) note_gone(local, service);
    return r;
}

static void send_welcome(local_t *local, const door_frame_t *hello)
{
    Selenga__Hello body = SELENGA__HELLO__INIT;
    body.has_service = body.has_pid = 1;
    body.service = SERVICE_GATE;
    body.version = SELENGA_VERSION;
    body.pid = (uint32_t)getpid();
    envelope_t welcome = {
        .type = MSG_WELCOME, .to = hello->envelope.from, .from = SERVICE_GATE, .call = hello->envelope.call};
    (void)door_send(&local->door, hello->routing, &welcome, &body.base);
}

static void answer_ping(local_t *local, const door_frame_t *ping)
{
    if (ping->envelope.body.size > PING_BODY_MAX) return;
    envelope_t pong = {.type = MSG_PONG,
                       .to = ping->envelope.from,
                       .from = SERVICE_GATE,
                       .call = ping->envelope.call,
                       .body = ping->envelope.body};
    (void)door_send(&local->door, ping->routing, &pong, NULL);
}

int local_ask_console(local_t *local, const envelope_t *envelope)
{
    int r = -EHOSTUNREACH;
    if (local->console.routing != 0) r = door_send(&local->door, local->console.routing, envelope, NULL);
    if (r == -EHOSTUNREACH) local->console.routing = 0;
    return r;
}

// --- who speaks

static uint32_t service_of(const local_t *local, const door_frame_t *frame)
{
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        if (local->services[n].routing == frame->routing) return n;
    return SERVICE_CLI;
}

static void drop(local_t *local, const door_frame_t *frame, enum gate_counter counter, const char *what)
{
    counters_add(local->counters, counter, 1);
    log_once(L_WARNING, "GATE-LOCAL-DROPPED", (uint64_t)frame->uid,
             _("dropped a message of a local program of user %lld: %s"), (long long)frame->uid, what);
}

// Programs of the node run as the gate's user, or as root.
static bool may_register(const door_frame_t *frame)
{
    return frame->uid == (int64_t)geteuid() || frame->uid == 0;
}

// Two of one service on one store would each undo what the other wrote. Whoever is there stays, until its
// process is gone: also one that hangs holds the store. A socket that the same process made anew is welcome.
static bool is_taken(const registrant_t *there, int64_t pid)
{
    if (there->routing == 0 || (pid != 0 && there->pid == pid)) return false;
    if (there->pid == 0) return mono_ms() - there->heard_ms < SILENT_MS;
    return kill((pid_t)there->pid, 0) == 0 || errno != ESRCH;
}

static void refuse_second(local_t *local, const registrant_t *there, const char *name,
                          const door_frame_t *hello)
{
    fault_t fault;
    char pid[24], *args[FAULT_ARGS];
    Selenga__Fault message;
    Selenga__Error error = SELENGA__ERROR__INIT;
    snprintf(pid, sizeof pid, "%lld", (long long)there->pid);
    fault_set(&fault, "SERVICE-TWICE", NULL, name, pid);
    fault_to_proto(&fault, &message, args);
    error.fault = &message;
    envelope_t answer = {.type = MSG_ERROR, .from = SERVICE_GATE, .call = hello->envelope.call};
    (void)door_send(&local->door, hello->routing, &answer, &error.base);
}

// The number of the service that this connection is, after registering it if that is what it asks for.
static uint32_t identify(local_t *local, door_frame_t *frame)
{
    uint32_t known = service_of(local, frame), claimed = frame->envelope.from;
    if (known || !service_keeps(claimed)) return known;
    bool greets = frame->envelope.type == MSG_HELLO;
    // Without a greeting only where nobody is registered: after a restart of the gate services go on as if
    // nothing had been.
    if (!may_register(frame) || (!greets && local_has(local, claimed))) return SERVICE_CLI;
    local_take_events(local); // an event about the descriptor's last owner must not unregister the new one
    int64_t pid = door_pid(frame);
    if (is_taken(&local->services[claimed], pid)) {
        refuse_second(local, &local->services[claimed], service_name(claimed), frame);
        return SERVICE_CLI;
    }
    local->services[claimed] = (registrant_t){frame->routing, frame->fd, pid, mono_ms()};
    shares_forget(&local->shares, claimed);
    if (greets) send_welcome(local, frame);
    log_at(L_INFO, "GATE-SERVICE-UP", _("%s is connected"), service_name(claimed));
    local->hooks.registered(local->hooks.arg, claimed);
    return claimed;
}

// Whoever says that he is the console is it, if he is a program of the node and the only one. Its process may
// have further connections.
static bool take_console(local_t *local, door_frame_t *frame)
{
    registrant_t *console = &local->console;
    bool claims = frame->envelope.from == SERVICE_CONSOLE;
    frame->console = false;
    if (!claims && (frame->envelope.from != SERVICE_CLI || console->routing == 0)) return true;
    int64_t pid = door_pid(frame);
    frame->console = console->routing == frame->routing || (pid != 0 && console->pid == pid);
    if (frame->console) console->heard_ms = mono_ms();
    if (!claims || (frame->console && console->routing != 0)) return true;
    if (!may_register(frame)) return false;
    local_take_events(local); // an event about the descriptor's last owner must not unregister the new one
    if (is_taken(console, pid)) {
        refuse_second(local, console, "console", frame);
        return false;
    }
    *console = (registrant_t){frame->routing, frame->fd, pid, mono_ms()};
    return frame->console = true;
}

static void take_taken(local_t *local, uint32_t service, slice_t body)
{
    AUTO(msg_body_free) Selenga__Taken *taken = msg_body_unpack(&selenga__taken__descriptor, body);
    if (!taken) return;
    shares_done(&local->shares, service, taken, mono_ms());
    for (size_t i = 0; i < taken->n_peer && i < taken->n_wasted; i++)
        if (taken->wasted[i] > 0 && taken->peer[i] >= PEER_LABEL_MIN)
            local->hooks.wasted(local->hooks.arg, taken->peer[i], taken->wasted[i]);
}

// True: it goes on to whom it is for.
static bool admit(local_t *local, door_frame_t *frame, uint32_t *ret_service)
{
    if (!take_console(local, frame)) {
        drop(local, frame, COUNT_NOT_ALLOWED, _("it claims to be the console, and is not"));
        return false;
    }
    if (frame->console) frame->envelope.from = SERVICE_CLI; // for all else it is a caller
    uint32_t known = service_of(local, frame);
    uint32_t service = identify(local, frame);
    if (service == SERVICE_CLI && frame->envelope.from != SERVICE_CLI) {
        drop(local, frame, COUNT_NOT_ALLOWED, _("it claims to be a service that is registered already"));
        return false;
    }
    if (frame->envelope.type == MSG_HELLO) {
        if (service == known) send_welcome(local, frame); // again, or a caller
        if (service != SERVICE_CLI) local->services[service].heard_ms = mono_ms();
        return false;
    }
    if (frame->envelope.type == MSG_TAKEN && service != SERVICE_CLI) {
        take_taken(local, service, frame->envelope.body);
        return false;
    }
    if (frame->envelope.type == MSG_PING) answer_ping(local, frame);
    if (frame->envelope.type == MSG_PING || frame->envelope.type == MSG_PONG) return false;
    *ret_service = service;
    return true;
}

bool local_holds(const local_t *local)
{
    return local->rest.size > 0;
}

// The next envelope of the frame that is being read. False: it is read to its end.
static bool next_in_bundle(local_t *local)
{
    int rc = bundle_next(&local->rest, &local->frame.envelope);
    if (rc == 0) return true;
    local->rest = (slice_t){0};
    if (rc < 0) drop(local, &local->frame, COUNT_MALFORMED, _("it is no envelope"));
    return false;
}

static void open_bundle(local_t *local)
{
    if (identify(local, &local->frame) == SERVICE_CLI)
        drop(local, &local->frame, COUNT_NOT_ALLOWED, _("only services send bundles"));
    else
        local->rest = local->frame.envelope.body;
}

static void forget_frame(local_t *local)
{
    if (local->holds_frame) door_done(&local->frame);
    local->holds_frame = false;
}

bool local_take(local_t *local, const door_frame_t **ret_frame, uint32_t *ret_service)
{
    *ret_frame = &local->frame;
    for (;;) {
        while (local->rest.size > 0)
            if (next_in_bundle(local) && admit(local, &local->frame, ret_service)) return true;
        forget_frame(local);
        int r = door_take(&local->door, &local->frame);
        if (r == DOOR_E_EMPTY) return false;
        local->holds_frame = r == 0;
        if (r)
            drop(local, &local->frame, COUNT_MALFORMED, _("it is no envelope"));
        else if (local->frame.envelope.type == MSG_BUNDLE)
            open_bundle(local);
        else if (admit(local, &local->frame, ret_service))
            return true;
    }
}
