// SPDX-License-Identifier: Apache-2.0
// Results and percentiles of the benchmark programs. A result is a line `RES<TAB>name<TAB>value`.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

typedef struct lat { // durations in microseconds
    double *us;
    size_t n, room;
} lat_t;

void lat_add(lat_t *lat, uint64_t us);
// p in 0..1; sorts. 0 when there are none.
double lat_at(lat_t *lat, double p);
// NAME_p50_us and NAME_p99_us; nothing when there are none.
void lat_result(const char *name, lat_t *lat);
void lat_clear(lat_t *lat);

void result(const char *name, double value);
// A benchmark that cannot go on says why and ends with 1.
noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Bytes that do not compress, as text: `size` characters of a 64-letter alphabet, by seed. No NUL is written.
void noise_text(char *to, size_t size, uint64_t seed);
