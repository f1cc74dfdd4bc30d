// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

// Memory that this process has in use; 0 when the system does not say.
uint64_t resident_bytes(void);
