// SPDX-License-Identifier: Apache-2.0
// Asks for a report and shows it in the form that was asked for.
#include "services/cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/base/util.h"
#include "services/cli/ask.h"
#include "services/cli/report_explain.h"
#include "services/cli/report_forms.h"

enum {
    OPTION_ORG = CLI_KEY,
    OPTION_PERIOD,
    OPTION_CSV,
    OPTION_XLSX,
    OPTION_EXPLAIN,
};

const struct argp_option REPORT_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("the organisation; else the node's own"), 0},
    {"period", OPTION_PERIOD, "PERIOD", 0, N_("2024, 2024-Q3, 2024-H1 or 2023/24 (an academic year)"), 0},
    {"csv", OPTION_CSV, NULL, 0, N_("print CSV, one row for each organisation and indicator"), 0},
    {"xlsx", OPTION_XLSX, "FILE", 0, N_("write the same as a workbook"), 0},
    {"explain", OPTION_EXPLAIN, "CODE", 0,
     N_("in place of the report: whom this indicator counts, whom it does not and for which rule, and which "
        "organisations "
        "sent no data"),
     0},
    {0},
};

// ---- verb

// A default is only for people in a hurry: programs and papers name the period.
static void last_finished_year(char *buffer, size_t size)
{
    time_t now = (time_t)wall_s();
    struct tm tm;
    localtime_r(&now, &tm);
    snprintf(buffer, size, "%d", tm.tm_year + 1900 - 1);
    cli_say(_("no --period given: showing %s, the last year that is over"), buffer);
}

// Rows go to the disk as they come: a country's report takes no more memory than a school's.
static int write_xlsx(const report_t *report, const char *file)
{
    const char *why = workbook_write(file, true, report_fill_xlsx, (void *)(uintptr_t)report);
    return why == NULL ? CLI_DONE : cli_refuse(_("%s cannot be written: %s"), file, why);
}

int report_run(const cli_t *cli)
{
    char year[24];
    bool csv = cli_option(cli, OPTION_CSV) != NULL;
    const char *xlsx = cli_option(cli, OPTION_XLSX);
    if (csv + (xlsx != NULL) + cli->json > 1)
        return cli_usage(cli, _("--csv, --xlsx and --json exclude each other"));
    if (cli_option(cli, OPTION_EXPLAIN) != NULL && (csv || xlsx != NULL))
        return cli_usage(cli, _("--explain is text, or JSON"));
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    const char *period = cli_option(cli, OPTION_PERIOD);
    if (!period) {
        last_finished_year(year, sizeof year);
        period = year;
    }
    Selenga__Report request = SELENGA__REPORT__INIT;
    request.period = (char *)period;
    request.org = (char *)cli_option(cli, OPTION_ORG);
    request.explain = (char *)cli_option(cli, OPTION_EXPLAIN);
    if (request.explain != NULL) return report_explain(ask, &request, cli->json);
    AUTO(report_clear) report_t report = {0};
    client_why_t why;
    client_status_t status = report_read(ask_client(ask), &request, &report, &why);
    if (status != CLIENT_DONE) return ask_said(ask, status, &why);
    if (!report.unit) return cli_refuse(_("the node sent a report without its organisation"));
    if (xlsx) return write_xlsx(&report, xlsx);
    if (cli->json)
        report_print_json(&report);
    else if (csv)
        report_write_csv(stdout, &report);
    else
        report_print_tables(&report);
    return CLI_DONE;
}
