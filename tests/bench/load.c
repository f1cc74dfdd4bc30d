// SPDX-License-Identifier: Apache-2.0
// Load from many children of one hub; see usage().
#include "common/base/clock.h"
#include "common/base/util.h"
#include "tests/bench/child.h"
#include "tests/bench/measure.h"
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { WAIT_MS = 60000, SWEEP_MS = 20 };

typedef struct load {
    roll_t roll;
    gate_settings_t settings;
    void *context;
    child_t **children;
    struct pollfd *fds;
    uint64_t swept_ms;
    size_t n;
    // of a run
    uint64_t step;     // records that a child may have under way; 0: as the hub's credit allows
    uint64_t *sent_us; // of each child's last release
    uint64_t acked, wanted, deadline_us;
    lat_t lat;
} load_t;

static size_t number_of(const load_t *load, const child_t *child)
{
    for (size_t i = 0; i < load->n; i++)
        if (load->children[i] == child) return i;
    die("a child that is nobody's");
}

static void release(load_t *load, child_t *child, size_t i)
{
    uint64_t head = child_head(child), next = load->step > 0 ? child_acked(child) + load->step : head;
    load->sent_us[i] = mono_us();
    child_release(child, next < head ? next : head);
}

static void on_acked(void *arg, child_t *child, uint64_t position)
{
    load_t *load = arg;
    if (load->sent_us == NULL) return;
    size_t i = load->step == 1 ? number_of(load, child) : 0;
    if (load->step == 1) lat_add(&load->lat, mono_us() - load->sent_us[i]);
    if (load->step > 0 && position < child_head(child) && mono_us() < load->deadline_us)
        release(load, child, i);
}

static void open_children(load_t *load, const char *file, size_t n)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    roll_load(file, &load->roll);
    if (load->roll.n < n) die("only %zu children are enrolled", load->roll.n);
    settings_defaults(&GATE_SETTINGS, &load->settings);
    load->context = zmq_ctx_new();
    zmq_ctx_set(load->context, ZMQ_MAX_SOCKETS, 20000);
    load->n = n;
    load->children = xcalloc(n, sizeof(child_t *));
    load->fds = xcalloc(2 * n, sizeof *load->fds);
    for (size_t i = 0; i < n; i++) {
        child_setup_t setup = {load->context,   &load->roll.hub, &load->roll.pupils[i],
                               &load->settings, on_acked,        load};
        load->children[i] = child_new(&setup);
    }
}

static void close_children(load_t *load)
{
    for (size_t i = 0; i < load->n; i++) child_destroy(&load->children[i]);
    zmq_ctx_term(load->context);
    free(load->children);
    free(load->fds);
    free(load->sent_us);
    lat_clear(&load->lat);
    roll_clear(&load->roll);
}

// Children whose descriptors are readable, and all of them every SWEEP_MS: asking each socket in each turn
// would cost more than the messages.
static void turn(load_t *load)
{
    enum { BOTH = 2 };
    zmq_pollitem_t items[LINK_ITEMS];
    struct pollfd *fds = load->fds;
    for (size_t i = 0; i < load->n; i++) {
        int n = child_poll_items(load->children[i], items);
        for (int k = 0; k < BOTH; k++) {
            size_t size = sizeof fds->fd;
            fds[BOTH * i + k] = (struct pollfd){.fd = -1, .events = POLLIN};
            if (n > 0) zmq_getsockopt(items[k].socket, ZMQ_FD, &fds[BOTH * i + k].fd, &size);
        }
    }
    uint64_t now = mono_ms();
    long left = load->swept_ms + SWEEP_MS > now ? (long)(load->swept_ms + SWEEP_MS - now) : 0;
    poll(fds, BOTH * load->n, (int)left);
    now = mono_ms();
    bool sweep = now >= load->swept_ms + SWEEP_MS;
    if (sweep) load->swept_ms = now;
    for (size_t i = 0; i < load->n; i++)
        if (sweep || fds[BOTH * i].revents != 0 || fds[BOTH * i + 1].revents != 0)
            child_turn(load->children[i], now);
}

static size_t count(const load_t *load, bool is(const child_t *))
{
    size_t n = 0;
    for (size_t i = 0; i < load->n; i++) n += is(load->children[i]);
    return n;
}

static void await(load_t *load, bool is(const child_t *))
{
    uint64_t end = mono_ms() + WAIT_MS;
    while (count(load, is) < load->n) {
        if (mono_ms() > end) die("only %zu of %zu children got so far", count(load, is), load->n);
        turn(load);
    }
}

// --- ingest

static bool is_done(const child_t *child)
{
    return child_acked(child) == child_head(child);
}

// With a window a child stops at the deadline, having waited for what was under way.
static bool is_over(const load_t *load)
{
    if (load->step > 0 && mono_us() >= load->deadline_us + 200000) return true;
    return count(load, is_done) == load->n;
}

static void ingest(load_t *load, size_t producers, uint64_t step, uint64_t n, double seconds)
{
    uint64_t each = n / producers, begun;
    load->step = step;
    for (size_t i = 0; i < load->n; i++)
        child_load(load->children[i], i < producers ? each : 0, step == 1 ? 1 : 4096);
    load->sent_us = xcalloc(load->n, sizeof *load->sent_us);
    uint64_t before = 0, acked = 0, last = 0, most = mono_ms() + WAIT_MS;
    for (size_t i = 0; i < load->n; i++) before += child_acked(load->children[i]);
    begun = mono_us();
    load->deadline_us = begun + (uint64_t)(seconds * 1e6);
    for (size_t i = 0; i < producers; i++) release(load, load->children[i], i);
    while (!is_over(load) && mono_ms() < most) {
        turn(load);
        uint64_t now = 0;
        for (size_t i = 0; i < load->n; i++) now += child_acked(load->children[i]);
        if (now - before > acked) last = mono_us();
        acked = now - before;
    }
    result("acked", (double)acked);
    result("acked_per_s", (double)acked * 1e6 / (double)(last - begun));
    if (step == 1) lat_result("ack", &load->lat);
    if (step == 0 && acked < each * producers)
        result("missing_at_timeout", (double)(each * producers - acked));
}

// --- idle

// The most children that came within one second.
typedef struct burst {
    uint64_t begun_us;
    size_t up_before, most;
} burst_t;

static void note_burst(burst_t *burst, size_t up)
{
    if (up > burst->up_before + burst->most) burst->most = up - burst->up_before;
    if (mono_us() - burst->begun_us < 1000000 && up >= burst->up_before) return;
    burst->begun_us = mono_us();
    burst->up_before = up;
}

// Until the standard input ends: says when half and all are connected, and again after each time that all
// were gone.
static void idle(load_t *load)
{
    uint64_t since = mono_us();
    bool told = false, half = false;
    burst_t burst = {.begun_us = since};
    for (;;) {
        zmq_pollitem_t in = {NULL, 0, ZMQ_POLLIN, 0};
        zmq_poll(&in, 1, SWEEP_MS);
        if ((in.revents & ZMQ_POLLIN) != 0 && getchar() == EOF) return;
        uint64_t now = mono_ms();
        for (size_t i = 0; i < load->n; i++) child_turn(load->children[i], now);
        size_t up = count(load, child_is_open);
        note_burst(&burst, up);
        if (!half && up >= load->n / 2) {
            result("half_up_s", (double)(mono_us() - since) / 1e6);
            half = true;
        }
        if (!told && up == load->n) {
            result("most_up_in_1_s", (double)burst.most);
            result("all_up_s", (double)(mono_us() - since) / 1e6);
            told = true;
        } else if (told && up == 0) {
            since = mono_us();
            burst = (burst_t){.begun_us = since};
            told = half = false;
        }
    }
}

static int usage(void)
{
    fputs(
        "usage: bench_load enrol DIR PREFIX N FILE   enrols N children of the hub in DIR, kept in FILE\n"
        "       bench_load ingest FILE PRODUCERS WINDOW N SECONDS\n"
        "              PRODUCERS children push N records in all; WINDOW 1: each waits for its "
        "acknowledgement, for\n"
        "              SECONDS at most; 0: as the hub's credit allows, all of them\n"
        "       bench_load idle FILE N   N children that only keep their links, until standard input ends\n",
        stderr);
    return 64;
}

int main(int argc, char **argv)
{
    load_t load = {0};
    if (sodium_init() < 0) return 1;
    if (argc == 6 && strcmp(argv[1], "enrol") == 0) {
        enrol(argv[2], argv[3], strtoul(argv[4], NULL, 10), &load.roll);
        roll_save(&load.roll, argv[5]);
        roll_clear(&load.roll);
    } else if (argc == 7 && strcmp(argv[1], "ingest") == 0) {
        size_t producers = strtoul(argv[3], NULL, 10);
        open_children(&load, argv[2], producers);
        await(&load, child_is_open);
        ingest(&load, producers, strtoull(argv[4], NULL, 10), strtoull(argv[5], NULL, 10),
               strtod(argv[6], NULL));
        close_children(&load);
    } else if (argc == 4 && strcmp(argv[1], "idle") == 0) {
        open_children(&load, argv[2], strtoul(argv[3], NULL, 10));
        idle(&load);
        close_children(&load);
    } else {
        return usage();
    }
    return 0;
}
