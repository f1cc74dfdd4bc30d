// SPDX-License-Identifier: Apache-2.0
// The supervisor: the programs of a node, one loop.
//
//   stopped --start--> running --answers--> well
//      ^                  |                   |
//      +--- wait (0, then 0.5 s .. 30 s) <----+  died, or hung and was killed
//
// It decides nothing about data and keeps nothing but pid files and logs, so it may die at any instant: the
// kernel then kills the children (parent-death signal), and the next supervisor begins from the stores. One
// node has one supervisor: DIR/run/lock is held for as long as it lives.
#include "services/cli/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/signals.h"
#include "common/base/system_error.h"
#include "common/base/util.h"
#include "common/node/console.h"
#include "common/node/msg.h"
#include "common/schema/services.h"
#include "proto/api.pb-c.h"
#include "services/cli/cli.h"
#include "services/cli/first.h"
#include "services/cli/program.h"

enum {
    GATE = 0,                // of PROGRAMS: first to start, last to stop
    ASK_EVERY_MS = 100,      // until all have answered
    SERVICE_STOP_MS = 10000, // a commit with fsync on a poor disk may take seconds
    GATE_STOP_MS = 3000,
    CRASH_LOOP = 4,         // quick ends in a row that are worth an alarm
    CRASH_LOOP_REMIND = 20, // and then every so many
    GATE_MISSED = 3,        // looks in a row
};

typedef struct supervisor {
    char dir[PATH_MAX], bin_dir[PATH_MAX];
    int lock, signals;
    int socket_fd; // on which the console goes on; -1: it opens its own
    program_t programs[PROGRAMS_N];
    size_t n;               // of them, that this node runs
    void *context, *socket; // to the gate
    uint64_t next_ask_ms;
    bool ready, stopping, hurry;
    uint64_t hang_ms, look_ms; // the last: when it is looked next whether all turn
    uint64_t restarts;         // restarts_grant
    char console[64];          // its address; "": it has not said it
    struct stat gate;          // its socket; st_ino 0: not seen yet
    unsigned gate_missed;      // looks in a row
} supervisor_t;

static const setting_t SETTINGS[] = {
    {"hang_ms", SETTING_INT, offsetof(supervisor_settings_t, hang_ms), 3000, 3600000, "20000", "ms",
     N_("A program of the node whose loop has not turned for this time is killed and started again")},
};
const settings_table_t SUPERVISOR_SETTINGS = {"supervisor", SETTINGS, ARRAY_SIZE(SETTINGS)};

// ---- beginning

static int find_programs(supervisor_t *self, const node_conf_t *conf)
{
    ssize_t n = readlink("/proc/self/exe", self->bin_dir, sizeof self->bin_dir - 1);
    if (n <= 0) return cli_refuse(_("cannot find the programs: %s"), system_error(errno));
    self->bin_dir[n] = '\0';
    *strrchr(self->bin_dir, '/') = '\0';
    for (size_t i = 0; i < PROGRAMS_N; i++) {
        char path[PATH_MAX + 64];
        if (!node_runs(conf, PROGRAMS[i].number)) continue;
        snprintf(path, sizeof path, "%s/%s", self->bin_dir, PROGRAMS[i].program);
        if (access(path, X_OK) != 0)
            return cli_refuse(_("%s: %s; all programs of Selenga belong in one folder"), path,
                              system_error(errno));
        program_t *program = &self->programs[self->n++];
        *program = (program_t){
            .name = PROGRAMS[i].program, .service = PROGRAMS[i].number, .output = -1, .pulse_fd = -1};
        if (program->service == SERVICE_CONSOLE && self->socket_fd > 0) program->socket_fd = self->socket_fd;
        int r = pulse_make(&program->pulse, &program->pulse_fd);
        if (r < 0) return cli_refuse("memfd_create: %s", system_error(-r));
    }
    return 0;
}

int supervisor_lock(const char *dir, int *ret_lock)
{
    char path[PATH_MAX + 16], text[32] = "";
    snprintf(path, sizeof path, "%s/run/lock", dir);
    AUTO(xclose) int lock = file_open_kept(path, O_RDWR, 0600);
    if (lock < 0) return cli_refuse("%s: %s", path, system_error(-lock));
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return cli_refuse("%s: %s", path, system_error(errno));
        if (pread(lock, text, sizeof text - 1, 0) < 0) text[0] = '\0';
        text[strcspn(text, "\n")] = '\0';
        return cli_refuse(_("the node in %s is running already (process %s)"), dir, text);
    }
    int n = snprintf(text, sizeof text, "%d\n", (int)getpid());
    if (ftruncate(lock, 0) != 0 || pwrite(lock, text, (size_t)n, 0) != n)
        return cli_later("%s: %s", path, system_error(errno));
    *ret_lock = lock;
    lock = -1;
    return 0;
}

// For `node status`, which has nobody to ask then; NULL: it works, or may at the next start.
static void write_trouble(const supervisor_t *self, program_t *program, const char *words)
{
    char path[PATH_MAX + 64];
    program->in_trouble = words != NULL;
    snprintf(path, sizeof path, "%s/run/%s.trouble", self->dir, program->name + strlen("selenga-"));
    if (words)
        (void)file_replace(path, slice_text(words), 0600); // a convenience, too
    else
        unlink(path);
}

static int open_logs(supervisor_t *self)
{
    char dir[PATH_MAX + 8];
    snprintf(dir, sizeof dir, "%s/log", self->dir);
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) return cli_refuse("%s: %s", dir, system_error(errno));
    for (size_t i = 0; i < self->n; i++) {
        int r = logfile_open(dir, self->programs[i].name, LOGFILE_MAX_BYTES, &self->programs[i].log);
        if (r < 0) return cli_refuse("%s/%s.log: %s", dir, self->programs[i].name, system_error(-r));
        write_trouble(self, &self->programs[i], NULL);
    }
    return 0;
}

// From here on these signals are read from a descriptor, in turn with everything else.
static int take_signals(supervisor_t *self)
{
    static const int more[] = {SIGHUP, SIGCHLD, 0};
    self->signals = signals_open(more);
    return self->signals < 0 ? cli_refuse("signalfd: %s", system_error(errno)) : 0;
}

static int open_socket(supervisor_t *self)
{
    // A socket's path is bounded (108 bytes); /proc gives any folder a short name.
    char run[PATH_MAX + 8], endpoint[64];
    snprintf(run, sizeof run, "%s/run", self->dir);
    int fd = open(run, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return cli_refuse("%s: %s", run, system_error(errno));
    snprintf(endpoint, sizeof endpoint, "ipc:///proc/self/fd/%d/gate", fd);
    // Nothing is queued for a gate that is not there: questions would pile up until it came.
    int reconnect_ms = 50, linger_ms = 0, only_when_there = 1;
    int64_t max_bytes = MAX_FRAME;
    self->context = zmq_ctx_new();
    self->socket = zmq_socket(self->context, ZMQ_DEALER);
    zmq_setsockopt(self->socket, ZMQ_RECONNECT_IVL, &reconnect_ms, sizeof reconnect_ms);
    zmq_setsockopt(self->socket, ZMQ_IMMEDIATE, &only_when_there, sizeof only_when_there);
    zmq_setsockopt(self->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_setsockopt(self->socket, ZMQ_MAXMSGSIZE, &max_bytes, sizeof max_bytes);
    if (zmq_connect(self->socket, endpoint) != 0) return cli_refuse("%s: %s", endpoint, system_error(errno));
    return 0;
}

// ---- children

static void write_pid(const supervisor_t *self, const program_t *program)
{
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/run/%s.pid", self->dir, program->name + strlen("selenga-"));
    if (program->pid == 0) {
        unlink(path);
        return;
    }
    // In place: the gate holds a lock on its file.
    AUTO(xclose) int fd = file_open_kept(path, O_WRONLY | O_TRUNC, 0600);
    if (fd >= 0) dprintf(fd, "%d\n", (int)program->pid); // a convenience for operators, no more
}

static void start_due(supervisor_t *self, uint64_t now_ms)
{
    for (size_t i = 0; i < self->n; i++) {
        program_t *program = &self->programs[i];
        if (program->pid != 0 || now_ms < program->start_at_ms) continue;
        int r = program_start(program, self->bin_dir, self->dir, now_ms);
        if (r < 0) {
            cli_say(_("%s cannot be started: %s"), program->name, system_error(-r));
            program->start_at_ms = now_ms + PROGRAM_BACKOFF_MAX_MS;
            continue;
        }
        write_pid(self, program);
    }
}

static void report_end(const program_t *program, int status, bool refused)
{
    const char *last = logfile_last(program->log);
    if (refused) {
        cli_say(_("%s cannot work until somebody acts (%s); its last words: %s"), program->name,
                program_end_text(status), *last ? last : "-");
        return;
    }
    cli_say(_("%s ended (%s) and is started again"), program->name, program_end_text(status));
    if (program->quick_ends >= CRASH_LOOP && (program->quick_ends - CRASH_LOOP) % CRASH_LOOP_REMIND == 0)
        cli_say(i18n_n("%s keeps ending soon after its start (%u time); its last words: %s",
                       "%s keeps ending soon after its start (%u times); its last words: %s",
                       program->quick_ends),
                program->name, program->quick_ends, *last ? last : "-");
}

static void forget_gate(supervisor_t *self)
{
    self->gate.st_ino = 0;
    self->gate_missed = 0;
}

static void reap(supervisor_t *self, uint64_t now_ms)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < self->n; i++) {
            program_t *program = &self->programs[i];
            if (program->pid != pid) continue;
            program_ended(program, now_ms);
            program->start_at_ms = restarts_grant(&self->restarts, program->start_at_ms);
            bool refused = program_refused(program, status, now_ms);
            write_pid(self, program);
            if (i == GATE) forget_gate(self);
            bool hopeless = refused || (!program->hung && program->quick_ends >= CRASH_LOOP);
            if (hopeless || !program->hung)
                write_trouble(self, program, hopeless ? logfile_last(program->log) : NULL);
            if (!self->stopping) report_end(program, status, refused);
            logfile_forget(program->log);
        }
    }
}

// ---- hanging

// Nobody can come to a gate whose socket is gone or another's, however well it turns.
static const char *gate_is_cut_off(supervisor_t *self)
{
    char path[PATH_MAX + 16];
    struct stat st = {0};
    const program_t *gate = &self->programs[GATE];
    if (atomic_load(&gate->pulse->phase) != PULSE_TURNS) return NULL;
    snprintf(path, sizeof path, "%s/run/gate", self->dir);
    bool there = stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
    if (there && self->gate.st_ino == 0) self->gate = st;
    there = there && st.st_ino == self->gate.st_ino && st.st_dev == self->gate.st_dev;
    self->gate_missed = there ? 0 : self->gate_missed + 1;
    return self->gate_missed >= GATE_MISSED ? _("its socket run/gate is gone") : NULL;
}

static void end_hung(supervisor_t *self, program_t *program, const char *why)
{
    char words[512];
    program->hung = true;
    snprintf(words, sizeof words, _("%s hangs: %s. It is killed and started again"), program->name, why);
    cli_say("%s", words);
    write_trouble(self, program, words);
    kill(program->pid, SIGKILL);
}

// It turns again, however long it took to begin: what was said of the run before is over.
static void end_trouble(const supervisor_t *self, program_t *program, const hang_look_t *look)
{
    if (program->in_trouble && look->phase != PULSE_BEGINS) write_trouble(self, program, NULL);
}

static void look_for_hangs(supervisor_t *self, uint64_t now_ms)
{
    if (now_ms < self->look_ms) return;
    self->look_ms = now_ms + self->hang_ms / HANG_LOOKS;
    for (size_t i = 0; i < self->n; i++) {
        program_t *program = &self->programs[i];
        if (program->pid == 0 || program->hung) continue;
        hang_look_t look = hang_look_at(program->pid, program->pulse);
        end_trouble(self, program, &look);
        hang_verdict_t verdict = hang_judge(&program->hang, &look, now_ms, self->hang_ms);
        const char *why = verdict != HANG_ALIVE ? hang_why(verdict, self->hang_ms) : NULL;
        if (!why && i == GATE) why = gate_is_cut_off(self);
        if (why) end_hung(self, program, why);
    }
}

// ---- readiness

static void ask(supervisor_t *self, uint32_t service, uint32_t type, const ProtobufCMessage *body)
{
    const envelope_t envelope = {.type = type, .to = service, .from = SERVICE_CLI, .call = service};
    // A full or absent gate answers nothing: we ask again soon.
    (void)msg_send(self->socket, &envelope, body);
}

static void ask_those_silent(supervisor_t *self, uint64_t now_ms)
{
    if (self->ready || now_ms < self->next_ask_ms) return;
    self->next_ask_ms = now_ms + ASK_EVERY_MS;
    for (size_t i = 0; i < self->n; i++)
        if (!self->programs[i].well) ask(self, self->programs[i].service, MSG_STATUS, NULL);
}

static void take_address(supervisor_t *self, slice_t body)
{
    AUTO(msg_body_free) Selenga__Status *status = msg_body_unpack(&selenga__status__descriptor, body);
    if (status != NULL && status->url != NULL)
        (void)text_copy(self->console, sizeof self->console, status->url);
}

static void take_answers(supervisor_t *self)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    while (zmq_msg_recv(&frame, self->socket, ZMQ_DONTWAIT) >= 0) {
        envelope_t envelope;
        if (msg_unpack(slice(zmq_msg_data(&frame), zmq_msg_size(&frame)), &envelope) != 0) continue;
        if (envelope.type != MSG_STATUS_REPLY) continue;
        if (envelope.call == SERVICE_CONSOLE) take_address(self, envelope.body);
        for (size_t i = 0; i < self->n; i++)
            if (self->programs[i].service == envelope.call) self->programs[i].well = true;
    }
    zmq_msg_close(&frame);
}

static void announce(supervisor_t *self)
{
    if (self->ready) return;
    for (size_t i = 0; i < self->n; i++)
        if (!self->programs[i].well || self->programs[i].pid == 0) return;
    self->ready = true;
    puts("ready");
    fflush(stdout);
    first_say(self->dir, self->console);
}

// ---- loop

static int milliseconds_to_wait(const supervisor_t *self, uint64_t now_ms)
{
    uint64_t until = self->look_ms;
    if (!self->ready && self->next_ask_ms < until) until = self->next_ask_ms;
    for (size_t i = 0; i < self->n; i++)
        if (self->programs[i].pid == 0 && self->programs[i].start_at_ms < until)
            until = self->programs[i].start_at_ms;
    return until > now_ms ? (int)(until - now_ms) : 0;
}

static void take_signal(supervisor_t *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGCHLD) continue;
        self->hurry = self->stopping;
        self->stopping = true;
    }
}

static void wait_for_events(supervisor_t *self, int timeout_ms)
{
    zmq_pollitem_t items[PROGRAMS_N + 2] = {
        {.fd = self->signals, .events = ZMQ_POLLIN},
        {.socket = self->socket, .events = ZMQ_POLLIN},
    };
    int n = 2;
    for (size_t i = 0; i < self->n; i++)
        if (self->programs[i].output >= 0)
            items[n++] = (zmq_pollitem_t){.fd = self->programs[i].output, .events = ZMQ_POLLIN};
    zmq_poll(items, n, timeout_ms);
}

static void serve(supervisor_t *self)
{
    while (!self->stopping) {
        uint64_t now_ms = mono_ms();
        start_due(self, now_ms);
        ask_those_silent(self, now_ms);
        look_for_hangs(self, now_ms);
        wait_for_events(self, milliseconds_to_wait(self, mono_ms()));
        take_signal(self);
        for (size_t i = 0; i < self->n; i++) program_drain(&self->programs[i]);
        reap(self, mono_ms());
        take_answers(self);
        announce(self);
    }
}

// ---- stopping

static size_t count_running(const supervisor_t *self, size_t from, size_t to)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) n += self->programs[i].pid != 0;
    return n;
}

// Asks programs [from, to) to end and waits; who is not gone in time, or at once when the operator asks
// twice, is killed.
static void stop_programs(supervisor_t *self, size_t from, size_t to, uint64_t patience_ms)
{
    uint64_t deadline = mono_ms() + patience_ms;
    bool killed = false;
    for (size_t i = from; i < to; i++)
        if (self->programs[i].pid > 0) kill(self->programs[i].pid, SIGTERM);
    while (count_running(self, from, to) > 0) {
        uint64_t now_ms = mono_ms();
        if (!killed && (now_ms >= deadline || self->hurry)) {
            for (size_t i = from; i < to; i++) {
                if (self->programs[i].pid == 0) continue;
                cli_say(_("%s does not stop and is killed"), self->programs[i].name);
                kill(self->programs[i].pid, SIGKILL);
            }
            killed = true;
        }
        wait_for_events(self, killed ? 1000 : (int)(deadline - now_ms));
        take_signal(self);
        take_answers(self);
        for (size_t i = 0; i < self->n; i++) program_drain(&self->programs[i]);
        reap(self, mono_ms());
    }
}

static void close_all(supervisor_t *self)
{
    if (self->socket) zmq_close(self->socket);
    if (self->context) zmq_ctx_term(self->context);
    for (size_t i = 0; i < self->n; i++) {
        logfile_destroy(&self->programs[i].log);
        pulse_unmap(&self->programs[i].pulse);
        if (self->programs[i].pulse_fd > 0) close(self->programs[i].pulse_fd);
    }
    if (self->signals >= 0) close(self->signals);
    if (self->lock >= 0) close(self->lock);
    if (self->socket_fd > 0) close(self->socket_fd);
}

static int begin(supervisor_t *self, const char *dir, const node_conf_t *conf)
{
    if (!realpath(dir, self->dir)) return cli_refuse("%s: %s", dir, system_error(errno));
    int r = find_programs(self, conf);
    if (r == 0) r = supervisor_lock(self->dir, &self->lock);
    if (r == 0) r = open_logs(self);
    if (r == 0) r = take_signals(self);
    if (r == 0) r = open_socket(self);
    return r;
}

int supervisor_run(const char *dir, const node_conf_t *conf, const supervisor_settings_t *settings)
{
    supervisor_t self = {.lock = -1, .signals = -1, .hang_ms = (uint64_t)settings->hang_ms};
    self.socket_fd = console_socket_take();
    if (self.socket_fd > 0) console_socket_hand(PROGRAM_SOCKET_FD);
    int r = begin(&self, dir, conf);
    if (r == 0) {
        serve(&self);
        stop_programs(&self, GATE + 1, self.n, SERVICE_STOP_MS);
        stop_programs(&self, GATE, GATE + 1, GATE_STOP_MS);
        for (size_t i = 0; i < self.n; i++) write_trouble(&self, &self.programs[i], NULL);
    }
    close_all(&self);
    return r;
}
