// SPDX-License-Identifier: Apache-2.0
#include "services/console/setup_life.h"
#include "common/base/clock.h"
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/base/signals.h"
#include "common/base/system_error.h"
#include "common/base/wait.h"
#include "common/node/console.h"
#include "common/node/first.h"
#include "services/console/http.h"
#include "services/console/setup.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    TICK_MS = 1000,
    ANSWER_MS = 500, // the last page goes out
    IDLE_S = 15,
    REQUEST_S = 30,
};

typedef struct life {
    setup_t setup;
    node_conf_t nobody; // the node that is not there
    client_t *client;   // NULL
    http_t *http;
    int signals;
    uint64_t tick_ms;
    bool stop;
} life_t;

static bool watch_signals(life_t *self)
{
    static const int more[] = {SIGHUP, SIGCHLD, 0};
    self->signals = signals_open(more);
    return self->signals >= 0;
}

static void take_signals(life_t *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == sizeof info) self->stop |= info.ssi_signo != SIGCHLD;
}

static void turn(life_t *self)
{
    uint64_t now_ms = mono_ms();
    long wait_ms = self->tick_ms > now_ms ? (long)(self->tick_ms - now_ms) : 0;
    long due_ms = http_due_ms(self->http);
    zmq_pollitem_t items[] = {{NULL, self->signals, ZMQ_POLLIN, 0},
                              {NULL, http_fd(self->http), ZMQ_POLLIN, 0}};
    wait_for_input(items, ARRAY_SIZE(items), due_ms >= 0 && due_ms < wait_ms ? due_ms : wait_ms);
    take_signals(self);
    setup_turn(&self->setup);
    if (mono_ms() >= self->tick_ms) {
        self->tick_ms = mono_ms() + TICK_MS;
        http_tick(self->http, mono_ms());
    }
    http_turn(self->http);
}

// What is no terminal may be a log, which others read.
static void tell(const life_t *self)
{
    const char *url = http_url(self->http);
    if (isatty(STDERR_FILENO))
        fprintf(stderr, _("first start: open %s%s in a browser of this computer and type the code %s\n"), url,
                FIRST_SETUP_PAGE, self->setup.code);
    else
        fprintf(stderr,
                _("first start: open %s%s in a browser of this computer; the code for it stands in %s\n"),
                url, FIRST_SETUP_PAGE, self->setup.mark);
}

// Browsers that come from here on wait for the node's own console.
static int become_node(life_t *self)
{
    char program[PATH_MAX + 16];
    int fd = http_quiesce(self->http);
    sigset_t none;
    for (uint64_t until_ms = mono_ms() + ANSWER_MS; mono_ms() < until_ms;) {
        self->tick_ms = until_ms;
        turn(self);
    }
    http_close(&self->http);
    if (fd >= 0 && fcntl(fd, F_SETFD, 0) == 0) console_socket_hand(fd);
    snprintf(program, sizeof program, "%s/selenga", self->setup.bin_dir);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execl(program, "selenga", "node", "run", self->setup.dir, (char *)NULL);
    log_at(L_ERROR, "SETUP-FAILED", "%s: %s", program, system_error(errno));
    return EXIT_FAILURE;
}

static int begin(life_t *self, const char *dir, why_t *why)
{
    const http_setup_t setup = {.listen = CONSOLE_LISTEN,
                                .names = "",
                                .idle_s = IDLE_S,
                                .request_s = REQUEST_S,
                                .node = &self->nobody,
                                .client = &self->client,
                                .setup = &self->setup};
    if (!watch_signals(self)) {
        why_set(why, "signalfd: %s", system_error(errno));
        return -1;
    }
    return setup_open(&self->setup, dir, why) != 0 ? -1 : http_open(&setup, &self->http, why);
}

int setup_run(const char *dir)
{
    why_t why;
    life_t self = {.signals = -1};
    int code = 0;
    if (begin(&self, dir, &why) == 0) {
        tell(&self);
        while (!self.stop && self.setup.state != SETUP_OVER) turn(&self);
    } else {
        log_at(L_ERROR, "SETUP-FAILED", "%s", why.text);
        code = EX_CONFIG;
    }
    if (self.setup.state == SETUP_OVER) code = become_node(&self);
    http_close(&self.http);
    setup_close(&self.setup);
    xclose(&self.signals);
    return code;
}
