// SPDX-License-Identifier: Apache-2.0
#include "services/console/router.h"
#include "common/base/text.h"

static bool fits(const char *pattern, const request_t *request)
{
    bool done = false;
    slice_t rest = slice_text(pattern + 1), piece;
    size_t n = 0;
    if (rest.size == 0) return request->n_segments == 0;
    while (text_next_piece(&rest, '/', &done, &piece)) {
        if (n == request->n_segments) return false;
        const char *segment = request->segments[n++];
        if (!slice_equal(piece, slice_text("*")) && !slice_equal(piece, slice_text(segment))) return false;
    }
    return n == request->n_segments;
}

route_found_t route_find(const request_t *request, const route_t **ret_route)
{
    route_found_t found = ROUTE_NONE;
    for (size_t i = 0; i < N_ROUTES; i++) {
        if (!fits(ROUTES[i].pattern, request)) continue;
        *ret_route = &ROUTES[i];
        if ((ROUTES[i].methods & (request->post ? ROUTE_POST : ROUTE_GET)) != 0) return ROUTE_FOUND;
        found = ROUTE_METHOD;
    }
    return found;
}

route_may_t route_may(const route_t *route, const account_t *who, const char *own_org)
{
    if (route->roles == 0) return ROUTE_MAY;
    if (who == NULL) return ROUTE_LOG_IN;
    if ((route->roles & who->role) == 0) return ROUTE_MAY_NOT;
    return route->own_node && strcmp(who->org, own_org) != 0 ? ROUTE_MAY_NOT : ROUTE_MAY;
}
