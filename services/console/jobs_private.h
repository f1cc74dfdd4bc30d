// SPDX-License-Identifier: Apache-2.0
// What jobs.c and jobs_work.c share.
#pragma once
#include "common/forms/heading_map.h"
#include "common/forms/importing.h"
#include "common/forms/rejects.h"
#include "services/console/files.h"
#include "services/console/jobs.h"

struct jobs {
    const node_conf_t *node;
    client_t **client;
    job_t *items[JOBS_MAX];
    size_t n;
    int64_t swept_s;
};

// Of a job: what it needs while it is at work, and the columns between a dry run and the import.
typedef struct job_work {
    lang_t lang;
    heading_map_t *map;
    FILE *in, *plan;
    reading_t *reading;
    importing_t *importing;
    rejects_t *rejects;
    journal_t *journal;
    journal_reader_t written;
    bool reads; // `written`
    undoing_t *undoing;
} job_work_t;

void job_keep(const job_t *job);
void job_erase(const job_t *job, const char *name);
void job_forget_notes(job_t *job);
// Whatever is under way is abandoned.
void job_stop(job_t *job);
