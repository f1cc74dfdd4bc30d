// SPDX-License-Identifier: Apache-2.0
// What a person's changes have replaced, for a local caller who brings it back by writing it again.
#include "common/service/service_private.h"
#include "common/store/history.h"
#include <stdlib.h>

enum { ANSWER_BYTES = 512 * 1024 };

typedef struct answer {
    Selenga__Replaced rows[HISTORY_OF_ONE], *list[HISTORY_OF_ONE];
    size_t n, bytes;
    bool more;
} answer_t;

static int add(void *arg, const record_t *record, int64_t replaced_s)
{
    answer_t *answer = arg;
    answer->more = answer->n == HISTORY_OF_ONE || answer->bytes + record->wire.size > ANSWER_BYTES;
    if (answer->more) return 1;
    Selenga__Replaced *row = &answer->rows[answer->n];
    selenga__replaced__init(row);
    row->has_record = row->has_replaced_s = 1;
    row->record =
        (ProtobufCBinaryData){record->wire.size, (uint8_t *)xmemdup(record->wire.data, record->wire.size)};
    row->replaced_s = replaced_s;
    answer->list[answer->n++] = row;
    answer->bytes += record->wire.size;
    return 0;
}

static int fill(service_t *service, store_txn_t *txn, const rid_t *id, answer_t *answer,
                Selenga__HistoryReply *reply, record_t *now)
{
    int rc = store_get(txn, id, now, NULL);
    if (rc < 0) return rc;
    if (rc == 0 && !now->gone) {
        reply->has_now = reply->has_foreign = 1;
        reply->now = (ProtobufCBinaryData){now->wire.size, (uint8_t *)(uintptr_t)now->wire.data};
        reply->foreign = !store_is_home(service->store, now);
    }
    rc = history_each(txn, id, add, answer);
    reply->versions = answer->list;
    reply->n_versions = answer->n;
    reply->has_more = 1;
    reply->more = answer->more;
    return rc < 0 ? rc : 0;
}

int requests_history(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__History *m = msg_body_unpack(&selenga__history__descriptor, e->body);
    AUTO(xfree) answer_t *answer = xcalloc(1, sizeof *answer);
    Selenga__HistoryReply reply = SELENGA__HISTORY_REPLY__INIT;
    const kind_rule_t *rule = m != NULL ? kind_by_number(m->kind) : NULL;
    principal_t who;
    record_t now = {0};
    rid_t id;
    if (m == NULL || m->id.len != sizeof id.b) return requests_refuse(service, e, "MALFORMED", "");
    memcpy(id.b, m->id.data, sizeof id.b);
    int rc = requests_principal(service, txn, e, &who);
    if (rc == 0) rc = fill(service, txn, &id, answer, &reply, &now);
    // Of what is not here any more nobody can tell whose it was.
    bool hidden = who.limited && (!reply.has_now || !principal_sees(&who, service->scope, &now));
    bool other = (reply.has_now && now.kind != m->kind) || hidden;
    if (rc == 0 && ((!reply.has_now && answer->n == 0) || other))
        rc = requests_refuse(service, e, "NOT-FOUND", rule != NULL ? rule->name : "");
    else if (rc == 0)
        service_reply(service, e, MSG_HISTORY_REPLY, &reply.base);
    for (size_t i = 0; i < answer->n; i++) free(answer->rows[i].record.data);
    return rc;
}
