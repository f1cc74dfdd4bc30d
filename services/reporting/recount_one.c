// SPDX-License-Identifier: Apache-2.0
// Rows 'H', 'G' and 'F': common/store/FORMAT.md, aux.
#include "services/reporting/recount_one.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "proto/reporting.pb-c.h"
#include "services/reporting/human.h"
#include <errno.h>
#include <stdlib.h>

enum {
    KEY = 1 + PSEUDONYM_BYTES,
    HISTORIES_MAX = 128, // organisations of one human being at one node
    OLDER_MAX = 1024,    // his records of an earlier program
    OLDER_LINE = 2 + sizeof(rid_t),
    AGAIN = 1, // what is held does not suffice
};

typedef struct held { // of his facts in one organisation
    rid_t id;
    career_t career;
} held_t;

typedef struct count { // one human being being counted
    reporting_t *self;
    store_txn_t *txn;
    const dirty_t *dirty;
    bool all; // years and aspects
    held_t *held[HISTORIES_MAX];
    size_t n_held;
    bool lost; // a record that should be held is not, or cannot be read
    rid_t older[OLDER_MAX];
    size_t n_older;
    career_t *now[HISTORIES_MAX];
    size_t n_now;
} count_t;

static slice_t key_of(uint8_t *buf, char letter, const uint8_t *pseudonym)
{
    buf[0] = (uint8_t)letter;
    memcpy(buf + 1, pseudonym, PSEUDONYM_BYTES);
    return slice(buf, KEY);
}

// --- what is held --------------------------------------------------------------------------------

static int load_career(count_t *count, const rid_t *id)
{
    record_t r;
    if (count->n_held == HISTORIES_MAX) return 0;
    int rc = store_get(count->txn, id, &r, NULL);
    if (rc < 0) return rc;
    held_t *held = xmalloc(sizeof *held);
    held->id = *id;
    if (rc != 0 || r.deleted || fact_body_unpack(r.body, &held->career) != 0) {
        count->lost = true;
        free(held);
        return 0;
    }
    count->held[count->n_held++] = held;
    return 0;
}

static int load_held(count_t *count)
{
    uint8_t key[KEY];
    slice_t v;
    int rc = kv_get(store_kv(count->txn), KV_AUX, key_of(key, 'H', count->dirty->pseudonym), &v);
    if (rc != 0) return rc < 0 ? rc : 0;
    for (size_t at = 0; at + sizeof(rid_t) <= v.size && rc == 0; at += sizeof(rid_t)) {
        rid_t id;
        memcpy(id.b, v.data + at, sizeof id.b);
        rc = load_career(count, &id);
    }
    return rc;
}

// Of earlier programs: one record a year, and before that without saying which.
static int load_older(count_t *count, char letter, size_t line)
{
    uint8_t key[KEY];
    slice_t v, at = key_of(key, letter, count->dirty->pseudonym);
    int rc = kv_get(store_kv(count->txn), KV_AUX, at, &v);
    if (rc != 0) return rc < 0 ? rc : 0;
    for (size_t end = line; end <= v.size && count->n_older < OLDER_MAX; end += line)
        memcpy(count->older[count->n_older++].b, v.data + end - sizeof(rid_t), sizeof(rid_t));
    return kv_del(store_kv(count->txn), KV_AUX, at);
}

static int load(count_t *count)
{
    int rc = load_held(count);
    if (rc == 0) rc = load_older(count, 'G', OLDER_LINE);
    return rc == 0 ? load_older(count, 'F', sizeof(rid_t)) : rc;
}

// Has he this form of support already in every cell that holds one of the days?
static bool has_flag(const career_t *career, const dirty_t *dirty, uint32_t flags)
{
    for (size_t i = 0; i < career->n_runs; i++)
        for (int year = career->runs[i].first; year <= career->runs[i].last; year++) {
            if (!years_have(dirty->years, year)) continue;
            for (int c = 0; c < N_CELLS; c++) {
                period_t period = period_make(year, (period_cell_t)c);
                if ((career->runs[i].cells[c] & flags) == 0 &&
                    period_touches(&period, dirty->first_day, dirty->last_day))
                    return false;
            }
        }
    return true;
}

static bool changes_nothing(const count_t *count)
{
    const dirty_t *dirty = count->dirty;
    if (!dirty->only_more || count->all) return false;
    for (int a = 0; a < N_ASPECTS; a++) {
        uint32_t flags = aspect_flags(dirty->aspects & 1u << a);
        for (size_t i = 0; flags != 0 && i < count->n_held; i++)
            if (!has_flag(&count->held[i]->career, dirty, flags)) return false;
    }
    return true;
}

// --- counting ------------------------------------------------------------------------------------

static career_t *now_of(count_t *count, const char *org)
{
    for (size_t i = 0; i < count->n_now; i++)
        if (strcmp(count->now[i]->org, org) == 0) return count->now[i];
    if (count->n_now == HISTORIES_MAX) return NULL;
    career_t *now = count->now[count->n_now++] = xmalloc(sizeof *now);
    career_init(now, count->dirty->pseudonym, org);
    return now;
}

static void add_year(count_t *count, int year, const fact_row_t *row)
{
    career_t *now = now_of(count, row->org);
    if (now != NULL) career_add(now, year, row);
}

static const career_t *held_of(const count_t *count, const char *org)
{
    for (size_t i = 0; i < count->n_held; i++)
        if (strcmp(count->held[i]->career.org, org) == 0) return &count->held[i]->career;
    return NULL;
}

// What was not read comes from what is held.
static int complete(const count_t *count, int year, fact_row_t *row)
{
    unsigned kept = ASPECT_ALL & ~count->dirty->aspects;
    fact_row_t before;
    if (count->all || kept == 0) return 0;
    const career_t *held = held_of(count, row->org);
    if (held == NULL || !career_row(held, year, &before)) return AGAIN;
    for (int c = 0; c < N_CELLS; c++)
        row->cells[c] = fact_normal(row->cells[c] | (before.cells[c] & aspects_flags(kept)));
    if ((kept & ASPECT_TRAINING) == 0) return 0;
    row->n_parts = before.n_parts;
    memcpy(row->parts, before.parts, before.n_parts * sizeof *row->parts);
    return 0;
}

static bool has_row(const facts_t *facts, const char *org)
{
    for (size_t i = 0; i < facts->n_rows; i++)
        if (strcmp(facts->rows[i].org, org) == 0) return true;
    return false;
}

// Years in which nothing but his part in a team stands.
static void keep_parts(count_t *count, int year, const facts_t *facts)
{
    fact_row_t row;
    if (count->all || (count->dirty->aspects & ASPECT_TRAINING) != 0) return;
    for (size_t i = 0; i < count->n_held; i++) {
        const career_t *held = &count->held[i]->career;
        if (!has_row(facts, held->org) && career_row(held, year, &row) && row.n_parts > 0)
            add_year(count, year, &row);
    }
}

static int count_year(count_t *count, const human_t *human, int year)
{
    AUTO(facts_destroy) facts_t *facts = facts_make(human, year);
    int rc = 0;
    for (size_t i = 0; i < facts->n_rows && rc == 0; i++) {
        rc = complete(count, year, &facts->rows[i]);
        if (rc == 0) add_year(count, year, &facts->rows[i]);
    }
    keep_parts(count, year, facts);
    return rc;
}

static void keep_year(count_t *count, int year)
{
    fact_row_t row;
    for (size_t i = 0; i < count->n_held; i++)
        if (career_row(&count->held[i]->career, year, &row)) add_year(count, year, &row);
}

// Of what is held and of what the settings say.
static years_t all_years(const count_t *count)
{
    years_t years = {(int)count->self->settings.first_year, (int)count->self->settings.last_year};
    for (size_t i = 0; i < count->n_held; i++) {
        const career_t *held = &count->held[i]->career;
        years = years_joined(years, (years_t){held->runs[0].first, held->runs[held->n_runs - 1].last});
    }
    return years;
}

static int count_years(count_t *count, const known_t *known)
{
    const reporting_settings_t *settings = &count->self->settings;
    years_t years = all_years(count);
    int rc = 0;
    for (int year = years.first; year <= years.last && rc == 0; year++) {
        if (!count->all && !years_have(count->dirty->years, year))
            keep_year(count, year);
        else if (year >= settings->first_year && year <= settings->last_year)
            rc = count_year(count, human_of(known), year);
    }
    for (size_t i = 0; i < count->n_now; i++) count->now[i]->origin = *human_origin(known);
    return rc;
}

// --- writing -------------------------------------------------------------------------------------

static bool fact_id(const career_t *career, rid_t *ret_id)
{
    Selenga__Fact key = SELENGA__FACT__INIT;
    key.has_pseudonym = key.has_year = true;
    key.pseudonym = (ProtobufCBinaryData){PSEUDONYM_BYTES, (uint8_t *)(uintptr_t)career->pseudonym};
    key.org = (char *)(uintptr_t)career->org;
    return body_id(&KIND_FACT, &key.base, ret_id);
}

// Most that is counted again says what it said: it is not made into a record to see that.
static int is_there(store_txn_t *txn, const rid_t *id, slice_t body, bool *ret)
{
    record_t held;
    int rc = store_get(txn, id, &held, NULL);
    *ret = rc == 0 && !held.deleted && slice_equal(held.body, body);
    return rc < 0 ? rc : 0;
}

static int write_career(const author_t *author, store_txn_t *txn, const career_t *career, rid_t *ret_id)
{
    AUTO(xfree) uint8_t *bytes = NULL;
    size_t size;
    bool there;
    fact_body_pack(career, &bytes, &size);
    if (!fact_id(career, ret_id)) return -EINVAL;
    int rc = is_there(txn, ret_id, slice(bytes, size), &there);
    if (rc != 0 || there) return rc;
    AUTO(msg_body_free) Selenga__Fact *m = msg_body_unpack(&selenga__fact__descriptor, slice(bytes, size));
    if (m == NULL) return -EINVAL;
    return record_write_own(author, txn, &KIND_FACT, ret_id, &m->base, NULL);
}

typedef struct gone_fact {
    rid_t id;
    bool bulk;
} gone_fact_t;

static void remove_later(reporting_t *self, const rid_t *id, bool bulk)
{
    *vec_add(self->gone, self->n_gone, self->room_gone) = (gone_fact_t){*id, bulk};
}

int recount_remove_gone(reporting_t *self, store_txn_t *txn)
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

static bool holds(const rid_t *ids, size_t n, const rid_t *id)
{
    for (size_t i = 0; i < n; i++)
        if (rid_equal(&ids[i], id)) return true;
    return false;
}

static int save_ids(const count_t *count, const rid_t *ids, size_t n)
{
    uint8_t key[KEY];
    slice_t at = key_of(key, 'H', count->dirty->pseudonym);
    bool same = n == count->n_held && !count->lost;
    for (size_t i = 0; i < n && same; i++) same = rid_equal(&ids[i], &count->held[i]->id);
    if (same) return 0;
    int rc = n > 0 ? kv_put(store_kv(count->txn), KV_AUX, at, slice(ids[0].b, n * sizeof *ids))
                   : kv_del(store_kv(count->txn), KV_AUX, at);
    return rc < 0 ? rc : 0;
}

static int write_all(count_t *count)
{
    author_t author = service_author(count->self->service);
    rid_t ids[HISTORIES_MAX];
    int rc = 0;
    author.bulk = count->dirty->bulk;
    for (size_t i = 0; i < count->n_now && rc == 0; i++)
        rc = write_career(&author, count->txn, count->now[i], &ids[i]);
    if (rc != 0) return rc;
    for (size_t i = 0; i < count->n_held; i++)
        if (!holds(ids, count->n_now, &count->held[i]->id))
            remove_later(count->self, &count->held[i]->id, author.bulk);
    for (size_t i = 0; i < count->n_older; i++) remove_later(count->self, &count->older[i], author.bulk);
    if (count->n_now == 0) rc = human_forget(count->txn, count->dirty->pseudonym);
    return rc == 0 ? save_ids(count, ids, count->n_now) : rc;
}

// --- one -----------------------------------------------------------------------------------------

static void drop_now(count_t *count)
{
    for (size_t i = 0; i < count->n_now; i++) free(count->now[i]);
    count->n_now = 0;
}

static int count_and_write(count_t *count)
{
    known_t *known = NULL;
    unsigned aspects = count->all ? ASPECT_ALL : count->dirty->aspects;
    int rc = human_gather(count->txn, count->dirty->pseudonym, aspects, &known);
    if (rc == 0) rc = count_years(count, known);
    if (rc == 0) rc = write_all(count);
    drop_now(count);
    human_free(&known);
    return rc;
}

int recount_one(reporting_t *self, store_txn_t *txn, const dirty_t *dirty)
{
    AUTO(xfree) count_t *count = xmalloc(sizeof *count);
    *count = (count_t){.self = self, .txn = txn, .dirty = dirty};
    int rc = load(count);
    count->all = count->n_held == 0 || count->lost;
    if (rc == 0 && !changes_nothing(count)) {
        rc = count_and_write(count);
        count->all = true;
        if (rc == AGAIN) rc = count_and_write(count);
    }
    for (size_t i = 0; i < count->n_held; i++) {
        fact_clear(&count->held[i]->career);
        free(count->held[i]);
    }
    return rc;
}
