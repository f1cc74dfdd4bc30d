// SPDX-License-Identifier: Apache-2.0
// replay PATH...: runs a target on every file named and on every file of every folder named. So each input
// that once did harm is tried in every build, without libFuzzer.
#include "common/base/file.h"
#include "tests/fuzz/fuzz.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>

enum { INPUT_MAX = 4 * 1024 * 1024 };

static unsigned done;

static int replay_file(const char *path)
{
    AUTO(xfree) uint8_t *data = NULL;
    size_t size;
    int rc = file_read(path, INPUT_MAX, false, &data, &size);
    if (rc != 0) return rc;
    AUTO(xfree) uint8_t *exact = xmemdup(data, size); // without the NUL behind it, so that reading on is seen
    fprintf(stderr, "%s\n", path);                    // the last one named is the one to blame
    LLVMFuzzerTestOneInput(exact, size);
    done++;
    return 0;
}

static int replay(const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL) return errno == ENOTDIR ? replay_file(path) : -errno;
    int rc = 0;
    for (struct dirent *entry; rc == 0 && (entry = readdir(dir)) != NULL;) {
        char inner[PATH_MAX];
        if (entry->d_name[0] == '.') continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        rc = replay_file(inner);
    }
    closedir(dir);
    return rc;
}

int main(int argc, char **argv)
{
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        int rc = replay(argv[i]);
        if (rc == 0) continue;
        fprintf(stderr, "%s: %s\n", argv[i], strerror(-rc));
        return 1;
    }
    printf("%u inputs\n", done);
    return done > 0 ? 0 : 1;
}
