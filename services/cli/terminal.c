// SPDX-License-Identifier: Apache-2.0
#include "services/cli/terminal.h"
#include "common/base/text.h"
#include "common/base/util.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TAIL_MAX = 3 }; // bytes of a character but its last

static uint32_t code_point(const uint8_t *c, size_t n)
{
    if (n == 2) return (c[0] & 0x1fU) << 6 | (c[1] & 0x3fU);
    if (n == 3) return (c[0] & 0x0fU) << 12 | (c[1] & 0x3fU) << 6 | (c[2] & 0x3fU);
    return c[0];
}

size_t terminal_escape(const char *text, size_t size, char *ret)
{
    char *out = ret;
    for (size_t at = 0; at < size;) {
        const char *c = text + at;
        size_t n = utf8_length(slice(c, size - at));
        bool plain = *c == '\n' || *c == '\t' || (n > 0 && text_is_clean(slice(c, n)));
        if (n == 0) n = 1; // no UTF-8: its byte
        if (plain) {
            memcpy(out, c, n);
            out += n;
        } else {
            char escape[TERMINAL_ESCAPE + 1];
            snprintf(escape, sizeof escape, "\\u%04x",
                     (unsigned)(code_point((const uint8_t *)c, n) & 0xffff));
            memcpy(out, escape, TERMINAL_ESCAPE);
            out += TERMINAL_ESCAPE;
        }
        at += n;
    }
    return (size_t)(out - ret);
}

typedef struct guard {
    int fd;
    char tail[TAIL_MAX]; // the beginning of a character whose rest stdio has not handed over yet
    size_t n_tail;
} guard_t;

size_t terminal_tail(const char *text, size_t size)
{
    for (size_t n = 1; n <= TAIL_MAX && n <= size; n++) {
        uint8_t c = (uint8_t)text[size - n];
        if ((c & 0xc0) == 0x80) continue;
        size_t whole = c > 0xf4 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;
        return whole > n ? n : 0;
    }
    return 0;
}

static ssize_t write_guarded(void *cookie, const char *text, size_t size)
{
    guard_t *guard = cookie;
    AUTO(xfree) char *whole = xmalloc(TAIL_MAX + size);
    memcpy(whole, guard->tail, guard->n_tail);
    memcpy(whole + guard->n_tail, text, size);
    size_t n_whole = guard->n_tail + size, n_tail = terminal_tail(whole, n_whole);
    AUTO(xfree) char *buf = xmalloc(TERMINAL_ESCAPE * n_whole + 1);
    size_t length = terminal_escape(whole, n_whole - n_tail, buf);
    for (size_t done = 0; done < length;) {
        ssize_t n = write(guard->fd, buf + done, length - done);
        if (n < 0 && errno != EINTR) return 0;
        if (n > 0) done += (size_t)n;
    }
    memcpy(guard->tail, whole + n_whole - n_tail, n_tail);
    guard->n_tail = n_tail;
    return (ssize_t)size;
}

static void guard(FILE **stream, guard_t *guard)
{
    if (!isatty(guard->fd)) return;
    FILE *guarded = fopencookie(guard, "w", (cookie_io_functions_t){.write = write_guarded});
    if (guarded == NULL) abort();
    setvbuf(guarded, NULL, _IOLBF, BUFSIZ);
    *stream = guarded;
}

void terminal_guard(void)
{
    static guard_t out = {.fd = STDOUT_FILENO}, err = {.fd = STDERR_FILENO};
    guard(&stdout, &out);
    guard(&stderr, &err);
}

size_t terminal_width(void)
{
    enum { WIDEST = 10000 };
    int64_t columns = 0;
    struct winsize size;
    const char *set = getenv("COLUMNS");
    if (!isatty(STDOUT_FILENO)) return 0;
    if (set != NULL && int_parse(set, 1, WIDEST, &columns)) return (size_t)columns;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void command(int fd, FILE *stream, const char *text)
{
    fflush(stream);
    if (write(fd, text, strlen(text)) < 0) return; // a terminal that is gone
}

void terminal_clear(void)
{
    command(STDOUT_FILENO, stdout, "\033[H\033[2J");
}

void terminal_clear_line(void)
{
    command(STDERR_FILENO, stderr, "\r\033[K");
}
