// SPDX-License-Identifier: Apache-2.0
// Which pseudonym each person of this node has. The key's own life is in pseudonym_key.c.
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "services/registry/pseudonym_private.h"
#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>

enum { SNILS_DIGITS = 11 };

// --- inputs --------------------------------------------------------------------------------------

// "snils:" and eleven digits; without СНИЛС "staff:ORG:NUMBER". Codes hold no colon.
void pseudonym_make_input(const Selenga__Identity *identity, const char *org, const char *number,
                          input_t *ret)
{
    char digits[SNILS_DIGITS + 1] = "";
    size_t n = 0;
    const char *snils = identity != NULL && identity->snils != NULL ? identity->snils : "";
    for (; *snils != '\0'; snils++)
        if (isdigit((unsigned char)*snils) && n < SNILS_DIGITS) digits[n++] = *snils;
    digits[n] = '\0';
    int size = n == SNILS_DIGITS ? snprintf(ret->text, sizeof ret->text, "snils:%s", digits)
                                 : snprintf(ret->text, sizeof ret->text, "staff:%s:%s", org, number);
    ret->size = size < (int)sizeof ret->text ? (size_t)size : sizeof ret->text - 1;
    ret->identified = identity != NULL;
    crypto_generichash(ret->digest, sizeof ret->digest, (const uint8_t *)ret->text, ret->size, NULL, 0);
    sodium_memzero(digits, sizeof digits);
}

slice_t pseudonym_input_slice(const input_t *input)
{
    return slice(input->text, input->size);
}

static bool same_person(const Selenga__Identity *identity, const char *org, const char *number)
{
    return identity->org != NULL && identity->number != NULL && strcmp(identity->org, org) == 0 &&
           strcmp(identity->number, number) == 0;
}

static const Selenga__Identity *beside(const author_t *author, const Selenga__Person *person)
{
    for (size_t i = 0; i < author->n_siblings; i++) {
        if (author->siblings[i].rule->number != N_IDENTITY || author->siblings[i].body == NULL) continue;
        const Selenga__Identity *identity = (const Selenga__Identity *)author->siblings[i].body;
        if (same_person(identity, person->org, person->number)) return identity;
    }
    return NULL;
}

static int stored_input(store_txn_t *txn, const char *org, const char *number, input_t *ret)
{
    Selenga__Identity key = SELENGA__IDENTITY__INIT;
    rid_t id;
    record_t held;
    key.org = (char *)(uintptr_t)org;
    key.number = (char *)(uintptr_t)number;
    int rc = body_id(&KIND_IDENTITY, &key.base, &id) ? store_get(txn, &id, &held, NULL) : KV_NONE;
    if (rc < 0) return rc;
    AUTO(msg_body_free)
    Selenga__Identity *stored =
        rc == 0 && !held.deleted ? msg_body_unpack(&selenga__identity__descriptor, held.body) : NULL;
    bool good = stored != NULL && same_person(stored, org, number);
    pseudonym_make_input(good ? stored : NULL, org, number, ret);
    return 0;
}

// --- what a person record says -------------------------------------------------------------------

static bool read_pseudonym(const Selenga__Person *m, pseudonym_t *ret)
{
    *ret = (pseudonym_t){0};
    if (m->pseudonym.len != PSEUDONYM_SIZE) return false;
    memcpy(ret->b, m->pseudonym.data, PSEUDONYM_SIZE);
    if (!m->provisional && m->key.len == OPRF_MARK) memcpy(ret->mark, m->key.data, OPRF_MARK);
    return true;
}

static void fill_person(pseudonym_t *from, Selenga__Person *to)
{
    bool provisional = sodium_is_zero(from->mark, OPRF_MARK);
    to->has_pseudonym = 1;
    to->pseudonym = (ProtobufCBinaryData){PSEUDONYM_SIZE, from->b};
    to->has_provisional = to->provisional = provisional;
    to->has_key = !provisional;
    to->key = (ProtobufCBinaryData){provisional ? 0 : OPRF_MARK, provisional ? NULL : from->mark};
}

bool pseudonym_is_settled(const pseudonyms_t *self, const pseudonym_t *p)
{
    if (sodium_is_zero(p->mark, OPRF_MARK)) return false;
    return !self->has_mark || memcmp(p->mark, self->mark, OPRF_MARK) == 0;
}

void pseudonym_of_output(const uint8_t output[static OPRF_OUTPUT], const uint8_t mark[static OPRF_MARK],
                         pseudonym_t *ret)
{
    memcpy(ret->b, output, PSEUDONYM_SIZE);
    memcpy(ret->mark, mark, OPRF_MARK);
}

// The pseudonym of an input: made here where the key is, else the one it has, else a random one.
static pseudonym_t resolve(pseudonyms_t *self, const input_t *input)
{
    const pseudonym_t *known = people_known(&self->people, input->digest);
    if (known != NULL && (!self->maker || pseudonym_is_settled(self, known))) return *known;
    pseudonym_t made = {0};
    uint8_t output[OPRF_OUTPUT];
    if (self->maker && oprf_direct(self->keys, pseudonym_input_slice(input), output))
        pseudonym_of_output(output, self->mark, &made);
    else
        randombytes_buf(made.b, sizeof made.b);
    sodium_memzero(output, sizeof output);
    people_know(&self->people, input->digest, &made);
    if (!self->seen && !self->maker) people_set_early(&self->people, input->digest, true);
    return made;
}

// --- writing -------------------------------------------------------------------------------------

static bool is_here(const pseudonyms_t *self, const record_t *r)
{
    return path_equal(&r->home, &service_node(self->service)->path);
}

// A person of another home keeps what that home has given.
static int derive_held(pseudonyms_t *self, store_txn_t *txn, Selenga__Person *person, bool *ret_done)
{
    rid_t id;
    record_t held;
    *ret_done = false;
    if (!body_id(&KIND_PERSON, &person->base, &id)) return 0;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc != 0 || held.deleted) return rc < 0 ? rc : 0;
    if (is_here(self, &held)) return self->seen ? 0 : pseudonym_see_person(self, txn, &held);
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, held.body);
    *ret_done = m != NULL && read_pseudonym(m, &self->made);
    if (*ret_done) fill_person(&self->made, person);
    return 0;
}

int pseudonyms_derive(pseudonyms_t *self, store_txn_t *txn, const author_t *author, Selenga__Person *person)
{
    input_t input;
    bool done;
    rid_t id;
    if (person->org == NULL || person->number == NULL) return 0; // refused by its rules next
    int rc = derive_held(self, txn, person, &done);
    if (rc != 0 || done) return rc;
    const Selenga__Identity *identity = author != NULL ? beside(author, person) : NULL;
    if (identity != NULL)
        pseudonym_make_input(identity, person->org, person->number, &input);
    else if ((rc = stored_input(txn, person->org, person->number, &input)) != 0)
        return rc;
    self->made = resolve(self, &input);
    bool dry = author != NULL && author->dry;
    if (!dry && body_id(&KIND_PERSON, &person->base, &id)) {
        own_person_t *own = people_add(&self->people, &id);
        memcpy(own->digest, input.digest, INPUT_DIGEST);
        own->early = own->early || people_is_early(&self->people, input.digest);
    }
    fill_person(&self->made, person);
    sodium_memzero(&input, sizeof input);
    return 0;
}

static void touch(pseudonyms_t *self, const rid_t *person)
{
    if (self->n_touched > 0 && rid_equal(&self->touched[self->n_touched - 1], person)) return;
    *vec_add(self->touched, self->n_touched, self->room_touched) = *person;
}

static void touch_identity(pseudonyms_t *self, const record_t *r)
{
    Selenga__Person key = SELENGA__PERSON__INIT;
    rid_t id;
    AUTO(msg_body_free) Selenga__Identity *m = msg_body_unpack(&selenga__identity__descriptor, r->body);
    if (m == NULL) return;
    key.org = m->org;
    key.number = m->number;
    if (body_id(&KIND_PERSON, &key.base, &id)) touch(self, &id);
}

// --- the staff of the children -------------------------------------------------------------------

static void count_person(pseudonyms_t *self, const record_t *r, bool there)
{
    const path_t *here = &service_node(self->service)->path;
    if (!path_is_prefix(here, &r->home) || r->home.len <= here->len) return;
    allowance_child_t *child = allowance_of(&self->allowance, path_child_label(here, &r->home));
    if (there)
        child->persons++;
    else if (child->persons > 0)
        child->persons--;
}

// A node deeper than the children: by its path, for its hub wrote it.
static void count_node(pseudonyms_t *self, const record_t *r, bool there)
{
    const path_t *here = &service_node(self->service)->path;
    path_t path;
    AUTO(msg_body_free) Selenga__Node *m = msg_body_unpack(&selenga__node__descriptor, r->body);
    if (m == NULL || !path_from_bytes(slice(m->path.data, m->path.len), &path)) return;
    if (!path_is_prefix(here, &path) || path.len <= here->len + PATH_LABEL) return;
    allowance_child_t *child = allowance_of(&self->allowance, path_child_label(here, &path));
    if (there)
        child->nodes++;
    else if (child->nodes > 0)
        child->nodes--;
}

void pseudonym_count(pseudonyms_t *self, const record_t *r, bool there)
{
    if (r->kind == N_PERSON) count_person(self, r, there);
    if (r->kind == N_NODE) count_node(self, r, there);
}

static int note_before(pseudonyms_t *self, store_txn_t *txn, const record_t *old, const record_t *now)
{
    if (!self->seen) return look_changes(self, txn, old, now);
    if (old != NULL && !old->deleted) pseudonym_count(self, old, false);
    if (!now->deleted) pseudonym_count(self, now, true);
    return 0;
}

void pseudonyms_changed(pseudonyms_t *self, store_txn_t *txn, const record_t *old, const record_t *now)
{
    int rc = note_before(self, txn, old, now);
    if (self->failed == 0) self->failed = rc;
    if (now->kind == N_PSEUDONYM_KEY) self->keys_changed = true;
    if (!is_here(self, now)) return;
    const record_t *said = now->deleted ? old : now;
    if (now->kind == N_PERSON) touch(self, &now->id);
    if (now->kind == N_IDENTITY && said != NULL && !said->deleted) touch_identity(self, said);
}

// --- settling ------------------------------------------------------------------------------------

static Selenga__Person *read_person(const pseudonyms_t *self, store_txn_t *txn, const rid_t *id,
                                    bool *ret_bulk, int *ret_rc)
{
    record_t held;
    int rc = store_get(txn, id, &held, NULL);
    *ret_rc = rc < 0 ? rc : 0;
    if (rc != 0 || held.deleted || held.kind != N_PERSON || !is_here(self, &held)) return NULL;
    *ret_bulk = held.bulk;
    Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, held.body);
    if (m != NULL && (m->org == NULL || m->number == NULL)) msg_body_free(&m);
    return m;
}

bool pseudonym_input(store_txn_t *txn, const rid_t *person, input_t *ret, int *ret_rc)
{
    record_t held;
    int rc = store_get(txn, person, &held, NULL);
    AUTO(msg_body_free)
    Selenga__Person *m =
        rc == 0 && !held.deleted ? msg_body_unpack(&selenga__person__descriptor, held.body) : NULL;
    bool good = m != NULL && m->org != NULL && m->number != NULL;
    if (good) rc = stored_input(txn, m->org, m->number, ret);
    *ret_rc = rc < 0 ? rc : 0;
    return good && rc == 0;
}

// What this process did not write itself says which pseudonym the input has: at a start, and of records that
// came back. When those of a person come apart, the identity later than the pseudonym, it is kept, and the
// region is asked to be sure.
static void learn(pseudonyms_t *self, const own_person_t *before, own_person_t *person, const input_t *input,
                  const pseudonym_t *held)
{
    const pseudonym_t *known = people_known(&self->people, input->digest);
    bool new = before == NULL, late = !new && before->unsure && input->identified;
    if (new || late) {
        if (known == NULL || (!pseudonym_is_settled(self, known) && pseudonym_is_settled(self, held)))
            people_know(&self->people, input->digest, held);
        person->unsure = new && !input->identified;
        person->again = late;
    }
    memcpy(person->digest, input->digest, INPUT_DIGEST);
}

int pseudonym_settle_person(pseudonyms_t *self, store_txn_t *txn, const rid_t *id)
{
    input_t input;
    pseudonym_t held;
    bool bulk = false;
    int rc;
    own_person_t *person = people_find(&self->people, id);
    AUTO(msg_body_free) Selenga__Person *m = read_person(self, txn, id, &bulk, &rc);
    if (m == NULL || (rc = stored_input(txn, m->org, m->number, &input)) != 0) {
        if (person != NULL) people_want(&self->people, person, false);
        return rc;
    }
    bool had = read_pseudonym(m, &held), before = person != NULL;
    person = people_add(&self->people, id);
    if (had) learn(self, before ? person : NULL, person, &input, &held);
    pseudonym_t now = resolve(self, &input);
    person->early = person->early || people_is_early(&self->people, input.digest);
    people_want(&self->people, person, !self->maker && (person->again || !pseudonym_is_settled(self, &now)));
    sodium_memzero(&input, sizeof input);
    if (had && memcmp(&held, &now, sizeof now) == 0) return 0;
    author_t author = service_author(self->service);
    author.bulk = bulk;
    Selenga__Person body = SELENGA__PERSON__INIT;
    body.org = m->org;
    body.number = m->number;
    fill_person(&now, &body);
    return record_write_own(&author, txn, &KIND_PERSON, id, &body.base, NULL);
}

int pseudonym_settle_wanted(pseudonyms_t *self, store_txn_t *txn)
{
    size_t at = 0;
    int rc = 0;
    own_person_t *person;
    while (rc == 0 && (person = people_next(&self->people, &at)) != NULL) {
        const pseudonym_t *known = people_known(&self->people, person->digest);
        if (!person->wanted || known == NULL || !pseudonym_is_settled(self, known)) continue;
        rid_t id = person->id;
        rc = pseudonym_settle_person(self, txn, &id);
    }
    return rc;
}

int pseudonyms_settle(pseudonyms_t *self, store_txn_t *txn)
{
    uint64_t now_ms = mono_ms();
    int rc = self->failed;
    self->failed = 0;
    if (rc == 0) rc = pseudonym_key_settle(self, txn, now_ms);
    if (rc == 0 && self->look.on) rc = look_on(self, txn);
    for (size_t i = 0; i < self->n_touched && rc == 0; i++) {
        rid_t id = self->touched[i]; // what is written is touched in turn
        rc = pseudonym_settle_person(self, txn, &id);
    }
    self->n_touched = 0;
    if (rc == 0) rc = asking_tick(self, txn, now_ms);
    if (rc == 0) rc = allowance_settle(&self->allowance, store_kv(txn), now_ms);
    evaluate_tick(self, now_ms);
    service_tell(self->service, self->asking.trouble != NULL ? self->asking.trouble : "",
                 self->people.n_wanted);
    return rc;
}

bool pseudonyms_are_busy(const pseudonyms_t *self)
{
    return self->look.on || self->settle_all;
}

// --- seeing what the store knows -----------------------------------------------------------------

// What stands in the store is older than what was made since the start, and goes before it.
static void see(pseudonyms_t *self, const rid_t *id, const input_t *input, const pseudonym_t *held)
{
    own_person_t *person = people_add(&self->people, id);
    const pseudonym_t *known = people_known(&self->people, input->digest);
    if (people_is_early(&self->people, input->digest) && !pseudonym_is_settled(self, known)) {
        people_know(&self->people, input->digest, held);
        people_set_early(&self->people, input->digest, false);
    }
    learn(self, NULL, person, input, held);
    person->unsure = false; // identity and person were written together
    known = people_known(&self->people, input->digest);
    person->early = memcmp(known, held, sizeof *held) != 0; // he is looked at again at the end
    people_want(&self->people, person, !self->maker && !pseudonym_is_settled(self, known));
}

int pseudonym_see_person(pseudonyms_t *self, store_txn_t *txn, const record_t *r)
{
    pseudonym_t held;
    input_t input;
    rid_t id = r->id;
    if (!is_here(self, r) || people_find(&self->people, &id) != NULL) return 0;
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, r->body);
    if (m == NULL || m->org == NULL || m->number == NULL || !read_pseudonym(m, &held)) return 0;
    int rc = stored_input(txn, m->org, m->number, &input);
    if (rc == 0) see(self, &id, &input, &held);
    sodium_memzero(&input, sizeof input);
    return rc;
}

int pseudonym_see_identity(pseudonyms_t *self, store_txn_t *txn, const record_t *r)
{
    Selenga__Person key = SELENGA__PERSON__INIT;
    pseudonym_t held;
    input_t input;
    record_t person;
    rid_t id;
    AUTO(msg_body_free) Selenga__Identity *was = msg_body_unpack(&selenga__identity__descriptor, r->body);
    if (was == NULL || was->org == NULL || was->number == NULL) return 0;
    key.org = was->org;
    key.number = was->number;
    if (!body_id(&KIND_PERSON, &key.base, &id) || people_find(&self->people, &id) != NULL) return 0;
    int rc = store_get(txn, &id, &person, NULL);
    if (rc != 0 || person.deleted || !is_here(self, &person)) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, person.body);
    if (m == NULL || !read_pseudonym(m, &held)) return 0;
    pseudonym_make_input(was, was->org, was->number, &input);
    see(self, &id, &input, &held);
    sodium_memzero(&input, sizeof input);
    return 0;
}
