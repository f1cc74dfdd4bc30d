// SPDX-License-Identifier: Apache-2.0
// Whose facts are counted anew, and when. Rows 'J', 'D', 'G', 'F', 'P' and
// 'U':
// common/store/FORMAT.md, aux.
#include "services/reporting/recount.h"
#include "common/base/vec.h"
#include "services/reporting/recount_one.h"
#include <errno.h>
#include <stdlib.h>

enum {
    KEY = 1 + PSEUDONYM_BYTES,
    WAITS = 6,
    WAITED = 5,  // of an earlier program: without aspects
    SLICE = 256, // people who wait that one transaction counts
    PERSON = KEY + sizeof(rid_t),
    RULES = 1, // by which facts are made; grows when they come to say more
};

static slice_t key_of(uint8_t *buf, char letter, const uint8_t *pseudonym)
{
    buf[0] = (uint8_t)letter;
    memcpy(buf + 1, pseudonym, PSEUDONYM_BYTES);
    return slice(buf, KEY);
}

// --- who waits -----------------------------------------------------------------------------------

static void unpack_waiting(slice_t v, dirty_t *dirty)
{
    dirty->bulk = v.data[0] != 0;
    dirty->years = (years_t){v.data[1] << 8 | v.data[2], v.data[3] << 8 | v.data[4]};
    if (v.size == WAITS) dirty->aspects = v.data[5];
}

static int let_wait(reporting_t *self, store_txn_t *txn, const dirty_t *dirty)
{
    uint8_t key[KEY];
    dirty_t all = *dirty, before = {0};
    slice_t v, at = key_of(key, 'J', dirty->pseudonym);
    int rc = kv_get(store_kv(txn), KV_AUX, at, &v);
    if (rc < 0 || (rc == 0 && v.size != WAITS)) return rc < 0 ? rc : -EUCLEAN;
    if (rc == 0) {
        unpack_waiting(v, &before);
        all.bulk = all.bulk && before.bulk;
        all.years = years_joined(all.years, before.years);
        all.aspects |= before.aspects;
    }
    uint8_t value[WAITS] = {all.bulk,
                            (uint8_t)(all.years.first >> 8),
                            (uint8_t)all.years.first,
                            (uint8_t)(all.years.last >> 8),
                            (uint8_t)all.years.last,
                            (uint8_t)all.aspects};
    self->waiting = true;
    return kv_put(store_kv(txn), KV_AUX, at, slice(value, sizeof value));
}

typedef struct waiting {
    dirty_t *list;
    size_t n;
} waiting_t;

// Some of those whom rows with this letter name, no more than `most` in all; size: of a row that says what
// waits, 0: it says something else. 0 or -errno.
static int find_waiting(store_txn_t *txn, char letter, size_t size, size_t most, waiting_t *to)
{
    uint8_t from = (uint8_t)letter;
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    int rc = kv_cursor(store_kv(txn), KV_AUX, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(&from, 1), &key, &value);
    while (rc == 0 && to->n < most && key.size == KEY && key.data[0] == from) {
        dirty_t *dirty = &to->list[to->n++];
        *dirty = (dirty_t){.bulk = true, .years = YEARS_ALL, .aspects = ASPECT_ALL};
        if (size > 0 && value.size != size) rc = -EUCLEAN;
        if (size > 0 && rc == 0) unpack_waiting(value, dirty);
        memcpy(dirty->pseudonym, key.data + 1, PSEUDONYM_BYTES);
        if (rc == 0) rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : 0;
}

static int count_waiting(reporting_t *self, store_txn_t *txn)
{
    uint8_t key[KEY];
    AUTO(xfree) dirty_t *list = xcalloc(SLICE, sizeof *list);
    waiting_t waiting = {list, 0};
    int rc = find_waiting(txn, 'J', WAITS, SLICE, &waiting);
    size_t n = waiting.n;
    if (rc == 0) rc = find_waiting(txn, 'D', WAITED, SLICE, &waiting);
    for (size_t i = 0; i < waiting.n && rc == 0; i++) {
        rc = recount_one(self, txn, &list[i]);
        if (rc == 0) rc = kv_del(store_kv(txn), KV_AUX, key_of(key, i < n ? 'J' : 'D', list[i].pseudonym));
        if (rc == KV_NONE) rc = -EUCLEAN;
    }
    self->waiting = waiting.n == SLICE;
    return rc;
}

// Whose facts an earlier program wrote has them made anew, which takes him out of its rows.
static int count_older(reporting_t *self, store_txn_t *txn)
{
    AUTO(xfree) dirty_t *list = xcalloc(SLICE, sizeof *list);
    waiting_t older = {list, 0};
    int rc = find_waiting(txn, 'G', 0, SLICE, &older);
    if (rc == 0) rc = find_waiting(txn, 'F', 0, SLICE, &older);
    for (size_t i = 0; i < older.n && rc == 0; i++) rc = recount_one(self, txn, &list[i]);
    self->older = older.n == SLICE;
    return rc;
}

// --- flags that are made of more than before -----------------------------------------------------

static const uint8_t RULES_KEY = 'U';

static int read_rules(reporting_t *self, store_txn_t *txn)
{
    slice_t v;
    int rc = kv_get(store_kv(txn), KV_AUX, slice(&RULES_KEY, 1), &v);
    self->fewer = rc != 0 || v.size != 1 || v.data[0] < RULES;
    return rc < 0 ? rc : 0;
}

// Some of those who have a pseudonym here, behind `fewer_at`.
static int find_people(reporting_t *self, store_txn_t *txn, waiting_t *to)
{
    uint8_t from[PERSON];
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    key_of(from, 'P', self->fewer_at);
    memset(from + KEY, 0xff, PERSON - KEY);
    int rc = kv_cursor(store_kv(txn), KV_AUX, &cursor);
    if (rc == 0) rc = kv_seek(cursor, slice(from, PERSON), &key, &value);
    while (rc == 0 && to->n < SLICE && key.size == PERSON && key.data[0] == 'P') {
        if (memcmp(self->fewer_at, key.data + 1, PSEUDONYM_BYTES) != 0) {
            dirty_t *dirty = &to->list[to->n++];
            *dirty = (dirty_t){.bulk = true, .years = YEARS_ALL, .aspects = ASPECT_ALL};
            memcpy(dirty->pseudonym, key.data + 1, PSEUDONYM_BYTES);
            memcpy(self->fewer_at, dirty->pseudonym, PSEUDONYM_BYTES);
        }
        rc = kv_next(cursor, &key, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : 0;
}

// Facts of an earlier program lack flags that this one makes. Begun again after a stop: what says the same is
// not written.
static int count_fewer(reporting_t *self, store_txn_t *txn)
{
    static const uint8_t rules = RULES;
    AUTO(xfree) dirty_t *list = xcalloc(SLICE, sizeof *list);
    waiting_t people = {list, 0};
    int rc = find_people(self, txn, &people);
    for (size_t i = 0; i < people.n && rc == 0; i++) rc = recount_one(self, txn, &list[i]);
    self->fewer = people.n == SLICE;
    if (rc != 0 || self->fewer) return rc;
    return kv_put(store_kv(txn), KV_AUX, slice(&RULES_KEY, 1), slice(&rules, 1));
}

// --- all that is due -----------------------------------------------------------------------------

int recount_open(reporting_t *self, store_txn_t *txn)
{
    dirty_t one;
    waiting_t waiting = {&one, 0}, older = {&one, 0};
    int rc = find_waiting(txn, 'J', WAITS, 1, &waiting);
    if (rc == 0) rc = find_waiting(txn, 'D', WAITED, 1, &waiting);
    if (rc == 0) rc = find_waiting(txn, 'G', 0, 1, &older);
    if (rc == 0) rc = find_waiting(txn, 'F', 0, 1, &older);
    self->waiting = waiting.n > 0;
    self->older = older.n > 0;
    return rc == 0 ? read_rules(self, txn) : rc;
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
    into->aspects |= one->aspects;
    into->only_more = into->only_more && one->only_more;
    if (one->first_day < into->first_day) into->first_day = one->first_day;
    if (one->last_day > into->last_day) into->last_day = one->last_day;
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
    *vec_add(self->dirty, self->n_dirty, self->room) = *dirty;
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
        rc = many && dirty->later ? let_wait(self, txn, dirty) : recount_one(self, txn, dirty);
    }
    if (rc == 0 && self->older && !self->waiting) rc = count_older(self, txn);
    if (rc == 0 && self->fewer && !self->older && !self->waiting) rc = count_fewer(self, txn);
    self->n_dirty = 0;
    return rc == 0 ? recount_remove_gone(self, txn) : rc;
}

bool recount_is_busy(const reporting_t *self)
{
    return self->waiting || self->older || self->fewer;
}
