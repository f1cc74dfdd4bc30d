// SPDX-License-Identifier: Apache-2.0
#include "services/console/process.h"
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 64, STAT_MAX = 1024 };

bool process_cpu_ms(uint32_t pid, uint64_t *ret_ms)
{
    char path[PATH], text[STAT_MAX];
    uint64_t user, system;
    snprintf(path, sizeof path, "/proc/%" PRIu32 "/stat", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL) return false;
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n] = '\0';
    // Behind the name, which may hold anything, a state, ten numbers, and the two.
    const char *behind = strrchr(text, ')');
    long ticks = sysconf(_SC_CLK_TCK);
    if (behind == NULL || ticks <= 0) return false;
    if (sscanf(behind + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64, &user,
               &system) != 2)
        return false;
    *ret_ms = (user + system) * 1000 / (uint64_t)ticks;
    return true;
}

bool process_open_fds(uint32_t pid, uint64_t *ret_n)
{
    char path[PATH];
    snprintf(path, sizeof path, "/proc/%" PRIu32 "/fd", pid);
    DIR *folder = opendir(path);
    if (folder == NULL) return false;
    *ret_n = 0;
    for (const struct dirent *one; (one = readdir(folder)) != NULL;) *ret_n += one->d_name[0] != '.';
    closedir(folder);
    return true;
}
