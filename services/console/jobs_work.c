// SPDX-License-Identifier: Apache-2.0
// Jobs at work: the dry run, the import, the undo, as answers come. Each speaks the language of who began it.
#include "common/base/system_error.h"
#include "common/forms/plan.h"
#include "common/forms/words.h"
#include "services/console/jobs_private.h"
#include <errno.h>
#include <stdlib.h>

#define HEADINGS "headings.tsv" // the command line's, too

// --- ends

static void close_files(job_work_t *work)
{
    importing_destroy(&work->importing);
    undoing_destroy(&work->undoing);
    reading_close(&work->reading);
    rejects_destroy(&work->rejects);
    journal_destroy(&work->journal);
    if (work->reads) journal_clear(&work->written);
    work->reads = false;
    if (work->plan != NULL) fclose(work->plan);
    if (work->in != NULL) fclose(work->in);
    work->plan = work->in = NULL;
}

void job_stop(job_t *job)
{
    if (job->work == NULL) return;
    close_files(job->work);
    heading_map_close(&job->work->map);
    free(job->work);
    job->work = NULL;
}

static job_work_t *begin(job_t *job, lang_t lang)
{
    if (job->work == NULL) job->work = xcalloc(1, sizeof *job->work);
    job->work->lang = lang;
    job_forget_notes(job);
    return job->work;
}

static void say_why(job_t *job, const client_why_t *why)
{
    client_why_text(why, ".", job->work->lang, job->why, sizeof job->why);
}

static void say_fault(job_t *job, const fault_t *fault)
{
    const sheet_t *sheet = job->work->reading != NULL ? reading_sheet(job->work->reading) : NULL;
    if (sheet != NULL)
        sheet_fault_text(sheet, fault, job->work->lang, job->why, sizeof job->why);
    else
        fault_text_in(fault, job->work->lang, job->why, sizeof job->why);
}

static bool fail(job_t *job, job_state_t state)
{
    job->state = state;
    close_files(job->work);
    job_keep(job);
    return false;
}

static void count(job_tally_t *tally, uint32_t result)
{
    uint64_t *of[] = {[RESULT_NEW] = &tally->created,
                      [RESULT_CHANGED] = &tally->changed,
                      [RESULT_UNCHANGED] = &tally->unchanged,
                      [RESULT_REJECTED] = &tally->rejected};
    (*of[result])++;
}

// --- reading the file

static bool open_reading(job_t *job)
{
    job_work_t *work = job->work;
    char path[JOB_PATH];
    fault_t fault;
    reading_options_t options = {.org = job->jobs->node->rank == 0 ? job->jobs->node->org : NULL};
    int rc = work->map != NULL ? 0 : heading_map_open(HEADINGS, &work->map);
    if (rc == 0 && (work->in = fopen(job_path(job, "source", path), "re")) == NULL) rc = -errno;
    if (rc != 0) {
        snprintf(job->why, sizeof job->why, "%s", system_error(-rc));
        return false;
    }
    options.n_aliases = heading_map_of(work->map, job->sheet, &options.aliases);
    if (reading_open(job->sheet, work->in, &options, &work->reading, &fault) == 0) return true;
    say_fault(job, &fault);
    return false;
}

static bool start(job_t *job, importing_setup_t *setup)
{
    client_why_t why;
    job_work_t *work = job->work;
    if (*job->jobs->client == NULL) {
        snprintf(job->why, sizeof job->why, "%s", _("The node is starting. Try again in some seconds."));
        return false;
    }
    setup->client = *job->jobs->client;
    setup->account = job->account;
    setup->reading = work->reading;
    setup->lang = work->lang;
    setup->plan = work->plan;
    setup->context = job;
    work->importing = importing_start(setup, &why);
    if (work->importing == NULL) say_why(job, &why);
    return work->importing != NULL;
}

// --- the dry run

static void add_change(void *context, const char *field, const char *label, const char *before,
                       const char *after)
{
    FILE *out = context;
    (void)field;
    fprintf(out, "%s%s: %s → %s", ftell(out) > 0 ? "; " : "", label, *before != '\0' ? before : "—",
            *after != '\0' ? after : "—");
}

static void note_change(job_t *job, const importing_row_t *row)
{
    AUTO(xfree) char *text = NULL;
    size_t size;
    if (job->changes.n >= JOB_NOTES) {
        job->changes.n++;
        return;
    }
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) out_of_memory();
    plan_changes(row->outcome, job->work->lang, add_change, out);
    fclose(out);
    job_note(&job->changes, row->number, text);
}

static void note_reasons(job_t *job, const importing_row_t *row)
{
    if (job->rejects.n >= JOB_NOTES) {
        job->rejects.n++;
        return;
    }
    AUTO(xfree) char *text = importing_reasons(reading_sheet(job->work->reading), row, job->work->lang);
    job_note(&job->rejects, row->number, text);
}

static void look_row(void *context, const importing_row_t *row)
{
    job_t *job = context;
    char text[FAULT_TEXT];
    i18n_use(job->work->lang);
    count(&job->tally, row->result);
    if (row->result == RESULT_REJECTED) note_reasons(job, row);
    if (row->result == RESULT_CHANGED && row->outcome != NULL) note_change(job, row);
    for (size_t i = 0; i < row->n_warnings; i++)
        job_note(&job->warnings, row->number,
                 sheet_fault_text(reading_sheet(job->work->reading), &row->warnings[i], job->work->lang, text,
                                  sizeof text));
}

static void look_missing(void *context, const char *ref)
{
    job_t *job = context;
    job_note(&job->missing, 0, ref);
}

static void look_done(void *context, client_status_t status, const client_why_t *why, const fault_t *fault)
{
    job_t *job = context;
    i18n_use(job->work->lang);
    if (fault != NULL)
        say_fault(job, fault);
    else if (status != CLIENT_DONE)
        say_why(job, why);
    else if (fflush(job->work->plan) != 0)
        snprintf(job->why, sizeof job->why, "%s", system_error(errno));
    job->planned = job->tally;
    job->state = job->why[0] == '\0' ? JOB_READY : JOB_NEW;
    close_files(job->work);
    job_keep(job);
}

bool job_look(job_t *job, lang_t lang)
{
    char path[JOB_PATH];
    if (job->state != JOB_NEW && job->state != JOB_READY) return false;
    heading_map_t **map = job->work != NULL ? &job->work->map : NULL;
    if (map != NULL) heading_map_close(map); // what was said since counts
    job_work_t *work = begin(job, lang);
    job->tally = job->planned = (job_tally_t){0};
    if (!open_reading(job)) return fail(job, JOB_NEW);
    if ((work->plan = fopen(job_path(job, "plan", path), "we")) == NULL) {
        snprintf(job->why, sizeof job->why, "%s", system_error(errno));
        return fail(job, JOB_NEW);
    }
    importing_setup_t setup = {.dry = true, .row = look_row, .missing = look_missing, .done = look_done};
    if (!start(job, &setup)) return fail(job, JOB_NEW);
    job->state = JOB_LOOKING;
    job_keep(job);
    return true;
}

// --- the import

static void write_row(void *context, const importing_row_t *row)
{
    job_t *job = context;
    job_work_t *work = job->work;
    i18n_use(work->lang);
    count(&job->tally, row->result);
    if (row->outcome != NULL) journal_add(work->journal, row->outcome);
    if (row->result != RESULT_REJECTED) return;
    note_reasons(job, row);
    AUTO(xfree) char *text = importing_reasons(reading_sheet(work->reading), row, work->lang);
    rejects_add(work->rejects, row->number, text, row->cells, row->n);
}

static void write_turn(void *context)
{
    job_t *job = context;
    journal_flush(job->work->journal);
}

static void write_done(void *context, client_status_t status, const client_why_t *why, const fault_t *fault)
{
    job_t *job = context;
    job_work_t *work = job->work;
    i18n_use(work->lang);
    if (fault != NULL)
        say_fault(job, fault);
    else if (status != CLIENT_DONE)
        say_why(job, why);
    int rc = journal_finish(work->journal, status == CLIENT_DONE && fault == NULL),
        kept = rejects_finish(work->rejects);
    if (rc == 0) rc = kept;
    if (rc < 0 && job->why[0] == '\0') snprintf(job->why, sizeof job->why, "%s", system_error(-rc));
    job->state = JOB_DONE;
    job_keep(job);
    job_stop(job);
    job_erase(job, "source");
    job_erase(job, "plan");
}

static void open_rejects(job_t *job)
{
    job_work_t *work = job->work;
    char path[JOB_PATH];
    bool own[CSV_COLUMNS_MAX];
    const sheet_t *sheet = reading_sheet(work->reading);
    const csv_row_t *header = reading_header(work->reading);
    for (size_t i = 0; i < header->n; i++) own[i] = sheet_is_own(sheet, i);
    rejects_form_t form = {header, own, reading_separator(work->reading), NULL, NULL};
    sheet_own_headings(sheet, &form.line, &form.reason);
    work->rejects = rejects_new(job_path(job, "source", path), job->sheet, &form);
}

bool job_write(job_t *job, lang_t lang)
{
    char path[JOB_PATH];
    if (job->state != JOB_READY || job->work == NULL) return false;
    job_work_t *work = begin(job, lang);
    job->tally = (job_tally_t){0};
    if (!open_reading(job)) return fail(job, JOB_NEW);
    if ((work->plan = fopen(job_path(job, "plan", path), "re")) == NULL) {
        snprintf(job->why, sizeof job->why, "%s", system_error(errno));
        return fail(job, JOB_NEW);
    }
    open_rejects(job);
    work->journal = journal_new(job_path(job, "undo", path), job->sheet, job->source);
    importing_setup_t setup = {
        .run = journal_run(work->journal), .row = write_row, .turn = write_turn, .done = write_done};
    if (!start(job, &setup)) return fail(job, JOB_NEW);
    job->state = JOB_WRITING;
    job_keep(job);
    return true;
}

// --- the undo

static void note_way(job_t *job, const undoing_told_t *told)
{
    char text[FAULT_TEXT], line[FAULT_TEXT + 128], id[RID_TEXT], number[WORDS_KIND];
    const char *why = told->forgotten ? _("what it said before is not kept any more")
                                      : fault_text_of(&told->fault, kind_by_number(told->entry->kind),
                                                      job->work->lang, text, sizeof text);
    snprintf(line, sizeof line, "%s %s: %s", words_kind_in(told->entry->kind, job->work->lang, number),
             rid_text(&told->entry->id, id), why);
    job_note(&job->in_the_way, 0, line);
}

static void undo_done(void *context, client_status_t status, const client_why_t *why)
{
    job_t *job = context;
    const undoing_told_t *told;
    const undoing_t *undoing = job->work->undoing;
    char path[JOB_PATH];
    i18n_use(job->work->lang);
    if (status != CLIENT_DONE) say_why(job, why);
    size_t n = undoing_told(undoing, &told);
    for (size_t i = 0; i < n; i++) note_way(job, &told[i]);
    job->in_the_way.n = undoing_in_the_way(undoing);
    job->removed += undoing_removed(undoing);
    job->restored += undoing_restored(undoing);
    bool whole = status == CLIENT_DONE && n == 0;
    job->state = whole ? JOB_UNDONE : JOB_DONE;
    if (whole) (void)journal_forget(job_path(job, "undo", path), &job->work->written);
    job_keep(job);
    job_stop(job);
}

static uint32_t service_of(const job_t *job)
{
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    const kind_rule_t *kind = job->bulk ? kind_by_name(job->sheet) : NULL;
    if (kind != NULL) return kind->number / 100;
    return sheet_open(job->sheet, &sheet, NULL) == 0 ? sheet_kind(sheet, 0)->number / 100 : 0;
}

bool job_undo(job_t *job, lang_t lang)
{
    char path[JOB_PATH];
    client_why_t why;
    if (job->state != JOB_DONE || *job->jobs->client == NULL) return false;
    job_work_t *work = begin(job, lang);
    int rc = journal_read(job_path(job, "undo", path), &work->written);
    work->reads = true;
    if (rc < 0) {
        snprintf(job->why, sizeof job->why, "%s",
                 rc == -ENOENT ? _("Nothing was written, so there is nothing to take back.")
                               : system_error(-rc));
        return fail(job, JOB_DONE);
    }
    work->undoing = undoing_start(*job->jobs->client, service_of(job), job->account, "import --undo",
                                  &work->written, undo_done, job, &why);
    if (work->undoing == NULL) {
        say_why(job, &why);
        return fail(job, JOB_DONE);
    }
    job->state = JOB_UNDOING;
    job_keep(job);
    return true;
}

void job_written(job_t *job)
{
    job->state = JOB_DONE;
    job_keep(job);
}
