// SPDX-License-Identifier: Apache-2.0
#include "common/base/filesystem.h"
#include "common/base/util.h"
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/statfs.h>

static const struct {
    uint32_t type;
    const char *name;
} refused[] = {
    {0xff534d42, "SMB/CIFS"}, {0xfe534d42, "SMB"},  {0x517b, "SMB"},      {0x01021997, "9P"},
    {0x786f4256, "vboxsf"},   {0x6969, "NFS"},      {0x65735546, "FUSE"}, {0x5346414f, "AFS"},
    {0x73757245, "Coda"},     {0x00c36400, "Ceph"}, {0x564c, "NCP"},
};

const char *filesystem_refused(uint32_t type)
{
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
        if (refused[i].type == type) return refused[i].name;
    return NULL;
}

// The folder above, in place: "a/b" -> "a", "a" -> ".", "/a" -> "/". False: there is none.
static bool go_up(char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') path[--n] = '\0';
    if (strcmp(path, "/") == 0 || strcmp(path, ".") == 0) return false;
    char *slash = strrchr(path, '/');
    if (!slash)
        strcpy(path, ".");
    else
        slash[slash == path] = '\0';
    return true;
}

const char *filesystem_refused_at(const char *path)
{
    char at[PATH_MAX];
    struct statfs fs;
    if (!*path || !text_copy(at, sizeof at, path)) return NULL;
    while (statfs(at, &fs) != 0)
        if (errno != ENOENT || !go_up(at)) return NULL;
    return filesystem_refused((uint32_t)fs.f_type);
}
