// SPDX-License-Identifier: Apache-2.0
#include "common/quota.h"
int quota_take(store_txn_t *txn, uint32_t peer, enum quota_sort sort, size_t bytes)
{
    (void)txn, (void)peer, (void)sort, (void)bytes;
    return 0;
}
int quota_free(store_txn_t *txn, uint32_t peer, enum quota_sort sort, size_t bytes)
{
    (void)txn, (void)peer, (void)sort, (void)bytes;
    return 0;
}
