// SPDX-License-Identifier: Apache-2.0
// selenga: the command line, and the supervisor of a node.
#include <sodium.h>
#include <stdlib.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "services/cli/cli.h"
#include "services/cli/terminal.h"

int main(int argc, char **argv)
{
    forbid_core_dumps();
    i18n_init();
    terminal_guard();
    if (sodium_init() < 0) abort();
    return cli_main(argc, argv);
}
