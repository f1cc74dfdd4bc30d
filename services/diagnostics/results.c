// SPDX-License-Identifier: Apache-2.0
#include "services/diagnostics/results.h"
#include "common/base/date.h"
#include "common/base/dict.h"
#include "common/base/util.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "common/schema/body.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct results {
    wanted_t *wanted;
    size_t n_wanted, wanted_room;
    dict_t *campaigns; // codes of those whose framework was looked up
    char **frameworks; // by the number of the campaign; NULL: not known here
    size_t n_frameworks, frameworks_room;
};

results_t *results_new(void)
{
    results_t *self = xcalloc(1, sizeof *self);
    self->campaigns = dict_new();
    return self;
}

static void clear_wanted(wanted_t *one)
{
    for (size_t i = 0; i < one->n_years; i++) free(one->years[i].campaign);
    free(one->years);
    free(one->competency);
    free(one->campaign);
    free(one->name);
}

void results_forget(results_t *self)
{
    for (size_t i = 0; i < self->n_wanted; i++) clear_wanted(&self->wanted[i]);
    self->n_wanted = 0;
    for (size_t i = 0; i < self->n_frameworks; i++) free(self->frameworks[i]);
    self->n_frameworks = 0;
    dict_destroy(&self->campaigns);
    self->campaigns = dict_new();
}

void results_destroy(results_t **results)
{
    results_t *self = *results;
    if (self == NULL) return;
    results_forget(self);
    dict_destroy(&self->campaigns);
    free(self->frameworks);
    free(self->wanted);
    free(self);
    *results = NULL;
}

void results_want_disputed(results_t *self, const record_t *r)
{
    rid_t person;
    AUTO(msg_body_free) Selenga__Dispute *m = sound_body(&KIND_DISPUTE, &selenga__dispute__descriptor, r);
    if (m == NULL || !ref_id(&KIND_PERSON, slice_text(m->person), &person)) return;
    *vec_add(self->wanted, self->n_wanted, self->wanted_room) = (wanted_t){
        .person = person, .name = xstrdup(m->person), .competency = xstrdup(m->competency), .bulk = r->bulk};
}

bool results_any(const results_t *self)
{
    return self->n_wanted > 0;
}

void *sound_body(const kind_rule_t *rule, const ProtobufCMessageDescriptor *type, const record_t *r)
{
    fault_t fault;
    if (r->deleted || body_check(rule, r->body, &fault) != 0) return NULL;
    return msg_body_unpack(type, r->body);
}

void results_want(results_t *self, const record_t *r)
{
    rid_t person;
    AUTO(msg_body_free) Selenga__Result *m = sound_body(&KIND_RESULT, &selenga__result__descriptor, r);
    if (m == NULL || !ref_id(&KIND_PERSON, slice_text(m->person), &person)) return;
    *vec_add(self->wanted, self->n_wanted, self->wanted_room) =
        (wanted_t){.person = person,
                   .name = xstrdup(m->person),
                   .campaign = xstrdup(m->campaign),
                   .competency = xstrdup(m->competency),
                   .bulk = r->bulk};
}

// --- frameworks ----------------------------------------------------------------------------------

static int read_framework(store_txn_t *txn, const char *campaign, char **ret_framework)
{
    Selenga__Campaign key = SELENGA__CAMPAIGN__INIT;
    rid_t id;
    record_t r;
    *ret_framework = NULL;
    key.code = (char *)(uintptr_t)campaign;
    if (!body_id(&KIND_CAMPAIGN, &key.base, &id)) return 0;
    int rc = store_get(txn, &id, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Campaign *m = sound_body(&KIND_CAMPAIGN, &selenga__campaign__descriptor, &r);
    if (m != NULL) *ret_framework = xstrdup(m->framework);
    return 0;
}

// *ret_framework NULL: the campaign is not known here.
static int framework_of(results_t *self, store_txn_t *txn, const char *campaign, const char **ret_framework)
{
    uint32_t number = dict_add(self->campaigns, slice_text(campaign));
    if (number == self->n_frameworks) {
        char *framework;
        int rc = read_framework(txn, campaign, &framework);
        *vec_add(self->frameworks, self->n_frameworks, self->frameworks_room) = rc == 0 ? framework : NULL;
        if (rc != 0) return rc;
    }
    *ret_framework = self->frameworks[number];
    return 0;
}

static char *join(const char *framework, const char *code)
{
    size_t size = strlen(framework) + strlen(code) + 2;
    char *text = xmalloc(size);
    snprintf(text, size, "%s:%s", framework, code);
    return text;
}

static bool is_in(const char *competency, const char *framework, const char *code)
{
    size_t n = framework != NULL ? strlen(framework) : 0;
    return n > 0 && strncmp(competency, framework, n) == 0 && competency[n] == ':' &&
           strcmp(competency + n + 1, code) == 0;
}

// --- what results are about ----------------------------------------------------------------------

// Codes become whole references; what cannot be said so is nobody's need.
static int complete_wanted(results_t *self, store_txn_t *txn)
{
    size_t kept = 0;
    int rc = 0;
    for (size_t i = 0; i < self->n_wanted; i++) {
        wanted_t *one = &self->wanted[i];
        const char *framework = NULL;
        if (rc == 0 && one->campaign != NULL) rc = framework_of(self, txn, one->campaign, &framework);
        if (one->campaign != NULL && framework == NULL) {
            clear_wanted(one);
            continue;
        }
        char *whole = one->campaign != NULL ? join(framework, one->competency) : xstrdup(one->competency);
        free(one->competency);
        one->competency = whole;
        self->wanted[kept++] = *one;
    }
    self->n_wanted = kept;
    return rc;
}

// Together stand those of one person; of one competency first what is no load, which decides.
static int by_person(const void *a, const void *b)
{
    const wanted_t *left = a, *right = b;
    int cmp = memcmp(left->person.b, right->person.b, sizeof left->person.b);
    if (cmp == 0) cmp = strcmp(left->competency, right->competency);
    return cmp != 0 ? cmp : (int)left->bulk - (int)right->bulk;
}

static void drop_doubles(results_t *self)
{
    size_t kept = 0;
    if (self->n_wanted > 1) qsort(self->wanted, self->n_wanted, sizeof *self->wanted, by_person);
    for (size_t i = 0; i < self->n_wanted; i++) {
        wanted_t *one = &self->wanted[i], *last = kept > 0 ? &self->wanted[kept - 1] : NULL;
        bool again = last != NULL && rid_equal(&last->person, &one->person) &&
                     strcmp(last->competency, one->competency) == 0;
        if (again)
            clear_wanted(one);
        else
            self->wanted[kept++] = *one;
    }
    self->n_wanted = kept;
}

struct about { // a person's wanted results
    results_t *self;
    store_txn_t *txn;
    wanted_t *wanted;
    size_t n;
};

static bool is_later(const measure_t *held, const Selenga__Result *m)
{
    if (m->taken_on != held->taken_on) return m->taken_on > held->taken_on;
    return strcmp(m->campaign, held->campaign) > 0;
}

static void take_measure(wanted_t *wanted, const Selenga__Result *m)
{
    int year = date_civil(m->taken_on).year;
    size_t i = 0;
    while (i < wanted->n_years && date_civil(wanted->years[i].taken_on).year != year) i++;
    if (i < wanted->n_years && !is_later(&wanted->years[i], m)) return;
    if (i == wanted->n_years) *vec_add(wanted->years, wanted->n_years, wanted->room) = (measure_t){0};
    free(wanted->years[i].campaign);
    wanted->years[i] = (measure_t){xstrdup(m->campaign), m->score, m->max, m->taken_on};
}

static int compare_result(void *arg, const record_t *r, const place_t *place)
{
    struct about *about = arg;
    const char *framework;
    (void)place;
    AUTO(msg_body_free) Selenga__Result *m = sound_body(&KIND_RESULT, &selenga__result__descriptor, r);
    if (m == NULL || strcmp(m->person, about->wanted[0].name) != 0) return 0;
    int rc = framework_of(about->self, about->txn, m->campaign, &framework);
    for (size_t i = 0; rc == 0 && i < about->n; i++)
        if (is_in(about->wanted[i].competency, framework, m->competency)) take_measure(&about->wanted[i], m);
    return rc;
}

static int by_day(const void *a, const void *b)
{
    const measure_t *left = a, *right = b;
    return left->taken_on < right->taken_on ? -1 : left->taken_on > right->taken_on;
}

// All results of a person are read once, whatever many of them are to be looked at.
static int look_at_person(results_t *self, store_txn_t *txn, wanted_t *wanted, size_t n)
{
    struct about about = {self, txn, wanted, n};
    int rc = store_each_referring(txn, &wanted[0].person, N_RESULT, NULL, compare_result, &about);
    for (size_t i = 0; i < n; i++)
        if (wanted[i].n_years > 1) qsort(wanted[i].years, wanted[i].n_years, sizeof *wanted[i].years, by_day);
    return rc;
}

int results_each(results_t *self, store_txn_t *txn, results_fn *fn, void *arg)
{
    int rc = complete_wanted(self, txn);
    drop_doubles(self);
    for (size_t i = 0, n; i < self->n_wanted && rc == 0; i += n) {
        for (n = 1; i + n < self->n_wanted; n++)
            if (!rid_equal(&self->wanted[i].person, &self->wanted[i + n].person)) break;
        rc = look_at_person(self, txn, &self->wanted[i], n);
        for (size_t k = 0; k < n && rc == 0; k++) rc = fn(arg, txn, &self->wanted[i + k]);
    }
    return rc;
}
