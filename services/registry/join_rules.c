// SPDX-License-Identifier: Apache-2.0
#include "services/registry/join_rules.h"
#include <stddef.h>

const char *join_refusal(const join_facts_t *facts, bool *ret_again)
{
    *ret_again = facts->used && facts->used_by_it && facts->active && facts->its_key;
    if (!facts->has_key) return "MALFORMED";
    if (*ret_again) return NULL;
    if (facts->used) return "TOKEN-USED"; // whoever asks: what it let in was revoked or replaced since
    if (facts->withdrawn) return "TOKEN-REVOKED";
    if (facts->expired) return "TOKEN-EXPIRED";
    if (facts->elsewhere) return "NODE-ELSEWHERE";
    if (facts->active && !facts->replace) return "NODE-ACTIVE";
    if (facts->key_known)
        return "NODE-KEY-KNOWN"; // of somebody who is here, or of a computer that was cut off
    return facts->other_root ? "PHRASE-OTHER" : NULL;
}
