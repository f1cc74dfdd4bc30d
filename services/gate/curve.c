// SPDX-License-Identifier: Apache-2.0
#include "services/gate/curve.h"
#include "services/gate/zap.h"
#include <errno.h>
#include <zmq.h>

enum {
    BACKLOG_MOST = 1024, // of listen(2)
    TCP_IDLE_S = 60,     // keepalive
    TCP_INTERVAL_S = 20,
    TCP_COUNT = 4,
    TCP_UNSENT_MS = 60000,
};

static int set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

int curve_serve(void *s, const node_keys_t *keys, int handshake_ms, size_t backlog)
{
    int bad = set_int(s, ZMQ_IPV6, 1) | set_int(s, ZMQ_CURVE_SERVER, 1) |
              set_int(s, ZMQ_BACKLOG, backlog < BACKLOG_MOST ? (int)backlog : BACKLOG_MOST);
    bad |= zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, keys->secret_key, NODE_KEY_SIZE);
    bad |= zmq_setsockopt(s, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN));
    // Without it libzmq lets everybody in as soon as the handler is missing. The number, because headers hide
    // the name.
    bad |= set_int(s, CURVE_ZAP_ENFORCE_DOMAIN, 1);
    bad |= set_int(s, ZMQ_HANDSHAKE_IVL, handshake_ms);
    bad |= set_int(s, ZMQ_TCP_KEEPALIVE, 1) | set_int(s, ZMQ_TCP_KEEPALIVE_IDLE, TCP_IDLE_S);
    bad |= set_int(s, ZMQ_TCP_KEEPALIVE_INTVL, TCP_INTERVAL_S) | set_int(s, ZMQ_TCP_KEEPALIVE_CNT, TCP_COUNT);
    bad |= set_int(s, ZMQ_TCP_MAXRT, TCP_UNSENT_MS);
    return bad ? -errno : 0;
}
