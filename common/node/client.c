// SPDX-License-Identifier: Apache-2.0
// Requests under way stand in a table of fixed size; answers name their request by its number.
#include "common/node/client.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/node/msg.h"
#include "common/schema/services.h"

enum {
    PROBE_EVERY_MS = 250, // of silence, while answers are awaited: does the gate still listen?
    TURN_ANSWERS = 64,    // at most, so that others of the program have their turn
};

typedef struct call {
    uint64_t number; // 0: free
    uint64_t echoed; // what the answer names; 0: a pause
    uint64_t due_ms;
    size_t size;
    uint32_t service, reply;
    const ProtobufCMessageDescriptor *descriptor;
    client_take_t *take;
    void *context;
} call_t;

struct client {
    caller_t *caller;
    call_t calls[CLIENT_CALLS];
    size_t asked; // calls that are no pauses
    size_t bytes;
    uint64_t last_number;
    uint64_t quiet_since_ms; // since when nothing was heard, nor looked whether the gate is there
};

// --- beginning and end

// Also where this user may not look: then opening says so.
static bool is_node(const char *dir)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/node.conf", dir);
    return n > 0 && (size_t)n < sizeof path && (access(path, F_OK) == 0 || errno == EACCES);
}

client_status_t client_open(const char *dir, client_t **ret_client, client_why_t *ret_why)
{
    *ret_why = (client_why_t){.cause = CLIENT_NO_NODE};
    if (!is_node(dir)) return CLIENT_REFUSED;
    AUTO(client_close) client_t *self = xcalloc(1, sizeof *self);
    int r = caller_open(dir, &self->caller);
    if (r == CALLER_E_NOT_RUNNING) {
        ret_why->cause = CLIENT_NOT_RUNNING;
        return CLIENT_LATER;
    }
    if (r != 0) {
        *ret_why = (client_why_t){.cause = CLIENT_SYSTEM, .error = -r};
        return CLIENT_REFUSED;
    }
    *ret_client = self;
    self = NULL;
    return CLIENT_DONE;
}

void client_close(client_t **self_p)
{
    client_t *self = *self_p;
    if (!self) return;
    caller_close(&self->caller);
    free(self);
    *self_p = NULL;
}

void *client_socket(client_t *self)
{
    return caller_socket(self->caller);
}

// --- starting

static call_t *free_call(client_t *self)
{
    for (size_t i = 0; i < CLIENT_CALLS; i++)
        if (self->calls[i].number == 0) return &self->calls[i];
    return NULL;
}

static uint64_t enter(client_t *self, const call_t *as)
{
    call_t *call = free_call(self);
    *call = *as;
    call->number = ++self->last_number;
    if (call->echoed == 0) return call->number;
    if (self->asked++ == 0) self->quiet_since_ms = mono_ms();
    self->bytes += call->size;
    return call->number;
}

static int send_request(client_t *self, const client_request_t *request, call_t *call)
{
    AUTO(xfree) uint8_t *own = NULL;
    slice_t body = request->packed;
    if (request->body) {
        size_t size = protobuf_c_message_get_packed_size(request->body);
        if (size > MAX_BODY) return -EMSGSIZE;
        own = xmalloc(size + 1);
        body = slice(own, protobuf_c_message_pack(request->body, own));
    }
    if (body.size > MAX_BODY) return -EMSGSIZE;
    if (!free_call(self) || self->bytes + body.size > CLIENT_BYTES) return -EAGAIN;
    call->size = body.size;
    return caller_send(self->caller, request->account, request->service, request->type, body, &call->echoed);
}

uint64_t client_start(client_t *self, const client_request_t *request, client_take_t *take, void *context,
                      client_why_t *ret_why)
{
    call_t call = {.due_ms = mono_ms() + (uint64_t)request->timeout_ms,
                   .service = request->service,
                   .reply = request->reply,
                   .descriptor = request->descriptor,
                   .take = take,
                   .context = context};
    int r = send_request(self, request, &call);
    if (r == 0) return enter(self, &call);
    client_cause_t cause = r == -EMSGSIZE ? CLIENT_TOO_MUCH : r == -EAGAIN ? CLIENT_FULL : CLIENT_SYSTEM;
    *ret_why = (client_why_t){.cause = cause, .service = request->service, .error = -r};
    return 0;
}

uint64_t client_pause(client_t *self, int pause_ms, client_take_t *take, void *context, client_why_t *ret_why)
{
    if (free_call(self))
        return enter(self,
                     &(call_t){.due_ms = mono_ms() + (uint64_t)pause_ms, .take = take, .context = context});
    *ret_why = (client_why_t){.cause = CLIENT_FULL};
    return 0;
}

// --- ending

static void leave(client_t *self, call_t *call)
{
    if (call->echoed != 0) self->asked--;
    self->bytes -= call->size;
    *call = (call_t){0};
}

void client_abandon(client_t *self, uint64_t number)
{
    for (size_t i = 0; number != 0 && i < CLIENT_CALLS; i++)
        if (self->calls[i].number == number) leave(self, &self->calls[i]);
}

// The place is free before the take, which may start another.
static void finish(client_t *self, call_t *call, client_reply_t *reply)
{
    call_t over = *call;
    leave(self, call);
    reply->why.service = over.service;
    over.take(over.context, reply);
    msg_body_free(&reply->body);
}

static void fail(client_t *self, call_t *call, client_cause_t cause)
{
    bool later = cause == CLIENT_SILENT || cause == CLIENT_NOT_RUNNING;
    client_reply_t reply = {.status = later ? CLIENT_LATER : CLIENT_REFUSED, .why = {.cause = cause}};
    finish(self, call, &reply);
}

// Those that the takes start meanwhile have greater numbers.
static void fail_all(client_t *self, client_cause_t cause)
{
    uint64_t last = self->last_number;
    for (size_t i = 0; i < CLIENT_CALLS; i++) {
        call_t *call = &self->calls[i];
        if (call->echoed != 0 && call->number <= last) fail(self, call, cause);
    }
}

// --- answers

// The node said no, or not now.
static void read_denial(slice_t body, client_reply_t *reply)
{
    AUTO(msg_body_free) Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, body);
    reply->status = error && error->again ? CLIENT_LATER : CLIENT_REFUSED;
    reply->why.cause = error ? CLIENT_SAID : CLIENT_UNREADABLE;
    if (error) fault_from_proto(error->fault, &reply->why.fault);
}

static void read_answer(const call_t *call, const envelope_t *answer, client_reply_t *reply)
{
    if (answer->type == MSG_ERROR) {
        read_denial(answer->body, reply);
        return;
    }
    bool fits = answer->type == call->reply;
    if (fits && call->descriptor) reply->body = msg_body_unpack(call->descriptor, answer->body);
    if (fits && (reply->body || !call->descriptor)) return;
    reply->status = CLIENT_REFUSED;
    reply->why.cause = CLIENT_UNREADABLE;
}

static call_t *call_of(client_t *self, uint64_t echoed)
{
    for (size_t i = 0; echoed != 0 && i < CLIENT_CALLS; i++)
        if (self->calls[i].echoed == echoed) return &self->calls[i];
    return NULL;
}

static void take_answers(client_t *self)
{
    for (int i = 0; i < TURN_ANSWERS; i++) {
        envelope_t answer;
        int r = caller_take(self->caller, &answer);
        if (r < 0) return;
        self->quiet_since_ms = mono_ms();
        if (r == CALLER_E_BROKEN) {
            fail_all(self, CLIENT_UNREADABLE); // of whichever it is
            continue;
        }
        call_t *call = call_of(self, answer.call);
        if (!call) continue; // late, or of a call that was abandoned
        client_reply_t reply = {0};
        read_answer(call, &answer, &reply);
        finish(self, call, &reply);
    }
}

// --- time

// A request that was never sent must not reach a gate that comes later: nobody waits for it any more.
static void part_from_gate(client_t *self)
{
    (void)caller_renew(self->caller);
    fail_all(self, CLIENT_NOT_RUNNING);
}

static bool any_late(const client_t *self, uint64_t now_ms)
{
    for (size_t i = 0; i < CLIENT_CALLS; i++)
        if (self->calls[i].echoed != 0 && self->calls[i].due_ms <= now_ms) return true;
    return false;
}

static void end_late(client_t *self, uint64_t now_ms)
{
    for (size_t i = 0; i < CLIENT_CALLS; i++) {
        call_t *call = &self->calls[i];
        if (call->number == 0 || call->due_ms > now_ms) continue;
        if (call->echoed != 0)
            fail(self, call, CLIENT_SILENT);
        else
            finish(self, call, &(client_reply_t){0});
    }
}

void client_turn(client_t *self)
{
    take_answers(self);
    uint64_t now_ms = mono_ms();
    bool quiet = self->asked > 0 && now_ms - self->quiet_since_ms >= PROBE_EVERY_MS;
    if (quiet || any_late(self, now_ms)) {
        self->quiet_since_ms = now_ms;
        if (!caller_reaches(self->caller)) part_from_gate(self);
    }
    end_late(self, now_ms);
}

long client_due_ms(const client_t *self)
{
    uint64_t now_ms = mono_ms(), due_ms = UINT64_MAX;
    if (self->asked > 0) due_ms = self->quiet_since_ms + PROBE_EVERY_MS;
    for (size_t i = 0; i < CLIENT_CALLS; i++)
        if (self->calls[i].number != 0 && self->calls[i].due_ms < due_ms) due_ms = self->calls[i].due_ms;
    if (due_ms == UINT64_MAX) return -1;
    return due_ms > now_ms ? (long)(due_ms - now_ms) : 0;
}

// --- waiting

void client_wait(client_t *self, const bool *over)
{
    while (!*over) {
        zmq_pollitem_t item = {client_socket(self), 0, ZMQ_POLLIN, 0};
        zmq_poll(&item, 1, client_due_ms(self));
        client_turn(self);
    }
}

void client_end_set(client_end_t *end, client_status_t status, const client_why_t *why)
{
    end->status = status;
    if (why != NULL) end->why = *why;
    end->over = true;
}

client_status_t client_not_begun(const client_why_t *why)
{
    return why->cause == CLIENT_FULL ? CLIENT_LATER : CLIENT_REFUSED;
}

client_status_t client_end_wait(client_t *self, const client_end_t *end, client_why_t *ret_why)
{
    client_wait(self, &end->over);
    if (end->status != CLIENT_DONE) *ret_why = end->why;
    return end->status;
}

typedef struct awaited {
    client_reply_t reply;
    bool over;
} awaited_t;

static void take_awaited(void *context, client_reply_t *reply)
{
    awaited_t *awaited = context;
    awaited->reply = *reply;
    awaited->over = true;
    reply->body = NULL;
}

client_status_t client_call(client_t *self, const client_request_t *request, void *ret_body,
                            client_why_t *ret_why)
{
    awaited_t awaited = {0};
    if (ret_body) memset(ret_body, 0, sizeof(void *));
    if (!client_start(self, request, take_awaited, &awaited, ret_why)) return client_not_begun(ret_why);
    client_wait(self, &awaited.over);
    if (awaited.reply.status != CLIENT_DONE)
        *ret_why = awaited.reply.why;
    else if (ret_body)
        memcpy(ret_body, &awaited.reply.body, sizeof(void *)); // whatever its type, it is a pointer
    else
        msg_body_free(&awaited.reply.body);
    return awaited.reply.status;
}
