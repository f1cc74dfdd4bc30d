// SPDX-License-Identifier: Apache-2.0
// Work that goes on while nobody waits for its page: imports, from the file that was sent to what they wrote,
// and the taking back of what an import or a change of many records wrote. Each is its account's, and has a
// folder DIR/console/job-ID: `about`, `source` and `plan` until it is done or a day old, rejected rows for a
// day, the journal by which it is taken back for 30 days. A console that is started anew knows them again;
// what was being looked at then is looked at anew.
#pragma once
#include "common/forms/undoing.h"
#include "common/node/node.h"
#include "services/console/upload.h"

enum {
    JOBS_MAX = 64,    // of all accounts
    JOBS_OF_ONE = 12, // of one; its oldest goes when there is one more
    JOB_ID = 25,
    JOB_PATH = 160,
    JOB_NOTES = 50, // rows that are shown of each sort
};

typedef enum job_state {
    JOB_NEW,     // a file, nothing looked at
    JOB_LOOKING, // a dry run is under way
    JOB_READY,   // there is a plan
    JOB_WRITING,
    JOB_DONE,
    JOB_UNDOING,
    JOB_UNDONE,
} job_state_t;

typedef struct job_note {
    size_t row; // 0: of none
    char *text; // owned
} job_note_t;

typedef struct job_notes {
    job_note_t items[JOB_NOTES];
    size_t n; // there may be more than are kept
} job_notes_t;

typedef struct job_tally {
    uint64_t created, changed, unchanged, rejected;
} job_tally_t;

typedef struct jobs jobs_t;

typedef struct job {
    char id[JOB_ID], account[CODE_MAX + 1], sheet[64];
    char source[UPLOAD_NAME_MAX]; // name of the file; "": pasted
    bool bulk;                    // a change of many records of kind `sheet`, and no import
    int64_t began_s;
    job_state_t state;
    job_tally_t planned, tally; // of the plan; of what is under way or done
    job_notes_t rejects, warnings, changes, missing, in_the_way;
    uint64_t removed, restored;
    char why[1024]; // of what broke off; "": nothing did
    struct job_work *work;
    jobs_t *jobs;
} job_t;

// In the current directory, the node's.
jobs_t *jobs_open(const node_conf_t *node, client_t **client);
void jobs_close(jobs_t **jobs);
// Now and then: what is too old goes.
void jobs_tick(jobs_t *jobs);

// NULL: there is none of this account's.
job_t *jobs_find(jobs_t *jobs, const char *id, const char *account);
// Those of the account, the latest first. Returns how many.
size_t jobs_of(jobs_t *jobs, const char *account, job_t *ret[static JOBS_MAX]);
// NULL with *why: there is no room.
job_t *job_new(jobs_t *jobs, const char *account, const char *sheet, const char *source, why_t *why);
void job_drop(job_t *job);
// A file of the job's.
const char *job_path(const job_t *job, const char *name, char buf[static JOB_PATH]);

// Begins a dry run; the client must be there (the page asks something first). False: job->why says why not.
bool job_look(job_t *job, lang_t lang);
// Does what the plan says.
bool job_write(job_t *job, lang_t lang);
bool job_undo(job_t *job, lang_t lang);
// Of a change of many records: what its journal tells is written.
void job_written(job_t *job);

void job_note(job_notes_t *notes, size_t row, const char *text);
