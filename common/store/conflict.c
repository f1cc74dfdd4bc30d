// SPDX-License-Identifier: Apache-2.0
// Conflicts: a version that may be lost elsewhere, kept as a record of ours (design 2.6, rule 7).
#include "common/store/conflict.h"
#include "common/base/mutant.h"
#include "common/node/msg.h"
#include "common/schema/kinds.h"
#include "common/store/quota.h"
#include "common/store/store_private.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/system.pb-c.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

Selenga__Conflict *conflict_open(const record_t *conflict, record_t *ret_kept)
{
    Selenga__Conflict *m = msg_body_unpack(&selenga__conflict__descriptor, conflict->body);
    if (m != NULL && record_parse(slice(m->record.data, m->record.len), ret_kept) != 0) msg_body_free(&m);
    return m;
}

static rid_t conflict_id(const store_txn_t *txn, const path_t *finder, const record_t *r)
{
    rid_t id;
    uint8_t key[sizeof id.b + 24];
    memcpy(key, r->id.b, sizeof r->id.b);
    be32_store(key + 16, r->version.inc);
    be64_store(key + 20, r->version.seq);
    be64_store(key + 28, r->version.boot);
    be32_store(key + 36, txn->store->place.service); // two services of a node may both find one
    crypto_generichash(id.b, sizeof id.b, key, sizeof key, finder->b, sizeof finder->b);
    return id;
}

// Where a conflict goes: to the home of the record it was, and up as far as that record may. The home's own
// goes wherever the record went, so that who holds the record need not keep one more.
static void address_conflict(const store_txn_t *txn, const record_t *r, record_t *draft)
{
    if (MUTANT("conflict_stays")) return;
    bool ours = path_equal(&r->home, &txn->store->place.path);
    draft->up = r->up;
    draft->down = ours ? r->down : DOWN_TO;
    draft->to = ours ? r->to : r->home;
}

// The next node from here to the record's home that may have found it and whose conflicts come here:
// conflicts go up the whole way, down only from the home itself.
static void step_home(path_t *finder, const path_t *home)
{
    if (!path_is_prefix(finder, home)) {
        *finder = *home;
        return;
    }
    memcpy(finder->b + finder->len, home->b + finder->len, PATH_LABEL);
    finder->len += PATH_LABEL;
}

// Do we hold a conflict of this version, our own or of somebody nearer to its home? 0, KV_NONE or -errno.
static int find_conflict(store_txn_t *txn, const record_t *r)
{
    record_t held;
    path_t finder = txn->store->place.path;
    for (;; step_home(&finder, &r->home)) {
        rid_t id = conflict_id(txn, &finder, r);
        int rc = store_get(txn, &id, &held, NULL);
        bool his = rc == 0 && held.kind == KIND_CONFLICT && path_equal(&held.home, &finder);
        if (rc < 0 || (his && !held.gone)) return rc;
        if (path_equal(&finder, &r->home)) return KV_NONE;
    }
}

// A conflict of a conflict would tell nobody more. Of a derived record there is nothing to decide, nor of a
// notice that something was refused: whoever refuses writes it again.
bool store_is_worth_keeping(const record_t *r)
{
    const kind_rule_t *rule = kind_by_number(r->kind);
    return r->kind != KIND_CONFLICT && r->kind != KIND_REFUSAL && (rule == NULL || !rule->derived);
}

static int write_conflict(store_txn_t *txn, const record_t *r)
{
    record_t draft = {.id = conflict_id(txn, &txn->store->place.path, r),
                      .kind = KIND_CONFLICT,
                      .org = r->org,
                      .bulk = r->bulk};
    Selenga__Conflict body = SELENGA__CONFLICT__INIT;
    body.has_record = 1;
    body.record = (ProtobufCBinaryData){.len = r->wire.size, .data = (uint8_t *)(uintptr_t)r->wire.data};
    size_t size = selenga__conflict__get_packed_size(&body);
    uint8_t *buf = xmalloc(size);
    selenga__conflict__pack(&body, buf);
    draft.body = (slice_t){.data = buf, .size = size};
    address_conflict(txn, r, &draft);
    int rc = store_write(txn, &draft, NULL);
    free(buf);
    return rc;
}

int store_keep_conflict(store_txn_t *txn, const record_t *r)
{
    if (!store_is_worth_keeping(r) || MUTANT("conflict_dropped")) return 0;
    int rc = find_conflict(txn, r);
    if (rc <= 0) return rc;
    record_t copy = store_record_dup(r); // its bytes may be the store's, and die at the first write
    rc = quota_take(txn, place_toward(&txn->store->place, &copy), QUOTA_CONFLICTS, copy.wire.size);
    if (rc == 0) rc = write_conflict(txn, &copy);
    store_record_free(&copy);
    return rc;
}

// The tombstone of a conflict of ours gives its room back to him because of whom it was kept.
int store_free_conflict(store_txn_t *txn, const record_t *now, const record_t *old)
{
    record_t in;
    if (now->kind != KIND_CONFLICT || !now->deleted || old == NULL || old->deleted || old->gone) return 0;
    AUTO(msg_body_free) Selenga__Conflict *m = conflict_open(old, &in);
    return m == NULL ? 0
                     : quota_free(txn, place_toward(&txn->store->place, &in), QUOTA_CONFLICTS, in.wire.size);
}
