// SPDX-License-Identifier: Apache-2.0
// A child process: between fork and exec only calls that are safe there, since zmq's threads may run in the
// parent.
#include "services/cli/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/i18n.h"
#include "common/base/util.h"

enum { EXIT_NO_EXEC = 127 };

// Runs in the child. Its own process group keeps a terminal's Ctrl-C from it: we stop programs in order.
static void become(const char *path, const program_t *self, const char *node_dir, int output, pid_t parent)
{
    static const char trouble[] = "<3>cannot be executed\n";
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(EXIT_NO_EXEC);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int empty = open("/dev/null", O_RDONLY);
    dup2(empty, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    // dup2 onto itself would leave it to be closed by the exec.
    bool watched = self->pulse != NULL;
    if (watched && self->pulse_fd == PULSE_FD) fcntl(PULSE_FD, F_SETFD, 0);
    if (watched && self->pulse_fd != PULSE_FD) dup2(self->pulse_fd, PULSE_FD);
    if (!watched) close(PULSE_FD);
    bool handed = self->socket_fd > 0 && dup2(self->socket_fd, PROGRAM_SOCKET_FD) >= 0;
    close_range(handed ? PROGRAM_SOCKET_FD + 1 : PROGRAM_SOCKET_FD, UINT_MAX, 0);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max; // one connection each for hundreds of children at a hub
        setrlimit(RLIMIT_NOFILE, &files);
    }
    execl(path, self->name, node_dir, (char *)NULL);
    if (write(STDERR_FILENO, trouble, sizeof trouble - 1) < 0) _exit(EXIT_NO_EXEC);
    _exit(EXIT_NO_EXEC);
}

int program_start(program_t *self, const char *bin_dir, const char *node_dir, uint64_t now_ms)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", bin_dir, self->name);
    if (n < 0 || (size_t)n >= sizeof path) return -ENAMETOOLONG;
    int ends[2];
    if (self->pulse) { // of this run, not of the one before
        atomic_store(&self->pulse->turns, 0);
        atomic_store(&self->pulse->phase, PULSE_BEGINS);
        atomic_fetch_add(&self->pulse->starts, 1);
    }
    self->hang = (hang_t){0};
    self->hung = false;
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) become(path, self, node_dir, ends[1], parent);
    int error = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return -error;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    self->pid = pid;
    self->output = ends[0];
    self->started_ms = now_ms;
    self->well = false;
    return 0;
}

bool program_drain(program_t *self)
{
    char bytes[16384];
    while (self->output >= 0) {
        ssize_t n = read(self->output, bytes, sizeof bytes);
        if (n > 0) {
            logfile_feed(self->log, bytes, (size_t)n);
            continue;
        }
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return true;
        logfile_flush(self->log);
        close(self->output);
        self->output = -1;
    }
    return false;
}

void program_ended(program_t *self, uint64_t now_ms)
{
    program_drain(self);
    if (self->output >= 0) {
        // A grandchild could hold the pipe open; what it says is of no use.
        close(self->output);
        self->output = -1;
    }
    logfile_flush(self->log);
    bool steady =
        now_ms - self->started_ms >= (uint64_t)(self->hung ? PROGRAM_HUNG_STEADY_MS : PROGRAM_STEADY_MS);
    self->quick_ends = steady ? 0 : self->quick_ends + 1;
    uint64_t wait = 0;
    if (self->quick_ends > 1) {
        wait = PROGRAM_BACKOFF_MIN_MS;
        for (unsigned i = 2; i < self->quick_ends && wait < PROGRAM_BACKOFF_MAX_MS; i++) wait *= 2;
        if (wait > PROGRAM_BACKOFF_MAX_MS) wait = PROGRAM_BACKOFF_MAX_MS;
    }
    self->pid = 0;
    self->well = false;
    self->start_at_ms = now_ms + wait;
}

bool program_refused(program_t *self, int status, uint64_t now_ms)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != PROGRAM_REFUSED) return false;
    self->start_at_ms = now_ms + PROGRAM_REFUSED_MS;
    return true;
}

// As a bucket that holds RESTARTS_AT_ONCE; *self is when it will be full again.
uint64_t restarts_grant(uint64_t *self, uint64_t due_ms)
{
    const uint64_t holds_ms = (uint64_t)(RESTARTS_AT_ONCE - 1) * RESTART_EVERY_MS;
    uint64_t granted_ms = *self > due_ms + holds_ms ? *self - holds_ms : due_ms;
    *self = (*self > granted_ms ? *self : granted_ms) + RESTART_EVERY_MS;
    return granted_ms;
}

const char *program_end_text(int status)
{
    static char text[128];
    if (WIFSIGNALED(status))
        snprintf(text, sizeof text, _("signal %d (%s)"), WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(text, sizeof text, _("status %d"), WEXITSTATUS(status));
    return text;
}
