// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/watch.h"
#include "common/base/clock.h"
#include "common/node/msg.h"
#include "proto/api.pb-c.h"
#include "proto/message.h"
#include "tests/bench/measure.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { SAMPLES = 256, SAMPLE_MS = 5, PAUSE_MS = 5, PATIENCE_MS = 250, SERVICES = 2 };
static const uint32_t ASKED[SERVICES] = {SERVICE_ROUTING, SERVICE_REGISTRY};

struct watch {
    void *socket;
    uint64_t before;
    struct {
        uint64_t ms, acked;
    } samples[SAMPLES]; // of the near end, a ring
    size_t n;
    bool waits;
    uint64_t restarted_ms, began_with, seen;
    // the question under way
    uint64_t call, asked_ms, next_ms;
    uint64_t counts[SERVICES];
    bool answered[SERVICES];
};

watch_t *watch_new(void *context, const char *dir, uint64_t before)
{
    char endpoint[512];
    int zero = 0, one = 1, reconnect_ms = 20;
    watch_t *watch = xcalloc(1, sizeof *watch);
    watch->before = before;
    watch->socket = zmq_socket(context, ZMQ_DEALER);
    zmq_setsockopt(watch->socket, ZMQ_LINGER, &zero, sizeof zero);
    zmq_setsockopt(watch->socket, ZMQ_IMMEDIATE, &one, sizeof one);
    zmq_setsockopt(watch->socket, ZMQ_RECONNECT_IVL, &reconnect_ms, sizeof reconnect_ms);
    snprintf(endpoint, sizeof endpoint, "ipc://%s/run/gate", dir);
    if (zmq_connect(watch->socket, endpoint) != 0) die("%s: %s", endpoint, zmq_strerror(errno));
    return watch;
}

void watch_destroy(watch_t **watch)
{
    if (*watch == NULL) return;
    zmq_close((*watch)->socket);
    free(*watch);
    *watch = NULL;
}

void *watch_socket(const watch_t *watch)
{
    return watch->socket;
}

void watch_restarted(watch_t *watch)
{
    watch->waits = true;
    watch->restarted_ms = mono_ms();
    watch->began_with = watch->n > 0 ? watch->samples[(watch->n - 1) % SAMPLES].acked : 0;
    watch->next_ms = 0;
}

static void sample(watch_t *watch, uint64_t now, uint64_t acked)
{
    if (watch->n > 0 && now - watch->samples[(watch->n - 1) % SAMPLES].ms < SAMPLE_MS) return;
    watch->samples[watch->n % SAMPLES].ms = now;
    watch->samples[watch->n++ % SAMPLES].acked = acked;
}

// What was acknowledged at that time; UINT64_MAX when it is not known any more.
static uint64_t acked_at(const watch_t *watch, uint64_t ms)
{
    for (size_t i = watch->n; i > 0 && i + SAMPLES > watch->n; i--)
        if (watch->samples[(i - 1) % SAMPLES].ms <= ms) return watch->samples[(i - 1) % SAMPLES].acked;
    return UINT64_MAX;
}

static void ask(watch_t *watch, uint64_t now)
{
    watch->call += SERVICES;
    watch->asked_ms = now;
    watch->next_ms = now + PATIENCE_MS;
    for (size_t i = 0; i < SERVICES; i++) {
        envelope_t e = {.type = MSG_STATUS, .to = ASKED[i], .call = watch->call + i};
        watch->answered[i] = false;
        (void)msg_send(watch->socket, &e, NULL); // away: asked again
    }
}

static void take(watch_t *watch, const envelope_t *e)
{
    if (e->call < watch->call || e->call >= watch->call + SERVICES || e->type != MSG_STATUS_REPLY) return;
    AUTO(msg_body_free) Selenga__Status *m = msg_body_unpack(&selenga__status__descriptor, e->body);
    if (m == NULL) die("a status that cannot be read");
    watch->counts[e->call - watch->call] = m->records;
    watch->answered[e->call - watch->call] = true;
}

static void take_all(watch_t *watch)
{
    zmq_msg_t frame;
    envelope_t e;
    zmq_msg_init(&frame);
    while (zmq_msg_recv(&frame, watch->socket, ZMQ_DONTWAIT) >= 0)
        if (msg_unpack(slice(zmq_msg_data(&frame), zmq_msg_size(&frame)), &e) == 0) take(watch, &e);
    zmq_msg_close(&frame);
}

bool watch_turn(watch_t *watch, uint64_t acked, uint64_t most, uint64_t *ret_ms)
{
    uint64_t now = mono_ms();
    sample(watch, now, acked);
    take_all(watch);
    if (!watch->waits) return false;
    if (now >= watch->next_ms) ask(watch, now);
    if (!watch->answered[0] || !watch->answered[1]) return false;
    uint64_t held = watch->counts[0] + watch->counts[1] - watch->before;
    watch->answered[0] = false;
    watch->next_ms = now + PAUSE_MS;
    if (held > most)
        die("%llu records at the far end, and only %llu were written", (unsigned long long)held,
            (unsigned long long)most);
    if (watch->asked_ms < watch->restarted_ms + LAG_MS || acked <= watch->began_with) return false;
    if (held < acked_at(watch, watch->asked_ms - LAG_MS)) return false;
    watch->waits = false;
    *ret_ms = now - watch->restarted_ms;
    return true;
}
