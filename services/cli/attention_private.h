// SPDX-License-Identifier: Apache-2.0
// What attention*.c share; nobody else includes it.
#pragma once
#include "common/base/dict.h"
#include "common/node/report.h"
#include "common/schema/body.h"
#include "common/schema/ids.h"
#include "services/cli/attention.h"
#include "services/cli/listing.h"
#include "services/cli/output.h"

typedef struct place_of { // an organisation
    char *parent;         // NULL: it has none
    int32_t valid_to;
    bool has_end;
    bool ours;  // its record is of this node or of one below
    bool named; // names of people are known, there or below
} place_of_t;

typedef struct watcher watcher_t;
typedef struct people people_t; // attention_people.c

typedef struct attention {
    const cli_t *cli;
    ask_t *ask;
    const char *org; // only of this one and those below it; NULL: of all
    unsigned roles;  // R_ flags of whom it is for
    path_t own;      // place of this node
    int32_t today;
    dict_t *codes; // of organisations, by their places in `orgs`
    place_of_t *orgs;
    size_t n_orgs, orgs_room;
    people_t *people;
    bool reported;   // `report` was asked for
    report_t report; // of this year
    json_t *found;
} attention_t;

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
    int (*end)(attention_t *a, const watcher_t *self); // CLI_DONE, or what the verb returns
    // where a condition of the record decides (common/schema/sense.h):
    const char *when;
    const char *since; // field of a date; "": it does not tell
    bool closed;       // only at organisations whose last day is over
    const char *text;  // msgid
};

place_of_t *attention_org(const attention_t *a, const char *code); // NULL: not known
bool attention_is_within(const attention_t *a, const char *code, const char *above);
// Is the record of this node, or of one below?
bool attention_is_ours(const attention_t *a, const Selenga__Record *record);
// One more thing that needs somebody, if it is of the organisations that were asked for.
void attention_add(attention_t *a, const char *what, const char *org, const char *ref, const char *since,
                   const char *text);
// Field of the kind with this mark, or -1.
int attention_marked(const kind_rule_t *kind, unsigned mark);

// attention_people.c
void people_see(attention_t *a, const watcher_t *self, const seen_record_t *seen);
int people_find_duplicates(attention_t *a, const watcher_t *self);
int people_find_main_places(attention_t *a, const watcher_t *self);
void people_destroy(people_t **people);

// attention_answers.c: what the node's services answer
int find_hanging(attention_t *a, const watcher_t *self);
int find_silent(attention_t *a, const watcher_t *self);
int find_young(attention_t *a, const watcher_t *self);
int find_refused(attention_t *a, const watcher_t *self);
int find_senseless(attention_t *a, const watcher_t *self);
