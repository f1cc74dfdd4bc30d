// SPDX-License-Identifier: Apache-2.0
// The address on which the console listens.
#pragma once
#include "common/base/util.h"

// Opens it. 0 with the descriptor and the port; -1 with why: it is no address, not of this computer alone, or
// in use. Where the standard port is in use (another node of this computer has it), any free one is taken.
int listen_open(const char *listen, int *ret_fd, uint16_t *ret_port, char ret_url[static 64], why_t *why);
