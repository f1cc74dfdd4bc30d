// SPDX-License-Identifier: Apache-2.0
#include "services/registry/twins.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/hash.h"
#include "common/base/vec.h"
#include "common/forms/fold.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY = 16, NONE = -1, LOOKS = 16 }; // so many of one key are looked at

typedef struct hint {
    rid_t employment;
    int next;               // of the same key
    char ref[CODE_MAX * 2]; // of a dry run: there is no such record; "": there is, or was
} hint_t;

// Hints by key. Those of a dry run stand apart, and go when the same row comes again.
typedef struct hints {
    hash_t hash;
    uint8_t (*keys)[KEY];
    int *first;
    size_t keys_room, first_room;
    hint_t *of;
    size_t n, room;
} hints_t;

struct twins {
    bool read;
    hints_t held, planned;
    arena_t *arena;
};

// One row of the staff sheet, as far as it is known.
typedef struct row {
    const body_t *employment, *person, *identity;
    rid_t id; // of the employment
    char ref[KEY_TEXT_MAX];
} row_t;

// --- hints ---------------------------------------------------------------------------------------

static slice_t key_of(const void *owner, uint32_t number)
{
    const hints_t *hints = owner;
    return slice(hints->keys[number], KEY);
}

static void hints_empty(hints_t *hints)
{
    hash_empty(&hints->hash);
    free(hints->keys);
    free(hints->first);
    free(hints->of);
    *hints = (hints_t){0};
    hash_init(&hints->hash, key_of, hints);
}

static int first_of(const hints_t *hints, const uint8_t key[static KEY])
{
    uint32_t number = hash_find(&hints->hash, slice(key, KEY));
    return number == HASH_NONE ? NONE : hints->first[number];
}

static bool has(const hints_t *hints, const uint8_t key[static KEY], const rid_t *id)
{
    for (int i = first_of(hints, key); i != NONE; i = hints->of[i].next)
        if (rid_equal(&hints->of[i].employment, id)) return true;
    return false;
}

// Somebody's neighbour may give all his people one pseudonym.
static bool is_crowded(const hints_t *hints, const uint8_t key[static KEY])
{
    int n = 0;
    for (int i = first_of(hints, key); i != NONE && n < LOOKS; i = hints->of[i].next) n++;
    return n == LOOKS;
}

static void add(hints_t *hints, const uint8_t key[static KEY], const rid_t *id, const char *ref)
{
    if (hints->n >= TWINS_MOST || is_crowded(hints, key) || has(hints, key, id)) return;
    uint32_t number = hash_find(&hints->hash, slice(key, KEY));
    if (number == HASH_NONE) {
        number = hints->hash.n;
        vec_reserve(hints->keys, hints->keys_room, (size_t)number + 1);
        vec_reserve(hints->first, hints->first_room, (size_t)number + 1);
        memcpy(hints->keys[number], key, KEY);
        hints->first[number] = NONE;
        hash_add(&hints->hash, slice(key, KEY));
    }
    hint_t *hint = vec_add(hints->of, hints->n, hints->room);
    *hint = (hint_t){.employment = *id, .next = hints->first[number]};
    snprintf(hint->ref, sizeof hint->ref, "%s", ref);
    hints->first[number] = (int)hints->n - 1;
}

// --- what is compared ----------------------------------------------------------------------------

static size_t field_of(const kind_rule_t *kind, const char *name)
{
    return (size_t)kind_field(kind, name);
}

static const char *text_of(const body_t *identity, const char *name)
{
    size_t field = field_of(&KIND_IDENTITY, name);
    return body_has(&KIND_IDENTITY, identity, field) ? body_str(&KIND_IDENTITY, identity, field) : "";
}

static bool pseudonym_key(const body_t *person, uint8_t ret[static KEY])
{
    slice_t bytes =
        person != NULL ? body_bytes(&KIND_PERSON, person, field_of(&KIND_PERSON, "pseudonym")) : (slice_t){0};
    if (bytes.size == 0) return false;
    crypto_generichash(ret, KEY, bytes.data, bytes.size, NULL, 0);
    return true;
}

static bool name_key(const body_t *identity, uint8_t ret[static KEY])
{
    char last[FOLD_MAX], first[FOLD_MAX], all[2 * FOLD_MAX + 32];
    size_t born = field_of(&KIND_IDENTITY, "birth_date");
    if (identity == NULL || !body_has(&KIND_IDENTITY, identity, born)) return false;
    int n = snprintf(all, sizeof all, "%s\x1f%s\x1f%lld", fold(text_of(identity, "last_name"), last),
                     fold(text_of(identity, "first_name"), first),
                     (long long)body_int(&KIND_IDENTITY, identity, born));
    crypto_generichash(ret, KEY, (const uint8_t *)all, (size_t)n, NULL, 0);
    return true;
}

// Nothing speaks against it that both are one.
static bool may_be_one(const body_t *a, const body_t *b)
{
    char x[FOLD_MAX], y[FOLD_MAX];
    if (a == NULL || b == NULL) return false;
    fold(text_of(a, "middle_name"), x);
    fold(text_of(b, "middle_name"), y);
    if (*x != '\0' && *y != '\0' && strcmp(x, y) != 0) return false;
    const char *snils = text_of(a, "snils"), *other = text_of(b, "snils");
    return *snils == '\0' || *other == '\0' || strcmp(snils, other) == 0;
}

// Today, at the main place, as figures take it: what nobody said counts as that.
static bool is_main(const body_t *employment)
{
    const kind_rule_t *kind = &KIND_EMPLOYMENT;
    size_t to = field_of(kind, "to"), main = field_of(kind, "main_place");
    int32_t today = wall_day();
    if (body_int(kind, employment, field_of(kind, "from")) > today) return false;
    if (body_has(kind, employment, to) && body_int(kind, employment, to) < today) return false;
    if (body_int(kind, employment, field_of(kind, "external")) != 0) return false;
    return !body_has(kind, employment, main) || body_int(kind, employment, main) != 0;
}

// --- the store -----------------------------------------------------------------------------------

static rid_t id_of(const kind_rule_t *kind, const kind_rule_t *of, const body_t *body)
{
    char buf[KEY_TEXT_MAX];
    rid_t id;
    rid_derive(kind, body_org(of, body, ""), body_key(of, body, buf), &id);
    return id;
}

// NULL: it is not there. The body is the arena's.
static int get(twins_t *self, store_txn_t *txn, const kind_rule_t *kind, const rid_t *id,
               const body_t **ret_body)
{
    record_t r;
    body_t *body = NULL;
    *ret_body = NULL;
    int rc = store_get(txn, id, &r, NULL);
    if (rc != 0 || r.deleted || r.kind != kind->number) return rc < 0 ? rc : 0;
    if (body_unpack(kind, r.body, self->arena, &body, NULL) == 0) *ret_body = body;
    return 0;
}

static void note(twins_t *self, const kind_rule_t *kind, slice_t bytes)
{
    uint8_t key[KEY];
    body_t *body = NULL;
    arena_reset(self->arena, BODY_MAX);
    if (self->held.n >= TWINS_MOST || body_unpack(kind, bytes, self->arena, &body, NULL) != 0) return;
    bool known = kind == &KIND_PERSON ? pseudonym_key(body, key) : name_key(body, key);
    rid_t id = id_of(&KIND_EMPLOYMENT, kind, body);
    if (known) add(&self->held, key, &id, "");
}

static int read_person(void *self, const record_t *r, const place_t *place)
{
    (void)place;
    twins_t *twins = self;
    note(twins, &KIND_PERSON, r->body);
    return twins->held.n >= TWINS_MOST;
}

static int read_identity(void *self, const record_t *r, const place_t *place)
{
    (void)place;
    twins_t *twins = self;
    note(twins, &KIND_IDENTITY, r->body);
    return twins->held.n >= TWINS_MOST;
}

static int read_all(twins_t *self, store_txn_t *txn)
{
    if (self->read) return 0;
    int rc = store_each(txn, N_PERSON, (slice_t){0}, NULL, read_person, self);
    if (rc == 0) rc = store_each(txn, N_IDENTITY, (slice_t){0}, NULL, read_identity, self);
    self->read = rc >= 0;
    return rc < 0 ? rc : 0;
}

void twins_changed(twins_t *self, const record_t *now)
{
    if (!self->read || now->deleted) return;
    if (now->kind == N_PERSON) note(self, &KIND_PERSON, now->body);
    if (now->kind == N_IDENTITY) note(self, &KIND_IDENTITY, now->body);
}

// --- judging -------------------------------------------------------------------------------------

static void warn(const author_t *author, const char *other)
{
    sense_t *sense = author->sense;
    if (sense->n < SENSE_MAX) fault_set(&sense->faults[sense->n++], "TWO-MAIN-PLACES", "main_place", other);
}

// The row of that employment, at the main place today; *ret_row is empty if it is not.
static int open_other(twins_t *self, store_txn_t *txn, const rid_t *id, row_t *ret_row)
{
    const body_t *employment;
    *ret_row = (row_t){.id = *id};
    int rc = get(self, txn, &KIND_EMPLOYMENT, id, &employment);
    if (rc != 0 || employment == NULL || !is_main(employment)) return rc;
    rid_t person = id_of(&KIND_PERSON, &KIND_EMPLOYMENT, employment);
    rid_t identity = id_of(&KIND_IDENTITY, &KIND_EMPLOYMENT, employment);
    rc = get(self, txn, &KIND_PERSON, &person, &ret_row->person);
    if (rc == 0) rc = get(self, txn, &KIND_IDENTITY, &identity, &ret_row->identity);
    ret_row->employment = employment;
    return rc;
}

static bool is_still_so(const row_t *other, const uint8_t key[static KEY], const row_t *row, bool by_name)
{
    uint8_t now[KEY];
    if (other->employment == NULL) return false;
    bool known = by_name ? name_key(other->identity, now) : pseudonym_key(other->person, now);
    return known && memcmp(now, key, KEY) == 0 && (!by_name || may_be_one(row->identity, other->identity));
}

// 1: told; 0; or -errno.
static int compare(twins_t *self, store_txn_t *txn, const author_t *author, const row_t *row,
                   const uint8_t key[static KEY], bool by_name)
{
    int looks = 0;
    for (int i = first_of(&self->held, key); i != NONE && looks < LOOKS; i = self->held.of[i].next) {
        row_t other;
        if (rid_equal(&self->held.of[i].employment, &row->id)) continue;
        looks++;
        int rc = open_other(self, txn, &self->held.of[i].employment, &other);
        if (rc != 0) return rc;
        if (!is_still_so(&other, key, row, by_name)) continue;
        warn(author, body_key_shown(&KIND_EMPLOYMENT, other.employment, other.ref));
        return 1;
    }
    int i = author->dry ? first_of(&self->planned, key) : NONE;
    if (i == NONE) return 0;
    warn(author, self->planned.of[i].ref);
    return 1;
}

static int judge_by(twins_t *self, store_txn_t *txn, const author_t *author, const row_t *row, bool by_name)
{
    uint8_t key[KEY];
    if (!(by_name ? name_key(row->identity, key) : pseudonym_key(row->person, key))) return 0;
    if (author->dry && has(&self->planned, key, &row->id)) hints_empty(&self->planned); // another run
    int rc = compare(self, txn, author, row, key, by_name);
    // What is planned has no names to be compared in full: there the SNILS alone tells.
    if (rc == 0 && author->dry && !by_name) add(&self->planned, key, &row->id, row->ref);
    return rc;
}

static int find_row(twins_t *self, store_txn_t *txn, const author_t *author, row_t *row)
{
    for (size_t i = 0; i < author->n_siblings; i++) {
        const kind_rule_t *rule = author->siblings[i].rule;
        if (rule == &KIND_EMPLOYMENT) row->employment = author->siblings[i].body;
        if (rule == &KIND_PERSON) row->person = author->siblings[i].body;
        if (rule == &KIND_IDENTITY) row->identity = author->siblings[i].body;
    }
    if (row->employment == NULL || !is_main(row->employment)) return 0;
    row->id = id_of(&KIND_EMPLOYMENT, &KIND_EMPLOYMENT, row->employment);
    char buf[KEY_TEXT_MAX];
    snprintf(row->ref, sizeof row->ref, "%s", body_key_shown(&KIND_EMPLOYMENT, row->employment, buf));
    rid_t person = id_of(&KIND_PERSON, &KIND_EMPLOYMENT, row->employment);
    rid_t identity = id_of(&KIND_IDENTITY, &KIND_EMPLOYMENT, row->employment);
    int rc = row->person == NULL ? get(self, txn, &KIND_PERSON, &person, &row->person) : 0;
    return rc == 0 && row->identity == NULL ? get(self, txn, &KIND_IDENTITY, &identity, &row->identity) : rc;
}

int twins_judge(twins_t *self, store_txn_t *txn, const author_t *author)
{
    row_t row = {0};
    int rc = read_all(self, txn);
    arena_reset(self->arena, BODY_MAX);
    if (rc == 0) rc = find_row(self, txn, author, &row);
    if (rc != 0 || row.employment == NULL || !is_main(row.employment)) return rc;
    rc = judge_by(self, txn, author, &row, false);
    if (rc == 0) rc = judge_by(self, txn, author, &row, true); // 1: told already
    return rc < 0 ? rc : 0;
}

twins_t *twins_new(void)
{
    twins_t *self = xcalloc(1, sizeof *self);
    self->arena = arena_new(8 * BODY_MAX);
    hints_empty(&self->held);
    hints_empty(&self->planned);
    return self;
}

void twins_destroy(twins_t **self_p)
{
    twins_t *self = *self_p;
    if (self == NULL) return;
    hints_empty(&self->held);
    hints_empty(&self->planned);
    arena_destroy(&self->arena);
    xfree(self_p);
}
