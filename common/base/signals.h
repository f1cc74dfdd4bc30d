// SPDX-License-Identifier: Apache-2.0
// Signals as something to read, in turn with all else that a loop waits for.
#pragma once

// SIGTERM, SIGINT and those of `more` (ends with 0; NULL: none) come through this descriptor (signalfd, it
// does not wait), and by no other way; SIGPIPE is ignored. To be called before a library has threads, which
// take over what is held back. -1: it cannot be had, errno says why.
int signals_open(const int *more);
