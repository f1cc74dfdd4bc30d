// SPDX-License-Identifier: Apache-2.0
// The store's tables in memory, for the simulator. A commit that returned 0 is durable; a crash leaves the
// last one. Any committed state can be kept as an image, cheaply, and put back later.
#pragma once
#include "common/store/kv.h"

typedef struct kv_image kv_image_t;

typedef enum kv_full {
    KV_WELL,       // there is room
    KV_FULL_PUT,   // every write into a table fails, as a full map does
    KV_FULL_COMMIT // writes go well, the commit fails, as a full disk does
} kv_full_t;

kv_t *kv_mem_new(void);
void kv_mem_set_full(kv_t *kv, kv_full_t full);
// The next commit keeps this table alone: the mistake of two transactions where there must be one.
void kv_mem_tear(kv_t *kv, enum kv_table table);
// Writes that were committed since the beginning; still when nothing happens.
uint64_t kv_mem_writes(const kv_t *kv);

// What was committed last. Release with kv_image_release.
kv_image_t *kv_mem_image(kv_t *kv);
// Puts it back; NULL: an empty store. No transaction may be open.
void kv_mem_restore(kv_t *kv, const kv_image_t *image);
void kv_image_release(kv_image_t **image_p);
