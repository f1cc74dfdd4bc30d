// SPDX-License-Identifier: Apache-2.0
// What the reviews of records come to, for a local caller who has the records.
#include "common/service/service_private.h"
#include "common/service/subject.h"
#include <stdlib.h>

enum { IDS_MAX = 1000 };

static int look_at(const service_t *service, store_txn_t *txn, const principal_t *who,
                   const ProtobufCBinaryData *id, char **ret_state, uint32_t *ret_awaits)
{
    record_t r;
    rid_t rid;
    reviewed_t reviewed = {0};
    memcpy(rid.b, id->data, sizeof rid.b);
    int rc = store_get(txn, &rid, &r, NULL);
    if (rc == 0 && principal_sees(who, service->scope, &r)) rc = subject_reviewed(txn, &r, &reviewed);
    *ret_state = (char *)(uintptr_t)review_state_name(reviewed.state);
    *ret_awaits = reviewed.awaits;
    return rc < 0 ? rc : 0;
}

int requests_reviews(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Reviews *m = msg_body_unpack(&selenga__reviews__descriptor, e->body);
    if (m == NULL || m->n_ids > IDS_MAX) return requests_refuse(service, e, "MALFORMED", "");
    principal_t who;
    int rc = requests_principal(service, txn, e, &who);
    if (rc != 0) return rc;
    AUTO(xfree) char **states = xcalloc(m->n_ids + 1, sizeof *states);
    AUTO(xfree) uint32_t *awaits = xcalloc(m->n_ids + 1, sizeof *awaits);
    for (size_t i = 0; i < m->n_ids; i++) {
        if (m->ids[i].len != sizeof(rid_t)) return requests_refuse(service, e, "MALFORMED", "");
        rc = look_at(service, txn, &who, &m->ids[i], &states[i], &awaits[i]);
        if (rc != 0) return rc;
    }
    Selenga__ReviewsReply reply = SELENGA__REVIEWS_REPLY__INIT;
    reply.states = states;
    reply.awaits = awaits;
    reply.n_states = reply.n_awaits = m->n_ids;
    service_reply(service, e, MSG_REVIEWS_REPLY, &reply.base);
    return 0;
}
