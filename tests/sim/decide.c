// SPDX-License-Identifier: Apache-2.0
// Operators decide about what waits for want of a seal.
#include "tests/sim/sim.h"
#include <string.h>

typedef struct {
    const store_t *store;
    bool good; // only what he can take; else the rest
    quarantine_key_t keys[512];
    size_t n;
} unsealed_t;

static int note_unsealed(void *arg, const quarantined_t *q)
{
    unsealed_t *found = arg;
    bool ours = q->record.kind != 0 && store_is_home(found->store, &q->record);
    bool good = strcmp(q->fault.code, "SEAL") == 0;
    if (ours && good == found->good && found->n < ARRAY_SIZE(found->keys)) found->keys[found->n++] = q->key;
    return 0;
}

// As the operator sees it: what is nowhere else he does not leave out, what ours was written upon he does not
// take again. What breaks a rule he cannot take.
static bool is_to_hold(unit_t *u, store_txn_t *txn, const quarantined_t *q)
{
    record_t held;
    bool has = store_get(txn, &q->record.id, &held, NULL) == 0;
    bool decided = has && !held.gone && record_answers(&held, &q->record.version);
    return strcmp(q->fault.code, "SEAL") == 0 && !decided && (chance(u->world, 60) || !has);
}

static int take_item(unit_t *u, store_txn_t *txn, const quarantine_key_t *key)
{
    quarantined_t q;
    int rc = quarantine_get(txn, key, &q);
    if (rc != 0) return rc < 0 ? rc : 0;
    record_t copy = store_record_dup(&q.record);
    bool takes = is_to_hold(u, txn, &q);
    trace(u->world, "    %s %s %s of kind %u %02x%02x%02x from %x (%s)", unit_name(u),
          takes ? "takes" : "leaves out", version_name(&copy.version), copy.kind, copy.id.b[0], copy.id.b[1],
          copy.id.b[15], key->peer, q.fault.code);
    u->taking = true;
    rc = takes ? store_take(txn, &copy) : store_leave_out(txn, &copy);
    if (rc == 0) rc = store_answer(txn, &copy, key->peer);
    u->taking = false;
    if (rc == 0) rc = quarantine_clear(txn, key, NULL);
    store_record_free(&copy);
    return rc < 0 ? rc : 0;
}

static int take_sort(unit_t *u, store_txn_t *txn, bool good)
{
    unsealed_t found = {.store = u->store, .good = good};
    int rc = quarantine_each(txn, note_unsealed, &found);
    for (size_t i = 0; i < found.n && rc == 0; i++) rc = take_item(u, txn, &found.keys[i]);
    u->world->decided += found.n;
    return rc;
}

// An older version that he can take would be in the past of the tombstone above one that he cannot.
int work_take(unit_t *u, store_txn_t *txn)
{
    int rc = take_sort(u, txn, true);
    return rc == 0 ? take_sort(u, txn, false) : rc;
}
