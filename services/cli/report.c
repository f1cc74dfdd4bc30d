// SPDX-License-Identifier: Apache-2.0
// Asks for a report, page by page, and shows it in the form that was asked for.
#include "services/cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/base/util.h"
#include "common/node/msg.h"
#include "services/cli/ask.h"
#include "services/cli/report_forms.h"

enum {
    OPTION_ORG = CLI_KEY,
    OPTION_PERIOD,
    OPTION_CSV,
    OPTION_XLSX,
    REPORT_TIMEOUT_MS = 120000,
    BEGIN_AGAIN_MOST = 20
};

const struct argp_option REPORT_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("the organisation; else the node's own"), 0},
    {"period", OPTION_PERIOD, "PERIOD", 0, N_("2024, 2024-Q3, 2024-H1 or 2023/24 (an academic year)"), 0},
    {"csv", OPTION_CSV, NULL, 0, N_("print CSV, one row for each organisation and indicator"), 0},
    {"xlsx", OPTION_XLSX, "FILE", 0, N_("write the same as a workbook"), 0},
    {0},
};

// ---- asking

static void report_clear(report_t *report)
{
    for (size_t i = 0; i < report->n_pages; i++) msg_body_free(&report->pages[i]);
    free(report->pages);
    free(report->children);
    *report = (report_t){0};
}

static void add_page(report_t *report, Selenga__ReportReply *page)
{
    report->pages = xrealloc(report->pages, (report->n_pages + 1) * sizeof(Selenga__ReportReply *));
    report->pages[report->n_pages++] = page;
    size_t n = report->n_children + page->n_children;
    report->children = xrealloc(report->children, (n + 1) * sizeof(Selenga__ReportUnit *));
    for (size_t i = 0; i < page->n_children; i++) report->children[report->n_children++] = page->children[i];
}

// What is counted may change between two pages so often that the node does not keep the first one's state.
static int ask_pages(ask_t *ask, Selenga__Report *request, report_t *report)
{
    int again = 0, r;
    bool more = true;
    while (more) {
        Selenga__ReportReply *page = NULL;
        r = ask_call(ask, SERVICE_REPORTING, MSG_REPORT, request, MSG_REPORT_REPLY,
                     &selenga__report_reply__descriptor, &page, REPORT_TIMEOUT_MS);
        if (r != CLI_DONE) return r;
        if (report->n_pages > 0 && page->state != report->pages[0]->state) {
            report_clear(report);
            request->after = NULL;
            msg_body_free(&page);
            if (++again > BEGIN_AGAIN_MOST)
                return cli_refuse(
                    _("the figures change faster than the report can be read; try again later"));
            continue;
        }
        add_page(report, page);
        more = page->more && page->n_children > 0;
        if (more) request->after = page->children[page->n_children - 1]->org;
        request->has_state = true;
        request->state = page->state;
    }
    report->period = report->pages[0]->period;
    report->as_of = report->pages[0]->as_of;
    report->unit = report->pages[0]->unit;
    return CLI_DONE;
}

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

int report_run(const cli_t *cli)
{
    char year[24];
    bool csv = cli_option(cli, OPTION_CSV) != NULL;
    const char *xlsx = cli_option(cli, OPTION_XLSX);
    if (csv + (xlsx != NULL) + cli->json > 1)
        return cli_usage(cli, _("--csv, --xlsx and --json exclude each other"));
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
    AUTO(report_clear) report_t report = {0};
    r = ask_pages(ask, &request, &report);
    if (r != CLI_DONE) return r;
    if (!report.unit) return cli_refuse(_("the node sent a report without its organisation"));
    if (xlsx) return report_write_xlsx(&report, xlsx);
    if (cli->json)
        report_print_json(&report);
    else if (csv)
        report_print_csv(&report);
    else
        report_print_tables(&report);
    return CLI_DONE;
}
