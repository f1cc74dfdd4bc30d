// SPDX-License-Identifier: Apache-2.0
// What diagnostics adds to the common loop: a result written here makes, changes or closes the person's
// deficit in the same transaction. A new scale does so for all results of this node, some at a time, beside
// other work.
//
// Row 'S', how far such a look has come: common/store/FORMAT.md, aux.
#include "services/diagnostics/diagnostics.h"
#include "common/base/date.h"
#include "common/node/msg.h"
#include "services/diagnostics/deficits.h"
#include <errno.h>
#include <stdlib.h>

enum { SLICE = 512 }; // results of a look at all of them that one transaction takes

// A result to look at, by whom it is about.
typedef struct wanted {
    rid_t person;
    char *competency;
    bool bulk;
    // the latest one of that person in that competency
    bool found;
    char *campaign, *name; // name of the person: ORG:NUMBER
    int64_t score, max;
    int32_t taken_on;
} wanted_t;

typedef struct diagnostics {
    service_t *service;
    rid_t *dirty; // results to look at before the commit
    size_t n_dirty, room;
    wanted_t *wanted; // what they are about
    size_t n_wanted, wanted_room;
    bool scale_changed;
    bool walking;           // a look at all results is under way
    int failed;             // -errno: what the store says of that cannot be read
    Selenga__Scale *scales; // numbers only
    size_t n_scales;
    bool scales_known;
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
    int rc = store_begin(service_store(service), false, &txn);
    if (rc == 0) rc = kv_get(store_kv(txn), KV_AUX, walk_key(), &mark);
    self->walking = rc == 0;
    if (rc < 0) self->failed = rc;
    store_abort(&txn);
    return self;
}

static void forget_wanted(diagnostics_t *self)
{
    for (size_t i = 0; i < self->n_wanted; i++) {
        free(self->wanted[i].competency);
        free(self->wanted[i].campaign);
        free(self->wanted[i].name);
    }
    self->n_wanted = 0;
}

static void close_diagnostics(void *arg)
{
    diagnostics_t *self = arg;
    forget_wanted(self);
    free(self->wanted);
    free(self->scales);
    free(self->dirty);
    free(self);
}

// The root begins with the usual bands, 80/60/40 %; a region puts its own beside them.
static int start_diagnostics(void *arg, store_txn_t *txn)
{
    diagnostics_t *self = arg;
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

static int note(void *arg, const rid_t *id)
{
    diagnostics_t *self = arg;
    if (self->n_dirty == self->room) {
        self->room = self->room * 2 + 64;
        self->dirty = xrealloc(self->dirty, self->room * sizeof *self->dirty);
    }
    self->dirty[self->n_dirty++] = *id;
    return 0;
}

static void changed(void *arg, store_txn_t *txn, const record_t *old, const record_t *now)
{
    diagnostics_t *self = arg;
    (void)txn;
    (void)old;
    if (now->kind == N_RESULT && path_equal(&now->home, &service_node(self->service)->path))
        note(self, &now->id);
    if (now->kind == N_SCALE) self->scale_changed = true;
}

// A record of ours that a neighbour hands back is taken as it is: of one that keeps no rules nothing follows.
static void *sound_body(const kind_rule_t *rule, const ProtobufCMessageDescriptor *type, const record_t *r)
{
    fault_t fault;
    if (r->deleted || body_check(rule, r->body, &fault) != 0) return NULL;
    return msg_body_unpack(type, r->body);
}

// --- scales --------------------------------------------------------------------------------------

struct reading {
    diagnostics_t *self;
    store_txn_t *txn;
};

static int read_scale(void *arg, const rid_t *id)
{
    struct reading *reading = arg;
    diagnostics_t *self = reading->self;
    record_t r;
    int rc = store_get(reading->txn, id, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Scale *m = sound_body(&KIND_SCALE, &selenga__scale__descriptor, &r);
    if (m == NULL) return 0;
    self->scales = xrealloc(self->scales, (self->n_scales + 1) * sizeof *self->scales);
    self->scales[self->n_scales] = *m;
    self->scales[self->n_scales++].code = NULL; // the message keeps its text
    return 0;
}

// Once, and again when one changed: not for each result.
static int know_scales(diagnostics_t *self, store_txn_t *txn)
{
    struct reading reading = {self, txn};
    if (self->scales_known) return 0;
    self->n_scales = 0;
    int rc = store_list(txn, N_SCALE, (slice_t){0}, NULL, read_scale, &reading);
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

// --- what results are about ----------------------------------------------------------------------

static int want(diagnostics_t *self, store_txn_t *txn, const rid_t *result)
{
    record_t r;
    rid_t person;
    int rc = store_get(txn, result, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    bool bulk = r.bulk;
    AUTO(msg_body_free) Selenga__Result *m = sound_body(&KIND_RESULT, &selenga__result__descriptor, &r);
    if (m == NULL || !ref_id(&KIND_PERSON, slice_text(m->person), &person)) return 0;
    if (self->n_wanted == self->wanted_room) {
        self->wanted_room = self->wanted_room * 2 + 64;
        self->wanted = xrealloc(self->wanted, self->wanted_room * sizeof *self->wanted);
    }
    self->wanted[self->n_wanted++] = (wanted_t){
        .person = person, .competency = xstrdup(m->competency), .name = xstrdup(m->person), .bulk = bulk};
    return 0;
}

// Together stand those of one person; of one competency first what is no load, which decides.
static int by_person(const void *a, const void *b)
{
    const wanted_t *left = a, *right = b;
    int cmp = memcmp(left->person.b, right->person.b, sizeof left->person.b);
    if (cmp == 0) cmp = strcmp(left->competency, right->competency);
    return cmp != 0 ? cmp : (int)left->bulk - (int)right->bulk;
}

static void drop_doubles(diagnostics_t *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n_wanted; i++) {
        wanted_t *one = &self->wanted[i], *last = kept > 0 ? &self->wanted[kept - 1] : NULL;
        bool again = last != NULL && rid_equal(&last->person, &one->person) &&
                     strcmp(last->competency, one->competency) == 0;
        if (again) {
            free(one->competency);
            free(one->name);
        } else {
            self->wanted[kept++] = *one;
        }
    }
    self->n_wanted = kept;
}

struct about { // a person's wanted results
    store_txn_t *txn;
    wanted_t *wanted;
    size_t n;
};

static void take_latest(wanted_t *wanted, const Selenga__Result *m)
{
    int later = !wanted->found                    ? 1
                : m->taken_on != wanted->taken_on ? (m->taken_on > wanted->taken_on ? 1 : -1)
                                                  : strcmp(m->campaign, wanted->campaign);
    if (later <= 0) return;
    free(wanted->campaign);
    wanted->campaign = xstrdup(m->campaign);
    wanted->score = m->score;
    wanted->max = m->max;
    wanted->taken_on = m->taken_on;
    wanted->found = true;
}

static int compare_result(void *arg, const rid_t *id)
{
    struct about *about = arg;
    record_t r;
    int rc = store_get(about->txn, id, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Result *m = sound_body(&KIND_RESULT, &selenga__result__descriptor, &r);
    if (m == NULL || strcmp(m->person, about->wanted[0].name) != 0) return 0;
    for (size_t i = 0; i < about->n; i++)
        if (strcmp(m->competency, about->wanted[i].competency) == 0) take_latest(&about->wanted[i], m);
    return 0;
}

// --- deficits ------------------------------------------------------------------------------------

static int framework_of(store_txn_t *txn, const char *campaign, char *buf, size_t size)
{
    Selenga__Campaign key = SELENGA__CAMPAIGN__INIT;
    rid_t id;
    record_t r;
    key.code = (char *)(uintptr_t)campaign;
    if (!body_id(&KIND_CAMPAIGN, &key.base, &id)) return KV_NONE;
    int rc = store_get(txn, &id, &r, NULL);
    if (rc != 0) return rc;
    AUTO(msg_body_free) Selenga__Campaign *m = sound_body(&KIND_CAMPAIGN, &selenga__campaign__descriptor, &r);
    return m != NULL && text_copy(buf, size, m->framework) ? 0 : KV_NONE;
}

static int write_deficit(diagnostics_t *self, store_txn_t *txn, const wanted_t *latest, band_t band,
                         char *competency)
{
    Selenga__Deficit d = SELENGA__DEFICIT__INIT;
    record_t held;
    rid_t id;
    d.person = latest->name;
    d.competency = competency;
    if (!body_id(&KIND_DEFICIT, &d.base, &id)) return 0;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc < 0) return rc;
    AUTO(msg_body_free)
    Selenga__Deficit *old = rc == 0 ? sound_body(&KIND_DEFICIT, &selenga__deficit__descriptor, &held) : NULL;
    bool anew = old == NULL || strcmp(old->campaign, latest->campaign) != 0;
    d.state = (char *)(uintptr_t)deficit_state(old != NULL ? old->state : NULL, band, anew);
    if (d.state == NULL) return 0;
    d.campaign = latest->campaign;
    d.band =
        (char *)(uintptr_t)(band != BAND_NONE ? band_name(band) : old->band); // closed: what the need was
    d.has_score = d.has_max = 1;
    d.score = latest->score;
    d.max = latest->max;
    author_t author = service_author(self->service);
    author.bulk = latest->bulk;
    return record_write_own(&author, txn, &KIND_DEFICIT, &id, &d.base, NULL);
}

static int judge(diagnostics_t *self, store_txn_t *txn, const wanted_t *latest)
{
    char framework[400], competency[820];
    const Selenga__Scale *scale = latest->found ? scale_on(self, latest->taken_on) : NULL;
    if (scale == NULL) return 0;
    int rc = framework_of(txn, latest->campaign, framework, sizeof framework);
    if (rc != 0) return rc < 0 ? rc : 0;
    snprintf(competency, sizeof competency, "%s:%s", framework, latest->competency);
    return write_deficit(self, txn, latest, band_of(scale, latest->score, latest->max), competency);
}

// All results of a person are read once, whatever many of them are to be looked at.
static int look_at_person(diagnostics_t *self, store_txn_t *txn, wanted_t *wanted, size_t n)
{
    struct about about = {txn, wanted, n};
    int rc = store_referring(txn, &wanted[0].person, N_RESULT, compare_result, &about);
    for (size_t i = 0; i < n && rc == 0; i++) rc = judge(self, txn, &wanted[i]);
    return rc;
}

static int look_again(diagnostics_t *self, store_txn_t *txn)
{
    int rc = self->n_dirty > 0 ? know_scales(self, txn) : 0;
    for (size_t i = 0; i < self->n_dirty && rc == 0; i++) rc = want(self, txn, &self->dirty[i]);
    self->n_dirty = 0;
    if (self->n_wanted > 1) qsort(self->wanted, self->n_wanted, sizeof *self->wanted, by_person);
    drop_doubles(self);
    for (size_t i = 0, n; i < self->n_wanted && rc == 0; i += n) {
        for (n = 1; i + n < self->n_wanted; n++)
            if (!rid_equal(&self->wanted[i].person, &self->wanted[i + n].person)) break;
        rc = look_at_person(self, txn, &self->wanted[i], n);
    }
    forget_wanted(self);
    return rc;
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
    return rc == 0 ? look_again(self, txn) : rc;
}

static bool is_busy(void *arg)
{
    const diagnostics_t *self = arg;
    return self->walking;
}

const service_def_t DIAGNOSTICS = {
    .number = SERVICE_DIAGNOSTICS,
    .program = "selenga-diagnostics",
    .open = open_diagnostics,
    .close = close_diagnostics,
    .start = start_diagnostics,
    .changed = changed,
    .settle = settle,
    .busy = is_busy,
};
