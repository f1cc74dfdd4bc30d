// SPDX-License-Identifier: Apache-2.0
// Folders that become a node by one rename, so a crash or a refusal leaves no half-made node.
#include "services/cli/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/i18n.h"
#include "common/node.h"
#include "common/util.h"
#include "services/cli/cli.h"

static bool is_ours(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_uid == geteuid();
}

// A file or an empty folder; never through a link that somebody else has put there.
static void remove_in(int dir, const char *name)
{
    char folder[NAME_MAX + 1];
    const char *slash = strchr(name, '/'), *base = slash ? slash + 1 : name;
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - name) : 1, slash ? name : ".");
    AUTO(xclose) int at = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (at < 0 || !is_ours(at)) return;
    if (unlinkat(at, base, 0) != 0) unlinkat(at, base, AT_REMOVEDIR);
}

void draft_remove(const char *draft)
{
    static const char *const names[] = {
        "node.conf",
        "node.conf.new",
        "secret/node.key",
        "secret/node.key.new",
        "secret/door.key",
        "secret/door.key.new",
        "secret/root.key",
        "secret/root.key.new",
        "token",
        // folders, inner ones first
        "secret",
        "run",
        "log",
        "store/registry",
        "store/diagnostics",
        "store/routing",
        "store/reporting",
        "store",
    };
    AUTO(xclose) int dir = open(draft, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0 || !is_ours(dir)) return;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) remove_in(dir, names[i]);
    rmdir(draft);
}

int draft_name(const char *dir, const char *suffix, char *ret_draft, size_t size)
{
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/') n--;
    int length = snprintf(ret_draft, size, "%.*s%s", (int)n, dir, suffix);
    if (length < 0 || (size_t)length >= size) return cli_refuse("%s: %s", dir, strerror(ENAMETOOLONG));
    return CLI_DONE;
}

int draft_check_free(const char *dir)
{
    struct stat st;
    if (lstat(dir, &st) != 0) return errno == ENOENT ? CLI_DONE : cli_refuse("%s: %s", dir, strerror(errno));
    if (S_ISDIR(st.st_mode) && rmdir(dir) == 0)
        return mkdir(dir, st.st_mode & 07777) == 0 ? CLI_DONE : CLI_REFUSED;
    return cli_refuse(_("%s exists and is not empty; nothing was changed"), dir);
}

int draft_make(const char *draft)
{
    why_t why;
    struct stat st;
    draft_remove(draft);
    if (lstat(draft, &st) == 0)
        return cli_refuse(
            _("%s is there, and was not made by this command; remove it, or choose another folder"), draft);
    if (node_make_dirs(draft, &why) == 0) return CLI_DONE;
    return cli_refuse("%s", why.text);
}

int draft_finish(const char *draft, const char *dir)
{
    if (rename(draft, dir) != 0) return cli_refuse("%s: %s", dir, strerror(errno));
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s/..", dir);
    AUTO(xclose) int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) fsync(fd);
    return CLI_DONE;
}
