// SPDX-License-Identifier: Apache-2.0
// Asks the far end again and again how many records it holds, and tells when it has caught up: when it holds
// all that was acknowledged at the near end up to LAG_MS ago, that being after the restart.
#pragma once
#include "common/base/util.h"

enum { LAG_MS = 100 };

typedef struct watch watch_t;

// `before`: records of both services at the far end that the load has not written.
watch_t *watch_new(void *context, const char *dir, uint64_t before);
void watch_destroy(watch_t **watch);

void *watch_socket(const watch_t *watch);
void watch_restarted(watch_t *watch);
// `acked`: acknowledged so far. `most`: how many records there may be. True: it has caught up, so many
// milliseconds after the restart. Dies when the far end holds more than there may be.
bool watch_turn(watch_t *watch, uint64_t acked, uint64_t most, uint64_t *ret_ms);
