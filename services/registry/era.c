// SPDX-License-Identifier: Apache-2.0
#include "services/registry/era.h"
#include <errno.h>

static slice_t key(void)
{
    static const uint8_t name[] = {'E'};
    return slice(name, sizeof name);
}

int era_load(era_t *self, store_txn_t *txn, int64_t wall_s, uint64_t mono_ms)
{
    slice_t kept;
    *self = (era_t){.mono_ms = mono_ms};
    int rc = kv_get(store_kv(txn), KV_AUX, key(), &kept);
    if (rc == 0 && kept.size != sizeof(uint64_t)) return -EUCLEAN;
    if (rc == 0) self->kept_s = self->now_s = (int64_t)be64_load(kept.data);
    era_now(self, wall_s, mono_ms);
    return rc < 0 ? rc : 0;
}

int64_t era_now(era_t *self, int64_t wall_s, uint64_t mono_ms)
{
    if (mono_ms > self->mono_ms) {
        uint64_t seconds = (mono_ms - self->mono_ms) / 1000;
        self->now_s += (int64_t)seconds;
        self->mono_ms += seconds * 1000;
    }
    if (wall_s > self->now_s) self->now_s = wall_s;
    return self->now_s;
}

int era_keep(era_t *self, store_txn_t *txn, bool at_once)
{
    uint8_t value[sizeof(uint64_t)];
    if (self->now_s - self->kept_s < (at_once ? 1 : ERA_STEP_S)) return 0;
    be64_store(value, (uint64_t)self->now_s);
    int rc = kv_put(store_kv(txn), KV_AUX, key(), slice(value, sizeof value));
    if (rc == 0) self->kept_s = self->now_s;
    return rc;
}
