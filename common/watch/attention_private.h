// SPDX-License-Identifier: Apache-2.0
// What the files of this room share; nobody else includes it.
#pragma once
#include "common/base/dict.h"
#include "common/node/pages.h"
#include "common/node/report.h"
#include "common/schema/body.h"
#include "common/schema/ids.h"
#include "common/watch/attention.h"
#include "common/watch/roll.h"

typedef struct place_of { // an organisation
    char *parent;         // NULL: it has none
    int32_t valid_to;
    bool has_end;
    bool ours;  // its record is of this node or of one below
    bool named; // names of people are known, there or below
} place_of_t;

typedef struct watcher watcher_t;
typedef struct staff staff_t; // staff.c
typedef struct question question_t;

// One question to a service, page by page. Questions are asked one after the other, in the order in which
// they were added; what comes of one may add more.
struct question {
    uint32_t service, type, reply;
    const ProtobufCMessageDescriptor *descriptor;
    const kind_rule_t *kind;  // of a list
    bool doubtful;            // of a list: only what makes little sense
    const char *org;          // of an explanation; belongs to the report
    const char *explain;      // of it: code of the indicator
    const watcher_t *watcher; // that asks; NULL: all that look at records
    size_t unit;              // number of what the watcher asks about
    // Takes a page. False: enough.
    bool (*take)(attention_t *a, const question_t *question, const void *page);
    void (*end)(attention_t *a, const question_t *question); // after its last page; NULL: nothing
};

typedef struct young young_t;   // answers.c
typedef struct tutors tutors_t; // tutors.c

struct attention {
    client_t *client;
    attention_done_t *done;
    void *context;
    char *org, *account;
    unsigned roles, reader;
    path_t own;
    int32_t today;
    char year[8];
    dict_t *codes; // of organisations, by their places in `orgs`
    place_of_t *orgs;
    size_t n_orgs, orgs_room;
    staff_t *people;
    roll_t *names; // of people, where they are looked at
    report_t report;
    report_reading_t *reading;
    young_t *young;
    tutors_t *tutors;
    findings_t found;
    // what is asked
    question_t *questions;
    size_t n_questions, questions_room, at, step;
    page_mark_t mark; // where the present question's last page ended
    bool further;     // there was one
    uint32_t from;    // the same of an explanation
    uint64_t state;   // of figures, as the explanation's first page said
    uint64_t call;
};

typedef struct seen_record {
    const kind_rule_t *kind;
    const Selenga__Record *record;
    const body_t *body;
    bool ours; // of this node or of one below
} seen_record_t;

// Watchers are rows. One that looks at records sees each of its kinds once, then `end` is called; one that
// asks for something else has only `end`.
struct watcher {
    const char *what;
    unsigned roles; // R_ flags of whom it is for
    void (*see)(attention_t *a, const watcher_t *self, const seen_record_t *seen);
    const kind_rule_t *kinds[3];
    unsigned mark; // F_ flag; in place of `kinds`: every kind with a field of that mark
    bool figures;  // `end` looks at the report
    void (*end)(attention_t *a, const watcher_t *self); // it may add questions
    // where a condition of the record decides (common/service/sensible.h):
    const char *when;
    const char *since; // field of a date; "": it does not tell
    bool closed;       // only at organisations whose last day is over
    const char *text;  // msgid
};

extern const watcher_t WATCHERS[];
extern const size_t N_WATCHERS;
bool watcher_is_wanted(const attention_t *a, const watcher_t *watcher);

place_of_t *attention_org(const attention_t *a, const char *code); // NULL: not known
bool attention_is_within(const attention_t *a, const char *code, const char *above);
// Is the record of this node, or of one below?
bool attention_is_ours(const attention_t *a, const Selenga__Record *record);
// One more thing that needs somebody, if it is of the organisations that were asked for. What is no UTF-8 is
// left out. The finding belongs to the reading; valid until the next; NULL: it is of others.
finding_t *attention_add(attention_t *a, const char *what, const char *org, const kind_rule_t *kind,
                         const char *ref, const char *text);
// Field of the kind with this mark, or -1.
int attention_marked(const kind_rule_t *kind, unsigned mark);

// records.c: every record is seen once, whoever looks at it.
void records_ask_orgs(attention_t *a);
void records_ask(attention_t *a, const kind_rule_t *kind); // nothing where nobody looks
// The body of a record that an answer brought; NULL: it cannot be read.
body_t *records_body(const kind_rule_t *kind, const Selenga__Record *record, arena_t *arena);

// questions.c
// Not asked where the account may not.
void question_add(attention_t *a, const question_t *question);
void question_list(attention_t *a, const question_t *about, const kind_rule_t *kind);
// Asks the first question, or ends the reading. False, with *ret_why: it cannot be asked for now.
bool questions_go_on(attention_t *a, client_why_t *ret_why);

// staff.c
void staff_see(attention_t *a, const watcher_t *self, const seen_record_t *seen);
void staff_find_duplicates(attention_t *a, const watcher_t *self);
void staff_find_main_places(attention_t *a, const watcher_t *self);
void staff_destroy(staff_t **people);

// tutors.c
void tutors_see(attention_t *a, const watcher_t *self, const seen_record_t *seen);
void find_untrained(attention_t *a, const watcher_t *self);
void tutors_destroy(tutors_t **tutors);

// answers.c: what the node's services answer
void find_hanging(attention_t *a, const watcher_t *self);
void find_silent(attention_t *a, const watcher_t *self);
void young_see(attention_t *a, const watcher_t *self, const seen_record_t *seen);
void find_young(attention_t *a, const watcher_t *self);
void young_destroy(young_t **young);
void find_refused(attention_t *a, const watcher_t *self);
void find_senseless(attention_t *a, const watcher_t *self);
void find_chains(attention_t *a, const watcher_t *self);
