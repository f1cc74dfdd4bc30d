// SPDX-License-Identifier: Apache-2.0
// One import, from its columns to its undo. What is under way is shown as it goes on: the page asks for
// itself again, also without script.
#include "common/base/file.h"
#include "common/base/system_error.h"
#include "services/console/entry.h"
#include "services/console/pages.h"
#include "services/console/pages/import.h"
#include <stdio.h>
#include <unistd.h>

enum { REFRESH_S = 1 };

static job_t *job_here(page_t *page)
{
    job_t *job = jobs_find(page->jobs, page->request->segments[1], page->session->account.name);
    if (job == NULL)
        page_refuse(page, 404, _("There is no such import"),
                    _("It is not yours, or is not kept any more. Send the table again."));
    return job;
}

// --- parts of the page

static void write_tally(page_t *page, const job_tally_t *tally)
{
    html_t *html = &page->body;
    const char *const heads[] = {_("New"), _("Changed"), _("As they are"), _("Refused")};
    const uint64_t counts[] = {tally->created, tally->changed, tally->unchanged, tally->rejected};
    part_table_of(html, ARRAY_SIZE(heads), heads, 15);
    part_row(html);
    for (size_t i = 0; i < ARRAY_SIZE(counts); i++) part_number(html, (int64_t)counts[i]);
    part_row_end(html);
    part_table_end(html);
}

static void write_notes(page_t *page, const char *title, const job_notes_t *notes)
{
    html_t *html = &page->body;
    if (notes->n == 0) return;
    html_raw(html, "<h2>");
    html_textf(html, "%s: %zu", title, notes->n);
    html_raw(html, "</h2><ul class=\"plain\">");
    for (size_t i = 0; i < notes->n && i < JOB_NOTES; i++) {
        html_raw(html, "<li>");
        if (notes->items[i].row > 0) html_textf(html, _("Row %zu: "), notes->items[i].row);
        html_text(html, notes->items[i].text);
        html_raw(html, "</li>");
    }
    html_raw(html, "</ul>");
    if (notes->n > JOB_NOTES) {
        html_raw(html, "<p>");
        html_textf(html, _("and %zu more"), notes->n - JOB_NOTES);
        html_raw(html, "</p>");
    }
}

// The kind of which a record stands for a row: the one that ends, else the first.
static const kind_rule_t *kind_of(const char *name)
{
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    if (sheet_open(name, &sheet, NULL) != 0) return kind_by_name(name);
    for (size_t i = 0; i < sheet_n_kinds(sheet); i++)
        if (sheet_kind(sheet, i)->ends_by != NULL) return sheet_kind(sheet, i);
    return sheet_kind(sheet, 0);
}

static void write_missing(page_t *page, const job_t *job)
{
    html_t *html = &page->body;
    const kind_rule_t *kind = kind_of(job->sheet);
    if (job->missing.n == 0 || kind == NULL) return;
    html_raw(html, "<h2>");
    html_textf(html, _("Here and not in the table: %zu"), job->missing.n);
    html_raw(html, "</h2><p>");
    html_text(html,
              _("The import leaves them as they are. Has anybody of them left? Then say it in his record."));
    html_raw(html, "</p><ul class=\"plain columns\">");
    for (size_t i = 0; i < job->missing.n && i < JOB_NOTES; i++) {
        html_raw(html, "<li>");
        entry_link(html, kind, job->missing.items[i].text, job->missing.items[i].text);
        html_raw(html, "</li>");
    }
    html_raw(html, "</ul>");
}

static void write_button(page_t *page, const job_t *job, const char *action, const char *text, bool main)
{
    char href[80];
    snprintf(href, sizeof href, "/import/%s?act=%s", job->id, action);
    part_button(page, href, text, main);
}

// --- as it stands

static void write_going(page_t *page, const job_t *job, const char *text)
{
    html_t *html = &page->body;
    const job_tally_t *tally = &job->tally, *all = &job->planned;
    unsigned long long rows = tally->created + tally->changed + tally->unchanged + tally->rejected;
    unsigned long long of = all->created + all->changed + all->unchanged + all->rejected;
    page->refresh_s = REFRESH_S;
    html_raw(html, "<p class=\"note\" role=\"status\">");
    html_text(html, text);
    if (job->state == JOB_WRITING)
        html_textf(html, _(" Row %llu of %llu."), rows, of);
    else if (job->state == JOB_LOOKING)
        html_textf(html, _(" Row %llu."), rows);
    html_raw(html, "</p><p>");
    part_link(html, page->request->uri, _("How far is it?"));
    html_raw(html, "</p>");
}

static void write_ready(page_t *page, const job_t *job)
{
    html_t *html = &page->body;
    bool writes = job->planned.created + job->planned.changed > 0;
    part_note(html, PART_PLAIN,
              writes ? _("Nothing is written yet. This is what the import will do, and nothing else:")
                     : _("There is nothing to write: all of it is here already, or is refused."));
    write_tally(page, &job->planned);
    html_raw(html, "<div class=\"actions\">");
    if (writes) write_button(page, job, "write", _("Write it"), true);
    write_button(page, job, "drop", _("Do not import"), false);
    html_raw(html, "</div>");
    write_notes(page, _("Refused rows"), &job->rejects);
    write_notes(page, _("Look at these once more"), &job->warnings);
    write_notes(page, _("Changes"), &job->changes);
    write_missing(page, job);
    html_raw(html, "<details><summary>");
    html_text(html, _("Columns"));
    html_raw(html, "</summary>");
    import_columns_write(page, job);
    html_raw(html, "</details>");
}

static bool has_file(const job_t *job, const char *name)
{
    char path[JOB_PATH];
    return access(job_path(job, name, path), F_OK) == 0;
}

static void write_undo(page_t *page, const job_t *job)
{
    html_t *html = &page->body;
    if (job->in_the_way.n > 0) {
        part_note(html, PART_BAD,
                  job->removed + job->restored > 0
                      ? _("The rest was taken back. See to these, and take it back once more:")
                      : _("Nothing was taken back: what was written has been changed since, or is "
                          "referred to."));
        write_notes(page, _("In the way"), &job->in_the_way);
    }
    if (!has_file(job, "undo") && !has_file(job, "undo.new")) return;
    html_element(html, "h2", _("Take it back"));
    html_element(
        html, "p",
        _("What was new is deleted, what was changed is written again as it was; and only if nobody has "
          "changed any of it since. It can be done for 30 days."));
    write_button(page, job, "undo", _("Take all of it back"), false);
}

static void write_done(page_t *page, const job_t *job)
{
    html_t *html = &page->body;
    char href[80];
    snprintf(href, sizeof href, "/import/%s/rejected.csv", job->id);
    if (job->why[0] == '\0') part_note(html, PART_GOOD, _("Done: written on this computer."));
    write_tally(page, &job->tally);
    write_notes(page, _("Refused rows"), &job->rejects);
    if (has_file(job, "source.rejected.csv")) {
        html_raw(html, "<p><a");
        html_attribute(html, "href", href);
        html_raw(html, " download>");
        html_text(html, _("Refused rows as a file, to be put right and sent again"));
        html_raw(html, "</a></p>");
    }
    write_missing(page, job);
    write_undo(page, job);
}

static void write_undone(page_t *page, const job_t *job)
{
    html_t *html = &page->body;
    part_note(html, PART_GOOD, _("It was taken back: everything stands as it stood before."));
    html_raw(html, "<p>");
    html_textf(html, _("Deleted: %llu. Written again as before: %llu."), (unsigned long long)job->removed,
               (unsigned long long)job->restored);
    html_raw(html, "</p>");
}

static void write_state(page_t *page, const job_t *job)
{
    switch (job->state) {
    case JOB_NEW:
        import_columns_write(page, job);
        return;
    case JOB_LOOKING:
        write_going(page, job, _("The table is being looked at."));
        return;
    case JOB_READY:
        write_ready(page, job);
        return;
    case JOB_WRITING:
        write_going(page, job, _("It is being written."));
        return;
    case JOB_DONE:
        write_done(page, job);
        return;
    case JOB_UNDOING:
        write_going(page, job, _("It is being taken back."));
        return;
    case JOB_UNDONE:
        write_undone(page, job);
        return;
    }
}

// --- what is done with it

static void take_act(page_t *page, job_t *job)
{
    const char *act = form_text(&page->request->query, "act");
    if (strcmp(act, "look") == 0) {
        if (job->state != JOB_NEW && job->state != JOB_READY) act = "";
        if (*act != '\0' && !import_columns_take(page, job)) return;
        if (*act != '\0') (void)job_look(job, page->lang);
    } else if (strcmp(act, "write") == 0) {
        (void)job_write(job, page->lang);
    } else if (strcmp(act, "undo") == 0) {
        (void)job_undo(job, page->lang);
    } else if (strcmp(act, "drop") == 0 && (job->state == JOB_NEW || job->state == JOB_READY)) {
        job_drop(job);
        page_go(page, "/import");
        return;
    } else if (strcmp(act, "drop") != 0) {
        page_refuse(page, 404, _("No such page"), _("There is no such address here."));
        return;
    }
    page_go(page, "/import/%s", job->id);
}

void page_job(page_t *page)
{
    html_t *html = &page->body;
    job_t *job = job_here(page);
    if (job == NULL) return;
    if (page->request->post) {
        take_act(page, job);
        return;
    }
    page_title(page, job->bulk ? _("Change of many: %s") : _("Import: %s"), import_label(job->sheet));
    html_raw(html, "<p>");
    part_link(html, "/import", _("All imports"));
    html_raw(html, "</p>");
    if (job->why[0] != '\0') part_note(html, PART_BAD, job->why);
    write_state(page, job);
}

void page_job_rejected(page_t *page)
{
    const job_t *job = job_here(page);
    char path[JOB_PATH];
    AUTO(xfree) uint8_t *bytes = NULL;
    size_t size;
    page->bare = job != NULL;
    if (job == NULL) return;
    int rc = file_read(job_path(job, "source.rejected.csv", path), HTML_MAX, false, &bytes, &size);
    if (rc == 0) {
        html_literal(&page->body, (const char *)bytes, size);
        page->type = "text/csv; charset=utf-8";
        snprintf(page->attachment, sizeof page->attachment, "attachment; filename=\"rejected.csv\"");
        return;
    }
    page->bare = false;
    page_refuse(page, 404, _("There is no such file"),
                _("No row was refused, or the file is a day old and was erased."));
}
