// SPDX-License-Identifier: Apache-2.0
// The handler uses what was prepared before it was needed, and calls only what a handler may.
#include "common/store/kv_guard.h"
#include "common/base/i18n.h"
#include "common/schema/fault.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STACK_BYTES = 64 * 1024, LINE_BYTES = 1024 };

static const int SIGNALS[] = {SIGBUS, SIGSEGV, SIGABRT}; // the last: the C library found its heap spoilt
static char damaged[LINE_BYTES] = " error STORE-DAMAGED: the store is damaged\n";
static char broken[LINE_BYTES] = " error CRASHED: the program broke off\n";
static const void *volatile map_at;
static volatile size_t map_size;
static struct sigaction before[ARRAY_SIZE(SIGNALS)]; // who had the signals: nobody, or a sanitizer
static _Thread_local sigjmp_buf *volatile back;      // of the thread inside kv_guard_run

static void put_digits(char *to, int n, int64_t value)
{
    for (; n-- > 0; value /= 10) to[n] = (char)('0' + value % 10);
}

// Days since 1970 as a date, by the usual arithmetic on years that begin in March: gmtime is not for
// handlers.
static void put_stamp(char *stamp, int64_t now)
{
    int64_t days = now / 86400 + 719468, second = now % 86400, era = days / 146097, doe = days % 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    put_digits(stamp, 4, era * 400 + yoe + (month <= 2));
    put_digits(stamp + 5, 2, month);
    put_digits(stamp + 8, 2, doy - (153 * mp + 2) / 5 + 1);
    put_digits(stamp + 11, 2, second / 3600);
    put_digits(stamp + 14, 2, second / 60 % 60);
    put_digits(stamp + 17, 2, second % 60);
}

static void say(const char *line)
{
    char text[32 + LINE_BYTES] = "0000-00-00T00:00:00Z";
    size_t stamp = strlen(text), size = strlen(line);
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    put_stamp(text, now.tv_sec);
    memcpy(text + stamp, line, size);
    (void)!write(STDERR_FILENO, text, stamp + size);
}

void kv_guard_fail(void)
{
    if (back != NULL) siglongjmp(*back, 1);
    say(damaged);
    _exit(KV_GUARD_EXIT);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    uintptr_t at = (uintptr_t)info->si_addr, map = (uintptr_t)map_at;
    bool opening = back != NULL, aborts = number == SIGABRT;
    if (aborts) back = NULL; // it may hold locks of the heap: there is no way back
    if (opening || (!aborts && map != 0 && at >= map && at - map < map_size)) kv_guard_fail();
    say(broken);
    // The same instruction again, or what somebody sent: to those who had it before.
    for (size_t i = 0; i < ARRAY_SIZE(SIGNALS); i++)
        if (SIGNALS[i] == number) sigaction(number, &before[i], NULL);
    if (info->si_code <= 0) raise(number);
}

static struct sigaction action(void)
{
    struct sigaction act = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&act.sa_mask);
    return act;
}

// Of `text`, what fits as one line.
static void prepare(char *line, const char *program, const char *id, const char *place, const char *text)
{
    snprintf(line, LINE_BYTES - 1, " %s error %s: %s: %s", program, id, place, text);
    for (char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f) *c = '?';
    strcat(line, "\n");
}

void kv_guard_install(const char *program, const char *place)
{
    static uint8_t stack[STACK_BYTES];
    fault_t fault;
    char text[FAULT_TEXT];
    fault_set(&fault, "STORE-DAMAGED", NULL);
    prepare(damaged, program, "STORE-DAMAGED", place, fault_text(&fault, text, sizeof text));
    prepare(broken, program, "CRASHED", place,
            _("the program broke off. If it does so again and again, its store may be damaged: with the node "
              "stopped, move the store's directory away, and the neighbours give back what of it they hold"));
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack}, there;
    struct sigaction act = action();
    // A sanitizer has a stack already, and frees the one that it finds.
    if (sigaltstack(NULL, &there) != 0 || (there.ss_flags & SS_DISABLE) != 0) sigaltstack(&alternate, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(SIGNALS); i++) sigaction(SIGNALS[i], &act, &before[i]);
}

int kv_guard_run(int (*fn)(void *arg), void *arg)
{
    struct sigaction act = action(), old[ARRAY_SIZE(SIGNALS)];
    sigjmp_buf here;
    volatile int rc = -EUCLEAN;
    for (size_t i = 0; i < ARRAY_SIZE(SIGNALS); i++) sigaction(SIGNALS[i], &act, &old[i]);
    if (sigsetjmp(here, 1) == 0) {
        back = &here;
        rc = fn(arg);
    }
    back = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(SIGNALS); i++) sigaction(SIGNALS[i], &old[i], NULL);
    return rc;
}

void kv_guard_map(const void *map, size_t size)
{
    map_at = map;
    map_size = size;
}
