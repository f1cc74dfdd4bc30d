// SPDX-License-Identifier: Apache-2.0
// The start-up test of the children's door.
#include "services/gate/selftest.h"
#include "common/base/clock.h"
#include "common/base/pulse.h"
#include "common/node/node.h"
#include "services/gate/door.h"
#include <errno.h>
#include <stdio.h>

enum { ADMITTED = 1, REFUSED = 2, UNDECIDED = 3 };

enum {
    EVENTS = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
             ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
};

// An endpoint bound to all addresses is reached over the loopback one.
static void reachable(const char *endpoint, char *to, size_t size)
{
    static const char *const ANY[][2] = {{"tcp://0.0.0.0:", "tcp://127.0.0.1:"},
                                         {"tcp://[::ffff:0.0.0.0]:", "tcp://127.0.0.1:"},
                                         {"tcp://[::]:", "tcp://[::1]:"}};
    for (size_t i = 0; i < ARRAY_SIZE(ANY); i++) {
        size_t prefix = strlen(ANY[i][0]);
        if (strncmp(endpoint, ANY[i][0], prefix) != 0) continue;
        snprintf(to, size, "%s%s", ANY[i][1], endpoint + prefix);
        return;
    }
    snprintf(to, size, "%s", endpoint);
}

static int await_outcome(void *monitor, int timeout_ms)
{
    uint64_t deadline = mono_ms() + (uint64_t)timeout_ms;
    for (uint64_t now = mono_ms(); now < deadline; now = mono_ms()) {
        zmq_pollitem_t item = {monitor, 0, ZMQ_POLLIN, 0};
        zmq_poll(&item, 1, (long)(deadline - now));
        door_event_t event;
        if (!door_next_event(monitor, &event)) continue;
        if (event.event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) return ADMITTED;
        return event.event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH ? REFUSED : UNDECIDED;
    }
    return UNDECIDED;
}

static int set_options(void *socket, const node_keys_t *keys, const uint8_t *server_key)
{
    int zero = 0, one = 1, never = -1;
    int bad = zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof zero);
    bad |= zmq_setsockopt(socket, ZMQ_IPV6, &one, sizeof one);
    bad |= zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &never, sizeof never);
    bad |= zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, NODE_KEY_SIZE);
    bad |= zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, keys->public_key, NODE_KEY_SIZE);
    bad |= zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key, NODE_KEY_SIZE);
    return bad ? -errno : 0;
}

// ADMITTED, REFUSED, UNDECIDED or -errno.
static int try_door(void *context, const char *endpoint, const node_keys_t *keys, const uint8_t *server_key,
                    const char *name, int timeout_ms)
{
    pulse_turn();
    void *socket = zmq_socket(context, ZMQ_DEALER);
    if (!socket) return -errno;
    int r = set_options(socket, keys, server_key);
    void *monitor = r ? NULL : door_watch(context, socket, name, EVENTS);
    if (!r && !monitor) r = -errno;
    if (!r && zmq_connect(socket, endpoint)) r = -errno;
    if (!r) r = await_outcome(monitor, timeout_ms);
    door_unwatch(socket, &monitor);
    zmq_close(socket);
    return r;
}

int selftest(void *context, zap_t *zap, const char *endpoint, const uint8_t server_key[static 32],
             int timeout_ms)
{
    node_keys_t friend, stranger;
    node_keys_make(&friend);
    node_keys_make(&stranger);
    char address[300];
    reachable(endpoint, address, sizeof address);
    zap_set_test(zap, friend.public_key, stranger.public_key);
    int shut = try_door(context, address, &stranger, server_key, "stranger", timeout_ms);
    int open =
        shut == REFUSED ? try_door(context, address, &friend, server_key, "friend", timeout_ms) : ADMITTED;
    zap_set_test(zap, NULL, NULL);
    if (shut < 0 || open < 0) return shut < 0 ? shut : open;
    if (shut != REFUSED) return SELFTEST_E_OPEN;
    return open == ADMITTED ? 0 : SELFTEST_E_SHUT;
}
