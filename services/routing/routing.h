// SPDX-License-Identifier: Apache-2.0
// Routing: individual educational routes, from needs to activities, and acts of support.
#pragma once
#include "common/service/service.h"

extern const service_def_t ROUTING;

typedef struct routing {
    service_t *service;
} routing_t;
