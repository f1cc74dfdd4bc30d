// SPDX-License-Identifier: Apache-2.0
// What routing adds to the common loop: proposing a route and confirming it.
#include "services/routing/routing.h"
#include "proto/message.h"
#include "proto/routing.pb-c.h"
#include "services/routing/routes.h"
#include <stdlib.h>

static void *open_routing(service_t *service)
{
    routing_t *self = xcalloc(1, sizeof *self);
    self->service = service;
    return self;
}

// What a review says of itself: the level that decided, and what it saw. Its org was found beside.
static int derive(void *arg, store_txn_t *txn, const author_t *author, const kind_rule_t *rule, body_t *body,
                  fault_t *ret_fault)
{
    routing_t *self = arg;
    Selenga__Review *m = (Selenga__Review *)body;
    record_t subject;
    slice_t ref;
    rid_t id;
    if (rule->number != N_REVIEW || m->of == NULL) return 0;
    const kind_rule_t *target = ref_target(&rule->fields[kind_field(rule, "of")], slice_text(m->of), &ref);
    if (target == NULL || !ref_id(target, ref, &id)) return 0; // body_validate says so
    int rc = store_get(txn, &id, &subject, NULL);
    if (rc != 0) return rc < 0 ? rc : 0; // subject_follow has said so
    if (!states_mark(target, subject.body, self->seen)) {
        fault_set(ret_fault, "MALFORMED", NULL);
        return RECORD_E_FAULT;
    }
    m->level = (char *)(uintptr_t)level_name(author->place->rank);
    m->has_seen = 1;
    m->seen = (ProtobufCBinaryData){.len = sizeof self->seen, .data = self->seen};
    return 0;
}

static int message(void *self, store_txn_t *txn, const envelope_t *e)
{
    if (e->peer != PEER_SELF) return 0;
    if (e->type == MSG_ROUTE_PROPOSE) return routes_propose(self, txn, e);
    if (e->type == MSG_ROUTE_CONFIRM) return routes_confirm(self, txn, e);
    return 0;
}

const service_def_t ROUTING = {
    .number = SERVICE_ROUTING,
    .program = "selenga-routing",
    .open = open_routing,
    .close = free,
    .derive = derive,
    .message = message,
};
