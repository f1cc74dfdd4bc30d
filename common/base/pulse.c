// SPDX-License-Identifier: Apache-2.0
#include "common/base/pulse.h"
#include "common/base/util.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

// A page that nobody can make shorter under us; what else may be open under this number has no such seals.
enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

static pulse_page_t own; // of a program that nobody watches
static pulse_page_t *page = &own;

static pulse_page_t *map(int fd)
{
    void *at = mmap(NULL, sizeof(pulse_page_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return at == MAP_FAILED ? NULL : at;
}

int pulse_make(pulse_page_t **ret_page, int *ret_fd)
{
    AUTO(xclose) int fd = memfd_create("selenga-pulse", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || ftruncate(fd, sizeof(pulse_page_t)) != 0 || fcntl(fd, F_ADD_SEALS, SEALS) != 0)
        return -errno;
    *ret_page = map(fd);
    if (*ret_page == NULL) return -errno;
    *ret_fd = fd;
    fd = -1;
    return 0;
}

void pulse_unmap(pulse_page_t **to)
{
    if (*to != NULL) munmap(*to, sizeof **to);
    *to = NULL;
}

void pulse_open(void)
{
    if (fcntl(PULSE_FD, F_GET_SEALS) != SEALS) return;
    pulse_page_t *shared = map(PULSE_FD);
    if (shared == NULL) return;
    page = shared;
    close(PULSE_FD);
}

void pulse_turn(void)
{
    atomic_fetch_add_explicit(&page->turns, 1, memory_order_relaxed);
}

void pulse_phase(pulse_phase_t phase)
{
    atomic_store_explicit(&page->phase, (uint32_t)phase, memory_order_relaxed);
    pulse_turn();
}

bool pulse_restarts(uint32_t *ret)
{
    uint32_t starts = atomic_load_explicit(&page->starts, memory_order_relaxed);
    *ret = starts > 0 ? starts - 1 : 0;
    return starts > 0;
}
