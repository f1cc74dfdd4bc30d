// SPDX-License-Identifier: Apache-2.0
// What routing adds to the common loop: proposing a route and confirming it.
#include "services/routing/routing.h"
#include "proto/message.h"
#include "services/routing/routes.h"
#include <stdlib.h>

static void *open_routing(service_t *service)
{
    routing_t *self = xcalloc(1, sizeof *self);
    self->service = service;
    return self;
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
    .message = message,
};
