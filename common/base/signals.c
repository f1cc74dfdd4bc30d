// SPDX-License-Identifier: Apache-2.0
#include "common/base/signals.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

int signals_open(const int *more)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    for (; more != NULL && *more != 0; more++) sigaddset(&set, *more);
    errno = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (errno != 0) return -1;
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}
