// SPDX-License-Identifier: Apache-2.0
// What the system says of a program of this node, by its number: proc(5).
#pragma once
#include <stdbool.h>
#include <stdint.h>

bool process_cpu_ms(uint32_t pid, uint64_t *ret_ms); // time of the processor that it has used
bool process_open_fds(uint32_t pid, uint64_t *ret_n);
