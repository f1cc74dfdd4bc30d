// SPDX-License-Identifier: Apache-2.0
// A cell is one record of counts. Its numbers are kept at once, so that they are the transaction's whatever
// becomes of it; the record is written once, before the commit.
//
//   B | person (16) | competency (16) -> year (2) | band (1) of each year   what the person counts for now
//   C | id of the record (16)         -> people of each band, 4 x 8         what the record says
//   N                                 -> nothing                            counts are kept in this store
#include "services/diagnostics/tallies.h"
#include "common/base/date.h"
#include "common/base/dict.h"
#include "common/base/vec.h"
#include "services/diagnostics/small_cells.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_BANDS = BAND_HIGH + 1, KEPT_SIZE = N_BANDS * 8, YEAR_SIZE = 3 };
enum { CELL_KEY_MAX = KEY_TEXT_MAX + 32, KEPT_KEY = 17 };
// Fields of both kinds, in the order of their declaration.
enum { F_ORG, F_COMPETENCY, F_FROM, F_TO, F_MEASURED, F_NONE };

typedef struct cell {
    const kind_rule_t *rule;
    rid_t id;
    char *org, *competency;
    int year;
    bool bulk; // only loads changed it
} cell_t;

struct tallies {
    service_t *service;
    arena_t *arena;
    dict_t *by_key; // numbers of cells
    cell_t *cells;
    size_t n, room;
    bool writing;
    int failed; // -errno of the transaction, told by tallies_settle
};

tallies_t *tallies_new(service_t *service)
{
    tallies_t *self = xcalloc(1, sizeof *self);
    self->service = service;
    self->arena = arena_new(BODY_MAX);
    self->by_key = dict_new();
    return self;
}

static void forget_cells(tallies_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->cells[i].org);
        free(self->cells[i].competency);
    }
    self->n = 0;
    dict_destroy(&self->by_key);
    self->by_key = dict_new();
}

void tallies_destroy(tallies_t **tallies)
{
    tallies_t *self = *tallies;
    if (self == NULL) return;
    forget_cells(self);
    dict_destroy(&self->by_key);
    arena_destroy(&self->arena);
    free(self->cells);
    free(self);
    *tallies = NULL;
}

// Counts of a territory are made where those of organisations travel no further.
static bool makes_tallies(const tallies_t *self)
{
    const node_parent_t *parent = &service_node(self->service)->parent;
    return !parent->known || parent->rank + 1 > KIND_DEFICIT_COUNT.up;
}

static body_t *make_body(tallies_t *self, const cell_t *cell)
{
    const kind_rule_t *rule = cell->rule;
    arena_reset(self->arena, BODY_MAX);
    body_t *body = body_new(rule, self->arena);
    fault_t fault;
    bool fits = body_set_text(rule, body, F_ORG, cell->org, self->arena, &fault) == 0 &&
                body_set_text(rule, body, F_COMPETENCY, cell->competency, self->arena, &fault) == 0 &&
                body_set_int(rule, body, F_FROM, date_days(cell->year, 1, 1), &fault) == 0 &&
                body_set_int(rule, body, F_TO, date_days(cell->year, 12, 31), &fault) == 0;
    return fits ? body : NULL;
}

// NULL: no record can say that.
static cell_t *cell_of(tallies_t *self, const cell_t *wanted)
{
    char key[CELL_KEY_MAX];
    int size = snprintf(key, sizeof key, "%u|%d|%s|%s", wanted->rule->number, wanted->year, wanted->org,
                        wanted->competency);
    if (size < 0 || (size_t)size >= sizeof key) return NULL;
    uint32_t number = dict_find(self->by_key, slice(key, (size_t)size));
    if (number == DICT_NONE) {
        cell_t cell = *wanted;
        body_t *body = make_body(self, &cell);
        if (body == NULL || !body_id(cell.rule, body, &cell.id)) return NULL;
        cell.org = xstrdup(cell.org);
        cell.competency = xstrdup(cell.competency);
        number = dict_add(self->by_key, slice(key, (size_t)size));
        *vec_add(self->cells, self->n, self->room) = cell;
    }
    self->cells[number].bulk &= wanted->bulk;
    return &self->cells[number];
}

static slice_t kept_key(const cell_t *cell, uint8_t buf[static KEPT_KEY])
{
    buf[0] = 'C';
    memcpy(buf + 1, cell->id.b, sizeof cell->id.b);
    return slice(buf, KEPT_KEY);
}

static int kept(store_txn_t *txn, const cell_t *cell, int64_t *ret_people)
{
    uint8_t key[KEPT_KEY];
    slice_t value;
    memset(ret_people, 0, N_BANDS * sizeof *ret_people);
    int rc = kv_get(store_kv(txn), KV_AUX, kept_key(cell, key), &value);
    for (size_t band = 0; rc == 0 && value.size == KEPT_SIZE && band < N_BANDS; band++)
        ret_people[band] = (int64_t)be64_load(value.data + band * 8);
    return rc < 0 ? rc : 0;
}

static int add_people(store_txn_t *txn, const cell_t *cell, const int64_t *change)
{
    uint8_t key[KEPT_KEY], value[KEPT_SIZE];
    int64_t people[N_BANDS];
    bool any = false;
    int rc = kept(txn, cell, people);
    if (rc != 0) return rc;
    for (size_t band = 0; band < N_BANDS; band++) {
        people[band] += change[band];
        if (people[band] < 0) return -EUCLEAN; // nobody is taken out who was not put in
        be64_store(value + band * 8, (uint64_t)people[band]);
        any |= people[band] > 0;
    }
    slice_t row = kept_key(cell, key);
    rc = any ? kv_put(store_kv(txn), KV_AUX, row, slice(value, sizeof value))
             : kv_del(store_kv(txn), KV_AUX, row);
    return rc < 0 ? rc : 0;
}

// --- people --------------------------------------------------------------------------------------

static int add_years(tallies_t *self, store_txn_t *txn, const counted_t *counted, slice_t years, int64_t by)
{
    int rc = 0;
    for (size_t i = 0; i + YEAR_SIZE <= years.size && rc == 0; i += YEAR_SIZE) {
        const uint8_t *at = years.data + i;
        int64_t change[N_BANDS] = {0};
        cell_t *cell = cell_of(self, &(cell_t){.rule = &KIND_DEFICIT_COUNT,
                                               .org = (char *)(uintptr_t)counted->org,
                                               .competency = (char *)(uintptr_t)counted->competency,
                                               .year = at[0] << 8 | at[1],
                                               .bulk = counted->bulk});
        if (at[2] >= N_BANDS) return -EUCLEAN;
        change[at[2]] = by;
        if (cell != NULL) rc = add_people(txn, cell, change);
    }
    return rc;
}

static slice_t years_row(const counted_t *counted, uint8_t buf[static YEARS_MAX * YEAR_SIZE])
{
    for (size_t i = 0; i < counted->n; i++) {
        buf[i * YEAR_SIZE] = (uint8_t)(counted->years[i].year >> 8);
        buf[i * YEAR_SIZE + 1] = (uint8_t)counted->years[i].year;
        buf[i * YEAR_SIZE + 2] = counted->years[i].band;
    }
    return slice(buf, counted->n * YEAR_SIZE);
}

int tallies_person(tallies_t *self, store_txn_t *txn, const counted_t *counted)
{
    uint8_t key[33] = {'B'}, buf[YEARS_MAX * YEAR_SIZE], was[YEARS_MAX * YEAR_SIZE];
    slice_t row = slice(key, sizeof key), now = years_row(counted, buf), held;
    rid_t competency;
    if (!ref_id(&KIND_COMPETENCY, slice_text(counted->competency), &competency)) return 0;
    memcpy(key + 1, counted->person.b, sizeof counted->person.b);
    memcpy(key + 17, competency.b, sizeof competency.b);
    int rc = kv_get(store_kv(txn), KV_AUX, row, &held);
    if (rc < 0) return rc;
    if (rc == KV_NONE) held = (slice_t){0};
    if (slice_equal(held, now)) return 0;
    if (held.size > sizeof was) return -EUCLEAN;
    if (held.size > 0) memcpy(was, held.data, held.size); // a slice read dies at the next write
    rc = add_years(self, txn, counted, slice(was, held.size), -1);
    if (rc == 0) rc = add_years(self, txn, counted, now, 1);
    if (rc != 0) return rc;
    rc = now.size > 0 ? kv_put(store_kv(txn), KV_AUX, row, now) : kv_del(store_kv(txn), KV_AUX, row);
    return rc < 0 ? rc : 0;
}

// --- territories ---------------------------------------------------------------------------------

typedef struct said {             // by a record of counts
    const char *org, *competency; // the arena's; NULL: nothing
    int year;
    int64_t people[N_BANDS];
} said_t;

static said_t read_record(arena_t *arena, const kind_rule_t *rule, const record_t *r)
{
    said_t said = {0};
    body_t *body;
    fault_t fault;
    if (r == NULL || r->deleted || body_unpack(rule, r->body, arena, &body, &fault) != 0 ||
        body_validate(rule, body, &fault) != 0)
        return said;
    said.org = body_str(rule, body, F_ORG);
    said.competency = body_str(rule, body, F_COMPETENCY);
    said.year = date_civil((int32_t)body_int(rule, body, F_FROM)).year;
    for (size_t band = 0; band < N_BANDS; band++) said.people[band] = body_int(rule, body, F_NONE + band);
    return said;
}

// Adds the difference between two versions of an organisation's counts to its territory's.
static int add_to_territory(tallies_t *self, store_txn_t *txn, const said_t *old, const said_t *now,
                            bool bulk)
{
    const said_t *either = now->org != NULL ? now : old;
    int64_t change[N_BANDS];
    if (either->org == NULL || !makes_tallies(self)) return 0;
    for (size_t band = 0; band < N_BANDS; band++) change[band] = now->people[band] - old->people[band];
    const cell_t *cell = cell_of(self, &(cell_t){.rule = &KIND_TALLY,
                                                 .org = (char *)(uintptr_t)service_node(self->service)->org,
                                                 .competency = (char *)(uintptr_t)either->competency,
                                                 .year = either->year,
                                                 .bulk = bulk});
    return cell != NULL ? add_people(txn, cell, change) : 0;
}

// What is said to be ours and did not come from here is written again as the numbers kept say.
static void look_at_own(tallies_t *self, const kind_rule_t *rule, const said_t *said)
{
    if (said->org == NULL) return;
    cell_of(self, &(cell_t){.rule = rule,
                            .org = (char *)(uintptr_t)said->org,
                            .competency = (char *)(uintptr_t)said->competency,
                            .year = said->year,
                            .bulk = true});
}

void tallies_changed(tallies_t *self, store_txn_t *txn, const record_t *old, const record_t *now)
{
    const kind_rule_t *rule = now->kind == N_DEFICIT_COUNT ? &KIND_DEFICIT_COUNT : &KIND_TALLY;
    if (now->kind != rule->number || self->failed != 0) return;
    bool ours = path_equal(&now->home, &service_node(self->service)->path);
    AUTO(arena_destroy) arena_t *arena = arena_new(2 * BODY_MAX);
    said_t before = read_record(arena, rule, old), after = read_record(arena, rule, now);
    if (ours && !self->writing) look_at_own(self, rule, after.org != NULL ? &after : &before);
    if (rule == &KIND_DEFICIT_COUNT) self->failed = add_to_territory(self, txn, &before, &after, now->bulk);
}

static int add_held(tallies_t *self, store_txn_t *txn, const rid_t *id)
{
    record_t r;
    int rc = store_get(txn, id, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : -EUCLEAN;
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_MAX);
    said_t said = read_record(arena, &KIND_DEFICIT_COUNT, &r);
    return add_to_territory(self, txn, &(said_t){0}, &said, true);
}

// Those that came before this program knew what they are.
static int add_all_held(tallies_t *self, store_txn_t *txn)
{
    rid_list_t held = {0};
    int rc = store_list(txn, N_DEFICIT_COUNT, (slice_t){0}, NULL, rid_list_add, &held);
    for (size_t i = 0; i < held.n && rc == 0; i++) rc = add_held(self, txn, &held.ids[i]);
    free(held.ids);
    return rc;
}

int tallies_start(tallies_t *self, store_txn_t *txn, bool *ret_all)
{
    static const uint8_t letter[] = {'N'};
    slice_t none;
    int rc = kv_get(store_kv(txn), KV_AUX, slice(letter, sizeof letter), &none);
    *ret_all = rc == KV_NONE;
    if (rc != KV_NONE) return rc;
    rc = add_all_held(self, txn);
    return rc == 0 ? kv_put(store_kv(txn), KV_AUX, slice(letter, sizeof letter), (slice_t){0}) : rc;
}

// --- records -------------------------------------------------------------------------------------

// False: there is nothing to tell.
static bool tell(const cell_t *cell, body_t *body, const int64_t *people)
{
    bool hidden[N_BANDS] = {false};
    int64_t all = 0;
    fault_t fault;
    for (size_t band = 0; band < N_BANDS; band++) all += people[band];
    if (cell->rule == &KIND_TALLY && !small_cells_hide(people, N_BANDS, hidden)) return false;
    if (all == 0 || body_set_int(cell->rule, body, F_MEASURED, all, &fault) != 0) return false;
    for (size_t band = 0; band < N_BANDS; band++)
        if (!hidden[band] && body_set_int(cell->rule, body, F_NONE + band, people[band], &fault) != 0)
            return false;
    return true;
}

static int write_cell(tallies_t *self, store_txn_t *txn, size_t at)
{
    const cell_t cell = self->cells[at]; // others may come while it is written
    int64_t people[N_BANDS];
    int rc = kept(txn, &cell, people);
    if (rc != 0) return rc;
    author_t author = service_author(self->service);
    author.bulk = cell.bulk;
    body_t *body = make_body(self, &cell);
    if (body == NULL || !tell(&cell, body, people)) return record_remove_own(&author, txn, &cell.id);
    slice_t packed;
    if (body_pack(body, self->arena, &packed, NULL) != 0) return 0;
    AUTO(msg_body_free)
    body_t *own = msg_body_unpack(cell.rule->message, packed); // writing uses the arena
    return own != NULL ? record_write_own(&author, txn, cell.rule, &cell.id, own, NULL) : 0;
}

// Those of territories follow from those of organisations.
int tallies_settle(tallies_t *self, store_txn_t *txn)
{
    static const kind_rule_t *const ORDER[] = {&KIND_DEFICIT_COUNT, &KIND_TALLY};
    int rc = self->failed;
    self->writing = true;
    for (size_t rule = 0; rule < ARRAY_SIZE(ORDER); rule++)
        for (size_t i = 0; i < self->n && rc == 0; i++) {
            if (self->cells[i].rule == ORDER[rule]) rc = write_cell(self, txn, i);
            if (rc == 0) rc = self->failed;
        }
    self->writing = false;
    self->failed = 0;
    forget_cells(self);
    return rc;
}
