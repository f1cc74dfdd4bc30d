// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/registry/keys.h"
#include "common/node/node.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int keys_make(void **state)
{
    const char *scratch = getenv("TEST_DIR");
    char dir[600];
    why_t why;
    node_keys_t keys;
    (void)state;
    snprintf(dir, sizeof dir, "%s.XXXXXX", scratch != NULL ? scratch : "/tmp/keys");
    for (char *c = dir + 1; *c != '\0'; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(dir, 0755);
        *c = '/';
    }
    if (mkdtemp(dir) == NULL || chdir(dir) != 0 || (mkdir("secret", 0700) != 0)) return -1;
    node_keys_make(&keys);
    return node_keys_save(".", &keys, &why);
}
