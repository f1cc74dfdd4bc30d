// SPDX-License-Identifier: Apache-2.0
// What a hostile or broken neighbour may send: pulls, pushes, give-backs, rebases of any content, over a
// service's whole turn with its checks and its store. The input is a script of rig.h.
#include "tests/fuzz/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { NEIGHBOURS = 1 << 2 | 1 << 3 | 1 << 4 };
    rig_run(slice(data, size), NEIGHBOURS);
    return 0;
}
