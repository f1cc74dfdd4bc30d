// SPDX-License-Identifier: Apache-2.0
#include "services/registry/pseudonym.h"
#include "common/msg.h"
#include <sodium.h>
#include <stdlib.h>

enum { PSEUDONYM = 16 };

static void hash(const registry_t *self, const char *what, const char *a, const char *b, uint8_t *ret)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, self->person_key, sizeof self->person_key, PSEUDONYM);
    crypto_generichash_update(&state, (const uint8_t *)what, strlen(what) + 1); // the NULs part the pieces
    crypto_generichash_update(&state, (const uint8_t *)a, strlen(a) + 1);
    crypto_generichash_update(&state, (const uint8_t *)b, strlen(b) + 1);
    crypto_generichash_final(&state, ret, PSEUDONYM);
}

static void of_identity(const registry_t *self, const Selenga__Identity *identity, uint8_t *ret)
{
    if (identity->snils != NULL)
        hash(self, "snils", identity->snils, "", ret);
    else
        hash(self, "staff", identity->org, identity->number, ret);
}

static bool same_person(const Selenga__Identity *identity, const Selenga__Person *person)
{
    return identity->org != NULL && identity->number != NULL && strcmp(identity->org, person->org) == 0 &&
           strcmp(identity->number, person->number) == 0;
}

static const Selenga__Identity *beside(const author_t *author, const Selenga__Person *person)
{
    for (size_t i = 0; i < author->n_siblings; i++) {
        if (author->siblings[i].rule->number != N_IDENTITY || author->siblings[i].body == NULL) continue;
        const Selenga__Identity *identity = (const Selenga__Identity *)author->siblings[i].body;
        if (same_person(identity, person)) return identity;
    }
    return NULL;
}

// The identity beside the person in the same group, else the one that the store holds, else the staff number
// alone.
static int find_pseudonym(registry_t *self, store_txn_t *txn, const author_t *author,
                          const Selenga__Person *person, uint8_t *ret)
{
    const Selenga__Identity *identity = author != NULL ? beside(author, person) : NULL;
    if (identity != NULL) {
        of_identity(self, identity, ret);
        return 0;
    }
    Selenga__Identity key = SELENGA__IDENTITY__INIT;
    rid_t id;
    record_t held;
    key.org = person->org;
    key.number = person->number;
    if (!body_id(&KIND_IDENTITY, &key.base, &id)) return 0;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc < 0) return rc;
    hash(self, "staff", person->org, person->number, ret);
    if (rc != 0 || held.deleted) return 0;
    AUTO(msg_body_free)
    Selenga__Identity *stored = msg_body_unpack(&selenga__identity__descriptor, held.body);
    if (stored != NULL && same_person(stored, person)) of_identity(self, stored, ret);
    return 0;
}

int pseudonym_derive(registry_t *self, store_txn_t *txn, const author_t *author, Selenga__Person *person)
{
    if (person->org == NULL || person->number == NULL) return 0; // refused by its rules next
    int rc = find_pseudonym(self, txn, author, person, self->pseudonym);
    person->has_pseudonym = rc == 0;
    person->pseudonym = (ProtobufCBinaryData){.len = PSEUDONYM, .data = self->pseudonym};
    return rc;
}

void pseudonym_note(registry_t *self, const record_t *identity)
{
    if (!path_equal(&identity->home, &service_node(self->service)->path)) return;
    if (self->n_renamed == self->room_renamed) {
        self->room_renamed = self->room_renamed * 2 + 64;
        self->renamed = xrealloc(self->renamed, self->room_renamed * sizeof *self->renamed);
    }
    self->renamed[self->n_renamed++] = identity->id;
}

static int rename_person(registry_t *self, store_txn_t *txn, const rid_t *identity_id)
{
    record_t held;
    rid_t id;
    int rc = store_get(txn, identity_id, &held, NULL);
    if (rc != 0 || held.deleted) return rc < 0 ? rc : 0;
    author_t author = service_author(self->service);
    author.bulk = held.bulk;
    AUTO(msg_body_free)
    Selenga__Identity *identity = msg_body_unpack(&selenga__identity__descriptor, held.body);
    if (identity == NULL) return 0;
    Selenga__Person person = SELENGA__PERSON__INIT;
    person.org = identity->org;
    person.number = identity->number;
    if (!body_id(&KIND_PERSON, &person.base, &id)) return 0;
    rc = store_get(txn, &id, &held, NULL);
    if (rc != 0 || held.deleted) return rc < 0 ? rc : 0;
    of_identity(self, identity, self->pseudonym);
    person.has_pseudonym = 1;
    person.pseudonym = (ProtobufCBinaryData){.len = PSEUDONYM, .data = self->pseudonym};
    return record_write_own(&author, txn, &KIND_PERSON, &id, &person.base, NULL);
}

int pseudonym_settle(registry_t *self, store_txn_t *txn)
{
    int rc = 0;
    for (size_t i = 0; i < self->n_renamed && rc == 0; i++) rc = rename_person(self, txn, &self->renamed[i]);
    self->n_renamed = 0;
    return rc;
}
