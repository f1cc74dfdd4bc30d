// SPDX-License-Identifier: Apache-2.0
// Steps of an individual route as people read them: in which order they stand, and how far each has come.
#pragma once
#include "proto/routing.pb-c.h"
#include <stdbool.h>

typedef enum step_state { STEP_OPEN, STEP_PLANNED, STEP_OVERDUE, STEP_DONE } step_state_t;

// The place of a step in its route: what it says itself, else its code where that is a number; the others
// come last.
int64_t routed_place(const Selenga__Activity *step);
// Where it stands on that day: its dates say it.
step_state_t routed_state(const Selenga__Activity *step, int32_t today);
const char *routed_state_text(step_state_t state);
// Is the route late on that day? Its own term is over, and it is not.
bool routed_is_late(const Selenga__Route *route, int32_t today);
// Is it on its way, neither closed nor withdrawn?
bool routed_is_open(const Selenga__Route *route);
