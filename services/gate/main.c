// SPDX-License-Identifier: Apache-2.0
// selenga-gate DIR: the gate of the node in DIR, in the foreground.
#include "common/base/log.h"
#include "common/base/pulse.h"
#include "common/node/node.h"
#include "services/gate/gate.h"
#include "services/gate/settings.h"
#include <sodium.h>
#include <stdlib.h>

enum { EXIT_USAGE = 64 };

static int usage(FILE *to, int code)
{
    fputs(_("Usage: selenga-gate DIR         run the gate of the node in DIR\n"
            "       selenga-gate --settings  print the settings of section gate in node.conf, and the "
            "counters\n"
            "`selenga node run DIR` starts it together with the node's services.\n"),
          to);
    return code;
}

static int print_tables(void)
{
    counters_t counters = counters_of(GATE_COUNTERS, NULL, N_GATE_COUNTERS);
    settings_print(&GATE_SETTINGS, stdout);
    fputs("\n", stdout);
    counters_print_help(&counters, stdout);
    return 0;
}

static int run(const char *dir)
{
    AUTO(gate_close) gate_t *gate = NULL;
    why_t why = {""};
    if (node_enter(dir, &why) || gate_open(&gate, &why)) {
        log_at(L_ERROR, "GATE-START", "%s", why.text);
        return EXIT_FAILURE;
    }
    const char *endpoint = gate_endpoint(gate);
    log_at(L_INFO, "GATE-READY", _("version %s, children connect at: %s"), SELENGA_VERSION,
           *endpoint ? endpoint : "-");
    gate_run(gate);
    log_at(L_INFO, "GATE-STOP", _("stopped"));
    return 0;
}

int main(int argc, char **argv)
{
    pulse_open();
    forbid_core_dumps();
    i18n_init();
    log_init("selenga-gate");
    if (argc == 2 && strcmp(argv[1], "--help") == 0) return usage(stdout, 0);
    if (argc == 2 && strcmp(argv[1], "--settings") == 0) return print_tables();
    if (argc != 2 || argv[1][0] == '-') return usage(stderr, EXIT_USAGE);
    if (sodium_init() < 0) return EXIT_FAILURE;
    return run(argv[1]);
}
