// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/measure.h"
#include "common/base/util.h"
#include <stdio.h>
#include <stdlib.h>

void lat_add(lat_t *lat, uint64_t us)
{
    if (lat->n == lat->room) {
        lat->room = lat->room * 2 + 1024;
        lat->us = xrealloc(lat->us, lat->room * sizeof *lat->us);
    }
    lat->us[lat->n++] = (double)us;
}

static int ascending(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

double lat_at(lat_t *lat, double p)
{
    if (lat->n == 0) return 0;
    qsort(lat->us, lat->n, sizeof *lat->us, ascending);
    return lat->us[(size_t)(p * (double)(lat->n - 1) + 0.5)];
}

void lat_result(const char *name, lat_t *lat)
{
    char text[64];
    if (lat->n == 0) return;
    snprintf(text, sizeof text, "%s_p50_us", name);
    result(text, lat_at(lat, 0.50));
    snprintf(text, sizeof text, "%s_p99_us", name);
    result(text, lat_at(lat, 0.99));
}

void lat_clear(lat_t *lat)
{
    free(lat->us);
    *lat = (lat_t){0};
}

void result(const char *name, double value)
{
    printf("RES\t%s\t%.6g\n", name, value);
    fflush(stdout);
}

noreturn void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void noise_text(char *to, size_t size, uint64_t seed)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
    uint64_t x = seed * 0x9e3779b97f4a7c15ULL + 1;
    for (size_t i = 0; i < size; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        to[i] = letters[x & 63];
    }
}
