// SPDX-License-Identifier: Apache-2.0
// A report as a file: rows of CSV for programs, a workbook for people.
#include "common/base/vec.h"
#include "common/forms/report_forms.h"
#include "services/console/figures.h"
#include "services/console/pages.h"
#include <stdlib.h>

static const char MARK[] = "\xef\xbb\xbf"; // by which table programs know UTF-8

// The caller frees children; all else belongs to the page.
static bool ask_report(page_t *page, report_t *ret_report)
{
    figures_t figures;
    if (!figures_ask(page, page->request->segments[1], &figures)) return false;
    if (figures.unit == NULL) {
        page_refuse(page, 404, _("Nothing is here"), _("Nothing is known of this period yet."));
        return false;
    }
    *ret_report = (report_t){
        .period = figures.pages[0]->period, .as_of = figures.pages[0]->as_of, .unit = figures.unit};
    size_t n = figures_children(&figures);
    for (size_t i = 0; i < n; i++)
        *vec_add(ret_report->children, ret_report->n_children, ret_report->children_room) =
            (Selenga__ReportUnit *)(uintptr_t)figures_child(&figures, i);
    return true;
}

void page_report_csv(page_t *page)
{
    report_t report;
    char *bytes = NULL;
    size_t size = 0;
    if (!ask_report(page, &report)) return;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL) out_of_memory();
    fputs(MARK, out);
    report_write_csv(out, &report);
    fclose(out);
    html_literal(&page->body, bytes, size);
    page->type = "text/csv; charset=utf-8";
    free(bytes);
    free(report.children);
}

void page_report_xlsx(page_t *page)
{
    report_t report;
    size_t size;
    if (!ask_report(page, &report)) return;
    char *bytes = workbook_bytes(report_fill_xlsx, &report, &size);
    free(report.children);
    if (bytes == NULL) {
        page_refuse(page, 500, _("Not now"), _("The workbook cannot be put together."));
        return;
    }
    html_literal(&page->body, bytes, size);
    page->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    free(bytes);
}
