// SPDX-License-Identifier: Apache-2.0
#include "services/console/command.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NO_EXEC = 127, BY_SIGNAL = 128 };

// Runs in the child of a program with one thread.
static void become(const char *program, char *const argv[], const int fds[static 3], lang_t lang)
{
    sigset_t none;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setenv("LC_ALL", lang == LANG_RU ? "ru_RU.UTF-8" : "C.UTF-8", 1);
    for (int i = 0; i < 3; i++) dup2(fds[i], i);
    close_range(STDERR_FILENO + 1, UINT_MAX, 0);
    execv(program, argv);
    _exit(NO_EXEC);
}

static int open_input(const char *text)
{
    int fd = memfd_create("input", MFD_CLOEXEC);
    size_t size = strlen(text);
    if (fd >= 0 && (write(fd, text, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)) xclose(&fd);
    return fd;
}

int command_start(command_t *self, const char *program, char *const argv[], const char *input, lang_t lang)
{
    AUTO(xclose) int in = open_input(input);
    self->out = memfd_create("out", MFD_CLOEXEC);
    self->err = memfd_create("err", MFD_CLOEXEC);
    const int fds[] = {in, self->out, self->err};
    pid_t pid = in < 0 || self->out < 0 || self->err < 0 ? -1 : fork();
    if (pid == 0) become(program, argv, fds, lang);
    int error = errno;
    if (pid > 0) {
        self->pid = pid;
        return 0;
    }
    xclose(&self->out);
    xclose(&self->err);
    return error != 0 ? -error : -EIO;
}

static char *read_said(int *fd)
{
    char *text = xcalloc(1, COMMAND_SAID + 1);
    if (pread(*fd, text, COMMAND_SAID, 0) < 0) text[0] = '\0';
    xclose(fd);
    return text;
}

bool command_ended(command_t *self, int *ret_status, char **ret_out, char **ret_err)
{
    int status;
    if (self->pid == 0 || waitpid(self->pid, &status, WNOHANG) != self->pid) return false;
    self->pid = 0;
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : BY_SIGNAL + WTERMSIG(status);
    *ret_out = read_said(&self->out);
    *ret_err = read_said(&self->err);
    return true;
}

void command_stop(command_t *self)
{
    if (self->pid == 0) return;
    kill(self->pid, SIGKILL);
    waitpid(self->pid, NULL, 0);
    self->pid = 0;
    xclose(&self->out);
    xclose(&self->err);
}
