// SPDX-License-Identifier: Apache-2.0
// The life of the console where there is no node yet.
#pragma once

// Of the node that will be in `dir`: until it is there, and then this process is `selenga node run DIR`.
// Returns an exit code: somebody has ended it before, or it could not begin.
int setup_run(const char *dir);
