// SPDX-License-Identifier: Apache-2.0
// The steps of a route as one form: changed, declined and added by one button each.
#pragma once
#include "services/console/many.h"
#include "services/console/route_view.h"

// refused: what was just saved and not; of what was not, what was typed is shown. NULL: nothing was saved.
void route_steps_write(page_t *page, const route_view_t *view, const many_t *refused);
void route_steps_write_new(page_t *page, const route_view_t *view, const fault_t *fault);
// Sends what differs from what stands there. False: return at once, as with page_ask. Then refused->failed is
// what was refused.
bool route_steps_save(page_t *page, const route_view_t *view, many_t *refused);
// The same of one new step; *ret_fault's code is "" where it was written.
bool route_steps_add(page_t *page, const route_view_t *view, fault_t *ret_fault);
