// SPDX-License-Identifier: Apache-2.0
// The gate's views: of itself and of its links.
#pragma once
#include "services/gate/gate_private.h"

// Answer MSG_STATUS and MSG_LINKS of a local caller.
void status_answer(gate_t *gate, const door_frame_t *frame);
void links_answer(gate_t *gate, const door_frame_t *frame);
