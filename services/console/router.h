// SPDX-License-Identifier: Apache-2.0
// Which page an address is, and who may have it. What stands in no row is not there; who is in no row's roles
// may not have it.
#pragma once
#include "services/console/page.h"
#include <stdio.h>

enum { ROUTE_GET = 1, ROUTE_POST = 2, ROUTE_UPLOAD = 4 }; // ROUTE_UPLOAD: its form may have a file

typedef struct route {
    unsigned methods;
    const char *pattern; // segments; '*' is any one, and other rows of as many segments come first
    unsigned roles;      // R_ that may; 0: also who is not logged in
    page_fn *run;
    bool own_node; // it shows what the whole node knows: only for an account of the node's own organisation
    bool bare;     // it shows no frame, so nothing is asked for it
} route_t;

extern const route_t ROUTES[];
extern const size_t N_ROUTES;

typedef enum route_found {
    ROUTE_NONE,   // 404
    ROUTE_METHOD, // there is one, not for this method: 405
    ROUTE_FOUND,
} route_found_t;

route_found_t route_find(const request_t *request, const route_t **ret_route);

typedef enum route_may {
    ROUTE_MAY,
    ROUTE_LOG_IN, // nobody is logged in
    ROUTE_MAY_NOT,
} route_may_t;

// The table as JSON: address, get, post, roles (none: anybody), own_node. 0, or an exit code.
int routes_print(FILE *to);

// who NULL: nobody. own_org: the node's organisation.
route_may_t route_may(const route_t *route, const account_t *who, const char *own_org);
