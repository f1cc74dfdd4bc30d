// SPDX-License-Identifier: Apache-2.0
#include "services/console/setup.h"
#include "common/base/file.h"
#include "common/base/system_error.h"
#include "common/node/first.h"
#include "common/node/node.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FREE_CODES = 3, // wrong ones that cost nothing
    WAIT_MOST = 6,  // doublings of a second
    USAGE = 64,     // status of the command line: its last line tells of --help
    OPTION = SETUP_WORD + 16,
};

// --- the mark and its code

static int refuse_mark(const setup_t *self, int error, why_t *why)
{
    why_set(why, "%s: %s", self->mark, system_error(error));
    return -1;
}

static int lock_mark(setup_t *self, why_t *why)
{
    struct stat st;
    self->mark_fd = file_open_kept(self->mark, O_RDWR, 0600);
    if (self->mark_fd < 0) return refuse_mark(self, -self->mark_fd, why);
    bool ours = fstat(self->mark_fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 077) == 0;
    if (ours && flock(self->mark_fd, LOCK_EX | LOCK_NB) == 0) return 0;
    int error = ours ? errno : EACCES;
    xclose(&self->mark_fd); // another's is left as it is
    if (error != EWOULDBLOCK) return refuse_mark(self, error, why);
    why_set(why, _("the first start of %s is open already, in another process"), self->dir);
    return -1;
}

static int write_code(setup_t *self, why_t *why)
{
    onetime_make(self->code);
    if (ftruncate(self->mark_fd, 0) != 0 ||
        pwrite(self->mark_fd, self->code, ONETIME_TEXT - 1, 0) != ONETIME_TEXT - 1)
        return refuse_mark(self, errno, why);
    return 0;
}

static bool node_is_there(const setup_t *self)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/node.conf", self->dir);
    return access(path, F_OK) == 0;
}

int setup_open(setup_t *self, const char *dir, why_t *why)
{
    *self = (setup_t){.mark_fd = -1, .command = {.out = -1, .err = -1}};
    ssize_t n = readlink("/proc/self/exe", self->bin_dir, sizeof self->bin_dir - 1);
    if (n <= 0 || !text_copy(self->dir, sizeof self->dir, dir)) return refuse_mark(self, ENAMETOOLONG, why);
    *strrchr(self->bin_dir, '/') = '\0';
    for (size_t end = strlen(self->dir); end > 1 && self->dir[end - 1] == '/';) self->dir[--end] = '\0';
    snprintf(self->mark, sizeof self->mark, "%s" FIRST_SETUP_SUFFIX, self->dir);
    if (lock_mark(self, why) != 0 || write_code(self, why) != 0) return -1;
    self->state = node_is_there(self) ? SETUP_MADE : SETUP_ASKS;
    return 0;
}

void setup_close(setup_t *self)
{
    command_stop(&self->command);
    if (self->mark_fd >= 0 && !node_is_there(self)) unlink(self->mark);
    xclose(&self->mark_fd);
    sodium_memzero(&self->wish, sizeof self->wish);
    sodium_memzero(self->code, sizeof self->code);
}

bool setup_code_fits(setup_t *self, const char *code, uint64_t now_ms, unsigned *ret_wait_s)
{
    *ret_wait_s = now_ms < self->free_ms ? (unsigned)((self->free_ms - now_ms + 999) / 1000) : 0;
    if (*ret_wait_s > 0) return false;
    if (strlen(code) == ONETIME_TEXT - 1 && sodium_memcmp(code, self->code, ONETIME_TEXT - 1) == 0) {
        self->wrong = 0;
        return true;
    }
    if (++self->wrong < FREE_CODES) return false;
    unsigned doubled = self->wrong - FREE_CODES;
    self->free_ms = now_ms + (1000UL << (doubled < WAIT_MOST ? doubled : WAIT_MOST));
    return false;
}

// --- making it

typedef struct options {
    char texts[4][OPTION];
    char *argv[16];
    size_t n, n_texts;
} options_t;

static void add(options_t *self, const char *word)
{
    self->argv[self->n++] = (char *)(uintptr_t)word;
}

// In one word, so that no value can pass for an option of its own.
static void add_option(options_t *self, const char *name, const char *value)
{
    if (*value == '\0') return;
    char *text = self->texts[self->n_texts++];
    snprintf(text, OPTION, "--%s=%s", name, value);
    add(self, text);
}

static void fail(setup_t *self, setup_state_t state, const char *text)
{
    self->state = state;
    snprintf(self->why, sizeof self->why, "%s", text);
}

void setup_begin(setup_t *self, const setup_wish_t *wish, lang_t lang)
{
    char program[PATH_MAX + 16];
    options_t options = {.n = 0};
    self->wish = *wish;
    self->why[0] = '\0';
    add(&options, "selenga");
    add(&options, "node");
    add(&options, wish->joins ? "join" : "init");
    add(&options, self->dir);
    if (wish->joins) add(&options, "-"); // the token, on standard input
    if (!wish->joins) add_option(&options, "org", wish->org);
    if (!wish->joins) add_option(&options, "level", wish->level);
    add_option(&options, "name", wish->name);
    add_option(&options, "listen", wish->listen);
    add(&options, NULL);
    snprintf(program, sizeof program, "%s/selenga", self->bin_dir);
    int r = command_start(&self->command, program, options.argv, wish->joins ? wish->token : "", lang);
    if (r == 0)
        self->state = SETUP_WORKS;
    else
        fail(self, SETUP_ASKS, system_error(-r));
}

// "selenga: TEXT" or "selenga node init: TEXT", a line each; what tells of --help is no use in a browser.
static void take_why(setup_t *self, int status, char *said)
{
    size_t n = 0;
    self->why[0] = '\0';
    for (char *rest = said, *line; (line = strsep(&rest, "\n")) != NULL;) {
        char *words = strncmp(line, "selenga", 7) == 0 ? strstr(line, ": ") : NULL;
        bool last = rest == NULL || *rest == '\0';
        if (*line == '\0' || (status == USAGE && last && n > 0)) continue;
        int length = snprintf(self->why + n, sizeof self->why - n, "%s%s", n > 0 ? "\n" : "",
                              words != NULL ? words + 2 : line);
        if (length < 0 || (size_t)length >= sizeof self->why - n) break;
        n += (size_t)length;
    }
    if (n == 0)
        snprintf(self->why, sizeof self->why, _("the node was not made; the command ended with status %d"),
                 status);
}

void setup_turn(setup_t *self)
{
    int status;
    AUTO(xfree) char *out = NULL, *err = NULL;
    if (self->state != SETUP_WORKS || !command_ended(&self->command, &status, &out, &err)) return;
    if (status == 0)
        sodium_memzero(&self->wish, sizeof self->wish);
    else
        take_why(self, status, err);
    sodium_memzero(err, strlen(err)); // it has the phrase, too
    self->state = status == 0 ? SETUP_MADE : SETUP_ASKS;
}

bool setup_leave(setup_t *self)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/" FIRST_CODE_FILE, self->dir);
    int rc = file_replace(path, slice_text(self->code), 0600); // one code for all of the first start
    if (rc == 0 && unlink(self->mark) != 0) rc = -errno;
    if (rc == 0) self->state = SETUP_OVER;
    if (rc != 0) fail(self, SETUP_MADE, system_error(-rc));
    return rc == 0;
}
