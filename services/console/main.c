// SPDX-License-Identifier: Apache-2.0
// selenga-console DIR: the console of the node in DIR, in the foreground.
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/base/pulse.h"
#include "common/node/console.h"
#include "services/console/console.h"
#include "services/console/router.h"
#include "services/console/setup_life.h"
#include <sodium.h>
#include <stdlib.h>
#include <sysexits.h>

static int usage(FILE *to, int code)
{
    fputs(_("Usage: selenga-console DIR         show the node in DIR to people with a browser\n"
            "       selenga-console --setup DIR the first start of a computer that has no node in DIR yet\n"
            "       selenga-console --routes    print the table of addresses and who may have them, as JSON\n"
            "       selenga-console --settings  print the settings of section console in node.conf\n"
            "`selenga node run DIR` starts it together with the node's services.\n"),
          to);
    return code;
}

static int run(const char *dir)
{
    AUTO(console_close) console_t *console = NULL;
    why_t why = {""};
    if (node_enter(dir, &why) != 0 || console_open(&console, &why) != 0) {
        log_at(L_ERROR, "CONSOLE-START", "%s", why.text);
        return EX_CONFIG; // starting it again at once is of no use
    }
    log_at(L_INFO, "CONSOLE-READY", _("version %s, open in a browser: %s"), SELENGA_VERSION,
           console_url(console));
    if (console_run(console, &why) != 0) {
        log_at(L_ERROR, "CONSOLE-END", "%s", why.text);
        return EXIT_FAILURE;
    }
    log_at(L_INFO, "CONSOLE-STOP", _("stopped"));
    return 0;
}

int main(int argc, char **argv)
{
    pulse_open();
    forbid_core_dumps();
    i18n_init_all();
    log_init("selenga-console");
    if (argc == 2 && strcmp(argv[1], "--help") == 0) return usage(stdout, 0);
    if (argc == 2 && strcmp(argv[1], "--settings") == 0) {
        settings_print(&CONSOLE_SETTINGS, stdout);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--routes") == 0) return routes_print(stdout);
    if (argc == 3 && strcmp(argv[1], "--setup") == 0 && argv[2][0] == '/')
        return sodium_init() < 0 ? EXIT_FAILURE : setup_run(argv[2]);
    if (argc != 2 || argv[1][0] == '-') return usage(stderr, EX_USAGE);
    if (sodium_init() < 0) return EXIT_FAILURE;
    return run(argv[1]);
}
