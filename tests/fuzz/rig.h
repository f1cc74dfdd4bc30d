// SPDX-License-Identifier: Apache-2.0
// A service on a bench: its own loop (common/service/service.c) over a store in memory, without sockets.
// Inputs are scripts of messages, as a hostile neighbour or caller may send them:
//
//   which service and level (1), 12 more for one that was lost and replaced    then for each message: how (1)
//   | type (1) | size (2, big-endian) | body
//
//   how: bits 0-2 the sender: 0 local caller, 1 gate, 2 parent, 3 and 4 children, 5-7 other services of the
//        node; 8 the batch ends here; 16 the body's session becomes the right one; 32 the batch's commit
//        fails; 64 15 seconds pass; 128 the service starts anew
//   type: 255 for a body by choices (say.h): of a local caller a put, of all others records of their feed;
//         254 records of a liar's feed; 253 points of pseudonyms, of a child or the parent; 252 a caller's
//         act about what waits in quarantine
#pragma once
#include "tests/fuzz/fuzz.h"

// Runs the script. Messages whose sender is not among `senders` (bits by number) are left out.
void rig_run(slice_t script, unsigned senders);
