// SPDX-License-Identifier: Apache-2.0
#pragma once

// A group's set-up: the process works in a new directory with the keys of a node, without which no registry
// opens.
int keys_make(void **state);
