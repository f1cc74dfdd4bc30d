// SPDX-License-Identifier: Apache-2.0
// What reporting adds to the common loop. A record that arrives from another service of the node marks the
// people it touches; before the commit their facts are counted again, in the same transaction as the cursor
// that covers the record. Where one record touches many, they are noted in that transaction and counted in
// further ones.
#include "services/reporting/reporting.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/system_error.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "proto/api.pb-c.h"
#include "services/reporting/concerns.h"
#include "services/reporting/defaults.h"
#include "services/reporting/explain_reply.h"
#include "services/reporting/projection.h"
#include "services/reporting/recount.h"
#include <errno.h>
#include <stdlib.h>

static const setting_t SETTINGS[] = {
    {"first_year", SETTING_INT, offsetof(reporting_settings_t, first_year), PERIOD_YEAR_MIN, PERIOD_YEAR_MAX,
     "2020", "", N_("First year for which facts are made; the same in the whole tree.")},
    {"last_year", SETTING_INT, offsetof(reporting_settings_t, last_year), PERIOD_YEAR_MIN, PERIOD_YEAR_MAX,
     "2030", "", N_("Last year for which facts are made; no clock decides it.")},
};
static const settings_table_t SETTINGS_TABLE = {"reporting", SETTINGS, ARRAY_SIZE(SETTINGS)};

// --- opening -------------------------------------------------------------------------------------

static void close_reporting(void *arg)
{
    reporting_t *self = arg;
    for (size_t i = 0; i < self->n_asked; i++) free((void *)(uintptr_t)self->asked[i].body.data);
    free(self->asked);
    explaining_destroy(&self->explaining);
    table_destroy(&self->table);
    indicators_destroy(&self->indicators);
    recount_close(self);
    free(self);
}

static void *open_reporting(service_t *service)
{
    why_t why;
    store_txn_t *txn = NULL;
    reporting_t *self = xcalloc(1, sizeof *self);
    self->service = service;
    self->table = table_new();
    self->indicators = indicators_new();
    if (node_settings(service_node(service), &SETTINGS_TABLE, &self->settings, sizeof self->settings, &why) !=
        0) {
        log_at(L_ERROR, "NODE-CONF", "%s", why.text);
        exit(1); // counting other years than the operator meant would be worse than not counting
    }
    int rc = store_begin(service_store(service), false, &txn);
    if (rc == 0) rc = recount_open(self, txn);
    store_abort(&txn);
    if (rc != 0) log_at(L_ERROR, "STORE-READ", _("facts cannot be read: %s"), system_error(-rc));
    self->failed = rc; // no report is made of half of them
    return self;
}

// The root's first records are the regulation's indicators; a region replaces or adds to them as data.
static int start_reporting(void *arg, store_txn_t *txn)
{
    reporting_t *self = arg;
    author_t author = service_author(self->service);
    int rc = 0;
    if (service_node(self->service)->parent.known || service_is_replaced(self->service)) return 0;
    for (size_t i = 0; i < N_INDICATOR_DEFAULTS && rc == 0; i++) {
        Selenga__Indicator m = SELENGA__INDICATOR__INIT;
        record_t held;
        rid_t id;
        indicator_default(i, &m);
        if (!body_id(&KIND_INDICATOR, &m.base, &id)) return -EINVAL;
        rc = store_get(txn, &id, &held, NULL);
        if (rc == KV_NONE) rc = record_write_own(&author, txn, &KIND_INDICATOR, &id, &m.base, NULL);
    }
    return rc;
}

// Where people find the error: a character of the field's text, the first is 1.
static size_t character(const Selenga__Indicator *m, const indicator_error_t *error)
{
    const char *text =
        error->at > 0 ? body_str(&KIND_INDICATOR, &m->base, (size_t)kind_field(&KIND_INDICATOR, error->field))
                      : NULL;
    size_t n = 1;
    for (size_t i = 0; text != NULL && text[i] != '\0' && i < error->at; i++)
        n += (text[i + 1] & 0xc0) != 0x80;
    return n;
}

static int fault_of(const Selenga__Indicator *m, const indicator_error_t *error, fault_t *ret_fault)
{
    char at[24];
    snprintf(at, sizeof at, "%zu", character(m, error));
    fault_set(ret_fault, "BAD-EXPRESSION", error->field, error->what, at);
    return RECORD_E_FAULT;
}

// A definition that cannot be counted is refused before it is stored.
static int derive(void *arg, store_txn_t *txn, const author_t *author, const kind_rule_t *rule, body_t *body,
                  fault_t *ret_fault)
{
    indicator_error_t error;
    (void)arg, (void)txn, (void)author;
    if (rule->number != N_INDICATOR || indicator_check((const Selenga__Indicator *)body, &error)) return 0;
    return fault_of((const Selenga__Indicator *)body, &error, ret_fault);
}

static void changed(void *arg, store_txn_t *txn, const record_t *old, const record_t *now)
{
    reporting_t *self = arg;
    projection_record(self, old, now);
    int rc = concerns_touch(self, txn, old, now);
    if (self->failed == 0) self->failed = rc; // else people whom it touches would keep the facts they had
}

enum { UNATTACHED_MAX = 1000 };

// --- reports -------------------------------------------------------------------------------------

static int refuse(reporting_t *self, const envelope_t *e, const char *code, const char *arg)
{
    fault_t fault;
    fault_set(&fault, code, NULL, arg);
    service_refuse(self->service, e, &fault, false);
    return 0;
}

// The explanation that is being read, or a new one.
static explaining_t *explain_on(reporting_t *self, const definition_t *definition, const period_t *period,
                                uint32_t unit, uint64_t state)
{
    const explaining_t *now = self->explaining;
    bool same = now != NULL && self->explaining_state == state && now->definition == definition &&
                now->unit == unit && now->period.year == period->year && now->period.cell == period->cell;
    if (same) return self->explaining;
    explaining_destroy(&self->explaining);
    self->explaining = explaining_new(self->table, definition, period, unit);
    self->explaining_state = state;
    return self->explaining;
}

static int on_explain(reporting_t *self, store_txn_t *txn, const envelope_t *e, const Selenga__Report *m,
                      const period_t *period, const char *org)
{
    const definition_t *definition = indicators_in_force(self->indicators, m->explain, period->last_day);
    uint32_t unit = orgs_find(self->table->orgs, org);
    Selenga__ReportReply *reply = NULL;
    if (definition == NULL) return refuse(self, e, "NOT-FOUND", m->explain);
    if (unit == DICT_NONE || !orgs_known(self->table->orgs, unit)) return refuse(self, e, "NOT-FOUND", org);
    uint64_t state = indicators_state(self->indicators, self->table);
    int rc = explain_reply(txn, explain_on(self, definition, period, unit, state), m->from, &reply);
    reply->has_state = 1;
    reply->state = state;
    if (!reply->has_next) explaining_destroy(&self->explaining);
    if (rc == 0) service_reply(self->service, e, MSG_REPORT_REPLY, &reply->base);
    selenga__report_reply__free_unpacked(reply, NULL);
    return rc;
}

// A definition is judged as if it were to be written, and counted.
static int on_try(reporting_t *self, const envelope_t *e, const Selenga__Report *m, const period_t *period,
                  const char *org)
{
    fault_t fault;
    indicator_error_t error = {0};
    Selenga__ReportReply *reply = NULL;
    slice_t bytes = slice(m->draft.data, m->draft.len);
    AUTO(msg_body_free) Selenga__Indicator *draft = NULL;
    int rc = body_check(&KIND_INDICATOR, bytes, &fault);
    if (rc == 0) draft = msg_body_unpack(&selenga__indicator__descriptor, bytes);
    if (rc == 0 && draft == NULL) return refuse(self, e, "MALFORMED", "");
    if (rc == 0) {
        int32_t today = (int32_t)(wall_s() / 86400);
        reply = indicators_try(self->indicators, self->table, org, period, today, draft, &error);
        if (reply == NULL && error.what == NULL) return refuse(self, e, "NOT-FOUND", org);
        if (reply == NULL) rc = fault_of(draft, &error, &fault);
    }
    if (rc != 0) {
        service_refuse(self->service, e, &fault, false);
        return 0;
    }
    service_reply(self->service, e, MSG_REPORT_REPLY, &reply->base);
    selenga__report_reply__free_unpacked(reply, NULL);
    return 0;
}

// Told with any report: no organisation's figures have them.
static void add_unattached(const reporting_t *self, Selenga__ReportReply *reply)
{
    const orgs_t *orgs = self->table->orgs;
    uint32_t n;
    AUTO(xfree) uint32_t *list = orgs_unattached(orgs, orgs_find(orgs, service_node(self->service)->org), &n);
    if (n > UNATTACHED_MAX) n = UNATTACHED_MAX;
    reply->unattached = xcalloc((size_t)n + 1, sizeof(char *));
    for (uint32_t i = 0; i < n; i++)
        reply->unattached[reply->n_unattached++] = xstrdup(orgs_code(orgs, list[i]));
}

static int on_report(reporting_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Report *m = msg_body_unpack(&selenga__report__descriptor, e->body);
    period_t period;
    if (m == NULL || m->period == NULL) return refuse(self, e, "MALFORMED", "");
    if (!period_parse(m->period, &period)) return refuse(self, e, "BAD-PERIOD", m->period);
    if (period.year < self->settings.first_year || period.year > self->settings.last_year)
        return refuse(self, e, "PERIOD-OUTSIDE", m->period);
    const char *org = m->org != NULL && m->org[0] != '\0' ? m->org : service_node(self->service)->org;
    if (m->explain != NULL) return on_explain(self, txn, e, m, &period, org);
    if (m->has_draft) return on_try(self, e, m, &period, org);
    report_page_t page = {m->after, m->state, (int32_t)(wall_s() / 86400)};
    Selenga__ReportReply *reply = indicators_report(self->indicators, self->table, org, &period, &page);
    if (reply == NULL) return refuse(self, e, "NOT-FOUND", org);
    if (page.after == NULL) add_unattached(self, reply);
    service_reply(self->service, e, MSG_REPORT_REPLY, &reply->base);
    selenga__report_reply__free_unpacked(reply, NULL);
    return 0;
}

// A report is made of all that the store holds, so it waits until the table does.
static int wait_for_table(reporting_t *self, const envelope_t *e)
{
    if (self->n_asked == ASKED_MAX) return refuse(self, e, "SERVICE-BUSY", "reporting");
    envelope_t *kept = vec_add(self->asked, self->n_asked, self->room_asked);
    *kept = *e;
    kept->body = slice(xmemdup(e->body.data, e->body.size), e->body.size);
    return 0;
}

static int answer_all(reporting_t *self, store_txn_t *txn)
{
    int rc = 0;
    for (size_t i = 0; i < self->n_asked; i++) {
        if (rc == 0) rc = on_report(self, txn, &self->asked[i]);
        free((void *)(uintptr_t)self->asked[i].body.data);
    }
    self->n_asked = 0;
    return rc;
}

static int settle(void *arg, store_txn_t *txn)
{
    reporting_t *self = arg;
    int rc = self->failed;
    self->failed = 0;
    if (rc == 0) rc = recount(self, txn);
    if (rc != 0 || self->projected) return rc;
    rc = projection_on(self, txn, &self->projected);
    return rc == 0 && self->projected ? answer_all(self, txn) : rc;
}

static bool is_busy(void *arg)
{
    const reporting_t *self = arg;
    return !self->projected || recount_is_busy(self);
}

static int message(void *arg, store_txn_t *txn, const envelope_t *e)
{
    reporting_t *self = arg;
    if (e->type != MSG_REPORT || e->peer != PEER_SELF) return 0;
    return self->projected ? on_report(self, txn, e) : wait_for_table(self, e);
}

const service_def_t REPORTING = {
    .number = SERVICE_REPORTING,
    .program = "selenga-reporting",
    .settings = &SETTINGS_TABLE,
    .open = open_reporting,
    .close = close_reporting,
    .start = start_reporting,
    .derive = derive,
    .changed = changed,
    .settle = settle,
    .busy = is_busy,
    .message = message,
};
