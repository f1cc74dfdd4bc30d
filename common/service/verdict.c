// SPDX-License-Identifier: Apache-2.0
#include "common/service/verdict.h"
#include "common/node/msg.h"
#include "common/store/quarantine.h"
#include "proto/kind.h"
#include "proto/system.pb-c.h"
#include <sodium.h>

enum { DECISION_DISCARD = 1 };

static const path_t *self_of(store_txn_t *txn)
{
    return &store_place(store_of(txn))->path;
}

static rid_t verdict_id(const path_t *self, const rid_t *subject)
{
    rid_t id;
    uint8_t key[sizeof id.b + 1];
    memcpy(key, subject->b, sizeof subject->b);
    key[sizeof id.b] = KIND_VERDICT;
    crypto_generichash(id.b, sizeof id.b, key, sizeof key, self->b, self->len);
    return id;
}

static int bury(store_txn_t *txn, const record_t *held)
{
    record_t copy = store_record_dup(held), draft = copy;
    draft.deleted = true;
    draft.body = (slice_t){0};
    int rc = store_write(txn, &draft, NULL);
    store_record_free(&copy);
    return rc;
}

// An own record of this kind that is not deleted. 0, KV_NONE or -errno.
static int get_own(store_txn_t *txn, const rid_t *id, uint32_t kind, record_t *ret)
{
    int rc = store_get(txn, id, ret, NULL);
    if (rc != 0) return rc;
    bool own = ret->kind == kind && !ret->deleted && !ret->gone && path_equal(&ret->home, self_of(txn));
    return own ? 0 : KV_NONE;
}

int verdict_discard_conflict(store_txn_t *txn, const rid_t *id)
{
    record_t held;
    int rc = get_own(txn, id, KIND_CONFLICT, &held);
    return rc == 0 ? bury(txn, &held) : rc;
}

int verdict_discard_items(store_txn_t *txn, const rid_t *id, const path_t *home)
{
    quarantined_t item;
    quarantine_key_t key;
    int found = KV_NONE;
    int rc = quarantine_next(txn, id, NULL, &item);
    for (; rc == 0; rc = quarantine_next(txn, id, &key, &item)) {
        key = item.key;
        if (home != NULL && !path_equal(home, &key.home)) continue;
        if ((rc = quarantine_clear(txn, &key, NULL)) != 0) break;
        found = 0;
    }
    return rc < 0 ? rc : found;
}

// to: whom it is for; NULL: it stays here.
static int write(store_txn_t *txn, const record_t *subject, const path_t *to, slice_t who, const char *why)
{
    Selenga__Verdict m = SELENGA__VERDICT__INIT;
    uint8_t id[sizeof subject->id.b];
    memcpy(id, subject->id.b, sizeof id);
    m.has_subject = m.has_decision = 1;
    m.subject = (ProtobufCBinaryData){.len = sizeof id, .data = id};
    m.decision = DECISION_DISCARD;
    m.why = (char *)(uintptr_t)why;
    size_t size = selenga__verdict__get_packed_size(&m);
    AUTO(xfree) uint8_t *buf = xmalloc(size);
    selenga__verdict__pack(&m, buf);
    record_t copy = store_record_dup(subject);
    record_t draft = {.id = verdict_id(self_of(txn), &subject->id),
                      .kind = KIND_VERDICT,
                      .org = copy.org,
                      .author = who,
                      .body = slice(buf, size)};
    if (to != NULL) draft.down = DOWN_TO, draft.to = *to;
    int rc = store_write(txn, &draft, NULL);
    store_record_free(&copy);
    return rc;
}

int verdict_write(store_txn_t *txn, const record_t *subject, slice_t who, const char *why)
{
    path_t finder = subject->home;
    return write(txn, subject, &finder, who, why);
}

int verdict_put_by(store_txn_t *txn, const record_t *subject, slice_t who, const char *why)
{
    return write(txn, subject, NULL, who, why);
}

// One that stays here is about what had been said by then.
int verdict_stands(store_txn_t *txn, const rid_t *subject, uint64_t at, bool *ret)
{
    record_t held;
    rid_t id = verdict_id(self_of(txn), subject);
    int rc = get_own(txn, &id, KIND_VERDICT, &held);
    *ret = rc == 0 && (held.down == DOWN_TO || held.version.seq > at);
    return rc < 0 ? rc : 0;
}

// --- what comes of it ----------------------------------------------------------------------------

// The items that a refusal of ours tells of; its notice goes with them.
static int discard_refused(store_txn_t *txn, const rid_t *refusal)
{
    record_t held;
    rid_t id;
    int rc = get_own(txn, refusal, KIND_REFUSAL, &held);
    if (rc != 0) return rc;
    path_t home = held.to;
    AUTO(msg_body_free) Selenga__Refusal *m = msg_body_unpack(&selenga__refusal__descriptor, held.body);
    if (m == NULL || m->record_id.len != sizeof id.b) return KV_NONE;
    memcpy(id.b, m->record_id.data, sizeof id.b);
    return verdict_discard_items(txn, &id, &home);
}

static void obey(store_txn_t *txn, const record_t *verdict, verdict_told_fn *told)
{
    rid_t subject;
    const path_t *self = self_of(txn);
    bool above = path_is_prefix(&verdict->home, self) && verdict->home.len < self->len;
    if (!above || verdict->down != DOWN_TO || !path_equal(&verdict->to, self)) return;
    AUTO(msg_body_free) Selenga__Verdict *m = msg_body_unpack(&selenga__verdict__descriptor, verdict->body);
    if (m == NULL || m->decision != DECISION_DISCARD || m->subject.len != sizeof subject.b) return;
    memcpy(subject.b, m->subject.data, sizeof subject.b);
    AUTO(xfree) char *who = xcalloc(1, verdict->author.size + 1);
    if (verdict->author.size > 0) memcpy(who, verdict->author.data, verdict->author.size);
    int rc = verdict_discard_conflict(txn, &subject);
    if (rc == KV_NONE) rc = discard_refused(txn, &subject);
    if (rc == 0 && told != NULL) told(&subject, who, m->why != NULL ? m->why : "");
}

void verdict_changed(store_txn_t *txn, const record_t *now, verdict_told_fn *told)
{
    record_t held;
    if (now->kind == KIND_VERDICT && !now->deleted && !now->gone) obey(txn, now, told);
    if ((now->kind != KIND_CONFLICT && now->kind != KIND_REFUSAL) || !(now->deleted || now->gone)) return;
    rid_t id = verdict_id(self_of(txn), &now->id);
    if (get_own(txn, &id, KIND_VERDICT, &held) == 0) (void)bury(txn, &held);
}
