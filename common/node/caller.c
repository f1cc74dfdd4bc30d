// SPDX-License-Identifier: Apache-2.0
// A caller: one DEALER.
//
// ZeroMQ connects in the background and never says that nobody is there, so a plain connect(2) asks first,
// and again while the answer is awaited. A socket's path is limited to 107 bytes; /proc/self/fd/N/run/gate is
// short whatever the node's directory is called.
#include "common/node/caller.h"
#include "common/base/clock.h"
#include "proto/message.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    PROBE_EVERY_MS = 250,
    MONITOR_EVENTS = ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                     ZMQ_EVENT_HANDSHAKE_SUCCEEDED,
    // A hub with another key closes the connection at our first word. A cut line looks the same, but not so
    // often in a row.
    STRANGER_AFTER = 5,
};

struct caller {
    void *context;
    void *socket;
    void *monitor;      // hub only: tells of a refused key
    unsigned strangers; // connections that ended in the handshake
    bool proved;        // one did not: it is the hub
    int dir_fd;         // -1 for a hub
    uint64_t last_call;
    zmq_msg_t reply; // always initialised
};

bool caller_reaches(const caller_t *caller)
{
    if (caller->dir_fd < 0) return true;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/run/gate", caller->dir_fd);
    AUTO(xclose) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return true; // cannot tell
    // EAGAIN: it listens and is busy.
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN ||
           errno == EINPROGRESS;
}

static void *make_socket(void *context)
{
    void *s = zmq_socket(context, ZMQ_DEALER);
    if (!s) return NULL;
    int zero = 0, queue = CALLER_QUEUE;
    int64_t most = MAX_FRAME;
    zmq_setsockopt(s, ZMQ_LINGER, &zero, sizeof zero);
    zmq_setsockopt(s, ZMQ_SNDHWM, &queue, sizeof queue);
    zmq_setsockopt(s, ZMQ_RCVHWM, &queue, sizeof queue);
    zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &most, sizeof most);
    return s;
}

static caller_t *make(void)
{
    caller_t *caller = xcalloc(1, sizeof *caller);
    caller->dir_fd = -1;
    zmq_msg_init(&caller->reply);
    caller->context = zmq_ctx_new();
    caller->socket = caller->context ? make_socket(caller->context) : NULL;
    return caller;
}

void caller_close(caller_t **caller)
{
    caller_t *self = *caller;
    if (!self) return;
    zmq_msg_close(&self->reply);
    if (self->monitor) zmq_close(self->monitor);
    if (self->socket) zmq_close(self->socket);
    if (self->context) zmq_ctx_term(self->context);
    xclose(&self->dir_fd);
    free(self);
    *caller = NULL;
}

static int connect_gate(caller_t *caller)
{
    char endpoint[64];
    snprintf(endpoint, sizeof endpoint, "ipc:///proc/self/fd/%d/run/gate", caller->dir_fd);
    return zmq_connect(caller->socket, endpoint) ? -errno : 0;
}

int caller_open(const char *dir, caller_t **ret_caller)
{
    AUTO(caller_close) caller_t *caller = make();
    if (!caller->socket) return -errno;
    caller->dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (caller->dir_fd < 0) return errno == ENOENT || errno == ENOTDIR ? CALLER_E_NOT_RUNNING : -errno;
    // It may well run: this user may not come to its socket.
    if (!caller_reaches(caller)) return errno == EACCES || errno == EPERM ? -EACCES : CALLER_E_NOT_RUNNING;
    int r = connect_gate(caller);
    if (r) return r;
    *ret_caller = caller;
    caller = NULL;
    return 0;
}

int caller_renew(caller_t *caller)
{
    void *fresh = make_socket(caller->context);
    if (!fresh) return -errno;
    zmq_close(caller->socket);
    caller->socket = fresh;
    return connect_gate(caller);
}

void *caller_socket(caller_t *caller)
{
    return caller->socket;
}

static int watch_refusals(caller_t *caller)
{
    static const char address[] = "inproc://caller-monitor";
    int zero = 0;
    if (zmq_socket_monitor(caller->socket, address, MONITOR_EVENTS)) return -errno;
    caller->monitor = zmq_socket(caller->context, ZMQ_PAIR);
    if (!caller->monitor) return -errno;
    zmq_setsockopt(caller->monitor, ZMQ_LINGER, &zero, sizeof zero);
    return zmq_connect(caller->monitor, address) ? -errno : 0;
}

int caller_open_hub(const token_t *token, caller_t **ret_caller)
{
    AUTO(caller_close) caller_t *caller = make();
    if (!caller->socket) return -errno;
    uint8_t public_key[crypto_scalarmult_BYTES];
    crypto_scalarmult_base(public_key, token->secret);
    if (zmq_setsockopt(caller->socket, ZMQ_CURVE_SERVERKEY, token->hub_key, TOKEN_KEY_SIZE) ||
        zmq_setsockopt(caller->socket, ZMQ_CURVE_PUBLICKEY, public_key, sizeof public_key) ||
        zmq_setsockopt(caller->socket, ZMQ_CURVE_SECRETKEY, token->secret, TOKEN_KEY_SIZE))
        return -errno;
    int r = watch_refusals(caller);
    if (r) return r;
    if (zmq_connect(caller->socket, token->endpoint)) return -errno;
    *ret_caller = caller;
    caller = NULL;
    return 0;
}

int caller_take(caller_t *caller, envelope_t *ret_reply)
{
    if (zmq_msg_recv(&caller->reply, caller->socket, ZMQ_DONTWAIT) < 0) return -errno;
    if (zmq_msg_more(&caller->reply)) return CALLER_E_BROKEN;
    slice_t bytes = slice(zmq_msg_data(&caller->reply), zmq_msg_size(&caller->reply));
    return msg_unpack(bytes, ret_reply) ? CALLER_E_BROKEN : 0;
}

// One reply that echoes our number: 0; -EAGAIN: none yet.
static int take_reply(caller_t *caller, envelope_t *ret_reply)
{
    envelope_t reply = {0};
    int r;
    while ((r = caller_take(caller, &reply)) == 0)
        if (reply.call == caller->last_call) { // else late, of a call that was given up
            *ret_reply = reply;
            return 0;
        }
    return r;
}

// What the monitor tells of the handshake: 0, CALLER_E_REFUSED or CALLER_E_STRANGER.
static int handshake_fault(caller_t *caller)
{
    if (!caller->monitor) return 0;
    uint16_t event = 0;
    zmq_msg_t part; // of an event: its number first, then its address
    zmq_msg_init(&part);
    while (zmq_msg_recv(&part, caller->monitor, ZMQ_DONTWAIT) >= 0) {
        if (!zmq_msg_more(&part) || zmq_msg_size(&part) < sizeof event) continue;
        memcpy(&event, zmq_msg_data(&part), sizeof event);
        if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) break;
        if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
            caller->proved = true;
        else
            caller->strangers++;
    }
    zmq_msg_close(&part);
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) return CALLER_E_REFUSED;
    return !caller->proved && caller->strangers >= STRANGER_AFTER ? CALLER_E_STRANGER : 0;
}

static int await_reply(caller_t *caller, uint64_t deadline, envelope_t *ret_reply)
{
    for (;;) {
        int r = take_reply(caller, ret_reply);
        if (r != -EAGAIN && r != -EINTR) return r;
        r = handshake_fault(caller);
        if (r) return r;
        uint64_t now = mono_ms();
        if (now >= deadline) return CALLER_E_TIMEOUT;
        long wait = deadline - now < PROBE_EVERY_MS ? (long)(deadline - now) : PROBE_EVERY_MS;
        zmq_pollitem_t items[] = {{caller->socket, 0, ZMQ_POLLIN, 0}, {caller->monitor, 0, ZMQ_POLLIN, 0}};
        int n = zmq_poll(items, caller->monitor ? 2 : 1, wait);
        if (n == 0 && !caller_reaches(caller)) return CALLER_E_NOT_RUNNING;
    }
}

static int send_frame(caller_t *caller, zmq_msg_t *frame)
{
    // A DEALER takes messages before its connection is up: no waiting here but when earlier ones are still
    // unsent.
    int r = zmq_msg_send(frame, caller->socket, ZMQ_DONTWAIT) < 0 ? -errno : 0;
    if (r) zmq_msg_close(frame);
    return r;
}

static int send_and_wait(caller_t *caller, zmq_msg_t *frame, int timeout_ms, envelope_t *ret_reply)
{
    uint64_t deadline = mono_ms() + (uint64_t)timeout_ms;
    int r = send_frame(caller, frame);
    if (r == -EAGAIN) return CALLER_E_TIMEOUT;
    return r ? r : await_reply(caller, deadline, ret_reply);
}

int caller_call(caller_t *caller, uint32_t service, uint32_t type, const ProtobufCMessage *body,
                int timeout_ms, envelope_t *ret_reply)
{
    if (body && protobuf_c_message_get_packed_size(body) > MAX_BODY) return -EMSGSIZE;
    envelope_t request = {.type = type, .to = service, .from = SERVICE_CLI, .call = ++caller->last_call};
    zmq_msg_t frame;
    msg_pack_with(&request, body, &frame);
    return send_and_wait(caller, &frame, timeout_ms, ret_reply);
}

int caller_send(caller_t *caller, const char *account, uint32_t service, uint32_t type, slice_t body,
                uint64_t *ret_call)
{
    if (body.size > MAX_BODY) return -EMSGSIZE;
    envelope_t request = {
        .type = type, .to = service, .from = SERVICE_CLI, .call = ++caller->last_call, .body = body};
    if (account != NULL && !text_copy(request.account, sizeof request.account, account)) return -EINVAL;
    zmq_msg_t frame;
    msg_pack(&request, &frame);
    *ret_call = request.call;
    return send_frame(caller, &frame);
}
