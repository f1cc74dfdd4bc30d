// SPDX-License-Identifier: Apache-2.0
// Services that give no answer. Those of this node are told to the neighbours, with each ping and at once
// when it changes; those of a neighbour to their fellows here, whose feeds they hold up. Bits by number of
// service.
#pragma once
#include "common/base/util.h"

struct gate;

// About once a second.
void silence_tick(struct gate *gate, uint64_t now_ms);
// A service has come that knows of nobody's silence.
void silence_forget(struct gate *gate, uint32_t service);
