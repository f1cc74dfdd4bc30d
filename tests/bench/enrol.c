// SPDX-License-Identifier: Apache-2.0
// Invitations and joins go out in groups, so that the hub's registry commits many at once.
#include "tests/bench/enrol.h"
#include "common/base/clock.h"
#include "common/node/msg.h"
#include "proto/api.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"
#include "tests/bench/measure.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { GROUP = 50, WAIT_MS = 30000, EXPIRES_S = 3600 };

static void *dealer(void *context)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);
    int zero = 0, wait = WAIT_MS;
    if (socket == NULL) die("no socket: %s", zmq_strerror(errno));
    zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof zero);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait, sizeof wait);
    return socket;
}

static void send_to(void *socket, uint32_t type, uint64_t call, const ProtobufCMessage *body)
{
    envelope_t e = {.type = type, .to = SERVICE_REGISTRY, .call = call};
    int r = msg_send(socket, &e, body);
    if (r != 0) die("cannot send: %s", strerror(-r));
}

// Waits for one answer of this type.
static void take(void *socket, uint32_t type, zmq_msg_t *frame, envelope_t *ret)
{
    zmq_msg_init(frame);
    if (zmq_msg_recv(frame, socket, 0) < 0) die("no answer to %u: %s", type, zmq_strerror(errno));
    if (msg_unpack(slice(zmq_msg_data(frame), zmq_msg_size(frame)), ret) != 0) die("not an envelope");
    if (ret->type == type) return;
    AUTO(msg_body_free) Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, ret->body);
    die("refused: %s", error != NULL && error->fault != NULL ? error->fault->code : "?");
}

static void invite(void *gate, const pupil_t *pupils, const node_keys_t *tokens, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Selenga__Invite m = SELENGA__INVITE__INIT;
        m.org = (char *)(uintptr_t)pupils[i].org;
        m.has_key = m.has_expires_s = 1;
        m.key =
            (ProtobufCBinaryData){.len = NODE_KEY_SIZE, .data = (uint8_t *)(uintptr_t)tokens[i].public_key};
        m.expires_s = wall_s() + EXPIRES_S;
        send_to(gate, MSG_INVITE, i + 1, &m.base);
    }
    for (size_t i = 0; i < n; i++) {
        zmq_msg_t frame;
        envelope_t e;
        take(gate, MSG_INVITE_REPLY, &frame, &e);
        zmq_msg_close(&frame);
    }
}

static void *send_join(void *context, const node_parent_t *hub, const node_keys_t *token,
                       const pupil_t *pupil)
{
    void *socket = dealer(context);
    Selenga__Join m = SELENGA__JOIN__INIT;
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, hub->key, NODE_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, token->public_key, NODE_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, token->secret_key, NODE_KEY_SIZE);
    if (zmq_connect(socket, hub->endpoint) != 0) die("%s: %s", hub->endpoint, zmq_strerror(errno));
    m.has_key = 1;
    m.key = (ProtobufCBinaryData){.len = NODE_KEY_SIZE, .data = (uint8_t *)(uintptr_t)pupil->keys.public_key};
    m.name = (char *)(uintptr_t)pupil->org;
    m.version = (char *)(uintptr_t)SELENGA_VERSION;
    send_to(socket, MSG_JOIN, 1, &m.base);
    return socket;
}

static void take_join(void *socket, pupil_t *pupil)
{
    zmq_msg_t frame;
    envelope_t e;
    take(socket, MSG_JOIN_REPLY, &frame, &e);
    AUTO(msg_body_free) Selenga__JoinReply *m = msg_body_unpack(&selenga__join_reply__descriptor, e.body);
    if (m == NULL || !path_from_bytes(slice(m->path.data, m->path.len), &pupil->path))
        die("a join without a path");
    zmq_msg_close(&frame);
    zmq_close(socket);
}

static void find_hub(const char *dir, node_parent_t *ret)
{
    AUTO(node_conf_clear) node_conf_t conf = {0};
    node_keys_t keys;
    why_t why;
    if (node_conf_load(dir, &conf, &why) != 0 || node_door_keys_load(dir, &keys, &why) != 0)
        die("%s", why.text);
    *ret = (node_parent_t){.known = true, .rank = conf.rank};
    text_copy(ret->endpoint, sizeof ret->endpoint, conf.listen);
    text_copy(ret->org, sizeof ret->org, conf.org);
    memcpy(ret->key, keys.public_key, sizeof ret->key);
}

void enrol(const char *dir, const char *prefix, size_t n, roll_t *ret_roll)
{
    void *context = zmq_ctx_new();
    roll_t roll = {.n = n, .pupils = xcalloc(n, sizeof *roll.pupils)};
    node_keys_t tokens[GROUP];
    void *sockets[GROUP], *gate = dealer(context);
    char endpoint[512];
    find_hub(dir, &roll.hub);
    snprintf(endpoint, sizeof endpoint, "ipc://%s/run/gate", dir);
    if (zmq_connect(gate, endpoint) != 0) die("%s: %s", endpoint, zmq_strerror(errno));
    for (size_t first = 0; first < n; first += GROUP) {
        size_t part = n - first < GROUP ? n - first : GROUP;
        pupil_t *pupils = roll.pupils + first;
        for (size_t i = 0; i < part; i++) {
            node_keys_make(&tokens[i]);
            node_keys_make(&pupils[i].keys);
            snprintf(pupils[i].org, sizeof pupils[i].org, "%s-%05zu", prefix, first + i + 1);
        }
        invite(gate, pupils, tokens, part);
        for (size_t i = 0; i < part; i++) sockets[i] = send_join(context, &roll.hub, &tokens[i], &pupils[i]);
        for (size_t i = 0; i < part; i++) take_join(sockets[i], &pupils[i]);
    }
    zmq_close(gate);
    zmq_ctx_term(context);
    *ret_roll = roll;
}

void roll_save(const roll_t *roll, const char *file)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600); // it holds secret keys
    size_t size = roll->n * sizeof *roll->pupils;
    if (fd < 0 || write(fd, &roll->hub, sizeof roll->hub) != (ssize_t)sizeof roll->hub ||
        write(fd, roll->pupils, size) != (ssize_t)size || close(fd) != 0)
        die("%s: %s", file, strerror(errno));
}

void roll_load(const char *file, roll_t *ret_roll)
{
    AUTO(xclose) int fd = open(file, O_RDONLY | O_CLOEXEC);
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    *ret_roll = (roll_t){0};
    if (size <= (off_t)sizeof ret_roll->hub || pread(fd, &ret_roll->hub, sizeof ret_roll->hub, 0) < 0)
        die("%s: no roll of children", file);
    size_t bytes = (size_t)size - sizeof ret_roll->hub;
    ret_roll->n = bytes / sizeof *ret_roll->pupils;
    ret_roll->pupils = xmalloc(bytes);
    if (pread(fd, ret_roll->pupils, bytes, sizeof ret_roll->hub) != (ssize_t)bytes)
        die("%s: cut short", file);
}

void roll_clear(roll_t *roll)
{
    free(roll->pupils);
    *roll = (roll_t){0};
}
