// SPDX-License-Identifier: Apache-2.0
// Under which key a neighbour was read. Row 'k': common/store/FORMAT.md, peers.
#include "common/sync/feed_private.h"

// Due at the next tick. What it was given back before says nothing of it either.
static int begin_anew(feed_t *feed, store_txn_t *txn, uint32_t peer)
{
    static const position_t zero;
    static const witness_t none;
    feed_know(feed, peer);
    int rc = consumer_begin_anew(feed, txn, feed_find(feed, peer));
    return rc == 0 ? cursor_put(txn, peer, 'r', &zero, &none) : rc;
}

int feed_know_key(feed_t *feed, store_txn_t *txn, uint32_t peer, const uint8_t key[static FEED_KEY])
{
    uint64_t now[FEED_KEY / 8], before[FEED_KEY / 8];
    for (size_t i = 0; i < ARRAY_SIZE(now); i++) now[i] = be64_load(key + 8 * i);
    int rc = peer_row_get(txn, peer, 'k', before, ARRAY_SIZE(before));
    if (rc < 0 || (rc == 0 && memcmp(now, before, sizeof now) == 0)) return rc; // 0: the same
    bool another = rc == 0;
    if (another) rc = begin_anew(feed, txn, peer);
    if (rc >= 0) rc = peer_row_put(txn, peer, 'k', now, ARRAY_SIZE(now));
    return rc < 0 ? rc : another;
}
