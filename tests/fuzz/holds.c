// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/holds.h"
#include "common/node/msg.h"
#include "common/schema/kinds.h"
#include "common/store/conflict.h"
#include "common/store/quarantine.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/system.pb-c.h"
#include <assert.h>

typedef struct look {
    const holds_t *holds;
    store_t *store;
    store_txn_t *txn;
    struct holds_used found[HOLDS_PEERS];
    size_t n;
} look_t;

static bool read_conflict(const record_t *conflict, record_t *ret, Selenga__Conflict **ret_owner)
{
    *ret_owner = conflict_open(conflict, ret);
    return *ret_owner != NULL;
}

static void see_own(holds_t *holds, const store_t *store, const record_t *r)
{
    bool sealed = record_is_sealed(r, store_place(store)->seal_key);
    if (!store_is_home(store, r) || (!sealed && !holds->adopting)) return;
    if (r->version.inc > holds->inc) holds->inc = r->version.inc;
    holds->own_found |= r->kind < SYSTEM_KINDS;
}

void holds_see(holds_t *holds, const store_t *store, const record_t *r)
{
    record_t in;
    AUTO(msg_body_free) Selenga__Conflict *owner = NULL;
    see_own(holds, store, r);
    if (r->kind == KIND_CONFLICT && !r->deleted && read_conflict(r, &in, &owner)) see_own(holds, store, &in);
}

static struct holds_used *of_peer(struct holds_used *rows, size_t *n, uint32_t peer)
{
    for (size_t i = 0; i < *n; i++)
        if (rows[i].peer == peer) return &rows[i];
    assert(*n < HOLDS_PEERS);
    rows[*n] = (struct holds_used){.peer = peer};
    return &rows[(*n)++];
}

static void add(look_t *look, uint32_t peer, enum quota_sort sort, size_t bytes)
{
    struct holds_used *used = of_peer(look->found, &look->n, peer);
    used->items[sort]++;
    used->bytes[sort] += bytes;
}

static void check_own(look_t *look, const record_t *r)
{
    record_t in;
    AUTO(msg_body_free) Selenga__Conflict *owner = NULL;
    assert(record_is_sealed(r, store_place(look->store)->seal_key));
    assert(r->version.inc <= look->holds->inc || r->version.inc == look->holds->inc + 1);
    if (r->kind == KIND_CONFLICT && read_conflict(r, &in, &owner))
        add(look, store_toward(look->store, &in), QUOTA_CONFLICTS, in.wire.size);
    if (r->kind == KIND_REFUSAL) add(look, PEER_SELF, QUOTA_NOTICES, 0);
}

static int see_record(void *arg, const rid_t *id)
{
    look_t *look = arg;
    record_t r;
    place_t place;
    assert(store_get(look->txn, id, &r, &place) == 0);
    assert(place.toward == store_toward(look->store, &r) && !r.gone);
    if (store_is_home(look->store, &r))
        check_own(look, &r);
    else // a service of the node speaks for all homes
        assert(place.src < PEER_LABEL_MIN || place.src == place.toward);
    return 0;
}

static int see_aside(void *arg, const record_t *r, uint32_t peer)
{
    look_t *look = arg;
    assert(!store_is_home(look->store, r) && !store_speaks_for(look->store, peer, r));
    add(look, peer, QUOTA_ASIDE, r->wire.size);
    return 0;
}

static int see_item(void *arg, const quarantined_t *item)
{
    add(arg, item->key.peer, QUOTA_QUARANTINE, item->size);
    return 0;
}

// As many as the service says, and no more than the share, unless it was greater before.
static void check_share(look_t *look, const struct holds_used *found, const struct holds_used *before,
                        struct holds_used *now, enum quota_sort sort)
{
    uint64_t items, bytes;
    assert(quota_used(look->txn, found->peer, sort, &now->items[sort], &now->bytes[sort]) == 0);
    quota_share(look->store, found->peer, sort, &items, &bytes);
    assert(now->items[sort] <= items || now->items[sort] <= before->items[sort]);
    assert(now->bytes[sort] <= bytes || now->bytes[sort] <= before->bytes[sort]);
    if (sort == QUOTA_NOTICES || (sort == QUOTA_CONFLICTS && look->holds->own_found)) return;
    assert(now->items[sort] == found->items[sort] && now->bytes[sort] == found->bytes[sort]);
}

static void check_shares(holds_t *holds, look_t *look)
{
    uint64_t notices = 0;
    for (size_t i = 0; i < holds->n; i++) of_peer(look->found, &look->n, holds->used[i].peer);
    for (size_t i = 0; i < look->n; i++) {
        struct holds_used *before = of_peer(holds->used, &holds->n, look->found[i].peer), now = *before;
        for (enum quota_sort sort = 0; sort < QUOTA_SORTS; sort++)
            check_share(look, &look->found[i], before, &now, sort);
        notices += now.items[QUOTA_NOTICES];
        *before = now;
    }
    assert(holds->own_found || notices >= of_peer(look->found, &look->n, PEER_SELF)->items[QUOTA_NOTICES]);
}

void holds_check(holds_t *holds, store_t *store)
{
    static const uint32_t system[] = {KIND_CONFLICT, KIND_REFUSAL, KIND_VERDICT};
    look_t look = {.holds = holds, .store = store};
    assert(store_begin(store, false, &look.txn) == 0);
    for (size_t i = 0; i < ARRAY_SIZE(system); i++)
        assert(store_list(look.txn, system[i], (slice_t){0}, NULL, see_record, &look) == 0);
    for (size_t i = 0; i < N_KINDS; i++)
        assert(store_list(look.txn, KINDS[i]->number, (slice_t){0}, NULL, see_record, &look) == 0);
    assert(store_each_aside(look.txn, see_aside, &look) == 0);
    assert(quarantine_each(look.txn, see_item, &look) == 0);
    check_shares(holds, &look);
    store_abort(&look.txn);
}
