// SPDX-License-Identifier: Apache-2.0
#include "services/cli/first.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/i18n.h"
#include "common/base/shell.h"
#include "common/base/system_error.h"
#include "common/base/util.h"
#include "common/node/first.h"
#include "common/node/node.h"
#include "services/cli/cli.h"
#include "services/cli/draft.h"

#define CONSOLE "selenga-console"
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

// ---- where there is no node yet

static int whole_path(const char *dir, char ret[static PATH_MAX])
{
    char here[PATH_MAX] = "";
    if (*dir != '/' && !getcwd(here, sizeof here)) return cli_refuse("%s: %s", dir, system_error(errno));
    int n = snprintf(ret, PATH_MAX, "%s%s%s", here, *here ? "/" : "", dir);
    if (n < 0 || n >= PATH_MAX) return cli_refuse("%s: %s", dir, system_error(ENAMETOOLONG));
    while (n > 1 && ret[n - 1] == '/') ret[--n] = '\0';
    return CLI_DONE;
}

int first_is_due(const char *dir, bool *ret_is)
{
    why_t why;
    struct stat st;
    char whole[PATH_MAX], path[PATH_MAX + sizeof FIRST_SETUP_SUFFIX];
    AUTO(node_conf_clear) node_conf_t conf = {0};
    int r = whole_path(dir, whole);
    if (r != CLI_DONE) return r;
    int loaded = node_conf_load(whole, &conf, &why);
    if (loaded == NODE_E_REFUSED) return cli_refuse("%s", why.text);
    snprintf(path, sizeof path, "%s" FIRST_SETUP_SUFFIX, whole);
    *ret_is = loaded == NODE_E_ABSENT || lstat(path, &st) == 0;
    return loaded == NODE_E_ABSENT ? draft_check_free(whole) : CLI_DONE;
}

int first_setup(const char *dir)
{
    char program[PATH_MAX + sizeof CONSOLE], whole[PATH_MAX];
    int r = whole_path(dir, whole);
    if (r != CLI_DONE) return r;
    ssize_t n = readlink("/proc/self/exe", program, PATH_MAX - 1);
    if (n <= 0) return cli_refuse(_("cannot find the programs: %s"), system_error(errno));
    program[n] = '\0';
    strcpy(strrchr(program, '/') + 1, CONSOLE);
    execl(program, CONSOLE, "--setup", whole, (char *)NULL);
    return cli_refuse(_("%s: %s; all programs of Selenga belong in one folder"), program,
                      system_error(errno));
}
