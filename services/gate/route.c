// SPDX-License-Identifier: Apache-2.0
// Where each envelope goes, and what is stamped on it.
//
// A route is the gate's own return address: 'L' (local caller) or 'J' (joining node) and libzmq's number of
// the connection.
#include "services/gate/route.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/schema/fault.h"
#include "common/schema/kinds.h"
#include "services/gate/silence.h"
#include "services/gate/status.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { ROUTE_LOCAL = 'L', ROUTE_JOIN = 'J', ROUTE_SIZE = 5 };

static void set_route(envelope_t *envelope, uint8_t kind, uint32_t routing)
{
    envelope->route[0] = kind;
    be32_store(envelope->route + 1, routing);
    envelope->route_size = ROUTE_SIZE;
}

static void count(gate_t *gate, enum gate_counter counter)
{
    counters_add(&gate->counters, counter, 1);
}

// --- what cannot go on

// The parts of an answer with a fault; they point into each other.
typedef struct refusal {
    fault_t fault;
    char *args[FAULT_ARGS];
    Selenga__Fault message;
    Selenga__Error error;
    envelope_t answer;
} refusal_t;

static void set_refusal(refusal_t *refusal, uint64_t call, const char *code, const char *arg, bool again)
{
    fault_set(&refusal->fault, code, NULL, arg);
    fault_to_proto(&refusal->fault, &refusal->message, refusal->args);
    selenga__error__init(&refusal->error);
    refusal->error.fault = &refusal->message;
    refusal->error.has_again = 1;
    refusal->error.again = again;
    refusal->answer = (envelope_t){.type = MSG_ERROR, .from = SERVICE_GATE, .call = call};
}

static void refuse_local(gate_t *gate, uint32_t routing, refusal_t *refusal)
{
    (void)local_answer(gate->local, routing, &refusal->answer, &refusal->error.base);
}

// Nobody sends a join again by itself, so that its sender has to hear that it was dropped.
static void refuse_join(gate_t *gate, uint32_t routing, refusal_t *refusal)
{
    AUTO(xfree) uint8_t *body = xmalloc(selenga__error__get_packed_size(&refusal->error));
    refusal->answer.body = slice(body, selenga__error__pack(&refusal->error, body));
    (void)peers_answer(gate->peers, routing, &refusal->answer, mono_ms());
}

// Feeds send again what is lost here, so the gate keeps nothing; who waits for an answer is told.
void route_undelivered(gate_t *gate, uint32_t service, const envelope_t *envelope, int error)
{
    refusal_t refusal;
    bool over = error == -EDQUOT, busy = over || error == -EAGAIN;
    count(gate, over ? COUNT_OVER_SHARE : busy ? COUNT_SERVICE_FULL : COUNT_SERVICE_DOWN);
    if (error == -EAGAIN)
        log_once(L_WARNING, "GATE-SERVICE-FULL", service,
                 _("%s does not keep up; messages are dropped and sent again"), service_name(service));
    if (envelope->route_size != ROUTE_SIZE) return;
    uint32_t routing = be32_load(envelope->route + 1);
    set_refusal(&refusal, envelope->call, busy ? "SERVICE-BUSY" : "SERVICE-DOWN", service_name(service),
                true);
    if (envelope->route[0] == ROUTE_LOCAL)
        refuse_local(gate, routing, &refusal);
    else
        refuse_join(gate, routing, &refusal);
}

static int send_to_service(gate_t *gate, uint32_t service, const envelope_t *envelope)
{
    int r = local_pass(gate->local, service, envelope);
    if (r) route_undelivered(gate, service, envelope, r);
    return r;
}

// --- callers

static void refuse(gate_t *gate, const door_frame_t *frame, const char *code)
{
    refusal_t refusal;
    set_refusal(&refusal, frame->envelope.call, code, "", false);
    refuse_local(gate, frame->routing, &refusal);
}

static void answer_route(gate_t *gate, const envelope_t *envelope)
{
    envelope_t answer = *envelope;
    uint8_t kind = envelope->route[0];
    uint32_t routing = envelope->route_size == ROUTE_SIZE ? be32_load(envelope->route + 1) : 0;
    answer.route_size = 0;
    answer.principal[0] = answer.account[0] = '\0';
    answer.peer = PEER_SELF;
    answer.to = SERVICE_CLI;
    int r = -EHOSTUNREACH;
    if (routing && kind == ROUTE_LOCAL)
        r = local_answer(gate->local, routing, &answer, NULL);
    else if (routing && kind == ROUTE_JOIN && gate->peers &&
             (answer.type == MSG_JOIN_REPLY || answer.type == MSG_ERROR))
        r = peers_answer(gate->peers, routing, &answer, mono_ms());
    if (r) count(gate, COUNT_LINK_DOWN); // the asker did not wait
}

static void forward_request(gate_t *gate, const door_frame_t *frame)
{
    envelope_t request = frame->envelope;
    request.from = SERVICE_CLI;
    request.peer = PEER_SELF;
    set_route(&request, ROUTE_LOCAL, frame->routing);
    const char *who = frame->console ? PRINCIPAL_CONSOLE : "local:";
    if (frame->uid >= 0)
        snprintf(request.principal, sizeof request.principal, "%s%lld", who, (long long)frame->uid);
    else
        snprintf(request.principal, sizeof request.principal, "%s?", who);
    if (service_keeps(request.to))
        send_to_service(gate, request.to, &request);
    else if (local_ask_console(gate->local, &request) != 0)
        route_undelivered(gate, request.to, &request, -EHOSTUNREACH);
}

void route_from_caller(gate_t *gate, const door_frame_t *frame)
{
    const envelope_t *envelope = &frame->envelope;
    bool request = envelope->type >= MSG_PUT; // below are the gates' and the feeds' own
    bool speaks_for = envelope->account[0] != '\0';
    if (frame->console && envelope->type == MSG_STATUS_REPLY && envelope->route_size > 0) {
        answer_route(gate, envelope); // how it is
    } else if (speaks_for && (!frame->console || envelope->to == SERVICE_GATE)) {
        count(gate, COUNT_NOT_ALLOWED); // only the console may, and this gate knows no roles
        refuse(gate, frame, "NOT-ALLOWED");
    } else if (envelope->to == SERVICE_GATE && envelope->type == MSG_STATUS) {
        status_answer(gate, frame);
    } else if (envelope->to == SERVICE_GATE && envelope->type == MSG_LINKS) {
        links_answer(gate, frame);
    } else if ((service_keeps(envelope->to) && request) ||
               (envelope->to == SERVICE_CONSOLE && envelope->type == MSG_STATUS)) {
        forward_request(gate, frame);
    } else if (envelope->to == SERVICE_GATE && request) {
        refuse(gate, frame, "UNKNOWN-REQUEST");
    } else {
        count(gate, COUNT_NOT_ALLOWED);
        refuse(gate, frame, "NOT-ALLOWED");
    }
}

// --- services

static void send_to_neighbour(gate_t *gate, uint32_t service, const envelope_t *envelope)
{
    if (!message_is_neighbourly(envelope->type, service)) {
        count(gate, COUNT_NOT_ALLOWED);
        log_once(L_ERROR, "GATE-SERVICE-ASTRAY", service,
                 _("%s wants to send a message that does not leave the node: type %u"), service_name(service),
                 envelope->type);
        return;
    }
    envelope_t out = {.type = envelope->type,
                      .to = service,
                      .from = service,
                      .call = envelope->call,
                      .body = envelope->body};
    int r = -EHOSTUNREACH;
    if (envelope->peer == PEER_PARENT)
        r = gate->link ? link_send(gate->link, &out) : r;
    else
        r = gate->peers ? peers_send(gate->peers, envelope->peer, &out) : r;
    if (r) count(gate, r == -EAGAIN ? COUNT_LINK_FULL : COUNT_LINK_DOWN);
}

static void send_between_services(gate_t *gate, uint32_t service, const envelope_t *envelope)
{
    envelope_t out = *envelope;
    out.from = service;
    out.peer = service; // as a consumer and producer it is a neighbour of this label
    out.principal[0] = out.account[0] = '\0';
    if (service_keeps(out.to) && out.to != service)
        send_to_service(gate, out.to, &out);
    else
        count(gate, COUNT_NOT_ALLOWED);
}

// Into the thread that admits peers, before connections are looked through.
static void admit_changes(gate_t *gate, const Selenga__Keys *message)
{
    AUTO(xfree) zap_change_t *changes = xcalloc(message->n_keys + message->n_gone + 1, sizeof *changes);
    size_t n = 0;
    for (size_t i = 0; i < message->n_gone; i++)
        if (message->gone[i].len == NODE_KEY_SIZE)
            memcpy(changes[n++].key, message->gone[i].data, NODE_KEY_SIZE);
    for (size_t i = 0; i < message->n_keys; i++)
        if (message->keys[i]->key.len == NODE_KEY_SIZE)
            memcpy(changes[n++].key, message->keys[i]->key.data, NODE_KEY_SIZE);
    for (size_t i = 0; i < n; i++) changes[i].allowed = keys_allow(&gate->keys, changes[i].key);
    zap_change(gate->zap, changes, n);
}

static size_t admit_whole(gate_t *gate)
{
    size_t n;
    AUTO(xfree) uint8_t *allowed = keys_allowed(&gate->keys, &n);
    zap_allow_only(gate->zap, allowed, n);
    gate->keys_asked_ms = 0;
    return n;
}

static void begin_with_keys(gate_t *gate, size_t n)
{
    log_at(L_INFO, "GATE-KEYS",
           i18n_n("the registry gave its keys: %zu may connect",
                  "the registry gave its keys: %zu may connect", n),
           n);
    // Services that outlived an earlier gate may believe that links are up.
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END; service++) route_links_due(gate, service);
}

static void take_keys(gate_t *gate, slice_t body)
{
    AUTO(msg_body_free) Selenga__Keys *message = msg_body_unpack(&selenga__keys__descriptor, body);
    if (!message) {
        count(gate, COUNT_BAD_KEY_ROWS);
        return;
    }
    bool first = !gate->keys.ready;
    uint64_t now_ms = mono_ms();
    keys_result_t result = keys_apply(&gate->keys, message, now_ms);
    if (result.outcome == KEYS_GAP && !gate->keys_asked_ms) route_ask_keys(gate, now_ms);
    if (result.outcome == KEYS_CHANGED) admit_changes(gate, message);
    size_t n = result.outcome == KEYS_WHOLE ? admit_whole(gate) : 0;
    if (result.taken_away && gate->peers) peers_enforce(gate->peers, now_ms);
    if (result.left_out) {
        counters_add(&gate->counters, COUNT_BAD_KEY_ROWS, result.left_out);
        log_at(L_ERROR, "GATE-BAD-KEYS",
               i18n_n("%zu key of the registry is not valid and was left out",
                      "%zu keys of the registry are not valid and were left out", result.left_out),
               result.left_out);
    }
    if (first && gate->keys.ready) begin_with_keys(gate, n);
}

void route_from_service(gate_t *gate, uint32_t service, const envelope_t *envelope)
{
    if (envelope->route_size)
        answer_route(gate, envelope);
    else if (envelope->peer == PEER_PARENT || envelope->peer >= PEER_LABEL_MIN)
        send_to_neighbour(gate, service, envelope);
    else if (envelope->to != SERVICE_GATE)
        send_between_services(gate, service, envelope);
    else if (envelope->type == MSG_KEYS && service == SERVICE_REGISTRY)
        take_keys(gate, envelope->body);
    else if (envelope->type != MSG_ERROR && envelope->type != MSG_WELCOME)
        count(gate, COUNT_NOT_ALLOWED);
}

void route_ask_keys(gate_t *gate, uint64_t now_ms)
{
    Selenga__Hello hello = SELENGA__HELLO__INIT;
    hello.has_service = hello.has_pid = 1;
    hello.service = SERVICE_GATE;
    hello.version = SELENGA_VERSION;
    hello.pid = (uint32_t)getpid();
    envelope_t envelope = {.type = MSG_HELLO, .to = SERVICE_REGISTRY, .from = SERVICE_GATE};
    (void)local_send(gate->local, SERVICE_REGISTRY, &envelope, &hello.base); // lost: asked again
    gate->keys_asked_ms = now_ms ? now_ms : 1;
}

// --- neighbours

void route_from_child(gate_t *gate, const envelope_t *envelope, const connection_t *from)
{
    envelope_t in = {
        .type = envelope->type, .to = envelope->to, .call = envelope->call, .body = envelope->body};
    strcpy(in.principal, from->principal);
    if (from->label) {
        in.from = envelope->to; // the same service of the neighbour
        in.peer = from->label;
    } else {
        in.from = SERVICE_GATE;
        set_route(&in, ROUTE_JOIN, from->routing);
    }
    if (send_to_service(gate, in.to, &in) == -EDQUOT)
        peers_wasted(gate->peers, from->label, envelope->body.size, mono_ms());
}

void route_from_parent(gate_t *gate, const envelope_t *envelope)
{
    if (!message_is_neighbourly(envelope->type, envelope->to) || envelope->from != envelope->to) {
        count(gate, COUNT_NOT_ALLOWED);
        log_once(L_WARNING, "GATE-PARENT-DROPPED", 0,
                 _("dropped a message of the parent: a neighbour may only feed"));
        return;
    }
    envelope_t in = {.type = envelope->type,
                     .to = envelope->to,
                     .from = envelope->to,
                     .peer = PEER_PARENT,
                     .call = envelope->call,
                     .body = envelope->body};
    strcpy(in.principal, gate->parent_principal);
    send_to_service(gate, in.to, &in);
}

// --- links

static uint8_t bit_of(uint32_t service)
{
    return (uint8_t)(1U << service);
}

// Each link is told once: a service begins its feeds anew when it hears that a link is up, so that telling
// thousands of links again because the last ones did not fit would never come to an end.
static void tell_link(gate_t *gate, uint32_t service, uint32_t peer, bool up, uint8_t *untold)
{
    Selenga__Link link = SELENGA__LINK__INIT;
    link.has_peer = link.has_up = 1;
    link.peer = peer;
    link.up = up;
    envelope_t envelope = {.type = MSG_LINK, .to = service, .from = SERVICE_GATE};
    *untold &= (uint8_t)~bit_of(service);
    if (local_send(gate->local, service, &envelope, &link.base) != -EAGAIN) return;
    *untold |= bit_of(service);
    gate->links_untold |= bit_of(service);
}

void route_clone(gate_t *gate, uint32_t peer, bool cloned)
{
    Selenga__Link link = SELENGA__LINK__INIT;
    link.has_peer = link.has_clone = 1;
    link.peer = peer;
    link.clone = cloned;
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END; service++) {
        envelope_t envelope = {.type = MSG_LINK, .to = service, .from = SERVICE_GATE};
        if (local_has(gate->local, service)) (void)local_send(gate->local, service, &envelope, &link.base);
    }
}

void route_link(gate_t *gate, uint32_t peer, bool up, uint8_t *untold)
{
    uint8_t nobody = 0;
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END; service++)
        if (local_has(gate->local, service)) tell_link(gate, service, peer, up, untold ? untold : &nobody);
}

static void tell_links_left(gate_t *gate, uint32_t service)
{
    uint8_t bit = bit_of(service);
    gate->links_untold &= (uint8_t)~bit;
    silence_forget(gate, service); // with a link's news a service forgets it
    if (gate->link && (gate->parent_untold & bit) != 0)
        tell_link(gate, service, PEER_PARENT, strcmp(link_view(gate->link).state, "up") == 0,
                  &gate->parent_untold);
    for (size_t i = 0; i < gate->keys.now.n && (gate->links_untold & bit) == 0; i++) {
        key_entry_t *row = gate->keys.now.rows[i];
        if ((row->untold & bit) != 0) tell_link(gate, service, row->label, row->up, &row->untold);
    }
}

void route_links_due(gate_t *gate, uint32_t service)
{
    gate->links_untold |= bit_of(service);
    gate->parent_untold |= bit_of(service);
    for (size_t i = 0; i < gate->keys.now.n; i++)
        if (gate->keys.now.rows[i]->role == KEY_CHILD) gate->keys.now.rows[i]->untold |= bit_of(service);
}

void route_links_to(gate_t *gate, uint32_t service)
{
    route_links_due(gate, service);
    tell_links_left(gate, service);
}

bool route_links_left(gate_t *gate)
{
    bool left = false;
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END; service++) {
        if ((gate->links_untold & bit_of(service)) == 0 || !local_has(gate->local, service)) continue;
        tell_links_left(gate, service);
        left |= (gate->links_untold & bit_of(service)) != 0;
    }
    return left;
}
