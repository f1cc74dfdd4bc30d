// SPDX-License-Identifier: Apache-2.0
// What a local caller may ask of each service, and what the gate and the node's other services say. The input
// is a script of rig.h.
#include "tests/fuzz/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LOCAL = 1 << 0 | 1 << 1 | 7 << 5 };
    rig_run(slice(data, size), LOCAL);
    return 0;
}
