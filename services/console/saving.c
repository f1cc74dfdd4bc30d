// SPDX-License-Identifier: Apache-2.0
#include "services/console/saving.h"
#include "common/schema/fault.h"
#include "proto/message.h"

enum { REJECTED = 4 }; // of Outcome.result

// The outcome of the one group that was sent. NULL: return at once, as with page_ask.
static const Selenga__Outcome *put(page_t *page, Selenga__Item **items, size_t n)
{
    Selenga__PutReply *reply;
    Selenga__Group group = SELENGA__GROUP__INIT, *groups[] = {&group};
    Selenga__Put request = SELENGA__PUT__INIT;
    group.items = items;
    group.n_items = n;
    request.groups = groups;
    request.n_groups = 1;
    if (!page_ask(page, items[0]->kind / 100, MSG_PUT, &request, MSG_PUT_REPLY,
                  &selenga__put_reply__descriptor, &reply))
        return NULL;
    if (reply->n_outcomes == 1) return reply->outcomes[0];
    page_refuse(page, 500, _("The node refuses this"), _("Its answer cannot be read."));
    return NULL;
}

// Of the items' kinds, the first that has the field which the fault names.
static const kind_rule_t *kind_meant(Selenga__Item *const *items, size_t n, const fault_t *fault)
{
    for (size_t i = 0; i < n; i++) {
        const kind_rule_t *kind = kind_by_number(items[i]->kind);
        if (kind != NULL && kind_field(kind, fault->field) >= 0) return kind;
    }
    return NULL;
}

saved_t saving_together(page_t *page, Selenga__Item **items, size_t n, together_t *ret)
{
    *ret = (together_t){0};
    const Selenga__Outcome *outcome = put(page, items, n);
    if (outcome == NULL) return SAVED_NOT;
    for (size_t i = 0; i < outcome->n_warnings && i < TOGETHER_WARNINGS; i++) {
        fault_from_proto(outcome->warnings[i], &ret->warnings[i]);
        ret->warned[i] = kind_meant(items, n, &ret->warnings[i]);
        ret->n_warnings++;
    }
    if (outcome->result != REJECTED) return SAVED;
    fault_from_proto(outcome->fault, &ret->fault);
    ret->kind = kind_meant(items, n, &ret->fault);
    return strcmp(ret->fault.code, "CHANGED-SINCE") == 0 ? SAVED_CHANGED : SAVED_WRONG;
}

saved_t saving_put(page_t *page, fields_t *fields, Selenga__Item *item, rid_t *ret_id)
{
    fault_t fault;
    const Selenga__Outcome *outcome = put(page, &item, 1);
    if (outcome == NULL) return SAVED_NOT;
    bool rejected = outcome->result == REJECTED;
    fault_from_proto(outcome->fault, &fault);
    if (rejected && strcmp(fault.code, "CHANGED-SINCE") == 0) return SAVED_CHANGED;
    if (rejected) fields_fault(fields, &fault);
    for (size_t i = 0; i < outcome->n_warnings; i++) {
        fault_from_proto(outcome->warnings[i], &fault);
        fields_fault(fields, &fault);
    }
    if (rejected) return SAVED_WRONG;
    if (outcome->id.len == sizeof ret_id->b) memcpy(ret_id->b, outcome->id.data, sizeof ret_id->b);
    return SAVED;
}

bool saving_may(page_t *page, const kind_rule_t *kind, access_action_t action)
{
    if (entry_may(page, kind, action)) return true;
    if ((kind->writers & W_PROGRAM) != 0)
        page_refuse(page, 403, _("Nobody writes this"),
                    _("The system makes it itself; it is changed by changing what it follows from."));
    else
        page_refuse(page, 403, _("Not for you"),
                    _("Your account may not change this. Ask the operator of the node."));
    return false;
}
