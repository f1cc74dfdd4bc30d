// SPDX-License-Identifier: Apache-2.0
// What diagnostics adds to the common loop: a result written here makes, changes or closes the person's
// deficit in the same transaction. A new scale does so for all results of this node.
#include "services/diagnostics/diagnostics.h"
#include "common/date.h"
#include "common/msg.h"
#include "services/diagnostics/deficits.h"
#include <errno.h>
#include <stdlib.h>

typedef struct diagnostics {
    service_t *service;
    rid_t *dirty; // results to look at before the commit
    size_t n_dirty, room;
    bool scale_changed;
} diagnostics_t;

static void *open_diagnostics(service_t *service)
{
    diagnostics_t *self = xcalloc(1, sizeof *self);
    self->service = service;
    return self;
}

static void close_diagnostics(void *arg)
{
    diagnostics_t *self = arg;
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

struct scales {
    store_txn_t *txn;
    int32_t day;
    Selenga__Scale best; // by value: numbers only
    bool found;
};

static int better_scale(void *arg, const rid_t *id)
{
    struct scales *s = arg;
    record_t r;
    int rc = store_get(s->txn, id, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Scale *m = sound_body(&KIND_SCALE, &selenga__scale__descriptor, &r);
    if (m == NULL || m->valid_from > s->day || (s->found && m->valid_from <= s->best.valid_from)) return 0;
    s->best = *m;
    s->best.code = NULL; // the message keeps its text
    s->found = true;
    return 0;
}

// --- results of one person in one competency -----------------------------------------------------

struct latest {
    store_txn_t *txn;
    const Selenga__Result *of; // whose, in which competency
    char campaign[400];
    int64_t score, max;
    int32_t taken_on;
    bool found;
};

static int later_result(void *arg, const rid_t *id)
{
    struct latest *latest = arg;
    record_t r;
    int rc = store_get(latest->txn, id, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Result *m = sound_body(&KIND_RESULT, &selenga__result__descriptor, &r);
    if (m == NULL || strcmp(m->person, latest->of->person) != 0 ||
        strcmp(m->competency, latest->of->competency) != 0)
        return 0;
    int later = !latest->found                    ? 1
                : m->taken_on != latest->taken_on ? (m->taken_on > latest->taken_on ? 1 : -1)
                                                  : strcmp(m->campaign, latest->campaign);
    if (later <= 0) return 0;
    text_copy(latest->campaign, sizeof latest->campaign, m->campaign);
    latest->score = m->score;
    latest->max = m->max;
    latest->taken_on = m->taken_on;
    latest->found = true;
    return 0;
}

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

static int write_deficit(diagnostics_t *self, store_txn_t *txn, const struct latest *latest, band_t band,
                         char *competency, bool bulk)
{
    Selenga__Deficit d = SELENGA__DEFICIT__INIT;
    record_t held;
    rid_t id;
    d.person = latest->of->person;
    d.competency = competency;
    if (!body_id(&KIND_DEFICIT, &d.base, &id)) return 0;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc < 0) return rc;
    AUTO(msg_body_free)
    Selenga__Deficit *old = rc == 0 ? sound_body(&KIND_DEFICIT, &selenga__deficit__descriptor, &held) : NULL;
    bool anew = old == NULL || strcmp(old->campaign, latest->campaign) != 0;
    d.state = (char *)(uintptr_t)deficit_state(old != NULL ? old->state : NULL, band, anew);
    if (d.state == NULL) return 0;
    d.campaign = (char *)(uintptr_t)latest->campaign;
    d.band =
        (char *)(uintptr_t)(band != BAND_NONE ? band_name(band) : old->band); // closed: what the need was
    d.has_score = d.has_max = 1;
    d.score = latest->score;
    d.max = latest->max;
    author_t author = service_author(self->service);
    author.bulk = bulk;
    return record_write_own(&author, txn, &KIND_DEFICIT, &id, &d.base, NULL);
}

static int look_again(diagnostics_t *self, store_txn_t *txn, const rid_t *result)
{
    record_t r;
    rid_t person;
    char framework[400], competency[820];
    int rc = store_get(txn, result, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    bool bulk = r.bulk;
    AUTO(msg_body_free) Selenga__Result *m = sound_body(&KIND_RESULT, &selenga__result__descriptor, &r);
    if (m == NULL || !ref_id(&KIND_PERSON, slice_text(m->person), &person)) return 0;
    struct latest latest = {.txn = txn, .of = m};
    if ((rc = store_referring(txn, &person, N_RESULT, later_result, &latest)) < 0 || !latest.found) return rc;
    struct scales scales = {.txn = txn, .day = latest.taken_on};
    if ((rc = store_list(txn, N_SCALE, (slice_t){0}, NULL, better_scale, &scales)) < 0 || !scales.found)
        return rc;
    if ((rc = framework_of(txn, latest.campaign, framework, sizeof framework)) != 0) return rc < 0 ? rc : 0;
    snprintf(competency, sizeof competency, "%s:%s", framework, m->competency);
    return write_deficit(self, txn, &latest, band_of(&scales.best, latest.score, latest.max), competency,
                         bulk);
}

static int settle(void *arg, store_txn_t *txn)
{
    diagnostics_t *self = arg;
    int rc = 0;
    if (self->scale_changed) rc = store_list(txn, N_RESULT, (slice_t){0}, NULL, note, self);
    self->scale_changed = false;
    for (size_t i = 0; i < self->n_dirty && rc >= 0; i++) rc = look_again(self, txn, &self->dirty[i]);
    self->n_dirty = 0;
    return rc < 0 ? rc : 0;
}

const service_def_t DIAGNOSTICS = {
    .number = SERVICE_DIAGNOSTICS,
    .program = "selenga-diagnostics",
    .open = open_diagnostics,
    .close = close_diagnostics,
    .start = start_diagnostics,
    .changed = changed,
    .settle = settle,
};
