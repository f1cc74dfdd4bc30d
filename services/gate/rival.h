// SPDX-License-Identifier: Apache-2.0
// A child that greets while a connection of it stands: the same node, whose old line nobody has missed yet,
// or a copy of its directory on a second computer (design 2.7, rule 8). Each gate says a random number in its
// HELLO, new with each start. Where the number is another one, the standing connection is asked whether it
// lives: if it answers, the first goes on and the second is a clone; if it does not, the newcomer takes its
// place. None said is a number as well: a thief with a program of his own is named like any other copy.
#pragma once
#include "services/gate/keys.h"

typedef enum rival {
    RIVAL_NONE,  // it may take the place
    RIVAL_WAITS, // the standing one is being asked: let it try again
    RIVAL_CLONE, // both live
} rival_t;

// heard_ms: when the last question was asked that the standing connection has answered, and one; 0: none
// stands. silence_ms: how long one may be silent. *ret_ask: ask the standing one now. The row keeps what is
// known between two tries.
rival_t rival_judge(key_entry_t *row, uint64_t instance, uint64_t heard_ms, uint64_t silence_ms,
                    uint64_t now_ms, bool *ret_ask);

// The number in a HELLO; 0: it says none.
uint64_t rival_instance(slice_t hello);

// Has a clone been turned away lately?
bool rival_is_cloned(const key_entry_t *row, uint64_t silence_ms, uint64_t now_ms);
