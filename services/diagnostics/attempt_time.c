// SPDX-License-Identifier: Apache-2.0
#include "services/diagnostics/attempt_time.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

void attempt_boot(char ret[static ATTEMPT_BOOT])
{
    uint8_t random[16];
    FILE *in = fopen("/proc/sys/kernel/random/boot_id", "re");
    bool said = in != NULL && fgets(ret, ATTEMPT_BOOT, in) != NULL;
    if (in != NULL) fclose(in);
    if (said) ret[strcspn(ret, "\n")] = '\0';
    if (said && ret[0] != '\0') return;
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(ret, ATTEMPT_BOOT, random, sizeof random);
}

int64_t attempt_used_s(const Selenga__Attempt *a, attempt_now_t now)
{
    bool runs = a->boot != NULL && strcmp(a->boot, now.boot) == 0 && now.s > a->since;
    return a->used + (runs ? now.s - a->since : 0);
}

int64_t attempt_left_s(const Selenga__Attempt *a, attempt_now_t now)
{
    if (!a->has_time_limit) return -1;
    int64_t left = a->time_limit * 60 - attempt_used_s(a, now);
    return left > 0 ? left : 0;
}

void attempt_tick(Selenga__Attempt *a, attempt_now_t now)
{
    int64_t used = attempt_used_s(a, now);
    a->has_used = a->has_since = 1;
    a->used = used;
    a->since = now.s;
    a->boot = (char *)(uintptr_t)now.boot;
}
