// SPDX-License-Identifier: Apache-2.0
#include "services/console/saving.h"
#include "common/schema/fault.h"
#include "proto/message.h"

enum { REJECTED = 4 }; // of Outcome.result

static saved_t judge(page_t *page, const Selenga__PutReply *reply, fields_t *fields, rid_t *ret_id)
{
    fault_t fault;
    const Selenga__Outcome *outcome = reply->n_outcomes == 1 ? reply->outcomes[0] : NULL;
    if (outcome == NULL) {
        page_refuse(page, 500, _("The node refuses this"), _("Its answer cannot be read."));
        return SAVED_NOT;
    }
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

saved_t saving_put(page_t *page, fields_t *fields, Selenga__Item *item, rid_t *ret_id)
{
    Selenga__PutReply *reply;
    Selenga__Group group = SELENGA__GROUP__INIT, *groups[] = {&group};
    Selenga__Put request = SELENGA__PUT__INIT;
    Selenga__Item *items[] = {item};
    group.items = items;
    request.groups = groups;
    group.n_items = request.n_groups = 1;
    if (!page_ask(page, item->kind / 100, MSG_PUT, &request, MSG_PUT_REPLY, &selenga__put_reply__descriptor,
                  &reply))
        return SAVED_NOT;
    return judge(page, reply, fields, ret_id);
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
