// SPDX-License-Identifier: Apache-2.0
// Whose facts are counted anew, and when. Rows 'G', 'F' and 'D': common/store/FORMAT.md, aux.
#include "services/reporting/recount.h"
#include "common/node/msg.h"
#include "proto/reporting.pb-c.h"
#include "services/reporting/human.h"
#include <errno.h>
#include <stdlib.h>

enum {
    KEY = 1 + PSEUDONYM_BYTES,
    ROWS_MAX = 1024,
    LINE = 2 + sizeof(rid_t),
    WAITS = 5,
    SLICE = 256, // people who wait that one transaction counts
};

static slice_t key_of(uint8_t *buf, char letter, const uint8_t *pseudonym)
{
    buf[0] = (uint8_t)letter;
    memcpy(buf + 1, pseudonym, PSEUDONYM_BYTES);
    return slice(buf, KEY);
}

// --- facts of one that are alive -----------------------------------------------------------------

typedef struct alive {
    struct {
        rid_t id;
        int year;
    } rows[ROWS_MAX];
    size_t n;
} alive_t;

static void alive_add(alive_t *alive, const rid_t *id, int year)
{
    if (alive->n == ROWS_MAX) return;
    alive->rows[alive->n].id = *id;
    alive->rows[alive->n++].year = year;
}

static bool holds(const alive_t *alive, const rid_t *id)
{
    for (size_t i = 0; i < alive->n; i++)
        if (rid_equal(&alive->rows[i].id, id)) return true;
    return false;
}

// Of an earlier program: the records say their years.
static int load_ids(store_txn_t *txn, const uint8_t *pseudonym, alive_t *alive)
{
    uint8_t key[KEY];
    slice_t v;
    record_t r;
    int rc = kv_get(store_kv(txn), KV_AUX, key_of(key, 'F', pseudonym), &v);
    if (rc != 0) return rc < 0 ? rc : 0;
    for (size_t at = 0; at + sizeof(rid_t) <= v.size; at += sizeof(rid_t)) {
        rid_t id;
        memcpy(id.b, v.data + at, sizeof id.b);
        rc = store_get(txn, &id, &r, NULL);
        if (rc < 0) return rc;
        AUTO(msg_body_free)
        Selenga__Fact *m = rc == 0 && !r.deleted ? msg_body_unpack(&selenga__fact__descriptor, r.body) : NULL;
        if (m != NULL) alive_add(alive, &id, (int)m->year);
    }
    return 0;
}

static int load_alive(store_txn_t *txn, const uint8_t *pseudonym, alive_t *alive)
{
    uint8_t key[KEY];
    slice_t v;
    alive->n = 0;
    int rc = kv_get(store_kv(txn), KV_AUX, key_of(key, 'G', pseudonym), &v);
    if (rc != 0) return rc < 0 ? rc : load_ids(txn, pseudonym, alive);
    for (size_t at = 0; at + LINE <= v.size; at += LINE) {
        rid_t id;
        memcpy(id.b, v.data + at + 2, sizeof id.b);
        alive_add(alive, &id, v.data[at] << 8 | v.data[at + 1]);
    }
    return 0;
}

static int save_alive(store_txn_t *txn, const uint8_t *pseudonym, const alive_t *alive)
{
    uint8_t key[KEY];
    AUTO(xfree) uint8_t *lines = xmalloc(alive->n * LINE + 1);
    for (size_t i = 0; i < alive->n; i++) {
        lines[i * LINE] = (uint8_t)(alive->rows[i].year >> 8);
        lines[i * LINE + 1] = (uint8_t)alive->rows[i].year;
        memcpy(lines + i * LINE + 2, alive->rows[i].id.b, sizeof(rid_t));
    }
    int rc = kv_del(store_kv(txn), KV_AUX, key_of(key, 'F', pseudonym));
    if (rc < 0) return rc;
    slice_t at = key_of(key, 'G', pseudonym);
    rc = alive->n > 0 ? kv_put(store_kv(txn), KV_AUX, at, slice(lines, alive->n * LINE))
                      : kv_del(store_kv(txn), KV_AUX, at);
    return rc < 0 ? rc : 0;
}

// --- counting one --------------------------------------------------------------------------------

static bool fact_id(const uint8_t *pseudonym, int year, const char *org, rid_t *ret_id)
{
    Selenga__Fact key = SELENGA__FACT__INIT;
    key.has_pseudonym = key.has_year = true;
    key.pseudonym = (ProtobufCBinaryData){PSEUDONYM_BYTES, (uint8_t *)(uintptr_t)pseudonym};
    key.org = (char *)(uintptr_t)org;
    key.year = year;
    return body_id(&KIND_FACT, &key.base, ret_id);
}

// Most rows of a year that is counted again say what they said: they are not made into a record to see that.
static int is_there(store_txn_t *txn, const rid_t *id, slice_t body, bool *ret)
{
    record_t held;
    int rc = store_get(txn, id, &held, NULL);
    *ret = rc == 0 && !held.deleted && slice_equal(held.body, body);
    return rc < 0 ? rc : 0;
}

static int write_row(const author_t *author, store_txn_t *txn, const uint8_t *pseudonym, int year,
                     const fact_row_t *row, alive_t *now)
{
    AUTO(xfree) uint8_t *bytes = NULL;
    size_t size;
    rid_t id;
    bool there;
    fact_body_pack(pseudonym, year, row, &bytes, &size);
    if (!fact_id(pseudonym, year, row->org, &id)) return -EINVAL;
    alive_add(now, &id, year);
    int rc = is_there(txn, &id, slice(bytes, size), &there);
    if (rc != 0 || there) return rc;
    AUTO(msg_body_free) Selenga__Fact *m = msg_body_unpack(&selenga__fact__descriptor, slice(bytes, size));
    if (m == NULL) return -EINVAL;
    return record_write_own(author, txn, &KIND_FACT, &id, &m->base, NULL);
}

static int write_years(const author_t *author, store_txn_t *txn, const dirty_t *dirty, const known_t *known,
                       alive_t *now)
{
    const reporting_t *self = author->self;
    int rc = 0;
    for (int year = (int)self->settings.first_year; year <= (int)self->settings.last_year && rc == 0;
         year++) {
        if (!years_have(dirty->years, year)) continue;
        facts_t *facts = facts_make(human_of(known), year);
        for (size_t i = 0; i < facts->n_rows && rc == 0; i++) {
            facts->rows[i].origin = *human_origin(known);
            rc = write_row(author, txn, dirty->pseudonym, year, &facts->rows[i], now);
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
    author_t author = service_author(self->service);
    author.bulk = dirty->bulk;
    known_t *known = NULL;
    AUTO(xfree) alive_t *before = xmalloc(sizeof *before);
    AUTO(xfree) alive_t *now = xmalloc(sizeof *now);
    now->n = 0;
    int rc = load_alive(txn, dirty->pseudonym, before);
    for (size_t i = 0; i < before->n && rc == 0; i++)
        if (!years_have(dirty->years, before->rows[i].year))
            alive_add(now, &before->rows[i].id, before->rows[i].year);
    if (rc == 0) rc = human_gather(self, txn, dirty->pseudonym, &known);
    if (rc == 0) rc = write_years(&author, txn, dirty, known, now);
    for (size_t i = 0; i < before->n && rc == 0; i++)
        if (!holds(now, &before->rows[i].id)) remove_later(self, &before->rows[i].id, author.bulk);
    if (rc == 0 && now->n == 0) rc = human_forget(txn, dirty->pseudonym);
    if (rc == 0) rc = save_alive(txn, dirty->pseudonym, now);
    human_free(&known);
    return rc;
}

// --- who waits -----------------------------------------------------------------------------------

static void unpack_waiting(slice_t v, dirty_t *dirty)
{
    dirty->bulk = v.data[0] != 0;
    dirty->years = (years_t){v.data[1] << 8 | v.data[2], v.data[3] << 8 | v.data[4]};
}

static int let_wait(reporting_t *self, store_txn_t *txn, const dirty_t *dirty)
{
    uint8_t key[KEY];
    dirty_t all = *dirty, before = {0};
    slice_t v, at = key_of(key, 'D', dirty->pseudonym);
    int rc = kv_get(store_kv(txn), KV_AUX, at, &v);
    if (rc < 0 || (rc == 0 && v.size != WAITS)) return rc < 0 ? rc : -EUCLEAN;
    if (rc == 0) {
        unpack_waiting(v, &before);
        all.bulk = all.bulk && before.bulk;
        all.years = years_joined(all.years, before.years);
    }
    uint8_t value[WAITS] = {all.bulk, (uint8_t)(all.years.first >> 8), (uint8_t)all.years.first,
                            (uint8_t)(all.years.last >> 8), (uint8_t)all.years.last};
    self->waiting = true;
    return kv_put(store_kv(txn), KV_AUX, at, slice(value, sizeof value));
}

// Some of those who wait, no more than most. 0 or -errno.
static int find_waiting(store_txn_t *txn, dirty_t *waiting, size_t most, size_t *ret_n)
{
    static const uint8_t letter[] = {'D'};
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    *ret_n = 0;
    int rc = kv_cursor(store_kv(txn), KV_AUX, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(letter, sizeof letter), &key, &value);
    while (rc == 0 && *ret_n < most && key.size == KEY && key.data[0] == letter[0]) {
        dirty_t *dirty = &waiting[*ret_n];
        if (value.size != WAITS) rc = -EUCLEAN;
        if (rc == 0) unpack_waiting(value, dirty);
        memcpy(dirty->pseudonym, key.data + 1, PSEUDONYM_BYTES);
        ++*ret_n;
        if (rc == 0) rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : 0;
}

static int count_waiting(reporting_t *self, store_txn_t *txn)
{
    uint8_t key[KEY];
    AUTO(xfree) dirty_t *waiting = xcalloc(SLICE, sizeof *waiting);
    size_t n;
    int rc = find_waiting(txn, waiting, SLICE, &n);
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = count_again(self, txn, &waiting[i]);
        if (rc == 0) rc = kv_del(store_kv(txn), KV_AUX, key_of(key, 'D', waiting[i].pseudonym));
        if (rc == KV_NONE) rc = -EUCLEAN;
    }
    self->waiting = n == SLICE;
    return rc;
}

// --- all that is due -----------------------------------------------------------------------------

int recount_open(reporting_t *self, store_txn_t *txn)
{
    dirty_t one = {0};
    size_t n;
    int rc = find_waiting(txn, &one, 1, &n);
    self->waiting = n > 0;
    return rc;
}

void recount_close(reporting_t *self)
{
    free(self->dirty);
    free(self->gone);
}

static void join_mark(dirty_t *into, const dirty_t *one)
{
    into->bulk = into->bulk && one->bulk;
    into->later = into->later && one->later;
    into->years = years_joined(into->years, one->years);
}

void recount_mark(reporting_t *self, const dirty_t *dirty)
{
    // A staff row touches one three times.
    for (size_t i = self->n_dirty; i > 0 && self->n_dirty - i < 4; i--) {
        dirty_t *last = &self->dirty[i - 1];
        if (memcmp(last->pseudonym, dirty->pseudonym, PSEUDONYM_BYTES) != 0) continue;
        join_mark(last, dirty);
        return;
    }
    if (self->n_dirty == self->room) {
        self->room = self->room * 2 + 64;
        self->dirty = xrealloc(self->dirty, self->room * sizeof *self->dirty);
    }
    self->dirty[self->n_dirty++] = *dirty;
}

static int by_pseudonym(const void *a, const void *b)
{
    return memcmp(((const dirty_t *)a)->pseudonym, ((const dirty_t *)b)->pseudonym, PSEUDONYM_BYTES);
}

// Each once, with all years. Returns how many may wait.
static size_t join_marks(reporting_t *self)
{
    size_t kept = 0, later = 0;
    if (self->n_dirty > 1) qsort(self->dirty, self->n_dirty, sizeof *self->dirty, by_pseudonym);
    for (size_t i = 0; i < self->n_dirty; i++) {
        dirty_t *one = &self->dirty[i], *last = kept > 0 ? &self->dirty[kept - 1] : NULL;
        if (last == NULL || by_pseudonym(last, one) != 0) {
            self->dirty[kept++] = *one;
            continue;
        }
        join_mark(last, one);
    }
    self->n_dirty = kept;
    for (size_t i = 0; i < kept; i++) later += self->dirty[i].later;
    return later;
}

int recount(reporting_t *self, store_txn_t *txn)
{
    int rc = self->waiting ? count_waiting(self, txn) : 0;
    bool many = join_marks(self) > SLICE;
    for (size_t i = 0; i < self->n_dirty && rc == 0; i++) {
        const dirty_t *dirty = &self->dirty[i];
        rc = many && dirty->later ? let_wait(self, txn, dirty) : count_again(self, txn, dirty);
    }
    self->n_dirty = 0;
    return rc == 0 ? remove_gone(self, txn) : rc;
}

bool recount_is_busy(const reporting_t *self)
{
    return self->waiting;
}
