// SPDX-License-Identifier: Apache-2.0
#include "common/service/subject.h"
#include "common/node/msg.h"
#include "common/schema/states.h"
#include "proto/routing.pb-c.h"

enum { E_FAULT = RECORD_E_FAULT };

// --- what follows from it ------------------------------------------------------------------------

static int refuse(fault_t *fault, const char *code, const char *field, const char *text)
{
    fault_set(fault, code, field, text);
    return E_FAULT;
}

static int check_speaker(const author_t *author, const kind_rule_t *rule, const body_t *body, fault_t *fault)
{
    int i = rule->speaker_field != NULL ? kind_field(rule, rule->speaker_field) : -1;
    const char *office = i >= 0 ? body_str(rule, body, (size_t)i) : NULL;
    if (office == NULL || strcmp(office, author->own_org) == 0)
        return 0; // none: it is REQUIRED, and missed later
    if (scope_serves(author->scope, slice_text(office)) == SCOPE_YES) return 0;
    return refuse(fault, "SPEAKER", rule->speaker_field, office);
}

int subject_follow(const author_t *author, store_txn_t *txn, const kind_rule_t *rule, body_t *body,
                   arena_t *arena, fault_t *ret_fault)
{
    record_t subject;
    slice_t ref;
    rid_t id;
    int rc = check_speaker(author, rule, body, ret_fault);
    int about = rule->about_field != NULL ? kind_field(rule, rule->about_field) : -1;
    const char *text = about >= 0 ? body_str(rule, body, (size_t)about) : NULL;
    if (rc != 0 || text == NULL) return rc;
    const kind_rule_t *target = ref_target(&rule->fields[about], slice_text(text), &ref);
    if (target == NULL || !ref_id(target, ref, &id)) return 0; // no reference: body_validate says so
    rc = store_get(txn, &id, &subject, NULL);
    if (rc < 0) return rc;
    if (rc == KV_NONE || subject.deleted) return refuse(ret_fault, "REF-UNKNOWN", rule->about_field, text);
    bool below = scope_in_self(author->scope, subject.org) == SCOPE_YES;
    const char *org = below ? arena_text(arena, subject.org) : author->own_org;
    if (org == NULL) return refuse(ret_fault, "TOO-BIG", NULL, "32768");
    rc = body_set_text(rule, body, (size_t)kind_field(rule, rule->org_field), org, arena, ret_fault);
    return rc == 0 ? 0 : E_FAULT;
}

// --- what is said of it --------------------------------------------------------------------------

typedef struct look {
    uint8_t mark[STATES_MARK]; // of what the record says now
    reviewed_t found;
    bool outdated, agreed;
} look_t;

static int look_at(void *arg, const record_t *r, const place_t *place)
{
    look_t *look = arg;
    (void)place;
    AUTO(msg_body_free) Selenga__Review *m = msg_body_unpack(&selenga__review__descriptor, r->body);
    if (m == NULL || m->decision == NULL || m->level == NULL) return 0;
    if (m->seen.len != STATES_MARK || memcmp(m->seen.data, look->mark, STATES_MARK) != 0) {
        look->outdated = true;
        return 0;
    }
    int rank = level_rank(m->level);
    if (rank >= 0) look->found.awaits &= ~(1U << rank);
    review_state_t state = strcmp(m->decision, "decline") == 0  ? REVIEW_DECLINED
                           : strcmp(m->decision, "return") == 0 ? REVIEW_RETURNED
                                                                : REVIEW_NONE;
    look->agreed = look->agreed || state == REVIEW_NONE;
    if (state > look->found.state) look->found.state = state;
    return 0;
}

int subject_reviewed(store_txn_t *txn, const record_t *record, reviewed_t *ret)
{
    const kind_rule_t *rule = kind_by_number(record->kind);
    look_t look = {0};
    *ret = (reviewed_t){0};
    if (rule == NULL || record->deleted || !states_mark(rule, record->body, look.mark)) return 0;
    look.found.awaits = states_awaits(rule, record->body);
    int rc = store_each_referring(txn, &record->id, N_REVIEW, NULL, look_at, &look);
    if (rc < 0) return rc;
    if (look.found.state == REVIEW_NONE && look.found.awaits != 0)
        look.found.state = REVIEW_WAITING;
    else if (look.found.state == REVIEW_NONE && look.outdated)
        look.found.state = REVIEW_CHANGED;
    else if (look.found.state == REVIEW_NONE && look.agreed)
        look.found.state = REVIEW_AGREED;
    *ret = look.found;
    return 0;
}

const char *review_state_name(review_state_t state)
{
    static const char *const names[] = {"", "agreed", "changed", "waiting", "returned", "declined"};
    return names[state];
}
