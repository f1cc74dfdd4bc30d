// SPDX-License-Identifier: Apache-2.0
// Its life: opening, the loop, closing.
#include "services/console/console.h"
#include "common/base/clock.h"
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/base/pulse.h"
#include "common/base/signals.h"
#include "common/base/system_error.h"
#include "common/base/wait.h"
#include "common/node/client.h"
#include "common/node/console.h"
#include "common/store/kv_guard.h"
#include "services/console/http.h"
#include "services/console/presence.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TICK_MS = 4500, // a greeting and its answer wake this thread and that of libzmq twice each
    DRAFTS_EXPIRE_TICKS = 15,
};

struct console {
    node_conf_t node;
    http_t *http;
    drafts_t *drafts; // NULL: none can be kept
    presence_t *presence;
    client_t *client; // NULL until the gate is there and somebody asks
    int signals;
    struct timespec conf_time; // of node.conf as it was read
    uint64_t tick_ms, ticks;
    bool stop;
};

static int take_signals_over(console_t *self, why_t *why)
{
    self->signals = signals_open(NULL);
    if (self->signals < 0) why_set(why, "signalfd: %s", system_error(errno));
    return self->signals < 0 ? -1 : 0;
}

// Without them it goes on: people lose a comfort, and not the console.
static void open_drafts(console_t *self)
{
    why_t why;
    kv_guard_install("selenga-console", DRAFTS_FOLDER);
    if (drafts_open(&self->drafts, &why) != 0)
        log_at(L_ERROR, "DRAFTS-FAILED", _("what is typed and not saved is not kept: %s"), why.text);
}

static bool conf_changed(console_t *self)
{
    struct stat st;
    if (stat("node.conf", &st) != 0) return false;
    bool same = st.st_mtim.tv_sec == self->conf_time.tv_sec && st.st_mtim.tv_nsec == self->conf_time.tv_nsec;
    self->conf_time = st.st_mtim;
    return !same;
}

int console_open(console_t **ret_console, why_t *why)
{
    AUTO(console_close) console_t *self = xcalloc(1, sizeof *self);
    console_settings_t settings;
    self->signals = -1;
    (void)conf_changed(self); // before it is read, so that no change is missed
    if (node_conf_load(".", &self->node, why) != 0 ||
        node_settings(&self->node, &CONSOLE_SETTINGS, &settings, sizeof settings, why) != 0)
        return -1;
    if (settings.listen[0] == '\0') {
        why_set(why, _("this node has no console: `listen` of section console in node.conf is empty"));
        return -1;
    }
    if (take_signals_over(self, why) != 0) return -1;
    open_drafts(self);
    const http_setup_t setup = {.listen = settings.listen,
                                .names = settings.names,
                                .idle_s = (unsigned)settings.idle_s,
                                .request_s = (unsigned)settings.request_s,
                                .node = &self->node,
                                .client = &self->client,
                                .drafts = self->drafts};
    if (http_open(&setup, &self->http, why) != 0) return -1;
    int rc = presence_open(http_url(self->http), &self->presence);
    if (rc != 0) {
        why_set(why, "run/gate: %s", system_error(-rc));
        return -1;
    }
    *ret_console = self;
    self = NULL;
    return 0;
}

void console_close(console_t **console)
{
    console_t *self = *console;
    if (self == NULL) return;
    http_close(&self->http); // its pages abandon what they asked the client
    presence_close(&self->presence);
    client_close(&self->client);
    drafts_close(&self->drafts);
    node_conf_clear(&self->node);
    xclose(&self->signals);
    free(self);
    *console = NULL;
}

const char *console_url(const console_t *console)
{
    return http_url(console->http);
}

// --- the loop

static void sooner(long *wait_ms, long due_ms)
{
    if (due_ms >= 0 && due_ms < *wait_ms) *wait_ms = due_ms;
}

static void wait_for_work(console_t *self)
{
    uint64_t now_ms = mono_ms();
    long wait_ms = self->tick_ms > now_ms ? (long)(self->tick_ms - now_ms) : 0;
    zmq_pollitem_t items[] = {{NULL, self->signals, ZMQ_POLLIN, 0},
                              {presence_socket(self->presence), 0, ZMQ_POLLIN, 0},
                              {NULL, http_fd(self->http), ZMQ_POLLIN, 0},
                              {NULL, -1, ZMQ_POLLIN, 0}};
    int n = 3;
    if (self->client != NULL) items[n++] = (zmq_pollitem_t){client_socket(self->client), 0, ZMQ_POLLIN, 0};
    if (self->client != NULL) sooner(&wait_ms, client_due_ms(self->client));
    sooner(&wait_ms, http_due_ms(self->http));
    wait_for_input(items, n, wait_ms);
}

static void take_signals(console_t *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == sizeof info) self->stop = true;
}

// Of node.conf the names are followed while it runs: a certificate comes with them. What cannot be read
// changes nothing.
static void follow_names(console_t *self)
{
    AUTO(node_conf_clear) node_conf_t conf = {0};
    console_settings_t settings;
    why_t why;
    if (!conf_changed(self)) return;
    if (node_conf_load(".", &conf, &why) != 0 ||
        node_settings(&conf, &CONSOLE_SETTINGS, &settings, sizeof settings, &why) != 0 ||
        http_rename(self->http, settings.names, &why) != 0)
        log_at(L_WARNING, "CONSOLE-NAMES", _("the names of the console stay as they were: %s"), why.text);
}

static void tick(console_t *self)
{
    uint64_t now_ms = mono_ms();
    if (now_ms < self->tick_ms) return;
    self->tick_ms = now_ms + TICK_MS;
    presence_greet(self->presence);
    follow_names(self);
    http_tick(self->http, now_ms);
    if (self->ticks++ % DRAFTS_EXPIRE_TICKS == 0) drafts_expire(self->drafts, wall_s());
}

int console_run(console_t *self, why_t *why)
{
    while (!self->stop) {
        pulse_phase(PULSE_TURNS);
        wait_for_work(self);
        take_signals(self);
        tick(self);
        if (!presence_turn(self->presence, why)) return -1;
        http_turn(self->http);
        if (self->client != NULL) client_turn(self->client);
        http_turn(self->http); // answers of pages that waited
    }
    return 0;
}
