// SPDX-License-Identifier: Apache-2.0
// What a change is about is noted, as criterion and organisation; before the commit all marks of that pair
// are read again and their summaries written. An organisation has some hundred marks of a criterion in a
// year.
#include "services/diagnostics/visits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/date.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "common/schema/body.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/kinds.h"
#include "services/diagnostics/results.h"
#include "services/diagnostics/small_cells.h"

typedef struct pair { // to be counted
    char *competency, *org;
    bool bulk; // only loads changed it
} pair_t;

struct visits {
    service_t *service;
    pair_t *pairs;
    size_t n, room;
    rid_t *observations; // that changed: their marks are to be counted
    size_t n_observations, observations_room;
    bool writing;
    bool moved; // organisations or nodes changed: some may be served elsewhere
};

typedef struct visit_group { // marks of one year and stage
    int year;
    char stage[16];
    rid_t *people;
    size_t n_people, people_room;
    int64_t visits, score, max;
} group_t;

typedef struct count { // of one pair
    const pair_t *pair;
    store_txn_t *txn;
    group_t *groups;
    size_t n, room;
} count_t;

visits_t *visits_new(service_t *service)
{
    visits_t *self = xcalloc(1, sizeof *self);
    self->service = service;
    return self;
}

static void forget(visits_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->pairs[i].competency);
        free(self->pairs[i].org);
    }
    self->n = self->n_observations = 0;
}

void visits_destroy(visits_t **visits)
{
    visits_t *self = *visits;
    if (self == NULL) return;
    forget(self);
    free(self->pairs);
    free(self->observations);
    free(self);
    *visits = NULL;
}

// --- what changed --------------------------------------------------------------------------------

static void want(visits_t *self, const char *competency, slice_t org, bool bulk)
{
    if (scope_serves(service_scope(self->service), org) != SCOPE_YES) return;
    for (size_t i = 0; i < self->n; i++) {
        pair_t *pair = &self->pairs[i];
        if (strcmp(pair->competency, competency) != 0 || !slice_equal(slice_text(pair->org), org)) continue;
        pair->bulk &= bulk;
        return;
    }
    pair_t *pair = vec_add(self->pairs, self->n, self->room);
    *pair = (pair_t){.competency = xstrdup(competency), .org = xcalloc(1, org.size + 1), .bulk = bulk};
    memcpy(pair->org, org.data, org.size);
}

static void want_mark(visits_t *self, const record_t *r)
{
    if (r == NULL || r->deleted) return;
    AUTO(msg_body_free)
    Selenga__ObservationMark *m =
        sound_body(&KIND_OBSERVATION_MARK, &selenga__observation_mark__descriptor, r);
    if (m != NULL) want(self, m->competency, r->org, r->bulk);
}

// A summary that came back and was not written here is written again as the marks say.
static void want_count(visits_t *self, const record_t *r)
{
    if (r == NULL || r->deleted || self->writing) return;
    AUTO(msg_body_free)
    Selenga__VisitCount *m = sound_body(&KIND_VISIT_COUNT, &selenga__visit_count__descriptor, r);
    if (m != NULL) want(self, m->competency, slice_text(m->org), true);
}

void visits_changed(visits_t *self, const record_t *old, const record_t *now)
{
    self->moved |= now->kind == N_ORGANISATION || now->kind == N_NODE;
    if (now->kind == N_OBSERVATION_MARK) {
        want_mark(self, old);
        want_mark(self, now);
    }
    if (now->kind == N_OBSERVATION)
        *vec_add(self->observations, self->n_observations, self->observations_room) = now->id;
    if (now->kind == N_VISIT_COUNT && path_equal(&now->home, &service_node(self->service)->path)) {
        want_count(self, old);
        want_count(self, now);
    }
}

static int want_held(void *arg, const record_t *r, const place_t *place)
{
    (void)place;
    want_mark(arg, r);
    return 0;
}

static int want_count_held(void *arg, const record_t *r, const place_t *place)
{
    (void)place;
    want_count(arg, r);
    return 0;
}

int visits_start(visits_t *self, store_txn_t *txn)
{
    int rc = store_each(txn, N_OBSERVATION_MARK, (slice_t){0}, NULL, want_held, self);
    if (rc == 0) rc = store_each(txn, N_VISIT_COUNT, (slice_t){0}, NULL, want_count_held, self);
    self->moved = true; // also before this program knew that it matters
    return rc < 0 ? rc : 0;
}

// --- counting ------------------------------------------------------------------------------------

static group_t *group_of(count_t *count, int year, const char *stage)
{
    for (size_t i = 0; i < count->n; i++)
        if (count->groups[i].year == year && strcmp(count->groups[i].stage, stage) == 0)
            return &count->groups[i];
    group_t *group = vec_add(count->groups, count->n, count->room);
    *group = (group_t){.year = year};
    text_copy(group->stage, sizeof group->stage, stage);
    return group;
}

static void add_person(group_t *group, const rid_t *person)
{
    for (size_t i = 0; i < group->n_people; i++)
        if (memcmp(&group->people[i], person, sizeof *person) == 0) return;
    *vec_add(group->people, group->n_people, group->people_room) = *person;
}

static int count_mark(void *arg, const record_t *r, const place_t *place)
{
    count_t *count = arg;
    rid_t observation, person;
    record_t held;
    (void)place;
    if (!slice_equal(r->org, slice_text(count->pair->org))) return 0;
    AUTO(msg_body_free)
    Selenga__ObservationMark *m =
        sound_body(&KIND_OBSERVATION_MARK, &selenga__observation_mark__descriptor, r);
    if (m == NULL || strcmp(m->competency, count->pair->competency) != 0 ||
        !ref_id(&KIND_OBSERVATION, slice_text(m->observation), &observation) ||
        !ref_id(&KIND_PERSON, slice_text(m->person), &person))
        return 0;
    int rc = store_get(count->txn, &observation, &held, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free)
    Selenga__Observation *o = sound_body(&KIND_OBSERVATION, &selenga__observation__descriptor, &held);
    if (o == NULL) return 0;
    group_t *group = group_of(count, date_civil(o->date).year, o->stage);
    add_person(group, &person);
    group->visits++;
    group->score += m->score;
    group->max += m->max;
    return 0;
}

static int count_no_more(void *arg, const record_t *r, const place_t *place)
{
    count_t *count = arg;
    (void)place;
    AUTO(msg_body_free)
    Selenga__VisitCount *m = sound_body(&KIND_VISIT_COUNT, &selenga__visit_count__descriptor, r);
    if (m != NULL && strcmp(m->org, count->pair->org) == 0)
        group_of(count, date_civil(m->from).year, m->stage); // with nobody in it, unless it is there
    return 0;
}

static int write_group(visits_t *self, const count_t *count, const group_t *group)
{
    Selenga__VisitCount c = SELENGA__VISIT_COUNT__INIT;
    rid_t id;
    c.org = count->pair->org;
    c.competency = count->pair->competency;
    c.stage = (char *)(uintptr_t)group->stage;
    c.has_from = c.has_people = c.has_visits = c.has_percent = 1;
    c.from = date_days(group->year, 1, 1);
    c.people = (int64_t)group->n_people;
    c.visits = group->visits;
    if (!body_id(&KIND_VISIT_COUNT, &c.base, &id)) return 0;
    author_t author = service_author(self->service);
    author.bulk = count->pair->bulk;
    if (group->n_people < SMALL_CELL) return record_remove_own(&author, count->txn, &id);
    c.percent =
        (int64_t)((__int128)group->score * 10000 / group->max); // hundredths; max: each is at least 0.01
    return record_write_own(&author, count->txn, &KIND_VISIT_COUNT, &id, &c.base, NULL);
}

static int count_pair(visits_t *self, store_txn_t *txn, const pair_t *pair)
{
    count_t count = {.pair = pair, .txn = txn};
    rid_t competency;
    if (!ref_id(&KIND_COMPETENCY, slice_text(pair->competency), &competency)) return 0;
    int rc = store_each_referring(txn, &competency, N_OBSERVATION_MARK, NULL, count_mark, &count);
    if (rc == 0) rc = store_each_referring(txn, &competency, N_VISIT_COUNT, NULL, count_no_more, &count);
    for (size_t i = 0; i < count.n; i++) {
        if (rc == 0) rc = write_group(self, &count, &count.groups[i]);
        free(count.groups[i].people);
    }
    free(count.groups);
    return rc < 0 ? rc : 0;
}

// --- organisations that are served elsewhere now ---------------------------------------------------

typedef struct former {
    const visits_t *self;
    rid_list_t summaries;
} former_t;

static int note_former(void *arg, const record_t *r, const place_t *place)
{
    former_t *former = arg;
    const node_conf_t *node = service_node(former->self->service);
    (void)place;
    if (path_equal(&r->home, &node->path) &&
        scope_serves(service_scope(former->self->service), r->org) == SCOPE_NO)
        rid_list_add(&former->summaries, &r->id);
    return 0;
}

// Whoever serves it now counts the visits that he holds.
static int remove_former(visits_t *self, store_txn_t *txn)
{
    former_t former = {.self = self};
    author_t author = service_author(self->service);
    self->moved = false;
    int rc = store_each(txn, N_VISIT_COUNT, (slice_t){0}, NULL, note_former, &former);
    self->writing = true;
    for (size_t i = 0; i < former.summaries.n && rc == 0; i++)
        rc = record_remove_own(&author, txn, &former.summaries.ids[i]);
    self->writing = false;
    free(former.summaries.ids);
    return rc;
}

int visits_settle(visits_t *self, store_txn_t *txn)
{
    int rc = self->moved ? remove_former(self, txn) : 0;
    for (size_t i = 0; i < self->n_observations && rc >= 0; i++)
        rc = store_each_referring(txn, &self->observations[i], N_OBSERVATION_MARK, NULL, want_held, self);
    self->writing = true;
    for (size_t i = 0; i < self->n && rc >= 0; i++) rc = count_pair(self, txn, &self->pairs[i]);
    self->writing = false;
    forget(self);
    return rc < 0 ? rc : 0;
}
