// SPDX-License-Identifier: Apache-2.0
#include "services/console/router.h"
#include "common/base/text.h"
#include "common/schema/access.h"
#include <jansson.h>
#include <stdlib.h>

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

static json_t *describe(const route_t *route)
{
    json_t *roles = json_array();
    for (unsigned bit = 1; bit <= R_ANY; bit <<= 1)
        if ((route->roles & bit) != 0) json_array_append_new(roles, json_string(role_name(bit)));
    return json_pack("{s:s, s:b, s:b, s:o, s:b, s:b}", "address", route->pattern, "get",
                     (route->methods & ROUTE_GET) != 0, "post", (route->methods & ROUTE_POST) != 0, "roles",
                     roles, "own_node", route->own_node, "frame", !route->bare);
}

int routes_print(FILE *to)
{
    json_t *table = json_array();
    for (size_t i = 0; i < N_ROUTES; i++) json_array_append_new(table, describe(&ROUTES[i]));
    int rc = json_dumpf(table, to, JSON_INDENT(1));
    json_decref(table);
    fputs("\n", to);
    return rc == 0 && fflush(to) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
