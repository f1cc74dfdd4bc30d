// SPDX-License-Identifier: Apache-2.0
// The log. Each line is one write(2), so that lines of several programs on one terminal do not mix.
#include "common/base/log.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/base/util.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024, REMEMBERED = 256, QUIET_MS = 10 * 60 * 1000 };

static const char *const LEVEL_NAMES[] = {"error", "warning", "info", "debug"};

static struct {
    const char *program;
    log_level_t most;
    int fd;
} log_state = {"selenga", L_INFO, STDERR_FILENO};

// What log_once has written: full when every slot has an id, then the least recent goes.
static struct remembered {
    const char *id; // a literal; compared by text
    uint64_t key;
    uint64_t written_ms;
    uint64_t left_out;
} remembered[REMEMBERED];

void log_init(const char *program)
{
    log_state.program = program;
    const char *wanted = getenv("SELENGA_LOG");
    log_state.most = wanted && strcmp(wanted, "debug") == 0 ? L_DEBUG : L_INFO;
}

void log_to(int fd)
{
    log_state.fd = fd < 0 ? STDERR_FILENO : fd;
}

// Each character that a terminal might obey, and each byte that is no UTF-8, becomes '?'. Returns the size.
static size_t make_clean(char *line, size_t size)
{
    size_t out = 0;
    for (size_t at = 0; at < size;) {
        size_t n = utf8_length(slice(line + at, size - at));
        bool clean = n > 0 && text_is_clean(slice(line + at, n));
        if (n == 0) n = 1;
        if (clean) memmove(line + out, line + at, n);
        if (!clean) line[out] = '?';
        out += clean ? n : 1;
        at += n;
    }
    return out;
}

static void write_line(log_level_t level, const char *id, const char *text, uint64_t left_out)
{
    char line[LINE_MAX_BYTES];
    char stamp[sizeof "2026-09-01T08:00:00Z"] = "-";
    time_t now = (time_t)wall_s();
    struct tm utc;
    if (gmtime_r(&now, &utc)) strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
    int n = snprintf(line, sizeof line - 64, "%s %s %s %s: %s", stamp, log_state.program, LEVEL_NAMES[level],
                     id, text);
    size_t size = n < 0 ? 0 : (size_t)n < sizeof line - 64 ? (size_t)n : sizeof line - 65;
    if (left_out) {
        n = snprintf(line + size, sizeof line - size, " (+%llu)", (unsigned long long)left_out);
        size += (size_t)n;
    }
    size = make_clean(line, size);
    line[size++] = '\n';
    (void)!write(log_state.fd, line, size);
}

void log_at(log_level_t level, const char *id, const char *format, ...)
{
    if (level > log_state.most) return;
    char text[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    write_line(level, id, text, 0);
}

// The slot of this pair, or the one to use for it.
static struct remembered *find_slot(const char *id, uint64_t key)
{
    struct remembered *oldest = remembered;
    for (size_t i = 0; i < REMEMBERED; i++) {
        struct remembered *slot = &remembered[i];
        if (!slot->id) return slot;
        if (slot->key == key && strcmp(slot->id, id) == 0) return slot;
        if (slot->written_ms < oldest->written_ms) oldest = slot;
    }
    *oldest = (struct remembered){0};
    return oldest;
}

void log_once(log_level_t level, const char *id, uint64_t key, const char *format, ...)
{
    if (level > log_state.most) return;
    struct remembered *slot = find_slot(id, key);
    uint64_t now = mono_ms();
    if (slot->id && now - slot->written_ms < QUIET_MS) {
        slot->left_out++;
        return;
    }
    char text[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    write_line(level, id, text, slot->left_out);
    *slot = (struct remembered){id, key, now, 0};
}
