// SPDX-License-Identifier: Apache-2.0
// What a hostile or broken neighbour may send: pulls, pushes, give-backs, rebases of any content, points of
// pseudonyms, over a service's whole turn with its checks and its store, beside the node's own people and
// gate. Shares are small (CMakeLists.txt), so that they are used up. The input is a script of rig.h.
#include "tests/fuzz/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { OUTSIDE = 7 << 2, PEOPLE = 1 << 0, GATE = 1 << 1 };
    rig_run(slice(data, size), OUTSIDE | PEOPLE | GATE);
    return 0;
}
