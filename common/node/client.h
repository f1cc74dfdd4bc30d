// SPDX-License-Identifier: Apache-2.0
// A client of a node: requests to its programs through its gate, many under way at once. It prints nothing
// and ends nothing: what became of a request is a status and a reason, which becomes a sentence in the
// reader's language where he reads it.
//
// A program with a loop of its own starts requests with client_start, waits for client_socket (at most
// client_due_ms) beside its other sockets, and calls client_turn. One that has nothing else to do uses
// client_call. All of it belongs to one thread; a node that was restarted meanwhile is found again.
#pragma once
#include "common/base/i18n.h"
#include "common/node/caller.h"
#include "common/schema/fault.h"
#include "proto/message.h"

typedef struct client client_t;

enum {
    CLIENT_CALLS = CALLER_QUEUE,      // under way at once, pauses among them
    CLIENT_BYTES = 8 << 20,           // of the requests under way
    CLIENT_WHY_TEXT = FAULT_TEXT + 8, // enough for any client_why_text, if the directory's name is not long
};

typedef enum client_status {
    CLIENT_DONE = 0,
    CLIENT_REFUSED, // the node said no, or it cannot be: asking again is of no use
    CLIENT_LATER,   // not now: try again
} client_status_t;

typedef enum client_cause {
    CLIENT_SAID = 0,    // the node's own words: `fault`
    CLIENT_NO_NODE,     // there is no node in the directory
    CLIENT_NOT_RUNNING, // no gate listens there
    CLIENT_SILENT,      // no answer in time; the request may still be obeyed
    CLIENT_FULL,        // CLIENT_CALLS or CLIENT_BYTES are under way
    CLIENT_TOO_MUCH,    // the body is above MAX_BODY
    CLIENT_UNREADABLE,  // an answer of another shape than was asked for
    CLIENT_BAD_RECORD,  // an answer in which a record cannot be read
    CLIENT_BAD_MARK,    // a page whose mark cannot be kept
    CLIENT_CHANGES,     // what was asked for changes faster than it can be read
    CLIENT_SYSTEM,      // `error`: errno
} client_cause_t;

typedef struct client_why {
    client_cause_t cause;
    uint32_t service; // that was asked
    int error;
    fault_t fault;
} client_why_t;

// The reason as a sentence; `dir` names the node as the reader knows it. Returns buf.
const char *client_why_text(const client_why_t *why, const char *dir, lang_t lang, char *buf, size_t size);

// Opens the node in `dir`. CLIENT_DONE, or why not: CLIENT_NO_NODE, CLIENT_NOT_RUNNING, CLIENT_SYSTEM.
client_status_t client_open(const char *dir, client_t **ret_client, client_why_t *ret_why);
// Requests under way are abandoned. Not from within a take.
void client_close(client_t **self);

typedef struct client_request {
    uint32_t service, type;
    const void *body; // any message of protobuf-c; NULL: `packed`, which may be empty
    slice_t packed;
    uint32_t reply;                               // type of the answer
    const ProtobufCMessageDescriptor *descriptor; // of its body; NULL: it has none
    int timeout_ms;
    const char *account; // through which a person asks: only of the node's console; NULL: none
} client_request_t;

typedef struct client_reply {
    client_status_t status;
    client_why_t why; // unless CLIENT_DONE
    void *body;       // of `descriptor`. Whoever keeps it sets this to NULL; else it is freed after the take
} client_reply_t;

typedef void client_take_t(void *context, client_reply_t *reply);

// Sends a request, without waiting. `request` and what it points to are needed only during the call. Then
// `take` is called once, from client_turn, unless the request is abandoned before. Returns a number for
// client_abandon; 0 with *ret_why when it cannot be sent: then `take` is not called.
uint64_t client_start(client_t *self, const client_request_t *request, client_take_t *take, void *context,
                      client_why_t *ret_why);

// Has `take` called with CLIENT_DONE after so long. Returns as client_start.
uint64_t client_pause(client_t *self, int pause_ms, client_take_t *take, void *context,
                      client_why_t *ret_why);

// `take` will not be called any more; the node may still obey. 0 and what is over are ignored.
void client_abandon(client_t *self, uint64_t number);

// Hands out what has come and what is late. Never waits. A take may start, pause and abandon.
void client_turn(client_t *self);

// In how many milliseconds client_turn has something to do even if nothing comes; -1: never.
long client_due_ms(const client_t *self);

// For zmq_poll, ZMQ_POLLIN. Ask for it anew before each poll: it changes when the gate went away.
void *client_socket(client_t *self);

// Turns and waits until *over, which a take sets.
void client_wait(client_t *self, const bool *over);

// How a reading of several answers ended, for whoever waits for it.
typedef struct client_end {
    client_status_t status;
    client_why_t why; // unless CLIENT_DONE
    bool over;
} client_end_t;
void client_end_set(client_end_t *end, client_status_t status, const client_why_t *why); // it is over
// What *ret_why means where the reading could not begin.
client_status_t client_not_begun(const client_why_t *why);
// Waits until it is over.
client_status_t client_end_wait(client_t *self, const client_end_t *end, client_why_t *ret_why);

// Asks and waits for this answer; others that come meanwhile are handed out. ret_body: the address of a
// pointer to the message, NULL on failure, to be freed with msg_body_free; or NULL. ret_why is filled unless
// CLIENT_DONE.
client_status_t client_call(client_t *self, const client_request_t *request, void *ret_body,
                            client_why_t *ret_why);
