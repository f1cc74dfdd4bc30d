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

// A node's level decides what it is sent: names go to a municipality, whatever its organisation is.
static bool level_is_wrong(const invite_facts_t *facts)
{
    if (facts->given_rank > facts->hub_rank) return true;
    if (facts->given_rank >= 0) return facts->kind_rank >= 0 && facts->given_rank != facts->kind_rank;
    return !facts->stands && facts->kind_rank > facts->hub_rank;
}

const char *invite_refusal(const invite_facts_t *facts)
{
    if (facts->elsewhere) return "NODE-ELSEWHERE";
    if (facts->replace && !facts->stands) return "NO-CHILD";
    if (facts->active && !facts->replace) return "NODE-ACTIVE";
    // A hub that lost its store may know the node before the organisation.
    if (!facts->known && !facts->stands) return "ORG-UNKNOWN";
    if (facts->known && !facts->below) return "ORG-FOREIGN";
    return level_is_wrong(facts) ? "BAD-LEVEL" : NULL;
}
