// SPDX-License-Identifier: Apache-2.0
// `selenga template`: an empty sheet. It needs no node.
#include "services/cli/import.h"

#include "common/base/i18n.h"
#include "common/forms/template.h"
#include "services/cli/named.h"

int template_run(const cli_t *cli)
{
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    const char *file = cli_option(cli, TEMPLATE_OPTION_XLSX);
    int r = named_sheet(cli->args[0], &sheet);
    if (r != CLI_DONE) return r;
    if (cli->json) return cli_usage(cli, _("a sheet is CSV; for JSON use: selenga --json list KIND"));
    const char *why = file != NULL ? template_xlsx(sheet, file) : NULL;
    if (why != NULL) return cli_refuse(_("%s cannot be written: %s"), file, why);
    return file != NULL || template_csv(sheet, stdout) == 0 ? CLI_DONE : CLI_REFUSED;
}
