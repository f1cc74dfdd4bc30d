// SPDX-License-Identifier: Apache-2.0
#include "services/gate/rival.h"
#include "common/node/msg.h"

enum { ANSWER_MS = 5000 }; // to wait for an answer of the standing one, at most

static bool is_due(uint64_t since_ms, uint64_t wait_ms, uint64_t now_ms)
{
    return now_ms - since_ms >= wait_ms;
}

rival_t rival_judge(key_entry_t *row, uint64_t instance, uint64_t heard_ms, uint64_t silence_ms,
                    uint64_t now_ms, bool *ret_ask)
{
    uint64_t patience = silence_ms / 4 < ANSWER_MS ? silence_ms / 4 : ANSWER_MS;
    *ret_ask = false;
    if (heard_ms == 0 || instance == row->instance) {
        row->instance = instance;
        row->rival_ms = 0;
        return RIVAL_NONE;
    }
    if (row->rival_ms == 0 ||
        is_due(row->rival_ms, silence_ms, now_ms)) { // what was asked long ago says nothing
        row->rival_ms = now_ms;
        *ret_ask = true;
        return RIVAL_WAITS;
    }
    if (heard_ms > row->rival_ms) { // asked since, and answered
        row->rival_ms = 0;
        row->clone_ms = now_ms;
        return RIVAL_CLONE;
    }
    if (!is_due(row->rival_ms, patience, now_ms)) return RIVAL_WAITS;
    row->instance = instance;
    row->rival_ms = 0;
    return RIVAL_NONE;
}

uint64_t rival_instance(slice_t hello)
{
    AUTO(msg_body_free) Selenga__Hello *m = msg_body_unpack(&selenga__hello__descriptor, hello);
    return m != NULL ? m->instance : 0;
}

bool rival_is_cloned(const key_entry_t *row, uint64_t silence_ms, uint64_t now_ms)
{
    return row->role != KEY_REVOKED && row->clone_ms != 0 && !is_due(row->clone_ms, silence_ms, now_ms);
}
