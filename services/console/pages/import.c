// SPDX-License-Identifier: Apache-2.0
// A table from outside: where it comes from. What is done with it then: import_job.c.
#include "services/console/pages/import.h"
#include "common/base/system_error.h"
#include "services/console/entry.h"
#include "services/console/pages.h"
#include "services/console/steps.h"
#include <stdio.h>

// May the reader write all that a row of the sheet is made into?
static bool may_import(const page_t *page, const char *name)
{
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    if (sheet_open(name, &sheet, NULL) != 0) return false;
    for (size_t i = 0; i < sheet_n_kinds(sheet); i++)
        if (!entry_may(page, sheet_kind(sheet, i), ACCESS_WRITE)) return false;
    return true;
}

const char *import_label(const char *name)
{
    const kind_rule_t *kind = kind_by_name(name);
    if (kind != NULL) return bilingual_text(&kind->label);
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    return sheet_open(name, &sheet, NULL) == 0 ? bilingual_text(&sheet_kind(sheet, 0)->label) : name;
}

// --- the list, and what to send

static const char *state_text(const job_t *job)
{
    switch (job->state) {
    case JOB_NEW:
        return _("columns are to be looked at");
    case JOB_LOOKING:
        return _("is being looked at");
    case JOB_READY:
        return _("waits for your decision");
    case JOB_WRITING:
        return _("is being written");
    case JOB_DONE:
        return _("done");
    case JOB_UNDOING:
        return _("is being taken back");
    case JOB_UNDONE:
        return _("taken back");
    }
    return "";
}

static void write_jobs(page_t *page)
{
    html_t *html = &page->body;
    job_t *jobs[JOBS_MAX];
    char href[64];
    const char *const heads[] = {_("When"), _("What"), _("File"), _("State")};
    size_t n = jobs_of(page->jobs, page->session->account.name, jobs);
    if (n == 0) return;
    html_element(html, "h2", _("Your imports and changes of many records"));
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < n; i++) {
        snprintf(href, sizeof href, "/import/%s", jobs[i]->id);
        part_row(html);
        html_raw(html, "<td>");
        html_moment(html, jobs[i]->began_s);
        html_raw(html, "</td><td>");
        part_link(html, href, import_label(jobs[i]->sheet));
        html_raw(html, "</td>");
        part_cell(html, jobs[i]->bulk ? "" : *jobs[i]->source != '\0' ? jobs[i]->source : _("pasted"));
        part_cell(html, state_text(jobs[i]));
        part_row_end(html);
    }
    part_table_end(html);
}

static void write_sheets(page_t *page)
{
    html_t *html = &page->body;
    const char *chosen =
        form_text(page->request->post ? &page->request->form : &page->request->query, "sheet");
    html_raw(html, "<div class=\"field\"><label for=\"sheet\">");
    html_text(html, _("What is in the table"));
    html_raw(html, "</label><select id=\"sheet\" name=\"sheet\">");
    for (size_t i = 0; sheet_name(i) != NULL; i++)
        if (may_import(page, sheet_name(i)))
            part_option(html, sheet_name(i), import_label(sheet_name(i)),
                        strcmp(*chosen != '\0' ? chosen : "staff", sheet_name(i)) == 0);
    html_raw(html, "</select></div>");
}

static void write_source(page_t *page)
{
    html_t *html = &page->body;
    html_raw(html, "<form method=\"post\" enctype=\"multipart/form-data\" action=\"/import\">");
    page_token(page, html);
    write_sheets(page);
    html_raw(html, "<div class=\"field\"><label for=\"file\">");
    html_text(html, _("A file: XLSX or CSV"));
    html_raw(html, "</label><span class=\"help\">");
    html_text(html,
              _("At most 20 MiB; in whatever charset Russian tables come, with or without a title above."));
    html_raw(html, "</span><input type=\"file\" id=\"file\" name=\"file\" accept=\".csv,.txt,.xlsx\"></div>"
                   "<div class=\"field\"><label for=\"text\">");
    html_text(html, _("Or cells copied from a table program, with their headings"));
    html_raw(html, "</label><textarea id=\"text\" name=\"text\" rows=\"6\"></textarea></div>"
                   "<p class=\"actions\"><button class=\"main\">");
    html_text(html, _("Look at it"));
    html_raw(html, "</button></p></form>");
}

static void write_index(page_t *page, const char *wrong)
{
    html_t *html = &page->body;
    page_title(page, "%s", _("Import"));
    steps_follow(page, STEP_STAFF);
    if (wrong != NULL) {
        page->status = 422;
        part_note(html, PART_BAD, wrong);
    }
    html_raw(html, "<p class=\"help\">");
    html_text(
        html,
        _("Nothing is written before you have seen what it would do. Who is not in the file stays as he is; "
          "what was written can be taken back."));
    html_raw(html, "</p>");
    write_source(page);
    write_jobs(page);
}

static void take_file(page_t *page)
{
    char path[JOB_PATH];
    why_t why;
    const char *sheet = form_text(&page->request->form, "sheet");
    if (page->upload == NULL || upload_size(page->upload) == 0) {
        write_index(page, _("Choose a file, or paste cells."));
        return;
    }
    if (!may_import(page, sheet)) {
        write_index(page, _("Choose what is in the table."));
        return;
    }
    job_t *job = job_new(page->jobs, page->session->account.name, sheet, upload_name(page->upload), &why);
    int rc = job != NULL ? upload_keep(page->upload, job_path(job, "source", path)) : 0;
    if (rc != 0) {
        why_set(&why, "%s", system_error(-rc));
        job_drop(job);
    }
    if (job == NULL || rc != 0)
        write_index(page, why.text);
    else
        page_go(page, "/import/%s", job->id);
}

void page_import(page_t *page)
{
    if (page->request->post)
        take_file(page);
    else
        write_index(page, NULL);
}
