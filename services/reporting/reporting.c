// SPDX-License-Identifier: Apache-2.0
// What reporting adds to the common loop. A record that arrives from another service of the node marks the
// people it touches; before the commit their facts are counted again, in the same transaction as the cursor
// that covers the record.
//
//   KV_AUX  'F' | pseudonym (16)  ->  ids of his fact records that are alive
#include "services/reporting/reporting.h"
#include "common/log.h"
#include "common/msg.h"
#include "proto/api.pb-c.h"
#include "services/reporting/defaults.h"
#include "services/reporting/human.h"
#include "services/reporting/mirror.h"
#include <errno.h>
#include <stdlib.h>

enum { ALIVE_KEY = 1 + PSEUDONYM_BYTES, ROWS_MAX = 1024 };

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
    table_destroy(&self->table);
    indicators_destroy(&self->indicators);
    free(self->dirty);
    free(self->gone);
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
    if (rc == 0) rc = mirror_all(self, txn);
    store_abort(&txn);
    if (rc != 0) log_at(L_ERROR, "STORE-READ", _("facts cannot be read: %s"), strerror(-rc));
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

// --- counting people again -----------------------------------------------------------------------

typedef struct alive {
    rid_t ids[ROWS_MAX];
    size_t n;
} alive_t;

static slice_t alive_key(uint8_t *buf, const uint8_t *pseudonym)
{
    buf[0] = 'F';
    memcpy(buf + 1, pseudonym, PSEUDONYM_BYTES);
    return slice(buf, ALIVE_KEY);
}

static int load_alive(store_txn_t *txn, const uint8_t *pseudonym, alive_t *alive)
{
    uint8_t key[ALIVE_KEY];
    slice_t v;
    alive->n = 0;
    int rc = kv_get(store_kv(txn), KV_AUX, alive_key(key, pseudonym), &v);
    if (rc != 0) return rc < 0 ? rc : 0;
    alive->n = v.size / sizeof(rid_t) < ROWS_MAX ? v.size / sizeof(rid_t) : ROWS_MAX;
    memcpy(alive->ids, v.data, alive->n * sizeof(rid_t));
    return 0;
}

static int save_alive(store_txn_t *txn, const uint8_t *pseudonym, const alive_t *alive)
{
    uint8_t key[ALIVE_KEY];
    slice_t at = alive_key(key, pseudonym);
    int rc = alive->n > 0 ? kv_put(store_kv(txn), KV_AUX, at, slice(alive->ids, alive->n * sizeof(rid_t)))
                          : kv_del(store_kv(txn), KV_AUX, at);
    return rc < 0 ? rc : 0;
}

static bool holds(const alive_t *alive, const rid_t *id)
{
    for (size_t i = 0; i < alive->n; i++)
        if (rid_equal(&alive->ids[i], id)) return true;
    return false;
}

static int write_row(const author_t *author, store_txn_t *txn, const uint8_t *pseudonym, int year,
                     const fact_row_t *row, alive_t *now)
{
    AUTO(xfree) uint8_t *bytes = NULL;
    size_t size;
    rid_t id;
    fact_body_pack(pseudonym, year, row, &bytes, &size);
    AUTO(msg_body_free) Selenga__Fact *m = msg_body_unpack(&selenga__fact__descriptor, slice(bytes, size));
    if (m == NULL || !body_id(&KIND_FACT, &m->base, &id)) return -EINVAL;
    if (now->n < ROWS_MAX) now->ids[now->n++] = id;
    return record_write_own(author, txn, &KIND_FACT, &id, &m->base, NULL);
}

static int write_years(const author_t *author, store_txn_t *txn, const uint8_t *pseudonym,
                       const known_t *known, alive_t *now)
{
    const reporting_t *self = author->self;
    int rc = 0;
    for (int year = (int)self->settings.first_year; year <= (int)self->settings.last_year && rc == 0;
         year++) {
        facts_t *facts = facts_make(human_of(known), year);
        for (size_t i = 0; i < facts->n_rows && rc == 0; i++) {
            facts->rows[i].origin = *human_origin(known);
            rc = write_row(author, txn, pseudonym, year, &facts->rows[i], now);
        }
        facts_destroy(&facts);
    }
    return rc;
}

typedef struct gone_fact {
    rid_t id;
    bool bulk;
} gone_fact_t;

// Who gets another pseudonym has the new rows before the old ones go: on no way up is he missing in between,
// and `was` of the new ones tells that he is not two.
static void remove_later(reporting_t *self, const rid_t *id, bool bulk)
{
    if (self->n_gone == self->room_gone) {
        self->room_gone = self->room_gone * 2 + 64;
        self->gone = xrealloc(self->gone, self->room_gone * sizeof *self->gone);
    }
    self->gone[self->n_gone++] = (gone_fact_t){*id, bulk};
}

static int remove_gone(reporting_t *self, store_txn_t *txn)
{
    author_t author = service_author(self->service);
    int rc = 0;
    for (size_t i = 0; i < self->n_gone && rc == 0; i++) {
        author.bulk = self->gone[i].bulk;
        rc = record_remove_own(&author, txn, &self->gone[i].id);
    }
    self->n_gone = 0;
    return rc;
}

static int count_again(reporting_t *self, store_txn_t *txn, const dirty_t *dirty)
{
    const uint8_t *pseudonym = dirty->pseudonym;
    author_t author = service_author(self->service);
    author.bulk = dirty->bulk != 0;
    known_t *known = NULL;
    AUTO(xfree) alive_t *before = xmalloc(sizeof *before);
    AUTO(xfree) alive_t *now = xmalloc(sizeof *now);
    now->n = 0;
    int rc = load_alive(txn, pseudonym, before);
    if (rc == 0) rc = human_gather(self, txn, pseudonym, &known);
    if (rc == 0) rc = write_years(&author, txn, pseudonym, known, now);
    for (size_t i = 0; i < before->n && rc == 0; i++)
        if (!holds(now, &before->ids[i])) remove_later(self, &before->ids[i], author.bulk);
    if (rc == 0 && now->n == 0) rc = human_forget(txn, pseudonym);
    if (rc == 0) rc = save_alive(txn, pseudonym, now);
    human_free(&known);
    return rc;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(dirty_t)); // of one person what is no load comes first
}

static int settle(void *arg, store_txn_t *txn)
{
    reporting_t *self = arg;
    int rc = 0;
    if (self->n_dirty == 0) return 0;
    qsort(self->dirty, self->n_dirty, sizeof *self->dirty, by_bytes);
    for (size_t i = 0; i < self->n_dirty && rc == 0; i++)
        if (i == 0 || memcmp(self->dirty[i].pseudonym, self->dirty[i - 1].pseudonym, PSEUDONYM_BYTES) != 0)
            rc = count_again(self, txn, &self->dirty[i]);
    self->n_dirty = 0;
    return rc == 0 ? remove_gone(self, txn) : rc;
}

// A definition that cannot be counted is refused before it is stored.
static int derive(void *arg, store_txn_t *txn, const author_t *author, const kind_rule_t *rule, body_t *body,
                  fault_t *ret_fault)
{
    indicator_error_t error;
    char at[24];
    (void)arg, (void)txn, (void)author;
    if (rule->number != N_INDICATOR || indicator_check((const Selenga__Indicator *)body, &error)) return 0;
    snprintf(at, sizeof at, "%zu", error.at + 1);
    fault_set(ret_fault, "BAD-EXPRESSION", error.field, error.what, at);
    return RECORD_E_FAULT;
}

static void changed(void *arg, store_txn_t *txn, const record_t *old, const record_t *now)
{
    reporting_t *self = arg;
    mirror_record(self, old, now);
    human_touch(self, txn, old, now); // its errors stick to the transaction
}

// --- reports -------------------------------------------------------------------------------------

static int refuse(reporting_t *self, const envelope_t *e, const char *code, const char *arg)
{
    fault_t fault;
    fault_set(&fault, code, NULL, arg);
    service_refuse(self->service, e, &fault, false);
    return 0;
}

static int on_report(reporting_t *self, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Report *m = msg_body_unpack(&selenga__report__descriptor, e->body);
    period_t period;
    if (m == NULL || m->period == NULL) return refuse(self, e, "MALFORMED", "");
    if (!period_parse(m->period, &period)) return refuse(self, e, "BAD-PERIOD", m->period);
    if (period.year < self->settings.first_year || period.year > self->settings.last_year)
        return refuse(self, e, "PERIOD-OUTSIDE", m->period);
    const char *org = m->org != NULL && m->org[0] != '\0' ? m->org : service_node(self->service)->org;
    report_page_t page = {m->after, m->state};
    Selenga__ReportReply *reply = indicators_report(self->indicators, self->table, org, &period, &page);
    if (reply == NULL) return refuse(self, e, "NOT-FOUND", org);
    service_reply(self->service, e, MSG_REPORT_REPLY, &reply->base);
    selenga__report_reply__free_unpacked(reply, NULL);
    return 0;
}

static int message(void *arg, store_txn_t *txn, const envelope_t *e)
{
    (void)txn;
    return e->type == MSG_REPORT && e->peer == PEER_SELF ? on_report(arg, e) : 0;
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
    .message = message,
};
