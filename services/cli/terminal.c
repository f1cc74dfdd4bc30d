// SPDX-License-Identifier: Apache-2.0
#include "services/cli/terminal.h"
#include "common/text.h"
#include "common/util.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ESCAPE = 6 }; // \uXXXX

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
            char escape[ESCAPE + 1];
            snprintf(escape, sizeof escape, "\\u%04x",
                     (unsigned)(code_point((const uint8_t *)c, n) & 0xffff));
            memcpy(out, escape, ESCAPE);
            out += ESCAPE;
        }
        at += n;
    }
    return (size_t)(out - ret);
}

static ssize_t write_guarded(void *cookie, const char *text, size_t size)
{
    int fd = *(const int *)cookie;
    AUTO(xfree) char *buf = xmalloc(ESCAPE * size + 1);
    size_t length = terminal_escape(text, size, buf);
    for (size_t done = 0; done < length;) {
        ssize_t n = write(fd, buf + done, length - done);
        if (n < 0 && errno != EINTR) return 0;
        if (n > 0) done += (size_t)n;
    }
    return (ssize_t)size;
}

static void guard(FILE **stream, const int *fd)
{
    if (!isatty(*fd)) return;
    FILE *guarded = fopencookie((void *)(uintptr_t)fd, "w", (cookie_io_functions_t){.write = write_guarded});
    if (guarded == NULL) abort();
    setvbuf(guarded, NULL, _IOLBF, BUFSIZ);
    *stream = guarded;
}

void terminal_guard(void)
{
    static const int out = STDOUT_FILENO, err = STDERR_FILENO;
    guard(&stdout, &out);
    guard(&stderr, &err);
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
