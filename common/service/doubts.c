// SPDX-License-Identifier: Apache-2.0
#include "common/service/doubts.h"
#include "common/base/clock.h"
#include "common/node/msg.h"
#include "common/schema/fault_value.h"
#include "common/service/sensible.h"
#include <stdlib.h>

// As a message of its own memory.
static Selenga__Doubts *tell(const sense_t *sense)
{
    Selenga__Doubts m = SELENGA__DOUBTS__INIT;
    Selenga__Fault faults[SENSE_MAX], *all[SENSE_MAX];
    char *args[SENSE_MAX][FAULT_ARGS];
    for (size_t i = 0; i < sense->n; i++) {
        fault_to_proto(&sense->faults[i], &faults[i], args[i]);
        all[i] = &faults[i];
    }
    m.faults = all;
    m.n_faults = sense->n;
    size_t size = selenga__doubts__get_packed_size(&m);
    AUTO(xfree) uint8_t *bytes = xmalloc(size + 1);
    selenga__doubts__pack(&m, bytes);
    Selenga__Doubts *made = msg_body_unpack(&selenga__doubts__descriptor, slice(bytes, size));
    if (made == NULL) abort(); // we packed it
    return made;
}

int doubts_find(store_txn_t *txn, arena_t *arena, const kind_rule_t *kind, const record_t *record,
                Selenga__Doubts **ret_doubts)
{
    body_t *body = NULL;
    *ret_doubts = NULL;
    arena_reset(arena, record->body.size);
    if (body_unpack(kind, record->body, arena, &body, NULL) != 0) return 0;
    AUTO(xfree) sense_t *sense = xcalloc(1, sizeof *sense);
    int rc = sense_check(txn, wall_day(), kind, &record->id, body, sense);
    if (rc == 0 && sense->n > 0) *ret_doubts = tell(sense);
    return rc;
}
