// SPDX-License-Identifier: Apache-2.0
// What diagnostics adds to the common loop: a result written here makes, changes or closes the person's
// deficit in the same transaction, and so does a dispute. A new scale, or another percent that is enough,
// does so for all results of this node, some at a time, beside other work. Requests about attempts are
// answered by attempts.c, those about anonymous screenings by screenings.c.
//
// Row 'S', how far such a look has come: common/store/FORMAT.md, aux.
#include "services/diagnostics/diagnostics.h"
#include "common/base/date.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "proto/message.h"
#include "services/diagnostics/attempts.h"
#include "services/diagnostics/results.h"
#include "services/diagnostics/screenings.h"
#include "services/diagnostics/tallies.h"
#include "services/diagnostics/visits.h"
#include <errno.h>
#include <stdlib.h>

enum { SLICE = 512 }; // results of a look at all of them that one transaction takes

typedef struct diagnostics {
    service_t *service;
    rid_t *dirty; // results to look at before the commit
    size_t n_dirty, room;
    bool scale_changed;
    bool walking;           // a look at all results is under way
    int failed;             // -errno: what the store says of that cannot be read
    Selenga__Scale *scales; // numbers only
    size_t n_scales, scales_room;
    bool scales_known;
    results_t *results; // what is to be looked at
    tallies_t *tallies;
    visits_t *visits;
    attempts_t *attempts;
} diagnostics_t;

static const uint8_t walk_letter[] = {'S'};

static slice_t walk_key(void)
{
    return slice(walk_letter, sizeof walk_letter);
}

static void *open_diagnostics(service_t *service)
{
    diagnostics_t *self = xcalloc(1, sizeof *self);
    store_txn_t *txn = NULL;
    slice_t mark;
    self->service = service;
    self->tallies = tallies_new(service);
    self->visits = visits_new(service);
    self->attempts = attempts_new(service);
    self->results = results_new();
    int rc = store_begin(service_store(service), false, &txn);
    if (rc == 0) rc = kv_get(store_kv(txn), KV_AUX, walk_key(), &mark);
    self->walking = rc == 0;
    if (rc < 0) self->failed = rc;
    store_abort(&txn);
    return self;
}

static void close_diagnostics(void *arg)
{
    diagnostics_t *self = arg;
    results_destroy(&self->results);
    tallies_destroy(&self->tallies);
    visits_destroy(&self->visits);
    attempts_destroy(&self->attempts);
    free(self->scales);
    free(self->dirty);
    free(self);
}

// The root begins with the usual bands, 80/60/40 %; a region puts its own beside them.
static int write_first_scale(diagnostics_t *self, store_txn_t *txn)
{
    if (service_node(self->service)->parent.known || service_is_replaced(self->service)) return 0;
    author_t author = service_author(self->service);
    record_t held;
    rid_t id;
    Selenga__Scale scale = SELENGA__SCALE__INIT;
    scale.code = (char *)(uintptr_t) "standard";
    scale.has_none_from = scale.has_low_from = scale.has_medium_from = scale.has_valid_from = 1;
    scale.none_from = 80;
    scale.low_from = 60;
    scale.medium_from = 40;
    scale.valid_from = date_days(2000, 1, 1);
    if (!body_id(&KIND_SCALE, &scale.base, &id)) return -EINVAL;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc <= 0) return rc;
    return record_write_own(&author, txn, &KIND_SCALE, &id, &scale.base, NULL);
}

static int start_diagnostics(void *arg, store_txn_t *txn)
{
    diagnostics_t *self = arg;
    bool all = false;
    int rc = write_first_scale(self, txn);
    if (rc == 0) rc = tallies_start(self->tallies, txn, &all);
    if (rc == 0 && all && !self->walking) rc = kv_put(store_kv(txn), KV_AUX, walk_key(), (slice_t){0});
    self->walking |= all;
    if (rc == 0) rc = attempts_start(self->attempts, txn);
    return rc == 0 ? visits_start(self->visits, txn) : rc;
}

static int note(void *arg, const rid_t *id)
{
    diagnostics_t *self = arg;
    *vec_add(self->dirty, self->n_dirty, self->room) = *id;
    return 0;
}

// 0: no percent of its own.
static int64_t required_of(const record_t *r)
{
    if (r == NULL || r->deleted) return 0;
    AUTO(msg_body_free)
    Selenga__Competency *m = sound_body(&KIND_COMPETENCY, &selenga__competency__descriptor, r);
    return m != NULL && m->has_required_percent ? m->required_percent : 0;
}

// Whose instrument it is asks its questions: another node's would be told two sets, and had keys for one
// only.
static int judge_question(store_txn_t *txn, const author_t *author, const char *instrument, fault_t *fault)
{
    record_t r;
    rid_t id;
    if (!ref_id(&KIND_INSTRUMENT, slice_text(instrument), &id)) return 0; // told as a reference to nothing
    int rc = store_get(txn, &id, &r, NULL);
    if (rc != 0 || path_equal(&r.home, &author->place->path)) return rc < 0 ? rc : 0;
    fault_set(fault, "INSTRUMENT-ELSEWHERE", "instrument", instrument);
    return RECORD_E_FAULT;
}

static int derive(void *arg, store_txn_t *txn, const author_t *author, const kind_rule_t *rule, body_t *body,
                  fault_t *fault)
{
    (void)arg;
    if (rule != &KIND_QUESTION && rule != &KIND_QUESTION_KEY) return 0;
    const char *instrument = body_str(rule, body, (size_t)kind_field(rule, "instrument"));
    return instrument != NULL ? judge_question(txn, author, instrument, fault) : 0;
}

// Of a result or dispute that is deleted only the version before says whose it was.
static void changed(void *arg, store_txn_t *txn, const record_t *old, const record_t *now)
{
    diagnostics_t *self = arg;
    bool own = path_equal(&now->home, &service_node(self->service)->path);
    if (now->kind == N_RESULT && own) {
        if (!now->deleted)
            note(self, &now->id);
        else if (old != NULL)
            results_want(self->results, old);
    }
    if (now->kind == N_DISPUTE && own) {
        const record_t *says = now->deleted ? old : now;
        if (says != NULL) results_want_disputed(self->results, says);
    }
    if (now->kind == N_SCALE) self->scale_changed = true;
    if (now->kind == N_COMPETENCY && required_of(old) != required_of(now)) self->scale_changed = true;
    tallies_changed(self->tallies, txn, old, now);
    visits_changed(self->visits, old, now);
    attempts_changed(self->attempts, now);
}

// --- scales --------------------------------------------------------------------------------------

static int read_scale(void *arg, const record_t *r, const place_t *place)
{
    diagnostics_t *self = arg;
    (void)place;
    AUTO(msg_body_free) Selenga__Scale *m = sound_body(&KIND_SCALE, &selenga__scale__descriptor, r);
    if (m == NULL) return 0;
    Selenga__Scale *scale = vec_add(self->scales, self->n_scales, self->scales_room);
    *scale = *m;
    scale->code = NULL; // the message keeps its text
    return 0;
}

// Once, and again when one changed: not for each result.
static int know_scales(diagnostics_t *self, store_txn_t *txn)
{
    if (self->scales_known) return 0;
    self->n_scales = 0;
    int rc = store_each(txn, N_SCALE, (slice_t){0}, NULL, read_scale, self);
    self->scales_known = rc == 0;
    return rc;
}

static const Selenga__Scale *scale_on(const diagnostics_t *self, int32_t day)
{
    const Selenga__Scale *best = NULL;
    for (size_t i = 0; i < self->n_scales; i++) {
        const Selenga__Scale *one = &self->scales[i];
        if (one->valid_from <= day && (best == NULL || one->valid_from > best->valid_from)) best = one;
    }
    return best;
}

// --- deficits ------------------------------------------------------------------------------------

static int read_required(store_txn_t *txn, const char *competency, int64_t *ret_required)
{
    record_t r;
    rid_t id;
    *ret_required = 0;
    if (!ref_id(&KIND_COMPETENCY, slice_text(competency), &id)) return 0;
    int rc = store_get(txn, &id, &r, NULL);
    if (rc == 0) *ret_required = required_of(&r);
    return rc < 0 ? rc : 0;
}

struct objection { // the latest about a person's need in a competency
    const wanted_t *wanted;
    int32_t taken_on, opened_on; // of the measure; of the dispute
    bool any;
    objected_t said;
};

static int hear_dispute(void *arg, const record_t *r, const place_t *place)
{
    struct objection *of = arg;
    (void)place;
    AUTO(msg_body_free) Selenga__Dispute *m = sound_body(&KIND_DISPUTE, &selenga__dispute__descriptor, r);
    if (m == NULL || strcmp(m->competency, of->wanted->competency) != 0 ||
        strcmp(m->person, of->wanted->name) != 0)
        return 0;
    if (of->any && m->opened_on < of->opened_on) return 0;
    of->any = true;
    of->opened_on = m->opened_on;
    of->said = dispute_says(m, of->taken_on);
    return 0;
}

static int write_deficit(diagnostics_t *self, store_txn_t *txn, const wanted_t *wanted,
                         const measure_t *latest, band_t band)
{
    struct objection objection = {.wanted = wanted, .taken_on = latest->taken_on};
    Selenga__Deficit d = SELENGA__DEFICIT__INIT;
    record_t held;
    rid_t id;
    d.person = wanted->name;
    d.competency = wanted->competency;
    if (!body_id(&KIND_DEFICIT, &d.base, &id)) return 0;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc < 0) return rc;
    AUTO(msg_body_free)
    Selenga__Deficit *old = rc == 0 ? sound_body(&KIND_DEFICIT, &selenga__deficit__descriptor, &held) : NULL;
    if (old != NULL) {
        rc = store_each_referring(txn, &wanted->person, N_DISPUTE, NULL, hear_dispute, &objection);
        if (rc < 0) return rc;
    }
    bool anew = old == NULL || strcmp(old->campaign, latest->campaign) != 0;
    d.state = (char *)(uintptr_t)deficit_state(old != NULL ? old->state : NULL, band, anew, objection.said);
    if (d.state == NULL) return 0;
    d.campaign = latest->campaign;
    d.band =
        (char *)(uintptr_t)(band != BAND_NONE ? band_name(band) : old->band); // closed: what the need was
    d.has_score = d.has_max = 1;
    d.score = latest->score;
    d.max = latest->max;
    author_t author = service_author(self->service);
    author.bulk = wanted->bulk;
    return record_write_own(&author, txn, &KIND_DEFICIT, &id, &d.base, NULL);
}

// Each year counts by its latest result; the need that stands follows from the latest of all.
static int judge(void *arg, store_txn_t *txn, const wanted_t *wanted)
{
    diagnostics_t *self = arg;
    counted_t counted = {.person = wanted->person, .competency = wanted->competency, .bulk = wanted->bulk};
    AUTO(xfree) char *org = xstrdup(wanted->name);
    const measure_t *latest = NULL;
    band_t band = BAND_NONE;
    int64_t required = 0;
    int rc = read_required(txn, wanted->competency, &required);
    if (rc < 0) return rc;
    org[strcspn(org, ":")] = '\0';
    counted.org = org;
    for (size_t i = 0; i < wanted->n_years; i++) {
        const measure_t *one = &wanted->years[i];
        const Selenga__Scale *scale = scale_on(self, one->taken_on);
        if (scale == NULL) continue;
        latest = one;
        band = band_required(band_of(scale, one->score, one->max), required, one->score, one->max);
        if (wanted->n_years - i <= YEARS_MAX)
            counted.years[counted.n++] =
                (year_band_t){(uint16_t)date_civil(one->taken_on).year, (uint8_t)band};
    }
    rc = tallies_person(self->tallies, txn, &counted);
    return rc == 0 && latest != NULL ? write_deficit(self, txn, wanted, latest, band) : rc;
}

static int want_dirty(diagnostics_t *self, store_txn_t *txn)
{
    int rc = 0;
    for (size_t i = 0; i < self->n_dirty && rc >= 0; i++) {
        record_t r;
        rc = store_get(txn, &self->dirty[i], &r, NULL);
        if (rc == 0) results_want(self->results, &r);
    }
    self->n_dirty = 0;
    return rc < 0 ? rc : 0;
}

static int look_again(diagnostics_t *self, store_txn_t *txn)
{
    int rc = self->n_dirty > 0 || results_any(self->results) ? know_scales(self, txn) : 0;
    if (rc == 0) rc = want_dirty(self, txn);
    if (rc == 0) rc = results_each(self->results, txn, judge, self);
    results_forget(self->results);
    return rc == 0 ? tallies_settle(self->tallies, txn) : rc;
}

// --- a look at all results -----------------------------------------------------------------------

struct slice_of { // of the results
    diagnostics_t *self;
    size_t n;
};

static int note_some(void *arg, const rid_t *id)
{
    struct slice_of *some = arg;
    if (some->n == SLICE) return 1;
    some->n++;
    return note(some->self, id);
}

static int save_mark(store_txn_t *txn, const rid_t *last)
{
    record_t r;
    place_t place;
    int rc = store_get(txn, last, &r, &place);
    if (rc != 0) return rc < 0 ? rc : -EUCLEAN;
    list_mark_t mark = store_list_mark(&r, &place);
    return kv_put(store_kv(txn), KV_AUX, walk_key(), slice(mark.b, sizeof mark.b));
}

// The next of all results stand behind the mark; what changes meanwhile is looked at by itself.
static int walk_on(diagnostics_t *self, store_txn_t *txn)
{
    struct slice_of some = {.self = self};
    list_mark_t after;
    slice_t mark;
    int rc = kv_get(store_kv(txn), KV_AUX, walk_key(), &mark);
    if (rc != 0) return rc < 0 ? rc : -EUCLEAN;
    bool begun = mark.size == sizeof after.b;
    if (begun) memcpy(after.b, mark.data, sizeof after.b);
    rc = store_list(txn, N_RESULT, (slice_t){0}, begun ? &after : NULL, note_some, &some);
    if (rc < 0) return rc;
    self->walking = rc == 1;
    if (rc == 1) return save_mark(txn, &self->dirty[self->n_dirty - 1]);
    rc = kv_del(store_kv(txn), KV_AUX, walk_key());
    return rc < 0 ? rc : 0;
}

static int settle(void *arg, store_txn_t *txn)
{
    diagnostics_t *self = arg;
    int rc = self->failed;
    if (self->scale_changed && rc == 0) rc = kv_put(store_kv(txn), KV_AUX, walk_key(), (slice_t){0});
    if (self->scale_changed) self->scales_known = false;
    self->walking |= self->scale_changed;
    self->scale_changed = false;
    if (rc == 0 && self->walking) rc = walk_on(self, txn);
    // what is marked makes results, which are looked at in the same transaction
    if (rc == 0) rc = attempts_settle(self->attempts, txn);
    if (rc == 0) rc = look_again(self, txn);
    return rc == 0 ? visits_settle(self->visits, txn) : rc;
}

static bool is_busy(void *arg)
{
    const diagnostics_t *self = arg;
    return self->walking || attempts_busy(self->attempts);
}

static int message(void *arg, store_txn_t *txn, const envelope_t *e)
{
    diagnostics_t *self = arg;
    if (e->peer != PEER_SELF) return 0;
    if (e->type == MSG_ATTEMPT) return attempts_ask(self->attempts, txn, e);
    if (e->type == MSG_ATTEMPT_ACT) return attempts_act(self->attempts, txn, e);
    if (e->from != SERVICE_CLI) return 0;
    if (e->type == MSG_SCREENING) return screenings_show(self->service, txn, e);
    if (e->type == MSG_SCREENING_ANSWER) return screenings_answer(self->service, txn, e);
    return 0;
}

const service_def_t DIAGNOSTICS = {
    .number = SERVICE_DIAGNOSTICS,
    .program = "selenga-diagnostics",
    .open = open_diagnostics,
    .close = close_diagnostics,
    .start = start_diagnostics,
    .derive = derive,
    .changed = changed,
    .settle = settle,
    .busy = is_busy,
    .message = message,
};
