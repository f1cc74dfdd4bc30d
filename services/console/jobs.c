// SPDX-License-Identifier: Apache-2.0
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/system_error.h"
#include "common/schema/ids.h"
#include "services/console/jobs_private.h"
#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DAY_S = 24 * 3600, KEPT_S = 30 * DAY_S, SWEEP_S = 600, ABOUT_MAX = 4096 };

static const char *const FILES[] = {
    "source",   "source.rejected.csv", "source.rejected.csv.new", "plan", "undo", "undo.new", "about",
    "about.new"};

const char *job_path(const job_t *job, const char *name, char buf[static JOB_PATH])
{
    snprintf(buf, JOB_PATH, FILES_DIR "/job-%s%s%s", job->id, *name != '\0' ? "/" : "", name);
    return buf;
}

void job_erase(const job_t *job, const char *name)
{
    char path[JOB_PATH];
    (void)unlink(job_path(job, name, path));
}

// --- what is known of it on the disk

void job_keep(const job_t *job)
{
    char text[ABOUT_MAX], path[JOB_PATH];
    int n =
        snprintf(text, sizeof text, "%s\t%s\t%s\t%d\t%lld\t%d\t%llu\t%llu\t%llu\t%llu\t%llu\t%llu\n",
                 job->sheet, job->account, job->source, job->bulk, (long long)job->began_s, (int)job->state,
                 (unsigned long long)job->tally.created, (unsigned long long)job->tally.changed,
                 (unsigned long long)job->tally.unchanged, (unsigned long long)job->tally.rejected,
                 (unsigned long long)job->removed, (unsigned long long)job->restored);
    (void)file_replace(job_path(job, "about", path), slice(text, (size_t)n), 0600);
}

static bool take_number(char **rest, int64_t *ret)
{
    const char *piece = strsep(rest, "\t");
    return piece != NULL && int_parse(piece, 0, INT64_MAX, ret);
}

static bool take_text(char **rest, char *to, size_t size)
{
    const char *piece = strsep(rest, "\t");
    return piece != NULL && text_copy(to, size, piece);
}

static bool read_about(job_t *job)
{
    char path[JOB_PATH];
    AUTO(xfree) uint8_t *bytes = NULL;
    size_t size;
    int64_t numbers[9];
    if (file_read(job_path(job, "about", path), ABOUT_MAX, true, &bytes, &size) != 0) return false;
    char *rest = (char *)bytes;
    rest[strcspn(rest, "\n")] = '\0';
    bool good = take_text(&rest, job->sheet, sizeof job->sheet) &&
                take_text(&rest, job->account, sizeof job->account) &&
                take_text(&rest, job->source, sizeof job->source);
    for (size_t i = 0; good && i < ARRAY_SIZE(numbers); i++) good = take_number(&rest, &numbers[i]);
    if (!good || numbers[2] > JOB_UNDONE) return false;
    job->bulk = numbers[0] != 0;
    job->began_s = numbers[1];
    job->state = (job_state_t)numbers[2];
    job->tally =
        (job_tally_t){(uint64_t)numbers[3], (uint64_t)numbers[4], (uint64_t)numbers[5], (uint64_t)numbers[6]};
    job->removed = (uint64_t)numbers[7];
    job->restored = (uint64_t)numbers[8];
    return true;
}

// What was under way when the console ended.
static void pick_up(job_t *job)
{
    if (job->state == JOB_LOOKING || job->state == JOB_READY) {
        job->state = JOB_NEW;
        job->tally = (job_tally_t){0};
    } else if (job->state == JOB_WRITING) {
        job->state = JOB_DONE;
        why_t why;
        why_set(&why, _("It was cut off when the console ended; what was written until then can be taken "
                        "back. Importing the "
                        "file again is safe."));
        snprintf(job->why, sizeof job->why, "%s", why.text);
    } else if (job->state == JOB_UNDOING) {
        job->state = JOB_DONE;
    }
}

// --- the list of them

static void forget_notes(job_notes_t *notes)
{
    for (size_t i = 0; i < notes->n && i < JOB_NOTES; i++) free(notes->items[i].text);
    *notes = (job_notes_t){0};
}

void job_forget_notes(job_t *job)
{
    forget_notes(&job->rejects);
    forget_notes(&job->warnings);
    forget_notes(&job->changes);
    forget_notes(&job->missing);
    forget_notes(&job->in_the_way);
    job->why[0] = '\0';
}

void job_note(job_notes_t *notes, size_t row, const char *text)
{
    if (notes->n < JOB_NOTES) notes->items[notes->n] = (job_note_t){row, xstrdup(text)};
    notes->n++;
}

static void free_job(job_t *job)
{
    job_stop(job);
    job_forget_notes(job);
    free(job);
}

void job_drop(job_t *job)
{
    char path[JOB_PATH];
    jobs_t *jobs = job->jobs;
    for (size_t i = 0; i < ARRAY_SIZE(FILES); i++) job_erase(job, FILES[i]);
    (void)rmdir(job_path(job, "", path));
    for (size_t i = 0; i < jobs->n; i++)
        if (jobs->items[i] == job) jobs->items[i--] = jobs->items[--jobs->n];
    free_job(job);
}

static bool is_at_work(const job_t *job)
{
    return job->state == JOB_LOOKING || job->state == JOB_WRITING || job->state == JOB_UNDOING;
}

static int by_age(const void *a, const void *b)
{
    const job_t *one = *(job_t *const *)a, *other = *(job_t *const *)b;
    return (one->began_s < other->began_s) - (one->began_s > other->began_s);
}

size_t jobs_of(jobs_t *jobs, const char *account, job_t *ret[static JOBS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < jobs->n; i++)
        if (strcmp(jobs->items[i]->account, account) == 0) ret[n++] = jobs->items[i];
    qsort(ret, n, sizeof(job_t *), by_age);
    return n;
}

job_t *jobs_find(jobs_t *jobs, const char *id, const char *account)
{
    for (size_t i = 0; i < jobs->n; i++)
        if (strcmp(jobs->items[i]->id, id) == 0 && strcmp(jobs->items[i]->account, account) == 0)
            return jobs->items[i];
    return NULL;
}

static bool make_room(jobs_t *jobs, const char *account)
{
    job_t *own[JOBS_MAX];
    size_t n = jobs_of(jobs, account, own);
    for (size_t i = n; i-- > 0 && n >= JOBS_OF_ONE;) {
        if (is_at_work(own[i])) continue;
        job_drop(own[i]);
        n--;
    }
    return n < JOBS_OF_ONE && jobs->n < JOBS_MAX;
}

job_t *job_new(jobs_t *jobs, const char *account, const char *sheet, const char *source, why_t *why)
{
    uint8_t bytes[(JOB_ID - 1) / 2];
    char path[JOB_PATH];
    int rc;
    if (!make_room(jobs, account)) {
        why_set(why, _("Too much is under way already. Wait until it is done."));
        return NULL;
    }
    job_t *job = xcalloc(1, sizeof *job);
    randombytes_buf(bytes, sizeof bytes);
    hex_text(slice(bytes, sizeof bytes), job->id);
    job->jobs = jobs;
    snprintf(job->account, sizeof job->account, "%s", account);
    snprintf(job->sheet, sizeof job->sheet, "%s", sheet);
    snprintf(job->source, sizeof job->source, "%s", source);
    for (char *c = job->source; *c != '\0'; c++)
        if ((unsigned char)*c < ' ') *c = ' ';
    job->began_s = wall_s();
    if ((rc = files_open()) != 0 || mkdir(job_path(job, "", path), 0700) != 0) {
        why_set(why, "%s", system_error(rc != 0 ? -rc : errno));
        free(job);
        return NULL;
    }
    job_keep(job);
    return jobs->items[jobs->n++] = job;
}

// --- life

static void load(jobs_t *jobs, const char *name)
{
    char path[JOB_PATH];
    job_t *job = xcalloc(1, sizeof *job);
    job->jobs = jobs;
    if (jobs->n == JOBS_MAX || !text_copy(job->id, sizeof job->id, name) || !read_about(job)) {
        free(job);
        return;
    }
    pick_up(job);
    (void)path;
    jobs->items[jobs->n++] = job;
}

jobs_t *jobs_open(const node_conf_t *node, client_t **client)
{
    jobs_t *jobs = xcalloc(1, sizeof *jobs);
    char path[FILES_PATH + 256];
    *jobs = (jobs_t){.node = node, .client = client};
    DIR *dir = opendir(FILES_DIR);
    for (const struct dirent *one; dir != NULL && (one = readdir(dir)) != NULL;) {
        snprintf(path, sizeof path, FILES_DIR "/%s", one->d_name);
        if (strncmp(one->d_name, "job-", 4) == 0)
            load(jobs, one->d_name + 4);
        else if (strncmp(one->d_name, "upload-", 7) == 0 || strncmp(one->d_name, "list-", 5) == 0)
            (void)unlink(path);
    }
    if (dir != NULL) closedir(dir);
    return jobs;
}

void jobs_close(jobs_t **jobs_p)
{
    jobs_t *jobs = *jobs_p;
    if (jobs == NULL) return;
    for (size_t i = 0; i < jobs->n; i++) free_job(jobs->items[i]);
    free(jobs);
    *jobs_p = NULL;
}

void jobs_tick(jobs_t *jobs)
{
    int64_t now_s = wall_s();
    if (now_s >= jobs->swept_s && now_s - jobs->swept_s < SWEEP_S) return;
    jobs->swept_s = now_s;
    for (size_t i = jobs->n; i-- > 0;) {
        job_t *job = jobs->items[i];
        int64_t age_s = now_s - job->began_s;
        if (is_at_work(job) || age_s < DAY_S) continue;
        job_erase(job, "source.rejected.csv");
        if (job->state < JOB_WRITING || age_s > KEPT_S) job_drop(job);
    }
}
