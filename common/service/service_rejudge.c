// SPDX-License-Identifier: Apache-2.0
// Records of a kind that the program did not know were let in by their stamp alone. When it knows the kind,
// it judges them as if they came now: once, some a turn. Row 'K': common/store/FORMAT.md, meta.
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/schema/kinds.h"
#include "common/service/service_private.h"
#include <string.h>

enum { SLICE = 64, NUMBER = 4 };

static const uint8_t letter[] = {'K'};

// This service's own: what others' kinds are, their service judges. As the row has them.
static slice_t known_now(const service_t *service, uint8_t buf[static REJUDGE_KINDS * NUMBER])
{
    size_t n = 0;
    for (size_t i = 0; i < N_KINDS && n < REJUDGE_KINDS; i++)
        if (KINDS[i]->number / 100 == service->def->number) be32_store(buf + NUMBER * n++, KINDS[i]->number);
    return slice(buf, n * NUMBER);
}

static bool names(slice_t row, const uint8_t *number)
{
    for (size_t i = 0; i + NUMBER <= row.size; i += NUMBER)
        if (memcmp(row.data + i, number, NUMBER) == 0) return true;
    return false;
}

// A store that does not say which kinds were known was kept by a program that judged by its own.
int rejudge_open(service_t *service)
{
    uint8_t buf[REJUDGE_KINDS * NUMBER];
    slice_t now = known_now(service, buf), before;
    struct rejudge *self = &service->rejudge;
    store_txn_t *txn = NULL;
    *self = (struct rejudge){0};
    int rc = store_begin(service->store, false, &txn);
    if (rc != 0) return rc;
    rc = kv_get(store_kv(txn), KV_META, slice(letter, sizeof letter), &before);
    self->on = rc == KV_NONE || (rc == 0 && !slice_equal(before, now));
    for (size_t i = 0; rc == 0 && i < now.size; i += NUMBER)
        if (!names(before, now.data + i)) self->kinds[self->n++] = be32_load(now.data + i);
    store_abort(&txn);
    return rc < 0 ? rc : 0;
}

struct slice_of {
    rid_t ids[SLICE];
    size_t n;
};

static int gather(void *arg, const rid_t *id)
{
    struct slice_of *some = arg;
    some->ids[some->n++] = *id;
    return some->n == SLICE;
}

static int judge_one(service_t *service, store_txn_t *txn, const rid_t *id)
{
    record_t held;
    place_t place;
    judged_t judged;
    int rc = store_get(txn, id, &held, &place);
    if (rc != 0) return rc < 0 ? rc : 0;
    service->rejudge.mark = store_list_mark(&held, &place); // what is written now stands behind it
    if ((rc = feed_judge_again(service->feed, txn, id, &judged)) != 0) return rc;
    service->rejudge.full |= judged == JUDGED_NO_ROOM;
    service->rejudge.refused += judged == JUDGED_REFUSED;
    return 0;
}

static int finish(service_t *service, store_txn_t *txn)
{
    uint8_t buf[REJUDGE_KINDS * NUMBER];
    struct rejudge *self = &service->rejudge;
    self->on = false;
    if (self->refused > 0)
        log_at(L_WARNING, "KINDS-KNOWN",
               i18n_n("of records whose kinds are known now %llu breaks rules: see `selenga quarantine list`",
                      "of records whose kinds are known now %llu break rules: see `selenga quarantine list`",
                      self->refused),
               (unsigned long long)self->refused);
    if (self->full) return 0; // at the next start once more
    return kv_put(store_kv(txn), KV_META, slice(letter, sizeof letter), known_now(service, buf));
}

int rejudge_on(service_t *service, store_txn_t *txn)
{
    struct rejudge *self = &service->rejudge;
    struct slice_of some = {.n = 0};
    if (!self->on || service->trouble != 0) return 0;
    if (self->at == self->n) return finish(service, txn);
    int rc =
        store_list(txn, self->kinds[self->at], (slice_t){0}, self->begun ? &self->mark : NULL, gather, &some);
    self->begun = true;
    for (size_t i = 0; i < some.n && rc >= 0; i++) rc = judge_one(service, txn, &some.ids[i]);
    if (rc < 0) return rc;
    if (some.n < SLICE) {
        self->at++;
        self->begun = false;
    }
    return 0;
}
