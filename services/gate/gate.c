// SPDX-License-Identifier: Apache-2.0
// The gate's life: opening, the loop, closing. gate_run lists its duties.
#include "services/gate/gate.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/pulse.h"
#include "common/base/signals.h"
#include "common/base/system_error.h"
#include "common/base/wait.h"
#include "services/gate/gate_private.h"
#include "services/gate/route.h"
#include "services/gate/selftest.h"
#include "services/gate/silence.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum {
    TURN_MESSAGES = 256, // taken from each side in one turn, so that no side can keep the others waiting
    TICK_MS = 1000,
    BACKLOG_MS = 20,     // where a service has not heard of all links: its queue holds only so many
    ASK_AGAIN_MS = 5000, // the registry for its keys
    SELFTEST_MS = 15000,
    MAPPED_BYTES = 16 * 1024,
    MAPPINGS_MAX = 48 * 1024,
    LOCK_PATIENCE_MS = 1000,
    LOCK_AGAIN_MS = 20,
    OWN_FILES = 56,    // of a gate without a door for children: 30 in a quiet node
    SPARE_FILES = 192, // besides connections that may stay: own, and those that are being ended
    LEAST_CONNECTIONS = 64,
};

// --- opening

// A killed gate holds its lock until the last of its threads is gone, a moment after it counts as ended.
static bool get_lock(int fd)
{
    const struct timespec pause = {.tv_nsec = LOCK_AGAIN_MS * 1000000L};
    for (int waited_ms = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited_ms += LOCK_AGAIN_MS) {
        if (errno != EWOULDBLOCK || waited_ms >= LOCK_PATIENCE_MS) return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

// One gate for a node. The lock goes with the process, however it ends; the number in the file is for people.
static int lock_node(gate_t *gate, why_t *why)
{
    gate->lock_fd = file_open_kept("run/gate.pid", O_RDWR, 0600);
    if (gate->lock_fd < 0) errno = -gate->lock_fd;
    if (gate->lock_fd >= 0 && get_lock(gate->lock_fd)) {
        if (ftruncate(gate->lock_fd, 0) == 0) dprintf(gate->lock_fd, "%d\n", (int)getpid());
        return 0;
    }
    if (gate->lock_fd >= 0 && errno == EWOULDBLOCK) {
        why_set(why, _("a gate of this node is running already"));
        return GATE_E_TWICE;
    }
    why_set(why, _("cannot use run/gate.pid: %s"), system_error(errno));
    return GATE_E_SYSTEM;
}

static int refuse_system(const char *what, int error, why_t *why)
{
    why_set(why, _("cannot use %s: %s"), what, system_error(error));
    return GATE_E_SYSTEM;
}

static int refuse_listen(const char *listen, int error, why_t *why)
{
    why_set(why,
            _("cannot use %s: %s. `listen` in node.conf must be an address of this computer and a port "
              "that no other program has"),
            listen, system_error(error));
    return GATE_E_SYSTEM;
}

// Signals come through a descriptor, and libzmq's threads must not see them: before the context.
static int take_over_signals(gate_t *gate, why_t *why)
{
    static const int more[] = {SIGUSR1, 0};
    gate->signal_fd = signals_open(more);
    return gate->signal_fd < 0 ? refuse_system("signals", errno, why) : 0;
}

// Connections take what descriptors are left. Of those that come at once some are open for a moment beyond
// what may stay; and where the last descriptor is gone, a local caller makes libzmq end the process.
static int count_connections(gate_t *gate, why_t *why)
{
    size_t files = file_limit_raise(), spare = files / 8 > SPARE_FILES ? files / 8 : SPARE_FILES;
    size_t least = *gate->node.listen ? SPARE_FILES + LEAST_CONNECTIONS : OWN_FILES;
    if (files < least) {
        why_set(why,
                i18n_n("the system allows %zu open file, and the gate needs %zu: ulimit -n",
                       "the system allows %zu open files, and the gate needs %zu: ulimit -n", files),
                files, least);
        return GATE_E_SYSTEM;
    }
    gate->most = (size_t)gate->settings.connections_max;
    gate->spare = spare;
    if (files <= spare || gate->most <= files - spare) return 0;
    gate->most = files - spare;
    if (2 * gate->most > (size_t)gate->settings.connections_max) return 0;
    log_at(L_INFO, "GATE-FILES",
           i18n_n("open files (%zu) allow %zu connection from outside, not %lld",
                  "open files (%zu) allow %zu connections from outside, not %lld", gate->most),
           files, gate->most, (long long)gate->settings.connections_max);
    return 0;
}

// Each connection has two queues of libzmq, in pieces of 16 KiB of which most are never touched, and a buffer
// of that size. Cut from the heap they take over pages that others have used; in mappings of their own,
// untouched pages stay nobody's and what is freed goes back: 29 KiB a connection instead of 37 (tests/bench).
// Beyond the number, which leaves the system's usual 65,530 mappings of a process room, they come from the
// heap.
static void spare_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
    mallopt(M_MMAP_MAX, MAPPINGS_MAX);
}

static int load(gate_t *gate, why_t *why)
{
    if (node_conf_load(".", &gate->node, why) || node_keys_load(".", &gate->node_keys, why) ||
        node_door_keys_load(".", &gate->door_keys, why) ||
        node_settings(&gate->node, &GATE_SETTINGS, &gate->settings, sizeof gate->settings, why))
        return GATE_E_CONF;
    path_t parent = path_parent(&gate->node.path);
    char text[PATH_TEXT];
    snprintf(gate->parent_principal, sizeof gate->parent_principal, "node:%s", path_text(&parent, text));
    return 0;
}

static void on_parent(void *arg, bool up)
{
    gate_t *gate = arg;
    gate->parent_silence_told = 0; // with a link's news a service forgets it
    route_link(gate, PEER_PARENT, up, &gate->parent_untold);
    if (up)
        log_at(L_INFO, "GATE-PARENT-UP", _("connected with the parent %s"), gate->node.parent.org);
    else
        log_at(L_WARNING, "GATE-PARENT-DOWN", _("the parent %s is gone; it is tried again"),
               gate->node.parent.org);
}

static void on_child(void *arg, uint32_t label, key_entry_t *row, bool up)
{
    gate_t *gate = arg;
    if (row) row->silence_told = 0;
    route_link(gate, label, up, row ? &row->untold : NULL);
    log_once(L_INFO, up ? "GATE-CHILD-UP" : "GATE-CHILD-DOWN", label,
             up ? _("child %08x is connected") : _("child %08x is gone"), label);
}

static void on_cloned(void *arg, uint32_t label, bool cloned)
{
    gate_t *gate = arg;
    route_clone(gate, label, cloned);
    if (cloned)
        log_once(L_ERROR, "CLONE", label,
                 _("child %08x runs on two computers; the first goes on, the other is turned away"), label);
}

static void on_service(void *arg, uint32_t service)
{
    gate_t *gate = arg;
    route_links_to(gate, service);
    if (service == SERVICE_REGISTRY) route_ask_keys(gate, mono_ms());
}

static void on_undelivered(void *arg, uint32_t service, const envelope_t *envelope, int error)
{
    route_undelivered(arg, service, envelope, error);
}

static void on_wasted(void *arg, uint32_t peer, uint64_t bytes)
{
    gate_t *gate = arg;
    if (gate->peers) peers_wasted(gate->peers, peer, (size_t)bytes, mono_ms());
}

static int test_door(gate_t *gate, why_t *why)
{
    int r = selftest(gate->context, gate->zap, peers_endpoint(gate->peers), gate->door_keys.public_key,
                     SELFTEST_MS);
    if (!r) return 0;
    if (r < 0) return refuse_system(peers_endpoint(gate->peers), -r, why);
    why_set(why, r == SELFTEST_E_OPEN
                     ? _("the door for children lets strangers in; not started")
                     : _("the door for children does not let an allowed key in; not started"));
    return GATE_E_UNSAFE;
}

static int open_outside(gate_t *gate, why_t *why)
{
    if (*gate->node.listen) {
        peers_setup_t setup = {
            gate->context, gate->node.listen, &gate->door_keys, &gate->settings, gate->most, gate->spare / 2,
            &gate->keys,   &gate->counters,   on_child,         on_cloned,       gate};
        int r = peers_open(&setup, &gate->peers);
        if (r) return refuse_listen(gate->node.listen, -r, why);
        r = test_door(gate, why);
        if (r) return r;
        r = peers_pause(gate->peers); // until the registry has said who may come
        if (r) return refuse_listen(gate->node.listen, -r, why);
    }
    if (gate->node.parent.known)
        gate->link =
            link_new(gate->context, &gate->node.parent, &gate->node_keys, &gate->settings, on_parent, gate);
    return 0;
}

int gate_open(gate_t **ret_gate, why_t *why)
{
    AUTO(gate_close) gate_t *gate = xcalloc(1, sizeof *gate);
    gate->signal_fd = gate->lock_fd = -1;
    gate->started_ms = mono_ms();
    gate->counters = counters_of(GATE_COUNTERS, gate->counts, N_GATE_COUNTERS);
    int r = load(gate, why);
    if (!r) r = lock_node(gate, why);
    if (!r) r = take_over_signals(gate, why);
    if (r) return r;
    r = count_connections(gate, why);
    if (r) return r;
    spare_memory();
    gate->context = zmq_ctx_new();
    if (!gate->context || zmq_ctx_set(gate->context, ZMQ_IO_THREADS, DOOR_THREADS))
        return refuse_system("libzmq", errno, why);
    r = zap_start(gate->context, &gate->zap); // before any door
    if (r) return refuse_system("ZAP", -r, why);
    local_hooks_t hooks = {gate, on_service, on_undelivered, on_wasted};
    r = local_open(gate->context, &gate->settings, &gate->counters, &hooks, &gate->local);
    if (r) return refuse_system("run/gate", -r, why);
    r = open_outside(gate, why);
    if (r) return r;
    *ret_gate = gate;
    gate = NULL;
    return 0;
}

void gate_close(gate_t **gate)
{
    gate_t *self = *gate;
    if (!self) return;
    link_destroy(&self->link);
    peers_close(&self->peers);
    local_close(&self->local);
    zap_stop(&self->zap);
    if (self->context) zmq_ctx_term(self->context);
    keys_clear(&self->keys);
    node_conf_clear(&self->node);
    sodium_memzero(&self->node_keys, sizeof self->node_keys);
    sodium_memzero(&self->door_keys, sizeof self->door_keys);
    xclose(&self->signal_fd);
    xclose(&self->lock_fd);
    free(self);
    *gate = NULL;
}

const char *gate_endpoint(const gate_t *gate)
{
    return gate->peers ? peers_endpoint(gate->peers) : "";
}

// --- the loop

static long until_next_timer(const gate_t *gate)
{
    uint64_t now = mono_ms();
    uint64_t tick = gate->tick_ms < gate->backlog_ms ? gate->tick_ms : gate->backlog_ms;
    uint64_t wait = tick > now && !local_holds(gate->local) ? tick - now : 0;
    uint64_t link = gate->link ? link_due_ms(gate->link, now) : wait;
    uint64_t peers = gate->peers ? peers_due_ms(gate->peers, now) : wait;
    uint64_t due = link < peers ? link : peers;
    return (long)(due < wait ? due : wait);
}

// Which sides have something to take.
typedef struct work {
    bool local, children, parent;
} work_t;

static bool any_input(const zmq_pollitem_t *items, int n)
{
    for (int i = 0; i < n; i++)
        if (items[i].revents != 0) return true;
    return false;
}

static work_t wait_for_work(gate_t *gate)
{
    enum { SIGNAL = 1, LOCAL = 2 }; // items of each
    zmq_pollitem_t items[SIGNAL + LOCAL + PEERS_ITEMS + LINK_ITEMS] = {
        {NULL, gate->signal_fd, ZMQ_POLLIN, 0}};
    zmq_pollitem_t *local = items + SIGNAL, *children = local + LOCAL,
                   *parent = children + (gate->peers ? PEERS_ITEMS : 0);
    bool read = !local_crowded(gate->local, mono_ms());
    local_poll_items(gate->local, local);
    if (gate->peers) peers_poll_items(gate->peers, read, children);
    int n = gate->link ? link_poll_items(gate->link, read, parent) : 0;
    wait_for_input(items, (int)(parent - items) + n, until_next_timer(gate));
    return (work_t){any_input(local, LOCAL), gate->peers && any_input(children, PEERS_ITEMS),
                    any_input(parent, n)};
}

static void log_counters(const gate_t *gate)
{
    for (size_t i = 0; i < N_GATE_COUNTERS; i++)
        log_at(L_INFO, "GATE-COUNTER", "%s %llu", GATE_COUNTERS[i].name, (unsigned long long)gate->counts[i]);
}

static void take_signals(gate_t *gate)
{
    struct signalfd_siginfo info;
    while (read(gate->signal_fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGUSR1)
            log_counters(gate);
        else
            gate->stop = true;
    }
}

static void take_from_local(gate_t *gate)
{
    local_take_events(gate->local);
    const door_frame_t *frame;
    uint32_t service;
    for (int i = 0; i < TURN_MESSAGES && local_take(gate->local, &frame, &service); i++) {
        if (service == SERVICE_CLI)
            route_from_caller(gate, frame);
        else
            route_from_service(gate, service, &frame->envelope);
    }
}

static void take_from_children(gate_t *gate)
{
    if (!gate->peers) return;
    uint64_t now = mono_ms();
    peers_tick(gate->peers, now);
    envelope_t envelope;
    const connection_t *from;
    for (int i = 0; i < TURN_MESSAGES && !local_crowded(gate->local, now) &&
                    peers_take(gate->peers, &envelope, &from, now);
         i++)
        route_from_child(gate, &envelope, from);
}

static void take_from_parent(gate_t *gate)
{
    if (!gate->link) return;
    uint64_t now = mono_ms();
    link_tick(gate->link, now);
    envelope_t envelope;
    for (int i = 0; i < TURN_MESSAGES && !local_crowded(gate->local, now) &&
                    link_take(gate->link, &envelope, &gate->counters, now);
         i++)
        route_from_parent(gate, &envelope);
}

// Children are let in once the registry has said whom. A port that is still being given back is tried again.
static void open_for_children(gate_t *gate)
{
    if (gate->listening || !gate->peers || !gate->keys.ready) return;
    int r = peers_listen(gate->peers);
    gate->listening = r == 0;
    if (!r)
        log_at(L_INFO, "GATE-LISTENS", _("children may come to %s"), peers_endpoint(gate->peers));
    else
        log_once(L_WARNING, "GATE-LISTEN", 0, _("cannot listen on %s yet: %s"), peers_endpoint(gate->peers),
                 system_error(-r));
}

static void run_backlog(gate_t *gate, uint64_t now)
{
    gate->backlog_ms = route_links_left(gate) ? now + BACKLOG_MS : UINT64_MAX;
}

static void run_timers(gate_t *gate, uint64_t now)
{
    gate->tick_ms = now + TICK_MS;
    (void)zap_ask(gate->zap); // ends the process when the handler hangs
    silence_tick(gate, now);
    if (gate->keys_asked_ms && now - gate->keys_asked_ms >= ASK_AGAIN_MS) route_ask_keys(gate, now);
}

void gate_run(gate_t *gate)
{
    while (!gate->stop) {
        pulse_phase(PULSE_TURNS);
        work_t work = wait_for_work(gate);
        uint64_t now = mono_ms();
        bool due = now >= gate->tick_ms;
        take_signals(gate);
        if (work.local || local_holds(gate->local)) take_from_local(gate);
        open_for_children(gate);
        if (work.children || due || (gate->peers && peers_due_ms(gate->peers, now) == 0))
            take_from_children(gate);
        if (work.parent || (gate->link && link_due_ms(gate->link, now) == 0)) take_from_parent(gate);
        local_flush(gate->local);
        if (due || now >= gate->backlog_ms) run_backlog(gate, now);
        if (due) run_timers(gate, now);
    }
}
