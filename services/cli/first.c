// SPDX-License-Identifier: Apache-2.0
#include "services/cli/first.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/shell.h"
#include "common/base/util.h"
#include "common/node/first.h"
#include "services/cli/cli.h"

enum { CODE_MOST = 64 };

void first_say(const char *dir, const char *url)
{
    char path[PATH_MAX + sizeof FIRST_CODE_FILE + 1];
    AUTO(xfree) uint8_t *code = NULL;
    size_t size;
    snprintf(path, sizeof path, "%s/%s", dir, FIRST_CODE_FILE);
    if (*url == '\0' || file_read(path, CODE_MOST, true, &code, &size) != 0) return;
    AUTO(xfree) char *word = shell_word(path);
    // What is no terminal may be a log, which others read.
    if (isatty(STDERR_FILENO))
        cli_say(_("nobody can log in yet: open %s%s in a browser of this computer and type the code %s"), url,
                FIRST_PAGE, (const char *)code);
    else
        cli_say(
            _("nobody can log in yet: open %s%s in a browser of this computer; the code for it stands in %s"),
            url, FIRST_PAGE, word);
    sodium_memzero(code, size);
}
