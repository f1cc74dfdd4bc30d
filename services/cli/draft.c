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

#include "common/base/file.h"
#include "common/base/filesystem.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include "common/base/util.h"
#include "common/node/node.h"
#include "services/cli/cli.h"

// Made first, removed last: a node has none, so nobody can pass a node off as a draft to be emptied.
static const char MARK[] = "draft";

static bool is_ours(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_uid == geteuid();
}

static bool holds(int dir, const char *name)
{
    struct stat st;
    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

// Nothing of value: the folders of a draft that was broken off before its mark was made.
static bool is_bare(int dir)
{
    return !holds(dir, "node.conf") && !holds(dir, "secret/node.key") && !holds(dir, "secret/root.key") &&
           !holds(dir, "secret/door.key");
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

static bool open_folder(draft_t *draft)
{
    AUTO(xclose) int fd = open(draft->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || !is_ours(fd)) return false;
    draft_close(draft);
    draft->fd = fd;
    fd = -1;
    snprintf(draft->at, sizeof draft->at, "/proc/self/fd/%d", draft->fd);
    return true;
}

bool draft_find(draft_t *draft)
{
    if (open_folder(draft) && holds(draft->fd, MARK)) return true;
    draft_close(draft);
    return false;
}

void draft_close(draft_t *draft)
{
    if (draft->fd >= 0) close(draft->fd);
    draft->fd = -1;
    draft->at[0] = '\0';
}

void draft_remove(draft_t *draft)
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
        "draft",
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
    if (draft->fd < 0 && !open_folder(draft)) return;
    if (holds(draft->fd, MARK) || is_bare(draft->fd))
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) remove_in(draft->fd, names[i]);
    draft_close(draft);
    rmdir(draft->path);
}

int draft_place(const char *dir, const char *suffix, draft_t *ret_draft)
{
    *ret_draft = (draft_t){.fd = -1};
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/') n--;
    int length = snprintf(ret_draft->path, sizeof ret_draft->path, "%.*s%s", (int)n, dir, suffix);
    if (length < 0 || (size_t)length >= sizeof ret_draft->path)
        return cli_refuse("%s: %s", dir, system_error(ENAMETOOLONG));
    return CLI_DONE;
}

int draft_check_filesystem(const char *dir)
{
    const char *name = filesystem_refused_at(dir);
    if (!name) return CLI_DONE;
    return cli_refuse(
        _("%s lies on %s: there a store is not safe, since what was written may be lost or mixed with "
          "another computer's. Choose a folder on a disk of this computer"),
        dir, name);
}

int draft_check_free(const char *dir)
{
    struct stat st;
    int r = draft_check_filesystem(dir);
    if (r != CLI_DONE) return r;
    if (lstat(dir, &st) != 0)
        return errno == ENOENT ? CLI_DONE : cli_refuse("%s: %s", dir, system_error(errno));
    if (S_ISDIR(st.st_mode) && rmdir(dir) == 0)
        return mkdir(dir, st.st_mode & 07777) == 0 ? CLI_DONE : CLI_REFUSED;
    return cli_refuse(_("%s exists and is not empty; nothing was changed"), dir);
}

static int refuse_strange(const draft_t *draft)
{
    return cli_refuse(_("%s is there, and was not made by this command; remove it, or choose another folder"),
                      draft->path);
}

// Where others may rename what is ours, no check of the draft holds: theirs would become the node.
static int check_folder(const draft_t *draft)
{
    char folder[PATH_MAX];
    int r = file_is_exposed(draft->path, folder, sizeof folder);
    if (r < 0) return cli_refuse("%s: %s", draft->path, system_error(-r));
    if (r == 0) return CLI_DONE;
    return cli_refuse(_("everybody may write to %s and so put another node in this one's place; take another "
                        "folder, or give it the sticky bit (chmod +t)"),
                      folder);
}

int draft_make(draft_t *draft)
{
    why_t why;
    struct stat st;
    int r = check_folder(draft);
    if (r != CLI_DONE) return r;
    draft_remove(draft);
    if (lstat(draft->path, &st) == 0) return refuse_strange(draft);
    if (node_make_dirs(draft->path, &why) != 0) return cli_refuse("%s", why.text);
    if (!open_folder(draft) || !is_bare(draft->fd)) return refuse_strange(draft);
    AUTO(xclose)
    int mark = openat(draft->fd, MARK, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (mark < 0) return cli_refuse("%s/%s: %s", draft->path, MARK, system_error(errno));
    return CLI_DONE;
}

int draft_finish(draft_t *draft, const char *dir)
{
    struct stat made, there;
    if (fstat(draft->fd, &made) != 0 || lstat(draft->path, &there) != 0 || made.st_dev != there.st_dev ||
        made.st_ino != there.st_ino)
        return refuse_strange(draft);
    if (rename(draft->path, dir) != 0) return cli_refuse("%s: %s", dir, system_error(errno));
    unlinkat(draft->fd, MARK, 0);
    fsync(draft->fd);
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s/..", dir);
    AUTO(xclose) int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) fsync(fd);
    return CLI_DONE;
}
