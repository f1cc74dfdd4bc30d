// SPDX-License-Identifier: Apache-2.0
// Runs a whole node in the foreground: the gate and the services, each its own process.
#pragma once

// Runs the node in `dir` until SIGTERM or SIGINT, then stops it in order: services first, the gate last. A
// program that dies is started again. Prints "ready" on stdout once, when all programs have answered through
// the gate. Returns what the shell sees: 0 after an ordered stop, 1 when it could not begin (no node, already
// running, programs missing).
int supervisor_run(const char *dir);

// Holds the node in `dir` for as long as the descriptor is open, so that it does not run meanwhile. Returns
// CLI_DONE, or why not (already said): it runs.
int supervisor_lock(const char *dir, int *ret_lock);
