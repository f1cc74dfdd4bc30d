// SPDX-License-Identifier: Apache-2.0
#include "services/console/files.h"
#include "common/schema/ids.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>

int files_open(void)
{
    return mkdir(FILES_DIR, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

int files_fresh(const char *prefix, const char *suffix, char ret_path[static FILES_PATH])
{
    uint8_t bytes[12];
    char letters[2 * sizeof bytes + 1];
    randombytes_buf(bytes, sizeof bytes);
    snprintf(ret_path, FILES_PATH, "%s/%s%s%s", FILES_DIR, prefix,
             hex_text(slice(bytes, sizeof bytes), letters), suffix);
    return files_open();
}
